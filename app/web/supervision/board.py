"""The board: arrivals, profiles, clocks, silence. Pictures first, the numbers one click away."""

from __future__ import annotations

from dataclasses import replace

from flask import g, render_template, request
from flask_babel import gettext

from app.charts import Figure, bars, columns, lines, stacked_bars
from app.web.forms.supervision import MonthForm
from app.web.office_words import named
from app.web.supervision.labels import (
    Labels,
    labels_of,
    month_label,
    number,
    telling,
    week_label,
)
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import boards
from workflows.boards import Board
from workflows.disclosure.published import PublishedTable
from workflows.errors import InvalidCommand
from workflows.policy import Act, role_may
from workflows.work import Work


@blueprint.get("/board")
@opens(Act.VIEW_BOARD)
def board(work: Work) -> tuple[str, int]:
    """Arrivals of the last weeks, profiles of a month, and what asks for somebody."""
    g.place = "supervision.board"
    month = request.args.get("month") or None
    status = 200
    problem = None
    try:
        found = boards.board(work, month)
    except InvalidCommand:
        found = boards.board(work)
        problem, status = gettext("Choose a month from the list."), 422
    g.months = boards.last_months(work.now.date())
    form = MonthForm(formdata=None, data={"month": found.month if found else None})
    if problem:
        form.month.errors = [problem]
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
    return page, status


def _figures(board: Board) -> list[Figure]:
    labels = labels_of(board.posts, board.packs)
    made = [_weeks(board, labels), _posts(board, labels)]
    month = month_label(board.month)
    parts = (
        ("sex", board.profile_sex, gettext("Profiles by sex, %(month)s", month=month)),
        ("age", board.profile_age, gettext("Profiles by age, %(month)s", month=month)),
    )
    for key, table, heading in parts:
        shown = without_empty_rows(table)
        told = telling(f"profiles-{key}", heading, _month_finding(table), labels, shown)
        made.append(stacked_bars(shown, told))
    return made


def _weeks(board: Board, labels: Labels) -> Figure:
    heading = gettext("Arrivals a week")
    if board.week_post is None:
        told = telling("weeks", heading, _weeks_finding(board.weeks), labels, board.weeks)
        return columns(board.weeks, told)
    told = telling("weeks", heading, _weeks_finding(board.weeks), labels, board.week_post)
    return lines(board.week_post, told)


def _posts(board: Board, labels: Labels) -> Figure:
    table = without_empty_rows(board.by_post)
    finding = _most_sentence(board.by_post, labels)
    told = telling("posts", gettext("Arrivals at each post, twelve weeks"), finding, labels, table)
    return bars(table, told)


def without_empty_rows(table: PublishedTable) -> PublishedTable:
    """The table without the lines that are shown as nobody: they are many, and say nothing else."""
    kept = tuple(
        code
        for code in table.rows.codes
        if table.row_totals[code] != 0
        or any(table.cells[code, column] != 0 for column in table.column_codes)
    )
    return replace(table, rows=replace(table.rows, codes=kept)) if kept else table


def _weeks_finding(table: PublishedTable) -> str:
    if table.total is None:
        return gettext("So few people arrived that no number can be told.")
    shown = {code: table.row_totals[code] or 0 for code in table.rows.codes}
    most = max(shown, key=lambda code: shown[code])
    if not shown[most]:
        return gettext(
            "%(total)s persons in twelve weeks; no single week may be told.",
            total=number(table.total),
        )
    return gettext(
        "%(total)s persons in twelve weeks; most in %(week)s (%(count)s).",
        total=number(table.total),
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


def _month_finding(table: PublishedTable) -> str:
    if table.total is None:
        return gettext("So few people arrived that no number can be told.")
    return gettext(
        "Preliminary profiles of %(total)s persons. One person may have several.",
        total=number(table.total),
    )
