"""What the vault asks of whoever holds the purpose keys, and the names of the keys.

A provider wraps data keys and makes tokens; it never gives a key out. No person's data passes through it,
only their 32-byte data keys and the tokens' input; and, with `seal_blob`, what belongs to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol, Self

from models.vault.errors import Tampered
from models.vault.format import SealedBytes
from models.vocabulary import Purpose

#: The purpose of what belongs to no person (segments of the name index, drafts of the machine).
BLOB = "blob"
PURPOSES: tuple[str, ...] = (*(str(purpose) for purpose in Purpose), BLOB)
#: Token keys: name index, chained log, links of statistics, cookies and forms.
MAC_IDS: tuple[str, ...] = ("index", "log", "figures", "web")
#: The token key that has epochs, so that it can be rotated while the index is in use.
INDEX = "index"
_PAIR = "pair-"


@dataclass(frozen=True, slots=True)
class KekRef:
    """Which purpose key, as stored beside every wrapped data key: `identity/1`.

    `pair` marks a key pair, to whose public half anybody here may seal: `protection/pair-1`.
    """

    purpose: str
    version: int
    pair: bool = False

    def __str__(self) -> str:
        return f"{self.purpose}/{_PAIR if self.pair else ''}{self.version}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The reverse of `str`. Raises `Tampered`, since only the database can be wrong."""
        purpose, _, version = text.partition("/")
        pair = version.startswith(_PAIR)
        number = version.removeprefix(_PAIR)
        if not purpose or not number.isascii() or not number.isdecimal():
            raise Tampered("a data key names no purpose key")
        return cls(purpose, int(number), pair)


@cache
def kek_of(text: str) -> KekRef:
    """As `KekRef.parse`, remembered: there are few purpose keys, and millions of rows that name one."""
    return KekRef.parse(text)


class KeyProvider(Protocol):
    """All that the vault asks of whoever holds the keys. Thread-safe.

    Every method raises `Locked` after `lock`, `NotHeld` for a key that is not here, `ProviderDown` where
    the keys are elsewhere and cannot be reached, and `Tampered` for what it did not make.
    """

    def primary(self, purpose: str) -> KekRef:
        """The key for new wraps."""

    def wrap(self, kek: KekRef, data_key: bytes, context: bytes) -> bytes:
        """Seal a data key (or another secret of 32 bytes); `context` is bound, not stored."""

    def wraps(
        self, kek: KekRef, data_keys: Sequence[bytes], contexts: Sequence[bytes]
    ) -> list[bytes]:
        """Seal many data keys under one key, each with the context at its own place."""

    def unwrap(self, kek: KekRef, blob: bytes, context: bytes) -> bytes:
        """The reverse of `wrap`, with the same key and context."""

    def can_unwrap(self, purpose: str) -> bool:
        """Whether values of the purpose can be opened on this machine now."""

    def mac(self, key_id: str, data: bytes) -> bytes:
        """HMAC-SHA-256 of `data` under the newest token key, 32 bytes."""

    def macs(self, epoch: int, data: Sequence[bytes]) -> list[bytes]:
        """HMACs of the name index under the key of one epoch; one call for all where keys are elsewhere."""

    def epochs(self) -> tuple[int, ...]:
        """The epochs of the index key that are held, oldest first; new tokens take the last."""

    def seal_blob(self, at: str, data: bytes) -> SealedBytes:
        """Seal what belongs to no person; it opens only with the same `at` (table, column, row)."""

    def open_blob(self, at: str, blob: bytes) -> bytes:
        """The reverse of `seal_blob`."""

    def lock(self) -> None:
        """Forget all keys; everything raises `Locked` from now on."""


class Rotating(Protocol):
    """A provider that makes and destroys versions of its keys. `name` is a purpose, or `index`."""

    def add_version(self, name: str) -> int:
        """Make a new version, for new wraps and tokens from now on. Returns its number."""

    def versions(self, name: str) -> tuple[int, ...]:
        """The versions there are, oldest first."""

    def destroy_version(self, name: str, version: int) -> None:
        """Destroy a version for good. Never the newest one."""

    def drop(self, purpose: str) -> None:
        """Destroy all versions of a purpose's key, which a key pair has replaced. Twice is harmless."""
