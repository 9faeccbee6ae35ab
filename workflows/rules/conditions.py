"""The condition language of packs: `all`, `any`, `at least n`, and leaves. It is frozen.

Anything that needs arithmetic becomes a named computed fact. Conditions are parsed from strict YAML
against the facts of the pack; reading them with answers is `reading.py`, compiling `compiled.py`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.vocabulary import Action, Grade
from workflows.rules.pack_model import Fact
from workflows.rules.parsing import allowed_options, is_option
from workflows.rules.words import GRADES
from workflows.rules.yaml_strict import Document, Place


@dataclass(frozen=True, slots=True)
class Is:
    """A yes-no fact, or `fact.item` of a several fact, is so (`yes`) or is not."""

    slot: str
    yes: bool


@dataclass(frozen=True, slots=True)
class Within:
    """A number (or the ordinal of a day) lies from `lo` to `hi`, both included; None is open."""

    slot: str
    lo: int | None
    hi: int | None


@dataclass(frozen=True, slots=True)
class OneOf:
    """A choice fact is one of `words`."""

    slot: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class ProfileIs:
    """A profile reads at least `level` (index in `words.GRADES`)."""

    code: str
    level: int


@dataclass(frozen=True, slots=True)
class Maybe:
    """Modal: the leaf is not ruled out by what is known."""

    leaf: Is | Within


@dataclass(frozen=True, slots=True)
class NotEstablished:
    """Modal: what is known does not establish the leaf."""

    leaf: Is


@dataclass(frozen=True, slots=True)
class Output:
    """What an assessment says (invariants and vignettes only): `action RETURN: shut`."""

    kind: str
    id: str
    word: str


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `n` of the parts; `all` is n = len(parts), `any` is n = 1."""

    n: int
    parts: tuple[Condition, ...]


Leaf = Is | Within | OneOf | ProfileIs | Maybe | NotEstablished | Output
Condition = Leaf | AtLeast

#: Derived facts: the slot and the condition it stands for.
Derived = Mapping[str, Condition]


@dataclass(frozen=True)
class Grammar:
    """What a condition may speak of in its place: rules know facts only and no modal words."""

    facts: Mapping[str, Fact]
    profiles: frozenset[str] = frozenset()
    modal: bool = False
    outputs: Mapping[str, frozenset[str]] | None = None


_RANGE = re.compile(r"(under|over) (\d{1,9})\Z|between (\d{1,9}) and (\d{1,9})\Z")
_DAY = re.compile(r"(before|after) (\d{4}-\d{2}-\d{2})\Z")
_FORMS = "one of all, any, at least, or one fact with a word"


def all_of(*parts: Condition) -> Condition:
    """Every part."""
    return parts[0] if len(parts) == 1 else AtLeast(len(parts), parts)


def any_of(*parts: Condition) -> Condition:
    """One part or more."""
    return parts[0] if len(parts) == 1 else AtLeast(1, parts)


def parse_condition(grammar: Grammar, document: Document, place: Place, data: Any) -> Condition:
    """The condition at `place` of `document`. Raises `PackError` with the line."""
    if not isinstance(data, dict) or len(data) != 1:
        raise document.error(place, _shown(data), f"a map with one key: {_FORMS}")
    key, value = next(iter(data.items()))
    inner = (*place, key)
    if key == "all":
        return all_of(*_parts(grammar, document, inner, value))
    if key == "any":
        return any_of(*_parts(grammar, document, inner, value))
    if key == "at least":
        return _at_least(grammar, document, inner, value)
    if isinstance(key, str):
        return _leaf(grammar, document, inner, key, value)
    raise document.error(inner, _shown(key), _FORMS)


def _parts(grammar: Grammar, document: Document, place: Place, data: Any) -> list[Condition]:
    if not isinstance(data, list) or not data:
        raise document.error(place, _shown(data), "a list with at least one condition")
    return [parse_condition(grammar, document, (*place, i), d) for i, d in enumerate(data)]


def _at_least(grammar: Grammar, document: Document, place: Place, data: Any) -> Condition:
    if not isinstance(data, dict) or len(data) != 1:
        raise document.error(place, _shown(data), "{a number: [conditions]}")
    n, value = next(iter(data.items()))
    parts = _parts(grammar, document, (*place, n), value)
    if not isinstance(n, int) or not 1 <= n <= len(parts):
        raise document.error((*place, n), _shown(n), f"a number from 1 to {len(parts)}")
    return AtLeast(n, tuple(parts)) if len(parts) > 1 else parts[0]


def _leaf(grammar: Grammar, document: Document, place: Place, key: str, value: Any) -> Condition:
    kind, _, name = key.partition(" ")
    if kind == "profile" and name:
        return _profile(grammar, document, place, name, value)
    if kind in {"need", "hold", "action"} and name:
        return _output(grammar, document, place, (kind, name, value))
    fact = grammar.facts.get(key)
    if fact is None:
        raise document.error(place, key, f"a fact of this pack{_near(key, grammar.facts)}")
    leaf = fact_leaf(fact, value, modal=grammar.modal)
    if leaf is None:
        raise document.error(
            place, f"{key}: {_shown(value)}", leaf_words(fact, modal=grammar.modal)
        )
    return leaf


def fact_leaf(fact: Fact, value: Any, *, modal: bool) -> Condition | None:
    """The leaf that `value` writes about `fact`, or None when it is no leaf of its kind."""
    if fact.kind == "yes-no":
        return _yes_no_leaf(fact, value, modal=modal)
    if fact.kind in {"years", "quantity"}:
        return _number_leaf(fact, value, modal=modal)
    if fact.kind == "date":
        return _date_leaf(fact, value)
    words = value if isinstance(value, list) else [value]
    if fact.kind == "several":
        if value == "none":
            return all_of(*(Is(f"{fact.id}.{item}", yes=False) for item in fact.options))
        if words and all(word in fact.options for word in words):
            return any_of(*(Is(f"{fact.id}.{word}", yes=True) for word in words))
        return None
    if words and all(isinstance(word, str) and is_option(fact, word) for word in words):
        return OneOf(fact.id, frozenset(words))
    return None


def _yes_no_leaf(fact: Fact, value: Any, *, modal: bool) -> Condition | None:
    if value in ("yes", "no"):
        return Is(fact.id, yes=value == "yes")
    if modal and value == "not ruled out":
        return Maybe(Is(fact.id, yes=True))
    if modal and value == "not established":
        return NotEstablished(Is(fact.id, yes=True))
    return None


def _number_leaf(fact: Fact, value: Any, *, modal: bool) -> Condition | None:
    if not isinstance(value, str):
        return None
    maybe = modal and value.startswith("maybe ")
    match = _RANGE.match(value.removeprefix("maybe ") if maybe else value)
    if not match:
        return None
    word, bound, lo, hi = match.groups()
    if word == "under":
        leaf = Within(fact.id, None, int(bound) - 1)
    elif word == "over":
        leaf = Within(fact.id, int(bound) + 1, None)
    elif int(lo) <= int(hi):
        leaf = Within(fact.id, int(lo), int(hi))
    else:
        return None
    return Maybe(leaf) if maybe else leaf


def _date_leaf(fact: Fact, value: Any) -> Condition | None:
    match = _DAY.match(value) if isinstance(value, str) else None
    if not match:
        return None
    try:
        day = date.fromisoformat(match[2]).toordinal()
    except ValueError:
        return None
    if match[1] == "before":
        return Within(fact.id, None, day - 1)
    return Within(fact.id, day + 1, None)


def leaf_words(fact: Fact, *, modal: bool) -> str:
    """What may be written about `fact` in a condition."""
    if fact.kind == "yes-no":
        return "yes, no" + (", not ruled out, not established" if modal else "")
    if fact.kind in {"years", "quantity"}:
        plain = "under 18, over 59, between 15 and 17"
        return plain + (", maybe under 18, maybe over 59" if modal else "")
    if fact.kind == "date":
        return "before 2021-08-15, after 2021-08-15"
    return f"one or a list of: {allowed_options(fact)}" + (
        "; none" if fact.kind == "several" else ""
    )


def _profile(
    grammar: Grammar, document: Document, place: Place, code: str, value: Any
) -> Condition:
    if not grammar.profiles:
        raise document.error(place, f"profile {code}", "facts only: rules do not read profiles")
    if code not in grammar.profiles:
        raise document.error(place, code, f"a profile{_near(code, grammar.profiles)}")
    levels = {grade.value: level for level, grade in enumerate(GRADES) if level}
    if value not in levels:
        raise document.error(place, _shown(value), "presumed, possible, open")
    return ProfileIs(code, levels[value])


_OUTPUT_WORDS = {"action": ("open", "shut"), "need": ("yes", "no"), "hold": ("on", "off")}


def _output(
    grammar: Grammar, document: Document, place: Place, leaf: tuple[str, str, Any]
) -> Condition:
    kind, name, value = leaf
    if grammar.outputs is None:
        raise document.error(place, f"{kind} {name}", "needs, holds, actions: in invariants only")
    known = frozenset(Action) if kind == "action" else grammar.outputs[kind]
    if name not in known:
        raise document.error(place, name, f"one of: {', '.join(sorted(known))}")
    if value not in _OUTPUT_WORDS[kind]:
        raise document.error(place, _shown(value), ", ".join(_OUTPUT_WORDS[kind]))
    return Output(kind, name, value)


def _shown(data: Any) -> str:
    return "nothing" if data is None else repr(data)[:80]


def _near(word: str, known: Mapping[str, Any] | frozenset[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=3)
    return f" (near: {', '.join(close)})" if close else ""


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every leaf, from left to right; modal leaves stay wrapped."""
    if isinstance(condition, AtLeast):
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition


def slots(condition: Condition, derived: Derived) -> Iterator[str]:
    """Slots of plain facts the condition reads, through derived facts, possibly repeated."""
    for leaf in leaves(condition):
        inner = leaf.leaf if isinstance(leaf, Maybe | NotEstablished) else leaf
        if isinstance(inner, Is | Within | OneOf):
            if inner.slot in derived:
                yield from slots(derived[inner.slot], derived)
            else:
                yield inner.slot


def mixed_direction(condition: Condition, derived: Derived) -> str | None:
    """A slot the condition uses in two directions (its rails would be inexact), or None.

    Modal leaves speak about knowledge, not about the world, and are left out.
    """
    seen: dict[str, object] = {}
    for slot, direction in _directions(condition, derived, turned=False):
        if seen.setdefault(slot, direction) != direction:
            return slot
    return None


def _directions(
    condition: Condition, derived: Derived, *, turned: bool
) -> Iterator[tuple[str, object]]:
    for leaf in leaves(condition):
        match leaf:
            case Is() if leaf.slot in derived:
                flip = turned != (not leaf.yes)
                yield from _directions(derived[leaf.slot], derived, turned=flip)
            case Is():
                yield leaf.slot, leaf.yes != turned
            case Within(lo=None):
                yield leaf.slot, "high" if turned else "low"
            case Within(hi=None):
                yield leaf.slot, "low" if turned else "high"
            case Within() | OneOf():
                yield leaf.slot, (leaf, turned)
            case _:
                continue


def grade_level(grade: Grade) -> int:
    """Index of `grade` in `words.GRADES`: 0 not indicated to 3 presumed."""
    return GRADES.index(grade)
