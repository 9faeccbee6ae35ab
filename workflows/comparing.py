"""Two records that may be of one person, beside each other, and what speaks against putting them together.

Looking changes nothing. Both records are opened under the policy, and the log of each says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from models.approvals import Approval
from models.cases import Case
from models.merging import PersonMerge
from models.network import Post
from models.people import Membership, Person
from models.rights import ErasureProposal
from models.vault.sealed import load_sealed
from models.vocabulary import MergeState, ProposalState
from workflows import apart
from workflows.caring import in_care
from workflows.casework import case_resource, open_case
from workflows.lineage import STANDING
from workflows.names.keys import query_keys
from workflows.policy import Act, require
from workflows.restrictions import is_restricted
from workflows.search import Similar, compared, years_of
from workflows.side_by_side import Compared, Record, compare
from workflows.visibility import cases_for
from workflows.work import Work

#: How many persons the index may name, and how many of them are opened.
_NAMED, _OPENED = 150, 15


class WhyApart(StrEnum):
    """Why two records may not stand as one."""

    SAME_RECORD = "same_record"
    OTHER_AGENCY = "other_agency"
    CAME_TOGETHER = "came_together"
    KEPT_APART = "kept_apart"
    OBJECTED = "objected"
    BEING_ERASED = "being_erased"
    JOINED_ALREADY = "joined_already"


@dataclass(frozen=True)
class Half:
    """One of the two records: where and when it was made, and by which number it goes."""

    case_number: str
    registered_on: date
    post: Mapping[str, str]


@dataclass(frozen=True)
class Pair:
    """Two records beside each other, and what speaks against putting them together."""

    left: Half
    right: Half
    fields: tuple[Compared, ...]
    against: tuple[WhyApart, ...]


def candidates(work: Work, number: str) -> Similar:
    """Who in the care of the actor's desks is perhaps the same person; elsewhere, only how many.

    Raises:
        NotFound: not in the care of the actor's desk.
    """
    case, _ = in_care(work, number, Act.COMPARE_RECORDS)
    rule = require(work.actor, Act.COMPARE_RECORDS, case_resource(work, case))
    person = work.session.get_one(
        Person, case.person_id, options=load_sealed(Person.names, Person.birth)
    )
    texts = [form["text"] for form in person.names or ()]
    years = years_of(person.birth or {})
    pairs = [key for text in texts for key in query_keys(text, years).pairs]
    named = [
        one
        for one in work.index.lookup(work.session, pairs, weak=[], limit=_NAMED)
        if one != person.id and not apart.between(work, one, person.id)
    ]
    if not named:
        return Similar((), 0)
    mine = select(Case.person_id, Case.number, Case.registered_on).where(
        Case.person_id.in_(named), cases_for(work.actor, Act.COMPARE_RECORDS)
    )
    place = {one: at for at, one in enumerate(named)}
    rows = sorted(work.session.execute(mine).all(), key=lambda row: place[row.person_id])
    cases = {row.person_id: (row.number, row.registered_on) for row in rows[:_OPENED]}
    known = {row.person_id for row in rows}
    with work.beyond():
        everywhere = set(
            work.session.scalars(select(Case.person_id).where(Case.person_id.in_(named)))
        )
    hints = compared(work, texts, years, cases, rule.purposes)
    return Similar(hints, len(everywhere - known))


def side_by_side(work: Work, number: str, other: str) -> Pair:
    """The record of a case in care beside another, both opened and logged.

    Raises:
        BadCaseNumber, NotFound: no such case, or not in the care of the actor's desk.
    """
    left, _ = in_care(work, number, Act.COMPARE_RECORDS)
    right = open_case(work, other, Act.COMPARE_RECORDS)
    return pair_of(work, left, right)


def pair_of(work: Work, left: Case, right: Case, *, besides: UUID | None = None) -> Pair:
    """Two opened cases beside each other. `besides`: a statement on both that does not count against it."""
    return Pair(
        left=_half(work, left),
        right=_half(work, right),
        fields=compare(_record(work, left), _record(work, right)),
        against=tuple(against(work, left, right, besides=besides)),
    )


def _half(work: Work, case: Case) -> Half:
    post = work.session.get_one(Post, case.post_id)
    return Half(case.number, case.registered_on, post.names)


def _record(work: Work, case: Case) -> Record:
    person = work.session.get_one(
        Person,
        case.person_id,
        options=load_sealed(Person.names, Person.birth, Person.traits, Person.documents),
    )
    traits = person.traits or {}
    return Record(
        names=tuple(form["text"] for form in person.names or ()),
        birth=person.birth or {},
        sex=str(traits.get("sex", "U")),
        nationalities=tuple(traits.get("nationalities", ())),
        languages=tuple(traits.get("languages", ())),
        documents=tuple(person.documents or ()),
        years=years_of(person.birth or {}),
    )


def against(
    work: Work, left: Case, right: Case, *, besides: UUID | None = None
) -> Iterator[WhyApart]:
    """What makes it unsafe, whatever the records say. `besides`: the statement that asks."""
    both = (left.person_id, right.person_id)
    if left.person_id == right.person_id:
        yield WhyApart.SAME_RECORD
        return
    if left.agency_id != right.agency_id:
        yield WhyApart.OTHER_AGENCY
    if _came_together(work, *both):
        yield WhyApart.CAME_TOGETHER
    if apart.between(work, *both):
        yield WhyApart.KEPT_APART
    if any(is_restricted(work, person) for person in both):
        yield WhyApart.OBJECTED
    erasing = exists().where(
        ErasureProposal.person_id.in_(both), ErasureProposal.state == ProposalState.OPEN
    )
    if work.session.scalar(select(erasing)):
        yield WhyApart.BEING_ERASED
    if _taken(work, both, besides):
        yield WhyApart.JOINED_ALREADY


def _came_together(work: Work, one: UUID, other: UUID) -> bool:
    """Two who travel in one group were seen beside each other: they are two."""
    first, second = aliased(Membership), aliased(Membership)
    together = exists().where(
        first.person_id == one, second.person_id == other, first.group_id == second.group_id
    )
    with work.beyond():
        return bool(work.session.scalar(select(together)))


def _taken(work: Work, both: tuple[UUID, UUID], besides: UUID | None) -> bool:
    """Whether one of them is in another statement in a way that a second would tangle.

    A leading record may take in several; one that is joined belongs to one statement, and leads none.
    """
    rows = work.session.scalars(
        select(PersonMerge).where(
            or_(PersonMerge.person_id.in_(both), PersonMerge.other_person_id.in_(both)),
            PersonMerge.state.in_((MergeState.PROPOSED, *STANDING)),
        )
    ).all()
    others = [row for row in rows if row.id != besides and not is_over(work, row)]
    leading = {row.person_id for row in others}
    return any(row.other_person_id in both for row in others) or len(leading & set(both)) > 1


def is_over(work: Work, row: PersonMerge) -> bool:
    """Whether a request has run out before another account answered it here."""
    if row.state not in (MergeState.PROPOSED, MergeState.UNDO_PROPOSED):
        return False
    asked = work.session.get_one(Approval, row.approval_id)
    return asked.expires_at <= work.now
