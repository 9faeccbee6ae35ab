"""Referrals from the desk's side: read the packet, accept, refuse, redirect, report the outcome.

The desk's other steps (waiting list, start, who did not come) are `workflows.desk_steps`, its questions
`workflows.questions`. Acceptance is one conditional UPDATE: of two officers who press at once, one wins and
the other is told (read-then-write gave 186 double acceptances in 200 races, security.md 3.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update

from models.cases import Case, Need
from models.network import Agency, Desk, Post, Service
from models.people import Person
from models.referrals import Packet, Referral
from models.vocabulary import (
    LegalBasis,
    LetterKind,
    NeedState,
    OutcomeCode,
    Purpose,
    ReferralState,
    RefusalReason,
    Role,
)
from workflows import (
    beds,
    casenumbers,
    consents,
    effects,
    figures,
    ladder,
    letters,
    moving,
    places,
    questions,
    readings,
    routing,
    states,
    talks,
)
from workflows.answering import ANSWER_WITHIN
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowedNow,
    NotFound,
    StillHeld,
)
from workflows.mandates import guardian_awaited
from workflows.moving import Moved, find_referral, ready, resource_of
from workflows.policy import Act
from workflows.questions import QuestionShown
from workflows.referrals import in_origin
from workflows.restrictions import is_restricted, stopped_by
from workflows.work import Work


@dataclass(frozen=True, kw_only=True)
class AcceptReferral:
    """Take a referral: the desk's agency has the duty from now on, and may read who the person is."""

    number: str


@dataclass(frozen=True, kw_only=True)
class RefuseReferral:
    """Not take it, for a coded reason; the need is open again at once."""

    number: str
    reason: RefusalReason


@dataclass(frozen=True, kw_only=True)
class RedirectReferral:
    """Say why it is not for this desk, and which desk may meet the need."""

    number: str
    desk: str
    reason: RefusalReason


@dataclass(frozen=True, kw_only=True)
class ReportOutcome:
    """What came of it."""

    number: str
    outcome: OutcomeCode
    note: str = ""


@dataclass(frozen=True)
class PacketRead:
    """What the desk may read now: stage 1 and what was asked of the sender always, stage 2 once taken.

    `may`: each act of the desk with the reasons against it (`states.WhyNot`); none: it may be done.
    """

    number: str
    state: ReferralState
    needs: Mapping[str, Any]
    identity: Mapping[str, Any] | None
    questions: tuple[QuestionShown, ...]
    may: Mapping[str, tuple[states.WhyNot, ...]]


def read_packet(work: Work, number: str) -> PacketRead:
    """Open the packet as far as the desk has taken it; the sender sees that it was opened."""
    referral = find_referral(work, number)
    resource = resource_of(work, referral)
    work.allow(Act.READ_PACKET, resource, person=referral.person_id)
    packet = work.session.scalar(select(Packet).where(Packet.referral_id == referral.id))
    if packet is None:
        raise NotFound
    identity = None
    if referral.withdrawal_wish is not None:
        return _closed(referral)
    if resource.taken:
        work.allow(Act.READ_PACKET_IDENTITY, resource, person=referral.person_id)
        identity = packet.identity
    moving.see(work, referral)
    return PacketRead(
        referral.number,
        referral.state,
        packet.needs or {},
        identity,
        questions.thread(work, referral),
        states.choices(moving.position_of(referral, stopped_by(work, referral)), "desk"),
    )


def _closed(referral: Referral) -> PacketRead:
    """The consent on which it was told is gone: nothing of it opens any more."""
    may = states.choices(moving.position_of(referral), "desk")
    return PacketRead(referral.number, referral.state, {}, None, (), may)


def accept(work: Work, command: AcceptReferral, *, opens: bool = True) -> Moved:
    """Take a referral that waits. opens: the identity opens by it, as it does inside the system.

    Raises:
        ChangedMeanwhile: somebody else has just answered it.
        NotAllowedNow: it does not wait for an answer; or the person objects, or their consent has ended.
    """
    referral, move = ready(work, command.number, "accept", Act.ACCEPT_REFERRAL, "desk", opens=opens)
    changed = work.session.scalars(
        update(Referral)
        # From whichever state it may be taken: that a colleague has just opened it is no answer.
        .where(Referral.id == referral.id, Referral.state.in_(states.befores("accept")))
        .values(
            state=move.after,
            accepted_by=work.actor.user_id,
            answered_at=work.now,
            version=Referral.version + 1,
        )
        .returning(Referral.id)
        .execution_options(synchronize_session=False)
    ).all()
    if len(changed) != 1:
        raise ChangedMeanwhile
    work.session.refresh(referral)
    moving.need_has_desk(work, referral)
    answered(work, referral)
    talks.taken(work, referral)
    return Moved(referral.number, referral.state)


def refuse(work: Work, command: RefuseReferral) -> Moved:
    """Refuse with a reason: the need is open again and the sender's side gets a task."""
    referral, move = ready(work, command.number, "refuse", Act.REFUSE_REFERRAL, "desk")
    referral.state = move.after
    referral.refusal_reason = command.reason
    referral.answered_at = work.now
    moving.reopen_need(work, referral)
    moving.choose_another_desk(work, referral, Role.SUPERVISOR)
    moving.choose_another_desk(work, referral, Role.BORDER_OFFICIAL)
    answered(work, referral)
    return Moved(referral.number, referral.state)


def redirect(work: Work, command: RedirectReferral) -> Moved:
    """Pass a referral on to another desk.

    Where the packet left on a ground other than consent, it goes on at once, with a clock of its own. Consent
    was given for one recipient (INV-23), and so was what a second account agreed to in its stead: then the
    need is open again, and the sender's side is told which desk to ask for. So it is where the person has
    objected since.

    Raises:
        InvalidCommand: no such desk, the same desk, one that does not meet the need there or has no place,
            one of the person's country of origin, or one whose roof would bring two together who are kept
            apart. Which of these is not told.
    """
    referral, move = ready(work, command.number, "redirect", Act.REDIRECT_REFERRAL, "desk")
    desk, service = _other_desk(work, referral, command.desk)
    referral.state = move.after
    referral.answered_at = work.now
    referral.refusal_reason = command.reason
    answered(work, referral)
    if not _goes_on(work, referral):
        moving.reopen_need(work, referral)
        for role in (Role.SUPERVISOR, Role.BORDER_OFFICIAL):
            moving.choose_another_desk(work, referral, role, suggested=desk.code)
        return Moved(referral.number, referral.state)
    places.release(work, referral.id)
    onward = _onward(work, referral, desk)
    if not places.reserve(work, service.id, onward):
        raise InvalidCommand(field="desk")
    return Moved(onward.number, onward.state)


def _goes_on(work: Work, referral: Referral) -> bool:
    """Whether the ground on which a packet left also holds for another desk."""
    if referral.legal_basis is LegalBasis.VITAL_INTEREST:
        return True
    if referral.legal_basis is LegalBasis.CONSENT or is_restricted(work, referral.person_id):
        return False
    if referral.legal_basis is not LegalBasis.BEST_INTEREST:
        return True
    pack = readings.pack_of(work, work.session.get_one(Case, referral.case_id))
    return not consents.is_asked(pack, (referral.content or {})["need"])


def _other_desk(work: Work, referral: Referral, code: str) -> tuple[Desk, Service]:
    """Mandate and firewall again, without telling the desk the nationality it may not read yet."""
    post = work.session.get_one(Post, referral.post_id)
    need = (referral.content or {}).get("need", "")
    found = routing.serving(work, code, need, post)
    if found is None or found[0].id == referral.desk_id:
        raise InvalidCommand(field="desk")
    case = work.session.get_one(Case, referral.case_id)
    if found[0].id in routing.avoid(work, case, need).desks:
        raise InvalidCommand(field="desk")
    agency = work.session.get_one(Agency, found[0].agency_id)
    person = work.session.get_one(Person, referral.person_id)
    if in_origin(work, person, agency, post.country):
        raise InvalidCommand(field="desk")
    return found


def _onward(work: Work, referral: Referral, desk: Desk) -> Referral:
    new = Referral(
        id=uuid4(),
        number=casenumbers.new_number(),
        case_id=referral.case_id,
        person_id=referral.person_id,
        need_id=referral.need_id,
        desk_id=desk.id,
        sent_by=work.actor.user_id,
        post_id=referral.post_id,
        state=ReferralState.SENT,
        urgency=referral.urgency,
        legal_basis=referral.legal_basis,
        consent_id=referral.consent_id,
        sent_at=work.now,
        due_at=work.now + ANSWER_WITHIN[referral.urgency],
        step=0,
        previous_id=referral.id,
    )
    ladder.set_next(new)
    work.session.add(new)
    old = work.session.scalar(select(Packet).where(Packet.referral_id == referral.id))
    if old is None:
        raise NotFound
    packet = Packet(id=uuid4(), referral_id=new.id, person_id=referral.person_id, made_at=work.now)
    work.session.add(packet)
    new.content = referral.content
    packet.needs = old.needs
    with work.computing(referral.person_id, Purpose.IDENTITY):
        packet.identity = old.identity
    work.session.flush()
    letters.write(work, LetterKind.REFERRAL, new, key=f"{new.id}/sent")
    return new


def report_outcome(work: Work, command: ReportOutcome) -> Moved:
    """Say what came of a referral that was taken; the need is met unless the person was not reached.

    Raises:
        NotAllowedNow: it was not taken, or has ended.
        StillHeld: the asylum procedure of a child was not carried through before a guardian is appointed;
            to open it, and so to register the claim, may not wait (INV-27).
    """
    referral, move = ready(work, command.number, "report_outcome", Act.REPORT_OUTCOME, "desk")
    if command.outcome is OutcomeCode.SERVICE_PROVIDED:
        _not_before_a_guardian(work, referral)
    referral.state = move.after
    referral.outcome_code = command.outcome
    referral.outcome = {"note": command.note}
    places.release(work, referral.id)
    need = work.session.get_one(Need, referral.need_id)
    if command.outcome is OutcomeCode.NOT_REACHED:
        need.state = NeedState.OPEN
        moving.choose_another_desk(work, referral, Role.SUPERVISOR)
    elif command.outcome is OutcomeCode.DECLINED_BY_PERSON:
        need.state = NeedState.DECLINED
    else:
        need.state = NeedState.MET
    letters.write(work, LetterKind.OUTCOME, referral, key=f"{referral.id}/outcome")
    _recount(work, referral)
    return Moved(referral.number, referral.state)


def _not_before_a_guardian(work: Work, referral: Referral) -> None:
    case = work.session.get_one(Case, referral.case_id)
    pack = readings.pack_of(work, case)
    need = pack.needs.get((referral.content or {}).get("need", ""))
    asylum = need is not None and need.function == "asylum"
    if asylum and guardian_awaited(work.session, case, pack):
        raise StillHeld


def close(work: Work, number: str) -> Moved:
    """Close a referral whose outcome is known, or whose person did not come.

    Raises:
        NotAllowedNow: the person has a bed at a site of the desk: that they left is recorded first.
    """
    referral = find_referral(work, number)
    side = "desk" if referral.desk_id in work.actor.desk_ids else "sender"
    referral, move = ready(work, number, "close", Act.CLOSE_REFERRAL, side)
    if beds.sleeps_at(work, referral):
        raise NotAllowedNow(why="has_bed")
    referral.state = move.after
    talks.over(work, referral)
    return Moved(referral.number, referral.state)


def answered(work: Work, referral: Referral) -> None:
    """The desk has answered: the sender is told, and nobody need answer any more."""
    tell_sender(work, referral)
    effects.close_answer_tasks(work, referral)


def tell_sender(work: Work, referral: Referral) -> None:
    """Tell the sender where a referral stands after a step of the desk; figures follow."""
    key = f"{referral.id}/answer/{referral.state.value}"
    letters.write(work, LetterKind.DECISION, referral, key=key)
    _recount(work, referral)


def _recount(work: Work, referral: Referral) -> None:
    figures.record_answer(work, work.session.get_one(Case, referral.case_id), referral)
