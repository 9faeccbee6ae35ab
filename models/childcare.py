"""Forms that a desk fills in on a case. Which form it is, is sealed: one for children tells of a child."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.vault.sealed import Sealed
from models.vocabulary import Purpose


class CaseForm(Base):
    """One filling of a form. Append-only: what is written later stands beside it, and is the newest.

    `content` is {kind, values, at}: kind a `FormKind`, values by the codes of `workflows.child_fields`.
    """

    __tablename__ = "case_form"
    __table_args__ = (UniqueConstraint("case_id", "sequence"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    sequence: Mapped[int]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_on: Mapped[date]

    content = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, squeezed=True)
