"""The board: arrivals, profiles, clocks, silence. Pictures first, the numbers one click away."""

from __future__ import annotations

from flask import g, render_template
from flask_babel import gettext, ngettext

from app.charts import Figure, bars, columns, lines, stacked_bars
from app.web.office_words import named
from app.web.supervision.labels import (
    Labels,
    labels_of,
    month_label,
    number,
    telling,
    week_label,
)
from app.web.supervision.pictures import Untold, for_a_picture, of_a_month
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import boards
from workflows.boards import Board
from workflows.disclosure.published import PublishedTable
from workflows.policy import Act, role_may
from workflows.work import Work


@blueprint.get("/board")
@opens(Act.VIEW_BOARD)
def board(work: Work) -> tuple[str, int]:
    """Arrivals of the last weeks, profiles of a month, and what asks for somebody."""
    g.place = "supervision.board"
    found, form = of_a_month(work, boards.board)
    page = render_template(
        "supervision/board.html",
        board=found,
        figures=[] if found is None else _figures(found),
        form=form,
        named=named,
        number=number,
        most=boards.MOST_COUNTED,
        may_act=role_may(work.actor.role, Act.VIEW_TASKS),
    )
    return page, 422 if form.errors else 200


def _figures(board: Board) -> list[Figure | Untold]:
    """The pictures; where not even the number of persons may be told, a sentence in place of one."""
    labels = labels_of(board.posts, board.packs)
    month = month_label(board.month)
    by_sex = gettext("Profiles by sex, %(month)s", month=month)
    by_age = gettext("Profiles by age, %(month)s", month=month)
    return [
        _weeks(board, labels),
        _posts(board, labels),
        _profiles("profiles-sex", by_sex, board.profile_sex, labels),
        _profiles("profiles-age", by_age, board.profile_age, labels),
    ]


def _weeks(board: Board, labels: Labels) -> Figure | Untold:
    heading = gettext("Arrivals a week")
    if board.weeks.total is None:
        return Untold(heading)
    table = board.weeks if board.week_post is None else board.week_post
    told = telling("weeks", heading, _weeks_finding(board.weeks), labels, table)
    return columns(table, told) if board.week_post is None else lines(table, told)


def _posts(board: Board, labels: Labels) -> Figure | Untold:
    heading = gettext("Arrivals at each post, twelve weeks")
    if board.by_post.total is None:
        return Untold(heading)
    finding = _most_sentence(board.by_post, labels)
    if set(board.by_post.rows.codes) <= set(board.by_post.rows_together):
        return Untold(heading, finding)
    table = for_a_picture(board.by_post)
    return bars(table, telling("posts", heading, finding, labels, table))


def _profiles(key: str, heading: str, table: PublishedTable, labels: Labels) -> Figure | Untold:
    if table.total is None:
        return Untold(heading)
    shown = for_a_picture(table)
    finding = gettext(
        "Preliminary profiles of %(total)s persons. One person may have several.",
        total=number(table.total),
    )
    withheld = sum(total is None for total in table.row_totals.values())
    if withheld:
        finding += " " + ngettext(
            "%(num)s profile is withheld, and stands in the table only.",
            "%(num)s profiles are withheld, and stand in the table only.",
            withheld,
        )
    draw = bars if shown.columns is None else stacked_bars
    return draw(shown, telling(key, heading, finding, labels, shown))


def _weeks_finding(table: PublishedTable) -> str:
    shown = {code: table.row_totals[code] or 0 for code in table.rows.codes}
    most = max(shown, key=lambda code: shown[code])
    if not shown[most]:
        return gettext(
            "%(total)s persons in twelve weeks; no single week may be told.",
            total=number(table.total or 0),
        )
    return gettext(
        "%(total)s persons in twelve weeks; most in %(week)s (%(count)s).",
        total=number(table.total or 0),
        week=week_label(most),
        count=number(shown[most]),
    )


def _most_sentence(table: PublishedTable, labels: Labels) -> str:
    shown = {code: table.row_totals[code] or 0 for code in table.rows.codes}
    most = max(shown, key=lambda code: shown[code])
    if not shown[most]:
        return gettext("No single post may be told.")
    return gettext(
        "Most at %(post)s: %(count)s.", post=labels["post", most], count=number(shown[most])
    )
