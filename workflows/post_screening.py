"""What the pages of a screening show: the look, the information step, and the questions card by card.

Codes and values only; the words for them are the pack's, found by the door in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select

from models.cases import Answer, Case
from models.people import Person
from models.vault.sealed import load_sealed
from models.vocabulary import Action, Grade, Role
from workflows import once, readings, screening
from workflows.casework import open_case
from workflows.errors import InvalidCommand, NotInformedYet
from workflows.policy import Act
from workflows.rules.ask import Interview
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.conditions import Condition, slots
from workflows.rules.pack import Pack
from workflows.rules.pack_checks import READS
from workflows.rules.pack_model import Fact
from workflows.rules.values import Facts, WhyUnknown, value_to_json
from workflows.work import Work


@dataclass(frozen=True)
class NowShown:
    """The ticks recorded so far."""

    number: str
    seen: tuple[str, ...]
    informed: bool


@dataclass(frozen=True)
class InformShown:
    """What is recorded of the information step, and the languages the person speaks."""

    number: str
    pack: Pack
    languages: tuple[str, ...]
    information: Mapping[str, Any] | None
    interpreter: bool | None


@dataclass(frozen=True)
class QuestionShown:
    """One question of a card: which profiles and holds it bears on, and the answer so far as JSON."""

    fact: Fact
    bears_on: tuple[str, ...]
    wanted: bool
    value: Any
    why_unknown: str | None

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


@dataclass(frozen=True)
class ReadingShown:
    """The right side of the questions: grades, what is shut, what is open for others to ask."""

    grades: tuple[tuple[str, Grade], ...]
    shut: tuple[Action, ...]
    elsewhere: tuple[str, ...]


@dataclass(frozen=True)
class AskShown:
    """The card to ask now, or none when all is asked; and where the interview stands."""

    number: str
    pack: Pack
    card: str | None
    questions: tuple[QuestionShown, ...]
    cards: tuple[CardShown, ...]
    reading: ReadingShown
    urgent_settled: bool
    complete: bool
    language: str | None
    seen: int


def now_page(work: Work, number: str) -> NowShown:
    """The eight ticks as recorded."""
    case = open_case(work, number, Act.RECORD_URGENT_NEEDS)
    return NowShown(case.number, tuple(case.urgent_needs or ()), case.informed_on is not None)


def registered_as(work: Work, number: str, claim: Any) -> Mapping[str, Any] | None:
    """What registering this case was answered, for the hints on the page that follows it."""
    answer = once.recall(work, claim) if claim is not None else None
    return answer if answer is not None and answer.get("case_number") == number else None


def inform_page(work: Work, number: str) -> InformShown:
    """Which languages the person speaks, and whether the step is already recorded."""
    case = open_case(work, number, Act.INFORM)
    traits = _traits(work, case)
    return InformShown(
        number=case.number,
        pack=readings.pack_of(work, case),
        languages=tuple(traits.get("languages") or ()),
        information=case.information,
        interpreter=traits.get("interpreter"),
    )


def _traits(work: Work, case: Case) -> Mapping[str, Any]:
    person = work.session.get_one(Person, case.person_id, options=load_sealed(Person.traits))
    return person.traits or {}


def ask_page(work: Work, number: str, card: str | None, *, private: bool) -> AskShown:
    """The card named, or else the one to ask next.

    Raises:
        NotInformedYet: questions cannot start before the information step.
        InvalidCommand: no such card, or none that this role may ask.
    """
    case = open_case(work, number, Act.ANSWER)
    if case.informed_on is None:
        raise NotInformedYet
    pack = readings.pack_of(work, case)
    known = readings.known_facts(work, case)
    interview = screening.interview(work, case, private=private)
    if card is not None and card not in _own_cards(pack):
        raise InvalidCommand(field="card")
    shown = card or (interview.card.id if interview.card else None)
    reading = readings.latest_reading(work, case)
    wanted = _wanted(pack, known, private=private)
    return AskShown(
        number=case.number,
        pack=pack,
        card=shown,
        questions=_questions(pack, known, shown, interview, private=private),
        cards=_cards(pack, known, wanted),
        reading=_reading(reading, interview),
        urgent_settled=interview.urgent_settled,
        complete=interview.complete,
        language=(case.information or {}).get("language"),
        seen=newest_answers(work, case),
    )


def newest_answers(work: Work, case: Case) -> int:
    """The sequence of the newest answers: a page made before it is stale."""
    newest = work.session.scalar(select(func.max(Answer.sequence)).where(Answer.case_id == case.id))
    return newest or 0


def _mine(fact: Fact) -> bool:
    return fact.askable and not fact.decided_by and Role.BORDER_OFFICIAL in fact.who


@lru_cache(maxsize=16)
def _own_cards(pack: Pack) -> tuple[str, ...]:
    """The cards on which an official may ask something, in the pack's order."""
    own = {fact.card for fact in pack.facts.values() if _mine(fact)}
    return tuple(sorted(own, key=lambda card: pack.cards[card].order))


def _cards(pack: Pack, known: Facts, wanted: frozenset[str]) -> tuple[CardShown, ...]:
    found = []
    for card in _own_cards(pack):
        own = [f.id for f in pack.facts.values() if f.card == card and _mine(f)]
        found.append(
            CardShown(
                id=card,
                answered=sum(_is_answered(known, fact) for fact in own),
                wanted=sum(fact in wanted for fact in own),
                questions=len(own),
            )
        )
    return tuple(found)


def _is_answered(known: Facts, fact: str) -> bool:
    answer = known.get(fact)
    return answer is not None and (
        answer.value is not None or answer.why is not WhyUnknown.NOT_ASKED
    )


def _wanted(pack: Pack, known: Facts, *, private: bool) -> frozenset[str]:
    """Unanswered questions that somebody must have answered before anything lowers protection."""
    return frozenset(
        fact.id
        for fact in pack.facts.values()
        if _mine(fact)
        and fact.mandatory_for
        and (private or not fact.private)
        and not _is_answered(known, fact.id)
    )


def _questions(
    pack: Pack, known: Facts, card: str | None, interview: Interview, *, private: bool
) -> tuple[QuestionShown, ...]:
    """Every question of the card; first those that decide something now, then the others."""
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
        if fact.card != card or not _mine(fact) or (fact.private and not private):
            continue
        answer = known.get(fact.id)
        why = answer.why if answer is not None else None
        found.append(
            QuestionShown(
                fact=fact,
                bears_on=decides.get(fact.id) or bearing.get(fact.id, ()),
                wanted=fact.id in decides,
                value=None if answer is None else value_to_json(answer.value),
                why_unknown=why.value if why and why is not WhyUnknown.NOT_ASKED else None,
            )
        )
    return tuple(sorted(found, key=lambda q: not q.wanted))


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


def _reading(reading: Reading | None, interview: Interview) -> ReadingShown:
    if reading is None:
        return ReadingShown((), (), interview.elsewhere)
    return ReadingShown(
        grades=tuple((code, profile.grade) for code, profile in reading.profiles.items()),
        shut=tuple(action for action in Action if action in reading.shut),
        elsewhere=interview.elsewhere,
    )
