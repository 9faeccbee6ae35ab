"""The attacks of somebody who can write both databases and has no key, on one sealed field.

`attack(field, provider, store)` is run over every sealed field of a schema; it must come back with
nothing accepted. Each attack presents a value, or a wrapped key, at a place for which it was not made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import update

from models.vault.errors import VaultError
from models.vault.format import HEADER_BYTES, SealedBytes
from models.vault.keys import DataKeyRow, KeyStore, WrappedKey
from models.vault.providers import KekRef, KeyProvider
from models.vault.sealed import SealedField
from models.vault.vault import Vault
from models.vocabulary import Purpose

PLAIN = b"Do NOT tell the consulate where she is"


@dataclass
class Outcome:
    """How many attacks were tried, and which of them opened."""

    tried: int = 0
    accepted: list[str] = field(default_factory=list)


@dataclass
class _Target:
    """Two people, each with one sealed value of the field under attack."""

    at: SealedField
    provider: KeyProvider
    store: KeyStore
    victim: UUID
    other: UUID
    row: UUID
    other_row: UUID
    blob: SealedBytes
    other_blob: SealedBytes

    def opens(self, **changed: object) -> bool:
        """Whether the value opens, with some part of the place or the value exchanged."""
        place = {
            "owner": self.victim,
            "purpose": str(self.at.purpose),
            "table": self.at.table,
            "column": self.at.name,
            "row": self.row,
            "blob": self.blob,
        } | changed
        vault = Vault(self.provider, self.store)
        vault.grant(place["owner"], place["purpose"])
        try:
            vault.open(**place)
        except VaultError:
            return False
        finally:
            vault.close()
        return True


def attack(at: SealedField, provider: KeyProvider, store: KeyStore) -> Outcome:
    """Try everything on one field. The honest value must open, or nothing here would mean anything."""
    target = _prepare(at, provider, store)
    assert target.opens(), "the honest value does not open"
    outcome = Outcome()
    for kind in (_moved, _exchanged, _cut, _flipped, _downgraded, _keys_exchanged):
        for name, attempt in kind(target):
            outcome.tried += 1
            if attempt():
                outcome.accepted.append(f"{at.table}.{at.name}: {name}")
    assert target.opens(), "an attack did not clean up"
    return outcome


Attempts = Iterator[tuple[str, Callable[[], bool]]]


def _prepare(at: SealedField, provider: KeyProvider, store: KeyStore) -> _Target:
    people, rows = (uuid4(), uuid4()), (uuid4(), uuid4())
    vault = Vault(provider, store)
    vault.create_keys(people, tuple(Purpose))
    blobs = [
        vault.seal(
            owner=owner,
            purpose=at.purpose,
            table=at.table,
            column=at.name,
            row=row,
            plaintext=PLAIN,
        )
        for owner, row in zip(people, rows, strict=True)
    ]
    vault.flush_keys()
    vault.close()
    return _Target(at, provider, store, *people, *rows, *blobs)


def _moved(target: _Target) -> Attempts:
    """The victim's value at another place."""
    yield "row swap", lambda: target.opens(row=target.other_row)
    yield "column swap", lambda: target.opens(column=f"{target.at.name}_other")
    yield "table swap", lambda: target.opens(table=f"{target.at.table}_other")
    # No two splits of the same letters between table and column may be the same place.
    joined = target.at.table + target.at.name
    yield (
        "shifted border of table and column",
        lambda: target.opens(table=joined[:-1], column=joined[-1:]),
    )
    yield "owner swap", lambda: target.opens(owner=target.other)
    yield "owner and row swap", lambda: target.opens(owner=target.other, row=target.other_row)
    for purpose in Purpose:
        if purpose is not target.at.purpose:
            yield f"as purpose {purpose}", lambda p=str(purpose): target.opens(purpose=p)


def _exchanged(target: _Target) -> Attempts:
    """Another person's value at the victim's place, whole or mixed with the victim's."""
    ours, theirs = bytes(target.blob), bytes(target.other_blob)
    yield "value of another person", lambda: target.opens(blob=theirs)
    yield (
        "own header before another's value",
        lambda: target.opens(blob=ours[:HEADER_BYTES] + theirs[HEADER_BYTES:]),
    )
    yield "plaintext", lambda: target.opens(blob=PLAIN)
    yield "own header before plaintext", lambda: target.opens(blob=ours[:HEADER_BYTES] + PLAIN)


def _cut(target: _Target) -> Attempts:
    blob = bytes(target.blob)
    for length in range(len(blob)):
        yield f"cut to {length} bytes", lambda n=length: target.opens(blob=blob[:n])
        yield f"first {length + 1} bytes lost", lambda n=length: target.opens(blob=blob[n + 1 :])
    yield "one byte appended", lambda: target.opens(blob=blob + b"\x00")
    yield "doubled", lambda: target.opens(blob=blob + blob)


def _flipped(target: _Target) -> Attempts:
    blob = bytes(target.blob)
    for index in range(len(blob)):
        for mask in (0x01, 0x80, 0xFF):
            changed = bytearray(blob)
            changed[index] ^= mask
            yield f"byte {index} ^ {mask:#x}", lambda b=bytes(changed): target.opens(blob=b)


def _downgraded(target: _Target) -> Attempts:
    blob = bytes(target.blob)
    for suite in (0, 2, 255):
        yield f"suite {suite}", lambda s=suite: target.opens(blob=bytes([s]) + blob[1:])
    for version in (0, 2, 65535):
        claimed = version.to_bytes(2, "big")
        yield f"key version {version}", lambda v=claimed: target.opens(blob=blob[:1] + v + blob[3:])
    empty = bytes(16)
    yield "no commitment", lambda: target.opens(blob=blob[:3] + empty + blob[19:])


def _keys_exchanged(target: _Target) -> Attempts:
    """Wrapped keys moved, changed, or made anew in the keys database."""
    purpose = str(target.at.purpose)
    another = str(next(p for p in Purpose if p is not target.at.purpose))
    own = target.store.get(target.victim, purpose)[0]
    for name, wrapped in (
        ("wrapped key of another person", target.store.get(target.other, purpose)[0].wrapped),
        ("wrapped key of another purpose", target.store.get(target.victim, another)[0].wrapped),
        ("wrapped key cut", own.wrapped[:-1]),
        ("wrapped key empty", b""),
        ("wrapped key changed", bytes([own.wrapped[0] ^ 1]) + own.wrapped[1:]),
        ("a genuine key made later for the same place", _made_anew(target, own)),
    ):
        yield name, lambda w=wrapped: _opens_with(target, own, wrapped=w)
    yield "named as another purpose key", lambda: _opens_with(target, own, kek=f"{another}/1")
    yield "named as no purpose key", lambda: _opens_with(target, own, kek="none")


def _made_anew(target: _Target, own: WrappedKey) -> bytes:
    """What the machine itself would wrap for this person, purpose and version: only the commitment tells."""
    context = b"".join(
        len(part).to_bytes(4, "big") + part
        for part in (b"dek", own.owner.bytes, own.purpose.encode(), own.version.to_bytes(2, "big"))
    )
    return target.provider.wrap(KekRef.parse(own.kek), bytes(range(32)), context)


def _opens_with(target: _Target, own: WrappedKey, **changed: object) -> bool:
    with _stored(target.store, own, changed):
        return target.opens()


@contextmanager
def _stored(store: KeyStore, own: WrappedKey, changed: dict[str, object]) -> Iterator[None]:
    where = update(DataKeyRow).where(
        DataKeyRow.owner_id == own.owner,
        DataKeyRow.purpose == own.purpose,
        DataKeyRow.version == own.version,
    )
    with store.engine.begin() as connection:
        connection.execute(where.values(**changed))
    try:
        yield
    finally:
        with store.engine.begin() as connection:
            connection.execute(where.values(kek=own.kek, wrapped=own.wrapped))
