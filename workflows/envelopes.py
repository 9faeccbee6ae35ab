"""PURE. What a sealed letter between agencies says, and every reason for which one is not taken.

A letter has a *statement* (who, to whom, for what, which number, until when) and a *payload* (the fields);
both are canonical JSON, both are signed inside the seal. Knows no database: keys come through `Keys`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from models.vault.envelope import (
    AgencyPrivate,
    AgencyPublic,
    Header,
    open_letter,
    seal_letter,
)
from models.vault.errors import Tampered
from models.vocabulary import AgencyKeyState, OutsideKind
from workflows.errors import SeraiError

#: How long a letter may be on its way, and how far a sender's clock may run ahead of ours.
DAYS_ON_THE_WAY = 30
CLOCK_SKEW = timedelta(minutes=10)


class Reason(StrEnum):
    """Why a letter is not taken."""

    NOT_A_LETTER = "not_a_letter"
    OTHER_RECIPIENT = "other_recipient"
    OWN_KEY_REVOKED = "own_key_revoked"
    ALTERED = "altered"
    UNKNOWN_SENDER = "unknown_sender"
    UNCONFIRMED_SENDER = "unconfirmed_sender"
    REVOKED_SENDER = "revoked_sender"
    KEY_NOT_VALID_THEN = "key_not_valid_then"
    BAD_SIGNATURE = "bad_signature"
    BAD_STATEMENT = "bad_statement"
    EXPIRED = "expired"
    CLOCK_AHEAD = "clock_ahead"
    OTHER_PACKET = "other_packet"
    OTHER_AGENCY = "other_agency"
    NOT_ACCEPTED = "not_accepted"
    UNKNOWN_REFERRAL = "unknown_referral"
    OUT_OF_ORDER = "out_of_order"
    TOO_LONG = "too_long"


_SAID = {
    Reason.NOT_A_LETTER: "it is not a sealed letter, or it was cut short",
    Reason.OTHER_RECIPIENT: "it is sealed to a key that is not ours",
    Reason.OWN_KEY_REVOKED: "it is sealed to a key of ours that was revoked; ask for it again",
    Reason.ALTERED: "it was changed on its way",
    Reason.UNKNOWN_SENDER: "its sender's key is not in the directory",
    Reason.UNCONFIRMED_SENDER: "its sender's fingerprint was not compared yet",
    Reason.REVOKED_SENDER: "its sender's key was revoked",
    Reason.KEY_NOT_VALID_THEN: "its sender's key was not valid on that day",
    Reason.BAD_SIGNATURE: "its signature is not the sender's",
    Reason.BAD_STATEMENT: "what it says has no form that is known here",
    Reason.EXPIRED: "its time is over; ask for it again",
    Reason.CLOCK_AHEAD: "it comes from the future: look at both clocks",
    Reason.OTHER_PACKET: "it answers something else than what was sent",
    Reason.OTHER_AGENCY: "it comes from, or is for, another agency than this referral's",
    Reason.NOT_ACCEPTED: "it tells who a person is whom we have not accepted",
    Reason.UNKNOWN_REFERRAL: "it answers a referral that was not sent from here",
    Reason.OUT_OF_ORDER: "its answers do not follow one another",
    Reason.TOO_LONG: "it is too long for a letter",
}


class LetterRefused(SeraiError):
    """A sealed letter is not taken, or cannot be made; `reason` is a word of `Reason`."""

    code = "letter_refused"
    status = 422
    message = "This letter is not taken."

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason=reason.value, because=_SAID[reason])


@dataclass(frozen=True)
class Statement:
    """What the sender stands for. Times are seconds since 1970; `thread` and `kid` are hexadecimal.

    `purpose` is the need's code, `packet` the SHA-256 of the first stage as it was disclosed, `counter` the
    place of this letter in its direction.
    """

    kind: OutsideKind
    thread: str
    counter: int
    sender: str
    recipient: str
    kid: str
    purpose: str
    packet: str
    created: int
    until: int


@dataclass(frozen=True)
class Letter:
    """A letter that was opened, and whose every check has passed."""

    statement: Statement
    payload: dict[str, Any]
    number: str
    sender_kid: str
    sha256: str


@dataclass(frozen=True)
class KnownKey:
    """A key as the directory has it. `private` is there for keys of our own."""

    agency: str
    public: AgencyPublic
    state: AgencyKeyState
    valid_from: datetime
    valid_to: datetime
    private: AgencyPrivate | None = None

    def valid_at(self, at: datetime) -> bool:
        """Whether the key may sign and be sealed to at that time."""
        return self.valid_from - CLOCK_SKEW <= at <= self.valid_to


class Keys(Protocol):
    """Where keys are looked up by key id (hexadecimal)."""

    def own(self, kid: str) -> KnownKey | None:
        """A key of ours, with its private half."""

    def peer(self, kid: str) -> KnownKey | None:
        """A key of somebody who writes to us."""


def canonical(value: object) -> bytes:
    """JSON with one form for each value: sorted, no spaces, UTF-8 (RFC 8785 for what we use: no floats)."""
    return json.dumps(
        value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
    ).encode()


def digest(value: object) -> str:
    """SHA-256 of the canonical form, hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def sha256(raw: bytes) -> str:
    """SHA-256 of a letter's bytes, hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


def seal(
    statement: Statement, payload: dict[str, Any], sender: AgencyPrivate, to: AgencyPublic
) -> bytes:
    """The letter as bytes, for a file, a stick or paper.

    Raises:
        LetterRefused: it is too long.
    """
    try:
        return seal_letter(
            canonical(asdict(statement)), canonical(payload), sender=sender, to=to,
            until=statement.until,
        )  # fmt: skip
    except Tampered:
        raise LetterRefused(Reason.TOO_LONG) from None


def unseal(raw: bytes, keys: Keys, now: datetime) -> Letter:
    """Open a letter and check everything that can be checked without what is stored.

    Raises:
        LetterRefused: with the first reason, in the order of `Reason`.
    """
    try:
        header = Header.read(raw)
    except Tampered:
        raise LetterRefused(Reason.NOT_A_LETTER) from None
    own = keys.own(header.kid.hex())
    if own is None or own.private is None:
        raise LetterRefused(Reason.OTHER_RECIPIENT)
    if own.state is AgencyKeyState.REVOKED:
        raise LetterRefused(Reason.OWN_KEY_REVOKED)
    try:
        opened = open_letter(raw, own.private)
    except Tampered:
        raise LetterRefused(Reason.ALTERED) from None
    sender = _sender(keys.peer(opened.sender_kid.hex()))
    if not opened.is_from(sender.public):
        raise LetterRefused(Reason.BAD_SIGNATURE)
    statement = _statement(opened.statement)
    _fits(statement, header, sender, own)
    _in_time(statement, sender, now)
    return Letter(
        statement,
        _object(opened.payload),
        header.number.hex(),
        opened.sender_kid.hex(),
        sha256(raw),
    )


def _sender(found: KnownKey | None) -> KnownKey:
    if found is None:
        raise LetterRefused(Reason.UNKNOWN_SENDER)
    if found.state is AgencyKeyState.REVOKED:
        raise LetterRefused(Reason.REVOKED_SENDER)
    if found.state is AgencyKeyState.UNCONFIRMED:
        raise LetterRefused(Reason.UNCONFIRMED_SENDER)
    return found


def _statement(raw: bytes) -> Statement:
    said = _object(raw)
    try:
        found = Statement(**{**said, "kind": OutsideKind(str(said.get("kind")))})
    except (TypeError, ValueError):
        raise LetterRefused(Reason.BAD_STATEMENT) from None
    numbers = (found.counter, found.created, found.until)
    texts = (found.thread, found.sender, found.recipient, found.kid, found.purpose, found.packet)
    if any(type(n) is not int or n < 0 for n in numbers) or any(type(t) is not str for t in texts):
        raise LetterRefused(Reason.BAD_STATEMENT)
    if canonical(asdict(found)) != raw:
        raise LetterRefused(Reason.BAD_STATEMENT)
    return found


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise LetterRefused(Reason.BAD_STATEMENT) from None
    if not isinstance(found, dict):
        raise LetterRefused(Reason.BAD_STATEMENT)
    return found


def _fits(statement: Statement, header: Header, sender: KnownKey, own: KnownKey) -> None:
    """The statement speaks of this very letter, from this sender to this recipient."""
    if statement.kid != header.kid.hex() or statement.until != header.until:
        raise LetterRefused(Reason.BAD_STATEMENT)
    if statement.sender != sender.agency or statement.recipient != own.agency:
        raise LetterRefused(Reason.OTHER_AGENCY)


def _in_time(statement: Statement, sender: KnownKey, now: datetime) -> None:
    try:
        created = datetime.fromtimestamp(statement.created, UTC)
        until = datetime.fromtimestamp(statement.until, UTC)
    except (OverflowError, OSError, ValueError):
        raise LetterRefused(Reason.BAD_STATEMENT) from None
    if created > now + CLOCK_SKEW:
        raise LetterRefused(Reason.CLOCK_AHEAD)
    if until > created + timedelta(days=DAYS_ON_THE_WAY):
        raise LetterRefused(Reason.BAD_STATEMENT)
    if not sender.valid_at(created):
        raise LetterRefused(Reason.KEY_NOT_VALID_THEN)
    if until < now:
        raise LetterRefused(Reason.EXPIRED)
