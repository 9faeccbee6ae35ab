"""Figures over time: upright columns, or lines, over weeks or months."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.chart_series import WITHHELD, Canvas, Group, any_withheld, most, series_of
from app.chart_shapes import (
    Curve,
    Layout,
    Mark,
    Rect,
    Rule,
    Text,
    apart,
    text_width,
    ticks,
)

_TOP, _HEIGHT, _FOOT = 18.0, 180.0, 26.0
#: Height of the hatched mark of a withheld figure: always the same, so that it tells nothing.
_WITHHELD_HEIGHT = 14.0


class _Plane:
    """The frame of a chart over time: where a figure and a place in time lie."""

    def __init__(
        self, groups: Sequence[Group], width: float, after: float, label: Callable[[int], str]
    ) -> None:
        self.scale = ticks(most(groups))
        self.start = max(text_width(label(tick), 13) for tick in self.scale) + 10
        self.end = width - after
        self.count = max(1, len(groups))
        self.step = (self.end - self.start) / self.count
        self.base = _TOP + _HEIGHT

    def x(self, place: int) -> float:
        """The middle of a place."""
        return self.start + (place + 0.5) * self.step

    def y(self, value: float) -> float:
        return self.base - _HEIGHT * value / self.scale[-1]

    def frame(self, groups: Sequence[Group], label: Callable[[int], str]) -> list[Mark]:
        """Grid with its numbers, base line, and as many names of places as fit."""
        marks: list[Mark] = []
        for tick in self.scale:
            y = self.y(tick)
            look = "axis" if tick == 0 else "grid"
            marks.append(Rule(self.start, y, self.end, y, look))
            marks.append(Text(self.start - 8, y + 4.5, label(tick), "end", "note"))
        widest = max([1.0, *(text_width(group.short, 13) for group in groups)]) + 14
        every = max(1, -int(-widest // self.step))
        for place in range(0, len(groups), every):
            x = self.x(place)
            half = text_width(groups[place].short, 13) / 2
            # A name at the very edge would leave the picture; it moves in as far as it must.
            inside = min(max(x, half), self.end - half)
            marks.append(Text(inside, self.base + 19, groups[place].short, "middle", "note"))
            if every > 1:
                marks.append(Rule(x, self.base, x, self.base + 4, "axis"))
        return marks


def columns_layout(groups: Sequence[Group], canvas: Canvas) -> Layout:
    """A column a place. All say their number if there is room, else the highest and the last."""
    number = canvas.number
    plane = _Plane(groups, canvas.width, 0, number)
    marks = plane.frame(groups, number)
    wide = max(2.0, min(44.0, plane.step * 0.74))
    values = [group.points[0].value for group in groups]
    room_for_all = plane.step >= text_width(number(most(groups)), 13) + 6
    named = set(range(len(groups))) if room_for_all else _remarkable(values, plane.step)
    for place, value in enumerate(values):
        x = plane.x(place) - wide / 2
        if value is None:
            y = plane.base - _WITHHELD_HEIGHT
            marks.append(Rect(x, y, wide, _WITHHELD_HEIGHT, WITHHELD, WITHHELD))
            continue
        y = plane.y(value)
        marks.append(Rect(x, y, wide, plane.base - y, "bar-1"))
        if place in named:
            half = text_width(number(value), 13) / 2
            inside = min(max(plane.x(place), half), canvas.width - half)
            marks.append(Text(inside, y - 6, number(value), "middle", "value"))
    return _finish(marks, groups, plane, canvas)


def lines_layout(groups: Sequence[Group], canvas: Canvas) -> Layout:
    """A line a series, named at its end; broken where withheld, with a hatched mark on the base."""
    names = series_of(groups)
    room = max([0.0, *(text_width(text, 13) for text in names)])
    after = min(room + 14, canvas.width * 0.34)
    plane = _Plane(groups, canvas.width, after, canvas.number)
    marks = plane.frame(groups, canvas.number)
    for place, group in enumerate(groups):
        if any(point.value is None for point in group.points):
            wide = max(2.0, min(14.0, plane.step * 0.74))
            y = plane.base - _WITHHELD_HEIGHT
            x = plane.x(place) - wide / 2
            marks.append(Rect(x, y, wide, _WITHHELD_HEIGHT, WITHHELD, WITHHELD))
    ends = []
    for n in range(len(names)):
        values = [group.points[n].value for group in groups]
        marks += _pieces(values, plane, f"line-{n + 1}")
        last = max((p for p, value in enumerate(values) if value is not None), default=0)
        ends.append(plane.y(values[last] or 0))
    labels = zip(apart([end + 4.5 for end in ends], 17, plane.base + 4), names, strict=True)
    marks += [
        Text(plane.end + 6, y, text, "start", f"end-{n + 1}") for n, (y, text) in enumerate(labels)
    ]
    return _finish(marks, groups, plane, canvas)


def _pieces(values: Sequence[int | None], plane: _Plane, look: str) -> list[Mark]:
    """The unbroken stretches of one line."""
    marks: list[Mark] = []
    run: list[tuple[float, float]] = []
    for place, value in enumerate([*values, None]):
        if value is not None:
            run.append((plane.x(place), plane.y(value)))
        elif run:
            x, y = run[-1]
            # A line of no length would not be drawn; a dot's is too short to see.
            stretch = run if len(run) > 1 else [(x, y), (x + 0.1, y)]
            marks.append(Curve(tuple(stretch), look, lone=len(run) == 1))
            run = []
    return marks


def _remarkable(values: Sequence[int | None], step: float) -> set[int]:
    """The places of the highest and the last figure; the last only if no neighbour is in its way."""
    shown = [place for place, value in enumerate(values) if value is not None]
    if not shown:
        return set()
    highest, last = max(shown, key=lambda place: values[place] or 0), shown[-1]
    near = range(max(0, last - int(26 / step) - 1), last)
    free = all((values[place] or 0) <= (values[last] or 0) for place in near)
    return {highest, last} if free and (last - highest) * step > 40 else {highest}


def _finish(marks: list[Mark], groups: Sequence[Group], plane: _Plane, canvas: Canvas) -> Layout:
    return canvas.finished(marks, plane.base + _FOOT + 6, withheld=any_withheld(groups))
