"""The supervisor's board: tables of coarse facts, made safe before anybody sees them, and work to do.

Only `StatFact` is counted, always for a period, so that a page costs the same whatever the total. Every
table goes through `workflows.disclosure`: a supervisor may open cases of an agency one by one, not a register
of who is what. Counts of clocks and waiting referrals are work to do, exact, and stop at a ceiling. What
leaves the house is in `workflows.releases`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from config.codes import countries
from models.cases import Case, Deadline
from models.figures import StatFact
from models.network import Post
from models.referrals import Referral
from models.vocabulary import AgencyKind, DeadlineState, OutcomeCode, ReferralState, Urgency
from workflows import states
from workflows.disclosure.cubes import Fact, tabulate
from workflows.disclosure.dimensions import (
    Dimension,
    dimension,
    months_between,
    week_of,
    weeks_between,
)
from workflows.disclosure.grids import Policy
from workflows.disclosure.published import PublishedTable
from workflows.disclosure.suppression import protect
from workflows.errors import InvalidCommand
from workflows.policy import Act
from workflows.rules.pack import Pack
from workflows.visibility import posts_for
from workflows.work import Work

WEEKS = 12
MONTHS = 24
#: Work to do is counted so far and no further: more than this is simply too much.
MOST_COUNTED = 500
#: More posts than this are shown apart from the weeks.
MOST_POSTS = 6


@dataclass(frozen=True)
class WorkToDo:
    """Counts that stop at `MOST_COUNTED`. `waiting` is by urgency."""

    overdue: int
    due_soon: int
    silent: int
    waiting: Mapping[Urgency, int]


@dataclass(frozen=True)
class Board:
    """The board of one month. `week_post` is None where there are too many posts for one picture."""

    month: str
    months: tuple[str, ...]
    posts: Mapping[str, Mapping[str, str]]
    packs: tuple[Pack, ...]
    weeks: PublishedTable
    by_post: PublishedTable
    week_post: PublishedTable | None
    profile_sex: PublishedTable
    profile_age: PublishedTable
    to_do: WorkToDo
    smallest: int


@dataclass(frozen=True)
class Scope:
    """Whose figures: posts by code with their names, all of one country, and the packs in force there."""

    country: str
    posts: Mapping[str, Mapping[str, str]]
    packs: tuple[Pack, ...]
    #: Whether they are posts of the reader's own agency.
    own: bool = True

    def within(self) -> tuple[Any, ...]:
        """The clauses that keep a query on `StatFact` to these posts."""
        return (
            StatFact.country == self.country,
            StatFact.post.in_(list(self.posts)),
            StatFact.counted,
        )


def scope_of(work: Work) -> Scope:
    """The posts of the actor's own agency; of the country for a body without posts, and for the monitor."""
    columns = select(Post.code, Post.names, Post.pack, Post.country, Post.id).order_by(Post.code)
    rows = work.session.execute(columns.where(posts_for(work.actor, Act.VIEW_TODAY))).all()
    if rows:
        return _scope(work, work.actor.country, rows)
    return replace(scope_in(work, work.actor.country), own=False)


def policy_in(work: Work, scope: Scope) -> Policy:
    """Small cells are withheld from everybody; who looks at others' posts gets rounded figures besides."""
    k = work.settings.smallest_cell
    return Policy(k=k, base=1 if scope.own else min(5, k))


def scope_in(work: Work, country: str) -> Scope:
    """All posts of a country."""
    columns = select(Post.code, Post.names, Post.pack, Post.country, Post.id).order_by(Post.code)
    return _scope(work, country, work.session.execute(columns.where(Post.country == country)).all())


def _scope(work: Work, country: str, rows: Sequence[Any]) -> Scope:
    today = work.now.date()
    codes = sorted({row.pack for row in rows})
    return Scope(
        country=rows[0].country if rows else country,
        posts={row.code: row.names for row in rows},
        packs=tuple(work.shelf.get(code, today) for code in codes),
    )


def board(work: Work, month: str | None = None) -> Board | None:
    """The board; None where the actor's agency and country have no posts.

    Raises:
        InvalidCommand: `month` is not one of the last 24.
    """
    work.allow(Act.VIEW_BOARD)
    scope = scope_of(work)
    if not scope.posts:
        return None
    today = work.now.date()
    chosen = chosen_month(work, month)
    policy = policy_in(work, scope)
    weeks, by_post, week_post = _arrivals(work, scope, today, policy)
    profile_sex, profile_age = _profiles(work, scope, chosen, policy)
    return Board(
        month=chosen,
        months=last_months(today),
        posts=scope.posts,
        packs=scope.packs,
        weeks=weeks,
        by_post=by_post,
        week_post=week_post,
        profile_sex=profile_sex,
        profile_age=profile_age,
        to_do=_to_do(work, scope),
        smallest=policy.k,
    )


def chosen_month(work: Work, month: str | None) -> str:
    """The month asked for, or the newest. Raises `InvalidCommand` for one that is not of the last 24."""
    months = last_months(work.now.date())
    if month and month not in months:
        raise InvalidCommand(field="month")
    return month or months[0]


def last_months(today: date) -> tuple[str, ...]:
    """The last 24 months, newest first."""
    first = today.year * 12 + today.month - MONTHS
    return tuple(reversed(months_between(date(first // 12, first % 12 + 1, 1), today)))


def _arrivals(
    work: Work, scope: Scope, today: date, policy: Policy
) -> tuple[PublishedTable, PublishedTable, PublishedTable | None]:
    weeks = weeks_between(today - timedelta(weeks=WEEKS - 1), today)
    rows = work.session.execute(
        select(StatFact.week, StatFact.post, func.count())
        .where(*scope.within(), StatFact.week >= weeks[0], StatFact.week <= weeks[-1])
        .group_by(StatFact.week, StatFact.post)
    )
    facts = [Fact({"week": week, "post": post}, count) for week, post, count in rows]
    by_week, by_post = dimension("week", weeks), dimension("post", tuple(scope.posts))
    tables = [tabulate(facts, by_week), tabulate(facts, by_post)]
    if 1 < len(scope.posts) <= MOST_POSTS:
        tables.append(tabulate(facts, by_week, by_post))
    shown = protect(tables, policy)
    return shown[0], shown[1], shown[2] if len(shown) > 2 else None


def _profiles(
    work: Work, scope: Scope, month: str, policy: Policy
) -> tuple[PublishedTable, PublishedTable]:
    first, last = days_of(month, month)
    rows = work.session.execute(
        select(StatFact.sex, StatFact.age_band, StatFact.profiles, func.count())
        .where(
            *scope.within(),
            # The weeks of the month let the index be walked; the month cuts their edges.
            StatFact.week >= week_of(first),
            StatFact.week <= week_of(last),
            StatFact.month == month,
        )
        .group_by(StatFact.sex, StatFact.age_band, StatFact.profiles)
    )
    facts = [
        Fact({"sex": sex, "age_band": band, "profile": tuple(profiles.split())}, count)
        for sex, band, profiles, count in rows
    ]
    profile = dimension_of("profile", scope, facts)
    tables = [
        tabulate(facts, profile, dimension("sex")),
        tabulate(facts, profile, dimension("age_band")),
    ]
    by_sex, by_age = protect(tables, policy)
    return by_sex, by_age


def days_of(first: str, last: str) -> tuple[date, date]:
    """The first and the last day of a span of months."""
    year, month = map(int, last.split("-"))
    after = date(year + month // 12, month % 12 + 1, 1)
    return date.fromisoformat(f"{first}-01"), after - timedelta(days=1)


def _to_do(work: Work, scope: Scope) -> WorkToDo:
    ids = work.session.scalars(select(Post.id).where(Post.code.in_(list(scope.posts)))).all()
    clock = (
        select(Deadline.id)
        .join(Case, Deadline.case_id == Case.id)
        .where(Case.post_id.in_(ids), Case.closed_on.is_(None))
    )
    running = Deadline.state.in_([DeadlineState.RUNNING, DeadlineState.WARNED])
    soon = Deadline.due_at <= work.now + timedelta(hours=24)
    silent = select(Referral.id).where(
        Referral.state == ReferralState.NO_ANSWER, Referral.post_id.in_(ids)
    )
    waiting = (
        select(Referral.urgency)
        .where(Referral.state.in_(states.ON_THE_CLOCK), Referral.post_id.in_(ids))
        .limit(MOST_COUNTED)
        .subquery()
    )
    counts = work.session.execute(
        select(waiting.c.urgency, func.count().label("number")).group_by(waiting.c.urgency)
    )
    return WorkToDo(
        overdue=_count(work, clock.where(Deadline.state == DeadlineState.OVERDUE)),
        due_soon=_count(work, clock.where(running, soon)),
        silent=_count(work, silent),
        waiting=dict.fromkeys(Urgency, 0) | {row.urgency: row.number for row in counts},
    )


def _count(work: Work, query: Any) -> int:
    limited = query.limit(MOST_COUNTED).subquery()
    return work.session.scalar(select(func.count()).select_from(limited)) or 0


def _regions() -> tuple[str, ...]:
    """As `config.codes.region_of` writes them."""
    found = {row.subregion.replace(" ", "-") for row in countries().values() if row.subregion}
    return (*sorted(found), "unknown")


def dimension_of(
    name: str, scope: Scope, facts: Sequence[Fact], months: Sequence[str] = ()
) -> Dimension:
    """The closed code list of a dimension here; what rows hold of an older pack is added at its end."""
    lists: dict[str, Sequence[str]] = {
        "post": tuple(scope.posts),
        "month": months,
        "week": weeks_between(*days_of(months[0], months[-1])) if months else (),
        "profile": tuple(dict.fromkeys(code for pack in scope.packs for code in pack.profiles)),
        "need": sorted({need.function for pack in scope.packs for need in pack.needs.values()}),
        "region": _regions(),
        "referral": ("none", *(kind.value for kind in AgencyKind)),
        "outcome": ("none", "accepted", "refused", *(code.value for code in OutcomeCode)),
    }
    if name not in lists:
        return dimension(name)
    found: set[str] = set()
    for fact in facts:
        codes = fact.codes[name]
        found.update((codes,) if isinstance(codes, str) else codes)
    known = list(lists[name])
    return dimension(name, (*known, *sorted(found - set(known))))
