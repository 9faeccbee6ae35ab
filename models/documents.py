"""Documents of a person: photos of papers, medical letters. Sealed in pieces, found through a keyed link.

Clear are a random id, the day, the agency and the size class. Whose document it is stands nowhere in the
clear, nor what it is for: a stolen database tells how many documents there are, not that this person has a
medical letter.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.vault.errors import NotReady
from models.vault.format import Padding
from models.vault.sealed import Sealed
from models.vocabulary import Purpose

#: For what a document may be kept; each has a head of its own, so that the keys decide who reads it.
DOCUMENT_PURPOSES: tuple[Purpose, ...] = (
    Purpose.IDENTITY,
    Purpose.PROTECTION,
    Purpose.MEDICAL,
    Purpose.LEGAL,
)


class Document(Base):
    """A file about a person. `link` is HMAC(log key, person): the row alone names nobody.

    One of the four heads holds {name, media_type, size, sha256, key, case, by}, the others are empty; all
    are there and equally long. `key` is the file's own.
    """

    __tablename__ = "document"

    link: Mapped[str] = mapped_column(String(32), index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    recorded_on: Mapped[date]
    size_class: Mapped[int]

    identity = Sealed[dict[str, Any]](Purpose.IDENTITY, as_json=True, padding=Padding.BLOB)
    protection = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True, padding=Padding.BLOB)
    medical = Sealed[dict[str, Any]](Purpose.MEDICAL, as_json=True, padding=Padding.BLOB)
    legal = Sealed[dict[str, Any]](Purpose.LEGAL, as_json=True, padding=Padding.BLOB)

    def belongs_to(self, person: UUID) -> Document:
        """Say whose keys open it. Of anybody else's it stays shut."""
        self._owner: UUID | None = person
        return self

    @property
    def sealed_owner(self) -> UUID:
        """Whose keys seal this row. Raises `NotReady` before somebody has said so."""
        owner: UUID | None = getattr(self, "_owner", None)
        if owner is None:
            raise NotReady("a document opens only for the person it was found by")
        return owner


class DocumentPiece(Base):
    """A piece of a sealed file (`models.vault.chunks`), in order."""

    __tablename__ = "document_piece"
    __table_args__ = (UniqueConstraint("document_id", "sequence"),)

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), index=True)
    sequence: Mapped[int]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
