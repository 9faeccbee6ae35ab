"""Standard reports: which are ready, what they hold, and their files once a second account approves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.web.supervision.exports import standing, taken
from app.web.supervision.labels import labels_of, number, period_label
from app.web.supervision.plan_tables import plan_words, shown
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import reports
from workflows.disclosure.sheets import Sheet
from workflows.policy import Act
from workflows.reports import ReportFound
from workflows.work import Work


@dataclass(frozen=True)
class LaidOut:
    """The same figures as others lay them out, as text."""

    heading: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@blueprint.get("/figures/reports")
@opens(Act.EXPORT_FIGURES)
def reports_list(work: Work) -> str:
    """All standard reports, with the periods of which they can be made; and what is not published."""
    g.place = "supervision.figures"
    words = report_words()
    found = [
        (one, words[one.report.key], [(period, period_label(period)) for period in one.periods])
        for one in reports.ready(work)
    ]
    return render_template("supervision/reports.html", found=found, unpublished=unpublished_words())


@blueprint.get("/figures/reports/<report>/<period>")
@opens(Act.EXPORT_FIGURES)
def report_page(work: Work, report: str, period: str) -> str:
    """One report of one period."""
    return _page(reports.report(work, report, period))


@blueprint.post("/figures/reports/<report>/<period>/ask")
@opens(Act.EXPORT_FIGURES)
def report_ask(work: Work, report: str, period: str) -> Any:
    """Ask for the second signature."""
    reports.ask(work, report, period)
    address = url_for("supervision.report_page", report=report, period=period, done="asked")
    return redirect(address, 303)


@blueprint.post("/figures/reports/<report>/<period>/files")
@opens(Act.EXPORT_FIGURES)
def report_files(work: Work, report: str, period: str) -> Any:
    """The files, once they are approved."""
    return taken(
        work,
        lambda: reports.release(work, report, period),
        lambda error: _page(reports.report(work, report, period), error),
        f"serai-{report}-{period}.zip",
    )


def _page(found: ReportFound, error: str | None = None) -> str:
    g.place = "supervision.figures"
    made = found.made
    return render_template(
        "supervision/report.html",
        found=found,
        heading=report_words()[made.report.key],
        period=period_label(made.period),
        grids=shown(made.tables, labels_of(found.scope.posts, found.scope.packs)),
        sums=[(plan_words()[key], number(least)) for key, least in made.least.items()],
        layouts=[_laid_out(sheet) for sheet in made.layouts],
        state=standing(found.request),
        asked=request.args.get("done") == "asked",
        error=error,
    )


def _laid_out(sheet: Sheet) -> LaidOut:
    rows = tuple(tuple(str(cell) for cell in row) for row in sheet.rows)
    return LaidOut(layout_words()[sheet.name], sheet.heads, rows)


def report_words() -> dict[str, str]:
    """Key of a standard report -> its name."""
    return {
        "arrivals": gettext("Arrivals of a month"),
        "arrivals-year": gettext("Arrivals of a year"),
        "sex-age": gettext("Sex and age"),
        "profiles": gettext("Profiles"),
        "children-alone": gettext("Unaccompanied and separated children"),
        "needs": gettext("Needs"),
        "outcomes": gettext("Outcomes of referrals"),
        "unhcr-demographics": gettext("Demographics, in UNHCR's columns"),
        "interstate-summary": gettext("Summary for states of the Almaty Process"),
    }


def layout_words() -> dict[str, str]:
    """Name of a layout -> what it is."""
    return {
        "dtm-flow-monitoring": gettext("The same figures as IOM's flow monitoring lays them out"),
        "unhcr-demographics": gettext("The same figures in UNHCR's columns"),
        "interstate-summary": gettext("The same figures under one another, for other states"),
    }


def unpublished_words() -> list[tuple[str, str]]:
    """What others ask for and the plan does not measure: its name, and where it can be seen."""
    inside = gettext("Inside, on the board. The plan of publication measures no such table.")
    return [
        (gettext("Referrals and answers in time"), inside),
        (gettext("Languages in which people were informed"), inside),
        (gettext("Clocks kept"), gettext("Inside, under Clocks and silence.")),
        (
            gettext("Needs by sex and age"),
            gettext("Needs are published without sex and age: so many cells would be noise."),
        ),
        (gettext("Nationalities"), gettext("Figures hold regions only.")),
    ]
