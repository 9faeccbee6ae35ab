"""Where people were sent and what came of it: from post to desk to outcome; answers, needs, languages."""

from __future__ import annotations

from flask import g, render_template
from flask_babel import gettext

from app.chart_flows import Flow, Place, Stages
from app.charts import Figure, FlowWords, bars, flows, stacked_bars
from app.locale import language_name
from app.web.supervision.labels import Labels, labels_of, month_label, number, telling
from app.web.supervision.pictures import Untold, for_a_picture, of_a_month
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import ways as workflow
from workflows.disclosure.dimensions import TOGETHER, Dimension
from workflows.disclosure.published import PublishedTable
from workflows.policy import Act
from workflows.ways import Ways, WaysTables
from workflows.work import Work

#: More posts than this cannot be followed by eye.
MOST_PLACES = 8


@blueprint.get("/board/ways")
@opens(Act.VIEW_BOARD)
def ways(work: Work) -> tuple[str, int]:
    """A month's ways, for whoever sees the board."""
    g.place = "supervision.board"
    found, form = of_a_month(work, workflow.ways)
    page = render_template(
        "supervision/ways.html",
        found=found,
        figures=[] if found is None or found.tables is None else _figures(found, found.tables),
        form=form,
        number=number,
    )
    return page, 422 if form.errors else 200


def _figures(found: Ways, tables: WaysTables) -> list[Figure | Untold]:
    labels = labels_of(found.posts, found.packs)
    for code in tables.language.rows.codes:
        labels["language", code] = _language(code)
    month = month_label(found.month)
    return [
        _flows(tables, labels, month),
        _answered(tables.desk_answered, labels, month),
        _plain("needs", gettext("Needs, %(month)s", month=month), tables.need, labels),
        _plain(
            "languages",
            gettext("Languages in which people were informed, %(month)s", month=month),
            tables.language,
            labels,
        ),
    ]


def _language(code: str) -> str:
    if code == "unknown":
        return gettext("Not informed yet")
    return language_name(code)


def _flows(tables: WaysTables, labels: Labels, month: str) -> Figure | Untold:
    heading = gettext("From post to desk to outcome, %(month)s", month=month)
    if tables.post_desk.total is None:
        return Untold(heading)
    finding = gettext(
        "Where %(total)s persons arrived, to what sort of body they were referred, and what came of it.",
        total=number(tables.post_desk.total),
    )
    stages = _stages(tables, labels)
    drawn = stages
    if len(stages.places[0]) > MOST_PLACES:
        drawn = Stages(stages.places[1:], stages.flows[1:])
        finding += " " + gettext(
            "There are too many posts for the picture: they stand in the table."
        )
    told = telling("ways", heading, finding, labels, tables.post_desk)
    words = FlowWords(gettext("From and to"), gettext("Persons"), gettext("{start} to {end}"))
    return flows(stages, told, words, tables.post_desk.total, drawn)


def _stages(tables: WaysTables, labels: Labels) -> Stages:
    """Three stages and the bands between them, without places of nobody."""
    first, second = tables.post_desk, tables.desk_outcome
    sides = (
        (first.rows, first.row_totals, first.rows_together),
        (second.rows, second.row_totals, second.rows_together),
        (second.columns, second.column_totals, second.columns_together),
    )
    kept = [
        [code for code, value in totals.items() if value != 0 and (code not in together)]
        for _, totals, together in sides
    ]
    places = tuple(
        tuple(Place(_named(side, code, together, labels), totals[code]) for code in codes)
        for (side, totals, together), codes in zip(sides, kept, strict=True)
    )
    return Stages(places, (_between(first, kept[0], kept[1]), _between(second, kept[1], kept[2])))


def _between(table: PublishedTable, rows: list[str], columns: list[str]) -> tuple[Flow, ...]:
    return tuple(
        Flow(start, end, table.cells.get((row, column)))
        for start, row in enumerate(rows)
        for end, column in enumerate(columns)
        if table.cells.get((row, column)) != 0
    )


def _named(side: Dimension | None, code: str, together: tuple[str, ...], labels: Labels) -> str:
    name = side.name if side else ""
    if code != TOGETHER:
        return labels.get((name, code), code)
    return gettext("%(count)s together", count=number(len(together)))


def _answered(table: PublishedTable, labels: Labels, month: str) -> Figure | Untold:
    heading = gettext("Time to a desk's answer, %(month)s", month=month)
    if table.total is None or set(table.rows.codes) <= set(table.rows_together):
        return Untold(heading)
    finding = gettext("Bands of time from sending a referral to the answer, by sort of body.")
    shown = for_a_picture(table)
    draw = bars if shown.columns is None else stacked_bars
    return draw(shown, telling("answers", heading, finding, labels, shown))


def _plain(key: str, heading: str, table: PublishedTable, labels: Labels) -> Figure | Untold:
    told = {code for code, total in table.row_totals.items() if total}
    if table.total is None or not told - {TOGETHER}:
        return Untold(heading)
    shown = for_a_picture(table)
    finding = gettext("Of %(total)s persons.", total=number(table.total))
    return bars(shown, telling(key, heading, finding, labels, shown))
