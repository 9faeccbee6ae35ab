"""The published arithmetic of trafficking indicators, as a condition that policy people can read.

ILO/EC Delphi 2009 ("Operational indicators of trafficking in human beings"): a dimension is positive
iff two strong; or one strong and one medium or weak; or three medium; or two medium and one weak.
"""

from __future__ import annotations

from workflows.rules.conditions import AtLeast, Condition, Is, all_of, any_of


def dimension_positive(strong: list[str], medium: list[str], weak: list[str]) -> Condition | None:
    """The condition over yes-no facts under which a dimension is positive, or None if it cannot be.

    The four ways are written so that each fact is read as `yes` only; both rails are exact.
    """
    ways = [
        at_least(2, strong),
        _both(at_least(1, strong), at_least(1, medium + weak)),
        at_least(3, medium),
        _both(at_least(2, medium), at_least(1, weak)),
    ]
    possible = [way for way in ways if way is not None]
    return any_of(*possible) if possible else None


def at_least(n: int, facts: list[str]) -> Condition | None:
    """At least `n` of the facts are yes; None when there are fewer."""
    if len(facts) < n:
        return None
    parts = tuple(Is(fact, yes=True) for fact in facts)
    return parts[0] if len(parts) == 1 else AtLeast(n, parts)


def _both(one: Condition | None, other: Condition | None) -> Condition | None:
    return None if one is None or other is None else all_of(one, other)
