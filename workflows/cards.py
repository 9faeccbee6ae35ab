"""PURE. The cards of a pack as one asker may put them: every question, what it bears on, what is answered.

A border official and a desk's officer are shown the same cards by the same functions; only the asker differs,
and whose answers may be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from workflows.rules.ask import Interview
from workflows.rules.askers import Asker
from workflows.rules.conditions import Condition, slots
from workflows.rules.pack import Pack
from workflows.rules.pack_checks import READS
from workflows.rules.pack_model import Fact
from workflows.rules.values import Answer, Facts, WhyUnknown, value_to_json


@dataclass(frozen=True)
class QuestionShown:
    """One question of a card: which profiles and holds it bears on, and the answer so far as JSON.

    elsewhere: another body recorded an answer, which is not shown. differs: what several recorded disagrees.
    """

    fact: Fact
    bears_on: tuple[str, ...]
    wanted: bool
    value: Any
    why_unknown: str | None
    elsewhere: bool = False
    differs: bool = False
    #: What was answered on a turned screen: (value as JSON, why unknown); at the post always `restricted`.
    alone: tuple[Any, str | None] | None = None

    @property
    def answered(self) -> bool:
        """Whether anything was recorded, be it that the person does not know."""
        return self.value is not None or self.why_unknown is not None


@dataclass(frozen=True)
class CardShown:
    """A card in the list of all: how many of its questions are answered, how many still wait."""

    id: str
    answered: int
    wanted: int
    questions: int


@lru_cache(maxsize=64)
def own_cards(pack: Pack, asker: Asker) -> tuple[str, ...]:
    """The cards on which the asker may put something, in the pack's order."""
    own = {pack.facts[fact].card for fact in asker.facts}
    return tuple(sorted(own, key=lambda card: pack.cards[card].order))


def cards_of(pack: Pack, asker: Asker, known: Facts, *, private: bool) -> tuple[CardShown, ...]:
    """Every card of the asker, with its counts."""
    wanted = waiting(pack, asker, known, private=private)
    found = []
    for card in own_cards(pack, asker):
        own = [fact for fact in asker.facts if pack.facts[fact].card == card]
        found.append(
            CardShown(
                id=card,
                answered=sum(is_answered(known, fact) for fact in own),
                wanted=sum(fact in wanted for fact in own),
                questions=len(own),
            )
        )
    return tuple(found)


def is_answered(known: Facts, fact: str) -> bool:
    """Whether anybody recorded something of it, be it that the person does not know."""
    answer = known.get(fact)
    return answer is not None and (
        answer.value is not None or answer.why is not WhyUnknown.NOT_ASKED
    )


def waiting(pack: Pack, asker: Asker, known: Facts, *, private: bool) -> frozenset[str]:
    """Unanswered questions that somebody must have answered before anything lowers protection."""
    return frozenset(
        fact
        for fact in asker.facts
        if pack.facts[fact].mandatory_for
        and (private or not pack.facts[fact].private)
        and not is_answered(known, fact)
    )


def questions(
    pack: Pack,
    asker: Asker,
    known: Facts,
    card: str | None,
    interview: Interview,
    *,
    private: bool,
    own: Facts | None = None,
    alone: Facts = MappingProxyType({}),
) -> tuple[QuestionShown, ...]:
    """Every question of the card; first those that decide something now, then the others.

    own: the answers that may be shown; None shows all that is known. alone: those of a turned screen.
    """
    if card is None:
        return ()
    current = interview.card
    decides = (
        {item.fact: item.decides for item in current.items}
        if current and current.id == card
        else {}
    )
    bearing = _bearing(pack)
    found = []
    for fact in pack.facts.values():
        if fact.card != card or fact.id not in asker.facts or (fact.private and not private):
            continue
        bears_on = decides.get(fact.id) or bearing.get(fact.id, ())
        shown = _shown(fact, known, own, bears_on, wanted=fact.id in decides)
        if fact.id in alone:
            there = alone[fact.id]
            shown = replace(shown, alone=(value_to_json(there.value), _why(there)))
        found.append(shown)
    return tuple(sorted(found, key=lambda q: not q.wanted))


def told_unasked(pack: Pack, asker: Asker, known: Facts, own: Facts) -> tuple[QuestionShown, ...]:
    """What is never asked, and recorded only when the person says it by themselves."""
    bearing = _bearing(pack)
    return tuple(
        _shown(fact, known, own, bearing.get(fact.id, ()), wanted=False)
        for fact in pack.facts.values()
        if fact.id in asker.told
    )


def _shown(
    fact: Fact, known: Facts, own: Facts | None, bears_on: tuple[str, ...], *, wanted: bool
) -> QuestionShown:
    answer = (known if own is None else own).get(fact.id)
    whole = known.get(fact.id)
    return QuestionShown(
        fact=fact,
        bears_on=bears_on,
        wanted=wanted,
        value=None if answer is None else value_to_json(answer.value),
        why_unknown=_why(answer),
        elsewhere=own is not None and _more(whole, answer),
        differs=whole is not None and whole.why is WhyUnknown.CONTRADICTORY,
    )


def _why(answer: Answer | None) -> str | None:
    why = answer.why if answer is not None else None
    return why.value if why and why is not WhyUnknown.NOT_ASKED else None


def _more(whole: Answer | None, own: Answer | None) -> bool:
    """Whether what is known rests on statements that are not one's own."""
    if whole is None:
        return False
    return bool(set(whole.statements) - set(own.statements if own else ()))


@lru_cache(maxsize=16)
def _bearing(pack: Pack) -> Mapping[str, tuple[str, ...]]:
    """Fact id to `profile X` and `hold H.x` of the pack that read it, through derived facts."""
    found: dict[str, dict[str, None]] = {}
    for rule in pack.rules.values():
        for fact in _read_by(pack, rule.when):
            found.setdefault(fact, {})[f"profile {rule.profile}"] = None
    for hold in pack.holds.values():
        for fact in _read_by(pack, hold.when):
            found.setdefault(fact, {})[f"hold {hold.id}"] = None
    return {fact: tuple(names) for fact, names in found.items()}


def _read_by(pack: Pack, condition: Condition) -> Iterable[str]:
    for slot in slots(condition, pack.derived):
        fact = pack.facts[slot.partition(".")[0]]
        yield READS[fact.computed][0] if fact.computed in READS else fact.id
