"""Sealing what belongs to no person, the same for every provider: only where the key comes from differs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from uuid import UUID

from models.vault.contract import BLOB, KekRef
from models.vault.format import DataKey, Padding, SealedBytes, place, version_of

#: The owner of what belongs to no person.
NOBODY = UUID(int=0)


class BlobSealing(ABC):
    """Seals and opens blobs under the key of `_blob_key`."""

    @abstractmethod
    def primary(self, purpose: str) -> KekRef:
        """The key for new wraps. Raises `NotHeld` for a purpose without a key here."""

    @abstractmethod
    def _blob_key(self, version: int) -> DataKey:
        """A version of the key. Raises `NotHeld` for one that is not here."""

    def seal_blob(self, at: str, data: bytes) -> SealedBytes:
        """Seal what belongs to no person; it opens only with the same `at` (table, column, row)."""
        key = self._blob_key(self.primary(BLOB).version)
        return key.seal(place(BLOB, at), NOBODY, data, Padding.BLOB)

    def open_blob(self, at: str, blob: bytes) -> bytes:
        """The reverse of `seal_blob`. Raises `Tampered`, `NotHeld` or `Locked`."""
        return self._blob_key(version_of(blob)).unseal(place(BLOB, at), NOBODY, blob)
