"""A list of pairs of names, each compared as the product compares them, and how often that is right.

For who wants to know how it fares on names of their own before they trust it (`serai names compare`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workflows.names.compare import THRESHOLD, Decision, Likeness, compare
from workflows.names.keys import keys_of, query_keys

COLUMNS = ("name_a", "name_b")
MATCH = "match"
_TRUTHS = {"1": True, "0": False, "": None}
#: Longer than any name that the product takes; a whole book in a field is a mistake.
_LONGEST = 1_000


class PairsError(Exception):
    """The list cannot be read; says the line and what is allowed, never a name."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two spellings, and whether they are of one name; None where nobody said."""

    name_a: str
    name_b: str
    match: bool | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair and what the product says. `found`: the index would have named one for the other."""

    pair: Pair
    likeness: Likeness
    found: bool

    @property
    def likely(self) -> bool:
        """Whether it is shown as perhaps the same."""
        return self.likeness.decision is Decision.LIKELY


def read_pairs(lines: Iterable[str]) -> Iterator[Pair]:
    """Pairs of a CSV file with a header: `name_a,name_b` and perhaps `match` (1, 0 or nothing).

    Other columns are passed over. Raises PairsError with the line's number.
    """
    reader = csv.DictReader(lines, strict=True)
    try:
        header = list(reader.fieldnames or ())
        missing = [column for column in COLUMNS if column not in header]
        if missing:
            raise PairsError(
                f"line 1: no column {', '.join(missing)}; needed: {', '.join(COLUMNS)}"
            )
        for row in reader:
            yield _pair(row, reader.line_num)
    except csv.Error as error:
        raise PairsError(f"line {reader.line_num}: {error}") from None


def _pair(row: dict[str, Any], line: int) -> Pair:
    names = [row[column] for column in COLUMNS]
    if any(name is None for name in names) or None in row:
        raise PairsError(f"line {line}: not as many fields as the header has")
    if any(len(name) > _LONGEST for name in names):
        raise PairsError(f"line {line}: a name of more than {_LONGEST} characters")
    said = (row.get(MATCH) or "").strip()
    if said not in _TRUTHS:
        raise PairsError(f"line {line}: {MATCH} is 1, 0 or nothing")
    return Pair(names[0], names[1], _TRUTHS[said])


def judge(pair: Pair) -> Judged:
    """Compare one pair. Total: every text has an answer."""
    shared = keys_of([pair.name_a]) & query_keys(pair.name_b).all
    return Judged(pair, compare(pair.name_a, pair.name_b), bool(shared))


def report(judged: Sequence[Judged]) -> dict[str, Any]:
    """Everything as plain values: `rows`, `threshold`, and where a match was said how often it is right.

    `precision`: of the pairs called likely and said to match or not, the share that do; `recall`: of
    those that match, the share called likely. None where there is nothing to divide by.
    """
    known = [one for one in judged if one.pair.match is not None]
    hits = sum(one.likely and one.pair.match is True for one in known)
    said = sum(one.likely for one in known)
    true = [one for one in known if one.pair.match]
    return {
        "pairs": len(judged),
        "threshold": THRESHOLD,
        "with_match": len(known),
        "precision": _share(hits, said),
        "recall": _share(hits, len(true)),
        "index_recall": _share(sum(one.found for one in true), len(true)),
        "rows": [_row(one) for one in judged],
    }


def _row(one: Judged) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name_a": one.pair.name_a,
        "name_b": one.pair.name_b,
        "decision": one.likeness.decision.value,
        "likely": one.likely,
        "score": round(one.likeness.score, 4),
        "found_by_index": one.found,
        "reasons": [reason.code for reason in one.likeness.reasons],
    }
    if one.pair.match is not None:
        row[MATCH] = int(one.pair.match)
    return row


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
