"""The whole file of a person, to be read out to them or printed for them: what is held, who saw it, how long.

For the person alone, in front of whoever has them in care; opening it is an act of its own in the log. What
others told about the person in confidence is left out by its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select

from models.cases import Case
from models.log import LogEntry
from models.network import Agency, Desk, Post
from models.people import Arrival, Consent, Person
from models.referrals import Referral
from models.vault.sealed import load_sealed
from workflows import (
    apart,
    appointments,
    attachments,
    caseflags,
    casenotes,
    child_forms,
    kinship,
    lineage,
    log,
    oversight,
    packets,
    questions,
    readings,
    reopening,
    retention,
    rights,
    schedules,
    sides,
    taskcare,
    tracing,
    ways_on,
    whereabouts,
)
from workflows.apart import ApartShown
from workflows.appointments import AppointmentShown
from workflows.attachments import DocumentLine
from workflows.caseflags import FlagShown
from workflows.casenotes import NotesReadOut
from workflows.casework import case_resource, open_case
from workflows.child_forms import Filled
from workflows.kinship import LinkShown
from workflows.lineage import Twin
from workflows.policy import Act, allows
from workflows.questions import QuestionShown
from workflows.reopening import ReopeningShown
from workflows.restrictions import is_restricted
from workflows.rights import CorrectionShown, RequestShown
from workflows.rules.answers import Source, Statement
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.pack import Pack
from workflows.taskcare import Rests
from workflows.tracing import TracingShown
from workflows.ways_on import WayShown
from workflows.whereabouts import StayShown
from workflows.work import Work

#: What others said of the person: not read out without them (Regulation (EU) 2016/679 article 15(4)).
_OF_OTHERS = frozenset({Source.THIRD_PARTY})

#: Who it is and how to reach them.
_OF_THE_PERSON = (Person.names, Person.birth, Person.traits, Person.documents, Person.contact)


@dataclass(frozen=True)
class SentTo:
    """A referral: to whom what the person told was sent, and what came of it."""

    agency: Mapping[str, str]
    desk: Mapping[str, str]
    state: str
    sent_on: date


@dataclass(frozen=True)
class Summary:
    """Everything that is held of a person. Codes and values; their words are the pack's and the page's."""

    case_number: str
    language: str | None
    pack: Pack
    post: Mapping[str, str]
    registered_on: date
    names: tuple[str, ...]
    birth: Mapping[str, Any]
    traits: Mapping[str, Any]
    papers: tuple[Mapping[str, Any], ...]
    contact: Mapping[str, Any]
    #: From where and how the person came.
    route: Mapping[str, str]
    #: What the person is to others of their group, as their own page has it; from whom they are kept.
    links: tuple[LinkShown, ...]
    kept_from: tuple[ApartShown, ...]
    urgent_needs: tuple[str, ...]
    answers: tuple[Statement, ...]
    left_out: int
    reading: Reading | None
    sent: tuple[SentTo, ...]
    consents: int
    documents: tuple[DocumentLine, ...]
    corrections: tuple[CorrectionShown, ...]
    requests: tuple[RequestShown, ...]
    notes: NotesReadOut
    appointments: tuple[AppointmentShown, ...]
    flags: tuple[FlagShown, ...]
    questions: tuple[QuestionShown, ...]
    tracing: tuple[TracingShown, ...]
    forms: tuple[Filled, ...]
    rests: Rests
    reopenings: tuple[ReopeningShown, ...]
    stays: tuple[StayShown, ...]
    ways: tuple[WayShown, ...]
    accesses: tuple[oversight.Access, ...]
    looked: int
    restricted: bool
    kept_until: date | None
    #: Other records that stand as one with this: opened, and those that another desk must read out.
    others: tuple[Summary, ...] = ()
    elsewhere: tuple[str, ...] = ()


def summary(work: Work, case_number: str) -> Summary:
    """Open the whole file of a person, for the person."""
    case = open_case(work, case_number, Act.MAKE_SUMMARY)
    twins = lineage.twins(work, case)
    mine = [one.number for one in twins if _may_open(work, one)]
    others = tuple(whole(work, open_case(work, one, Act.MAKE_SUMMARY)) for one in mine)
    elsewhere = tuple(one.number for one in twins if one.number not in mine)
    return replace(whole(work, case), others=others, elsewhere=elsewhere)


def _may_open(work: Work, twin: Twin) -> bool:
    """Whether another record of the person is the actor's to read out as well."""
    with work.beyond():
        case = work.session.get_one(Case, twin.case_id)
        resource = case_resource(work, case)
    return allows(work.actor, Act.MAKE_SUMMARY, resource) is not None


def whole(work: Work, case: Case) -> Summary:
    """The whole file of a case that was opened under a rule with all its purposes."""
    person = work.session.get_one(
        Person,
        case.person_id,
        options=load_sealed(*_OF_THE_PERSON),
    )
    told = sides.told_to(work, readings.statements(work, case))
    traits = person.traits or {}
    spoken = [*traits.get("languages", ()), (case.information or {}).get("language")]
    return Summary(
        case_number=case.number,
        language=next((code for code in spoken if code), None),
        pack=readings.pack_of(work, case),
        post=work.session.get_one(Post, case.post_id).names,
        registered_on=work.session.get_one(Arrival, case.arrival_id).arrived_on,
        names=tuple(form["text"] for form in person.names or ()),
        birth=person.birth or {},
        traits=traits,
        papers=tuple(person.documents or ()),
        contact=person.contact or {},
        **_others(work, case),
        urgent_needs=tuple(case.urgent_needs or ()),
        answers=tuple(one for one in told if one.source not in _OF_OTHERS),
        left_out=sum(one.source in _OF_OTHERS for one in told),
        reading=sides.reading_for(work, case),
        sent=_sent(work, case),
        consents=_count(work, Consent, case),
        documents=attachments.held(work, case),
        corrections=rights.corrections(work, case),
        requests=rights.opened(work, case),
        notes=casenotes.read_out(work, case),
        appointments=appointments.read_out(work, case),
        flags=caseflags.read_out(work, case),
        questions=questions.read_out(work, case),
        tracing=tracing.read_out(work, case),
        **_slept_and_came_back(work, case),
        forms=child_forms.read_out(work, case),
        **_watched(work, case),
    )


def _others(work: Work, case: Case) -> dict[str, Any]:
    """How the person came and with whom: what they said of links, and from whom they are kept."""
    return {
        "route": packets.route_of(work, case),
        "links": kinship.links_of(work, case),
        "kept_from": apart.of_person(work, case.person_id),
    }


def _slept_and_came_back(work: Work, case: Case) -> dict[str, Any]:
    """Why work rests, where the person slept, how it may go on, when the case was opened again."""
    return {
        "rests": taskcare.read_out(work, case),
        "reopenings": reopening.read_out(work, case),
        "stays": whereabouts.read_out(work, case),
        "ways": ways_on.read_out(work, case),
    }


def _sent(work: Work, case: Case) -> tuple[SentTo, ...]:
    rows = work.session.execute(
        select(Agency.names, Desk.names, Referral.state, Referral.sent_at)
        .join(Desk, Referral.desk_id == Desk.id)
        .join(Agency, Desk.agency_id == Agency.id)
        .where(Referral.case_id == case.id)
        .order_by(Referral.sent_at)
    )
    return tuple(
        SentTo(agency, desk, state.value, sent_at.date()) for agency, desk, state, sent_at in rows
    )


def _count(work: Work, model: type[Consent], case: Case) -> int:
    query = select(func.count()).select_from(model).where(model.person_id == case.person_id)
    return work.session.scalar(query) or 0


def _watched(work: Work, case: Case) -> dict[str, Any]:
    """Who has looked, whether an objection stands, and how long the file is kept if nothing changes."""
    token = log.subject_token(work.provider, case.person_id)
    looked = (
        select(func.count())
        .select_from(LogEntry)
        .where(LogEntry.subject == token, oversight.told_to_desks())
    )
    ends = schedules.ends_on(retention.schedule(), retention.milestones(work, case), "file")
    return {
        "accesses": oversight.accesses_of(work, case),
        "looked": work.session.scalar(looked) or 0,
        "restricted": is_restricted(work, case.person_id),
        "kept_until": None if ends is None else ends[0],
    }
