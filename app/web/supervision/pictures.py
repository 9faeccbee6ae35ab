"""What pages of pictures share: the chosen month, what is drawn, what is too small to be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from flask import g, request
from flask_babel import gettext

from app.web.forms.supervision import MonthForm
from workflows import boards
from workflows.disclosure.published import PublishedTable
from workflows.errors import InvalidCommand
from workflows.work import Work


class OfAMonth(Protocol):
    """Figures of one month."""

    @property
    def month(self) -> str:
        """As 2026-11."""


Found = TypeVar("Found", bound=OfAMonth)


@dataclass(frozen=True)
class Untold:
    """A figure of so few people that nothing of it may be told."""

    heading: str
    why: str = ""


def of_a_month(
    work: Work, read: Callable[[Work, str | None], Found | None]
) -> tuple[Found | None, MonthForm]:
    """The figures of the month in the address, and the form to choose another; with an error at its field
    the address named none that may be chosen, and the figures are those without a choice.
    """
    problems = []
    try:
        found = read(work, request.args.get("month") or None)
    except InvalidCommand:
        found = read(work, None)
        problems = [gettext("Choose a month from the list.")]
    g.months = boards.last_months(work.now.date())
    form = MonthForm(formdata=None, data={"month": found.month if found else None})
    form.month.errors = problems
    return found, form


def for_a_picture(table: PublishedTable) -> PublishedTable:
    """The table without lines that say nothing in a picture: nobody, withheld, or told together in one line.

    Where every column is told together, only the rows are left.
    """
    rows = tuple(
        code
        for code in table.rows.codes
        if code not in table.rows_together and table.row_totals[code]
    )
    if rows:
        table = replace(table, rows=replace(table.rows, codes=rows))
    if table.columns is None:
        return table
    kept = tuple(code for code in table.columns.codes if code not in table.columns_together)
    if not kept:
        return replace(table, columns=None, cells={}, column_totals={}, columns_together=())
    return replace(table, columns=replace(table.columns, codes=kept))
