"""What became of the slips of one pack, in numbers and, for those that nothing notices, with their place."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from workflows.rules.country_slips import DATA
from workflows.rules.pack import Pack
from workflows.rules.slip_kinds import Slip
from workflows.rules.slips import INVARIANT as BY_INVARIANT
from workflows.rules.slips import LINTED as BY_LINT
from workflows.rules.slips import SAME, UNNOTICED, VIGNETTE, Noticed

#: The order of the numbers; whatever else a slip may come to follows.
ORDER = (SAME, VIGNETTE, BY_LINT, BY_INVARIANT, UNNOTICED)

#: The files of rows that do not name their own.
_FILES = {"packet": "packets.yaml", "route": "routes.csv", "thresholds": "pack.yaml"}
_TABLES = {
    "rule": "rules",
    "need": "needs",
    "hold": "holds",
    "fact": "facts",
    "profile": "profiles",
    "body": "agencies",
    "post": "posts",
}


def sample(slips: Sequence[Slip], size: int, seed: int) -> list[Slip]:
    """`size` of the slips by chance, in their order; the same for the same seed."""
    chosen = random.Random(seed).sample(range(len(slips)), min(size, len(slips)))  # noqa: S311
    return [slips[i] for i in sorted(chosen)]


def counts(found: Iterable[Noticed]) -> dict[str, int]:
    """How many slips each thing noticed first, in the order of asking."""
    by = Counter(noticed.by for noticed in found)
    return {word: by[word] for word in dict.fromkeys((*ORDER, *by)) if by[word] or word in ORDER}


def line(pack: Pack, found: Sequence[Noticed], seconds: float) -> str:
    """All numbers of one pack in a line; the address book of a country is counted by itself."""
    data = [noticed for noticed in found if noticed.slip.kind == DATA]
    found = [noticed for noticed in found if noticed.slip.kind != DATA]
    by = counts(found)
    same, unnoticed = by.pop(SAME), by.pop(UNNOTICED)
    real = len(found) - same
    share = 100 * (real - unnoticed) / real if real else 100.0
    noticed = ", ".join(f"{n} by {word}" for word, n in by.items())
    late = sum(noticed.unsettled for noticed in found)
    time_outs = f" ({late} not settled in time, counted as changes)" if late else ""
    return (
        f"{pack.code}: {len(found)} single changes; {same} change nothing (proven){time_outs}; {real} real: "
        f"{noticed}, {unnoticed} not noticed; {share:.1f} % noticed; {_book(data)}{seconds:.1f} s"
    )


def _book(data: Sequence[Noticed]) -> str:
    """What no person feels: found when implausible, else only by whoever reads the source."""
    if not data:
        return ""
    lint = sum(noticed.by == BY_LINT for noticed in data)
    return f"address book: {len(data)} changes, {lint} by lint, {len(data) - lint} only in the source; "


def place(pack: Pack, slip: Slip) -> str:
    """File and line of the row that a slip changed, as far as the row knows them."""
    kind, _, id_ = slip.about.partition(" ")
    row: Any = None
    if kind == "deadline":
        row = next((one for one in pack.deadlines if one.id == id_), None)
    elif kind in _TABLES:
        row = getattr(pack, _TABLES[kind]).get(id_)
    origin = getattr(row, "origin", None)
    if origin is not None:
        return f"{origin.file}:{origin.line}"
    return f"{pack.code}/{_FILES.get(kind, '')}".rstrip("/")


def as_row(pack: Pack, noticed: Noticed) -> dict[str, str]:
    """One slip for a machine: file, row, kind, what was changed, what noticed it."""
    slip = noticed.slip
    return {
        "pack": pack.code,
        "place": place(pack, slip),
        "row": slip.about,
        "kind": slip.kind,
        "change": slip.says,
        "by": noticed.by,
    }


def shares(found: Sequence[Noticed]) -> dict[str, int]:
    """Real single changes, noticed and not, and those of the address book that only the source shows."""
    felt = [one for one in found if one.slip.kind != DATA and one.by != SAME]
    missed = sum(one.by == UNNOTICED for one in felt)
    book = [one for one in found if one.slip.kind == DATA]
    return {
        "changes": len(felt),
        "noticed": len(felt) - missed,
        "missed": missed,
        "book": len(book),
        "by source": sum(one.by not in {BY_LINT, VIGNETTE} for one in book),
    }
