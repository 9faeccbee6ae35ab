"""Finding persons by name: who is perhaps already registered, and the search of an officer.

Nothing searchable lies in the database; the index is in memory (models.vault.index). What it finds is opened and
compared within what the actor may see; of the rest only the number is told. Nothing is ever merged by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from models.cases import Case
from models.log import LogEntry
from models.people import Person
from models.vault.index import Entry
from models.vault.sealed import load_sealed
from models.vocabulary import Purpose
from workflows.errors import InvalidCommand, TooManyAttempts
from workflows.names.compare import Decision, Likeness, compare
from workflows.names.keys import keys_of, query_keys
from workflows.policy import Act, Resource
from workflows.work import Work

#: How many candidates are opened and compared for one search.
CANDIDATES = 50
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
    work: Work, texts: Sequence[str], years: Sequence[int], act: Act = Act.CHECK_REGISTERED
) -> Similar:
    """Who is perhaps already registered, at this post, and how many elsewhere."""
    post = work.actor.post_id
    rule = work.allow(act, Resource(kind="post", post_id=post))
    queries = [query_keys(text, years) for text in texts]
    persons = work.index.lookup(
        work.session,
        [key for query in queries for key in query.pairs],
        weak=[key for query in queries for key in query.singles],
        limit=CANDIDATES * 2,
    )
    if not persons:
        return Similar((), 0)
    rows = work.session.execute(
        select(Case.person_id, Case.number, Case.registered_on, Case.post_id).where(
            Case.person_id.in_(persons)
        )
    ).all()
    here = [row for row in rows if row.post_id == post][:CANDIDATES]
    hints = _compare(
        work, texts, {r.person_id: (r.number, r.registered_on) for r in here}, rule.purposes
    )
    return Similar(hints, len({r.person_id for r in rows if r.post_id != post}))


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


def _compare(
    work: Work,
    texts: Sequence[str],
    cases: dict[UUID, tuple[str, date]],
    purposes: frozenset[Purpose],
) -> tuple[Hint, ...]:
    if not cases:
        return ()
    persons = work.session.scalars(
        select(Person).where(Person.id.in_(cases)).options(*load_sealed(Person.names))
    ).all()
    work.vault.prefetch(list(cases), [Purpose.IDENTITY])
    hints = []
    for person in persons:
        work.vault.grant(person.id, *purposes)
        number, day = cases[person.id]
        best = max(
            (
                (compare(text, form["text"]), form["text"])
                for form in person.names or ()
                for text in texts
            ),
            key=lambda pair: pair[0].score,
            default=None,
        )
        work.vault.deny(person.id, *purposes)
        if best is not None and best[0].decision in SHOWN:
            hints.append(Hint(number, day, best[1], best[0]))
    return tuple(sorted(hints, key=lambda hint: -hint.likeness.score))
