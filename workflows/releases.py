"""Exports: which tables of which period, what they would show, and the files with their manifest.

All tables of one export are protected together. The files leave once another account has approved exactly
this question under the rules of the day. What was released is kept with its manifest, the files are not.
What is not here: protection against differencing of many releases (statistics.md D1; issue 6).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select

from models.figures import Release, StatFact
from workflows import approvals
from workflows.approvals import Request
from workflows.boards import Scope, dimension_of, last_months, scope_of
from workflows.disclosure.cubes import Fact, tabulate
from workflows.disclosure.dimensions import month_of, sex_age
from workflows.disclosure.exports import Export, ExportRequest, make_export
from workflows.disclosure.grids import Policy
from workflows.disclosure.published import PublishedTable
from workflows.disclosure.suppression import protect
from workflows.errors import InvalidCommand
from workflows.policy import Act
from workflows.rules.pack import Pack
from workflows.work import Work

#: What may be exported: key -> the table's rows and columns. Nothing else can be counted.
TABLES: dict[str, tuple[str, str | None]] = {
    "week-post": ("week", "post"),
    "month-post": ("month", "post"),
    "profile-sex": ("profile", "sex"),
    "profile-age": ("profile", "age_band"),
    "profile-sex-age": ("profile", "sex_age"),
    "need-sex": ("need", "sex"),
    "region-sex": ("region", "sex"),
    "acknowledged-referral": ("acknowledged", "referral"),
    "outcome-referral": ("outcome", "referral"),
}
#: Ticked when the page opens: they can go out together.
USUAL = ("week-post", "profile-sex", "acknowledged-referral")

_PERIOD = re.compile(r"(\d{4})-(?:(0[1-9]|1[0-2])|Q([1-4]))")
_COLUMNS: dict[str, tuple[str, ...]] = {"sex_age": ("sex", "age_band"), "profile": ("profiles",)}
_COLUMNS["need"] = ("needs",)


@dataclass(frozen=True, kw_only=True)
class FiguresRequest:
    """Which tables, of which month (`2026-10`) or quarter (`2026-Q4`), at which post (None: all in scope)."""

    period: str
    tables: tuple[str, ...]
    post: str | None = None


@dataclass(frozen=True)
class Figures:
    """What a request gives: safe tables, with what is needed to name their codes.

    `approval` is the actor's own newest request for another account to approve exactly this.
    """

    request: FiguresRequest
    tables: tuple[PublishedTable, ...]
    posts: Mapping[str, Mapping[str, str]]
    packs: tuple[Pack, ...]
    smallest: int
    approval: Request | None = None


@dataclass(frozen=True)
class Choices:
    """What may be asked for now: periods, newest first, and posts."""

    periods: tuple[str, ...]
    posts: Mapping[str, Mapping[str, str]]


def choices(work: Work) -> Choices:
    """The periods and posts that a request may name: months and quarters of the last two years."""
    work.allow(Act.EXPORT_FIGURES, detail={"view": "choices"})
    return Choices(_offered(work), scope_of(work).posts)


def _offered(work: Work) -> tuple[str, ...]:
    """Months and quarters of the last two years: none that lies ahead, and nothing finer."""
    months = last_months(work.now.date())
    return (*months, *dict.fromkeys(f"{m[:4]}-Q{(int(m[5:]) + 2) // 3}" for m in months))


def figures(work: Work, request: FiguresRequest) -> Figures:
    """The tables as they would leave, all protected together. Nothing leaves and nothing is kept.

    Raises:
        InvalidCommand: a period, table or post that is not offered; `field` names it.
        TablesOverlap, TableTooLarge: from disclosure control.
    """
    work.allow(Act.EXPORT_FIGURES, detail={"view": "preview", "period": request.period})
    made = _figures(work, request, scope_of(work))
    return replace(made, approval=approvals.state_of(work, Act.EXPORT_FIGURES, _what(work, made)))


def ask(work: Work, request: FiguresRequest) -> Request:
    """Ask another account to approve that the files of exactly this leave.

    Raises:
        InvalidCommand, TablesOverlap, TableTooLarge: as `figures`: what cannot leave is not asked for.
    """
    work.allow(Act.EXPORT_FIGURES, detail={"view": "ask", "period": request.period})
    made = _figures(work, request, scope_of(work))
    told = {
        "period": request.period,
        "tables": list(request.tables),
        "post": request.post or "",
        "packs": [f"{pack.code} {pack.version}" for pack in made.packs],
    }
    what = _what(work, made)
    approvals.ask(work, Act.EXPORT_FIGURES, what, told=told)
    asked = approvals.state_of(work, Act.EXPORT_FIGURES, what)
    assert asked is not None  # made above, in this transaction
    return asked


def asked_for(work: Work) -> tuple[tuple[FiguresRequest, Request], ...]:
    """The actor's own requests of the last day that are not used: what was asked, and how it stands."""
    work.allow(Act.EXPORT_FIGURES, detail={"view": "asked"})
    found = []
    for one in approvals.own(work, Act.EXPORT_FIGURES):
        # What is told is a help for readers and is not signed: it is taken for no more than it can be.
        told, tables = one.told, tuple(key for key in TABLES if key in one.told.get("tables", ()))
        if tables and _PERIOD.fullmatch(str(told.get("period"))):
            post = str(told.get("post") or "") or None
            found.append((FiguresRequest(period=told["period"], tables=tables, post=post), one))
    return tuple(found)


def release(work: Work, request: FiguresRequest) -> Export:
    """Make the files, and keep what was released, by whom and with what hidden; the files are not kept.

    Raises:
        ApprovalMissing: no other account has approved exactly this, or it was changed since: another period,
            table or post, posts added or taken away, or other rules in force.
    """
    work.allow(
        Act.EXPORT_FIGURES, detail={"period": request.period, "tables": list(request.tables)}
    )
    scope = scope_of(work)
    made = _figures(work, request, scope)
    _, approver = approvals.use(work, Act.EXPORT_FIGURES, _what(work, made))
    months = _months(request.period)
    told = ExportRequest(
        title="Persons registered: arrivals, preliminary profiles, needs and referrals",
        first=months[0],
        last=months[-1],
        month=month_of(work.now.date()),
        filters={"country": (scope.country,), "post": tuple(made.posts)},
        packs={pack.code: pack.version for pack in scope.packs},
    )
    export = make_export(told, made.tables, Policy(k=made.smallest))
    work.session.add(
        Release(
            id=uuid4(),
            made_at=work.now,
            made_by=str(work.actor.user_id),
            period=request.period,
            tables=list(request.tables),
            sha256=sha256(export.files["manifest.json"].encode()).hexdigest(),
            manifest={
                **json.loads(export.files["manifest.json"]),
                "approved_by": str(approver),
            },
            closed_on=None,
        )
    )
    return export


def _what(work: Work, made: Figures) -> dict[str, object]:
    """The question and the rules it is answered by: an approval is for nothing else."""
    return {
        "export": made.request.period,
        "tables": list(made.request.tables),
        "post": made.request.post or "",
        "country": work.actor.country,
        "posts": sorted(made.posts),
        "packs": {pack.code: pack.sha256 for pack in made.packs},
        "smallest": made.smallest,
    }


def _figures(work: Work, request: FiguresRequest, scope: Scope) -> Figures:
    if not scope.posts or (request.post and request.post not in scope.posts):
        raise InvalidCommand(field="post")
    if not request.tables or any(key not in TABLES for key in request.tables):
        raise InvalidCommand(field="tables")
    if request.period not in _offered(work):
        raise InvalidCommand(field="period")
    if request.post:
        scope = Scope(scope.country, {request.post: scope.posts[request.post]}, scope.packs)
    months = _months(request.period)
    pairs = [TABLES[key] for key in request.tables]
    names = tuple(dict.fromkeys(name for pair in pairs for name in pair if name))
    facts = _facts(work, scope, months, names)
    sides = {name: dimension_of(name, scope, facts, months) for name in names}
    tables = [
        tabulate(facts, sides[rows], sides[columns] if columns else None) for rows, columns in pairs
    ]
    policy = Policy(k=work.settings.smallest_cell)
    return Figures(request, protect(tables, policy), scope.posts, scope.packs, policy.k)


def _months(period: str) -> tuple[str, ...]:
    """The months of a period that is offered."""
    year, _, part = period.partition("-")
    if not part.startswith("Q"):
        return (period,)
    quarter = part[1:]
    return tuple(f"{year}-{3 * int(quarter) - 2 + n:02d}" for n in range(3))


def _facts(work: Work, scope: Scope, months: Sequence[str], names: Sequence[str]) -> list[Fact]:
    wanted = dict.fromkeys(c for name in names for c in _COLUMNS.get(name, (name,)))
    columns = [getattr(StatFact, column) for column in wanted]
    rows = work.session.execute(
        select(*columns, func.count())
        .where(*scope.within(), StatFact.month.in_(list(months)))
        .group_by(*columns)
    )
    facts = []
    for *values, count in rows:
        row = dict(zip(wanted, values, strict=True))
        facts.append(Fact({name: _code(name, row) for name in names}, count))
    return facts


def _code(name: str, row: Mapping[str, Any]) -> str | tuple[str, ...]:
    if name == "sex_age":
        return sex_age(row["sex"], row["age_band"])
    if name in {"profile", "need"}:
        return tuple(row[_COLUMNS[name][0]].split())
    return str(row[name])
