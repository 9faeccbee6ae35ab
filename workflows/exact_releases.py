"""Exact files and what they told: everything earlier that a new one is compared with.

What a file told is kept sealed and never changed. It is permanent exposure: no noise, no budget, for a named
partner under an agreement (`workflows.agreements`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from models.figures import ExactRelease, Release, StatFact
from models.network import Post
from workflows.boards import Scope, days_of, dimension_of, scope_in
from workflows.disclosure.cubes import Fact
from workflows.disclosure.dimensions import FIXED, Dimension, dimension, weeks_between
from workflows.disclosure.errors import WouldDisclose
from workflows.disclosure.exact import Wanted
from workflows.disclosure.exact_atoms import joined
from workflows.disclosure.exact_files import ExactFile, Ground, as_json, made_of, of_json
from workflows.work import Work

_COLUMNS: Mapping[str, str] = {"profile": "profiles", "need": "needs"}
_SEVERAL = frozenset(_COLUMNS)


@dataclass(frozen=True)
class Question:
    """What is asked for: months, posts, further limits, and tables as (rows, columns)."""

    months: tuple[str, ...]
    posts: tuple[str, ...]
    only: Mapping[str, str]
    tables: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Prepared:
    """Everything that deciding on a file needs. `earlier`: the files that share persons with it."""

    wanted: Wanted
    earlier: tuple[ExactFile, ...]
    ground: Ground
    population: tuple[Fact, ...]


def prepared(work: Work, question: Question, country: str) -> Prepared:
    """Read what is needed to make a file safe together with all earlier ones.

    Raises WouldDisclose where a file left before such files were kept, of one of these months.
    """
    _not_from_before(work, question, country)
    kept = [_opened(work, row) for row in _rows(work, country)]
    within = {
        "time": frozenset(question.months),
        "post": frozenset(question.posts),
        **{name: frozenset((code,)) for name, code in question.only.items()},
    }
    earlier = joined(ExactFile(within, ()), kept)[:-1]
    names = {name for pair in question.tables for name in pair if name}
    names |= {name for file in earlier for table in file.tables for name in table.dimensions}
    bases = {base for name in names for base in made_of(name)} | {
        name for file in (*earlier, ExactFile(within, ())) for name in file.within
    }
    months = sorted(
        frozenset[str]().union(within["time"], *(one.within["time"] for one in earlier))
    )
    weekly = "week" in names
    scope = scope_in(work, country)
    population = _population(work, country, months, sorted(bases - {"time"}), weekly=weekly)
    ground = _ground(work, scope, population, months, bases, weekly=weekly)
    return Prepared(
        Wanted(_timed(within, weekly=weekly), _tables(question, scope, population, ground)),
        tuple(ExactFile(_timed(one.within, weekly=weekly), one.tables) for one in earlier),
        ground,
        population,
    )


def _tables(
    question: Question, scope: Scope, population: Sequence[Fact], ground: Ground
) -> tuple[tuple[Dimension, Dimension | None], ...]:
    """The closed lists of the tables; of posts and provinces, those that are asked about."""
    sides = {
        name: _side(name, scope, _named(population, name, ground), sorted(question.months))
        for pair in question.tables
        for name in pair
        if name
    }
    if "post" in sides:
        sides["post"] = dimension("post", question.posts)
    if "province" in sides:
        found = dict.fromkeys(ground.province_of[post] for post in question.posts)
        sides["province"] = dimension("province", tuple(found))
    return tuple(
        (sides[rows], sides[columns] if columns else None) for rows, columns in question.tables
    )


def keep(work: Work, release_id: UUID, agreement_id: UUID, country: str, file: ExactFile) -> None:
    """Keep what a file told."""
    months = sorted({code.partition("/")[0] for code in file.within["time"]})
    file = ExactFile({**file.within, "time": frozenset(months)}, file.tables)
    number = work.session.scalar(
        select(func.count()).select_from(ExactRelease).where(ExactRelease.country == country)
    )
    row_id = uuid4()
    work.session.add(
        ExactRelease(
            id=row_id,
            release_id=release_id,
            agreement_id=agreement_id,
            country=country,
            number=(number or 0) + 1,
            made_at=work.now,
            first_month=months[0],
            last_month=months[-1],
            figures=file.shown,
            payload=work.provider.seal_blob(_at(row_id), json.dumps(as_json(file)).encode()),
        )
    )
    # Two at once have the same number: one of them is told to look again (`workflows.work`).
    work.session.flush()


def told_so_far(work: Work, country: str) -> int:
    """How many exact files of a country were made: an approval is for a file compared with just these."""
    counted = select(func.count()).select_from(ExactRelease)
    return work.session.scalar(counted.where(ExactRelease.country == country)) or 0


def _rows(work: Work, country: str) -> Sequence[ExactRelease]:
    return work.session.scalars(
        select(ExactRelease).where(ExactRelease.country == country).order_by(ExactRelease.number)
    ).all()


def _at(row_id: UUID) -> str:
    return f"stat_exact {row_id}"


def _opened(work: Work, row: ExactRelease) -> ExactFile:
    raw = work.provider.open_blob(_at(row.id), row.payload)
    return of_json(json.loads(raw))


def _not_from_before(work: Work, question: Question, country: str) -> None:
    """Files of which only the manifest was kept cannot be compared: nothing more leaves of their months."""
    kept = select(ExactRelease.release_id)
    for row in work.session.scalars(select(Release).where(Release.id.not_in(kept))):
        told: Mapping[str, Any] = row.manifest
        filters = told.get("filters")
        if not isinstance(filters, dict) or country not in filters.get("country", ()):
            continue
        period: Any = told.get("period", {})
        if period.get("first", "") <= question.months[-1] and question.months[0] <= period.get(
            "last", ""
        ):
            raise WouldDisclose


def _timed(within: Mapping[str, frozenset[str]], *, weekly: bool) -> dict[str, frozenset[str]]:
    """Months as codes of time: with their weeks where any file tells weeks apart."""
    return {**within, "time": frozenset(_times(within["time"], weekly=weekly))}


def _times(months: Iterable[str], *, weekly: bool) -> tuple[str, ...]:
    return tuple(
        f"{month}/{week}"
        for month in months
        for week in (weeks_between(*days_of(month, month)) if weekly else ("",))
    )


def _population(
    work: Work, country: str, months: Sequence[str], names: Sequence[str], *, weekly: bool
) -> tuple[Fact, ...]:
    time = [StatFact.month, StatFact.week] if weekly else [StatFact.month]
    columns = [*time, *(getattr(StatFact, _COLUMNS.get(name, name)) for name in names)]
    rows = work.session.execute(
        select(*columns, func.count())
        .where(StatFact.country == country, StatFact.month.in_(months), StatFact.counted)
        .group_by(*columns)
    )
    found = []
    for *values, count in rows:
        month, week = values[0], values[1] if weekly else ""
        codes: dict[str, str | tuple[str, ...]] = {"time": f"{month}/{week}"}
        for name, value in zip(names, values[len(time) :], strict=True):
            codes[name] = tuple(value.split()) if name in _SEVERAL else _code(value)
        found.append(Fact(codes, count))
    return tuple(found)


def _code(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _ground(
    work: Work,
    scope: Scope,
    population: Sequence[Fact],
    months: Sequence[str],
    bases: Iterable[str],
    *,
    weekly: bool,
) -> Ground:
    posts = work.session.execute(
        select(Post.code, Post.province, Post.country).where(Post.country == scope.country)
    )
    up = {code: province or country for code, province, country in posts}
    codes: dict[str, tuple[str, ...]] = {"time": _times(months, weekly=weekly), "post": tuple(up)}
    for name in bases:
        if name in FIXED:
            codes[name] = FIXED[name]
        elif name not in codes:
            codes[name] = _side(name, scope, population).codes
    met = {fact.codes["time"] for fact in population}
    # A week that the register puts into another month than the calendar does is of its month all the same.
    codes["time"] = (*codes["time"], *sorted(str(one) for one in met - set(codes["time"])))
    return Ground(codes, up)


def _side(name: str, scope: Scope, facts: Sequence[Fact], months: Sequence[str] = ()) -> Dimension:
    """The closed list of a breakdown; of languages, those in which anybody was informed."""
    if name != "language":
        return dimension_of(name, scope, facts, months)
    return dimension(name, sorted({str(fact.codes[name]) for fact in facts} | {"unknown"}))


def _named(population: Sequence[Fact], name: str, ground: Ground) -> list[Fact]:
    """For the closed list of a breakdown: what occurs of it."""
    if name not in ground.codes:
        return []
    return [Fact({name: fact.codes[name]}, fact.count) for fact in population]
