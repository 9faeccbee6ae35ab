"""A new version in force: open cases are assessed again in batches. Gains act at once, losses take nothing.

The same path as an answer's (`workflows.screening`), so holds, needs, clocks and figures stay in step; what
the new rules would take becomes a task (`workflows.losses`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from models.cases import Assessment, Case
from models.network import Post
from models.vocabulary import Purpose
from workflows.policy import Act
from workflows.screening import take_stock
from workflows.work import Work

#: Open cases of one unit of work: the embedded database lets others write in between.
BATCH = 20
_OPENED = (Purpose.IDENTITY, Purpose.PROTECTION, Purpose.LEGAL)


def rules_of_today(work: Work) -> tuple[str, ...]:
    """The hashes of the packs by which posts judge today, in order of their codes."""
    return tuple(work.shelf.get(code, work.now.date()).sha256 for code in _codes(work))


def _codes(work: Work) -> Sequence[str]:
    return work.session.scalars(select(Post.pack).distinct().order_by(Post.pack)).all()


def run_waiting(work: Work) -> int:
    """Assess a batch of open cases again whose newest assessment rests on other rules than those of today.

    Returns how many there were; none are left when it is fewer than `BATCH`.
    """
    done = 0
    for code in _codes(work):
        pack = work.shelf.get(code, work.now.date())
        newest = (
            select(Assessment.pack_sha256)
            .where(Assessment.case_id == Case.id)
            .order_by(Assessment.sequence.desc())
            .limit(1)
            .scalar_subquery()
        )
        waiting = select(Case).where(
            Case.pack == code, Case.closed_on.is_(None), newest != pack.sha256
        )
        batch = work.session.scalars(waiting.order_by(Case.id).limit(BATCH - done)).all()
        if batch:
            work.allow(Act.REASSESS, detail={"pack": code, "cases": len(batch)})
        for case in batch:
            # Opens what a decision is computed from; shows nothing of it.
            with work.computing(case.person_id, *_OPENED):
                take_stock(work, case)
        done += len(batch)
        if done >= BATCH:
            break
    return done
