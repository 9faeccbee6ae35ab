"""Which earlier words a new one replaces, and which it stands beside.

Who asks is part of what was said: somebody tells a guardian alone what they did not tell a post. Within one
body a later answer of the same source replaces the earlier. Between bodies only an answer that protects more
replaces another's at once; one that protects less stands beside it, the two disagree, and what disagrees is
not known, which protects. An officer who was told that answers differ may settle them, with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from models.accounts import User
from models.cases import Case
from workflows import readings
from workflows.rules.answers import Source, Statement
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.assessment import RuleReading
from workflows.rules.pack_model import Fact
from workflows.rules.values import Facts
from workflows.work import Work

#: In the place of a sealed class: the answer was given to another body.
ELSEWHERE = "elsewhere"
#: Account id as a statement keeps it -> the agency it acts for.
Bodies = Mapping[str, UUID]


def bodies_of(work: Work, statements: Iterable[Statement]) -> Bodies:
    """The agencies of those who recorded the statements, and of the actor."""
    own = str(work.actor.user_id)
    found = {own: work.actor.agency_id}
    others = {s.by for s in statements} - {own}
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
    known = readings.put_together(work, case, said)
    return known, known if len(own) == len(said) else readings.put_together(work, case, own)


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
