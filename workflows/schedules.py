"""PURE. How long what is kept: rows of the retention schedule, and which of them has run out for a file.

The rows are data (`config/data/retention.csv`) with their sources. Of several rows for the whole file the
longest counts: a child who seeks asylum is kept as the longer of the two asks. Nothing is erased here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Starts = Literal["closed", "screened", "changed"]


@dataclass(frozen=True, kw_only=True)
class ScheduleRow:
    """One row. `country`, `profile`: `*` for all; `none`: without any profile. `days` after `starts`.

    `purpose`: `contact` alone, or the whole `file`. `then`: `erase` by itself, or `propose` to two humans.
    `basis`: V seen in its source, K recalled and to be checked.
    """

    id: str
    country: str
    profile: str
    purpose: str
    ground: str
    starts: Starts
    days: int
    then: Literal["erase", "propose"]
    basis: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Milestones:
    """What the schedule must know of a case: no name, no answer."""

    country: str
    profiles: frozenset[str]
    closed_on: date | None
    screened_on: date | None
    changed_on: date
    #: Whether a referral of it is live, or waits to be sent.
    in_care: bool


def rows_of(table: Iterable[Mapping[str, str]]) -> tuple[ScheduleRow, ...]:
    """The schedule from its table.

    Raises:
        ValueError: a row that cannot be read; it names the row.
    """
    found = []
    for row in table:
        try:
            found.append(ScheduleRow(**{**row, "days": int(row["days"])}))  # type: ignore[arg-type]  # words are checked below
        except (TypeError, ValueError):
            raise ValueError(f"retention.csv: row {row.get('id')} cannot be read") from None
        _check(found[-1])
    return tuple(found)


def _check(row: ScheduleRow) -> None:
    words = {
        "starts": row.starts in ("closed", "screened", "changed"),
        "then": row.then in ("erase", "propose"),
        "purpose": row.purpose in ("contact", "file"),
        "days": row.days > 0,
        "basis": row.basis in ("V", "K"),
        "source": bool(row.source),
    }
    wrong = [name for name, right in words.items() if not right]
    if wrong or (row.purpose == "file" and row.then == "erase"):
        # A whole file is erased by two humans, never by a date.
        raise ValueError(f"retention.csv: row {row.id} cannot be used ({', '.join(wrong)})")


def ends_on(rows: Iterable[ScheduleRow], case: Milestones, purpose: str) -> tuple[date, str] | None:
    """The day after which a purpose is kept no longer, and the row that says so; None while none runs.

    A row for a country stands in for the general row of the same profile.
    """
    chosen: dict[tuple[str, str], ScheduleRow] = {}
    for row in rows:
        if row.purpose == purpose and _applies(row, case):
            key = (row.profile, row.starts)
            before = chosen.get(key)
            if before is None or before.country == "*":
                chosen[key] = row
    ends = [
        (start + timedelta(days=row.days), row.id)
        for row in chosen.values()
        if (start := _start(row, case)) is not None
    ]
    return max(ends) if ends else None


def _applies(row: ScheduleRow, case: Milestones) -> bool:
    if row.country not in ("*", case.country):
        return False
    if row.profile == "none":
        return not case.profiles
    return row.profile == "*" or row.profile in case.profiles


def _start(row: ScheduleRow, case: Milestones) -> date | None:
    if case.in_care:
        return None
    if row.starts == "closed":
        return case.closed_on
    if row.starts == "screened":
        return case.screened_on
    # Left unfinished: whatever was screened or closed runs by those days instead.
    return None if case.screened_on or case.closed_on else case.changed_on


def shortest(rows: Iterable[ScheduleRow], purpose: str) -> int:
    """The fewest days after which anything of a purpose may run out."""
    return min((row.days for row in rows if row.purpose == purpose), default=1 << 15)
