"""Closed periods: what was published, what it costs, and the files once a second account approves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for

from app.web.supervision.exports import archive, standing, taken
from app.web.supervision.labels import labels_of, period_label
from app.web.supervision.plan_tables import shown
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import published, reports
from workflows.policy import Act
from workflows.published import PublishedFigures
from workflows.work import Work


@blueprint.get("/figures/published")
@opens(Act.EXPORT_FIGURES)
def published_list(work: Work) -> str:
    """All closed periods, and what everything published tells of one person."""
    g.place = "supervision.figures"
    found = published.ledger(work)
    periods = [(one, period_label(one.period)) for one in found.periods]
    return render_template("supervision/published.html", ledger=found, periods=periods)


@blueprint.get("/figures/published/<period>")
@opens(Act.EXPORT_FIGURES)
def published_period(work: Work, period: str) -> str:
    """The tables of one period."""
    return _page(published.figures(work, period))


@blueprint.post("/figures/published/<period>/ask")
@opens(Act.EXPORT_FIGURES)
def published_ask(work: Work, period: str) -> Any:
    """Ask for the second signature."""
    published.ask(work, period)
    return redirect(url_for("supervision.published_period", period=period, done="asked"), 303)


@blueprint.post("/figures/published/<period>/files")
@opens(Act.EXPORT_FIGURES)
def published_files(work: Work, period: str) -> Any:
    """The files, once they are approved."""
    return taken(
        work,
        lambda: published.release(work, period),
        lambda error: _page(published.figures(work, period), error),
        f"serai-published-{period}.zip",
    )


@blueprint.post("/figures/published/again/<uuid:release_id>")
@opens(Act.EXPORT_FIGURES)
def published_again(work: Work, release_id: UUID) -> Any:
    """Files that were taken before, once more and to the last bit the same."""
    name, files = reports.again(work, release_id)
    return archive(files, f"serai-{name}.zip")


def _page(found: PublishedFigures, error: str | None = None) -> str:
    g.place = "supervision.figures"
    return render_template(
        "supervision/published_period.html",
        found=found,
        period=period_label(found.period),
        grids=shown(found.tables, labels_of(found.scope.posts, found.scope.packs)),
        state=standing(found.request),
        asked=request.args.get("done") == "asked",
        error=error,
    )
