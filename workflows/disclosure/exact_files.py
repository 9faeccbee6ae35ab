"""PURE. What an exact file tells: each figure as a group of persons with a number, or withheld.

Files that were made are kept in this form, so that the next one can be compared with all of them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflows.disclosure.cubes import Table
from workflows.disclosure.dimensions import TOGETHER
from workflows.disclosure.grids import Policy
from workflows.disclosure.published import PublishedTable

#: What each breakdown is made of; whatever is not named is made of itself.
MADE_OF: Mapping[str, tuple[str, ...]] = {
    "month": ("time",),
    "week": ("time",),
    "province": ("post",),
    "sex_age": ("sex", "age_band"),
}
#: Codes of one line or column, or of several told together; None is all of them.
Codes = tuple[str, ...] | None


@dataclass(frozen=True)
class Told:
    """Persons of some lines and columns, or None where withheld. `small`: it must not be told of.

    `floor`: how many there are at least, as is known from its being withheld where nobody would be shown.
    """

    rows: Codes
    columns: Codes
    persons: int | None
    small: bool = False
    floor: int = 0


@dataclass(frozen=True)
class ExactTable:
    """The figures of one table by `rows` and `columns`, margins too."""

    rows: str
    columns: str | None
    figures: tuple[Told, ...]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """One or two."""
        return (self.rows,) if self.columns is None else (self.rows, self.columns)

    @property
    def bases(self) -> frozenset[str]:
        """What its breakdowns are made of."""
        return frozenset(base for name in self.dimensions for base in made_of(name))


@dataclass(frozen=True)
class ExactFile:
    """Tables of one group of persons: those within these codes. `within` always has `time` (months and weeks,
    as `2026-10/2026-W41`) and `post`.
    """

    within: Mapping[str, frozenset[str]]
    tables: tuple[ExactTable, ...]

    def overlaps(self, other: ExactFile) -> bool:
        """Whether somebody may be counted in both."""
        return all(
            self.within[name] & other.within[name] for name in self.within if name in other.within
        )

    @property
    def shown(self) -> int:
        """How many figures of persons it tells."""
        return sum(bool(told.persons) for table in self.tables for told in table.figures)


@dataclass(frozen=True)
class Ground:
    """The closed lists. `codes`: by what breakdowns are made of; `several`: of which one person may have
    more; `province_of`: post to province.
    """

    codes: Mapping[str, tuple[str, ...]]
    province_of: Mapping[str, str] = field(default_factory=dict)
    several: frozenset[str] = frozenset({"profile", "need"})

    def code(self, dimension: str, base: Mapping[str, Any]) -> tuple[str, ...]:
        """The codes of a breakdown that somebody with these codes has."""
        if dimension == "province":
            return (self.province_of[base["post"]],)
        if dimension == "sex_age":
            return (f"{base['sex']} {base['age_band']}",)
        if dimension in {"month", "week"}:
            month, _, week = base["time"].partition("/")
            return (month if dimension == "month" else week,)
        found = base[dimension]
        return found if isinstance(found, tuple) else (found,)


def made_of(dimension: str) -> tuple[str, ...]:
    """The base codes that a breakdown is made of."""
    return MADE_OF.get(dimension, (dimension,))


def told_by(table: Table, published: PublishedTable, policy: Policy) -> ExactTable:
    """What a published table tells, figure by figure; what it withholds is there with None."""
    figures = [*_margins(table, published, policy)]
    if table.columns is not None:
        figures += _cells(table, published, policy)
    return ExactTable(
        table.rows.name, table.columns.name if table.columns else None, tuple(figures)
    )


def _margins(table: Table, published: PublishedTable, policy: Policy) -> Iterator[Told]:
    small = 0 < table.total < policy.k
    yield Told(None, None, published.total, small and published.total is None)
    sides = [(table.rows, published.row_totals, published.rows_together, table.row_totals)]
    if table.columns is not None:
        sides.append(
            (
                table.columns,
                published.column_totals,
                published.columns_together,
                table.column_totals,
            )
        )
    for side, shown, together, truth in sides:
        across = side is not table.rows
        for code, persons in shown.items():
            codes: Codes = together if code == TOGETHER else (code,)
            place: tuple[Codes, Codes] = (None, codes) if across else (codes, None)
            hidden = persons is None and code != TOGETHER
            yield _of(place, persons, truth.get(code, 0), (table.total,), policy, hidden=hidden)


def _cells(table: Table, published: PublishedTable, policy: Policy) -> Iterator[Told]:
    for (row, column), persons in published.cells.items():
        rows: Codes = published.rows_together if row == TOGETHER else (row,)
        columns: Codes = published.columns_together if column == TOGETHER else (column,)
        single = TOGETHER not in (row, column)
        lines = (table.row_totals[row], table.column_totals[column]) if single else (table.total,)
        # On a line that is shown as empty every cell is known to be empty.
        known = min(lines) == 0
        hidden = persons is None and single and not known
        yield _of(
            (rows, columns),
            persons,
            table.cells.get((row, column), 0),
            lines,
            policy,
            hidden=hidden,
        )


def _of(
    place: tuple[Codes, Codes],
    persons: int | None,
    truth: int,
    lines: Sequence[int],
    policy: Policy,
    *,
    hidden: bool,
) -> Told:
    if not hidden:
        return Told(*place, persons)
    return Told(*place, None, policy.is_small(truth, *lines), policy.floor(truth, *lines))


def as_json(file: ExactFile) -> dict[str, Any]:
    """For keeping."""
    return {
        "within": {name: sorted(codes) for name, codes in file.within.items()},
        "tables": [
            {
                "rows": table.rows,
                "columns": table.columns,
                "figures": [
                    [told.rows, told.columns, told.persons, told.small, told.floor]
                    for told in table.figures
                ],
            }
            for table in file.tables
        ],
    }


def of_json(found: Mapping[str, Any]) -> ExactFile:
    """As it was kept."""
    return ExactFile(
        {name: frozenset(codes) for name, codes in found["within"].items()},
        tuple(
            ExactTable(
                table["rows"],
                table["columns"],
                tuple(
                    Told(_codes(rows), _codes(columns), persons, small, floor)
                    for rows, columns, persons, small, floor in table["figures"]
                ),
            )
            for table in found["tables"]
        ),
    )


def _codes(found: list[str] | None) -> Codes:
    return None if found is None else tuple(found)
