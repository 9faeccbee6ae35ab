"""Horizontal bars: one a line, several a line, or stacked. Labels stand beside or, on narrow
screens, above their bars; every bar says its own number.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.chart_series import (
    PATTERNS,
    WITHHELD,
    Canvas,
    Group,
    any_withheld,
    legend,
    most,
    series_of,
)
from app.chart_shapes import Layout, Mark, Rect, Rule, Text, text_width, wrapped

#: Width of the hatched mark of a withheld figure: always the same, so that it tells nothing.
_WITHHELD_WIDTH = 28.0


def grouped_layout(groups: Sequence[Group], canvas: Canvas) -> Layout:
    """A bar for each point, with its number and (if there are several) its series at its end."""
    width = canvas.width
    above = canvas.name == "narrow"
    several = len(series_of(groups)) > 1
    start = 0.0 if above else _label_room(groups, width)
    room = width - start - _tail_room(groups, canvas) - 10
    thick, step = (13, 19) if several else (18, 24)
    marks: list[Mark] = []
    y, top = 2.0, most(groups)
    for group in groups:
        begin = y
        y = _put_label(marks, group.label, width if above else start, y, thick, above=above)
        for place, point in enumerate(group.points):
            look, pattern, long = f"bar-{place + 1}", PATTERNS[place], 0.0
            if point.value is None:
                look, pattern, long = WITHHELD, WITHHELD, _WITHHELD_WIDTH
            else:
                long = max(1.0 if point.value else 0.0, room * point.value / top)
            marks.append(Rect(start, y, long, thick, look, pattern))
            tail = _tail(point.series, point.value, canvas)
            shade = "muted" if point.value is None else "value"
            marks.append(Text(start + long + 7, y + thick / 2 + 5, tail, look=shade))
            y += step
        y += 9 if several or above else 5
        y = max(y, begin + (0 if above else _label_height(group.label, start)))
    if not above:
        marks.append(Rule(start, 0, start, y - 4, "axis"))
    return canvas.finished(marks, y + 4, withheld=any_withheld(groups))


def stacked_layout(groups: Sequence[Group], canvas: Canvas) -> Layout:
    """One bar a line, in segments; a segment says its number where that fits, the line its total."""
    width, number = canvas.width, canvas.number
    above = canvas.name == "narrow"
    start = 0.0 if above else _label_room(groups, width)
    room = width - start - 56
    top = max([1, *(_whole(group) for group in groups)])
    keys = [(f"bar-{n + 1}", PATTERNS[n], text) for n, text in enumerate(series_of(groups))]
    marks, y = legend(keys, width, 0)
    y = begin = y + 6
    for group in groups:
        line = y
        y = _put_label(marks, group.label, width if above else start, y, 22, above=above)
        x = start
        for place, point in enumerate(group.points):
            if point.value is None:
                continue
            long = room * point.value / top
            marks.append(Rect(x, y, long, 22, f"bar-{place + 1}", PATTERNS[place]))
            marks += _inside(number(point.value), x, y, long, plain=place == 0)
            x += long
        if any_withheld([group]):
            # What is withheld is together no secret where the total is shown: it is drawn to scale.
            rest = room * _rest(group) / top if group.total is not None else _WITHHELD_WIDTH
            marks.append(Rect(x + 1, y, max(rest - 1, 3.0), 22, WITHHELD, WITHHELD))
            x += max(rest, 4.0)
        end = canvas.words.withheld if group.total is None else number(group.total)
        marks.append(Text(x + 7, y + 16, end, look="muted" if group.total is None else "value"))
        y += 38 if above else max(33.0, _label_height(group.label, start) - (y - line) + 4)
    if not above:
        marks.append(Rule(start, begin - 4, start, y - 6, "axis"))
    return canvas.finished(marks, y + 4, withheld=any_withheld(groups))


def _shown(group: Group) -> int:
    return sum(point.value or 0 for point in group.points)


def _rest(group: Group) -> int:
    """What the withheld segments of a line have together (rounding may make it nothing)."""
    return max(0, (group.total or 0) - _shown(group))


def _whole(group: Group) -> int:
    return _shown(group) + (_rest(group) if any_withheld([group]) else 0)


def _inside(text: str, x: float, y: float, long: float, *, plain: bool) -> list[Mark]:
    """The number within a segment, on a plate where the segment is hatched; nothing if too narrow."""
    wide = text_width(text, 13)
    if long < wide + 12:
        return []
    middle = x + long / 2
    label = Text(middle, y + 16, text, "middle", "on-bar" if plain else "on-plate")
    if plain:
        return [label]
    return [Rect(middle - wide / 2 - 3, y + 3, wide + 6, 16, "plate"), label]


def _tail(series: str, value: int | None, canvas: Canvas) -> str:
    if value is None:
        withheld = canvas.words.withheld
        return f"{series}: {withheld}" if series else withheld
    return f"{series} {canvas.number(value)}".strip()


def _tail_room(groups: Sequence[Group], canvas: Canvas) -> float:
    """The widest text at the end of a bar."""
    points = [point for group in groups for point in group.points]
    tails = (text_width(_tail(point.series, point.value, canvas)) for point in points)
    return max([40.0, *tails])


def _label_room(groups: Sequence[Group], width: int) -> float:
    longest = max([60.0, *(text_width(group.label) for group in groups)])
    return min(longest + 12, width * 0.36)


def _label_height(label: str, room: float) -> float:
    return 18.0 * len(wrapped(label, room - 10)) + 8


def _put_label(
    marks: list[Mark], label: str, room: float, y: float, thick: float, *, above: bool
) -> float:
    """Write the label of a line; returns the y at which its bars begin."""
    rows = wrapped(label, room if above else room - 10)
    if above:
        for row in rows:
            marks.append(Text(0, y + 13, row))
            y += 18
        return y + 3
    base = y + thick / 2 + 5
    marks += [Text(room - 10, base + n * 17, row, "end") for n, row in enumerate(rows)]
    return y
