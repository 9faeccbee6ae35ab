"""The log: every act and every read, hash-chained per writer, in the transaction of the act."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, String, Text, UniqueConstraint
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
    #: Digests of the sealed values that the act wrote (`models.vault.writes`), and when it did, in
    #: microseconds of the machine's clock: of two writers of one value, the later counts.
    wrote: Mapped[bytes | None] = mapped_column(LargeBinary)
    moment: Mapped[int | None] = mapped_column(BigInteger)


class LogHead(Base):
    """The end of each writer's chain, under a keyed MAC: cutting off the tail shows."""

    __tablename__ = "log_head"

    stream: Mapped[UUID] = mapped_column(unique=True)
    counter: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))


class LogCheckpoint(Base):
    """A signed statement of how many entries there are and what their Merkle root is (RFC 9162).

    `ranges` says which entries were added, in order, as [stream, first counter, last counter]; `edge` holds
    the hashes of the whole subtrees at the tree's right edge, so that the next checkpoint need not read the
    first entries. `note` is the signed note (C2SP) that witnesses keep. All else can be computed again.
    """

    __tablename__ = "log_checkpoint"

    number: Mapped[int] = mapped_column(unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[str] = mapped_column(String(64))
    ranges: Mapped[list[list[object]]] = mapped_column(JSON)
    edge: Mapped[list[str]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LogSealed(Base):
    """How far each writer's chain is under a checkpoint. Kept by the sealer alone."""

    __tablename__ = "log_sealed"

    stream: Mapped[UUID] = mapped_column(unique=True)
    counter: Mapped[int]
