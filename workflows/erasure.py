"""Erasing a person: proposed by one human, approved by another, certified, and true in every backup.

The keys are destroyed first (`models.vault`), then the rows go with the same commit; what a copy of the main
database still holds is noise. Tombstones on both sides and certificates outside bring a restored backup
into line when a process starts. Figures stay: they hold no name, and their link is cut.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import String, cast, delete, exists, select, update

from models.accounts import Idempotency, User
from models.cases import Case
from models.figures import StatFact
from models.kin import NoContact
from models.network import Agency
from models.people import Group, Membership, Person
from models.referrals import Referral
from models.rights import Erasure, ErasureProposal, KeptBack
from models.vault import tombstones
from models.vault.certificates import certificate_key, is_certified
from models.vocabulary import ErasureGround, ProposalState
from workflows import (
    apart,
    attachments,
    beds,
    casenumbers,
    figures,
    lineage,
    log,
    once,
    places,
    purging,
    states,
)
from workflows.casework import case_resource, open_case
from workflows.errors import ChangedMeanwhile, KeptBackNow, NotAllowedNow, NotFound, SameApprover
from workflows.holders import is_same_human
from workflows.policy import Act
from workflows.work import Work

#: For how long backups of the keys database may live (docs/deployment.md).
KEYS_BACKUPS = timedelta(days=30)
_FORMAT = "serai certificate of erasure 1"


@dataclass(frozen=True, kw_only=True)
class ProposeErasure:
    """That the file of a case's person should be erased, and on what ground."""

    case_number: str
    ground: ErasureGround


@dataclass(frozen=True, kw_only=True)
class DecideErasure:
    """Approve a proposal, which erases at once, or refuse it. `version` is that of the page."""

    proposal_id: UUID
    version: int
    approve: bool


@dataclass(frozen=True)
class Certificate:
    """What was erased, when, by whom, on what ground; nothing of the person. With its signature."""

    number: str
    body: dict[str, Any]
    signature: str


def propose(work: Work, command: ProposeErasure) -> UUID:
    """Propose to erase. A proposal that the schedule has made gets its first human this way.

    Raises:
        KeptBackNow: a legal hold.
        NotAllowedNow: a referral is live, or the file is already proposed by somebody.
    """
    case = open_case(work, command.case_number, Act.PROPOSE_ERASURE)
    return propose_for(work, case, command.ground, first_by=work.actor.user_id).id


def propose_for(
    work: Work, case: Case, ground: ErasureGround, *, first_by: UUID | None, schedule: str = ""
) -> ErasureProposal:
    """The open proposal for a case's person, made or taken over. See `propose` for what it raises."""
    _may_go(work, case.person_id)
    row = work.session.scalar(
        select(ErasureProposal).where(
            ErasureProposal.person_id == case.person_id,
            ErasureProposal.state == ProposalState.OPEN,
        )
    )
    if row is not None:
        if row.first_by is not None:
            raise NotAllowedNow
        row.first_by = first_by
        return row
    row = ErasureProposal(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        ground=ground,
        schedule=schedule,
        state=ProposalState.OPEN,
        proposed_on=work.now.date(),
        first_by=first_by,
    )
    work.session.add(row)
    work.session.flush()
    return row


def decide(work: Work, command: DecideErasure) -> Certificate | None:
    """Approve or refuse a proposal, as another human than its first. Approved, the person is erased.

    Raises:
        SameApprover: the actor is the first human, by this or by another account.
        NotAllowedNow: nobody has proposed it yet, or it is decided; or a referral is live.
        KeptBackNow: a legal hold.
        ChangedMeanwhile: it was changed since the page was shown.
    """
    row = work.session.get(ErasureProposal, command.proposal_id)
    case = None if row is None else work.session.get(Case, row.case_id)
    if row is None or case is None:
        work.asked = Act.APPROVE_ERASURE
        raise NotFound
    rule = work.allow(Act.APPROVE_ERASURE, case_resource(work, case), person=case.person_id)
    if row.version != command.version:
        raise ChangedMeanwhile
    if row.state is not ProposalState.OPEN or row.first_by is None:
        raise NotAllowedNow
    if is_same_human(work, row.first_by, work.actor.user_id):
        raise SameApprover
    row.approved_by = work.actor.user_id
    if not command.approve:
        row.state = ProposalState.REFUSED
        return None
    _may_go(work, row.person_id)
    row.state = ProposalState.ERASED
    # The database checks that they are two before anything is gone.
    work.session.flush()
    return _erase(work, row, rule.id)


def _may_go(work: Work, person: UUID) -> None:
    """Whether nothing keeps any record of a person: those that stand as one go together, or none does."""
    for one in (person, *lineage.persons(work, person)):
        _may_one_go(work, one)


def _may_one_go(work: Work, person: UUID) -> None:
    kept = exists().where(KeptBack.person_id == person, KeptBack.ended_on.is_(None))
    if work.session.scalar(select(kept)):
        raise KeptBackNow
    found = work.session.scalars(select(Referral.state).where(Referral.person_id == person)).all()
    if any(state in states.WAITING | states.TAKEN for state in found):
        raise NotAllowedNow


def _erase(work: Work, proposal: ErasureProposal, rule: str) -> Certificate:
    """Erase every record that stands as one with the proposal's; the certificate of the proposed one."""
    people = (proposal.person_id, *lineage.persons(work, proposal.person_id))
    by = [one for one in (proposal.first_by, proposal.approved_by) if one is not None]
    ground, schedule = proposal.ground.value, proposal.schedule
    accounts = _accounts(work, by)
    made = []
    for person in people:
        one = _certified(
            work, person, by=accounts, ground=ground, schedule=schedule, rows=remove(work, person)
        )
        rows = sum(one.body["rows"].values())
        detail = {"ground": ground, "certificate": one.number, "rows": rows}
        work.note(Act.ERASE, rule, person=person, detail=detail)
        made.append(one)
    for person in people:
        # Last: from here on nothing of this person can be sealed or opened.
        work.vault.erase(person)
    return made[0]


def remove(work: Work, person: UUID) -> dict[str, int]:
    """Delete every row of a person, cut the link of their figures, and let the name index forget them."""
    cases = work.session.execute(select(Case.id, Case.number).where(Case.person_id == person)).all()
    work.session.flush()
    for case_id, number in cases:
        work.session.execute(
            update(StatFact)
            .where(StatFact.link == figures.link_of(work, case_id))
            .values(link=f"{uuid4().hex}{uuid4().hex}")
            .execution_options(synchronize_session=False)
        )
        _forget_answers(work, number)
    places.release_all(work, person)
    beds.release_all(work, person)
    of = _groups_of(work, person)
    counts = purging.purge(work.session, person, document_link=attachments.link_of(work, person))
    counts["no_contact"] = counts.get("no_contact", 0) + _forget_away(work, person)
    _leave_no_empty_group(work, of)
    work.index.remove(work.session, person, on=work.now.date())
    return counts


def _groups_of(work: Work, person: UUID) -> list[UUID]:
    return list(
        work.session.scalars(select(Membership.group_id).where(Membership.person_id == person))
    )


def _forget_away(work: Work, person: UUID) -> int:
    """Edges of others that name the person by a token, which no foreign key finds."""
    gone = work.session.execute(
        delete(NoContact)
        .where(NoContact.away_from == apart.token_of(work, person))
        .execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it


def _leave_no_empty_group(work: Work, groups: list[UUID]) -> None:
    """A group of which nobody is left goes with its last member; the others' groups stay whole."""
    left = exists().where(Membership.group_id == Group.id).correlate(Group)
    work.session.execute(
        delete(Group)
        .where(Group.id.in_(groups), ~left)
        .execution_options(synchronize_session=False)
    )


def _forget_answers(work: Work, number: str) -> None:
    """Answers to writes that are kept for a week name the case number."""
    work.session.execute(
        delete(Idempotency)
        .where(
            Idempotency.at >= work.now - once.KEPT,
            cast(Idempotency.answer, String).contains(number),
        )
        .execution_options(synchronize_session=False)
    )


def _accounts(work: Work, ids: Iterable[UUID]) -> list[dict[str, str]]:
    """Role and agency of those who acted, in the order given; never a name."""
    rows = {
        user: {"account": user.hex, "role": role.value, "agency": agency}
        for user, role, agency in work.session.execute(
            select(User.id, User.role, Agency.code).join(Agency, User.agency_id == Agency.id)
        )
    }
    return [rows[one] for one in ids if one in rows]


def _certified(
    work: Work,
    person: UUID,
    *,
    by: list[dict[str, str]],
    ground: str,
    schedule: str,
    rows: dict[str, int],
) -> Certificate:
    """A signed certificate, kept with the tombstone of its person."""
    key = certificate_key(work.provider)
    number = casenumbers.new_number()
    body: dict[str, Any] = {
        "format": _FORMAT,
        "number": number,
        "reference": log.subject_token(work.provider, person),
        "erased_at": work.now.isoformat(),
        "final_on": (work.now + KEYS_BACKUPS).date().isoformat(),
        "ground": ground,
        "schedule": schedule,
        "by": by,
        "rows": {name: count for name, count in sorted(rows.items()) if count},
        "key": key.public,
    }
    signature = key.sign(as_signed(body))
    work.session.add(
        Erasure(
            id=uuid4(),
            person_id=person,
            erased_at=work.now,
            number=number,
            certificate=body,
            signature=signature,
        )
    )
    return Certificate(number, body, signature)


def as_signed(body: dict[str, Any]) -> bytes:
    """The bytes of a certificate that are signed: JSON, names sorted, without spaces."""
    return json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


def is_genuine(body: dict[str, Any], signature: str) -> bool:
    """Whether a certificate is what the key that it names has signed."""
    return body.get("format") == _FORMAT and is_certified(
        str(body.get("key", "")), signature, as_signed(body)
    )


def certificates(work: Work) -> tuple[Certificate, ...]:
    """All certificates, oldest first."""
    rows = work.session.scalars(select(Erasure).order_by(Erasure.erased_at, Erasure.number))
    return tuple(Certificate(row.number, row.certificate, row.signature) for row in rows)


@dataclass(frozen=True)
class Reconciled:
    """Persons whom a restored backup had brought back, and who are gone again."""

    rows: int
    keys: int


def reconcile(work: Work, outside: Iterable[Certificate] = ()) -> Reconciled:
    """Bring restored databases into line with all tombstones: those here, those beside the keys, and
    certificates kept outside. Safe to do at every start.
    """
    here = set(work.session.scalars(select(Erasure.person_id)))
    known = here | tombstones.buried(work.vault.store) | _named(work, outside)
    back = set()
    for chunk in _chunks(sorted(known)):
        back |= purging.present(work.session, chunk)
    keyed = tombstones.rise_again(work.vault.store, known) if known else set()
    if not back | keyed | (known - here):
        return Reconciled(0, 0)
    rule = work.allow(Act.ERASE, detail={"found": "restored"})
    for person in sorted(known - here | back):
        gone = remove(work, person)
        if person not in here:
            _certify_again(work, person, gone)
        work.note(Act.ERASE, rule.id, person=person, detail={"found": "restored"})
    for person in known:
        work.vault.erase(person)
    return Reconciled(len(back), len(keyed))


def _certify_again(work: Work, person: UUID, rows: dict[str, int]) -> None:
    """The certificate went with the backup: a new one says that, and names nobody."""
    _certified(
        work,
        person,
        by=[],
        ground="restored",
        schedule="",
        rows=rows,
    )


def _named(work: Work, outside: Iterable[Certificate]) -> set[UUID]:
    """The persons in this database of whom a genuine certificate of this installation speaks."""
    found = list(outside)
    if not found:
        return set()
    public = certificate_key(work.provider).public
    wanted = {
        one.body["reference"]
        for one in found
        if one.body.get("key") == public and is_genuine(one.body, one.signature)
    }
    if not wanted:
        return set()
    return {
        person
        for person in work.session.scalars(select(Person.id))
        if log.subject_token(work.provider, person) in wanted
    }


def _chunks(found: list[UUID], size: int = 5000) -> Iterable[list[UUID]]:
    for start in range(0, len(found), size):
        yield found[start : start + size]


def final_on(erased_at: datetime) -> date:
    """From when no backup of the keys can bring the person back."""
    return (erased_at + KEYS_BACKUPS).date()
