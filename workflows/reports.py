"""Standard reports: which are ready, and their files once a second account approves.

They are made of published tables only (`workflows.disclosure.reports`); no fact is read for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import cast
from uuid import UUID, uuid4

from models.figures import Release
from workflows import approvals, published
from workflows.approvals import Request
from workflows.boards import Scope, scope_in
from workflows.closing import PLAN, books_of
from workflows.disclosure.plan_files import About, Names, digest_of, files_of
from workflows.disclosure.reports import (
    REPORTS,
    Made,
    Report,
    make,
    periods_ready,
    report_of,
)
from workflows.errors import NotAllowedNow, NotFound
from workflows.policy import Act
from workflows.published import Taken, keep, mark_of, names_of, taken_before
from workflows.work import Work


@dataclass(frozen=True)
class Ready:
    """A report and the periods of which it can be made, newest first; perhaps none yet."""

    report: Report
    periods: tuple[str, ...]


@dataclass(frozen=True)
class ReportFound:
    """A report of one period, where its approval stands, and what the actor took of it."""

    made: Made
    scope: Scope
    request: Request | None
    taken: tuple[Taken, ...]


def ready(work: Work) -> tuple[Ready, ...]:
    """All standard reports of the actor's country."""
    work.allow(Act.EXPORT_FIGURES, detail={"view": "reports"})
    books = books_of(work, work.actor.country)
    return tuple(Ready(one, periods_ready(PLAN, one, books)) for one in REPORTS)


def report(work: Work, key: str, period: str) -> ReportFound:
    """One report.

    Raises:
        NotFound: there is no such report, or its period is not closed.
    """
    detail = {"view": "report", "report": key[:20], "period": period[:8]}
    work.allow(Act.EXPORT_FIGURES, detail=detail)
    made = _made(work, key, period)
    scope = scope_in(work, work.actor.country)
    what = _what(work, made, names_of(scope))
    return ReportFound(
        made=made,
        scope=scope,
        request=approvals.state_of(work, Act.EXPORT_FIGURES, what),
        taken=taken_before(work, period, key),
    )


def ask(work: Work, key: str, period: str) -> None:
    """Ask a second account to approve that the files of a report are taken out."""
    detail = {"view": "ask", "report": key[:20], "period": period[:8]}
    work.allow(Act.EXPORT_FIGURES, detail=detail)
    made = _made(work, key, period)
    what = _what(work, made, names_of(scope_in(work, work.actor.country)))
    told = {"report": made.report.key, "period": made.period, "plan": PLAN.version}
    approvals.ask(work, Act.EXPORT_FIGURES, what, told=told)


def release(work: Work, key: str, period: str) -> Mapping[str, bytes]:
    """The files of a report, once they are approved, each marked with this release.

    Raises:
        ApprovalMissing: no second account has approved exactly these figures.
    """
    work.allow(Act.EXPORT_FIGURES, detail={"report": key[:20], "period": period[:8]})
    made = _made(work, key, period)
    names = names_of(scope_in(work, work.actor.country))
    _, approver = approvals.use(work, Act.EXPORT_FIGURES, _what(work, made, names))
    release_id = uuid4()
    files = _files(work, made, names, mark_of(release_id))
    keep(work, release_id, period, made.tables, files, approver)
    return files


def again(work: Work, release_id: UUID) -> tuple[str, Mapping[str, bytes]]:
    """Files that the actor took before, made again to the last bit; with a name for their archive.

    Raises:
        NotFound: no such release, or another account took it.
        NotAllowedNow: they cannot be made as they were (the plan was changed since).
    """
    row = work.session.get(Release, release_id)
    detail = {"view": "again", "release": mark_of(release_id)}
    work.allow(Act.EXPORT_FIGURES, detail=detail)
    if row is None or row.made_by != str(work.actor.user_id) or "release" not in row.manifest:
        raise NotFound
    names, mark = cast("Names", row.manifest["codes"]), mark_of(release_id)
    key = str(row.manifest.get("report") or "")
    if key:
        files = _files(work, _made(work, key, row.period), names, mark)
    else:
        files = published.made_of(work, row.period, names, mark)
    if sha256(files["manifest.json"]).hexdigest() != row.sha256:
        raise NotAllowedNow
    return f"{key or 'published'}-{row.period}", files


def _made(work: Work, key: str, period: str) -> Made:
    wanted = report_of(key)
    if wanted is None:
        raise NotFound
    books = books_of(work, work.actor.country)
    made = make(PLAN, wanted, period, books, work.actor.country)
    if made is None or period not in periods_ready(PLAN, wanted, books):
        raise NotFound
    return made


def _files(work: Work, made: Made, names: Names, mark: str) -> Mapping[str, bytes]:
    return files_of(PLAN, _about(work, made, names, mark), made.tables, made.layouts)


def _about(work: Work, made: Made, names: Names, mark: str = "") -> About:
    return About(
        country=work.actor.country,
        title=made.report.title,
        names=names,
        mark=mark,
        notes=made.notes,
        report=made.report.key,
    )


def _what(work: Work, made: Made, names: Names) -> dict[str, object]:
    """Exactly these figures, with these names of codes: an approval is for nothing else."""
    return {
        "report": made.report.key,
        "period": made.period,
        "country": work.actor.country,
        "sha256": digest_of(PLAN, _about(work, made, names), made.tables),
    }
