"""Fairness watch: whether a group is referred less often, or met with silence more often, at the same posts.

Only coarse facts are counted, of six months whose referrals have had time to be answered. What is told is
coarse too: rates in steps of five of a hundred, nothing of groups below twenty. A difference accuses nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import case, func, select

from models.figures import StatFact
from models.vocabulary import AcknowledgedWithin
from workflows.boards import Scope, days_of, last_months, scope_of
from workflows.disclosure.dimensions import week_of
from workflows.disclosure.fairness import Counted, Finding, watch
from workflows.policy import Act
from workflows.rules.pack import Pack
from workflows.work import Work

#: By what groups are told apart.
DIMENSIONS = ("sex", "age_band", "region", "language", "post")
_MONTHS = 6
#: Before this day of a month the last month's referrals have not had their two weeks.
_SETTLED_DAY = 15


class Measure(StrEnum):
    """What is compared. `REFERRED`: of those with a need. `SILENCE`: of those referred."""

    REFERRED = "referred"
    SILENCE = "silence"


@dataclass(frozen=True)
class Fairness:
    """What was found between two months."""

    first: str
    last: str
    findings: Mapping[Measure, tuple[Finding, ...]]
    posts: Mapping[str, Mapping[str, str]]
    packs: tuple[Pack, ...]


def fairness(work: Work) -> Fairness | None:
    """The watch over the actor's posts; None where there are none."""
    work.allow(Act.VIEW_BOARD, detail={"view": "fairness"})
    scope = scope_of(work)
    if not scope.posts:
        return None
    today = work.now.date()
    newest = 1 if today.day > _SETTLED_DAY else 2
    months = last_months(today)[newest : newest + _MONTHS]
    rows = _rows(work, scope, months)
    return Fairness(
        first=months[-1],
        last=months[0],
        findings={measure: watch(rows[measure], DIMENSIONS) for measure in Measure},
        posts=scope.posts,
        packs=scope.packs,
    )


def _rows(work: Work, scope: Scope, months: Sequence[str]) -> dict[Measure, list[Counted]]:
    first, last = days_of(months[-1], months[0])
    columns = [getattr(StatFact, name) for name in DIMENSIONS]
    needy = case((StatFact.needs == "", 0), else_=1)
    sent = case((StatFact.referral == "none", 0), else_=1)
    late = (AcknowledgedWithin.NONE, AcknowledgedWithin.LATER)
    silent = case((StatFact.acknowledged.in_(late), 1), else_=0)
    rows = work.session.execute(
        select(*columns, needy, sent, silent, func.count())
        .where(
            *scope.within(),
            StatFact.week >= week_of(first),
            StatFact.week <= week_of(last),
            StatFact.month.in_(months),
        )
        .group_by(*columns, needy, sent, silent)
    )
    found: dict[Measure, list[Counted]] = {measure: [] for measure in Measure}
    for *values, needs, was_sent, was_silent, count in rows:
        codes = dict(zip(DIMENSIONS, map(str, values), strict=True))
        if needs:
            found[Measure.REFERRED].append(Counted(codes, count, count * was_sent))
        if was_sent:
            found[Measure.SILENCE].append(Counted(codes, count, count * was_silent))
    return found
