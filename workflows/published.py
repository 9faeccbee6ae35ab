"""What was published: closed periods, what they cost, and the files that a second account approves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import select

from models.figures import ClosedPeriod, Release
from workflows import approvals
from workflows.approvals import Request
from workflows.boards import Scope, scope_in
from workflows.closing import PLAN, contents, settled_of
from workflows.disclosure.plan import Planned
from workflows.disclosure.plan_files import files_of
from workflows.disclosure.settling import Settled
from workflows.errors import NotFound
from workflows.policy import Act
from workflows.work import Work


@dataclass(frozen=True)
class PeriodShown:
    """A closed period as a line of the list."""

    period: str
    closed_at: datetime
    figures: int
    withheld: int


@dataclass(frozen=True)
class PublishedFigures:
    """The tables of one closed period, and where their approval stands."""

    country: str
    period: str
    closed_at: datetime
    tables: tuple[tuple[Planned, Settled], ...]
    scope: Scope
    request: Request | None


@dataclass(frozen=True)
class Ledger:
    """What everything published so far, and all that will be, tells of one person and of a household."""

    plan: str
    epsilon: float
    advantage: float
    household: float
    sigma: float
    threshold: int
    error: float
    periods: tuple[PeriodShown, ...]


def ledger(work: Work) -> Ledger:
    """The closed periods of the actor's country, newest first, and what the plan costs."""
    work.allow(Act.EXPORT_FIGURES, detail={"view": "published"})
    rows = work.session.scalars(
        select(ClosedPeriod)
        .where(ClosedPeriod.country == work.actor.country)
        .order_by(ClosedPeriod.closed_at.desc(), ClosedPeriod.period.desc())
    )
    shown = []
    for row in rows:
        tables = settled_of(row.period, contents(work, row))
        figures, withheld = sum(len(t.figures) for t in tables), sum(t.withheld for t in tables)
        shown.append(PeriodShown(row.period, row.closed_at, figures, withheld))
    return Ledger(
        plan=PLAN.version,
        epsilon=PLAN.epsilon,
        advantage=PLAN.advantage(),
        household=PLAN.advantage(5),
        sigma=float(PLAN.sigma),
        threshold=PLAN.threshold,
        error=PLAN.error,
        periods=tuple(shown),
    )


def figures(work: Work, period: str) -> PublishedFigures:
    """The tables of one closed period.

    Raises:
        NotFound: it is not closed, or there is none.
    """
    work.allow(Act.EXPORT_FIGURES, detail={"view": "published", "period": period[:8]})
    row = _row(work, period)
    tables = _tables(work, row)
    return PublishedFigures(
        country=row.country,
        period=row.period,
        closed_at=row.closed_at,
        tables=tables,
        scope=scope_in(work, row.country),
        request=approvals.state_of(work, Act.EXPORT_FIGURES, _what(row, tables)),
    )


def ask(work: Work, period: str) -> None:
    """Ask a second account to approve that the files of a period are taken out."""
    work.allow(Act.EXPORT_FIGURES, detail={"view": "ask", "period": period[:8]})
    row = _row(work, period)
    told = {"period": row.period, "plan": row.plan}
    approvals.ask(work, Act.EXPORT_FIGURES, _what(row, _tables(work, row)), told=told)


def release(work: Work, period: str) -> Mapping[str, str]:
    """The files of a period, once they are approved; the same bytes whenever they are made.

    Raises:
        ApprovalMissing: no second account has approved exactly these figures.
    """
    work.allow(Act.EXPORT_FIGURES, detail={"period": period[:8]})
    row = _row(work, period)
    tables = _tables(work, row)
    _, approver = approvals.use(work, Act.EXPORT_FIGURES, _what(row, tables))
    files = files_of(PLAN, row.country, tables)
    manifest = files["manifest.json"]
    work.session.add(
        Release(
            id=uuid4(),
            made_at=work.now,
            made_by=str(work.actor.user_id),
            period=row.period,
            tables=[table.key for table, _ in tables],
            sha256=sha256(manifest.encode()).hexdigest(),
            manifest={**json.loads(manifest), "approved_by": str(approver)},
            closed_on=None,
        )
    )
    return files


def _row(work: Work, period: str) -> ClosedPeriod:
    row = work.session.scalar(
        select(ClosedPeriod).where(
            ClosedPeriod.country == work.actor.country, ClosedPeriod.period == period
        )
    )
    if row is None:
        raise NotFound
    return row


def _tables(work: Work, row: ClosedPeriod) -> tuple[tuple[Planned, Settled], ...]:
    """In the plan's order; a table of an older plan that is no longer in it is left out."""
    planned = {table.key: table for table in PLAN.tables}
    found = settled_of(row.period, contents(work, row))
    return tuple((planned[one.table], one) for one in found if one.table in planned)


def _what(row: ClosedPeriod, tables: tuple[tuple[Planned, Settled], ...]) -> dict[str, object]:
    """Exactly these figures: an approval is for nothing else."""
    text = files_of(PLAN, row.country, tables)["manifest.json"]
    return {
        "published": row.period,
        "country": row.country,
        "sha256": sha256(text.encode()).hexdigest(),
    }
