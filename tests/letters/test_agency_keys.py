"""The directory: cards, voices, rotation, revocation, exposure; a row that somebody else wrote."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import update

from models.agency_keys import AgencyKey
from models.vault.errors import Tampered
from models.vocabulary import AgencyKeyState, LetterSuite
from tests.letters.conftest import Pair
from tests.world import BORDER, GUARDIANS, World
from workflows import agency_keys
from workflows.envelopes import LetterRefused, Reason
from workflows.errors import InvalidCommand, NotFound


def made(world: World, agency: str = GUARDIANS) -> bytes:
    with world.work() as work:
        return agency_keys.make(work, agency, LetterSuite.SERVER)[0]


def test_a_card_is_nothing_before_its_fingerprint_was_heard(pair: Pair) -> None:
    with pair.away.work() as work:
        card, _ = agency_keys.make(work, GUARDIANS, LetterSuite.BROWSER, keep=False)
    with pair.post.work() as work:
        found = agency_keys.add(work, card)
    assert found.state is AgencyKeyState.UNCONFIRMED
    for wrong in ("", "academic " * 12, found.fingerprint.words[:-1]):
        with pytest.raises(InvalidCommand), pair.post.work() as work:
            agency_keys.confirm(work, found.kid, wrong)
    with pair.post.work() as work:
        said = found.fingerprint.digits.replace(" ", "  ")
        assert agency_keys.confirm(work, found.kid[:8], said).state is AgencyKeyState.ACTIVE
        assert agency_keys.add(work, card).state is AgencyKeyState.ACTIVE


def test_a_card_that_was_changed_is_refused(world: World) -> None:
    card = json.loads(made(world))
    for name in ("agency", "suite", "seal", "sign", "from", "to", "proof", "previous", "form"):
        changed = {**card, name: card["sign"] if name == "proof" else BORDER}
        with pytest.raises(InvalidCommand), world.work() as work:
            agency_keys.add(work, json.dumps(changed).encode())
    for raw in (b"", b"[]", b"{}", b"\xff", json.dumps({**card, "agency": "nobody"}).encode()):
        with pytest.raises(InvalidCommand), world.work() as work:
            agency_keys.add(work, raw)


def test_a_new_key_is_vouched_for_by_the_one_before(pair: Pair) -> None:
    _, number = pair.post.sent()
    old = pair.seal(number)
    pair.away.clock.forward(days=20)
    pair.post.clock.forward(days=20)
    card = made(pair.away)
    with pair.post.work() as work:
        assert agency_keys.add(work, card).state is AgencyKeyState.ACTIVE
    new = pair.seal(number)
    assert old[23:39] != new[23:39]
    # The old private half still opens old letters.
    assert not pair.take(pair.away, old).again
    assert pair.take(pair.away, new).again
    forged = json.loads(card)
    forged["vouched"] = forged["proof"]
    with pair.post.work() as work:
        agency_keys.revoke(work, json.loads(card)["previous"])
    again = made(pair.away)
    with pair.post.work() as work:
        assert agency_keys.add(work, again).state is AgencyKeyState.ACTIVE


def test_a_key_that_was_revoked_is_sealed_to_no_more_and_tells_what_it_exposed(pair: Pair) -> None:
    _, number = pair.post.sent()
    first = pair.seal(number)
    pair.seal(number)
    kid = first[23:39].hex()
    with pair.post.work() as work:
        exposed = agency_keys.revoke(work, kid)
        assert agency_keys.revoke(work, kid) == exposed == agency_keys.exposure(work, kid)
    assert [row.kind for row in exposed] == ["referral", "referral"]
    with pytest.raises(InvalidCommand):
        pair.seal(number)
    with pair.away.work() as work:
        agency_keys.revoke(work, kid)
    with pytest.raises(LetterRefused) as refused:
        pair.take(pair.away, first)
    assert refused.value.reason is Reason.OWN_KEY_REVOKED


def test_a_row_that_somebody_wrote_past_us_is_seen(pair: Pair) -> None:
    _, number = pair.post.sent()
    theirs = json.loads(made(pair.away))
    changes = (
        {"seal_public": theirs["seal"]},
        {"sign_public": theirs["sign"]},
        {"agency": BORDER},
        {"valid_to": pair.post.now.replace(year=2099)},
    )
    for change in changes:
        with pair.post.storage.engine.connect() as connection:
            connection.execute(
                update(AgencyKey).where(AgencyKey.agency == GUARDIANS).values(change)
            )
            connection.commit()
        with pytest.raises((Tampered, InvalidCommand)):
            pair.seal(number)


def test_the_private_half_is_not_in_the_database(pair: Pair) -> None:
    with pair.away.work() as work:
        _, private = agency_keys.make(work, GUARDIANS, LetterSuite.SERVER)
    folder = pair.away.settings.data_dir
    whole = b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
    for seed in (private.seal_seed, private.sign_seed):
        assert seed not in whole
        assert seed.hex().encode() not in whole


def test_keys_are_listed_and_named_by_their_beginning(pair: Pair) -> None:
    with pair.post.work() as work:
        rows = agency_keys.listed(work)
        assert {(row.agency, row.own) for row in rows} == {(BORDER, True), (GUARDIANS, False)}
        assert all(len(row.fingerprint.words.split()) == 12 for row in rows)
        ours = next(row for row in rows if row.own)
        assert json.loads(agency_keys.card_of(work, ours.kid))["agency"] == BORDER
        for kid in ("", "zz", "%"):
            with pytest.raises(NotFound):
                agency_keys.exposure(work, kid)
