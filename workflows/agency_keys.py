"""The directory of agencies' keys: make, exchange as cards, compare by voice, rotate, revoke, list exposure.

A *card* is a public file: agency, both public halves, until when they hold, signed by the key itself and,
after a rotation, by the key before. Nobody trusts a card alone: somebody compares the fingerprint by voice
(12 words, or groups of digits where the two share no alphabet), or the key before vouches for it.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from shamir_mnemonic.wordlist import WORDLIST
from sqlalchemy import select
from sqlalchemy.orm import undefer

from models.agency_keys import AgencyKey, OutsideLetter, OutsideThread
from models.network import Agency
from models.vault.envelope import AgencyPrivate, AgencyPublic
from models.vault.errors import Tampered
from models.vault.format import KEY_BYTES, lp
from models.vocabulary import AgencyKeyState, LetterSuite
from workflows.envelopes import KnownKey, canonical
from workflows.errors import InvalidCommand, NotFound
from workflows.policy import Act
from workflows.work import Work

#: A key holds for a year, and a month longer, in which the next one is already there.
YEAR, OVERLAP = timedelta(days=365), timedelta(days=30)
_FORM = 1
_CARD = b"serai agency card 1"
_FOLLOWS = b"serai agency card follows 1"
_FIELDS = ("form", "agency", "suite", "seal", "sign", "from", "to", "previous")


@dataclass(frozen=True)
class Fingerprint:
    """What two humans compare on the telephone: 12 words (120 bits), or 8 groups of 5 digits."""

    words: str
    digits: str


@dataclass(frozen=True)
class Listed:
    """A key of the directory, for a list."""

    agency: str
    kid: str
    own: bool
    suite: LetterSuite
    state: AgencyKeyState
    valid_to: datetime
    fingerprint: Fingerprint


@dataclass(frozen=True)
class Exposed:
    """A letter that was sealed to a key: referral's number in letters, its kind, when."""

    thread: str
    kind: str
    at: datetime


class Directory:
    """Keys by key id, out of the database of a unit of work (`workflows.envelopes.Keys`)."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def own(self, kid: str) -> KnownKey | None:
        """A key of ours, with its private half."""
        row = self._row(kid)
        return _known(self._work, row) if row is not None and row.own else None

    def peer(self, kid: str) -> KnownKey | None:
        """A key of somebody who writes to us: also another agency of this installation."""
        row = self._row(kid)
        return None if row is None else _known(self._work, row, private=False)

    def newest(self, agency: str, *, own: bool, suite: LetterSuite | None = None) -> KnownKey:
        """The key with which an agency is written to, or signs, now; of `suite`, if it has one.

        Raises:
            InvalidCommand: it has none that is confirmed, valid and not revoked.
        """
        rows = self._work.session.scalars(
            select(AgencyKey)
            .where(
                AgencyKey.agency == agency,
                AgencyKey.own == own,
                AgencyKey.state == AgencyKeyState.ACTIVE,
                AgencyKey.valid_from <= self._work.now,
                AgencyKey.valid_to >= self._work.now,
            )
            .order_by(AgencyKey.valid_from.desc(), AgencyKey.added_at.desc())
            .options(undefer(AgencyKey.secret))
        ).all()
        if not rows:
            raise InvalidCommand(field="key", agency=agency)
        found = next((row for row in rows if row.suite is suite), rows[0])
        return _known(self._work, found, private=own)

    def _row(self, kid: str) -> AgencyKey | None:
        return self._work.session.scalar(
            select(AgencyKey).where(AgencyKey.kid == kid).options(undefer(AgencyKey.secret))
        )


def _known(work: Work, row: AgencyKey, *, private: bool = True) -> KnownKey:
    """A row as a key. Raises `Tampered` where somebody else than we wrote it."""
    if not hmac.compare_digest(row.vouched, _token(work, row)):
        raise Tampered("a key of the agency directory is not the one that was put there")
    public = _public_of(row)
    held = None
    if private and row.secret is not None:
        seeds = work.provider.open_blob(_at(row.kid), row.secret)
        held = AgencyPrivate(row.suite, seeds[:KEY_BYTES], seeds[KEY_BYTES:])
        if held.public != public:
            raise Tampered("an agency's key is not the one that was made here")
    return KnownKey(row.agency, public, row.state, row.valid_from, row.valid_to, held)


def _vouch(work: Work, row: AgencyKey) -> None:
    row.vouched = _token(work, row)


def _token(work: Work, row: AgencyKey) -> str:
    """What the provider's log key says of everything in a row on which somebody may rely."""
    times = [
        int(at.timestamp()) if at else 0 for at in (row.valid_from, row.valid_to, row.revoked_at)
    ]
    body = [row.agency, row.kid, row.own, row.suite.value, row.state.value, *times]
    told = lp(b"agency key row", canonical([*body, row.seal_public, row.sign_public]))
    return work.provider.mac("log", told).hex()


def make(
    work: Work, agency: str, suite: LetterSuite, *, keep: bool = True
) -> tuple[bytes, AgencyPrivate]:
    """Make a key of an agency and its card. `keep`: seal it here; else the caller keeps the private half.

    A key that is there already vouches for the new one.

    Raises:
        InvalidCommand: no such agency.
    """
    work.allow(Act.MANAGE_KEYS, detail={"agency_key": "make"})
    _agency(work, agency)
    private = AgencyPrivate.fresh(suite)
    try:
        before: KnownKey | None = Directory(work).newest(agency, own=True, suite=suite)
    except InvalidCommand:
        before = None
    end = work.now + YEAR + OVERLAP
    card = _card(agency, private, work.now, end, before if keep else None)
    if keep:
        kid = private.public.kid.hex()
        row = _row(card, own=True, state=AgencyKeyState.ACTIVE, now=work.now)
        row.secret = work.provider.seal_blob(_at(kid), private.seal_seed + private.sign_seed)
        _vouch(work, row)
        work.session.add(row)
        work.session.flush()
    return json.dumps(card, indent=1, sort_keys=True).encode() + b"\n", private


def add(work: Work, raw: bytes) -> Listed:
    """Take a card into the directory: `unconfirmed`, unless a key that is confirmed vouches for it.

    Raises:
        InvalidCommand: no card, altered, of no agency that is known here, or outdated.
    """
    work.allow(Act.MANAGE_KEYS, detail={"agency_key": "add"})
    card = _read(raw)
    _agency(work, card["agency"])
    row = _row(card, own=False, state=AgencyKeyState.UNCONFIRMED, now=work.now)
    if row.valid_to < work.now:
        raise InvalidCommand(field="to")
    there = work.session.scalar(select(AgencyKey).where(AgencyKey.kid == row.kid))
    if there is not None:
        return _listed(there)
    if _is_vouched_for(work, card):
        row.state = AgencyKeyState.ACTIVE
    _vouch(work, row)
    work.session.add(row)
    work.session.flush()
    return _listed(row)


def confirm(work: Work, kid: str, heard: str) -> Listed:
    """Trust a key whose fingerprint was heard by voice, in words or in digits, with any spacing.

    Raises:
        NotFound: no such key.
        InvalidCommand: what was heard is another fingerprint, or the key was revoked.
    """
    work.allow(Act.MANAGE_KEYS, detail={"agency_key": "confirm"})
    row = _find(work, kid)
    found = fingerprint(_public_of(row))
    said = heard.casefold().split()
    matches = said == found.words.split() or "".join(said) == found.digits.replace(" ", "")
    if not matches or row.state is AgencyKeyState.REVOKED:
        raise InvalidCommand(field="fingerprint")
    row.state = AgencyKeyState.ACTIVE
    _vouch(work, row)
    return _listed(row)


def revoke(work: Work, kid: str) -> tuple[Exposed, ...]:
    """Revoke a key, own or not; returns what was sealed to it. Twice is harmless."""
    work.allow(Act.MANAGE_KEYS, detail={"agency_key": "revoke"})
    row = _find(work, kid)
    if row.state is not AgencyKeyState.REVOKED:
        row.state, row.revoked_at = AgencyKeyState.REVOKED, work.now
        _vouch(work, row)
    return exposure(work, row.kid)


def whole_kid(work: Work, kid: str) -> str:
    """The whole id of the key that a beginning names. Raises `NotFound`."""
    return _find(work, kid).kid


def exposure(work: Work, kid: str) -> tuple[Exposed, ...]:
    """What was sealed to a key, oldest first: what whoever stole it can read."""
    work.allow(Act.MANAGE_KEYS, detail={"agency_key": "exposure"})
    row = _find(work, kid)
    rows = work.session.execute(
        select(OutsideThread.thread, OutsideLetter.kind, OutsideLetter.at)
        .join(OutsideThread, OutsideLetter.thread_id == OutsideThread.id)
        .where(OutsideLetter.kid == row.kid, OutsideLetter.outgoing)
        .order_by(OutsideLetter.at, OutsideLetter.number)
    ).all()
    return tuple(Exposed(thread, kind.value, at) for thread, kind, at in rows)


def listed(work: Work) -> tuple[Listed, ...]:
    """The whole directory, by agency, newest key first."""
    work.allow(Act.MANAGE_KEYS, detail={"agency_key": "list"})
    rows = work.session.scalars(
        select(AgencyKey).order_by(AgencyKey.agency, AgencyKey.valid_from.desc())
    )
    return tuple(_listed(row) for row in rows)


def fingerprint(public: AgencyPublic) -> Fingerprint:
    """Words of SLIP-39's list (1,024 words, told apart by four letters), and digits for any language."""
    number = int.from_bytes(public.digest, "big")
    words = [WORDLIST[(number >> (246 - 10 * i)) & 1023] for i in range(12)]
    digits = f"{number % 10**40:040d}"
    return Fingerprint(" ".join(words), " ".join(digits[i : i + 5] for i in range(0, 40, 5)))


def fingerprint_of_card(raw: bytes) -> Fingerprint:
    """The fingerprint of a card. Raises `InvalidCommand` where it is none."""
    return fingerprint(_public(_read(raw)))


def card_of(work: Work, kid: str) -> bytes:
    """The card of a key of our own, made anew for somebody who lost it."""
    work.allow(Act.MANAGE_KEYS, detail={"agency_key": "card"})
    row = work.session.scalar(select(AgencyKey).where(AgencyKey.kid == _find(work, kid).kid)
                              .options(undefer(AgencyKey.secret)))  # fmt: skip
    known = _known(work, row) if row is not None else None
    if row is None or known is None or known.private is None:
        raise NotFound
    before = Directory(work).own(row.previous) if row.previous else None
    card = _card(row.agency, known.private, row.valid_from, row.valid_to, before)
    return json.dumps(card, indent=1, sort_keys=True).encode() + b"\n"


def _card(
    agency: str, private: AgencyPrivate, start: datetime, end: datetime, before: KnownKey | None
) -> dict[str, Any]:
    public = private.public
    card: dict[str, Any] = {
        "form": _FORM,
        "agency": agency,
        "suite": public.suite.value,
        "seal": public.seal.hex(),
        "sign": public.sign.hex(),
        "from": int(start.timestamp()),
        "to": int(end.timestamp()),
        "previous": before.public.kid.hex() if before else None,
    }
    body = canonical(card)
    card["proof"] = private.sign(lp(_CARD, body)).hex()
    if before is not None and before.private is not None:
        card["vouched"] = before.private.sign(lp(_FOLLOWS, body)).hex()
    return card


def _read(raw: bytes) -> dict[str, Any]:
    try:
        card = json.loads(raw)
        body = canonical({name: card[name] for name in _FIELDS})
        proof = bytes.fromhex(card["proof"])
        public = _public(card)
        datetime.fromtimestamp(card["from"] + card["to"], UTC)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        OSError,
        OverflowError,
        Tampered,
    ):
        raise InvalidCommand(field="card") from None
    if card["form"] != _FORM or not public.signed(lp(_CARD, body), proof):
        raise InvalidCommand(field="card")
    return dict(card)


def _is_vouched_for(work: Work, card: dict[str, Any]) -> bool:
    """Whether a key of the same agency that is trusted here, and valid, has signed the new card."""
    before = Directory(work).peer(str(card["previous"]))
    if before is None or before.agency != card["agency"]:
        return False
    if before.state is not AgencyKeyState.ACTIVE or not before.valid_at(work.now):
        return False
    try:
        vouched = bytes.fromhex(card.get("vouched", ""))
    except (ValueError, TypeError):
        return False
    body = canonical({name: card[name] for name in _FIELDS})
    return before.public.signed(lp(_FOLLOWS, body), vouched)


def _public(card: dict[str, Any]) -> AgencyPublic:
    return AgencyPublic(
        LetterSuite(card["suite"]), bytes.fromhex(card["seal"]), bytes.fromhex(card["sign"])
    )


def _public_of(row: AgencyKey) -> AgencyPublic:
    return AgencyPublic(row.suite, bytes.fromhex(row.seal_public), bytes.fromhex(row.sign_public))


def _row(card: dict[str, Any], *, own: bool, state: AgencyKeyState, now: datetime) -> AgencyKey:
    public = _public(card)
    return AgencyKey(
        id=uuid4(),
        agency=card["agency"],
        kid=public.kid.hex(),
        own=own,
        suite=public.suite,
        state=state,
        seal_public=public.seal.hex(),
        sign_public=public.sign.hex(),
        valid_from=datetime.fromtimestamp(card["from"], UTC),
        valid_to=datetime.fromtimestamp(card["to"], UTC),
        previous=card["previous"],
        added_at=now,
    )


def _agency(work: Work, code: str) -> None:
    if work.session.scalar(select(Agency.id).where(Agency.code == code)) is None:
        raise InvalidCommand(field="agency")


def _find(work: Work, kid: str) -> AgencyKey:
    """By key id, or by its beginning where that names one."""
    found = work.session.scalars(
        select(AgencyKey).where(AgencyKey.kid.startswith(kid.casefold(), autoescape=True)).limit(2)
    ).all()
    if not kid or len(found) != 1:
        raise NotFound
    return found[0]


def _listed(row: AgencyKey) -> Listed:
    found = fingerprint(_public_of(row))
    return Listed(row.agency, row.kid, row.own, row.suite, row.state, row.valid_to, found)


def _at(kid: str) -> str:
    return f"agency_key/secret/{kid}"
