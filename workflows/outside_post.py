"""Sealed letters by HTTPS: what is due to agencies outside, kept here until their installation has it.

A letter is sealed once and waits as a parcel. A parcel is leased for one try, so that no transaction is open
while the network is slow, and several workers do no harm; whatever is lost on the way is sent again, and the
receiver does a letter once. After too many tries it is `stuck`, and an administrator sees to it. Only letters
to agencies that have an address (`serai agency address`) are sent; others are carried by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from models.agency_keys import AgencyAddress, OutsideLetter, OutsideParcel, OutsideThread
from models.network import Agency, Desk
from models.referrals import Referral
from models.vocabulary import (
    LetterState,
    OutsideKind,
    OutsideSide,
    OutsideState,
    ReferralState,
)
from workflows import outside
from workflows.errors import InvalidCommand, NotFound
from workflows.outside import Answer, Sealed
from workflows.outside_questions import replies_due
from workflows.outside_threads import header_of
from workflows.policy import Act
from workflows.restrictions import stopped_by
from workflows.states import TAKEN, WAITING, WhyNot
from workflows.work import Work

#: How long one try may take: longer than the connection is given.
_LEASE = timedelta(minutes=2)
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=6)
#: With pauses that double up to six hours this is about four days, well within a letter's thirty.
TRIES = 24
_BATCH = 20
#: Kinds of letters that tell of a person; the others say that something was taken back, or answer.
_TELLING = (OutsideKind.REFERRAL, OutsideKind.IDENTITY, OutsideKind.REPLY)
#: Threads whose other end holds, or may have held, what was told.
_TOLD = (
    OutsideState.SEALED,
    OutsideState.ACCEPTED,
    OutsideState.REFUSED,
    OutsideState.OUTCOME_REPORTED,
)
_LOCAL = ("127.0.0.1", "localhost", "::1")
_S = OutsideState


def set_address(work: Work, agency: str, url: str | None) -> None:
    """Where an agency's installation is; None: letters to it are carried by hand again.

    Raises:
        InvalidCommand: no such agency, or no address of the form `https://host[:port][/path]`.
    """
    work.allow(Act.MANAGE_KEYS, detail={"agency_address": "set" if url else "removed"})
    if work.session.scalar(select(Agency.id).where(Agency.code == agency)) is None:
        raise InvalidCommand(field="agency")
    row = _address_row(work.session, agency)
    if url is None:
        if row is not None:
            work.session.delete(row)
        return
    clean = _checked(url)
    if row is None:
        work.session.add(AgencyAddress(id=uuid4(), agency=agency, url=clean))
    else:
        row.url = clean


def _checked(url: str) -> str:
    """Only TLS, or this machine itself; nothing of a query, a name or a password."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InvalidCommand(field="url") from None
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOCAL)
    if not safe or not host or parts.username or parts.query or parts.fragment:
        raise InvalidCommand(field="url")
    clean = parts.geturl().rstrip("/")
    if len(clean) > AgencyAddress.url.type.length or not clean.isascii():
        raise InvalidCommand(field="url")
    return clean


def _address_row(session: Session, agency: str) -> AgencyAddress | None:
    return session.scalar(select(AgencyAddress).where(AgencyAddress.agency == agency))


@dataclass(frozen=True)
class Due:
    """A letter that nobody has sealed yet: of a referral's number, or the receipt of a thread."""

    to: str
    number: str | None = None
    thread: UUID | None = None


def due(work: Work) -> tuple[Due, ...]:
    """What is to be sealed now for agencies that have an address, in no order; at most a batch."""
    work.allow(Act.DELIVER, detail={"listed": "due"})
    told = exists().where(
        OutsideLetter.thread_id == OutsideThread.id,
        OutsideLetter.outgoing,
        OutsideLetter.kind == OutsideKind.IDENTITY,
    )
    ours = (
        select(Referral.number, Agency.code)
        .join(Desk, Referral.desk_id == Desk.id)
        .join(Agency, Desk.agency_id == Agency.id)
        .join(AgencyAddress, AgencyAddress.agency == Agency.code)
        .outerjoin(OutsideThread, OutsideThread.referral_id == Referral.id)
        .where(
            or_(
                OutsideThread.id.is_(None) & Referral.state.in_(WAITING),
                (OutsideThread.state == _S.SEALED) & Referral.state.in_(WAITING) & replies_due(),
                (OutsideThread.state == _S.ACCEPTED) & Referral.state.in_(TAKEN) & ~told,
                (OutsideThread.state == _S.SEALED) & (Referral.state == ReferralState.WITHDRAWN),
                OutsideThread.state.in_(_TOLD) & Referral.withdrawal_wish.is_not(None),
            )
        )
        .limit(_BATCH)
    )
    theirs = (
        select(OutsideThread.id, OutsideThread.peer)
        .join(AgencyAddress, AgencyAddress.agency == OutsideThread.peer)
        .where(OutsideThread.side == OutsideSide.RECEIVER, OutsideThread.state == _S.WITHDRAWN)
        .limit(_BATCH)
    )
    seals = [Due(to, number=number) for number, to in work.session.execute(ours)]
    receipts = [Due(to, thread=thread) for thread, to in work.session.execute(theirs)]
    return (*seals, *receipts)


def prepare(work: Work, wanted: Due) -> None:
    """Seal what is due, and let it wait. If somebody did so meanwhile the same letter goes twice, harmlessly.

    Raises:
        SeraiError: as `outside.seal` and `outside.answer`; a key is missing, or the person has objected.
    """
    if wanted.number is not None:
        post(work, outside.seal(work, wanted.number, wanted.to))
        return
    thread = work.session.get_one(OutsideThread, wanted.thread, with_for_update=True)
    post(work, outside.answer_in(work, thread, Answer(kind="receipt")))


def post(work: Work, letter: Sealed) -> None:
    """Let a letter wait for the next round.

    Raises:
        InvalidCommand: its agency has no address.
    """
    number = header_of(letter.raw).number.hex()
    row = work.session.scalars(
        select(OutsideLetter).where(OutsideLetter.number == number, OutsideLetter.outgoing)
    ).one()
    peer = work.session.get_one(OutsideThread, row.thread_id).peer
    if _address_row(work.session, peer) is None:
        raise InvalidCommand(field="address")
    work.session.add(
        OutsideParcel(
            id=uuid4(), thread_id=row.thread_id, peer=peer, kind=letter.kind, number=number,
            raw=letter.raw, state=LetterState.WAITING, written_at=work.now, not_before=work.now,
        )
    )  # fmt: skip


@dataclass(frozen=True)
class Parcel:
    """One try: what to send where."""

    id: UUID
    url: str
    raw: bytes = field(repr=False)


def lease(work: Work) -> tuple[Parcel, ...]:
    """Take what waits, for one try each; nobody else takes it meanwhile.

    What tells of a referral that was withdrawn is dropped. What the person has objected to since waits on,
    and uses no try up.
    """
    work.allow(Act.DELIVER, detail={"leased": "outside"})
    _drop_withdrawn(work)
    rows = work.session.execute(
        select(OutsideParcel, AgencyAddress.url)
        .join(AgencyAddress, AgencyAddress.agency == OutsideParcel.peer)
        .where(
            or_(
                (OutsideParcel.state == LetterState.WAITING)
                & (OutsideParcel.not_before <= work.now),
                (OutsideParcel.state == LetterState.LEASED)
                & (OutsideParcel.lease_until < work.now),
            )
        )
        .order_by(OutsideParcel.not_before)
        .limit(_BATCH)
        .with_for_update(skip_locked=True, of=OutsideParcel)
    ).all()
    taken = []
    for row, url in rows:
        stopped = _stopped(work, row)
        if stopped is not None:
            row.state, row.answered = LetterState.WAITING, stopped.value
            row.not_before = work.now + _LONGEST_PAUSE
            continue
        row.state, row.lease_until, row.tries = LetterState.LEASED, work.now + _LEASE, row.tries + 1
        assert row.raw is not None
        taken.append(Parcel(row.id, url, row.raw))
    return tuple(taken)


def _drop_withdrawn(work: Work) -> None:
    """Nobody needs them any more, the stuck ones neither; that one was taken back has a letter of its own."""
    withdrawn = (
        select(OutsideThread.id)
        .join(Referral, OutsideThread.referral_id == Referral.id)
        .where(Referral.state == ReferralState.WITHDRAWN)
    )
    dropped = work.session.execute(
        delete(OutsideParcel)
        .where(
            OutsideParcel.thread_id.in_(withdrawn),
            OutsideParcel.kind.in_(_TELLING),
            or_(
                OutsideParcel.state.in_((LetterState.WAITING, LetterState.STUCK)),
                OutsideParcel.lease_until < work.now,
            ),
        )
        .returning(OutsideParcel.id)
        .execution_options(synchronize_session=False)
    ).all()
    if dropped:
        work.allow(Act.DELIVER, detail={"dropped": len(dropped)})


def _stopped(work: Work, row: OutsideParcel) -> WhyNot | None:
    """Why the person does not let go any more what a letter tells of them; None: it may go."""
    if row.kind not in _TELLING:
        return None
    thread = work.session.get_one(OutsideThread, row.thread_id)
    if thread.referral_id is None:
        return None
    return stopped_by(work, work.session.get_one(Referral, thread.referral_id))


def settle(work: Work, parcel: UUID, refused: str | None) -> LetterState | None:
    """Note how a try ended; None where the letter went meanwhile with the file of an erased person.

    `refused`: None where it was taken, else a word (a reason, `unreachable`...).
    """
    work.allow(Act.DELIVER, detail={"settled": refused or "taken"})
    row = work.session.get(OutsideParcel, parcel, with_for_update=True)
    if row is None or row.state is LetterState.DELIVERED:
        return None if row is None else row.state
    row.lease_until, row.answered = None, refused
    if refused is None:
        row.state, row.delivered_at, row.raw = LetterState.DELIVERED, work.now, None
    elif row.tries >= TRIES:
        row.state = LetterState.STUCK
    else:
        row.state = LetterState.WAITING
        row.not_before = work.now + min(_FIRST_PAUSE * 2 ** min(row.tries, 12), _LONGEST_PAUSE)
    return row.state


@dataclass(frozen=True)
class ParcelLine:
    """A letter that has not arrived: no person, codes and times only."""

    id: UUID
    peer: str
    names: dict[str, str]
    kind: OutsideKind
    state: LetterState
    tries: int
    answered: str | None
    written_at: datetime
    not_before: datetime


def undelivered(work: Work) -> tuple[ParcelLine, ...]:
    """What has not arrived, the stuck first, then the oldest; at most 200."""
    work.allow(Act.SEE_TO_LETTERS)
    rows = work.session.execute(
        select(OutsideParcel, Agency.names)
        .outerjoin(Agency, Agency.code == OutsideParcel.peer)
        .where(OutsideParcel.state != LetterState.DELIVERED)
        .order_by(OutsideParcel.state != LetterState.STUCK, OutsideParcel.written_at)
        .limit(200)
    )
    return tuple(
        ParcelLine(
            row.id, row.peer, names or {}, row.kind, row.state, row.tries, row.answered,
            row.written_at, row.not_before,
        )
        for row, names in rows
    )  # fmt: skip


def again(work: Work, parcel: UUID) -> None:
    """Try a letter again at once, whatever its pauses; a stuck one begins anew.

    Raises:
        NotFound: no such letter, or it has arrived.
    """
    work.allow(Act.SEE_TO_LETTERS, detail={"letter": "again"})
    row = work.session.get(OutsideParcel, parcel, with_for_update=True)
    if row is None or row.state is LetterState.DELIVERED:
        raise NotFound
    row.state, row.not_before, row.tries = LetterState.WAITING, work.now, 0
