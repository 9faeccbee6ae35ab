"""What is recorded of a case and what it was read as: statements, facts, the newest assessment.

Every function here opens sealed content: callers have allowed an act first, or compute under
`Work.computing`.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from models.cases import Answer, Assessment, Case
from models.people import Person
from models.vault.sealed import load_sealed
from workflows.rules.answers import Statement, merge
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.computed import with_computed
from workflows.rules.pack import Pack
from workflows.rules.standing import standing
from workflows.rules.values import Facts, Interval
from workflows.work import Work


def pack_of(work: Work, case: Case) -> Pack:
    """The rules that hold for the case, as effective today."""
    return work.shelf.get(case.pack, work.now.date())


def statements(work: Work, case: Case) -> list[Statement]:
    """All statements of a case, oldest first. Opens the person's answers."""
    pack = pack_of(work, case)
    rows = work.session.scalars(
        select(Answer)
        .where(Answer.case_id == case.id)
        .order_by(Answer.sequence)
        .options(*load_sealed(Answer.statements))
    )
    return [
        Statement.from_dict(pack.facts[item["fact"]].kind, item)
        for row in rows
        for item in row.statements or ()
        if item["fact"] in pack.facts
    ]


def known_facts(work: Work, case: Case) -> Facts:
    """What is known of the person today, when all statements that still count are put together."""
    return put_together(work, case, statements(work, case))


def put_together(work: Work, case: Case, said: Iterable[Statement]) -> Facts:
    """What statements say today, those that still count."""
    return merge(standing(said, work.now.date()), pack_of(work, case).facts)


def latest_reading(work: Work, case: Case) -> Reading | None:
    """The newest assessment of a case. Opens it."""
    row = work.session.scalar(
        select(Assessment)
        .where(Assessment.case_id == case.id)
        .order_by(Assessment.sequence.desc())
        .limit(1)
        .options(*load_sealed(Assessment.content))
    )
    content = None if row is None else row.content
    return None if content is None else Reading.from_dict(content)


def age_of(work: Work, case: Case, facts: Facts | None = None) -> Interval | None:
    """The age in whole years as far as it is known today. Opens the person's answers unless given `facts`."""
    stated = known_facts(work, case) if facts is None else facts
    known = with_computed(pack_of(work, case), stated, work.now.date()).get("age")
    return known.value if known is not None and isinstance(known.value, Interval) else None


def language_told(work: Work, case: Case) -> str | None:
    """In which the person was told what follows (ISO 639-3), else the first that they speak. Opens traits."""
    told = (case.information or {}).get("language")
    if told:
        return str(told)
    person = work.session.get_one(Person, case.person_id, options=load_sealed(Person.traits))
    return next(iter((person.traits or {}).get("languages") or ()), None)
