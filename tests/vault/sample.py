"""A small schema and a machine with keys, on which the vault is tested by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from models.vault.keys import KeyStore
from models.vault.providers import EnvProvider
from models.vault.sealed import Sealed
from models.vault.vault import Vault
from models.vocabulary import PERSON_PURPOSES, Purpose


class SampleBase(DeclarativeBase):
    """Apart from the product's own schema."""


class Remarked:
    """A mixin, since a sealed field must work on one."""

    remark = Sealed(Purpose.PROTECTION)


class Traveller(SampleBase):
    __tablename__ = "traveller"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    post: Mapped[str | None] = mapped_column(String(40), unique=True)

    given_name = Sealed(Purpose.IDENTITY)
    family_name = Sealed(Purpose.IDENTITY)
    telephone = Sealed(Purpose.CONTACT)

    @property
    def sealed_owner(self) -> UUID:
        return self.id


class Note(Remarked, SampleBase):
    __tablename__ = "note"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("traveller.id"))

    content = Sealed[dict[str, Any]](Purpose.PROTECTION, as_json=True)
    claim = Sealed[dict[str, Any]](Purpose.LEGAL, as_json=True, bound_as="old_note.claim_text")


@dataclass
class Machine:
    """One installation: two databases and a provider."""

    main: Engine
    store: KeyStore
    provider: EnvProvider

    @contextmanager
    def session(self, *granted: tuple[UUID, Purpose]) -> Iterator[Session]:
        vault = Vault(self.provider, self.store)
        for owner, purpose in granted:
            vault.grant(owner, purpose)
        with Session(self.main) as session:
            session.info["vault"] = vault
            try:
                yield session
            finally:
                vault.close()

    def everything(self, *owners: UUID) -> list[tuple[UUID, Purpose]]:
        return [(owner, purpose) for owner in owners for purpose in PERSON_PURPOSES]

    def enrol(self, given: str = "Gulnora", family: str = "Saidova", **fields: Any) -> UUID:
        """Store one traveller and return their id."""
        with self.session() as session:
            traveller = Traveller(id=uuid4())
            session.add(traveller)
            traveller.given_name = given
            traveller.family_name = family
            for name, value in fields.items():
                setattr(traveller, name, value)
            session.commit()
            return traveller.id
