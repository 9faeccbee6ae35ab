"""Looking for family: opened with the person's wish and a look at the risk, ended by a human.

Nobody is contacted by anything here. What is found becomes a task for the desk; whoever asked not to be found
by their family is never a candidate (`workflows.tracing_matches`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from models.cases import Case, Task
from models.network import Desk
from models.people import Person
from models.tracing import TracingKey, TracingRequest
from models.vault.sealed import load_sealed
from models.vocabulary import Role, Sex, SoughtRelation, TaskKind, TracingState
from workflows import tasks, tracing_matches
from workflows.caring import in_care, today_at
from workflows.casework import open_case
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowedNow, NotFound, Restricted
from workflows.policy import Act
from workflows.restrictions import is_restricted
from workflows.search import count_as_search, years_of
from workflows.work import Work

LONGEST = 1000
MOST_NAMES = 5
_EARLIEST = 1900


@dataclass(frozen=True, kw_only=True)
class OpenTracing:
    """Who is sought: every form of the name, in any script; what they are to the person; when born.

    `wished`: the person wishes it, and a child's guardian was asked; `safe`: it was looked at whether it is.
    """

    number: str
    names: tuple[str, ...]
    relation: SoughtRelation
    sex: Sex = Sex.UNKNOWN
    born_from: int | None = None
    born_to: int | None = None
    place: str = ""
    when: str = ""
    says: str = ""
    wished: bool = False
    safe: bool = False


@dataclass(frozen=True, kw_only=True)
class EndTracing:
    """That a search is over: found or closed, and why. `version` is that of the page."""

    request_id: UUID
    version: int
    state: TracingState
    says: str


@dataclass(frozen=True)
class TracingShown:
    """A request opened."""

    id: UUID
    names: tuple[str, ...]
    relation: SoughtRelation
    sex: Sex
    years: tuple[int, int] | None
    place: str
    when: str
    says: str
    state: TracingState
    opened_on: date
    ended_on: date | None
    end_says: str
    desk: Mapping[str, str]
    version: int


def open_request(work: Work, command: OpenTracing) -> UUID:
    """Open a request and look for candidates at once; its id.

    Raises:
        InvalidCommand: no name with a letter, years that cannot be, no wish, or no look at the risk (INV-29).
        Restricted: the person has objected.
        TooManyAttempts: the hour's searches by name are used up.
        NotFound: not in the care of the actor's desk.
    """
    case, referral = in_care(work, command.number, Act.TRACE)
    _require_sound(work, command)
    if is_restricted(work, case.person_id):
        raise Restricted
    # It tells whether there is one of such a name at all, as a search does.
    count_as_search(work, command.names)
    row = TracingRequest(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        desk_id=referral.desk_id,
        opened_by=work.actor.user_id,
        opened_on=today_at(work, case),
        state=TracingState.OPEN,
    )
    work.session.add(row)
    row.content = _sought(work, command)
    work.session.flush()
    own, born = _own_names(work, case)
    tracing_matches.write_keys(work, row, own, born)
    tracing_matches.look(work, row, case)
    case.changed_on = work.now.date()
    return row.id


def _sought(work: Work, command: OpenTracing) -> dict[str, Any]:
    """Who is sought, as it is kept."""
    years = [command.born_from, command.born_to or command.born_from] if command.born_from else None
    return {
        "names": list(command.names),
        "relation": command.relation.value,
        "sex": command.sex.value,
        "years": years,
        "place": command.place.strip(),
        "when": command.when.strip(),
        "says": command.says.strip(),
        "at": work.now.isoformat(),
    }


def _require_sound(work: Work, command: OpenTracing) -> None:
    named = [one for one in command.names if any(letter.isalpha() for letter in one)]
    if not named or len(named) != len(command.names) or len(named) > MOST_NAMES:
        raise InvalidCommand(field="names")
    first, last = command.born_from, command.born_to or command.born_from
    if command.born_to is not None and first is None:
        raise InvalidCommand(field="born_from")
    if first is not None and last is not None:
        if not _EARLIEST <= first <= work.now.year:
            raise InvalidCommand(field="born_from")
        if not first <= last <= min(work.now.year, first + 11):
            raise InvalidCommand(field="born_to")
    if not command.wished:
        raise InvalidCommand(field="wished")
    if not command.safe:
        raise InvalidCommand(field="safe")


def _own_names(work: Work, case: Case) -> tuple[list[str], tuple[int, ...]]:
    """The person's own names and years, so that whoever looks for them is met."""
    person = work.session.get_one(
        Person, case.person_id, options=load_sealed(Person.names, Person.birth)
    )
    return [form["text"] for form in person.names or ()], years_of(person.birth or {})


def end_request(work: Work, command: EndTracing) -> None:
    """End a search; its blinded keys go at once, and so do its tasks.

    Raises:
        NotFound: no such request in the care of the actor's desk.
        ChangedMeanwhile: it changed since the page was shown.
        NotAllowedNow: it has ended.
        InvalidCommand: no words, or not an end.
    """
    row, case = found(work, command.request_id, Act.TRACE)
    if row.version != command.version:
        raise ChangedMeanwhile
    if row.state is not TracingState.OPEN:
        raise NotAllowedNow
    if command.state is TracingState.OPEN:
        raise InvalidCommand(field="state")
    if not command.says.strip() or len(command.says) > LONGEST:
        raise InvalidCommand(field="says")
    row.state, row.ended_on, row.ended_by = command.state, today_at(work, case), work.actor.user_id
    row.content = {**(row.content or {}), "end": {"says": command.says.strip()}}
    work.session.flush()
    work.session.execute(
        delete(TracingKey)
        .where(TracingKey.request_id == row.id)
        .execution_options(synchronize_session=False)
    )
    left = select(TracingRequest.id).where(
        TracingRequest.case_id == case.id, TracingRequest.state == TracingState.OPEN
    )
    if work.session.scalar(left.limit(1)) is None:
        tasks.end(work, case.id, Task.kind == TaskKind.SEE_TO_TRACING)
    case.changed_on = work.now.date()


def found(work: Work, request_id: UUID, act: Act) -> tuple[TracingRequest, Case]:
    """A request and its case, if the actor may do `act` to the case."""
    row = work.session.get(TracingRequest, request_id, options=load_sealed(TracingRequest.content))
    if row is None:
        work.asked = act
        raise NotFound
    number = work.session.get_one(Case, row.case_id).number
    return row, open_case(work, number, act)


def of_case(work: Work, number: str) -> tuple[str, tuple[TracingShown, ...]]:
    """The case's number and its requests, open ones first, then the newest."""
    case, _ = in_care(work, number, Act.VIEW_TRACING)
    return case.number, _all(work, case)


def read_out(work: Work, case: Case) -> tuple[TracingShown, ...]:
    """For the person, under a rule that opened their whole file; a post hears none of the desks' own."""
    return () if work.actor.role is Role.BORDER_OFFICIAL else _all(work, case)


def _all(work: Work, case: Case) -> tuple[TracingShown, ...]:
    rows = work.session.execute(
        select(TracingRequest, Desk.names)
        .join(Desk, TracingRequest.desk_id == Desk.id)
        .where(TracingRequest.case_id == case.id)
        .order_by(TracingRequest.opened_on.desc(), TracingRequest.id)
        .options(*load_sealed(TracingRequest.content))
    ).all()
    shown = [as_shown(row, names) for row, names in rows]
    return tuple(sorted(shown, key=lambda one: one.state is not TracingState.OPEN))


def one(work: Work, row: TracingRequest) -> TracingShown:
    """One request that the caller has opened."""
    return as_shown(row, work.session.get_one(Desk, row.desk_id).names)


def as_shown(row: TracingRequest, desk: Mapping[str, str]) -> TracingShown:
    """A request whose content the caller's act has opened."""
    content: Mapping[str, Any] = row.content or {}
    years = content.get("years")
    return TracingShown(
        id=row.id,
        names=tuple(content.get("names", ())),
        relation=SoughtRelation(content.get("relation", SoughtRelation.OTHER_RELATIVE)),
        sex=Sex(content.get("sex", Sex.UNKNOWN)),
        years=(years[0], years[1]) if years else None,
        place=str(content.get("place", "")),
        when=str(content.get("when", "")),
        says=str(content.get("says", "")),
        state=row.state,
        opened_on=row.opened_on,
        ended_on=row.ended_on,
        end_says=str((content.get("end") or {}).get("says", "")),
        desk=desk,
        version=row.version,
    )
