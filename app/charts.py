"""Charts of published tables: own SVG, drawn on the server, each with its data table.

A figure is plain data that `templates/parts/charts.html` renders; nothing here decides what may be
shown (that is `workflows.disclosure`), and nothing needs JavaScript or a `style` attribute. Each
figure is drawn twice, for narrow and for wide screens, so that text is never scaled until it cannot
be read. Withheld figures are dashed, hatched and named, never missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.chart_columns import columns_layout, lines_layout
from app.chart_flows import Stages, flows_layout
from app.chart_rows import grouped_layout, stacked_layout
from app.chart_series import Canvas, Group, Point, Words
from app.chart_shapes import Layout
from workflows.disclosure.dimensions import TOGETHER, Dimension
from workflows.disclosure.published import PublishedTable

#: More series than this cannot be told apart; the table can.
MOST_SERIES = 6
#: A line of withheld codes told together names them up to here, then counts them.
NAMED_TOGETHER = 3
#: Each figure is drawn for both; the style sheet shows one.
_WIDTHS = (("wide", 640), ("narrow", 328))


@dataclass(frozen=True)
class DataTable:
    """The numbers of a figure. A cell is its text, or None for withheld; `total_row` marks that the
    last row is a total.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str | None, ...]], ...]


@dataclass(frozen=True)
class Figure:
    """All that the macro `figure` needs. `key` is unique on its page and safe in an id."""

    key: str
    heading: str
    finding: str
    description: str
    layouts: tuple[Layout, ...]
    table: DataTable
    words: Words
    withheld: bool


@dataclass(frozen=True)
class Telling:
    """How a figure is told: what stands above it, in which words, digits and direction.

    `labels` maps (dimension, code) to text; `short` is for axes (a week without its year).
    """

    key: str
    heading: str
    finding: str
    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    short: Mapping[tuple[str, str], str] = field(default_factory=dict)
    words: Words = field(default_factory=Words)
    number: Callable[[int], str] = str
    rtl: bool = False


@dataclass(frozen=True)
class FlowWords:
    """The words of a table of bands: heads of its two columns, and how a band is named."""

    ways: str = "From and to"
    persons: str = "Persons"
    way: str = "{start} to {end}"


def bars(table: PublishedTable, telling: Telling) -> Figure:
    """Horizontal bars of a 1-way table, in the order of its code list."""
    return _of_groups(table, telling, grouped_layout)


def grouped_bars(table: PublishedTable, telling: Telling) -> Figure:
    """Horizontal bars of a 2-way table: a group a row, a bar a column. ValueError over 6 columns."""
    return _of_groups(table, telling, grouped_layout)


def stacked_bars(table: PublishedTable, telling: Telling) -> Figure:
    """One bar a row, a segment a column. ValueError over 6 columns, or if a row's persons may count
    in several columns (then a stack would show a sum that is not there).
    """
    if table.columns is not None and table.columns.multi:
        raise ValueError(f"{table.columns.name} does not add up, so it cannot be stacked")
    return _of_groups(table, telling, stacked_layout)


def columns(table: PublishedTable, telling: Telling) -> Figure:
    """Upright columns of a 1-way table over time (weeks or months)."""
    return _of_groups(table, telling, columns_layout, together=False)


def lines(table: PublishedTable, telling: Telling) -> Figure:
    """A line a column of a table whose rows are weeks or months; broken where withheld."""
    return _of_groups(table, telling, lines_layout, together=False)


def flows(
    stages: Stages, telling: Telling, told: FlowWords, total: int, drawn: Stages | None = None
) -> Figure:
    """Bands between stages; the table beside them has a line for each band.

    `drawn` are the stages of the picture, where all of them would be too many to see.
    """
    lines = [
        (told.way.format(start=places[flow.start].label, end=after[flow.end].label), flow.value)
        for places, after, between in zip(
            stages.places, stages.places[1:], stages.flows, strict=False
        )
        for flow in between
    ]
    rows = [(name, (None if value is None else telling.number(value),)) for name, value in lines]
    rows.append((telling.words.everybody, (telling.number(total),)))
    return _figure(
        telling,
        flows_layout,
        drawn or stages,
        DataTable((told.ways, told.persons), tuple(rows)),
        lines=len(lines),
        withheld=stages.withheld,
    )


def _of_groups(
    table: PublishedTable,
    telling: Telling,
    draw: Callable[..., Layout],
    *,
    together: bool = True,
) -> Figure:
    groups = _groups(table, telling, together=together)
    withheld = sum(point.value is None for group in groups for point in group.points)
    shown = data_table(table, telling)
    return _figure(telling, draw, groups, shown, lines=len(groups), withheld=withheld)


def _figure(
    telling: Telling,
    draw: Callable[..., Layout],
    what: object,
    table: DataTable,
    *,
    lines: int,
    withheld: int,
) -> Figure:
    """`what` drawn for each width. Who hears it is told how many lines there are and what is withheld."""
    counts = {"lines": telling.number(lines), "withheld": telling.number(withheld)}
    return Figure(
        telling.key,
        telling.heading,
        telling.finding,
        f"{telling.finding} {telling.words.description.format(**counts)}",
        tuple(
            draw(what, Canvas(name, width, telling.words, telling.number, telling.rtl))
            for name, width in _WIDTHS
        ),
        table,
        telling.words,
        withheld > 0,
    )


def _groups(table: PublishedTable, telling: Telling, *, together: bool = True) -> tuple[Group, ...]:
    """The table as groups of points, one group a row; a 1-way table has one nameless series."""
    codes = table.column_codes
    if len(codes) > MOST_SERIES:
        raise ValueError(f"{len(codes)} series cannot be told apart; {MOST_SERIES} can")
    rows = table.row_codes if together else table.rows.codes
    groups = []
    for row in rows:
        if table.columns is None:
            points: tuple[Point, ...] = (Point("", table.row_totals[row]),)
        else:
            points = tuple(
                Point(
                    _label(table.columns, code, table.columns_together, telling),
                    table.cells.get((row, code)),
                )
                for code in codes
            )
        label = _label(table.rows, row, table.rows_together, telling)
        short = telling.short.get((table.rows.name, row), label)
        groups.append(Group(label, short, points, table.row_totals[row]))
    return tuple(groups)


def data_table(table: PublishedTable, telling: Telling) -> DataTable:
    """The same numbers as text, with both margins; withheld is None."""

    def figure(value: int | None) -> str | None:
        return None if value is None else telling.number(value)

    codes = table.column_codes
    heads = [_label(table.columns, code, table.columns_together, telling) for code in codes]
    rows = [
        (
            _label(table.rows, row, table.rows_together, telling),
            (
                *(figure(table.cells.get((row, code))) for code in codes),
                figure(table.row_totals[row]),
            ),
        )
        for row in table.row_codes
    ]
    bottom = (*(figure(table.column_totals[code]) for code in codes), figure(table.total))
    rows.append((telling.words.everybody, bottom))
    return DataTable(("", *heads, telling.words.total), tuple(rows))


def _label(
    dimension: Dimension | None, code: str, together: Sequence[str], telling: Telling
) -> str:
    name = dimension.name if dimension else ""
    if code != TOGETHER:
        return telling.labels.get((name, code), code)
    if len(together) > NAMED_TOGETHER:
        return telling.words.several_together.format(count=telling.number(len(together)))
    return " + ".join(telling.labels.get((name, member), member) for member in together)
