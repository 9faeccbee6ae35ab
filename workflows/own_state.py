"""What a visit with a receipt's code shows and may ask: how things stand, and what is one's right.

Who holds the paper may not be the person: a companion may have taken it. So nothing behind the code names
anybody, a country, a body or a reason; what was asked for has the neutral words of the receipt; what the
person asked is told by its day alone; and nothing can be done there but to ask, which humans answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from models.cases import Case
from models.casework import Appointment
from models.network import Post
from models.receipts import PersonVisit, ReceiptCode
from models.referrals import Referral
from models.rights import PersonRequest
from models.vault.sealed import load_sealed
from models.vocabulary import AppointmentState, Purpose, ReferralState, RequestKind, RequestState
from workflows import consents, readings, rights, states
from workflows.accounts import SYSTEM_ACTOR
from workflows.casework import CaseStatus, case_resource, status
from workflows.errors import InvalidCommand, NotFound, TooManyAttempts
from workflows.policy import Act
from workflows.receipts import Visit, language_told
from workflows.work import Work

#: Referrals that ask nobody: not sent, or taken back.
_UNTOLD = frozenset({ReferralState.DRAFT, ReferralState.WITHDRAWN})
#: Words that a visit may have asked for in a day, so that nobody fills the desk's list with a found slip.
DAY_LIMIT = 5


class Help(StrEnum):
    """What was asked for, in words that tell nothing about the person who finds it written."""

    STAY = "stay"
    RELIEF = "relief"
    CARE = "care"
    ADVICE = "advice"
    INTERPRETER = "interpreter"
    PAPERS = "papers"
    SUPPORT = "support"


_HELP = {
    "accommodation": Help.STAY,
    "relief": Help.RELIEF,
    "health": Help.CARE,
    "mhpss": Help.CARE,
    "legal_aid": Help.ADVICE,
    "labour": Help.ADVICE,
    "interpreter": Help.INTERPRETER,
    "migration": Help.PAPERS,
    "civil_registry": Help.PAPERS,
}


class HelpState(StrEnum):
    """Where a request to an office stands, as the person is told."""

    WAITING = "waiting"
    TAKEN = "taken"
    LOOKING = "looking"
    DONE = "done"


@dataclass(frozen=True)
class Told:
    """When the person was told their rights, and in which version of the text."""

    pack: str
    on: date | None
    version: str | None


@dataclass(frozen=True)
class HelpLine:
    """One thing that was asked for. `due_at`: until when somebody answers, while nobody has.

    `agreed_until`: the last day of the person's consent, where it was sent on one.
    """

    help: Help
    standing: HelpState
    due_at: datetime | None
    agreed_until: date | None = None


@dataclass(frozen=True)
class AskedLine:
    """That the person asked something on a day, and whether it is answered: never what."""

    received_on: date
    due_on: date
    answered_on: date | None


@dataclass(frozen=True)
class OwnState:
    """How things stand. Codes and days; nothing that says who somebody is or why they came."""

    number: str
    pack: str
    status: CaseStatus
    registered_on: date
    informed_on: date | None
    helps: tuple[HelpLine, ...]
    asked: tuple[AskedLine, ...]
    #: When the next office meets the person, in the zone of the post; the place is on the slip they got.
    next_meeting: datetime | None
    code_issued_on: date


def help_of(function: str) -> Help:
    """The neutral word for what a body of this function does."""
    return _HELP.get(function, Help.SUPPORT)


def language_of_visit(work: Work, visit: Visit) -> tuple[str | None, str]:
    """In which language the person was told (ISO 639-3), and the pack of the case."""
    case = _case(work, visit, Act.SEE_OWN_STATE)
    return language_told(work, case), case.pack


def told(work: Work, visit: Visit) -> Told:
    """What the person was told before the questions: the version is that of the pack's texts."""
    case = _case(work, visit, Act.SEE_OWN_STATE)
    # Opened for the version alone, which says nothing of the person.
    with work.computing(case.person_id, Purpose.IDENTITY):
        version = (case.information or {}).get("text_version")
    return Told(case.pack, case.informed_on, None if version is None else str(version))


def state(work: Work, visit: Visit) -> OwnState:
    """How things stand with the case of a visit."""
    case = _case(work, visit, Act.SEE_OWN_STATE)
    rows = work.session.scalars(
        select(Referral)
        .where(Referral.case_id == case.id)
        .order_by(Referral.sent_at)
        .options(*load_sealed(Referral.content))
    ).all()
    issued = work.session.scalars(
        select(ReceiptCode.issued_on)
        .join(PersonVisit, PersonVisit.code_id == ReceiptCode.id)
        .where(PersonVisit.id == visit.id)
    ).one()
    return OwnState(
        number=case.number,
        pack=case.pack,
        status=status(case, [row.state for row in rows]),
        registered_on=case.registered_on,
        informed_on=case.informed_on,
        helps=_helps(work, case, list(rows)),
        asked=_asked(work, case),
        next_meeting=_next_meeting(work, case),
        code_issued_on=issued,
    )


def ask(work: Work, visit: Visit, kind: RequestKind, says: str) -> date:
    """Ask for what is one's right; the day by which it is answered.

    Raises:
        InvalidCommand: nothing was said.
        TooManyAttempts: this case has asked as much as one may in a day.
    """
    case = _case(work, visit, Act.ASK_FOR_OWN_RIGHT)
    if not says.strip():
        raise InvalidCommand(field="says")
    today = select(func.count()).where(
        PersonRequest.case_id == case.id,
        PersonRequest.recorded_by.is_(None),
        PersonRequest.received_on == work.now.date(),
    )
    if (work.session.scalar(today) or 0) >= DAY_LIMIT:
        raise TooManyAttempts(minutes=24 * 60)
    return rights.receive(work, case, kind, says, None).due_on


def _case(work: Work, visit: Visit, act: Act) -> Case:
    """The case of a visit, under the rule for the person themself."""
    work.actor = replace(SYSTEM_ACTOR, session_id=visit.id)
    case = work.session.get(Case, visit.case_id)
    if case is None:
        work.asked = act
        raise NotFound
    of_visit = replace(case_resource(work, case), visit_id=visit.id)
    work.allow(act, of_visit, person=case.person_id)
    return case


def _helps(work: Work, case: Case, rows: list[Referral]) -> tuple[HelpLine, ...]:
    """What was asked for, each once: a referral that took the place of another stands for both."""
    replaced = {row.previous_id for row in rows}
    pack = readings.pack_of(work, case)
    told = []
    last_days = consents.last_days(work, case)
    # Opened to choose a neutral word; the need itself is not shown.
    with work.computing(case.person_id, Purpose.PROTECTION):
        for row in rows:
            if row.id in replaced or row.state in _UNTOLD:
                continue
            need = (row.content or {}).get("need", "")
            function = pack.needs[need].function if need in pack.needs else ""
            standing = _standing(row.state)
            due = row.due_at if row.state in states.ON_THE_CLOCK else None
            agreed = last_days.get(row.consent_id) if row.consent_id else None
            told.append(HelpLine(help_of(function), standing, due, agreed))
    return tuple(told)


def _standing(state_: ReferralState) -> HelpState:
    if state_ in {ReferralState.OUTCOME_REPORTED, ReferralState.CLOSED}:
        return HelpState.DONE
    if state_ in states.IN_CARE:
        return HelpState.TAKEN
    return HelpState.WAITING if state_ in states.WAITING else HelpState.LOOKING


def _next_meeting(work: Work, case: Case) -> datetime | None:
    starts = work.session.scalar(
        select(func.min(Appointment.starts_at)).where(
            Appointment.case_id == case.id,
            Appointment.state == AppointmentState.PLANNED,
            Appointment.starts_at >= work.now,
        )
    )
    if starts is None:
        return None
    return starts.astimezone(ZoneInfo(work.session.get_one(Post, case.post_id).zone))


def _asked(work: Work, case: Case) -> tuple[AskedLine, ...]:
    rows = work.session.scalars(
        select(PersonRequest)
        .where(PersonRequest.case_id == case.id)
        .order_by(PersonRequest.received_on.desc(), PersonRequest.id)
    )
    return tuple(
        AskedLine(
            row.received_on,
            row.due_on,
            None if row.state is RequestState.OPEN else row.answered_on,
        )
        for row in rows
    )
