"""The tables of `bench vault`: the same persons in the clear, sealed by us, sealed by SQLAlchemy-Utils.

Everybody is invented. Twelve text fields a person, as a registration has them; ours are grouped by purpose
into one blob where they are read together.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, Table, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy_utils import StringEncryptedType
from sqlalchemy_utils.types.encrypted.encrypted_type import AesEngine, AesGcmEngine

from app.demonstration.people import people
from models.vault.format import Padding
from models.vault.sealed import Sealed
from models.vocabulary import Purpose

#: purpose: its fields.
FIELDS: dict[Purpose, tuple[str, ...]] = {
    Purpose.IDENTITY: ("given", "family", "father", "birth", "sex", "nationality", "document"),
    Purpose.CONTACT: ("telephone", "address"),
    Purpose.PROTECTION: ("route", "fear", "note"),
}
NAMES = tuple(name for fields in FIELDS.values() for name in fields)
_KEY = "only for measuring, never for people"


class SealedBase(DeclarativeBase):
    """Apart from the product's own schema."""


class Alone(SealedBase):
    """All twelve are read together: one purpose, one blob."""

    __tablename__ = "alone"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    identity = Sealed[dict[str, str]](Purpose.IDENTITY, as_json=True, padding=Padding.FORM)

    @property
    def sealed_owner(self) -> UUID:
        """Whose keys seal this row."""
        return self.id


class Grouped(SealedBase):
    """Three purposes, three blobs, three data keys."""

    __tablename__ = "grouped"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    identity = Sealed[dict[str, str]](Purpose.IDENTITY, as_json=True, padding=Padding.FORM)
    contact = Sealed[dict[str, str]](Purpose.CONTACT, as_json=True, padding=Padding.CODE)
    protection = Sealed[dict[str, str]](Purpose.PROTECTION, as_json=True, padding=Padding.FORM)

    @property
    def sealed_owner(self) -> UUID:
        """Whose keys seal this row."""
        return self.id


def _table(name: str, kind: Any) -> Table:
    columns = [Column(field, kind() if callable(kind) else kind) for field in NAMES]
    return Table(name, SealedBase.metadata, Column("id", Uuid, primary_key=True), *columns)


plain = _table("plain", Text)
#: Its default, which authenticates nothing, and its authenticated engine.
utils_aes = _table("utils_aes", lambda: StringEncryptedType(Text, _KEY, AesEngine, "pkcs5"))
utils_gcm = _table("utils_gcm", lambda: StringEncryptedType(Text, _KEY, AesGcmEngine))


def invented(number: int) -> Iterator[tuple[UUID, dict[str, str]]]:
    """Persons: an id and twelve texts of the lengths that registrations have."""
    chance = Random(11)  # invented people, the same in every run
    for person in people(11, number):
        words = [*person.forms[0].split(), "", ""]
        yield (
            uuid4(),
            {
                "given": words[0],
                "family": words[1],
                "father": words[2],
                "birth": f"{chance.randint(1950, 2020)}-{chance.randint(1, 12):02}-01",
                "sex": "female",
                "nationality": "AFG",
                "document": f"P{chance.randint(10**6, 10**7)}",
                "telephone": f"+9937{chance.randint(10**6, 10**7)}",
                "address": f"Street {chance.randint(1, 200)}, house {chance.randint(1, 99)}",
                "route": "by lorry, then on foot over the pass",
                "fear": "does not want the embassy to be told",
                "note": "was separated from her brother at the crossing; asks for news of him",
            },
        )
