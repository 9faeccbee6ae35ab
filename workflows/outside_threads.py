"""The rows of referrals that cross installations: threads, and the letters that were sealed or taken in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from models.agency_keys import OutsideLetter, OutsideThread
from models.referrals import Referral
from models.vault.envelope import Header
from models.vault.errors import Tampered
from models.vocabulary import OutsideKind, OutsideSide, OutsideState
from workflows import envelopes
from workflows.agency_keys import Directory
from workflows.envelopes import DAYS_ON_THE_WAY, LetterRefused, Reason, Statement
from workflows.work import Work


def sealed(
    work: Work, thread: OutsideThread, kind: OutsideKind, place: int, purpose: str, payload: Any
) -> bytes:
    """Seal and sign a letter of a thread to its other end, and keep that it was."""
    directory = Directory(work)
    to = directory.newest(thread.peer, own=False)
    # A browser can check and answer a key of its own suite only: we sign with ours of that suite.
    signs = directory.newest(thread.ours, own=True, suite=to.public.suite)
    assert signs.private is not None
    until = work.now + timedelta(days=DAYS_ON_THE_WAY)
    statement = Statement(
        kind=kind,
        thread=thread.thread,
        counter=place,
        sender=thread.ours,
        recipient=thread.peer,
        kid=to.public.kid.hex(),
        purpose=purpose,
        packet=thread.packet_sha256 or "",
        created=int(work.now.timestamp()),
        until=int(until.timestamp()),
    )
    raw = envelopes.seal(statement, payload, signs.private, to.public)
    number = Header.read(raw).number.hex()
    keep(work, thread, kind, place, number, statement.kid, envelopes.sha256(raw), outgoing=True)
    return raw


def keep(
    work: Work, thread: OutsideThread, kind: OutsideKind, counter: int, number: str, kid: str,
    sha256: str, *, outgoing: bool,
) -> None:  # fmt: skip
    """Keep that a letter was sealed here, or taken in."""
    work.session.add(
        OutsideLetter(
            id=uuid4(), thread_id=thread.id, outgoing=outgoing, kind=kind, counter=counter,
            number=number, kid=kid, sha256=sha256, at=work.now,
        )
    )  # fmt: skip


def new_thread(work: Work, side: OutsideSide, number: str, ours: str, peer: str) -> OutsideThread:
    """Begin a thread at one end."""
    sender = side is OutsideSide.SENDER
    thread = OutsideThread(
        id=uuid4(), thread=number, side=side, ours=ours, peer=peer, acts=[],
        state=OutsideState.SEALED if sender else OutsideState.RECEIVED,
        opened_at=work.now, changed_at=work.now,
    )  # fmt: skip
    work.session.add(thread)
    return thread


def thread_of(work: Work, referral: Referral) -> OutsideThread | None:
    """The sender's thread of a referral, locked."""
    return work.session.scalar(
        select(OutsideThread).where(OutsideThread.referral_id == referral.id).with_for_update()
    )


def thread_in(work: Work, raw: bytes) -> OutsideThread | None:
    """The thread of a letter that was taken in before."""
    return work.session.scalar(
        select(OutsideThread)
        .join(OutsideLetter, OutsideLetter.thread_id == OutsideThread.id)
        .where(OutsideLetter.sha256 == envelopes.sha256(raw), ~OutsideLetter.outgoing)
        .with_for_update(of=OutsideThread)
    )


def was_here(work: Work, number: str) -> bool:
    """Whether a letter of this number was taken in before."""
    return work.session.scalar(
        select(OutsideLetter.id).where(
            OutsideLetter.number == number, ~OutsideLetter.outgoing
        )
    ) is not None  # fmt: skip


def was_told(work: Work, thread: OutsideThread, kind: OutsideKind) -> bool:
    """Whether a letter of this kind was taken in before for a thread, under whatever number."""
    told = select(OutsideLetter.id).where(
        OutsideLetter.thread_id == thread.id, OutsideLetter.kind == kind, ~OutsideLetter.outgoing
    )
    return work.session.scalar(told.limit(1)) is not None


def move(work: Work, thread: OutsideThread, state: OutsideState) -> None:
    """Bring a thread to a state."""
    if thread.state is not state:
        thread.state, thread.changed_at = state, work.now


def header_of(raw: bytes) -> Header:
    """The readable outside of a letter. Raises `LetterRefused`."""
    try:
        return Header.read(raw)
    except Tampered:
        raise LetterRefused(Reason.NOT_A_LETTER) from None
