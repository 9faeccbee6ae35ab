"""A case file as the product keeps one, sealed for five purposes and in the clear, read whole by the ORM."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import process_time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, ForeignKey, Text, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from models.vault.format import Padding
from models.vault.keys import KeyStore
from models.vault.providers import KeyProvider
from models.vault.sealed import Sealed, load_sealed
from models.vault.vault import Vault
from models.vocabulary import Purpose

#: table: its purpose, its rows in one file, and about how long the JSON of one is.
PARTS: dict[str, tuple[Purpose, int, int]] = {
    "who": (Purpose.IDENTITY, 1, 220),
    "arrival": (Purpose.IDENTITY, 1, 100),
    "reach": (Purpose.CONTACT, 1, 90),
    "answer": (Purpose.PROTECTION, 8, 500),
    "assessment": (Purpose.PROTECTION, 1, 3500),
    "hold": (Purpose.PROTECTION, 6, 90),
    "need": (Purpose.PROTECTION, 4, 90),
    "health": (Purpose.MEDICAL, 1, 400),
    "deadline": (Purpose.LEGAL, 4, 90),
    "consent": (Purpose.LEGAL, 2, 200),
}
PURPOSES = tuple(dict.fromkeys(purpose for purpose, _, _ in PARTS.values()))
_ROUNDS = 40


class CaseBase(DeclarativeBase):
    """Apart from the product's own schema."""


class File(CaseBase):
    """Whose file it is."""

    __tablename__ = "file"

    id: Mapped[UUID] = mapped_column(primary_key=True)


def _sealed(name: str, purpose: Purpose) -> Any:
    return type(
        f"Sealed{name}",
        (CaseBase,),
        {
            "__tablename__": f"sealed_{name}",
            "__annotations__": {"id": Mapped[UUID], "person_id": Mapped[UUID]},
            "id": mapped_column(primary_key=True),
            "person_id": mapped_column(ForeignKey("file.id"), index=True),
            "content": Sealed[dict[str, Any]](purpose, as_json=True, padding=Padding.CODE),
        },
    )


def _plain(name: str) -> Any:
    return type(
        f"Plain{name}",
        (CaseBase,),
        {
            "__tablename__": f"plain_{name}",
            "__annotations__": {
                "id": Mapped[UUID],
                "person_id": Mapped[UUID],
                "content": Mapped[str],
            },
            "id": mapped_column(primary_key=True),
            "person_id": mapped_column(ForeignKey("file.id"), index=True),
            "content": mapped_column(Text),
        },
    )


SEALED = {name: _sealed(name, purpose) for name, (purpose, _, _) in PARTS.items()}
PLAIN = {name: _plain(name) for name in PARTS}


def case_files(main: Engine, store: KeyStore, provider: KeyProvider) -> dict[str, float]:
    """CPU milliseconds of reading a whole file: sealed, in the clear, and their ratio (best of rounds)."""
    CaseBase.metadata.create_all(main)
    files = [uuid4() for _ in range(50)]
    filling = Vault(provider, store)
    with main.begin() as connection:
        _fill(connection, filling, files)
        filling.flush_keys()

    def sealed(who: UUID) -> int:
        vault = Vault(provider, store)
        vault.grant(who, *PURPOSES)
        with Session(main, info={"vault": vault}) as session:
            vault.prefetch([who], PURPOSES)
            return sum(
                len(row.content)
                for model in SEALED.values()
                for row in session.scalars(
                    select(model).where(model.person_id == who).options(*load_sealed(model.content))
                )
            )

    def plain(who: UUID) -> int:
        with Session(main) as session:
            return sum(
                len(json.loads(row.content))
                for model in PLAIN.values()
                for row in session.scalars(select(model).where(model.person_id == who))
            )

    return _best(files, sealed, plain)


def _best(
    files: list[UUID], sealed: Callable[[UUID], int], plain: Callable[[UUID], int]
) -> dict[str, float]:
    """Both ways by turns, so that what disturbs one disturbs the other."""
    best = {"sealed": 1e9, "plain": 1e9}
    ways = {"sealed": sealed, "plain": plain}
    for number in range(_ROUNDS):
        for name, way in ways.items():
            start = process_time()
            way(files[number % len(files)])
            best[name] = min(best[name], process_time() - start)
    return {
        "sealed_ms": round(best["sealed"] * 1e3, 2),
        "plain_ms": round(best["plain"] * 1e3, 2),
        "ratio": round(best["sealed"] / best["plain"], 2),
    }


def _fill(connection: Connection, vault: Vault, files: list[UUID]) -> None:
    connection.execute(insert(File), [{"id": who} for who in files])
    vault.create_keys(files, PURPOSES, new=True)
    for name, (_purpose, number, length) in PARTS.items():
        content = {"code": name, "text": "x" * (length // 2), "more": ["word"] * (length // 20)}
        plain, sealed = [], []
        for who in files:
            for _ in range(number):
                row = uuid4()
                plain.append({"id": row, "person_id": who, "content": json.dumps(content)})
                blob = SEALED[name].content.seal(vault, owner=who, row=row, value=content)
                sealed.append({"id": row, "person_id": who, "content_ct": blob})
        connection.execute(insert(PLAIN[name]), plain)
        connection.execute(insert(SEALED[name]), sealed)
