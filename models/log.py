"""The log: every act and every read, hash-chained per writer, in the transaction of the act."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import UtcDateTime


class LogEntry(Base):
    """One entry. `hash` = SHA-256 over all other columns and `previous`; see `workflows.log`.

    `subjects` are keyed tokens of the rows concerned: the log alone does not tell which case was read.
    `detail` holds codes and field names only, never a value.
    """

    __tablename__ = "log_entry"
    __table_args__ = (
        UniqueConstraint("stream", "counter"),
        Index("ix_log_entry_subject_at", "subject", "at"),
        # How often somebody searched in the last hour, and who was refused in the last month.
        Index("ix_log_entry_act_at", "act", "at", "actor"),
    )

    stream: Mapped[UUID]
    counter: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[UUID | None]
    session: Mapped[UUID | None]
    act: Mapped[str] = mapped_column(String(40))
    rule: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str | None] = mapped_column(String(32))
    purpose: Mapped[str | None] = mapped_column(String(120))
    detail: Mapped[dict[str, object]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class LogHead(Base):
    """The end of each writer's chain, under a keyed MAC: cutting off the tail shows."""

    __tablename__ = "log_head"

    stream: Mapped[UUID] = mapped_column(unique=True)
    counter: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))
