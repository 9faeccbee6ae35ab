"""Finding persons by name: who is perhaps already registered, and the search of an officer.

Nothing searchable lies in the database; the index is in memory (models.vault.index). What it finds is opened
and compared within what the actor may see; of the rest only the number is told. Nothing is ever merged by
itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from models.accounts import User
from models.cases import Case
from models.log import LogEntry
from models.people import Person
from models.vault.index import Entry
from models.vault.sealed import load_sealed
from models.vocabulary import Purpose
from workflows.casework import open_case
from workflows.errors import InvalidCommand, TooManyAttempts
from workflows.names.compare import Candidate, Decision, Likeness, rank
from workflows.names.keys import keys_of, query_keys, readings
from workflows.policy import Act, Resource
from workflows.work import Work

#: How many persons the index may name, those that share most first; how many of this post are opened.
NAMED = 400
CANDIDATES = 40
#: While registering, fewer: five hints are shown, and each name opened is a read of a person.
NAMED_FOR_HINTS = 150
HINTED = 15
#: What is likely enough to be worth a look.
SHOWN = (Decision.LIKELY, Decision.POSSIBLE)


@dataclass(frozen=True)
class Hint:
    """Somebody who may be the same person, by case number, and why it looks so."""

    case_number: str
    registered_on: date
    name: str
    likeness: Likeness


@dataclass(frozen=True)
class Similar:
    """Hints that the actor may see, best first, and how many likely ones are registered elsewhere."""

    hints: tuple[Hint, ...]
    elsewhere: int


def add(work: Work, person: UUID, texts: Sequence[str], years: Sequence[int]) -> None:
    """Make a person findable under every form of the name, in the transaction at hand."""
    entry = Entry(person, keys_of(texts, years))
    work.index.add(work.session, [entry], on=work.now.date())


def similar(
    work: Work,
    texts: Sequence[str],
    years: Sequence[int],
    act: Act = Act.CHECK_REGISTERED,
    besides: UUID | None = None,
) -> Similar:
    """Who is perhaps already registered, at this post, and how many elsewhere; `besides` is left out."""
    post = work.actor.post_id
    detail = {"own_name": True} if act is Act.SEARCH and _own_name(work, texts) else None
    rule = work.allow(act, Resource(kind="post", post_id=post), detail=detail)
    queries = [query_keys(text, years) for text in texts]
    pairs = [key for query in queries for key in query.pairs]
    # One word and a year name too many in a large register; they only order those who share a pair.
    singles = [key for query in queries for key in query.singles] if years or not pairs else []
    named, opened = (NAMED, CANDIDATES) if act is Act.SEARCH else (NAMED_FOR_HINTS, HINTED)
    named_by_index = work.index.lookup(work.session, pairs, weak=singles, limit=named)
    persons = [person for person in named_by_index if person != besides]
    if not persons:
        return Similar((), 0)
    at_post = (Case.post_id == post).label("here")
    # Of persons elsewhere only the number is told.
    with work.beyond():
        rows = work.session.execute(
            select(Case.person_id, Case.number, Case.registered_on, at_post).where(
                Case.person_id.in_(persons)
            )
        ).all()
    # In the index's order: of many, those that share most of the name are opened.
    place = {person: number for number, person in enumerate(persons)}
    here = sorted((row for row in rows if row.here), key=lambda row: place[row.person_id])
    cases = {row.person_id: (row.number, row.registered_on) for row in here[:opened]}
    hints = compared(work, texts, years, cases, rule.purposes)
    return Similar(hints, len({row.person_id for row in rows if not row.here}))


def similar_to(work: Work, number: str) -> Similar:
    """Who is perhaps the same as the person of a case, by all forms of the name: for the page of the case.

    Raises:
        BadCaseNumber, NotFound: as `casework.open_case`; the post sees nobody's name after the screening.
    """
    case = open_case(work, number, Act.CHECK_REGISTERED)
    person = work.session.get_one(
        Person, case.person_id, options=load_sealed(Person.names, Person.birth)
    )
    texts = [form["text"] for form in person.names or ()]
    return similar(work, texts, years_of(person.birth or {}), besides=person.id)


def find(work: Work, text: str) -> Similar:
    """An officer's search by name, at their own post, limited in an hour and logged with its purpose.

    Raises:
        InvalidCommand: nothing to search for.
        TooManyAttempts: the hour's searches are used up.
    """
    if not any(character.isalpha() for character in text):
        raise InvalidCommand(field="name")
    _within_limit(work)
    return similar(work, [text], (), Act.SEARCH)


def count_as_search(work: Work, texts: Sequence[str]) -> None:
    """Names that are looked for by another way count among the hour's searches, and stand in the log as one.

    Raises:
        TooManyAttempts: the hour's searches are used up.
    """
    _within_limit(work)
    detail = {"own_name": True} if _own_name(work, texts) else None
    work.note(Act.SEARCH, "tracing", detail=detail)


def _own_name(work: Work, texts: Sequence[str]) -> bool:
    """Whether somebody looks for their own family name: `workflows.alerts` tells a supervisor."""
    user = work.session.get(User, work.actor.user_id, options=load_sealed(User.display_name))
    if user is None:
        return False
    with work.computing(user.id, Purpose.ACCOUNT):
        own = readings(user.display_name or "")[0]
    words = [word for text in texts for word in readings(text)[0]]
    return bool(own) and any(own[-1] & word for word in words)


def _within_limit(work: Work) -> None:
    since = work.now - timedelta(hours=1)
    used = work.session.scalar(
        select(func.count())
        .select_from(LogEntry)
        .where(
            LogEntry.actor == work.actor.user_id,
            LogEntry.act == Act.SEARCH.value,
            LogEntry.at >= since,
        )
    )
    if (used or 0) >= work.settings.search_limit:
        raise TooManyAttempts(minutes=60)


def compared(
    work: Work,
    texts: Sequence[str],
    years: Sequence[int],
    cases: dict[UUID, tuple[str, date]],
    purposes: frozenset[Purpose],
) -> tuple[Hint, ...]:
    """Open the candidates' names and rank them; what is not shown in the end was still read, and is
    logged. `cases`: person -> number and day; `purposes`: those of the rule under which they are read.
    """
    if not cases:
        return ()
    persons = work.session.scalars(
        select(Person).where(Person.id.in_(cases)).options(*load_sealed(Person.names, Person.birth))
    ).all()
    work.vault.prefetch(list(cases), [Purpose.IDENTITY])
    candidates: list[Candidate[UUID]] = []
    shown: dict[UUID, str] = {}
    for person in persons:
        work.vault.grant(person.id, *purposes)
        forms: tuple[str, ...] = tuple(form["text"] for form in person.names or ())
        shown[person.id] = forms[0] if forms else ""
        candidates.append(Candidate(person.id, forms, years_of(person.birth or {})))
        work.vault.deny(person.id, *purposes)
    return tuple(
        Hint(*cases[found.ref], shown[found.ref], found.likeness)
        for found in rank(list(texts), candidates, birth_years=years)
        if found.likeness.decision in SHOWN
    )


def years_of(birth: dict[str, Any]) -> tuple[int, ...]:
    """The years in which somebody may have been born, from a birth as kept."""
    if birth.get("kind") == "age":
        year = date.fromisoformat(birth["on"]).year - birth["age"]
        return (year - 1, year)
    if birth.get("kind") == "between":
        return tuple(range(birth["year"], birth["year_to"] + 1))
    return (birth["year"],) if "year" in birth else ()
