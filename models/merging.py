"""That two records were found to be of one person: a statement between them that can be taken back.

Neither record is changed by it, so that taking it back leaves both as they were.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import UtcDateTime, Word, words
from models.vault.format import Padding
from models.vault.sealed import Sealed
from models.vocabulary import MergeState, Purpose

#: While one of these, the second record belongs to this statement and to no other.
_TAKEN = text("state IN ('proposed', 'merged', 'undo_proposed')")


class PersonMerge(Base, Versioned):
    """Two persons' records, the leading one first, and whether they count as one.

    `case_id` and `person_id` are the leading record's, the others the joined one's. `approval_id` is the
    request that a second account answers. `content` is {reason, undo_reason, uncounted: case id}; it is
    sealed for the leading person.
    """

    __tablename__ = "person_merge"
    __table_args__ = (
        words("state", MergeState),
        CheckConstraint("person_id <> other_person_id", name="of_two_persons"),
        Index(
            "uq_person_merge_joined",
            "other_person_id",
            unique=True,
            sqlite_where=_TAKEN,
            postgresql_where=_TAKEN,
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    other_case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    other_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[MergeState] = mapped_column(Word(MergeState), default=MergeState.PROPOSED)
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approval_id: Mapped[UUID] = mapped_column(ForeignKey("approval.id"))
    merged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    content = Sealed[dict[str, Any]](Purpose.LEGAL, as_json=True, padding=Padding.FORM)
