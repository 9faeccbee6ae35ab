"""The code of a receipt, and what opens with it: how things stand, and asking for what is one's right.

Who holds the paper may not be the person: a companion may have taken it. So nothing behind the code names
anybody, a country, a body or a reason; what was asked for has the neutral words of the receipt; what the
person asked is told by its day alone; and nothing can be done there but to ask, which humans answer.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select

from models.accounts import Attempt
from models.cases import Case
from models.casework import Appointment
from models.network import Post
from models.people import Person
from models.receipts import PersonVisit, ReceiptCode
from models.referrals import Referral
from models.rights import PersonRequest
from models.vault.sealed import load_sealed
from models.vocabulary import AppointmentState, Purpose, ReferralState, RequestKind, RequestState
from workflows import casenumbers, readings, rights, states
from workflows.accounts import SYSTEM_ACTOR
from workflows.attempts import WINDOW
from workflows.casework import CaseStatus, case_resource, open_case, status
from workflows.errors import InvalidCommand, NotFound, TooManyAttempts, WrongReceiptCode
from workflows.policy import Act
from workflows.work import Work

#: Referrals that ask nobody: not sent, or taken back.
_UNTOLD = frozenset({ReferralState.DRAFT, ReferralState.WITHDRAWN})
#: How long a visit lasts, used or not: the browser may be anybody's.
VISIT = timedelta(minutes=15)
#: Wrong codes that one number, and one address, may have in `WINDOW`. Many share an address at a post.
NUMBER_LIMIT, ADDRESS_LIMIT = 5, 30
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


class Standing(StrEnum):
    """Where a request to an office stands, as the person is told."""

    WAITING = "waiting"
    TAKEN = "taken"
    LOOKING = "looking"
    DONE = "done"


@dataclass(frozen=True)
class Issued:
    """A new code, shown once and never again. `language`: ISO 639-3, in which the person was told."""

    number: str
    code: str
    language: str | None
    pack: str


@dataclass(frozen=True)
class Visit:
    """Somebody who came with number and code."""

    id: UUID
    case_id: UUID


@dataclass(frozen=True)
class Told:
    """When the person was told their rights, and in which version of the text."""

    pack: str
    on: date | None
    version: str | None


@dataclass(frozen=True)
class HelpLine:
    """One thing that was asked for. `due_at`: until when somebody answers, while nobody has."""

    help: Help
    standing: Standing
    due_at: datetime | None


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


def issue(work: Work, number: str) -> Issued:
    """Make a new code for a case; the one before opens nothing from now on, and visits with it end.

    Raises:
        ChangedMeanwhile: somebody else made one at the same moment.
    """
    case = open_case(work, number, Act.ISSUE_RECEIPT_CODE)
    today = work.now.date()
    live = work.session.scalars(
        select(ReceiptCode).where(ReceiptCode.case_id == case.id, ReceiptCode.voided_on.is_(None))
    )
    for row in live:
        row.voided_on = max(today, row.issued_on)
    work.session.execute(delete(PersonVisit).where(PersonVisit.case_id == case.id))
    work.session.flush()
    code = casenumbers.new_code()
    work.session.add(
        ReceiptCode(
            id=uuid4(),
            case_id=case.id,
            person_id=case.person_id,
            code_mac=_mac(work, case.number, code),
            issued_on=today,
            issued_by=work.actor.user_id,
        )
    )
    work.session.flush()
    return Issued(case.number, casenumbers.show_code(code), _language(work, case), case.pack)


def enter(work: Work, number: str, code: str, address: str) -> str:
    """Open a visit; returns its token. A wrong code and a number that nobody has are one look-up.

    Raises:
        TooManyAttempts: for this number or this address.
        WrongReceiptCode: number and code do not belong together, or the code was voided.
    """
    _check_budget(work, number, address)
    found = work.session.scalar(
        select(ReceiptCode).where(
            ReceiptCode.code_mac == _mac(work, number, code), ReceiptCode.voided_on.is_(None)
        )
    )
    if found is None:
        raise WrongReceiptCode
    token = secrets.token_urlsafe(32)
    work.session.execute(delete(PersonVisit).where(PersonVisit.expires_at < work.now))
    work.session.add(
        PersonVisit(
            id=uuid4(),
            token_sha256=_hash(token),
            code_id=found.id,
            case_id=found.case_id,
            person_id=found.person_id,
            expires_at=work.now + VISIT,
        )
    )
    work.note(Act.SEE_OWN_STATE, "receipt", person=found.person_id)
    return token


def count_failure(work: Work, number: str, address: str) -> None:
    """Keep that a code did not fit; forget old tries."""
    for subject, _ in _subjects(work, number, address):
        work.session.add(Attempt(id=uuid4(), subject=subject, at=work.now))
    work.session.execute(delete(Attempt).where(Attempt.at < work.now - WINDOW))
    work.note(Act.SEE_OWN_STATE, "refused")


def resume(work: Work, token: str) -> Visit | None:
    """The visit of a token, if it is not over. From here on the work is the visit's, whoever is signed in."""
    row = work.session.scalar(
        select(PersonVisit).where(
            PersonVisit.token_sha256 == _hash(token), PersonVisit.expires_at > work.now
        )
    )
    return None if row is None else Visit(row.id, row.case_id)


def leave(work: Work, token: str) -> None:
    """End a visit at once."""
    work.session.execute(delete(PersonVisit).where(PersonVisit.token_sha256 == _hash(token)))


def language_of_visit(work: Work, visit: Visit) -> tuple[str | None, str]:
    """In which language the person was told (ISO 639-3), and the pack of the case."""
    case = _case(work, visit, Act.SEE_OWN_STATE)
    return _language(work, case), case.pack


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
    # Opened to choose a neutral word; the need itself is not shown.
    with work.computing(case.person_id, Purpose.PROTECTION):
        for row in rows:
            if row.id in replaced or row.state in _UNTOLD:
                continue
            need = (row.content or {}).get("need", "")
            function = pack.needs[need].function if need in pack.needs else ""
            standing = _standing(row.state)
            due = row.due_at if row.state in states.ON_THE_CLOCK else None
            told.append(HelpLine(help_of(function), standing, due))
    return tuple(told)


def _standing(state_: ReferralState) -> Standing:
    if state_ in {ReferralState.OUTCOME_REPORTED, ReferralState.CLOSED}:
        return Standing.DONE
    if state_ in states.IN_CARE:
        return Standing.TAKEN
    return Standing.WAITING if state_ in states.WAITING else Standing.LOOKING


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


def _language(work: Work, case: Case) -> str | None:
    """Opened to choose the language of a page or a slip; shown to nobody."""
    with work.computing(case.person_id, Purpose.IDENTITY):
        told = (case.information or {}).get("language")
        if told is None:
            person = work.session.get_one(Person, case.person_id)
            told = next(iter((person.traits or {}).get("languages") or ()), None)
    return None if told is None else str(told)


def _check_budget(work: Work, number: str, address: str) -> None:
    for subject, limit in _subjects(work, number, address):
        tries = work.session.scalar(
            select(func.count())
            .select_from(Attempt)
            .where(Attempt.subject == subject, Attempt.at >= work.now - WINDOW)
        )
        if (tries or 0) >= limit:
            raise TooManyAttempts(minutes=int(WINDOW.total_seconds() // 60))


def _subjects(work: Work, number: str, address: str) -> tuple[tuple[str, int], ...]:
    """Keyed tokens of a number as typed, whether it exists or not, and of an address; not those of sign-in,
    or people at one post's screen would shut its officers out.
    """
    of_number = work.provider.mac(
        "web", b"receipt|number|" + casenumbers.plain(number).encode()
    ).hex()
    of_address = work.provider.mac("web", b"receipt|address|" + address.encode()).hex()
    return ((of_number, NUMBER_LIMIT), (of_address, ADDRESS_LIMIT))


def _mac(work: Work, number: str, code: str) -> str:
    """The keyed token of number and code together."""
    both = f"receipt|code|{casenumbers.plain(number)}|{casenumbers.plain(code)}"
    return work.provider.mac("web", both.encode()).hex()


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
