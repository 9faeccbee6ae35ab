"""What is drawn, before it is drawn: groups of points, and the few words a chart needs itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.chart_shapes import Layout, Mark, Rect, Text, layout, text_width, wrapped

#: The hatching of each series beyond the first, so that colour never tells alone.
PATTERNS = ("", "stripe", "dot", "cross", "line", "check")
WITHHELD = "withheld"


@dataclass(frozen=True)
class Words:
    """The words of a chart itself, given by the page in its reader's language."""

    withheld: str = "withheld"
    withheld_note: str = "withheld: small, or needed to protect a small one"
    total: str = "Total"
    everybody: str = "All persons"
    show_table: str = "Show the numbers as a table"
    several_together: str = "{count} lines together"
    description: str = (
        "{lines} lines; {withheld} figures withheld. The table below has all numbers."
    )


@dataclass(frozen=True)
class Point:
    """One figure of one series; None is withheld."""

    series: str
    value: int | None


@dataclass(frozen=True)
class Group:
    """One line of the table: a row of bars, or a place on the time axis."""

    label: str
    short: str
    points: tuple[Point, ...]
    total: int | None


def most(groups: Sequence[Group]) -> int:
    """The largest figure that is shown, at least 1."""
    return max([1, *(p.value for group in groups for p in group.points if p.value is not None)])


def any_withheld(groups: Sequence[Group]) -> bool:
    """Whether the chart needs to say what its hatched marks mean."""
    return any(point.value is None for group in groups for point in group.points)


def series_of(groups: Sequence[Group]) -> tuple[str, ...]:
    """The names of the series, in order."""
    return tuple(point.series for point in groups[0].points) if groups else ()


def legend(
    entries: Sequence[tuple[str, str, str]], width: float, top: float
) -> tuple[list[Mark], float]:
    """Swatches with their words (`entries`: look, pattern, text), flowing over lines of `width`.

    Returns the marks and the y below them.
    """
    marks: list[Mark] = []
    x, y, below = 0.0, top, top
    for look, pattern, text in entries:
        rows = wrapped(text, width - 20, 3)
        wide = 20 + max(text_width(row, 13) for row in rows) + 18
        if x and x + wide > width + 18:
            x, y = 0.0, below
        marks.append(Rect(x + 0.5, y + 1.5, 13, 11, look, pattern))
        marks += [Text(x + 20, y + 12 + n * 17, row, look="note") for n, row in enumerate(rows)]
        x += wide
        below = max(below, y + 3 + 17 * len(rows))
    return marks, (below + 4 if entries else top)


@dataclass(frozen=True)
class Canvas:
    """What a figure is drawn for: a width of screen, in which words, digits and direction."""

    name: str
    width: int
    words: Words
    number: Callable[[int], str]
    rtl: bool

    def finished(self, marks: Iterable[Mark], y: float, *, withheld: bool) -> Layout:
        """The drawing, with the meaning of hatching below `y` where something is `withheld`."""
        entries = [(WITHHELD, WITHHELD, self.words.withheld_note)] if withheld else []
        closing, below = legend(entries, self.width, y)
        return layout(self.name, self.width, below, [*marks, *closing], rtl=self.rtl)
