"""Published tables as the reader sees them."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from app.web.supervision.labels import Labels, number, region_label
from workflows.disclosure.plan_files import Tables, grid_of
from workflows.disclosure.settling import BELOW


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
