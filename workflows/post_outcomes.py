"""What the outcome and the receipt of a screening show: what is indicated and why, what was sent, what runs.

Codes, values and times only; the words for them are the pack's, found by the door in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from models.cases import Case, Deadline
from models.network import Agency, Desk
from models.referrals import Referral
from models.vault.sealed import load_sealed
from models.vocabulary import Clock, DeadlineState, ReferralState, Urgency
from workflows import (
    apart,
    consents,
    moving,
    offers,
    packets,
    readings,
    referrals,
    screening,
    sides,
)
from workflows.apart import ApartShown
from workflows.casework import open_case
from workflows.errors import InvalidCommand, NotFound
from workflows.holds import HoldShown, holds_of
from workflows.lineage import SamePerson, same_person
from workflows.packets import PacketPreview
from workflows.policy import Act
from workflows.referrals import Proposal
from workflows.routing import DeskChoice
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.pack import Pack
from workflows.states import WhyNot, choices
from workflows.work import Work

_RUNNING = (DeadlineState.RUNNING, DeadlineState.WARNED, DeadlineState.OVERDUE)


@dataclass(frozen=True)
class DeadlineShown:
    """A clock that runs, and whose it is."""

    code: str
    clock: Clock
    state: DeadlineState
    due_at: datetime


@dataclass(frozen=True)
class ReferralShown:
    """A referral that was sent: to whom, where it stands, until when an answer is due."""

    number: str
    need: str
    function: str
    desk_names: Mapping[str, str]
    agency_names: Mapping[str, str]
    state: ReferralState
    urgency: Urgency
    sent_at: datetime
    due_at: datetime
    seen_at: datetime | None
    expected_on: date | None
    #: The last day of the consent on which it was sent.
    agreed_until: date | None
    #: Each act of the sender with the reasons against it; none: it may be done.
    may: Mapping[str, tuple[WhyNot, ...]]


@dataclass(frozen=True)
class OutcomeShown:
    """What the answers come to at the end of a screening."""

    number: str
    pack: Pack
    reading: Reading | None
    holds: tuple[HoldShown, ...]
    same: SamePerson
    deadlines: tuple[DeadlineShown, ...]
    proposals: tuple[Proposal, ...]
    referrals: tuple[ReferralShown, ...]
    urgent_settled: bool
    complete: bool
    offers: tuple[str, ...] = ()
    kept_from: tuple[ApartShown, ...] = ()


@dataclass(frozen=True)
class ProposalsShown:
    """The needs without a desk and what was sent, when no more than that may be seen."""

    number: str
    pack: Pack
    proposals: tuple[Proposal, ...]
    referrals: tuple[ReferralShown, ...]


@dataclass(frozen=True)
class PreviewShown:
    """The packet for one need and desk, exactly as the desk will see it."""

    number: str
    pack: Pack
    proposal: Proposal
    desk: DeskChoice
    packet: PacketPreview
    person_language: str | None
    #: Until when a consent given today counts, where nothing else is agreed.
    consent_until: date
    #: Whether this desk parts the person from others of their group.
    parts: bool = False


@dataclass(frozen=True)
class ReceiptShown:
    """What the slip of paper says: number, requests, clocks. No profile, no need by its name."""

    number: str
    pack: Pack
    language: str | None
    referrals: tuple[ReferralShown, ...]
    registered_on: str


def outcome_page(work: Work, number: str) -> OutcomeShown:
    """What holds, what is indicated and why, what must happen by when, and whom to ask."""
    case = open_case(work, number, Act.VIEW_ASSESSMENT)
    interview = screening.interview(work, case, private=True)
    reading = sides.reading_for(work, case)
    return OutcomeShown(
        number=case.number,
        pack=readings.pack_of(work, case),
        reading=None if reading is None else sides.as_shown(work, case, reading),
        holds=holds_of(work, case.number),
        same=same_person(work, case),
        deadlines=_deadlines(work, case),
        proposals=referrals.propose(work, case.number),
        referrals=_sent(work, case),
        urgent_settled=interview.urgent_settled,
        complete=interview.complete,
        offers=offers.offers(work, case.number),
        kept_from=apart.of_person(work, case.person_id),
    )


def proposals_page(work: Work, number: str) -> ProposalsShown:
    """The needs that have no desk, after a refusal, a silence or at the end of a screening."""
    proposals = referrals.propose(work, number)
    case = open_case(work, number, Act.PROPOSE_REFERRAL)
    with packets.at_hand(work, case):
        sent = _sent(work, case)
    return ProposalsShown(case.number, readings.pack_of(work, case), proposals, sent)


def preview_page(work: Work, number: str, need_id: UUID, desk_id: UUID) -> PreviewShown:
    """The packet for a proposed need and desk.

    Raises:
        NotFound: the need is not one of this case.
        InvalidCommand: the desk is not among those proposed for it.
        OriginFirewall: the desk belongs to the person's country of origin.
    """
    proposal = next((p for p in referrals.propose(work, number) if p.need_id == need_id), None)
    if proposal is None:
        raise NotFound
    desk = next((d for d in proposal.desks if d.id == desk_id), None)
    if desk is None:
        raise InvalidCommand(field="desk")
    packet = referrals.preview(work, number, need_id, desk.desk)
    case = open_case(work, number, Act.PROPOSE_REFERRAL)
    with packets.at_hand(work, case):
        told = case.information or {}
    return PreviewShown(
        number=case.number,
        pack=readings.pack_of(work, case),
        proposal=proposal,
        desk=desk,
        packet=packet,
        person_language=told.get("language"),
        consent_until=consents.last_day(
            readings.pack_of(work, case), proposal.need, work.now.date()
        ),
        parts=referrals.parted(work, number, need_id, desk_id),
    )


def receipt_page(work: Work, number: str) -> ReceiptShown:
    """What the person takes along, in the language in which they were told."""
    case = open_case(work, number, Act.PRINT_RECEIPT)
    return ReceiptShown(
        number=case.number,
        pack=readings.pack_of(work, case),
        language=readings.language_told(work, case),
        referrals=_sent(work, case),
        registered_on=case.registered_on.isoformat(),
    )


def _deadlines(work: Work, case: Case) -> tuple[DeadlineShown, ...]:
    rows = work.session.scalars(
        select(Deadline)
        .where(Deadline.case_id == case.id, Deadline.state.in_(_RUNNING))
        .order_by(Deadline.due_at)
        .options(*load_sealed(Deadline.content))
    )
    return tuple(
        DeadlineShown((row.content or {})["code"], row.clock, row.state, row.due_at) for row in rows
    )


def _sent(work: Work, case: Case) -> tuple[ReferralShown, ...]:
    rows = work.session.execute(
        select(Referral, Desk.names, Agency.names)
        .join(Desk, Referral.desk_id == Desk.id)
        .join(Agency, Desk.agency_id == Agency.id)
        .where(Referral.case_id == case.id)
        .order_by(Referral.sent_at)
        .options(*load_sealed(Referral.content))
    ).all()
    pack = readings.pack_of(work, case)
    last_days = consents.last_days(work, case)
    shown = []
    for row, desk_names, agency_names in rows:
        need = (row.content or {})["need"]
        shown.append(
            ReferralShown(
                number=row.number,
                need=need,
                function=pack.needs[need].function if need in pack.needs else "",
                desk_names=desk_names,
                agency_names=agency_names,
                state=row.state,
                urgency=row.urgency,
                sent_at=row.sent_at,
                due_at=row.due_at,
                seen_at=row.seen_at,
                expected_on=row.expected_on,
                agreed_until=last_days.get(row.consent_id) if row.consent_id else None,
                may=choices(moving.position_of(row), "sender"),
            )
        )
    return tuple(shown)


def is_open(work: Work, number: str) -> bool:
    """Whether the screening of a case is still open, for the page that follows."""
    return open_case(work, number, Act.VIEW_CASE).screened_on is None
