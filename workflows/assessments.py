"""Assessments as they were kept: the newest of a case, or one by its number, with its trace.

They are never edited, so that the same number always gives the same answer. Opening one is an act and a read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from models.cases import Assessment
from models.vault.sealed import load_sealed
from models.vocabulary import Action, Urgency
from workflows import sides
from workflows.casework import open_case
from workflows.errors import NotFound
from workflows.policy import Act
from workflows.rules.assessment import Assessment as Reading
from workflows.work import Work


@dataclass(frozen=True)
class AssessmentShown:
    """One assessment. `trace` is as rules.md 3.5; answers restricted, or of another body, have no value."""

    case_number: str
    sequence: int
    pack: str
    pack_version: str
    pack_sha256: str
    as_of: date
    urgency: Urgency
    shut: tuple[Action, ...]
    trace: Mapping[str, Any]


def numbered(work: Work, case_number: str, sequence: int | None = None) -> AssessmentShown:
    """The assessment with this number of a case; the newest where no number is given.

    Raises:
        BadCaseNumber, NotFound: as `casework.open_case`; and where the case has no such assessment.
    """
    case = open_case(work, case_number, Act.VIEW_ASSESSMENT)
    query = (
        select(Assessment)
        .where(Assessment.case_id == case.id)
        .order_by(Assessment.sequence.desc())
        .limit(1)
        .options(*load_sealed(Assessment.content))
    )
    if sequence is not None:
        query = query.where(Assessment.sequence == sequence)
    row = work.session.scalar(query)
    content = None if row is None else row.content
    if row is None or content is None:
        raise NotFound
    kept, number = Reading.from_dict(content), row.sequence
    if sides.is_covered(work, case):
        # Made for this reader, without what a person answered on a turned screen; it is none of those kept.
        kept, number = sides.reading_for(work, case) or kept, 0
    reading = sides.as_shown(work, case, kept)
    return AssessmentShown(
        case_number=case.number,
        sequence=number,
        pack=row.pack,
        pack_version=row.pack_version,
        pack_sha256=row.pack_sha256,
        as_of=row.as_of,
        urgency=reading.urgency,
        shut=tuple(action for action in Action if action in reading.shut),
        trace=reading.trace(),
    )
