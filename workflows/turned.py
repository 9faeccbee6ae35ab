"""The turned screen: a person answers there alone, and nobody at the post learns what.

The official's session is locked as long as the screen is in the person's hands: what they hold opens the
pages of this module and nothing else. Answers count at once for safeguards and urgency (`workflows.sides`);
they are read by a civil desk that has the person in care and may ask the question. Whatever was pressed but
*stop*, the case then needs a private talk with a protection officer, so that asking for help without saying
why looks the same from outside as any answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import select

from models.cases import Case
from models.turned import TurnedScreen
from models.vault.factors import new_token
from models.vault.sealed import load_sealed
from models.vocabulary import PERSON_PURPOSES, NeedState, Purpose, Role, TaskKind
from workflows import cards, effects, figures, readings, screening, sessions, sides
from workflows.accounts import SYSTEM_ACTOR, digest
from workflows.casework import case_resource, open_case
from workflows.errors import InvalidCommand, NotFound, NotInformedYet
from workflows.policy import Act
from workflows.rules.answers import Source, Statement, live, parse_value
from workflows.rules.askers import asker
from workflows.rules.pack import Pack
from workflows.rules.values import Facts
from workflows.work import Work

#: How long a screen stays with the person after it was last touched.
LASTS = timedelta(minutes=20)
#: The answers that can be touched.
ANSWERS = ("yes", "no", "does_not_know", "declined")
Wish = Literal["help", "interpreter"]


@dataclass(frozen=True, kw_only=True)
class TurnScreen:
    """Hand the screen over for the private questions of one card. `language`: a locale of the pack."""

    case_number: str
    card: str
    language: str
    large: bool = False


@dataclass(frozen=True)
class TurnShown:
    """What would be asked if the screen were turned now, and the language the person was told in."""

    number: str
    pack: Pack
    card: str
    facts: tuple[str, ...]
    language: str | None


@dataclass(frozen=True)
class ScreenShown:
    """What the person sees: the question to answer now. `case_number` is for who takes the screen back."""

    pack: Pack
    case_number: str
    card: str
    fact: str
    at: int
    of: int
    language: str
    large: bool
    help: bool
    interpreter: bool


@dataclass(frozen=True)
class Over:
    """A screen that goes back: in which language to say so, and where the official goes on."""

    pack: Pack
    case_number: str
    card: str
    language: str


@dataclass(frozen=True)
class Notice:
    """What the post is told: that something was pressed, and whether another interpreter is wished."""

    answered: bool
    interpreter: bool


def offered(work: Work, number: str, card: str) -> TurnShown:
    """The private questions of a card that nobody has answered yet.

    Raises:
        NotInformedYet: the information step is missing.
        InvalidCommand: there is no such card, or nothing of it can be answered on a screen.
    """
    case = open_case(work, number, Act.TURN_SCREEN)
    if case.informed_on is None:
        raise NotInformedYet
    pack = readings.pack_of(work, case)
    facts = _askable(pack, card, sides.known_for(work, case))
    if not facts:
        raise InvalidCommand(field="card")
    return TurnShown(case.number, pack, card, facts, (case.information or {}).get("language"))


def can_turn(pack: Pack, card: str | None, known: Facts) -> bool:
    """Whether a card has a question that can be answered on a turned screen."""
    return card is not None and bool(_askable(pack, card, known))


def _askable(pack: Pack, card: str, known: Facts) -> tuple[str, ...]:
    mine = asker(pack, Role.BORDER_OFFICIAL).facts
    return tuple(
        fact.id
        for fact in pack.facts.values()
        if fact.card == card
        and fact.id in mine
        and fact.kind == "yes-no"
        and fact.private
        and not fact.observed
        and not cards.is_answered(known, fact.id)
    )


def turn(work: Work, command: TurnScreen) -> str:
    """Lock the official's session and open the screen for the person; returns its token.

    Raises:
        NotInformedYet, InvalidCommand: as `offered`; or there is no such language.
    """
    shown = offered(work, command.case_number, command.card)
    if command.language not in shown.pack.texts:
        raise InvalidCommand(field="language")
    session = work.actor.session_id
    if session is None:
        # Machines have no screen to turn.
        raise NotFound
    case = work.session.scalars(select(Case).where(Case.number == shown.number)).one()
    sessions.take_back(work, session)
    token = new_token()
    row = TurnedScreen(
        id=uuid4(),
        token_sha256=digest(token),
        case_id=case.id,
        person_id=case.person_id,
        handed_by=work.actor.user_id,
        session_id=session,
        turned_on=work.now.date(),
        expires_at=work.now + LASTS,
        ended=False,
    )
    work.session.add(row)
    row.content = {
        "facts": list(shown.facts),
        "at": 0,
        "card": command.card,
        "language": command.language,
        "large": command.large,
        "answered": 0,
        "help": False,
        "interpreter": False,
    }
    sessions.lock(work)
    return token


def page(work: Work, token: str) -> ScreenShown | None:
    """What the person sees now; None: nothing was handed over, all is answered, or time is up."""
    found = _opened(work, token)
    return None if found is None else _shown(work, *found)


def over(work: Work, token: str) -> Over | None:
    """Of a screen that is over, what the page says that takes it back."""
    row = work.session.scalar(
        select(TurnedScreen).where(TurnedScreen.token_sha256 == digest(token))
    )
    if row is None:
        return None
    case = work.session.get_one(Case, row.case_id)
    with work.computing(case.person_id, Purpose.PROTECTION):
        said = row.content or {}
    pack = readings.pack_of(work, case)
    return Over(pack, case.number, said.get("card", ""), said.get("language", "en"))


def answer(work: Work, token: str, at: int, word: str) -> None:
    """Take the answer to the question in sight. One that was pressed twice counts once.

    Raises:
        NotFound: the screen is over.
        InvalidCommand: it is none of the answers that can be touched.
        ChangedMeanwhile: another touch came first.
    """
    row, case, said = _required(work, token)
    if word not in ANSWERS:
        raise InvalidCommand(field="answer")
    if at != said["at"]:
        return
    _record(work, row, case, said["facts"][at], word)
    # After the last the screen is over: whoever takes it can change nothing.
    row.ended = at + 1 == len(said["facts"])
    _keep(work, row, {**said, "at": at + 1, "answered": said["answered"] + 1})
    _needs_a_talk(work, case)


def again(work: Work, token: str) -> None:
    """Go back to the question before; the answer given then stands until another takes its place."""
    row, _, said = _required(work, token)
    if said["at"]:
        _keep(work, row, {**said, "at": said["at"] - 1})


def wish(work: Work, token: str, what: Wish) -> None:
    """Ask for help without saying why, or for another interpreter. The questions go on."""
    row, case, said = _required(work, token)
    _keep(work, row, {**said, what: True})
    if what == "help":
        _needs_a_talk(work, case)


def stop(work: Work, token: str) -> None:
    """Enough: the rest stays unanswered, and nothing is pressed out of it."""
    row, _, said = _required(work, token)
    row.ended = True
    _keep(work, row, said)


def notice(work: Work, case: Case) -> Notice:
    """What the post may know of screens that were turned in a case. The caller may open protection."""
    found = contents(work, case)
    return Notice(
        answered=any(one["answered"] or one["help"] for one in found),
        interpreter=any(one["interpreter"] for one in found),
    )


def contents(work: Work, case: Case) -> list[Mapping[str, Any]]:
    """Whatever was pressed on the screens of a case; for a desk. The caller may open protection."""
    rows = work.session.scalars(
        select(TurnedScreen)
        .where(TurnedScreen.case_id == case.id)
        .options(*load_sealed(TurnedScreen.content))
    )
    return [content for row in rows if (content := row.content)]


def _opened(work: Work, token: str) -> tuple[TurnedScreen, Case, Mapping[str, Any]] | None:
    """The screen of a token, under the rule for the person who holds it. The work is theirs from here on."""
    row = work.session.scalar(
        select(TurnedScreen).where(TurnedScreen.token_sha256 == digest(token))
    )
    if row is None or row.ended or row.expires_at <= work.now:
        return None
    work.actor = replace(SYSTEM_ACTOR, session_id=row.id)
    case = work.session.get_one(Case, row.case_id)
    if case.screened_on is not None:
        return None
    resource = replace(case_resource(work, case), screen_id=row.id)
    work.allow(Act.ANSWER_ALONE, resource, person=case.person_id)
    with work.computing(case.person_id, Purpose.PROTECTION):
        said = row.content or {}
    return row, case, said


def _required(work: Work, token: str) -> tuple[TurnedScreen, Case, Mapping[str, Any]]:
    found = _opened(work, token)
    if found is None:
        raise NotFound
    return found


def _shown(work: Work, _row: TurnedScreen, case: Case, said: Mapping[str, Any]) -> ScreenShown:
    facts, at = said["facts"], said["at"]
    return ScreenShown(
        pack=readings.pack_of(work, case),
        case_number=case.number,
        card=said["card"],
        fact=facts[at],
        at=at,
        of=len(facts),
        language=said["language"],
        large=said["large"],
        help=said["help"],
        interpreter=said["interpreter"],
    )


def _keep(work: Work, row: TurnedScreen, content: Mapping[str, Any]) -> None:
    with work.computing(row.person_id, Purpose.PROTECTION):
        row.content = dict(content)
    row.expires_at = work.now + LASTS
    work.session.flush()


def _record(work: Work, row: TurnedScreen, case: Case, fact: str, word: str) -> None:
    """Add the statement of the person alone. It replaces their own earlier one, and nobody else's."""
    pack = readings.pack_of(work, case)
    value, why = parse_value(pack.facts[fact], word)
    said = Statement(fact, value, why, Source.SELF, work.now, sides.PERSON, uuid4().hex[:12])
    closed = not work.vault.opens(case.person_id, PERSON_PURPOSES)
    if closed:
        # Where answers are not read back, this one is kept all the same, and weighed where they are.
        screening.append(work, case, [said], recorded_by=row.handed_by)
        return
    with work.computing(case.person_id, *PERSON_PURPOSES):
        own = [
            old
            for old in live(readings.statements(work, case))
            if old.fact == fact and old.by == sides.PERSON
        ]
        if own:
            said = replace(said, supersedes=own[-1].id)
        screening.append(work, case, [said], recorded_by=row.handed_by)
        screening.take_stock(work, case)


def _needs_a_talk(work: Work, case: Case) -> None:
    """The private talk becomes a need of the case, and somebody beside the official is given the task."""
    pack = readings.pack_of(work, case)
    with work.computing(case.person_id, *PERSON_PURPOSES):
        present = effects.present_needs(work, case)
        if sides.TALK not in pack.needs:
            return
        if sides.TALK not in present:
            effects.open_need(work, case, sides.TALK)
            work.session.flush()
            figures.record_needs(work, case)
        elif present[sides.TALK].state is not NeedState.OPEN:
            return
    effects.open_task(
        work, case, TaskKind.CHOOSE_ANOTHER_DESK, Role.SUPERVISOR, pack.needs[sides.TALK].urgency
    )
