"""Closed periods: what was published, what it costs, and the files once a second account approves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.web.supervision.exports import archive, standing, taken
from app.web.supervision.labels import Labels, labels_of, number, period_label, region_label
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import published, reports
from workflows.disclosure.plan_files import Tables, grid_of
from workflows.disclosure.settling import BELOW
from workflows.policy import Act
from workflows.published import PublishedFigures
from workflows.work import Work


@dataclass(frozen=True)
class Shown:
    """A table as it is shown: a heading, heads of its columns, and named rows of figures. `untold` are the
    names of lines that are withheld altogether.
    """

    heading: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    untold: tuple[str, ...]
    withheld: int
    figures: int


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


def shown(tables: Tables, labels: Labels) -> list[Shown]:
    """Tables as the reader sees them: the very figures of the files, in the reader's words and digits."""
    found = []
    for table, settled in tables:
        grid = grid_of(table, settled)
        first, second = table.dimensions[0], table.dimensions[-1]
        rows = [
            (_label(labels, first, line), tuple(_told(figure) for figure in grid.of(line)))
            for line in grid.lines
        ]
        heads = tuple(_label(labels, second, code) for code in grid.columns)
        found.append(
            Shown(
                heading=plan_words()[table.key],
                heads=heads or (gettext("Persons"),),
                rows=tuple(row for row in rows if set(row[1]) != {BELOW}),
                untold=tuple(name for name, told in rows if set(told) == {BELOW}),
                withheld=settled.withheld,
                figures=len(settled.figures),
            )
        )
    return found


def _label(labels: Labels, name: str, code: str) -> str:
    if name == "region":
        return region_label(code)
    if code == "none":
        return gettext("None yet")
    return labels.get((name, code), code)


def _told(figure: int | str) -> str:
    return figure if isinstance(figure, str) else str(number(figure))


def plan_words() -> dict[str, str]:
    """Key of the plan's tables -> what the table shows."""
    return {
        "month-province": gettext("Persons by province"),
        "month-region": gettext("Persons by region of nationality"),
        "quarter-region-sex": gettext("Persons by region of nationality and sex"),
        "quarter-sex-age": gettext("Persons by sex and age"),
        "year-post": gettext("Persons by post"),
        "year-profile-sex": gettext("Profiles by sex"),
        "year-need": gettext("Needs"),
        "year-outcome": gettext("Outcomes of referrals"),
        "year-province": gettext("Persons by province"),
        "year-region": gettext("Persons by region of nationality"),
        "year-sex-age": gettext("Persons by sex and age"),
    }
