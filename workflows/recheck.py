"""Stored assessments computed again from pack, facts and day: the result must be the same to the last byte.

A difference means that the record, the archive or the program is not what it was. It is told by a hash of the
case number only.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from models.cases import Answer, Assessment, Case
from models.vault.sealed import load_sealed
from models.vocabulary import Purpose
from workflows.in_force import archived
from workflows.policy import Act
from workflows.rules.answers import Statement, merge
from workflows.rules.assess import assess, facts_sha256
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.faults import PackError
from workflows.rules.pack import Pack
from workflows.rules.standing import standing
from workflows.rules.values import Facts
from workflows.work import Work

SAMPLE = 100


class Outcome(StrEnum):
    """What came of computing one assessment again."""

    SAME = "same"
    NO_PACK = "its pack is not in the archive"
    NO_FACTS = "no state of its answers has this hash"
    DIFFERENT = "the result is another"


@dataclass(frozen=True)
class Rechecked:
    """How many were tried, and what did not match: hash of the case number, sequence, why."""

    tried: int
    mismatches: tuple[tuple[str, int, Outcome], ...]

    @property
    def matched(self) -> int:
        """How many gave the same result."""
        return self.tried - len(self.mismatches)


def recheck(work: Work, sample: int = SAMPLE, seed: int | None = None) -> Rechecked:
    """Compute up to `sample` assessments again, taken at random."""
    work.allow(Act.RECHECK, detail={"sample": sample})
    rows = [_one(work, row_id) for row_id in _chosen(work, sample, seed)]
    found = tuple(
        (hashlib.sha256(number.encode()).hexdigest()[:12], sequence, outcome)
        for number, sequence, outcome in rows
        if outcome is not Outcome.SAME
    )
    return Rechecked(len(rows), found)


def _chosen(work: Work, sample: int, seed: int | None) -> list[UUID]:
    """Ids are random: those next to random numbers are a sample, without reading the whole table."""
    chance = random.Random(seed)  # noqa: S311  # a sample, not a secret
    total = work.session.scalar(select(func.count()).select_from(Assessment)) or 0
    ids: dict[UUID, None] = {}
    while len(ids) < min(sample, total):
        start = UUID(int=chance.getrandbits(128))
        after = select(Assessment.id).where(Assessment.id >= start).order_by(Assessment.id).limit(1)
        first = select(Assessment.id).order_by(Assessment.id).limit(1)
        found = work.session.scalar(after) or work.session.scalar(first)
        if found is not None:
            ids[found] = None
        if total <= sample:
            return list(work.session.scalars(select(Assessment.id)))
    return list(ids)


def _one(work: Work, row_id: UUID) -> tuple[str, int, Outcome]:
    row = work.session.get_one(Assessment, row_id, options=load_sealed(Assessment.content))
    number = work.session.scalar(select(Case.number).where(Case.id == row.case_id)) or ""
    try:
        pack = archived(work.shelf, work.session, row.pack_sha256)
    except PackError:
        pack = None
    if pack is None:
        return number, row.sequence, Outcome.NO_PACK
    with work.computing(row.person_id, Purpose.PROTECTION):
        kept = Reading.from_dict(row.content or {})
        answers = work.session.scalars(
            select(Answer)
            .where(Answer.case_id == row.case_id)
            .order_by(Answer.sequence)
            .options(*load_sealed(Answer.statements))
        ).all()
        cards = [answer.statements or [] for answer in answers]
    facts = _facts_then(pack, cards, kept)
    if facts is None:
        return number, row.sequence, Outcome.NO_FACTS
    again = assess(pack, facts, row.as_of)
    same = again.canonical() == kept.canonical()
    return number, row.sequence, Outcome.SAME if same else Outcome.DIFFERENT


def _facts_then(pack: Pack, cards: Sequence[list[dict[str, Any]]], kept: Reading) -> Facts | None:
    """The answers that the assessment saw: they are only ever added to, so it is a beginning of them."""
    said = [
        [
            Statement.from_dict(pack.facts[str(item["fact"])].kind, item)
            for item in card
            if item["fact"] in pack.facts
        ]
        for card in cards
    ]
    for end in range(len(said), -1, -1):
        counting = standing([one for card in said[:end] for one in card], kept.as_of)
        facts = merge(counting, pack.facts)
        if facts_sha256(facts) == kept.facts_sha256:
            return facts
    return None
