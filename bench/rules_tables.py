"""The rules of a pack as two-rail decision tables, for engines that know no unanswered question.

Every rule becomes rows, one for each conjunction and rail: `T` rows hold where the rule is certainly so, `P`
rows where it possibly is. A rule whose rows would be too many is left out, for all engines alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from workflows.rules.conditions import AtLeast, Condition, Is, OneOf, Within
from workflows.rules.pack import Pack
from workflows.rules.values import Choice, Days, Facts, Interval

#: Rows of one rule on one rail that a table may still have.
MOST_ROWS = 400
_ENDLESS = 10**9

#: The column, and the words that are admitted or a comparison with a number.
Cell = tuple[str, Any]
_Leaf = tuple[Is | Within | OneOf, bool]


@dataclass(frozen=True)
class TableRow:
    """One row: the rule, the rail, and the cells that must all hold."""

    rule: str
    rail: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Tables:
    """Rows of all rules that can be written as rows; `columns` in order, `left_out` by name."""

    rows: tuple[TableRow, ...]
    rules: tuple[str, ...]
    left_out: tuple[str, ...]
    columns: tuple[str, ...]


def tables(pack: Pack) -> Tables:
    """The pack's rules as rows."""
    rows: list[TableRow] = []
    left_out = []
    for rule in pack.rules.values():
        ways = _ways(pack, rule.when, so=True)
        if ways is None:
            left_out.append(rule.id)
            continue
        for rail in "TP":
            for way in ways:
                cells = _merged(cell for leaf in way for cell in _cells(pack, leaf, rail))
                if cells is not None:
                    rows.append(TableRow(rule.id, rail, cells))
    columns = dict.fromkeys(column for row in rows for column, _ in row.cells)
    kept = tuple(rule for rule in pack.rules if rule not in set(left_out))
    return Tables(tuple(rows), kept, tuple(left_out), tuple(columns))


def _ways(pack: Pack, condition: Condition, *, so: bool) -> list[tuple[_Leaf, ...]] | None:
    """The condition (or its opposite) as alternatives of leaves; None when there are too many."""
    if isinstance(condition, Is):
        derived = pack.derived.get(condition.slot)
        if derived is not None:
            return _ways(pack, derived, so=so == condition.yes)
        return [((condition, so),)]
    if isinstance(condition, AtLeast):
        n = condition.n if so else len(condition.parts) - condition.n + 1
        parts = [_ways(pack, part, so=so) for part in condition.parts]
        known = [part for part in parts if part is not None]
        return _any_n(n, known) if len(known) == len(parts) else None
    assert isinstance(condition, Within | OneOf)
    return [((condition, so),)]


def _any_n(n: int, parts: Sequence[list[tuple[_Leaf, ...]]]) -> list[tuple[_Leaf, ...]] | None:
    found: list[tuple[_Leaf, ...]] = []
    for some in combinations(parts, n):
        ways: list[tuple[_Leaf, ...]] = [()]
        for part in some:
            ways = [one + other for one in ways for other in part]
            if len(ways) > MOST_ROWS:
                return None
        found += ways
        if len(found) > MOST_ROWS:
            return None
    return found


def is_bound(cell: tuple[Any, ...]) -> bool:
    """Whether a cell compares with a number instead of naming words."""
    return len(cell) == 2 and isinstance(cell[1], int)


def _merged(cells: Iterator[Cell]) -> tuple[Cell, ...] | None:
    """One cell for each column; None when two of them can never hold together."""
    found: dict[str, Any] = {}
    for column, cell in cells:
        old = found.get(column)
        if old is None or old == cell:
            found[column] = cell
        elif is_bound(old) and is_bound(cell):
            tighter = max if cell[0] == ">=" else min
            found[column] = (cell[0], tighter(old[1], cell[1]))
        else:
            words = tuple(word for word in old if word in cell)
            if not words:
                return None
            found[column] = words
    return tuple(found.items())


def _cells(pack: Pack, leaf: _Leaf, rail: str) -> Iterator[Cell]:
    condition, so = leaf
    if isinstance(condition, Is):
        word = "yes" if condition.yes == so else "no"
        yield condition.slot, (word,) if rail == "T" else (word, "unknown")
    elif isinstance(condition, OneOf):
        options = pack.facts[condition.slot].options
        words = tuple(sorted(condition.words if so else set(options) - condition.words))
        yield condition.slot, words if rail == "T" else (*words, "unknown")
    else:
        yield from _span_cells(condition, rail, so=so)


def _span_cells(leaf: Within, rail: str, *, so: bool) -> Iterator[Cell]:
    lower, upper = leaf.lo, leaf.hi
    if not so:
        assert lower is None or upper is None, "a span with two ends is not read as no"
        lower, upper = (
            (None if upper is None else upper + 1),
            (None if lower is None else lower - 1),
        )
    low, high = f"{leaf.slot}_low", f"{leaf.slot}_high"
    if lower is not None:
        yield (low if rail == "T" else high), (">=", lower)
    if upper is not None:
        yield (high if rail == "T" else low), ("<=", upper)


def as_words(known: Facts, columns: Sequence[str]) -> dict[str, str | int]:
    """A person (computed facts included) as the engines read them: a word or number for each column."""
    person: dict[str, str | int] = {}
    for column in columns:
        fact, end = column, ""
        if column.endswith(("_low", "_high")) and column not in known:
            fact, _, end = column.rpartition("_")
        value = known[fact].value if fact in known else None
        if end:
            person[column] = _end(value, end)
        elif isinstance(value, bool):
            person[column] = "yes" if value else "no"
        elif isinstance(value, Choice) and len(value.words) == 1:
            person[column] = min(value.words)
        else:
            person[column] = "unknown"
    return person


def _end(value: object, end: str) -> int:
    found: int | None = None
    if isinstance(value, Interval):
        found = value.lo if end == "low" else value.hi
    elif isinstance(value, Days):
        day = value.lo if end == "low" else value.hi
        found = day.toordinal() if day else None
    return found if found is not None else (-_ENDLESS if end == "low" else _ENDLESS)


def expressible(known: Facts) -> bool:
    """Whether a word for each column says all that is known: no choice between several words."""
    return not any(isinstance(a.value, Choice) and len(a.value.words) > 1 for a in known.values())


def truths(hits: Sequence[str], rules: Sequence[str]) -> dict[str, int]:
    """0, 1 or 2 for each rule, from the names of the rows that held (`T ASY.1`)."""
    held = set(hits)
    return {rule: 2 if f"T {rule}" in held else int(f"P {rule}" in held) for rule in rules}
