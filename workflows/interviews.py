"""The private interview at a desk: what a body asks of a person in its care, also after the screening.

The officer confirms the setting before each sitting: the person was told what this is for, and is alone with
the officer and an interpreter who is no companion. Then the cards are those of a post, for another asker.
What other bodies were told is weighed and not shown; what this one records stands beside it
(`workflows.sides`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from config.codes import language_codes
from models.cases import Answer, Case, Hold
from models.vault.sealed import load_sealed
from models.vocabulary import HOLDING, PERSON_PURPOSES, HoldCause
from workflows import (
    cards,
    figures,
    mandates,
    readings,
    screening,
    settling,
    sides,
    talks,
    turned,
)
from workflows.cards import CardShown, QuestionShown
from workflows.casework import LookedUp, open_case
from workflows.errors import InvalidCommand, NotAllowed, NotAllowedNow, NotInformedYet, StillHeld
from workflows.moving import find_referral, resource_of
from workflows.policy import Act, require
from workflows.rules import ask
from workflows.rules.answers import Source
from workflows.rules.askers import Asker
from workflows.rules.pack import Pack
from workflows.rules.values import Facts
from workflows.screening import Screened
from workflows.settling import HeldRow, Keeps
from workflows.work import Work

#: How long a confirmed setting counts: whoever goes on later confirms it anew.
SITTING = timedelta(hours=4)
_MOST_SITTINGS = 40


@dataclass(frozen=True, kw_only=True)
class BeginInterview:
    """That the person was told what this desk asks for, and that the setting is private (INV-19).

    `alone`: nobody hears it but the officer and an interpreter whom the person accepts, who is no companion.
    """

    case_number: str
    language: str
    how: str
    interpreter: str
    understood: bool
    alone: bool


@dataclass(frozen=True, kw_only=True)
class RecordInterview:
    """The answers of one card: fact id to raw value, or why it is unknown.

    `settled`: facts on which recorded answers differed, each with the reason why the one given now is right.
    `seen`: the sequence of the newest answers when the page was made; None for the second part of a page.
    """

    case_number: str
    answers: Mapping[str, Any]
    source: Source = Source.SELF
    settled: Mapping[str, str] = field(default_factory=dict)
    seen: int | None = None


@dataclass(frozen=True)
class InterviewShown:
    """The card to ask now, or none when this body has nothing left to ask; and what is still shut.

    `complete`: this body has asked all it may. `whole`: nobody has anything left to ask. `others`: how many
    questions only somebody else may ask. `seen`: the sequence of the newest answers.
    """

    number: str
    pack: Pack
    card: str | None
    questions: tuple[QuestionShown, ...]
    cards: tuple[CardShown, ...]
    told: tuple[QuestionShown, ...]
    keeps: tuple[Keeps, ...]
    urgent_settled: bool
    complete: bool
    whole: bool
    others: int
    language: str | None
    seen: int
    asked_help: bool = False


@dataclass(frozen=True)
class SittingShown:
    """What the page before the questions knows: the language that the person was told in before."""

    number: str
    pack: Pack
    language: str | None
    begun: bool


def case_of_referral(work: Work, number: str) -> str:
    """The case number of a referral that one of the actor's desks has taken.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    referral = find_referral(work, number)
    work.asked = Act.INTERVIEW
    require(work.actor, Act.READ_PACKET_IDENTITY, resource_of(work, referral))
    return work.session.get_one(Case, referral.case_id).number


class Standing(StrEnum):
    """Whether a body may interview a person: nothing is its to ask, it waits for a guardian, or it may."""

    NOTHING_TO_ASK = "nothing_to_ask"
    GUARDIAN_AWAITED = "guardian_awaited"
    OPEN = "open"


def may_interview(work: Work, found: LookedUp) -> Standing:
    """Whether the actor's body may interview in this case. Shows nothing of the person, logs nothing."""
    case = found.case
    if case.closed_on is not None or not found.may(work.actor, Act.INTERVIEW):
        return Standing.NOTHING_TO_ASK
    pack = readings.pack_of(work, case)
    if not mandates.own_asker(work.session, pack, work.actor.agency_id).facts:
        return Standing.NOTHING_TO_ASK
    with work.computing(case.person_id, *PERSON_PURPOSES):
        awaited = _waits_for_guardian(work, case, pack)
    return Standing.GUARDIAN_AWAITED if awaited else Standing.OPEN


def sitting(work: Work, case_number: str) -> SittingShown:
    """Whether the actor has confirmed the setting, and what is known for the page that does."""
    case, pack, _ = _open(work, case_number)
    now = _sitting(work, case)
    language = (now or case.information or {}).get("language")
    return SittingShown(case.number, pack, language, now is not None)


def begin(work: Work, command: BeginInterview) -> None:
    """Record the information step of this desk and the setting; questions may start only now.

    Raises:
        InvalidCommand: the person is not alone, a companion interprets, or there is no such language.
        NotAllowed, NotAllowedNow, StillHeld: as `record`.
    """
    case, pack, _ = _open(work, command.case_number)
    if not command.alone:
        raise InvalidCommand(field="alone")
    if command.interpreter == "companion":
        raise InvalidCommand(field="interpreter")
    if command.language not in language_codes():
        raise InvalidCommand(field="language")
    told = {
        "at": work.now.isoformat(),
        "by": str(work.actor.user_id),
        "language": command.language,
        "how": command.how,
        "interpreter": command.interpreter,
        "understood": command.understood,
        "alone": True,
        "text_version": pack.version,
    }
    known = case.information or {}
    case.information = {**known, "desk": [*known.get("desk", ()), told][-_MOST_SITTINGS:]}
    if case.informed_on is None:
        case.informed_on = work.now.date()
        with work.computing(case.person_id, *PERSON_PURPOSES):
            figures.record(work, case, language=command.language)
    case.changed_on = work.now.date()
    work.session.flush()


def pause(work: Work, case_number: str) -> None:
    """The person is no longer alone, or the sitting is over: the next question needs the setting anew."""
    case, _, _ = _open(work, case_number)
    known = case.information or {}
    sittings = [
        {**one, "until": work.now.isoformat()} if _counts(work, one) else one
        for one in known.get("desk", ())
    ]
    case.information = {**known, "desk": sittings}
    work.session.flush()


def page(
    work: Work, case_number: str, card: str | None = None, *, lapsed: bool = False
) -> InterviewShown:
    """The card named, or else the one to ask next: urgent goals first, then the rest of the complete screen.

    lapsed: show it also where the sitting has ended, so that what was typed is not lost.

    Raises:
        NotInformedYet: the setting of this sitting is not confirmed.
        InvalidCommand: no such card, or none that this body may ask.
        NotAllowed, NotAllowedNow, StillHeld: as `record`.
    """
    case, pack, mine = _open(work, case_number)
    now = _sitting(work, case)
    if now is None and not lapsed:
        raise NotInformedYet
    if card is not None and card not in cards.own_cards(pack, mine):
        raise InvalidCommand(field="card")
    return _shown(work, case, pack, mine, card, (now or case.information or {}).get("language"))


def _shown(
    work: Work, case: Case, pack: Pack, mine: Asker, card: str | None, language: str | None
) -> InterviewShown:
    known, own = sides.known_and_own(work, case)
    found = ask.interview(
        pack, known, mine.role, private=True, as_of=work.now.date(), only=mine.facts
    )
    listed = cards.cards_of(pack, mine, known, private=True)
    following = found.card.id if found.card else _still_waiting(listed)
    shown = card or following
    reading = readings.latest_reading(work, case)
    alone, asked_help = _on_the_screen(work, case, mine)
    unknown = set(settling.unknown_of_the_screen(pack, known))
    return InterviewShown(
        number=case.number,
        pack=pack,
        card=shown,
        questions=cards.questions(
            pack, mine, known, shown, found, private=True, own=own, alone=alone
        ),
        cards=listed,
        told=cards.told_unasked(pack, mine, known, own),
        keeps=settling.what_keeps(pack, mine, known, reading, _holding(work, case)),
        urgent_settled=found.urgent_settled,
        complete=following is None,
        whole=found.complete and not unknown,
        others=len(unknown - mine.facts),
        language=language,
        seen=screening.next_sequence(work, Answer, case) - 1,
        asked_help=asked_help,
    )


def _on_the_screen(work: Work, case: Case, mine: Asker) -> tuple[Facts, bool]:
    """What the person answered on a turned screen of this body's questions, and whether they asked for help.

    A force learns that there are answers, and not which (protection firewall).
    """
    if not sides.was_turned(work, case):
        return {}, False
    told = sides.told_alone(work, case, read=not work.actor.force)
    asked_help = any(one["help"] for one in turned.contents(work, case))
    return {fact: told[fact] for fact in told if fact in mine.facts}, asked_help


def record(work: Work, command: RecordInterview) -> Screened:
    """Record the answers of a card and assess anew: holds, needs, clocks and figures follow at once.

    Raises:
        NotAllowed: the actor's body has no question of this case to ask.
        NotAllowedNow: the case is closed.
        StillHeld: the asylum body waits for the guardian of a child (INV-27).
        NotInformedYet: the setting of this sitting is not confirmed.
        ChangedMeanwhile: others answered since the page was made.
        InvalidCommand: a fact that is not this body's to ask, or a value outside its kind; `field` names it.
    """
    case, pack, mine = _open(work, command.case_number)
    if _sitting(work, case) is None:
        raise NotInformedYet
    if command.source is Source.DECISION:
        raise InvalidCommand(field="source")
    for fact in command.answers:
        if fact not in mine.facts | mine.told:
            raise InvalidCommand(field=fact)
    for fact, reason in command.settled.items():
        if fact not in command.answers or not reason.strip():
            raise InvalidCommand(field=fact)
    screening.nothing_newer(work, case, command.seen)
    with work.computing(case.person_id, *PERSON_PURPOSES):
        _append(work, case, command)
        screened = screening.take_stock(work, case)
        talks.asked(work, case, pack, mine)
    return screened


def _append(work: Work, case: Case, command: RecordInterview) -> None:
    plain = {f: raw for f, raw in command.answers.items() if f not in command.settled}
    screening.append(work, case, screening.make_statements(work, case, plain, command.source))
    for fact, reason in command.settled.items():
        told = {fact: command.answers[fact]}
        made = screening.make_statements(work, case, told, command.source, settles=True)
        screening.append(work, case, made, said={"settled": {"reason": reason.strip()}})


def _open(work: Work, case_number: str) -> tuple[Case, Pack, Asker]:
    case = open_case(work, case_number, Act.INTERVIEW)
    if case.closed_on is not None:
        raise NotAllowedNow
    pack = readings.pack_of(work, case)
    mine = mandates.own_asker(work.session, pack, work.actor.agency_id)
    if not mine.facts:
        raise NotAllowed
    if _waits_for_guardian(work, case, pack):
        raise StillHeld
    return case, pack, mine


def _waits_for_guardian(work: Work, case: Case, pack: Pack) -> bool:
    """A child is not heard by the asylum body before a guardian is appointed (INV-27)."""
    body = mandates.own_functions(work.session, pack, work.actor.agency_id)
    if "asylum" not in body or "child" in body:
        return False
    return mandates.guardian_awaited(work.session, case, pack)


def _sitting(work: Work, case: Case) -> Mapping[str, Any] | None:
    sittings = (case.information or {}).get("desk", ())
    return next((one for one in reversed(sittings) if _counts(work, one)), None)


def _counts(work: Work, one: Mapping[str, Any]) -> bool:
    """Whether the actor confirmed it a short time ago, and has not ended it."""
    if one["by"] != str(work.actor.user_id) or "until" in one:
        return False
    return work.now - datetime.fromisoformat(one["at"]) < SITTING


def _still_waiting(listed: tuple[CardShown, ...]) -> str | None:
    """The next card of the complete screen, where nothing presses any more."""
    return next((card.id for card in listed if card.wanted), None)


def _holding(work: Work, case: Case) -> list[HeldRow]:
    rows = work.session.scalars(
        select(Hold)
        .where(Hold.case_id == case.id, Hold.state.in_(HOLDING))
        .options(*load_sealed(Hold.content))
    )
    return [
        HeldRow(
            content["code"],
            row.action,
            row.state,
            HoldCause(content["cause"]),
            tuple(content.get("bodies", ())),
        )
        for row in rows
        if (content := row.content or {})
    ]
