"""The attack table: whatever is done to a letter, it is refused, and the reason is said."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.vault.envelope import (
    HEADER_BYTES,
    SIZES,
    AgencyPrivate,
    Header,
    open_letter,
    seal_letter,
)
from models.vault.errors import Tampered
from models.vocabulary import AgencyKeyState, LetterSuite, OutsideKind
from tests.world import START
from workflows import envelopes
from workflows.envelopes import KnownKey, LetterRefused, Reason, Statement

SUITES = list(LetterSuite)
NOW = START
#: One pair of each suite for the laws: making a pair is not what is tested there.
MINE, SERVER, BROWSER = (AgencyPrivate.fresh(s) for s in (*SUITES, LetterSuite.BROWSER))
OURS = {LetterSuite.SERVER: AgencyPrivate.fresh(LetterSuite.SERVER), LetterSuite.BROWSER: BROWSER}


class Keys:
    """A directory in memory."""

    def __init__(self, *known: KnownKey) -> None:
        self.known = {key.public.kid.hex(): key for key in known}

    def own(self, kid: str) -> KnownKey | None:
        found = self.known.get(kid)
        return found if found and found.private else None

    def peer(self, kid: str) -> KnownKey | None:
        return self.known.get(kid)


def key(agency: str, private: AgencyPrivate, *, own: bool, **changed: Any) -> KnownKey:
    given = {
        "state": AgencyKeyState.ACTIVE,
        "valid_from": NOW - timedelta(days=9),
        "valid_to": NOW + timedelta(days=300),
        "private": private if own else None,
    }
    return KnownKey(agency, private.public, **{**given, **changed})


def statement(to: AgencyPrivate, **changed: Any) -> Statement:
    made = Statement(
        kind=OutsideKind.REFERRAL,
        thread="a" * 32,
        counter=1,
        sender="post",
        recipient="shelter",
        kid=to.public.kid.hex(),
        purpose="guardian",
        packet="b" * 64,
        created=int(NOW.timestamp()),
        until=int((NOW + timedelta(days=20)).timestamp()),
    )
    return replace(made, **changed)


def letter(to: AgencyPrivate, **changed: Any) -> bytes:
    return envelopes.seal(statement(to, **changed), {"needs": {"x": "é"}}, MINE, to.public)


def directory(to: AgencyPrivate, sender: dict[str, Any] | None = None, **own: Any) -> Keys:
    return Keys(key("shelter", to, own=True, **own), key("post", MINE, own=False, **(sender or {})))


def reason(raw: bytes, keys: Keys, now: Any = NOW) -> Reason:
    with pytest.raises(LetterRefused) as refused:
        envelopes.unseal(raw, keys, now)
    assert refused.value.params["because"]
    return refused.value.reason


@pytest.mark.parametrize("suite", SUITES)
def test_what_was_sealed_is_what_is_read(suite: LetterSuite) -> None:
    to = OURS[suite]
    found = envelopes.unseal(letter(to), directory(to), NOW)
    assert found.statement == statement(to)
    assert found.payload == {"needs": {"x": "é"}}


def test_every_changed_byte_and_every_length_is_refused() -> None:
    raw, keys = letter(BROWSER), directory(BROWSER)
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1 << (place % 8)
        found = reason(bytes(changed), keys)
        if place < HEADER_BYTES:
            assert found in {Reason.NOT_A_LETTER, Reason.OTHER_RECIPIENT, Reason.ALTERED}
        else:
            assert found is Reason.ALTERED
    for length in (*range(0, len(raw), 7), len(raw) - 1):
        assert reason(raw[:length], keys) is Reason.NOT_A_LETTER
    assert reason(raw + b"\x00", keys) is Reason.NOT_A_LETTER


def test_changed_bytes_of_the_hybrid_are_refused() -> None:
    to = OURS[LetterSuite.SERVER]
    raw, keys = letter(to), directory(to)
    for place in (*range(HEADER_BYTES), *range(HEADER_BYTES, len(raw), 61), len(raw) - 1):
        changed = bytearray(raw)
        changed[place] ^= 0x80
        assert reason(bytes(changed), keys) in {
            Reason.NOT_A_LETTER,
            Reason.OTHER_RECIPIENT,
            Reason.ALTERED,
        }


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize(
    ("own", "sender", "expected"),
    [
        ({"state": AgencyKeyState.REVOKED}, {}, Reason.OWN_KEY_REVOKED),
        ({}, {"state": AgencyKeyState.REVOKED}, Reason.REVOKED_SENDER),
        ({}, {"state": AgencyKeyState.UNCONFIRMED}, Reason.UNCONFIRMED_SENDER),
        ({}, {"valid_to": NOW - timedelta(days=1)}, Reason.KEY_NOT_VALID_THEN),
        ({}, {"valid_from": NOW + timedelta(days=1)}, Reason.KEY_NOT_VALID_THEN),
    ],
)
def test_keys_that_are_not_trusted(
    suite: LetterSuite, own: dict[str, Any], sender: dict[str, Any], expected: Reason
) -> None:
    to = OURS[suite]
    assert reason(letter(to), directory(to, sender, **own)) is expected


@pytest.mark.parametrize("suite", SUITES)
def test_strangers(suite: LetterSuite) -> None:
    to = OURS[suite]
    sender = key("post", MINE, own=False)
    assert reason(letter(to), Keys(sender)) is Reason.OTHER_RECIPIENT
    assert reason(letter(to), Keys(key("shelter", to, own=True))) is Reason.UNKNOWN_SENDER


@pytest.mark.parametrize(
    ("changed", "days", "expected"),
    [
        ({}, 21, Reason.EXPIRED),
        ({}, -1, Reason.CLOCK_AHEAD),
        ({"created": int((NOW + timedelta(minutes=11)).timestamp())}, 0, Reason.CLOCK_AHEAD),
        ({"until": int((NOW + timedelta(days=31)).timestamp())}, 0, Reason.BAD_STATEMENT),
        ({"until": 2**63}, 0, Reason.BAD_STATEMENT),
        ({"counter": -1}, 0, Reason.BAD_STATEMENT),
        ({"counter": True}, 0, Reason.BAD_STATEMENT),
        ({"thread": 7}, 0, Reason.BAD_STATEMENT),
        ({"kid": "c" * 32}, 0, Reason.BAD_STATEMENT),
        ({"sender": "police"}, 0, Reason.OTHER_AGENCY),
        ({"recipient": "police"}, 0, Reason.OTHER_AGENCY),
    ],
)
def test_statements_that_are_not_taken(
    changed: dict[str, Any], days: int, expected: Reason
) -> None:
    raw = letter(BROWSER, **changed)
    assert reason(raw, directory(BROWSER), NOW + timedelta(days=days)) is expected


def test_nobody_sends_a_letter_on_as_the_senders() -> None:
    """The recipient knows the plaintext and the signature, and seals both to somebody else."""
    raw = letter(BROWSER)
    opened = open_letter(raw, BROWSER)
    third = AgencyPrivate.fresh(LetterSuite.BROWSER)
    onward = seal_letter(
        opened.statement, opened.payload, sender=BROWSER, to=third.public, until=opened.header.until
    )
    forged = open_letter(onward, third)
    assert not forged.is_from(MINE.public)
    assert not replace(forged, signature=opened.signature).is_from(MINE.public)
    keys = Keys(key("shelter", third, own=True), key("post", BROWSER, own=False))
    assert reason(onward, keys) is Reason.BAD_STATEMENT


def test_a_statement_in_another_spelling_is_refused() -> None:
    said = envelopes.canonical({**statement(BROWSER).__dict__, "kind": "referral"})
    for raw in (said.replace(b'":', b'" :', 1), said[:-1] + b',"more":1}', b"[]", b"\xff", b"{}"):
        sealed = seal_letter(
            raw, b"{}", sender=MINE, to=BROWSER.public, until=statement(BROWSER).until
        )
        assert reason(sealed, directory(BROWSER)) is Reason.BAD_STATEMENT


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=5000), st.binary(max_size=5000), st.sampled_from(SUITES))
def test_any_bytes_come_back_and_only_their_class_shows(
    said: bytes, payload: bytes, suite: LetterSuite
) -> None:
    to = OURS[suite]
    raw = seal_letter(said, payload, sender=MINE, to=to.public, until=9)
    found = open_letter(raw, to)
    assert (found.statement, found.payload) == (said, payload)
    assert found.is_from(MINE.public)
    size = SIZES[Header.read(raw).size_class]
    assert len(raw) - HEADER_BYTES - size in {48, 1136}


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=3000))
def test_any_other_bytes_are_no_letter(raw: bytes) -> None:
    assert reason(raw, directory(BROWSER)) in {Reason.NOT_A_LETTER, Reason.OTHER_RECIPIENT}


def test_what_is_too_long_is_not_cut() -> None:
    with pytest.raises(LetterRefused) as refused:
        envelopes.seal(statement(BROWSER), {"x": "y" * 70_000}, MINE, BROWSER.public)
    assert refused.value.reason is Reason.TOO_LONG
    with pytest.raises(Tampered):
        seal_letter(b"", secrets.token_bytes(66_000), sender=MINE, to=BROWSER.public, until=1)
