"""Which earlier words a new one replaces, and which it stands beside.

Who asks is part of what was said: somebody tells a guardian alone what they did not tell a post. Within one
body a later answer of the same source replaces the earlier. Between bodies only an answer that protects more
replaces another's at once; one that protects less stands beside it, the two disagree, and what disagrees is
not known, which protects. An officer who was told that answers differ may settle them, with a reason.

What a person answered alone, on a turned screen, has no body: at the post and its agency it is *restricted*,
as not known as before, so that nothing that is shown or sent there depends on it. A civil desk that has the
person in care, and may ask the question, reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from models.accounts import User
from models.cases import Case
from models.turned import TurnedScreen
from models.vocabulary import Role
from workflows import readings
from workflows.rules.answers import Source, Statement, WhyUnknown, live, merge
from workflows.rules.assess import assess
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.assessment import RuleReading
from workflows.rules.pack_model import Fact
from workflows.rules.values import Answer, Facts
from workflows.work import Work

#: In the place of a sealed class: the answer was given to another body.
ELSEWHERE = "elsewhere"
#: In the place of an account: the person alone, on a turned screen.
PERSON = str(UUID(int=1))
#: The need that follows from a turned screen, whatever was answered there.
TALK = "specialist_screening"
_AT_POST = frozenset({Role.BORDER_OFFICIAL, Role.SUPERVISOR})
#: Account id as a statement keeps it -> the agency it acts for.
Bodies = Mapping[str, UUID]


def bodies_of(work: Work, statements: Iterable[Statement]) -> Bodies:
    """The agencies of those who recorded the statements, and of the actor."""
    own = str(work.actor.user_id)
    found = {own: work.actor.agency_id}
    others = {s.by for s in statements} - {own, PERSON}
    if others:
        rows = work.session.execute(
            select(User.id, User.agency_id).where(User.id.in_([UUID(by) for by in others]))
        )
        found |= {str(id_): agency for id_, agency in rows}
    return found


def known_and_own(work: Work, case: Case) -> tuple[Facts, Facts]:
    """What is known of the person, and what of it the actor's own body recorded. Opens the answers."""
    said = readings.statements(work, case)
    bodies = bodies_of(work, said)
    own = [s for s in said if bodies.get(s.by) == work.actor.agency_id]
    said = covered(said) if work.actor.role in _AT_POST else said
    known = readings.put_together(work, case, said)
    return known, known if len(own) == len(said) else readings.put_together(work, case, own)


def is_covered(work: Work, case: Case) -> bool:
    """Whether something of the case is covered for this actor."""
    return work.actor.role in _AT_POST and was_turned(work, case)


def was_turned(work: Work, case: Case) -> bool:
    """Whether a screen was ever turned in a case: only then can anything of it be covered."""
    query = select(TurnedScreen.id).where(TurnedScreen.case_id == case.id).limit(1)
    return work.session.scalar(query) is not None


def covered(said: Iterable[Statement]) -> list[Statement]:
    """The statements with what was told the screen alone as not known: the same whatever was answered."""
    return [
        replace(s, value=None, why_unknown=WhyUnknown.RESTRICTED) if s.by == PERSON else s
        for s in said
    ]


def told_to(work: Work, said: Iterable[Statement]) -> list[Statement]:
    """The statements as far as the actor may read them out."""
    return covered(said) if work.actor.role in _AT_POST else list(said)


def known_for(work: Work, case: Case) -> Facts:
    """What is known of the person, as far as the actor's pages may rest on it. Opens the answers."""
    said = readings.statements(work, case)
    return readings.put_together(work, case, covered(said) if work.actor.role in _AT_POST else said)


def known_to_all(work: Work, case: Case) -> Facts:
    """What is known without what was told a turned screen: all that is sent rests on this alone."""
    return readings.put_together(work, case, covered(readings.statements(work, case)))


def reading_for(work: Work, case: Case) -> Reading | None:
    """The newest reading, as far as the actor's pages may rest on it. Opens it."""
    latest = readings.latest_reading(work, case)
    at_post = work.actor.role in _AT_POST
    return reading_for_all(work, case, latest) if at_post and latest is not None else latest


def reading_for_all(work: Work, case: Case, reading: Reading) -> Reading:
    """A reading without what was told a turned screen. Needs and clocks follow from this one: what a post
    sends, or is told to hurry with, must not tell what was answered.
    """
    if not was_turned(work, case):
        return reading
    return assess(readings.pack_of(work, case), known_to_all(work, case), work.now.date())


def told_alone(work: Work, case: Case, *, read: bool) -> Mapping[str, Answer]:
    """What was answered on a turned screen, by fact; `read`: with what it was, else that it was alone."""
    said = [s for s in live(readings.statements(work, case)) if s.by == PERSON]
    return merge(said if read else covered(said))


def as_shown(work: Work, case: Case, reading: Reading) -> Reading:
    """A reading without the values of answers that another body alone recorded.

    What it comes to stays: whoever must act on it has to know that. Opens the answers.
    """
    said = readings.statements(work, case)
    bodies = bodies_of(work, said)
    others = {s.id for s in said if bodies.get(s.by) != work.actor.agency_id}
    if not others:
        return reading
    profiles = {
        code: profile._replace(because=tuple(_covered(rule, others) for rule in profile.because))
        for code, profile in reading.profiles.items()
    }
    return replace(reading, profiles=profiles)


def _covered(rule: RuleReading, others: set[str]) -> RuleReading:
    answers = [
        used._replace(restricted=used.restricted or ELSEWHERE)
        if others & set(used.statements)
        else used
        for used in rule.answers
    ]
    return rule._replace(answers=tuple(answers))


def replaced(
    fact: Fact, said: Statement, before: Iterable[Statement], bodies: Bodies, *, settles: bool
) -> list[str | None]:
    """The ids of the live statements about `fact` that `said` replaces; empty: it only adds.

    settles: everything that says otherwise is replaced, but never a body's decision.
    """
    return [
        old.id
        for old in before
        if (old.source is said.source and _same_side(fact, said, old, bodies))
        or (settles and old.source is not Source.DECISION and old.value != said.value)
    ]


def _same_side(fact: Fact, said: Statement, old: Statement, bodies: Bodies) -> bool:
    if bodies.get(old.by) == bodies.get(said.by):
        return True
    if old.source is Source.DECISION or old.value is None:
        return False
    return _protects(fact, said)


def _protects(fact: Fact, said: Statement) -> bool:
    """Whether a yes or no is the answer that the pack calls protective, and no other is."""
    if not isinstance(said.value, bool):
        return False
    return fact.protective == ("yes" if said.value else "no",)
