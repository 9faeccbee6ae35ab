"""The marks a chart is made of, and the arithmetic they need: mirroring, ticks, text that fits.

Plain data for `templates/parts/charts.html`. Charts are built left to right and mirrored as a whole
for right-to-left readers: x and the anchor of every text are computed, no `direction` is set on any
text, since browsers and other renderers disagree about `text-anchor` there (statistics.md 5).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

#: First strong isolate and its end, so that a label's own direction never moves its neighbours.
_ISOLATE, _END = "\u2068", "\u2069"
_MIRRORED = {"start": "end", "end": "start", "middle": "middle"}


@dataclass(frozen=True)
class Rect:
    """A bar, a swatch. `look` is a class of charts.css, `pattern` the name of a hatching or ''."""

    x: float
    y: float
    width: float
    height: float
    look: str
    pattern: str = ""
    kind: str = "rect"


@dataclass(frozen=True)
class Text:
    """One line of text; `y` is its baseline, `anchor` is where `x` lies in it."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    look: str = "label"
    kind: str = "text"


@dataclass(frozen=True)
class Rule:
    """A straight line: grid, axis."""

    x1: float
    y1: float
    x2: float
    y2: float
    look: str = "grid"
    kind: str = "rule"


@dataclass(frozen=True)
class Curve:
    """A line through points, or a lone point where there is only one."""

    points: tuple[tuple[float, float], ...]
    look: str
    lone: bool = False
    kind: str = "curve"

    @property
    def path(self) -> str:
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)


@dataclass(frozen=True)
class Band:
    """A band as thick as it counts, from a place on the left to one on the right; y is its upper edge."""

    x1: float
    y1: float
    x2: float
    y2: float
    thick: float
    look: str
    kind: str = "band"

    @property
    def path(self) -> str:
        """Two curves that bend in the middle, and the edges between them."""
        half = round((self.x1 + self.x2) / 2, 1)
        low1, low2 = round(self.y1 + self.thick, 1), round(self.y2 + self.thick, 1)
        return (
            f"M{self.x1:g} {self.y1:g}C{half:g} {self.y1:g} {half:g} {self.y2:g} {self.x2:g} {self.y2:g}"
            f"V{low2:g}C{half:g} {low2:g} {half:g} {low1:g} {self.x1:g} {low1:g}Z"
        )


Mark = Rect | Text | Rule | Curve | Band


@dataclass(frozen=True)
class Layout:
    """One drawing of a figure, for one width of screen."""

    name: str
    width: int
    height: int
    marks: tuple[Mark, ...]

    @property
    def patterns(self) -> tuple[str, ...]:
        """The hatchings this drawing uses."""
        used = (mark.pattern for mark in self.marks if isinstance(mark, Rect) and mark.pattern)
        return tuple(sorted(set(used)))


def layout(name: str, width: int, height: float, marks: Iterable[Mark], *, rtl: bool) -> Layout:
    """The finished drawing: mirrored if need be, figures rounded, labels isolated."""
    done = []
    for mark in marks:
        turned = _mirror(mark, width) if rtl else mark
        done.append(_tidy(turned))
    return Layout(name, width, round(height), tuple(done))


def _mirror(mark: Mark, width: float) -> Mark:
    if isinstance(mark, Rect):
        return replace(mark, x=width - mark.x - mark.width)
    if isinstance(mark, Text):
        return replace(mark, x=width - mark.x, anchor=_MIRRORED[mark.anchor])
    if isinstance(mark, Rule | Band):
        return replace(mark, x1=width - mark.x1, x2=width - mark.x2)
    return replace(mark, points=tuple((width - x, y) for x, y in mark.points))


def _tidy(mark: Mark) -> Mark:
    if isinstance(mark, Rect):
        numbers = {key: round(getattr(mark, key), 1) for key in ("x", "y", "width", "height")}
        return replace(mark, **numbers)
    if isinstance(mark, Text):
        text = f"{_ISOLATE}{mark.text}{_END}"
        return replace(mark, x=round(mark.x, 1), y=round(mark.y, 1), text=text)
    if isinstance(mark, Rule):
        numbers = {key: round(getattr(mark, key), 1) for key in ("x1", "y1", "x2", "y2")}
        return replace(mark, **numbers)
    if isinstance(mark, Band):
        numbers = {key: round(getattr(mark, key), 1) for key in ("x1", "y1", "x2", "y2", "thick")}
        return replace(mark, **numbers)
    return replace(mark, points=tuple((round(x, 1), round(y, 1)) for x, y in mark.points))


def text_width(text: str, size: float = 14) -> float:
    """About how wide a text will be. There is no font on the server, so this errs to the wide side."""
    total = 0.0
    for char in text:
        if unicodedata.combining(char):
            continue
        if unicodedata.east_asian_width(char) in "WF":
            total += 1.0
        elif char in "iljtf.,:;'|! ()":
            total += 0.34
        elif char in "mwMWЖШЩЮжшщюф%@":
            total += 0.86
        else:
            total += 0.66 if char.isupper() else 0.57
    return total * size


def wrapped(text: str, room: float, lines: int = 2) -> tuple[str, ...]:
    """`text` in at most `lines` lines of `room` units; what does not fit ends in an ellipsis."""
    rows = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if rows[-1] and text_width(longer) > room:
            rows.append(word)
        else:
            rows[-1] = longer
    if len(rows) > lines:
        rows = [*rows[: lines - 1], " ".join(rows[lines - 1 :])]
    return tuple(_cut(row, room) for row in rows)


def _cut(text: str, room: float) -> str:
    if text_width(text) <= room:
        return text
    while text and text_width(text + "…") > room:
        text = text[:-1]
    return text.rstrip() + "…"


def ticks(most: int, wanted: int = 4) -> tuple[int, ...]:
    """Round whole numbers from 0 to at least `most`, about `wanted` steps."""
    step = 1
    for size in (10**power * factor for power in range(10) for factor in (1, 2, 5)):
        step = size
        if size * wanted >= most:
            break
    top = max(1, -(-most // step)) * step
    return tuple(range(0, top + 1, step))


def apart(places: Sequence[float], gap: float, lowest: float) -> list[float]:
    """`places` moved as little as a downward and an upward pass allow so that all are `gap` apart
    and none is below `lowest` (y grows downwards).
    """
    order = sorted(range(len(places)), key=lambda n: places[n])
    moved = list(places)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + gap)
    limit = lowest
    for n in reversed(order):
        moved[n] = min(moved[n], limit)
        limit = moved[n] - gap
    return moved
