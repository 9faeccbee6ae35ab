"""What was published: closed periods, what they cost, and the files that a second account approves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import select

from models.figures import ClosedPeriod, Release
from workflows import approvals
from workflows.approvals import Request
from workflows.boards import Scope, scope_in
from workflows.closing import PLAN, contents, settled_of
from workflows.disclosure.plan import Planned
from workflows.disclosure.plan_files import About, Names, Tables, digest_of, files_of
from workflows.disclosure.settling import Settled
from workflows.errors import NotFound
from workflows.policy import Act
from workflows.releases import TABLES, FiguresRequest
from workflows.work import Work


@dataclass(frozen=True)
class PeriodShown:
    """A closed period as a line of the list."""

    period: str
    closed_at: datetime
    figures: int
    withheld: int


@dataclass(frozen=True)
class Taken:
    """Files that the actor took before: `mark` stands in each of them."""

    id: UUID
    mark: str
    made_at: datetime


@dataclass(frozen=True)
class PublishedFigures:
    """The tables of one closed period, where their approval stands, and what the actor took of them."""

    country: str
    period: str
    closed_at: datetime
    tables: tuple[tuple[Planned, Settled], ...]
    scope: Scope
    request: Request | None
    taken: tuple[Taken, ...]


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
    scope = scope_in(work, row.country)
    what = _what(row, tables, names_of(scope))
    return PublishedFigures(
        country=row.country,
        period=row.period,
        closed_at=row.closed_at,
        tables=tables,
        scope=scope,
        request=approvals.state_of(work, Act.EXPORT_FIGURES, what),
        taken=taken_before(work, row.period),
    )


@dataclass(frozen=True)
class Answers:
    """Published tables that are what somebody asks for."""

    tables: tuple[tuple[Planned, Settled], ...]
    scope: Scope


def answers(work: Work, request: FiguresRequest) -> Answers:
    """What the plan holds of a request already: tables by the same breakdowns, of the whole country.

    Nothing is counted and no budget is spent for it.
    """
    work.allow(Act.EXPORT_FIGURES, detail={"view": "answers", "period": request.period})
    scope = scope_in(work, work.actor.country)
    row = work.session.scalar(
        select(ClosedPeriod).where(
            ClosedPeriod.country == work.actor.country, ClosedPeriod.period == request.period
        )
    )
    if row is None or request.post or request.only:
        return Answers((), scope)
    wanted = [{name for name in TABLES[key] if name} for key in request.tables]
    tables = _tables(work, row)
    return Answers(
        tuple((table, one) for table, one in tables if set(table.dimensions) in wanted), scope
    )


def ask(work: Work, period: str) -> None:
    """Ask a second account to approve that the files of a period are taken out."""
    work.allow(Act.EXPORT_FIGURES, detail={"view": "ask", "period": period[:8]})
    row = _row(work, period)
    names = names_of(scope_in(work, row.country))
    what = _what(row, _tables(work, row), names)
    told = {"period": row.period, "plan": row.plan}
    approvals.ask(work, Act.EXPORT_FIGURES, what, told=told)


def release(work: Work, period: str) -> Mapping[str, bytes]:
    """The files of a period, once they are approved, each marked with this release.

    Raises:
        ApprovalMissing: no second account has approved exactly these figures.
    """
    work.allow(Act.EXPORT_FIGURES, detail={"period": period[:8]})
    row = _row(work, period)
    tables = _tables(work, row)
    names = names_of(scope_in(work, row.country))
    _, approver = approvals.use(work, Act.EXPORT_FIGURES, _what(row, tables, names))
    release_id = uuid4()
    files = files_of(PLAN, _about(row.country, names, mark_of(release_id)), tables)
    keep(work, release_id, row.period, tables, files, approver)
    return files


def made_of(work: Work, period: str, names: Names, mark: str) -> Mapping[str, bytes]:
    """The files of a period with these names of codes and this mark; the caller has asked whether it may."""
    row = _row(work, period)
    return files_of(PLAN, _about(row.country, names, mark), _tables(work, row))


def keep(
    work: Work,
    release_id: UUID,
    period: str,
    tables: Tables,
    files: Mapping[str, bytes],
    approver: UUID,
) -> None:
    """Put a release on the ledger: what left, who took it and who approved. The files are not kept."""
    manifest = files["manifest.json"]
    work.session.add(
        Release(
            id=release_id,
            made_at=work.now,
            made_by=str(work.actor.user_id),
            period=period,
            tables=[table.key for table, _ in tables],
            sha256=sha256(manifest).hexdigest(),
            manifest={**json.loads(manifest), "approved_by": str(approver)},
            closed_on=None,
        )
    )


def taken_before(work: Work, period: str, report: str = "") -> tuple[Taken, ...]:
    """What the actor took of a period, newest first: its tables, or one standard report."""
    rows = work.session.scalars(
        select(Release)
        .where(Release.period == period, Release.made_by == str(work.actor.user_id))
        .order_by(Release.made_at.desc())
    )
    return tuple(
        Taken(row.id, mark_of(row.id), row.made_at)
        for row in rows
        if row.manifest.get("release") and row.manifest.get("report") == report
    )


def mark_of(release_id: UUID) -> str:
    """The mark of a release, which stands in each of its files: `3F2A-90CC-01BE`."""
    text = release_id.hex[:12].upper()
    return "-".join((text[:4], text[4:8], text[8:]))


def names_of(scope: Scope) -> Names:
    """English names of posts and profiles, for the files; other codes speak for themselves."""
    profiles = {
        code: pack.text(f"profile.{code}", "en") for pack in scope.packs for code in pack.profiles
    }
    posts = {code: names.get("en", code) for code, names in scope.posts.items()}
    return {"post": posts, "profile": profiles}


def _about(country: str, names: Names, mark: str = "") -> About:
    title = "Persons in the books of a closed period, preliminary profiles, needs and outcomes"
    return About(country, title, names, mark)


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


def _what(row: ClosedPeriod, tables: Tables, names: Names) -> dict[str, object]:
    """Exactly these figures, with these names of codes: an approval is for nothing else."""
    return {
        "published": row.period,
        "country": row.country,
        "sha256": digest_of(PLAN, _about(row.country, names), tables),
    }
