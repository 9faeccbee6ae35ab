"""Documents of a person: photos of papers, medical letters. Sealed in pieces, found through a keyed link.

Clear are a random id, the day, the agency and the size class. Whose document it is stands nowhere in the
clear, nor what it is for: a stolen database tells how many documents there are, not that this person has a
medical letter.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, object_session

from models.base import Base
from models.people import Person
from models.vault.errors import NotReady
from models.vault.format import Padding
from models.vault.providers import KeyProvider
from models.vault.sealed import Sealed
from models.vault.vault import vault_in
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
    def sealed_owner(self) -> UUID | None:
        """Whose keys seal this row: as was said, or found by asking everybody's link (rotation does so).

        None where nobody has this link: the person was erased, or the row was moved.
        """
        owner: UUID | None = getattr(self, "_owner", None)
        return owner or _owners(self).get(self.link)


def link_of(provider: KeyProvider, person: UUID) -> str:
    """The keyed link between a person and their documents: 32 hexadecimal digits."""
    return provider.mac("log", b"documents|" + person.bytes).hex()[:32]


def _owners(row: Document) -> dict[str, UUID]:
    """Everybody by their link, worked out once a session: a quarter of a second for 100,000."""
    session = object_session(row)
    vault = None if session is None else vault_in(session)
    if session is None or vault is None:
        raise NotReady("a document outside a session belongs to nobody")
    found: dict[str, UUID] | None = session.info.get("documents_of")
    if found is None:
        persons = session.scalars(select(Person.id))
        found = {link_of(vault.provider, person): person for person in persons}
        session.info["documents_of"] = found
    return found


class DocumentPiece(Base):
    """A piece of a sealed file (`models.vault.chunks`), in order."""

    __tablename__ = "document_piece"
    __table_args__ = (UniqueConstraint("document_id", "sequence"),)

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), index=True)
    sequence: Mapped[int]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
