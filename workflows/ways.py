"""Where people were sent and what came of it: a month's ways from post to desk to outcome, answers in time,
needs and languages. The same controls as on the board (statistics.md 3.1, product A): nothing leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from models.figures import StatFact
from workflows.boards import (
    Scope,
    chosen_month,
    days_of,
    dimension_of,
    policy_in,
    scope_of,
)
from workflows.disclosure.cubes import Fact, Table, tabulate
from workflows.disclosure.dimensions import Dimension, week_of
from workflows.disclosure.published import PublishedTable
from workflows.disclosure.suppression import protect
from workflows.policy import Act
from workflows.rules.pack import Pack
from workflows.work import Work

_COLUMNS = ("post", "referral", "outcome", "acknowledged", "language", "needs")


@dataclass(frozen=True)
class Ways:
    """A month's ways. `tables` is None where nobody came."""

    month: str
    posts: Mapping[str, Mapping[str, str]]
    packs: tuple[Pack, ...]
    tables: WaysTables | None
    smallest: int
    base: int


@dataclass(frozen=True)
class WaysTables:
    """All protected together: they are about the same persons."""

    post_desk: PublishedTable
    desk_outcome: PublishedTable
    desk_answered: PublishedTable
    need: PublishedTable
    language: PublishedTable


def ways(work: Work, month: str | None = None) -> Ways | None:
    """The ways of a month; None where the actor's agency and country have no posts.

    Raises:
        InvalidCommand: `month` is not one of the last 24.
    """
    work.allow(Act.VIEW_BOARD, detail={"view": "ways"})
    scope = scope_of(work)
    if not scope.posts:
        return None
    chosen = chosen_month(work, month)
    policy = policy_in(work, scope)
    facts = _facts(work, scope, chosen)
    return Ways(
        month=chosen,
        posts=scope.posts,
        packs=scope.packs,
        tables=WaysTables(*protect(_tables(scope, facts), policy)) if facts else None,
        smallest=policy.k,
        base=policy.base,
    )


def _tables(scope: Scope, facts: Sequence[Fact]) -> list[Table]:
    post, desk, outcome, answered, need = (
        dimension_of(name, scope, facts)
        for name in ("post", "referral", "outcome", "acknowledged", "need")
    )
    language = Dimension("language", tuple(sorted({str(f.codes["language"]) for f in facts})))
    return [
        tabulate(facts, post, desk),
        tabulate(facts, desk, outcome),
        tabulate(facts, desk, answered),
        tabulate(facts, need),
        tabulate(facts, language),
    ]


def _facts(work: Work, scope: Scope, month: str) -> list[Fact]:
    first, last = days_of(month, month)
    columns = [getattr(StatFact, name) for name in _COLUMNS]
    rows = work.session.execute(
        select(*columns, func.count())
        .where(
            *scope.within(),
            # The weeks of the month let the index be walked; the month cuts their edges.
            StatFact.week >= week_of(first),
            StatFact.week <= week_of(last),
            StatFact.month == month,
        )
        .group_by(*columns)
    )
    found = []
    for *values, count in rows:
        codes: dict[str, str | tuple[str, ...]] = dict(zip(_COLUMNS, values, strict=True))
        codes["need"] = tuple(str(codes.pop("needs")).split())
        found.append(Fact(codes, count))
    return found
