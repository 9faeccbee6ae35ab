"""The form of one sealed value, and nothing else: no database, no policy, no stored keys.

    byte 0       suite (1 = AES-256-GCM)
    bytes 1-2    version of the data key
    bytes 3-18   commitment: which data key made this, checked before anything is decrypted
    bytes 19-30  nonce, from the operating system
    bytes 31-    ciphertext and its 16-byte tag

The associated data bind a value to its person, purpose, table, column and row, so that it opens at
no other place (docs: design of the vault; NIST SP 800-38D for the cipher).
"""

from __future__ import annotations

import hmac
import os
from enum import Enum
from functools import cache
from typing import NoReturn
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.vault.errors import Tampered, Unsealable

SUITE = 1
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
COMMITMENT_BYTES = 16
HEADER_BYTES = 3 + COMMITMENT_BYTES
OVERHEAD = HEADER_BYTES + NONCE_BYTES + TAG_BYTES
_SUITE = bytes([SUITE])
_HEAD = HEADER_BYTES.to_bytes(4, "big")
_BODY = HEADER_BYTES + NONCE_BYTES

#: Sizes to which plaintext is filled up, so that a length tells little. Beyond the last: its multiples.
_LADDER = (32, 64, 128, 256, 512, 1024, 4096, 16384, 65536)
_END_MARK = b"\x80"
#: The length before a UUID in `lp`: values are sealed by the hundred thousand, and these parts never change.
_ID = (16).to_bytes(4, "big")


class SealedBytes(bytes):
    """Ciphertext in the format above. Only this package makes it; sealed columns take nothing else."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<sealed, {len(self)} bytes>"


class Padding(Enum):
    """The smallest size a value is filled up to, in bytes."""

    FIELD = 32
    #: Codes and other short JSON that must not differ in size from one another.
    CODE = 128
    #: What one screen of a form holds.
    FORM = 256
    BLOB = 1024


def lp(*parts: bytes) -> bytes:
    """Join parts, each behind its 4-byte length: no two lists of parts give the same bytes."""
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])


def padded_size(length: int, padding: Padding) -> int:
    """The size in bytes that a plaintext of `length` bytes is filled up to (one goes to the end mark)."""
    needed = max(length + 1, padding.value)
    for size in _LADDER:
        if needed <= size:
            return size
    largest = _LADDER[-1]
    return -(-needed // largest) * largest


def pad(plaintext: bytes, padding: Padding) -> bytes:
    """Fill up with 0x80 and zeros (ISO/IEC 7816-4)."""
    return (plaintext + _END_MARK).ljust(padded_size(len(plaintext), padding), b"\x00")


def unpad(padded: bytes) -> bytes:
    """Undo `pad`. Raises `Tampered` where there is no end mark."""
    stripped = padded.rstrip(b"\x00")
    if not stripped.endswith(_END_MARK):
        raise Tampered("a sealed value has no end mark")
    return stripped[:-1]


def place(table: str, column: str) -> bytes:
    """The part of the associated data that is the same for every row of a column."""
    return lp(table.encode(), column.encode())


def key_context(owner: UUID, purpose: str, version: int) -> bytes:
    """What a wrapped data key is bound to, so that it unwraps for nobody and nothing else."""
    before, after = _around(b"dek", purpose, version)
    return before + owner.bytes + after


@cache
def _around(label: bytes, purpose: str, version: int) -> tuple[bytes, bytes]:
    """What stands before and after the owner in `lp(label, owner, purpose, version)`."""
    return lp(label) + _ID, lp(purpose.encode(), version.to_bytes(2, "big"))


@cache
def _named(purpose: str) -> bytes:
    return lp(purpose.encode())


def version_of(blob: bytes) -> int:
    """Which version of the data key made this value. Raises `Tampered` if it is no sealed value."""
    if len(blob) < OVERHEAD or blob[0] != SUITE:
        raise Tampered("a stored value is not in the sealed format")
    return int.from_bytes(blob[1:3], "big")


class DataKey:
    """One unwrapped data key: one person, one purpose, one version. Safe to use from many threads."""

    __slots__ = ("_aead", "_head", "_prefix", "owner", "purpose", "version")

    def __init__(self, raw: bytes, *, owner: UUID, purpose: str, version: int) -> None:
        if len(raw) != KEY_BYTES:
            raise Tampered("a data key has the wrong length")
        self.owner = owner
        self.purpose = purpose
        self.version = version
        before, after = _around(b"commit", purpose, version)
        who = owner.bytes
        commitment = hmac.digest(raw, before + who + after, "sha256")[:COMMITMENT_BYTES]
        self._aead = AESGCM(raw)
        self._head = head = _SUITE + version.to_bytes(2, "big") + commitment
        self._prefix = _HEAD + head + _ID + who + _named(purpose)

    def seal(self, at: bytes, row: UUID, plaintext: bytes, padding: Padding) -> SealedBytes:
        """Seal for one row; `at` is `place(table, column)`."""
        nonce = os.urandom(NONCE_BYTES)
        bound = self._prefix + at + _ID + row.bytes
        return SealedBytes(
            self._head + nonce + self._aead.encrypt(nonce, pad(plaintext, padding), bound)
        )

    def unseal(self, at: bytes, row: UUID, blob: bytes) -> bytes:
        """Open what `seal` made. Raises `Tampered` for anything else, before decrypting if it can."""
        if not hmac.compare_digest(blob[:HEADER_BYTES], self._head):
            raise Tampered("a sealed value was not made with this data key")
        if len(blob) < OVERHEAD:
            raise Tampered("a sealed value was cut short")
        bound = self._prefix + at + _ID + row.bytes
        try:
            padded = self._aead.decrypt(blob[HEADER_BYTES:_BODY], blob[_BODY:], bound)
        except InvalidTag:
            raise Tampered("a sealed value was changed, or belongs to another place") from None
        return unpad(padded)

    def __repr__(self) -> str:
        return f"<data key, {self.purpose}, version {self.version}>"

    def __reduce__(self) -> NoReturn:
        raise Unsealable("a data key cannot be pickled or copied")


def seal(
    data_key: bytes,
    *,
    owner: UUID,
    purpose: str,
    version: int,
    table: str,
    column: str,
    row: UUID,
    plaintext: bytes,
    padding: Padding = Padding.FIELD,
) -> SealedBytes:
    """Seal one value with a raw 32-byte data key. For many values of one key use `DataKey`."""
    key = DataKey(data_key, owner=owner, purpose=purpose, version=version)
    return key.seal(place(table, column), row, plaintext, padding)


def unseal(
    data_key: bytes,
    *,
    owner: UUID,
    purpose: str,
    version: int,
    table: str,
    column: str,
    row: UUID,
    blob: bytes,
) -> bytes:
    """Open what `seal` made with the same key at the same place, or raise `Tampered`."""
    key = DataKey(data_key, owner=owner, purpose=purpose, version=version)
    return key.unseal(place(table, column), row, blob)
