"""What a version of a pack must pass before it may be published, and what it changes. Knows no database.

The gate is the solver's; where that is not installed nothing passes, and all else works.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflows.rules.cases import check
from workflows.rules.faults import PackError
from workflows.rules.pack import Pack


@dataclass(frozen=True)
class Report:
    """The gate's word with its findings, and the differences against the version in force, as JSON."""

    passed: bool
    checks: dict[str, Any]
    differences: dict[str, Any]


def kept(new: Pack, present: Pack) -> list[str]:
    """Why answers and needs of open cases could not be read by `new`; empty where they can."""
    found = []
    for fact in present.facts.values():
        again = new.facts.get(fact.id)
        if again is not None and again.kind != fact.kind:
            found.append(f"the question {fact.id} is of another kind: {fact.kind}, {again.kind}")
    return found


def vignettes(pack: Pack) -> list[str]:
    """The expectations of the pack's own persons that it misses."""
    own = [vignette for vignette in pack.vignettes if vignette.pack == pack.code]
    try:
        rows = check({pack.code: pack}, own)
    except PackError as fault:
        return [str(fault)]
    return [f"{row.person}: {row.kind} {row.item}: {row.found}" for row in rows if not row.hit]
