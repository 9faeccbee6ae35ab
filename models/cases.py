"""The case and what follows from its answers: assessments, holds, needs, deadlines, tasks.

The codes of holds, needs and deadlines are sealed: a row that said `UAC.notify` in the clear would tell
a thief of the database that a child came alone. In the clear stay states, clocks and urgency, which the
queues need.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import UtcDateTime, Word, words
from models.vault.format import Padding
from models.vault.sealed import Sealed
from models.vocabulary import (
    Action,
    Clock,
    DeadlineState,
    HoldState,
    NeedState,
    Purpose,
    Role,
    TaskKind,
    TaskState,
    Urgency,
)


class Case(Base, Versioned):
    """The work that follows an arrival. Its status is computed from its parts and three milestones.

    `number` stands for the person everywhere: random, with a check digit, never sequential.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        words("urgency", Urgency),
        CheckConstraint(
            "closed_on IS NULL OR screened_on IS NOT NULL", name="screened_before_closed"
        ),
        Index("ix_case_file_post_day", "post_id", "registered_on", "number"),
        Index("ix_case_file_open", "post_id", "closed_on", "screened_on"),
        # Whom the name index names: their cases without a look at the rows (`workflows.search`).
        Index("ix_case_file_person", "person_id", "post_id", "number", "registered_on"),
        # The list of a post: unfinished and urgent first, whatever the number of cases that are done.
        Index(
            "ix_case_file_unfinished",
            "post_id",
            "urgency",
            "registered_on",
            "number",
            sqlite_where=text("screened_on IS NULL"),
            postgresql_where=text("screened_on IS NULL"),
        ),
    )

    number: Mapped[str] = mapped_column(String(12), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    arrival_id: Mapped[UUID] = mapped_column(ForeignKey("arrival.id"), index=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    registered_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    pack: Mapped[str] = mapped_column(String(8))
    urgency: Mapped[Urgency] = mapped_column(Word(Urgency), default=Urgency.ROUTINE)
    registered_on: Mapped[date]
    informed_on: Mapped[date | None]
    screened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    changed_on: Mapped[date]

    #: What was seen at a glance (eight ticks of interface.md 3.3), before any question.
    urgent_needs = Sealed[list[str]](Purpose.PROTECTION, as_json=True, padding=Padding.CODE)
    #: {at, by, language, how, interpreter, text_version}: told before questions (INV-19).
    information = Sealed[dict[str, Any]](Purpose.IDENTITY, as_json=True, padding=Padding.FORM)


class Answer(Base):
    """Append-only statements about facts, one row for each card that was saved.

    `statements` is a list of {fact, value, why_unknown, source, at, supersedes}. Which facts a row speaks
    of is sealed too: that somebody was asked about violence is already a disclosure.
    """

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("case_id", "sequence"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    sequence: Mapped[int]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_on: Mapped[date]

    statements = Sealed[list[dict[str, Any]]](Purpose.PROTECTION, as_json=True, squeezed=True)


class Assessment(Base):
    """What one pack said of one set of answers as of one day. Kept for ever, never edited.

    `content` holds the whole reading and the hash of the facts, which is sealed since few facts can be
    guessed from it.
    """

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("case_id", "sequence"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    sequence: Mapped[int]
    pack: Mapped[str] = mapped_column(String(8))
    pack_version: Mapped[str] = mapped_column(String(20))
    pack_sha256: Mapped[str] = mapped_column(String(64))
    as_of: Mapped[date]

    content = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, squeezed=True)


class Hold(Base, Versioned):
    """A safeguard that shuts an action. `content` is {code, cause, because, lifted: {...}}."""

    __tablename__ = "hold"
    __table_args__ = (
        words("action", Action),
        words("state", HoldState),
        CheckConstraint("state <> 'lifted' OR lifted_by IS NOT NULL", name="lifted_by_somebody"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    action: Mapped[Action] = mapped_column(Word(Action))
    state: Mapped[HoldState] = mapped_column(Word(HoldState), default=HoldState.ACTIVE)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_on: Mapped[date | None]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))

    content = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.CODE)


class Need(Base, Versioned):
    """What somebody must get. `content` is {code, function, because}."""

    __tablename__ = "need"
    __table_args__ = (words("state", NeedState),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[NeedState] = mapped_column(Word(NeedState), default=NeedState.OPEN)
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    content = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.CODE)


class Deadline(Base, Versioned):
    """A running legal clock. `content` is {code, basis, source, started_by, escalate_to}."""

    __tablename__ = "deadline"
    __table_args__ = (
        words("clock", Clock),
        words("state", DeadlineState),
        Index("ix_deadline_state_due", "state", "due_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    clock: Mapped[Clock] = mapped_column(Word(Clock))
    state: Mapped[DeadlineState] = mapped_column(Word(DeadlineState), default=DeadlineState.RUNNING)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    warn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    step: Mapped[int] = mapped_column(default=0)
    #: When the agency's named focal point is told; None where the pack's row ends with somebody before.
    escalate_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    content = Sealed[dict[str, Any]](Purpose.LEGAL, as_json=True, padding=Padding.CODE)


class Task(Base, Versioned):
    """A thing somebody must do, for a role at a post or for a desk."""

    __tablename__ = "task"
    __table_args__ = (
        words("kind", TaskKind),
        words("state", TaskState),
        words("role", Role),
        words("urgency", Urgency),
        Index("ix_task_desk_state", "desk_id", "state"),
        Index("ix_task_post_state", "post_id", "state"),
    )

    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[TaskKind] = mapped_column(Word(TaskKind))
    state: Mapped[TaskState] = mapped_column(Word(TaskState), default=TaskState.OPEN)
    role: Mapped[Role] = mapped_column(Word(Role))
    urgency: Mapped[Urgency] = mapped_column(Word(Urgency), default=Urgency.ROUTINE)
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    desk_id: Mapped[UUID | None] = mapped_column(ForeignKey("desk.id"))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))

    detail = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.CODE)


class TaskHolder(Base):
    """The human who holds a late task of the sender's agency, named by the clock; others of the role see it.

    A desk's own tasks are given and taken by its officers instead (`models.taskcare`): no task has both.
    """

    __tablename__ = "task_holder"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
