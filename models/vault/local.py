"""Keys in this process's memory: what the file and the environment provider have in common."""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.vault.blobs import NOBODY, BlobSealing
from models.vault.contract import BLOB, INDEX, KekRef
from models.vault.errors import Locked, NotHeld, Tampered
from models.vault.format import NONCE_BYTES, DataKey
from models.vault.keyring import KeyMaterial


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """Keys made ready for use; replaced as a whole, so threads need no lock."""

    keks: Mapping[KekRef, AESGCM]
    primary: Mapping[str, KekRef]
    macs: Mapping[str, bytes]
    index: Mapping[int, bytes]
    blob_keys: Mapping[int, DataKey]


class LocalProvider(BlobSealing):
    """Keys in this process's memory. Thread-safe."""

    def __init__(self, material: KeyMaterial, *, setting: str) -> None:
        self._setting = setting
        self._held: Held | None = prepare(material)

    def primary(self, purpose: str) -> KekRef:
        """The key for new wraps. Raises `NotHeld` for a purpose without a key here."""
        self._renew()
        kek = self._open().primary.get(purpose)
        if kek is None:
            raise self._not_held(purpose)
        return kek

    def wrap(self, kek: KekRef, data_key: bytes, context: bytes) -> bytes:
        """60 bytes: nonce, sealed data key, tag. `context` is bound, not stored."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._kek(kek).encrypt(nonce, data_key, context)

    def wraps(
        self, kek: KekRef, data_keys: Sequence[bytes], contexts: Sequence[bytes]
    ) -> list[bytes]:
        """As `wrap` for each: the key is looked up once, and the nonces are drawn together."""
        encrypt = self._kek(kek).encrypt
        drawn = os.urandom(NONCE_BYTES * len(data_keys))
        nonces = [drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES)]
        return [
            nonce + encrypt(nonce, key, context)
            for nonce, key, context in zip(nonces, data_keys, contexts, strict=True)
        ]

    def unwrap(self, kek: KekRef, blob: bytes, context: bytes) -> bytes:
        """The 32-byte data key. Raises `Locked`, `NotHeld` or `Tampered`."""
        try:
            return self._kek(kek).decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], context)
        except (InvalidTag, ValueError):
            raise Tampered("a wrapped data key was changed, or belongs elsewhere") from None

    def can_unwrap(self, purpose: str) -> bool:
        """Whether values of the purpose can be opened on this machine now."""
        return self._held is not None and purpose in self._held.primary

    def mac(self, key_id: str, data: bytes) -> bytes:
        """HMAC-SHA-256 of `data`, 32 bytes. Raises `NotHeld` for an unknown `key_id`."""
        if key_id == INDEX:
            return self.macs(self.epochs()[-1], [data])[0]
        key = self._open().macs.get(key_id)
        if key is None:
            raise self._not_held(key_id)
        return hmac.digest(key, data, "sha256")

    def macs(self, epoch: int, data: Sequence[bytes]) -> list[bytes]:
        """HMACs under the index key of one epoch. Raises `NotHeld` for an epoch that is not here."""
        key = self._open().index.get(epoch)
        if key is None:
            raise self._not_held(f"{INDEX}/{epoch}")
        return [hmac.digest(key, one, "sha256") for one in data]

    def epochs(self) -> tuple[int, ...]:
        """The epochs of the index key, oldest first. Raises `NotHeld` where there is none."""
        self._renew()
        found = tuple(sorted(self._open().index))
        if not found:
            raise self._not_held(INDEX)
        return found

    def lock(self) -> None:
        """Forget all keys; everything raises `Locked` from now on."""
        self._held = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, {'locked' if self._held is None else 'open'}>"

    def _renew(self) -> bool:
        """Take up keys that were made meanwhile; whether there were any."""
        return False

    def _open(self) -> Held:
        held = self._held
        if held is None:
            raise Locked(f"{self._setting}: the keyring is locked", setting=self._setting)
        return held

    def _kek(self, kek: KekRef) -> AESGCM:
        # Every time, since a key may have been taken away, too: before a journey, or after a rotation.
        self._renew()
        key = self._open().keks.get(kek)
        if key is None:
            raise self._not_held(str(kek))
        return key

    def _blob_key(self, version: int) -> DataKey:
        self._renew()
        key = self._open().blob_keys.get(version)
        if key is None:
            raise self._not_held(f"{BLOB}/{version}")
        return key

    def _not_held(self, what: str) -> NotHeld:
        return NotHeld(f"{self._setting} holds no key {what!r}", setting=self._setting, key=what)


def prepare(material: KeyMaterial) -> Held:
    """Make raw keys ready for use."""
    return Held(
        keks={
            KekRef(purpose, version): AESGCM(key)
            for purpose, versions in material.keks.items()
            for version, key in versions.items()
        },
        primary={
            purpose: KekRef(purpose, version) for purpose, version in material.primary.items()
        },
        macs={key_id: key for key_id, key in material.macs.items() if not is_index(key_id)},
        index={epoch_of(key_id): key for key_id, key in material.macs.items() if is_index(key_id)},
        blob_keys={
            version: DataKey(key, owner=NOBODY, purpose=BLOB, version=version)
            for version, key in material.keks.get(BLOB, {}).items()
        },
    )


def is_index(key_id: str) -> bool:
    """Whether a token key is one of the index: `index` is the first epoch, `index/2` the second."""
    return key_id.partition("/")[0] == INDEX


def epoch_of(key_id: str) -> int:
    """The epoch that a key of the index is for."""
    return int(key_id.partition("/")[2] or 1)


def index_id(epoch: int) -> str:
    """The reverse of `epoch_of`."""
    return INDEX if epoch == 1 else f"{INDEX}/{epoch}"
