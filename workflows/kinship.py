"""What persons are to each other: claimed, looked into, found true or false; never more than a claim.

An adult is nobody's guardian by a row here, nor is a child accompanied by one: the rules hear of neither
(INV-28). What is said on one person's page is not shown on the other's, but that a link is proven.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, or_, select

from config.codes import rows
from models.cases import Case
from models.kin import KinLink
from models.vault.sealed import load_sealed
from models.vocabulary import Evidence, LinkState, Purpose, Role, SaidBy
from workflows import apart, readings
from workflows.casework import open_case
from workflows.errors import ChangedMeanwhile, InvalidCommand, LinkNotOurs, NotFound
from workflows.policy import Act
from workflows.work import Work

LONGEST = 500
#: Links that make nobody a companion.
FALSE = frozenset({LinkState.REJECTED, LinkState.FALSELY_ATTRIBUTED})
#: What is not said without anything to show for it.
_NEEDS_EVIDENCE = frozenset({LinkState.VERIFIED, LinkState.FALSELY_ATTRIBUTED})
_ADULT = 18
#: Who stands above whom by a relationship: +1, the person is above the other.
_ABOVE = {"parent": 1, "grandparent": 1, "child": -1, "grandchild": -1}
_KIN = {row["code"]: row["kin"] for row in rows("relationships")}


@dataclass(frozen=True, kw_only=True)
class ClaimLink:
    """That the person of a case is, as claimed, the `relationship` of the person of another."""

    case_number: str
    other: str
    relationship: str
    said_by: SaidBy = SaidBy.SELF


@dataclass(frozen=True, kw_only=True)
class ChangeLink:
    """How far a claimed link is known now, by what, and who said so. `version` is that of the page."""

    case_number: str
    link_id: UUID
    state: LinkState
    said_by: SaidBy
    evidence: Evidence = Evidence.NOTHING
    says: str = ""
    version: int


@dataclass(frozen=True)
class SaidShown:
    """One thing that was said or found of a link, on this person's page."""

    state: LinkState
    said_by: SaidBy
    evidence: Evidence
    says: str
    on: date


@dataclass(frozen=True)
class LinkShown:
    """A link of a person. `forward`: the person is the relationship of the other; else the other of them."""

    id: UUID
    other: str
    relationship: str
    forward: bool
    state: LinkState
    said: tuple[SaidShown, ...]
    version: int


def claim(
    work: Work, person: UUID, other: UUID, relationship: str, said_by: SaidBy = SaidBy.SELF
) -> KinLink:
    """Keep that one person is said to be something to another. The caller may see both.

    Raises:
        InvalidCommand: oneself, or a circle: nobody stands above somebody who stands above them.
    """
    if person == other:
        raise InvalidCommand(field="relationship")
    _no_circle(work, person, other, relationship)
    row: KinLink | None = work.session.scalar(_between(person, other))
    if row is None:
        row = KinLink(id=uuid4(), person_id=person, other_id=other, state=LinkState.PENDING)
        row.recorded_by, row.recorded_on = work.actor.user_id, work.now.date()
        work.session.add(row)
        row.claim = {"relationship": relationship, "history": []}
    with work.computing(person, Purpose.IDENTITY):
        known = row.claim or {}
        if known.get("relationship") != relationship:
            row.state = LinkState.PENDING
        said = _said(work, row.state, person, said_by, Evidence.NOTHING, "")
        row.claim = {"relationship": relationship, "history": [*known.get("history", []), said]}
    work.session.flush()
    return row


def _between(person: UUID, other: UUID) -> Any:
    return (
        select(KinLink)
        .where(KinLink.person_id == person, KinLink.other_id == other)
        .options(*load_sealed(KinLink.claim))
    )


def _said(
    work: Work, state: LinkState, about: UUID, said_by: SaidBy, evidence: Evidence, says: str
) -> dict[str, str]:
    return {
        "state": state.value,
        "at": work.now.isoformat(),
        "on": about.hex,
        "said_by": said_by.value,
        "evidence": evidence.value,
        "says": says.strip()[:LONGEST],
    }


def claim_for(work: Work, command: ClaimLink) -> UUID:
    """Record a claimed relationship of two persons who are registered; the link's id.

    Raises:
        InvalidCommand: as `claim`, or no such case that the actor may see.
    """
    case = open_case(work, command.case_number, Act.KEEP_GROUP)
    try:
        other = open_case(work, command.other, Act.VIEW_CASE)
    except NotFound:
        raise InvalidCommand(field="other") from None
    if other.person_id in apart.hidden_from(work, case.person_id):
        raise InvalidCommand(field="other")
    case.changed_on = work.now.date()
    made = claim(work, case.person_id, other.person_id, command.relationship, command.said_by)
    return made.id


def change(work: Work, command: ChangeLink) -> None:
    """Say how far a link is known. What was said before stays in its history.

    Raises:
        NotFound: no such link of this person.
        ChangedMeanwhile: somebody else changed it since the page was shown.
        InvalidCommand: verified, or found false, with nothing to show for it.
        LinkNotOurs: a child's link to an adult is verified by a desk alone.
    """
    case = open_case(work, command.case_number, Act.KEEP_GROUP)
    row = work.session.get(KinLink, command.link_id)
    if row is None or case.person_id not in (row.person_id, row.other_id):
        raise NotFound
    if _other_of(row, case.person_id) in apart.hidden_from(work, case.person_id):
        raise NotFound
    if row.version != command.version:
        raise ChangedMeanwhile
    if command.state in _NEEDS_EVIDENCE and command.evidence is Evidence.NOTHING:
        raise InvalidCommand(field="evidence")
    if command.state is LinkState.VERIFIED and work.actor.role is not Role.PROTECTION_OFFICER:
        _not_of_a_child(work, row)
    settle(
        work, row, case.person_id, command.state, command.said_by, command.evidence, command.says
    )
    case.changed_on = work.now.date()


def settle(
    work: Work,
    row: KinLink,
    about: UUID,
    state: LinkState,
    said_by: SaidBy,
    evidence: Evidence,
    says: str = "",
) -> None:
    """Write a state with its history; the caller may."""
    with work.computing(row.person_id, Purpose.IDENTITY):
        known = row.claim or {}
        said = _said(work, state, about, said_by, evidence, says)
        row.claim = {**known, "history": [*known.get("history", []), said]}
    row.state = state
    work.session.flush()


def _not_of_a_child(work: Work, row: KinLink) -> None:
    """A post finds nobody to be a child's parent: both must be known to be of age."""
    for person in (row.person_id, row.other_id):
        if not is_adult(work, person):
            raise LinkNotOurs


def is_adult(work: Work, person: UUID) -> bool:
    """Whether somebody is of age as far as is known; not known is no. Computed, not shown."""
    with work.beyond():
        case = work.session.scalar(
            select(Case)
            .where(Case.person_id == person)
            .order_by(Case.registered_on.desc())
            .limit(1)
        )
        if case is None:
            return False
        with work.computing(person, Purpose.IDENTITY, Purpose.PROTECTION, Purpose.LEGAL):
            age = readings.age_of(work, case)
    return age is not None and age.lo is not None and age.lo >= _ADULT


def states_between(work: Work, person: UUID, others: Iterable[UUID]) -> dict[UUID, set[LinkState]]:
    """How far the links of a person to each of some others are known. Opens nothing."""
    wanted = list(others)
    found: dict[UUID, set[LinkState]] = {one: set() for one in wanted}
    if not wanted:
        return found
    with work.beyond():
        rows = work.session.execute(
            select(KinLink.person_id, KinLink.other_id, KinLink.state).where(_of(person, wanted))
        ).all()
    for one, other, state in rows:
        found[other if one == person else one].add(state)
    return found


def all_false(work: Work, person: UUID, other: UUID, says: str) -> None:
    """Every link of two persons is found false: one is a stranger to the other."""
    for row in work.session.scalars(
        select(KinLink).where(_of(person, [other])).options(*load_sealed(KinLink.claim))
    ):
        settle(
            work, row, person, LinkState.REJECTED, SaidBy.OFFICIAL, Evidence.SEPARATE_TALKS, says
        )


def _of(person: UUID, others: list[UUID]) -> ColumnElement[bool]:
    return or_(
        and_(KinLink.person_id == person, KinLink.other_id.in_(others)),
        and_(KinLink.other_id == person, KinLink.person_id.in_(others)),
    )


def _other_of(row: KinLink, person: UUID) -> UUID:
    return row.other_id if row.person_id == person else row.person_id


def links_of(work: Work, case: Case) -> tuple[LinkShown, ...]:
    """The links of a person as their own page may show them. The caller's act granted identity."""
    person = case.person_id
    hidden = apart.hidden_from(work, person)
    with work.beyond():
        found = work.session.scalars(
            select(KinLink)
            .where(or_(KinLink.person_id == person, KinLink.other_id == person))
            .options(*load_sealed(KinLink.claim))
        ).all()
        others = {_other_of(row, person) for row in found} - hidden
        rows = work.session.execute(
            select(Case.person_id, Case.number)
            .where(Case.person_id.in_(others))
            .order_by(Case.registered_on)
        ).all()
        numbers = {row.person_id: row.number for row in rows}
        shown = [
            _shown(work, row, person, numbers[_other_of(row, person)])
            for row in found
            if _other_of(row, person) in numbers
        ]
    return tuple(sorted(shown, key=lambda one: (one.other, not one.forward)))


def _shown(work: Work, row: KinLink, person: UUID, other: str) -> LinkShown:
    if row.person_id == person:
        content: Mapping[str, Any] = row.claim or {}
    else:
        # The relationship was claimed for both of them; what else the other said is not opened.
        with work.computing(row.person_id, Purpose.IDENTITY):
            content = row.claim or {}
    history = list(content.get("history", []))
    own = [one for one in history if one["on"] == person.hex]
    state = LinkState(own[-1]["state"]) if own else LinkState.PENDING
    return LinkShown(
        id=row.id,
        other=other,
        relationship=str(content.get("relationship", "U")),
        forward=row.person_id == person,
        # That a link is proven is shown to both; whatever else one of them said stays on their own page.
        state=LinkState.VERIFIED if row.state is LinkState.VERIFIED else state,
        said=tuple(_said_shown(one) for one in own),
        version=row.version,
    )


def _said_shown(said: Mapping[str, str]) -> SaidShown:
    return SaidShown(
        LinkState(said["state"]),
        SaidBy(said["said_by"]),
        Evidence(said["evidence"]),
        said["says"],
        date.fromisoformat(said["at"][:10]),
    )


def _no_circle(work: Work, person: UUID, other: UUID, relationship: str) -> None:
    """Raise `InvalidCommand` where somebody would stand above themselves. Computed, not shown."""
    step = _ABOVE.get(_KIN.get(relationship, ""))
    if step is None:
        return
    high, low = (person, other) if step > 0 else (other, person)
    # From the lower one downwards: whoever stands above must not be met.
    seen, edge = {low}, [low]
    while edge:
        edge = [one for one in _below(work, edge) if one not in seen]
        if high in edge:
            raise InvalidCommand(field="relationship")
        seen.update(edge)


def _below(work: Work, persons: list[UUID]) -> list[UUID]:
    """Those who are said to be children or grandchildren of some persons."""
    with work.beyond():
        found = work.session.scalars(
            select(KinLink)
            .where(
                or_(KinLink.person_id.in_(persons), KinLink.other_id.in_(persons)),
                KinLink.state.not_in(list(FALSE)),
            )
            .options(*load_sealed(KinLink.claim))
        ).all()
        below = []
        for row in found:
            with work.computing(row.person_id, Purpose.IDENTITY):
                step = _ABOVE.get(_KIN.get((row.claim or {}).get("relationship", ""), ""))
            if step is None:
                continue
            high, low = (row.person_id, row.other_id) if step > 0 else (row.other_id, row.person_id)
            if high in persons:
                below.append(low)
    return below
