"""Candidates of a tracing request: met by blinded keys across scripts.

Two searches meet by their keys: what one seeks, the other is. Registered persons are met by the name index.
Who asked not to be found by their family, or has objected, is never a candidate.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import exists, select

from models.cases import Case, Task
from models.casework import CaseFlag
from models.people import Person
from models.tracing import TracingCandidate, TracingKey, TracingRequest
from models.vault.sealed import load_sealed
from models.vocabulary import (
    CandidateState,
    FlagKind,
    Purpose,
    Role,
    Sex,
    TaskKind,
    TaskState,
    TracingState,
    Urgency,
)
from workflows import apart, lineage, tasks
from workflows.names.compare import Candidate, Decision, Reason, rank
from workflows.names.keys import keys_of, query_keys
from workflows.policy import Act
from workflows.restrictions import is_restricted
from workflows.search import years_of
from workflows.side_by_side import Record
from workflows.visibility import cases_for
from workflows.work import Work

#: How many persons the index may name, and how many candidates a request may get in one look.
_NAMED, _MOST = 100, 20
#: Flags that ask that the family learns nothing.
_NOT_TO_BE_FOUND = FlagKind.DO_NOT_TELL_FAMILY


def write_keys(work: Work, row: TracingRequest, own: Sequence[str], born: Sequence[int]) -> None:
    """The blinded keys of a request: of the sought one, and of the person who seeks."""
    content = row.content or {}
    sought = _wide_keys(content["names"], years_sought(content))
    for is_sought, keys in ((True, sought), (False, keys_of(own, born))):
        for token in sorted(_blinded(work, keys)):
            work.session.add(
                TracingKey(id=uuid4(), request_id=row.id, sought=is_sought, token=token)
            )
    work.session.flush()


def _wide_keys(names: Sequence[str], years: Sequence[int]) -> set[str]:
    return {key for text in names for key in query_keys(text, years).all}


def years_sought(content: Mapping[str, Any]) -> tuple[int, ...]:
    """The years in which the sought one may have been born, from a request's content."""
    years = content.get("years")
    return tuple(range(years[0], years[1] + 1)) if years else ()


def _blinded(work: Work, keys: set[str] | frozenset[str]) -> set[str]:
    """Keyed digests, cut to 96 bits, under a key of their own: they say nothing of the name index."""
    own = work.provider.mac("web", b"serai tracing keys 1")
    return {
        hmac.new(own, key.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:24]
        for key in keys
    }


def look(work: Work, row: TracingRequest, case: Case) -> int:
    """Look for candidates that are not known yet; how many. The request's content is open."""
    known = set(
        work.session.scalars(
            select(TracingCandidate.other_person_id).where(TracingCandidate.request_id == row.id)
        )
    )
    known |= {case.person_id, *lineage.persons(work, case.person_id)}
    count = 0
    for person, mirror in met(work, row):
        if person in known or count >= _MOST or not may_be_found(work, person, case.person_id):
            continue
        other = _case_of(work, person)
        reasons = None if other is None else _likeness(work, row.content or {}, person)
        if other is None or reasons is None:
            continue
        known.add(person)
        count += 1
        _add(work, row, other, reasons, mutual=mirror is not None)
        if mirror is not None:
            _tell_mirror(work, mirror, case)
    if count:
        give_task(work, case, row.desk_id)
    work.session.flush()
    return count


def met(work: Work, row: TracingRequest) -> Iterator[tuple[UUID, TracingRequest | None]]:
    """Persons whom the keys meet: those who seek one like this person too come first."""
    content = row.content or {}
    own = select(TracingKey.token).where(TracingKey.request_id == row.id)
    with work.beyond():
        rows = work.session.execute(
            select(TracingKey.request_id, TracingKey.sought)
            .where(
                TracingKey.request_id != row.id,
                TracingKey.token.in_(own.where(TracingKey.sought.is_(True)))
                & TracingKey.sought.is_(False)
                | TracingKey.token.in_(own.where(TracingKey.sought.is_(False)))
                & TracingKey.sought.is_(True),
            )
            .distinct()
        ).all()
        sides: dict[UUID, set[bool]] = {}
        for request_id, sought in rows:
            sides.setdefault(request_id, set()).add(sought)
        mirrors = [
            work.session.get_one(TracingRequest, one)
            for one, met in sides.items()
            if met == {True, False}
        ]
    yield from ((one.person_id, one) for one in mirrors if one.state is TracingState.OPEN)
    pairs = [k for text in content["names"] for k in query_keys(text, years_sought(content)).pairs]
    singles = [
        k for text in content["names"] for k in query_keys(text, years_sought(content)).singles
    ]
    for person in work.index.lookup(
        work.session, pairs, weak=singles if years_sought(content) else [], limit=_NAMED
    ):
        yield person, None


def may_be_found(work: Work, person: UUID, by: UUID) -> bool:
    """Whether nothing says that the family must not learn of a person, nor that one of the two is kept from
    the other; read without showing it. `by`: the person who looks. What one record of a person asks holds
    for all that stand as one with it.
    """
    if apart.between(work, person, by):
        return False
    with work.beyond():
        if is_restricted(work, person):
            return False
        records = (person, *lineage.persons(work, person))
        flags = work.session.scalars(
            select(CaseFlag)
            .where(
                CaseFlag.person_id.in_(records),
                CaseFlag.ended_on.is_(None),
                CaseFlag.expires_on >= work.now.date(),
            )
            .options(*load_sealed(CaseFlag.content))
        ).all()
        return not any(_asks_not_to_be_found(work, flag) for flag in flags)


def _asks_not_to_be_found(work: Work, flag: CaseFlag) -> bool:
    with work.computing(flag.person_id, Purpose.PROTECTION):
        return _NOT_TO_BE_FOUND.value in (flag.content or {}).get("kinds", ())


def _case_of(work: Work, person: UUID) -> Case | None:
    """The case by which a person is known: one in the actor's care before any other, then the newest."""
    with work.beyond():
        query = select(Case).where(Case.person_id == person)
        mine = query.where(cases_for(work.actor, Act.VIEW_TRACING))
        newest = (Case.registered_on.desc(), Case.number)
        found = work.session.scalar(mine.order_by(*newest).limit(1))
        return found or work.session.scalar(query.order_by(*newest).limit(1))


def _likeness(work: Work, content: Mapping[str, Any], person: UUID) -> tuple[Reason, ...] | None:
    """Why a person is like the sought one; None where they are not, or are certainly another."""
    with work.beyond(), work.computing(person, Purpose.IDENTITY):
        record = record_of(work, person)
    sex = content.get("sex", Sex.UNKNOWN)
    if Sex.UNKNOWN not in (sex, record.sex) and sex != record.sex:
        return None
    years = years_sought(content)
    ranked = rank(
        list(content["names"]), [Candidate(0, record.names, record.years)], birth_years=years
    )
    if not ranked or ranked[0].likeness.decision is not Decision.LIKELY:
        return None
    wide = {year + step for year in years for step in (-2, -1, 0, 1, 2)}
    if wide and record.years and not wide & set(record.years):
        return None
    return ranked[0].likeness.reasons


def record_of(work: Work, person: UUID) -> Record:
    """What is compared of a registered person, whom the caller may open."""
    row = work.session.get_one(
        Person, person, options=load_sealed(Person.names, Person.birth, Person.traits)
    )
    traits = row.traits or {}
    return Record(
        names=tuple(form["text"] for form in row.names or ()),
        birth=row.birth or {},
        sex=str(traits.get("sex", "U")),
        nationalities=tuple(traits.get("nationalities", ())),
        languages=tuple(traits.get("languages", ())),
        documents=(),
        years=years_of(row.birth or {}),
    )


def _add(
    work: Work, row: TracingRequest, other: Case, reasons: Sequence[Reason], *, mutual: bool
) -> None:
    found = TracingCandidate(
        id=uuid4(),
        case_id=row.case_id,
        person_id=row.person_id,
        request_id=row.id,
        other_case_id=other.id,
        other_person_id=other.person_id,
        found_on=work.now.date(),
        state=CandidateState.NEW,
    )
    work.session.add(found)
    codes = [{"code": one.code, "params": dict(one.params)} for one in reasons]
    found.content = {"reasons": codes, "mutual": mutual, "says": ""}


def _tell_mirror(work: Work, mirror: TracingRequest, case: Case) -> None:
    """Whoever looks for this person gets the same candidate and a task, each side seeing its own alone."""
    known = exists().where(
        TracingCandidate.request_id == mirror.id,
        TracingCandidate.other_person_id == case.person_id,
    )
    with work.beyond():
        if work.session.scalar(select(known)) or not may_be_found(
            work, case.person_id, mirror.person_id
        ):
            return
        with work.computing(mirror.person_id, Purpose.PROTECTION):
            content = dict(mirror.content or {})
        reasons = _likeness(work, content, case.person_id)
        if reasons is None:
            return
        _add(work, mirror, case, reasons, mutual=True)
        give_task(work, work.session.get_one(Case, mirror.case_id), mirror.desk_id)
        work.session.flush()


def give_task(work: Work, case: Case, desk: UUID) -> None:
    """One open task of a desk for a case is enough."""
    open_one = exists().where(
        Task.case_id == case.id,
        Task.desk_id == desk,
        Task.kind == TaskKind.SEE_TO_TRACING,
        Task.state == TaskState.OPEN,
    )
    if not work.session.scalar(select(open_one)):
        tasks.give(
            work,
            TaskKind.SEE_TO_TRACING,
            Role.PROTECTION_OFFICER,
            Urgency.SOON,
            case,
            desk=desk,
        )
