"""Referrals from the sender's side: propose a desk, show the packet, send it, ask for help, withdraw it.

Nothing leaves but the fields that the pack permits for the need, and nothing goes to the person's country of
origin. The sender keeps the duty until a desk accepts; the desk's side is in `workflows.desks`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from models.cases import Case, Need
from models.network import Agency, Desk, Post, Service
from models.people import Person
from models.referrals import Packet, Referral
from models.vocabulary import (
    ApartBecause,
    ApprovalState,
    LegalBasis,
    LetterKind,
    NeedState,
    Purpose,
    ReferralState,
    Role,
    TaskKind,
    Urgency,
)
from workflows import (
    approvals,
    casenumbers,
    consents,
    effects,
    figures,
    ladder,
    letters,
    moving,
    packets,
    places,
    readings,
    routing,
    together,
)
from workflows.answering import ANSWER_WITHIN
from workflows.approvals import Request
from workflows.casework import open_case
from workflows.errors import (
    InvalidCommand,
    NoPlaceFree,
    NotAllowedNow,
    NotFound,
    OriginFirewall,
    SplitsFamily,
)
from workflows.packets import PacketPreview
from workflows.policy import Act
from workflows.ranking import Wanted
from workflows.restrictions import require_unrestricted
from workflows.routing import DeskChoice
from workflows.rules.pack import Pack
from workflows.states import move_of
from workflows.work import Work


@dataclass(frozen=True)
class Proposal:
    """An open need and the desks that may meet it. `need_id` names the need's row."""

    need_id: UUID
    need: str
    state: NeedState
    urgency: Urgency
    consent_needed: bool
    desks: tuple[DeskChoice, ...]


@dataclass(frozen=True, kw_only=True)
class SendReferral:
    """Send a packet for a need to a desk, on a basis. `consented` is the person's answer, as recorded.

    `consent_until`: the last day that was agreed with the person; None: what the pack says for this need.
    """

    case_number: str
    need_id: UUID
    desk: str
    legal_basis: LegalBasis
    consented: bool = False
    consent_until: date | None = None
    note: str = ""
    #: Why the person goes to another desk than the others of their group; None where they go together.
    apart: ApartBecause | None = None


@dataclass(frozen=True)
class Sent:
    """The referral that now runs, and when the desk must have answered."""

    number: str
    state: ReferralState


def propose(work: Work, case_number: str) -> tuple[Proposal, ...]:
    """The open needs of a case, most urgent first, each with the desks that may meet it."""
    case = open_case(work, case_number, Act.PROPOSE_REFERRAL)
    pack = readings.pack_of(work, case)
    rows = work.session.scalars(
        select(Need).where(Need.case_id == case.id).options(Need.content.undefer())
    ).all()
    with packets.at_hand(work, case) as read:
        about = routing.wanted(work, case, case.urgency)
        proposals = [_proposal(work, case, pack, row, about) for row in rows]
    if not read:
        proposals = [replace(one, desks=routing.untold(one.desks)) for one in proposals]
    rank = list(Urgency)
    return tuple(sorted(proposals, key=lambda p: (rank.index(p.urgency), p.need)))


def _proposal(work: Work, case: Case, pack: Pack, row: Need, about: Wanted) -> Proposal:
    code = (row.content or {})["code"]
    # A need that was opened stays, also where the rules in force no longer have it (INV-13).
    need = pack.needs.get(code)
    urgency = need.urgency if need else case.urgency
    return Proposal(
        need_id=row.id,
        need=code,
        state=row.state,
        urgency=urgency,
        consent_needed=need is None or need.consent,
        desks=routing.choices(
            work, case, pack, code, replace(about, within=ANSWER_WITHIN[urgency])
        ),
    )


def preview(work: Work, case_number: str, need_id: UUID, desk: str) -> PacketPreview:
    """The packet exactly as the desk will see it, stage by stage; for who may not read, its fields alone.

    Sends nothing.
    """
    case = open_case(work, case_number, Act.PROPOSE_REFERRAL)
    need = _need_of(work, case, need_id)
    pack = readings.pack_of(work, case)
    with packets.at_hand(work, case) as read:
        code = (need.content or {})["code"]
        chosen, _ = _served_by(work, case, need, desk)
        _firewall(work, case, chosen)
        if read:
            return packets.build(work, case, pack, code, chosen)
    return packets.unread(pack, code, chosen)


def send(work: Work, command: SendReferral) -> Sent:
    """Send: referral, packet, letter and the desk's clock in one transaction.

    Raises:
        InvalidCommand: no such desk, or none that meets this need where the person is; a last day of the
            consent that is over, or too far ahead.
        NotAllowedNow: the need is already referred or met.
        NoPlaceFree: the last place was taken meanwhile.
        ApprovalMissing: best interests stand in for consent, and nobody else has agreed (`countersign`).
        ConsentMissing: the need asks for consent and none is recorded, or no ground stands in for it.
        OriginFirewall: the desk belongs to the person's country of origin.
        Restricted: the person has objected, and neither agrees to this nor is their life at stake.
        SplitsFamily: others of the group were sent to another desk that can take them, and no ground is said.
    """
    case = open_case(work, command.case_number, Act.SEND_REFERRAL)
    with packets.at_hand(work, case):
        return _send(work, case, command)


def _send(work: Work, case: Case, command: SendReferral) -> Sent:
    need = _need_of(work, case, command.need_id)
    desk, service = _served_by(work, case, need, command.desk)
    pack = readings.pack_of(work, case)
    code = (need.content or {})["code"]
    _firewall(work, case, desk)
    require_unrestricted(work, case.person_id, command.legal_basis)
    if need.state is not NeedState.OPEN:
        raise NotAllowedNow
    if command.apart is None and _parted(work, case, pack, code, desk):
        raise SplitsFamily
    consent = consents.basis(
        work, case, pack, code, desk, command.legal_basis,
        consented=command.consented, until=command.consent_until,
    )  # fmt: skip
    urgency = pack.needs[code].urgency if code in pack.needs else case.urgency
    referral = _referral(work, case, need, desk, command, urgency)
    if not places.reserve(work, service.id, referral):
        raise NoPlaceFree
    referral.consent_id = consent.id if consent else None
    told = {"note": command.note}
    if consent is not None and consent.expires_on is not None:
        told["consent_until"] = consent.expires_on.isoformat()
    _keep_packet(work, case, pack, code, desk, referral, told)
    need.state = NeedState.REFERRED
    letters.write(work, LetterKind.REFERRAL, referral, key=f"{referral.id}/sent")
    effects.close_tasks(work, case, TaskKind.CHOOSE_ANOTHER_DESK, TaskKind.REFER_NEED)
    case.changed_on = work.now.date()
    figures.record_sent(work, case, desk)
    return Sent(referral.number, referral.state)


def countersign(work: Work, command: SendReferral) -> Request:
    """Ask a second account to agree that a child's best interests stand in for consent; how that stands.

    Asked once: the request of the last day is given back, also where it was refused.
    """
    case = open_case(work, command.case_number, Act.SEND_REFERRAL)
    need = _need_of(work, case, command.need_id)
    with packets.at_hand(work, case):
        desk, _ = _served_by(work, case, need, command.desk)
        what = consents.override(case, (need.content or {})["code"], desk)
    found = approvals.state_of(work, Act.SEND_REFERRAL, what)
    if found is None or found.expired or found.state is ApprovalState.USED:
        told = {"ground": command.legal_basis.value, "case": case.number}
        approvals.ask(work, Act.SEND_REFERRAL, what, told=told, case=case)
        found = approvals.state_of(work, Act.SEND_REFERRAL, what)
    assert found is not None
    return found


def parted(work: Work, case_number: str, need_id: UUID, desk: UUID) -> bool:
    """Whether sending to this desk parts the person from others of their group (INV-26)."""
    case = open_case(work, case_number, Act.PROPOSE_REFERRAL)
    need = _need_of(work, case, need_id)
    with packets.at_hand(work, case):
        code = (need.content or {})["code"]
        chosen = work.session.get_one(Desk, desk)
        return _parted(work, case, readings.pack_of(work, case), code, chosen)


def _parted(work: Work, case: Case, pack: Pack, need: str, desk: Desk) -> bool:
    family = together.desks_of_family(work, case, need)
    if not family or desk.id in family:
        return False
    found = routing.choices(work, case, pack, need, routing.wanted(work, case, case.urgency))
    return any(one.id in family and one.fits and not one.full for one in found)


def _referral(
    work: Work, case: Case, need: Need, desk: Desk, command: SendReferral, urgency: Urgency
) -> Referral:
    rank = list(Urgency)
    urgency = min(urgency, case.urgency, key=rank.index)
    move = move_of(ReferralState.DRAFT, "send")
    assert move is not None
    referral = Referral(
        id=uuid4(),
        number=casenumbers.new_number(),
        case_id=case.id,
        person_id=case.person_id,
        need_id=need.id,
        desk_id=desk.id,
        sent_by=work.actor.user_id,
        post_id=case.post_id,
        state=move.after,
        urgency=urgency,
        legal_basis=command.legal_basis,
        sent_at=work.now,
        due_at=work.now + ANSWER_WITHIN[urgency],
        step=0,
    )
    ladder.set_next(referral)
    work.session.add(referral)
    referral.content = {"need": (need.content or {})["code"], "note": command.note}
    if command.apart is not None:
        referral.content = {**referral.content, "apart": command.apart.value}
    work.session.flush()
    return referral


def _keep_packet(
    work: Work,
    case: Case,
    pack: Pack,
    need: str,
    desk: Desk,
    referral: Referral,
    told: dict[str, str],
) -> None:
    made = packets.build(work, case, pack, need, desk)
    packet = Packet(id=uuid4(), referral_id=referral.id, person_id=case.person_id, made_at=work.now)
    work.session.add(packet)
    packet.needs = {**made.needs_stage(), **told}
    packet.identity = made.identity_stage()


def _need_of(work: Work, case: Case, need_id: UUID) -> Need:
    need = work.session.get(Need, need_id)
    if need is None or need.case_id != case.id:
        raise NotFound
    return need


def _served_by(work: Work, case: Case, need: Need, desk: str) -> tuple[Desk, Service]:
    """The desk and its service for a need where the person is, for them, behind an open door."""
    post = work.session.get_one(Post, case.post_id)
    found = routing.serving(work, desk, (need.content or {})["code"], post)
    if found is None or not routing.fits(work, case, *found):
        raise InvalidCommand(field="desk")
    if found[0].id in routing.avoid(work, case, (need.content or {})["code"]).desks:
        raise InvalidCommand(field="desk")
    return found


def _firewall(work: Work, case: Case, desk: Desk) -> None:
    post = work.session.get_one(Post, case.post_id)
    agency = work.session.get_one(Agency, desk.agency_id)
    if in_origin(work, work.session.get_one(Person, case.person_id), agency, post.country):
        raise OriginFirewall


def in_origin(work: Work, person: Person, agency: Agency, country: str) -> bool:
    """Whether an agency belongs to a state the person may fear. The nationality is compared, never shown."""
    with work.computing(person.id, Purpose.IDENTITY):
        return routing.of_origin(agency, packets.origin_of(person), country)


def ask_supervisor(work: Work, case_number: str, need_id: UUID) -> None:
    """Nobody has a place for a need: the supervisor of the post is given the task to find one. Twice is once.

    Raises:
        NotFound: no such need of this case.
        NotAllowedNow: it is not open, or a desk with a place can be chosen.
    """
    case = open_case(work, case_number, Act.SEND_REFERRAL)
    need = _need_of(work, case, need_id)
    with packets.at_hand(work, case):
        code = (need.content or {})["code"]
        about = routing.wanted(work, case, case.urgency)
        found = routing.choices(work, case, readings.pack_of(work, case), code, about)
    if need.state is not NeedState.OPEN or any(one.fits and not one.full for one in found):
        raise NotAllowedNow
    effects.open_task(work, case, TaskKind.CHOOSE_ANOTHER_DESK, Role.SUPERVISOR, Urgency.NOW)


def withdraw(work: Work, number: str) -> None:
    """Take back a referral that no desk has taken; the need is open again.

    Raises:
        NotAllowedNow: the desk has taken it, or it has ended.
    """
    referral, move = moving.ready(work, number, "withdraw", Act.WITHDRAW_REFERRAL, "sender")
    referral.state = move.after
    moving.reopen_need(work, referral)
    letters.write(work, LetterKind.WITHDRAWAL, referral, key=f"{referral.id}/withdrawn")
    effects.close_answer_tasks(work, referral)
    if work.session.get_one(Case, referral.case_id).screened_on is not None:
        # The screening no longer shows the need to anybody, so somebody is given the task (INV-22).
        moving.choose_another_desk(work, referral, Role.BORDER_OFFICIAL)
