"""Registering an arrival: person, arrival and case in one transaction, with hints of earlier registrations.

Nothing here asks questions of protection (`workflows.screening`); but the first assessment is made at once,
so that a person of whom nothing is known is fully protected from the first second.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case
from models.network import Post
from models.people import Arrival, Person
from models.vocabulary import (
    PERSON_PURPOSES,
    CameBy,
    ContactWish,
    Joined,
    SaidBy,
    Sex,
    Urgency,
)
from workflows import casenumbers, figures, groups, kinship, readings, screening, search
from workflows.casework import case_resource, find_case
from workflows.errors import InAnotherGroup, InvalidCommand
from workflows.policy import Act, Resource
from workflows.rules.answers import Source
from workflows.rules.pack import Pack
from workflows.search import Hint
from workflows.work import Work


@dataclass(frozen=True, kw_only=True)
class NameForm:
    """One way a name is written. One form, of one word, is enough: mononyms are legal."""

    text: str
    kind: Literal["as_given", "own_script", "document"] = "as_given"


@dataclass(frozen=True, kw_only=True)
class Birth:
    """A birth as stated, never corrected by anybody's estimate (INV-08).

    kind `date`: year, month, day; `year`: year; `age`: age (whole years, as of the day of registration);
    `between`: year to year_to; `unknown`: nothing. Years are Gregorian; `calendar` says how it was stated.
    """

    kind: Literal["date", "year", "age", "between", "unknown"] = "unknown"
    year: int | None = None
    month: int | None = None
    day: int | None = None
    age: int | None = None
    year_to: int | None = None
    calendar: Literal["gregorian", "solar_hijri"] = "gregorian"

    def years(self, today: date) -> tuple[int, ...]:
        """The years in which the person may have been born; empty where nothing is known."""
        if self.kind == "age" and self.age is not None:
            return (today.year - self.age - 1, today.year - self.age)
        if self.kind == "between" and self.year is not None and self.year_to is not None:
            return tuple(range(self.year, self.year_to + 1))
        return () if self.year is None else (self.year,)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document that was shown: kind of the code list, issuing state, number."""

    kind: str
    issuer: str | None = None
    number: str | None = None


@dataclass(frozen=True, kw_only=True)
class Companion:
    """Somebody registered with whom the person travels: the person is their `relationship`, as claimed."""

    case_number: str
    relationship: str


@dataclass(frozen=True, kw_only=True)
class RegisterArrival:
    """One screen of registration (interface.md 3.2). What is not known is left out, never guessed."""

    post: str
    names: tuple[NameForm, ...]
    sex: Sex = Sex.UNKNOWN
    birth: Birth = field(default_factory=Birth)
    #: ISO 3166 alpha-3 codes; empty where not known.
    nationalities: tuple[str, ...] = ()
    #: Says to have no nationality: another answer than not knowing.
    no_nationality: bool = False
    #: ISO 639-3 codes, the one to speak first.
    languages: tuple[str, ...] = ()
    interpreter: bool | None = None
    documents: tuple[Document, ...] = ()
    phone: str | None = None
    contact_wish: ContactWish | None = None
    #: The country from which the person came to the post (ISO 3166 alpha-3), and how.
    came_from: str | None = None
    came_by: CameBy | None = None
    travels_alone: bool | None = None
    companions: tuple[Companion, ...] = ()


@dataclass(frozen=True)
class Registered:
    """The case number that now stands for the person, and who they may already be."""

    case_number: str
    case_id: UUID
    hints: tuple[Hint, ...]
    elsewhere: int


def register(work: Work, command: RegisterArrival) -> Registered:
    """Register a person at the actor's post, and make the first assessment.

    Raises:
        InvalidCommand: a name without letters, a birth in the future, an unknown companion.
        NotAllowed, NotFound: not at this post.
    """
    post = _post(work.session, command.post)
    work.allow(Act.REGISTER, Resource(kind="post", post_id=post.id if post else None))
    if post is None:
        raise InvalidCommand(field="post")
    _check(work, command)
    texts = [form.text for form in command.names]
    years = command.birth.years(work.now.date())
    found = search.similar(work, texts, years)
    # Rows are flushed one after the other: the foreign keys have no relationship to sort them by.
    person = _person(work, command)
    work.session.flush()
    arrival = _arrival(work, person, post, command)
    work.session.flush()
    case = _case(work, person, arrival, post)
    work.session.flush()
    with work.computing(person.id, *PERSON_PURPOSES):
        answers = first_answers(readings.pack_of(work, case), command, work.now.date())
        made = screening.make_statements(work, case, answers, Source.SELF, first=True)
        screening.append(work, case, made, first=True)
        facts = readings.put_together(work, case, made)
        reading = screening.reassess(work, case, facts, first=True)
    figures.record(work, case, reading=reading, facts=facts, first=True)
    # Once the answers are there: who may be of age is read from them.
    _join_companions(work, case, command)
    # Last: on PostgreSQL other writers of the index wait for this commit from here on.
    search.add(work, person.id, texts, years)
    return Registered(case.number, case.id, found.hints, found.elsewhere)


def first_answers(pack: Pack, command: RegisterArrival, today: date) -> dict[str, Any]:
    """What registration already answers, as raw answers to the pack's facts; nothing is guessed."""
    raw: dict[str, Any] = {}
    if command.birth.kind != "unknown":
        raw["birth"] = _birth_answer(command.birth, today)
    if command.sex is not Sex.UNKNOWN:
        raw["sex"] = command.sex.value
    if len(command.nationalities) == 1:
        # Of two citizenships neither is "perhaps": the person's traits hold both.
        raw["citizenship"] = command.nationalities[0]
    if command.no_nationality:
        raw["no_citizenship_known"] = "yes"
    if command.interpreter is not None:
        raw["interpreter_needed"] = "yes" if command.interpreter else "no"
    if command.travels_alone is not None:
        raw["travels_alone"] = "yes" if command.travels_alone else "no"
    raw["arrived_on"] = today.isoformat()
    return {fact: value for fact, value in raw.items() if fact in pack.facts}


def _birth_answer(birth: Birth, today: date) -> Any:
    if birth.kind == "age":
        return {"age": birth.age, "on": today.isoformat()}
    if birth.kind == "between":
        return f"{birth.year}..{birth.year_to}"
    if birth.kind == "year":
        return str(birth.year)
    return date(birth.year or 1, birth.month or 1, birth.day or 1).isoformat()


def _check(work: Work, command: RegisterArrival) -> None:
    if not command.names or not any(c.isalpha() for form in command.names for c in form.text):
        raise InvalidCommand(field="name")
    birth, today = command.birth, work.now.date()
    if birth.kind == "date":
        try:
            stated = date(birth.year or 0, birth.month or 0, birth.day or 0)
        except ValueError:
            raise InvalidCommand(field="birth") from None
        if stated > today:
            raise InvalidCommand(field="birth")
    if any(year > today.year or year < today.year - 125 for year in birth.years(today)):
        raise InvalidCommand(field="birth")
    if birth.kind == "between" and not birth.years(today):
        raise InvalidCommand(field="birth")
    if command.no_nationality and command.nationalities:
        raise InvalidCommand(field="nationality")


def _post(session: Session, code: str) -> Post | None:
    return session.scalar(select(Post).where(Post.code == code, Post.open))


def _person(work: Work, command: RegisterArrival) -> Person:
    today = work.now.date()
    person = Person(id=uuid4(), created_on=today, changed_on=today)
    work.session.add(person)
    work.vault.create_keys(person.id, PERSON_PURPOSES, new=True)
    person.names = [{"text": form.text, "kind": form.kind} for form in command.names]
    person.birth = birth_as_json(command.birth, today)
    person.traits = {
        "sex": command.sex.value,
        "nationalities": list(command.nationalities),
        "no_nationality": command.no_nationality,
        "languages": list(command.languages),
        "interpreter": command.interpreter,
        "travels_alone": command.travels_alone,
    }
    person.documents = [
        {"kind": d.kind, "issuer": d.issuer, "number": d.number} for d in command.documents
    ]
    wish = command.contact_wish
    person.contact = {"phone": command.phone, **({} if wish is None else {"wish": wish.value})}
    return person


def birth_as_json(birth: Birth, today: date) -> dict[str, Any]:
    """The birth as kept: what was stated, and the day an age was true."""
    kept: dict[str, Any] = {"kind": birth.kind, "calendar": birth.calendar}
    for name in ("year", "month", "day", "age", "year_to"):
        value = getattr(birth, name)
        if value is not None:
            kept[name] = value
    if birth.kind == "age":
        kept["on"] = today.isoformat()
    return kept


def _arrival(work: Work, person: Person, post: Post, command: RegisterArrival) -> Arrival:
    arrival = Arrival(
        id=uuid4(),
        person_id=person.id,
        post_id=post.id,
        arrived_on=work.now.date(),
        registered_by=work.actor.user_id,
    )
    work.session.add(arrival)
    arrival.circumstances = {
        "at": work.now.isoformat(),
        "travels_alone": command.travels_alone,
        "came_from": command.came_from,
        "came_by": None if command.came_by is None else command.came_by.value,
    }
    return arrival


def _case(work: Work, person: Person, arrival: Arrival, post: Post) -> Case:
    today = work.now.date()
    case = Case(
        id=uuid4(),
        number=casenumbers.new_number(),
        person_id=person.id,
        arrival_id=arrival.id,
        post_id=post.id,
        agency_id=post.agency_id,
        registered_by=work.actor.user_id,
        pack=post.pack,
        urgency=Urgency.ROUTINE,
        registered_on=today,
        changed_on=today,
    )
    work.session.add(case)
    case.urgent_needs = []
    return case


def _join_companions(work: Work, case: Case, command: RegisterArrival) -> None:
    """Make the person one of the group of those named, and keep what they claim to be to each."""
    if not command.companions:
        return
    found = [_companion_case(work, one) for one in command.companions]
    of = {one.person_id: groups.membership(work, one.person_id) for one in found}
    ids = {row.group_id for row in of.values() if row is not None}
    if len(ids) > 1:
        # They are of two groups: which one the person is of must be settled first.
        raise InvalidCommand(field="companions")
    group_id = ids.pop() if ids else groups.begin(work, case.post_id)
    try:
        for one in (*found, case):
            groups.enter(work, group_id, one.person_id, Joined.TRAVELLING)
            if groups.may_be_adult(work, one) and one.screened_on is None:
                groups.speak_alone(work, one)
    except InAnotherGroup:
        raise InvalidCommand(field="companions") from None
    for one, companion in zip(found, command.companions, strict=True):
        kinship.claim(work, case.person_id, one.person_id, companion.relationship, SaidBy.SELF)


def _companion_case(work: Work, companion: Companion) -> Case:
    case = find_case(work, casenumbers.parse(companion.case_number))
    if case is None or case.post_id != work.actor.post_id:
        raise InvalidCommand(field="companions")
    work.allow(Act.VIEW_CASE, case_resource(work, case), person=case.person_id)
    return case
