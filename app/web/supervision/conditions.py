"""A pack's condition as a tree of sentences: what must be so, with the pack's own words for each fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from app.web.office_words import GRADES, word
from workflows.rules.conditions import (
    AtLeast,
    Condition,
    Is,
    Maybe,
    NotEstablished,
    OneOf,
    ProfileIs,
    Within,
)
from workflows.rules.pack import Pack
from workflows.rules.words import GRADES as LEVELS


@dataclass(frozen=True)
class Sentence:
    """One line; `parts` are the lines below it that it speaks of."""

    text: str
    parts: tuple[Sentence, ...] = ()


def said(pack: Pack, condition: Condition, language: str) -> Sentence:
    """The condition in words."""
    if isinstance(condition, AtLeast):
        parts = tuple(said(pack, part, language) for part in condition.parts)
        return Sentence(_how_many(condition), parts)
    if isinstance(condition, Maybe):
        inner = _leaf(pack, condition.leaf, language)
        return Sentence(gettext("Not ruled out: %(fact)s", fact=inner))
    if isinstance(condition, NotEstablished):
        inner = _leaf(pack, condition.leaf, language)
        return Sentence(gettext("Not established: %(fact)s", fact=inner))
    return Sentence(_leaf(pack, condition, language))


def _how_many(condition: AtLeast) -> str:
    if condition.n == len(condition.parts):
        return gettext("All of these")
    if condition.n == 1:
        return gettext("One or more of these")
    return gettext("At least %(count)s of these", count=condition.n)


def _leaf(pack: Pack, leaf: Condition, language: str) -> str:
    if isinstance(leaf, Is):
        fact = _fact(pack, leaf.slot, language)
        return fact if leaf.yes else gettext("Not so: %(fact)s", fact=fact)
    if isinstance(leaf, Within):
        return f"{_fact(pack, leaf.slot, language)}: {_span(pack, leaf)}"
    if isinstance(leaf, OneOf):
        words = (_text(pack, f"fact.{leaf.slot}.{w}", language, w) for w in sorted(leaf.words))
        return f"{_fact(pack, leaf.slot, language)}: {gettext(' or ').join(words)}"
    if isinstance(leaf, ProfileIs):
        name = _text(pack, f"profile.{leaf.code}", language, leaf.code)
        return f"{name}: {_level(leaf.level)}"
    return str(leaf)


def _level(level: int) -> str:
    grade = LEVELS[level]
    if str(grade) == "open":
        return gettext("not ruled out")
    return gettext("at least %(grade)s", grade=word(GRADES, grade).lower())


def _span(pack: Pack, leaf: Within) -> str:
    fact = pack.facts.get(leaf.slot)
    is_day = fact is not None and fact.kind == "date"

    def end(value: int) -> str:
        return date.fromordinal(value).isoformat() if is_day else str(value)

    if leaf.lo is None and leaf.hi is not None:
        return gettext("at most %(high)s", high=end(leaf.hi))
    if leaf.hi is None and leaf.lo is not None:
        return gettext("at least %(low)s", low=end(leaf.lo))
    return gettext("%(low)s to %(high)s", low=end(leaf.lo or 0), high=end(leaf.hi or 0))


def _fact(pack: Pack, slot: str, language: str) -> str:
    """The words of a fact, or of one item of a fact that may have several."""
    fact, _, item = slot.partition(".")
    text = _text(pack, f"fact.{fact}", language, fact.replace("_", " "))
    return f"{text}: {_text(pack, f'fact.{fact}.{item}', language, item)}" if item else text


def _text(pack: Pack, name: str, language: str, otherwise: str) -> str:
    try:
        return pack.text(name, language)
    except KeyError:
        return otherwise
