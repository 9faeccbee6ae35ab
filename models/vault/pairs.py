"""Key pairs of purposes: whoever has the public half can write, only the private half reads back.

HPKE (RFC 9180) with the hybrid KEM MLKEM768-X25519, since what is sealed to a public half today must still
hold against tomorrow's quantum computers; 1,168 bytes for a data key of 32. A private half is a seed of 32
bytes, so that it can be wrapped like a data key and cut into the custodians' words.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine, LargeBinary, String, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models.vault.contract import KekRef, KeyProvider
from models.vault.errors import KeyringDamaged, Tampered
from models.vault.format import KEY_BYTES, lp
from models.vault.keys import KeysBase

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.SHAKE256, AEAD.AES_256_GCM)
_MLKEM_SEED, _MLKEM_PUBLIC, _X25519 = 64, 1184, 32
#: The token key that vouches for public halves: an attacker who wrote one would read what is sealed to it.
_VOUCH = "log"
#: How long a process may go on with the pairs it knows, in seconds.
STALE = 2.0


@dataclass(frozen=True, slots=True)
class PublicHalf:
    """Seals to a pair. `raw` is 1,216 bytes: ML-KEM-768, then X25519."""

    raw: bytes

    def seal(self, plaintext: bytes, info: bytes) -> bytes:
        """1,136 bytes more than `plaintext`; `info` is bound, not stored."""
        if len(self.raw) != _MLKEM_PUBLIC + _X25519:
            raise KeyringDamaged("the public half of a key pair has the wrong length")
        key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.raw[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(self.raw[_MLKEM_PUBLIC:]),
        )
        return _SUITE.encrypt(plaintext, key, info)


@dataclass(frozen=True, slots=True, repr=False)
class PrivateHalf:
    """Opens what was sealed to its public half."""

    seed: bytes

    @classmethod
    def fresh(cls) -> Self:
        """A new pair."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @property
    def public(self) -> PublicHalf:
        """The public half."""
        mlkem, x25519 = self._parts()
        return PublicHalf(
            mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        )

    def open(self, blob: bytes, info: bytes) -> bytes:
        """The reverse of `PublicHalf.seal`. Raises `Tampered`."""
        try:
            return _SUITE.decrypt(blob, MLKEM768X25519PrivateKey(*self._parts()), info)
        except (InvalidTag, ValueError):
            raise Tampered(
                "what was sealed to a key pair was changed, or belongs elsewhere"
            ) from None

    def _parts(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        expanded = HKDF(SHA256(), _MLKEM_SEED + _X25519, salt=None, info=b"serai pair").derive(
            self.seed
        )
        return (
            MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED]),
            X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED:]),
        )


class PairRow(KeysBase):
    """The public half of a purpose's pair, vouched for by a token key; perhaps the private half, wrapped."""

    __tablename__ = "purpose_pair"

    purpose: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    vouched: Mapped[bytes] = mapped_column(LargeBinary)
    #: The private half under a purpose key of the provider, where this machine may read; and that key.
    held: Mapped[bytes | None] = mapped_column(LargeBinary)
    held_by: Mapped[str | None] = mapped_column(String(48))
    #: The private half sealed to the custodians.
    recovery: Mapped[bytes | None] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair as this machine knows it."""

    ref: KekRef
    public: PublicHalf
    held: bytes | None
    held_by: KekRef | None
    recovery: bytes | None


class PairBook:
    """The pairs in the keys database, as one process knows them. Thread-safe."""

    def __init__(
        self, engine: Engine, base: KeyProvider, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="IMMEDIATE")
        self._base = base
        self._clock = clock
        self._pairs: dict[KekRef, Pair] = {}
        self._read_at: float | None = None

    def newest(self, purpose: str) -> Pair | None:
        """The pair to which new data keys of the purpose are sealed."""
        self._refresh()
        mine = [ref for ref in self._pairs if ref.purpose == purpose]
        return self._pairs[max(mine, key=lambda ref: ref.version)] if mine else None

    def get(self, ref: KekRef) -> Pair | None:
        """One pair. Looks again where it is not known."""
        if ref not in self._pairs:
            self._refresh(at_once=True)
        return self._pairs.get(ref)

    def all(self) -> list[Pair]:
        """Every pair, as it is now."""
        self._refresh(at_once=True)
        return sorted(self._pairs.values(), key=lambda pair: str(pair.ref))

    def next_number(self, purpose: str) -> int:
        """The number that the next pair of a purpose will have."""
        return max((p.ref.version for p in self.all() if p.ref.purpose == purpose), default=0) + 1

    def add(self, purpose: str, private: PrivateHalf, *, recovery: bytes | None = None) -> Pair:
        """Keep the public half of a new pair."""
        number = self.next_number(purpose)
        ref, public = KekRef(purpose, number, pair=True), private.public
        with self._writing.begin() as connection:
            connection.execute(
                insert(PairRow).values(
                    purpose=purpose,
                    number=number,
                    public=public.raw,
                    vouched=self._vouch(ref, public.raw),
                    recovery=recovery,
                )
            )
        self._refresh(at_once=True)
        return self._pairs[ref]

    def hold(self, ref: KekRef, private: PrivateHalf | None) -> None:
        """Keep the private half on this machine, under the provider's key of the purpose; or no more."""
        values: dict[str, object] = {"held": None, "held_by": None}
        if private is not None:
            kek = self._base.primary(ref.purpose)
            values = {
                "held": self._base.wrap(kek, private.seed, seed_context(ref)),
                "held_by": str(kek),
            }
        self._change(ref, values)

    def set_recovery(self, ref: KekRef, recovery: bytes) -> None:
        """Keep the private half as sealed to the custodians."""
        self._change(ref, {"recovery": recovery})

    def remove(self, ref: KekRef) -> None:
        """Forget a pair. What was sealed to it opens no more."""
        with self._writing.begin() as connection:
            connection.execute(
                delete(PairRow).where(PairRow.purpose == ref.purpose, PairRow.number == ref.version)
            )
        self._refresh(at_once=True)

    def private_here(self, pair: Pair) -> PrivateHalf | None:
        """The private half, where this machine holds it. Raises what the provider raises."""
        if pair.held is None or pair.held_by is None:
            return None
        return PrivateHalf(self._base.unwrap(pair.held_by, pair.held, seed_context(pair.ref)))

    def _change(self, ref: KekRef, values: dict[str, object]) -> None:
        with self._writing.begin() as connection:
            connection.execute(
                update(PairRow)
                .where(PairRow.purpose == ref.purpose, PairRow.number == ref.version)
                .values(**values)
            )
        self._refresh(at_once=True)

    def _refresh(self, *, at_once: bool = False) -> None:
        now = self._clock()
        if not at_once and self._read_at is not None and now - self._read_at < STALE:
            return
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(
                    PairRow.purpose,
                    PairRow.number,
                    PairRow.public,
                    PairRow.vouched,
                    PairRow.held,
                    PairRow.held_by,
                    PairRow.recovery,
                )
            ).all()
        found: dict[KekRef, Pair] = {}
        for row in rows:
            ref = KekRef(row.purpose, row.number, pair=True)
            if not hmac.compare_digest(row.vouched, self._vouch(ref, row.public)):
                raise Tampered("the public half of a key pair is not the one that was made here")
            held_by = KekRef.parse(row.held_by) if row.held_by else None
            found[ref] = Pair(ref, PublicHalf(row.public), row.held, held_by, row.recovery)
        self._pairs = found
        self._read_at = now

    def _vouch(self, ref: KekRef, public: bytes) -> bytes:
        return self._base.mac(_VOUCH, lp(b"pair", str(ref).encode(), public))


def seed_context(ref: KekRef) -> bytes:
    """What a wrapped private half is bound to."""
    return lp(b"pair seed", str(ref).encode())


def wrap_info(ref: KekRef, context: bytes) -> bytes:
    """What a data key sealed to a pair is bound to."""
    return lp(b"data key", str(ref).encode(), context)
