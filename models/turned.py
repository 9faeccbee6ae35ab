"""A screen that was turned to a person: who handed it over, until when, and what was pressed on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.types import UtcDateTime
from models.vault.format import Padding
from models.vault.sealed import Sealed
from models.vocabulary import Purpose


class TurnedScreen(Base, Versioned):
    """A screen in a person's hands. Only its token's SHA-256 is kept; answers stand in `answer`.

    `session_id`: the session of the official, locked as long as this lasts; sessions are forgotten sooner
    than cases, so it is no key. `content` is {facts, at, language, large, answered, help, interpreter}: which
    questions, how far, in which language (ISO 639-3), and whether the person asked for help or for another
    interpreter.
    """

    __tablename__ = "turned_screen"

    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    handed_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    session_id: Mapped[UUID] = mapped_column(index=True)
    turned_on: Mapped[date]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended: Mapped[bool] = mapped_column(default=False)

    content = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.BLOB)
