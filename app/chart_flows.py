"""Where people go: three or more stages side by side, and bands between them as wide as they are many.

A band that is withheld is a dashed line of one width, a stage's part that is withheld a hatched block of one
height: neither tells how many it stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.chart_series import WITHHELD, Canvas
from app.chart_shapes import Band, Curve, Layout, Mark, Rect, Text, text_width, wrapped

#: Height of all persons together, and of what is withheld; the least height that can be seen.
_HEIGHT, _WITHHELD_HEIGHT, _LEAST = 240.0, 10.0, 2.0
_WIDE, _GAP = 12.0, 10.0
#: Tints of bands, by the place of their source; after the last the first again.
_TINTS = 6


@dataclass(frozen=True)
class Place:
    """A part of a stage. None is withheld."""

    label: str
    value: int | None


@dataclass(frozen=True)
class Flow:
    """From a place of one stage to a place of the next, by their numbers. None is withheld."""

    start: int
    end: int
    value: int | None


@dataclass(frozen=True)
class Stages:
    """All stages in order, and the flows between each and the next."""

    places: tuple[tuple[Place, ...], ...]
    flows: tuple[tuple[Flow, ...], ...]

    @property
    def withheld(self) -> int:
        """How many flows are withheld."""
        return sum(flow.value is None for flows in self.flows for flow in flows)


@dataclass
class _Block:
    """Where a place is drawn, and how far its two sides are taken by bands."""

    x: float
    y: float
    height: float
    out: float = 0.0
    into: float = 0.0


def flows_layout(stages: Stages, canvas: Canvas) -> Layout:
    """The picture for one width of screen."""
    width = canvas.width
    most = max([1, *(_sum(places) for places in stages.places)])
    scale = _HEIGHT / most
    blocks, lowest = _blocks(stages, width, scale)
    marks: list[Mark] = []
    for at, flows in enumerate(stages.flows):
        marks += _bands(flows, blocks[at], blocks[at + 1], scale)
    room = (width - _WIDE) / (len(stages.places) - 1) - _WIDE - 16
    for at, places in enumerate(stages.places):
        last = at == len(stages.places) - 1
        for place, block in zip(places, blocks[at], strict=True):
            marks += _place(place, block, room, canvas, last=last)
    return canvas.finished(marks, lowest + 8, withheld=_any_withheld(stages))


def _sum(places: Sequence[Place]) -> int:
    return sum(place.value or 0 for place in places)


def _any_withheld(stages: Stages) -> bool:
    return stages.withheld > 0 or any(
        place.value is None for places in stages.places for place in places
    )


def _blocks(stages: Stages, width: int, scale: float) -> tuple[list[list[_Block]], float]:
    """The blocks of each stage, in the middle, each with room for its label; and the y below them all."""
    found: list[list[_Block]] = []
    ends: list[float] = []
    for at, places in enumerate(stages.places):
        x = at * (width - _WIDE) / (len(stages.places) - 1)
        y, column = 4.0, list[_Block]()
        for place in places:
            value = place.value
            height = _WITHHELD_HEIGHT if value is None else max(value * scale, _LEAST)
            # Two lines of words beside a block need more room than a small block has.
            slot = max(height, 36.0)
            column.append(_Block(x, y + (slot - height) / 2, height))
            y += slot + _GAP
        found.append(column)
        ends.append(y)
    lowest = max(ends, default=0.0)
    for column, end in zip(found, ends, strict=True):
        for block in column:
            block.y += (lowest - end) / 2
    return found, lowest


def _bands(
    flows: Sequence[Flow], left: Sequence[_Block], right: Sequence[_Block], scale: float
) -> list[Mark]:
    marks: list[Mark] = []
    for flow in sorted(flows, key=lambda one: (one.start, one.end)):
        start, end = left[flow.start], right[flow.end]
        x1, x2 = start.x + _WIDE, end.x
        if flow.value is None:
            y1, y2 = start.y + start.height - 1.5, end.y + end.height - 1.5
            marks.append(Curve(((x1, y1), (x2, y2)), "withheld-flow"))
            continue
        thick = flow.value * scale
        # Rounded figures may add up to more than their block; no band leaves it.
        y1 = min(start.y + start.out, start.y + max(start.height - thick, 0))
        y2 = min(end.y + end.into, end.y + max(end.height - thick, 0))
        marks.append(Band(x1, y1, x2, y2, max(thick, 1.0), f"band-{flow.start % _TINTS + 1}"))
        start.out += thick
        end.into += thick
    return marks


def _place(place: Place, block: _Block, room: float, canvas: Canvas, *, last: bool) -> list[Mark]:
    hidden = place.value is None
    look, pattern = (WITHHELD, WITHHELD) if hidden else ("bar-1", "")
    told = canvas.words.withheld if place.value is None else canvas.number(place.value)
    rows = (*wrapped(place.label, room, 1), told)
    x = block.x - 7 if last else block.x + _WIDE + 7
    middle = block.y + block.height / 2
    wide = max(text_width(row, 13) for row in rows) + 4
    plate = Rect(x - wide + 2 if last else x - 2, middle - 17, wide, 34, "plate")
    anchor = "end" if last else "start"
    return [
        Rect(block.x, block.y, _WIDE, block.height, look, pattern),
        plate,
        Text(x, middle - 3, rows[0], anchor, "note"),
        Text(x, middle + 12, rows[1], anchor, "muted" if hidden else "flow-value"),
    ]
