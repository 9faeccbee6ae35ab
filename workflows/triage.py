"""Who in a desk's care has no bed yet, and what each needs first.

What somebody needs first is read from the case's needs, what was seen at a glance, answers and age, and told
as neutral signs (`config/data/triage.csv`): nothing that they follow from is shown. To a body that is a force
no signs are told, only the urgency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select

from config.codes import rows
from models.cases import Case
from models.reception import Site, Stay
from models.referrals import Referral
from models.vocabulary import Purpose, StayState, TriageSign, Urgency
from workflows import effects, readings
from workflows.casework import case_resource, keep_origin_out
from workflows.policy import Act, allows
from workflows.sleepers import family_of
from workflows.states import TAKEN
from workflows.work import Work

#: How many persons without a bed a page shows.
MOST = 50
_ADULT = 18
_ROWS = rows("triage")
_FACTS = frozenset(row["code"] for row in _ROWS if row["source"] == "fact")


@dataclass(frozen=True)
class Waiting:
    """Somebody in care without a bed. `signs`: what they need first, the most pressing first.

    `family`: how many others of the family are in care too.
    """

    number: str
    referral: str
    urgency: Urgency
    since: date
    signs: tuple[TriageSign, ...]
    family: int


@dataclass(frozen=True)
class WaitingList:
    """Those shown, the most pressing first; `more`: how many more there are."""

    people: tuple[Waiting, ...]
    more: int


def waiting(work: Work) -> WaitingList:
    """Persons in the care of the actor's desks that keep a site, without a bed: signs, urgency, day."""
    work.allow(Act.VIEW_RECEPTION)
    keeps = select(Site.desk_id).where(Site.desk_id.in_(work.actor.desk_ids))
    has_bed = exists().where(Stay.person_id == Case.person_id, Stay.state != StayState.GONE)
    found = work.session.execute(
        select(Case, Referral)
        .join(Referral, Referral.case_id == Case.id)
        .where(
            Referral.desk_id.in_(keeps),
            Referral.state.in_(list(TAKEN)),
            Case.closed_on.is_(None),
            ~has_bed,
        )
        .order_by(Case.registered_on, Case.number)
    ).all()
    rank = list(Urgency)
    once: dict[UUID, tuple[Case, Referral]] = {}
    for case, referral in found:
        once.setdefault(case.id, (case, referral))
    ordered = sorted(once.values(), key=lambda pair: rank.index(pair[0].urgency))
    people = [_line(work, case, referral) for case, referral in ordered[:MOST]]
    people.sort(key=lambda one: (_first(one.signs), rank.index(one.urgency), one.since))
    return WaitingList(tuple(people), max(len(ordered) - MOST, 0))


def _first(signs: tuple[TriageSign, ...]) -> int:
    return list(TriageSign).index(signs[0]) if signs else len(TriageSign)


def _line(work: Work, case: Case, referral: Referral) -> Waiting:
    return Waiting(
        number=case.number,
        referral=referral.number,
        urgency=case.urgency,
        since=case.registered_on,
        signs=signs_of(work, case),
        family=len(family_of(work, case, referral.desk_id)),
    )


def signs_of(work: Work, case: Case) -> tuple[TriageSign, ...]:
    """What somebody needs first, where the actor may be told: logged for the person, computed, not opened."""
    resource = case_resource(work, case)
    if allows(work.actor, Act.VIEW_TRIAGE, resource) is None:
        return ()
    keep_origin_out(work, case)
    work.allow(Act.VIEW_TRIAGE, resource, person=case.person_id)
    with work.computing(case.person_id, Purpose.IDENTITY, Purpose.PROTECTION, Purpose.MEDICAL):
        found = _codes(work, case)
    signs = {TriageSign(row["sign"]) for row in _ROWS if row["code"] in found[row["source"]]}
    if TriageSign.CHILD_ALONE in signs:
        signs.discard(TriageSign.CHILD)
    return tuple(sign for sign in TriageSign if sign in signs)


def _codes(work: Work, case: Case) -> Mapping[str, frozenset[str]]:
    """By source of the table: what is seen, needed, answered with yes, and the age."""
    facts = readings.known_facts(work, case)
    age = readings.age_of(work, case, facts)
    return {
        "seen": frozenset(case.urgent_needs or ()),
        "need": frozenset(effects.present_needs(work, case)),
        "fact": frozenset(
            code
            for code in _FACTS
            if (known := facts.get(code)) is not None and known.value is True
        ),
        "age": frozenset({"under_18"} if age is not None and (age.lo or 0) < _ADULT else ()),
    }
