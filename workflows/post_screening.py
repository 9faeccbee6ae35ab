"""What the pages of a screening show: the look, the information step, and the questions card by card.

Codes and values only; the words for them are the pack's, found by the door in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from models.cases import Answer, Case
from models.people import Person
from models.vault.sealed import load_sealed
from models.vocabulary import Action, Grade, Role
from workflows import cards, once, readings, screening, sides, turned
from workflows.absence import unless_absent
from workflows.cards import CardShown, QuestionShown
from workflows.casework import open_case
from workflows.errors import InvalidCommand, NotInformedYet
from workflows.policy import Act
from workflows.rules.ask import Interview
from workflows.rules.askers import asker
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.pack import Pack
from workflows.work import Work


@dataclass(frozen=True)
class NowShown:
    """The ticks recorded so far."""

    number: str
    seen: tuple[str, ...]
    informed: bool
    #: Whether what was ticked before can be shown on this machine.
    readable: bool = True


@dataclass(frozen=True)
class InformShown:
    """What is recorded of the information step, and the languages the person speaks."""

    number: str
    pack: Pack
    languages: tuple[str, ...]
    information: Mapping[str, Any] | None
    interpreter: bool | None


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
    #: Whether the person may answer private questions of this card on a turned screen; what was done there.
    can_turn: bool
    turned: turned.Notice


def now_page(work: Work, number: str) -> NowShown:
    """The eight ticks as recorded."""
    case = open_case(work, number, Act.RECORD_URGENT_NEEDS)
    seen = unless_absent(lambda: tuple(case.urgent_needs or ()), None)
    return NowShown(case.number, seen or (), case.informed_on is not None, seen is not None)


def registered_as(work: Work, number: str, claim: Any) -> Mapping[str, Any] | None:
    """What registering this case was answered, for the hints on the page that follows it."""
    answer = once.recall(work, claim) if claim is not None else None
    return answer if answer is not None and answer.get("case_number") == number else None


def inform_page(work: Work, number: str) -> InformShown:
    """Which languages the person speaks, and whether the step is already recorded."""
    case = open_case(work, number, Act.INFORM)
    traits: Mapping[str, Any] = unless_absent(lambda: _traits(work, case), {})
    return InformShown(
        number=case.number,
        pack=readings.pack_of(work, case),
        languages=tuple(traits.get("languages") or ()),
        information=unless_absent(lambda: case.information, None),
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
    # What somebody told a desk alone is weighed here, and not shown.
    known, own = sides.known_and_own(work, case)
    interview = screening.interview(work, case, private=private)
    mine = asker(pack, Role.BORDER_OFFICIAL)
    if card is not None and card not in cards.own_cards(pack, mine):
        raise InvalidCommand(field="card")
    shown = card or (interview.card.id if interview.card else None)
    reading = sides.reading_for(work, case)
    alone = sides.told_alone(work, case, read=False) if sides.was_turned(work, case) else {}
    return AskShown(
        number=case.number,
        pack=pack,
        card=shown,
        questions=cards.questions(
            pack, mine, known, shown, interview, private=private, own=own, alone=alone
        ),
        cards=cards.cards_of(pack, mine, known, private=private),
        reading=_reading(reading, interview),
        urgent_settled=interview.urgent_settled,
        complete=interview.complete,
        language=(case.information or {}).get("language"),
        seen=newest_answers(work, case),
        can_turn=turned.can_turn(pack, shown, known),
        turned=turned.notice(work, case),
    )


def newest_answers(work: Work, case: Case) -> int:
    """The sequence of the newest answers: a page made before it is stale."""
    newest = work.session.scalar(select(func.max(Answer.sequence)).where(Answer.case_id == case.id))
    return newest or 0


def _reading(reading: Reading | None, interview: Interview) -> ReadingShown:
    if reading is None:
        return ReadingShown((), (), interview.elsewhere)
    return ReadingShown(
        grades=tuple((code, profile.grade) for code, profile in reading.profiles.items()),
        shut=tuple(action for action in Action if action in reading.shut),
        elsewhere=interview.elsewhere,
    )
