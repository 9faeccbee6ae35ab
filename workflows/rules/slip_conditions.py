"""A condition, or a table of indicators, with one thing changed, in every place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import permutations
from typing import Any

from workflows.rules.conditions import (
    AtLeast,
    Condition,
    Is,
    Maybe,
    NotEstablished,
    OneOf,
    Output,
    ProfileIs,
    Within,
    all_of,
    any_of,
    leaves,
)
from workflows.rules.indicators import dimension_positive
from workflows.rules.words import GRADES

#: By so much an age or another limit is moved, down and up.
STEP = 2

#: (kind of slip, what was done, the condition after it)
Changed = tuple[str, str, Condition]


def changed(condition: Condition) -> Iterator[Changed]:
    """The condition with one thing changed, in every place."""
    if isinstance(condition, AtLeast):
        yield from _changed_parts(condition)
    elif isinstance(condition, Maybe | NotEstablished):
        yield from _changed_modal(condition)
    else:
        yield from _changed_leaf(condition)


def _changed_leaf(condition: Condition) -> Iterator[Changed]:
    match condition:
        case Is(slot, yes):
            yield (
                "word",
                f"{slot}: {word_of(yes)} becomes {word_of(not yes)}",
                Is(slot, yes=not yes),
            )
        case Within():
            yield from _moved(condition)
        case OneOf(slot, words):
            for word in sorted(words) if len(words) > 1 else ():
                yield "word", f"{slot}: {word} is forgotten", OneOf(slot, words - {word})
        case ProfileIs(code, level):
            for other in (level - 1, level + 1):
                if 1 <= other <= 3:
                    says = f"profile {code}: {GRADES[level]} becomes {GRADES[other]}"
                    yield "grade", says, ProfileIs(code, other)


def _changed_modal(condition: Maybe | NotEstablished) -> Iterator[Changed]:
    leaf = condition.leaf
    if isinstance(condition, NotEstablished):
        yield "modal word", f"{leaf.slot}: not established becomes no", Is(leaf.slot, yes=False)
        return
    yield "modal word", f"{leaf.slot}: maybe is dropped", leaf
    for kind, says, other in changed(leaf):
        if isinstance(other, Is | Within):
            yield kind, says, Maybe(other)


def word_of(so: bool) -> str:  # noqa: FBT001  # the word for a truth value
    """As a vignette writes it."""
    return "yes" if so else "no"


def _changed_parts(condition: AtLeast) -> Iterator[Changed]:
    n, parts = condition.n, condition.parts
    if n == len(parts):
        yield "all or any", "all becomes any", any_of(*parts)
    elif n == 1:
        yield "all or any", "any becomes all", all_of(*parts)
    else:
        for count in (n - 1, n + 1):
            says = f"at least {n} becomes {count}"
            yield "all or any", says, AtLeast(count, parts)
    for i, part in enumerate(parts):
        rest = parts[:i] + parts[i + 1 :]
        fewer = min(n, len(rest))
        dropped = rest[0] if len(rest) == 1 else AtLeast(fewer, rest)
        yield "part dropped", f"part {i + 1} is dropped: {shown(part)}", dropped
        for kind, says, other in changed(part):
            yield kind, says, AtLeast(n, (*parts[:i], other, *parts[i + 1 :]))


def _moved(leaf: Within) -> Iterator[Changed]:
    for by in (-STEP, STEP):
        lo, hi = leaf.lo, leaf.hi
        if lo is not None and (hi is None or lo + by <= hi):
            moved = Within(leaf.slot, lo + by, hi)
            yield "limit", f"{shown(leaf)} becomes {shown(moved)}", moved
        if hi is not None and (lo is None or lo <= hi + by):
            moved = Within(leaf.slot, lo, hi + by)
            yield "limit", f"{shown(leaf)} becomes {shown(moved)}", moved


def shown(condition: Condition) -> str:
    """A part of a condition in a few words."""
    match condition:
        case AtLeast(n, parts):
            word = "all" if n == len(parts) else "any" if n == 1 else f"at least {n}"
            return f"{word} of {', '.join(shown(part) for part in parts[:3])}" + (
                " ..." if len(parts) > 3 else ""
            )
        case Is(slot, yes):
            return f"{slot} {word_of(yes)}"
        case Within(slot, lo, hi):
            return f"{slot} {'' if lo is None else lo}..{'' if hi is None else hi}"
        case OneOf(slot, words):
            return f"{slot} {'|'.join(sorted(words))}"
        case ProfileIs(code, level):
            return f"profile {code} {GRADES[level]}"
        case Maybe(leaf):
            return f"maybe {shown(leaf)}"
        case NotEstablished(leaf):
            return f"{leaf.slot} not established"
        case Output(kind, id_, word):
            return f"{kind} {id_} {word}"


# -- tables of indicators ---------------------------------------------------------------------------


def cells(condition: Condition) -> Iterator[Changed]:
    """Each row of the table forgotten, or with the weight beside its own."""
    weights = _weights(condition)
    for fact, weight in weights.items():
        for other in ["", *beside("SMW", weight)]:
            new = {**weights, fact: other}
            lists = [[f for f, w in new.items() if w == letter] for letter in "SMW"]
            found = dimension_positive(*lists)
            if found is not None:
                says = f"{fact}: {weight} becomes {other}" if other else f"{fact} is not listed"
                yield "indicator", says, found


def _weights(condition: Condition) -> dict[str, str]:
    """The weights S, M, W of a condition that `dimension_positive` wrote: facts that stand in the
    same places have the same weight, and only one naming of the groups writes this condition.
    """
    groups: dict[tuple[Any, ...], list[str]] = {}
    for fact in dict.fromkeys(leaf.slot for leaf in leaves(condition) if isinstance(leaf, Is)):
        places = tuple(_places(condition, fact))
        groups.setdefault(places, []).append(fact)
    for letters in permutations("SMW", len(groups)):
        named = dict(zip(letters, groups.values(), strict=True))
        if dimension_positive(*(named.get(letter, []) for letter in "SMW")) == condition:
            return {fact: letter for letter, facts in named.items() for fact in facts}
    return {}


def _places(condition: Condition, fact: str) -> Iterator[tuple[int, ...]]:
    if not isinstance(condition, AtLeast):
        return
    ways = condition.parts if condition.n == 1 else (condition,)
    for i, way in enumerate(ways):
        sides = way.parts if isinstance(way, AtLeast) and not _flat(way) else (way,)
        for j, side in enumerate(sides):
            if any(isinstance(leaf, Is) and leaf.slot == fact for leaf in leaves(side)):
                yield i, j


def _flat(condition: AtLeast) -> bool:
    return all(isinstance(part, Is) for part in condition.parts)


def beside(words: Iterable[Any], word: Any) -> list[Any]:
    """The words before and after `word` in an ordered list."""
    ordered = list(words)
    at = ordered.index(word)
    return [ordered[i] for i in (at - 1, at + 1) if 0 <= i < len(ordered)]
