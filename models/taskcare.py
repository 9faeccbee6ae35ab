"""Who at a desk sees to a task, until when it rests, and what was changed at once so that it can be undone.

Only a desk's tasks can be given so; who holds a late task of the sender's agency is `TaskHolder`.

A task is named by its bare id: migrations make its table anew, which no foreign key would outlive.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import UtcDateTime, Word, words
from models.vault.format import Padding
from models.vault.sealed import Sealed
from models.vocabulary import Purpose, TaskChangeKind


class TaskCare(Base, Versioned):
    """Of one task: the officer who sees to it, and until when it rests. `reason` is {text}."""

    __tablename__ = "task_care"
    __table_args__ = (Index("ix_task_care_assigned_to", "assigned_to"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    task_id: Mapped[UUID] = mapped_column(unique=True)
    assigned_to: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    rests_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    reason = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.FORM)


class TaskChange(Base, Versioned):
    """One act on up to five hundred tasks. It names nobody; its rows do, and go with them."""

    __tablename__ = "task_change"
    __table_args__ = (words("kind", TaskChangeKind),)

    kind: Mapped[TaskChangeKind] = mapped_column(Word(TaskChangeKind))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    session_id: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TaskChangeRow(Base):
    """How a task stood before a change: {assigned_to, rests_until, reason}. `care_version`: after it."""

    __tablename__ = "task_change_row"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("task_change.id"), index=True)
    task_id: Mapped[UUID]
    care_version: Mapped[int]

    before = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.FORM)
