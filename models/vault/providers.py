"""Who holds the purpose keys. A provider wraps data keys and makes tokens; it never gives a key out.

Two so far: `FileProvider` (a keyring file under a passphrase) and `EnvProvider` (one environment
value; for containers and tests). A remote key service fits behind the same `KeyProvider`. No person's
data passes through here, only their 32-byte data keys; and, with `seal_blob`, what belongs to nobody.
"""

from __future__ import annotations

import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.vault.errors import (
    KeyringDamaged,
    KeyringMissing,
    Locked,
    NotAllowed,
    NotHeld,
    Tampered,
    WrongPassphrase,
)
from models.vault.format import (
    KEY_BYTES,
    NONCE_BYTES,
    DataKey,
    Padding,
    SealedBytes,
    lp,
    place,
    version_of,
)
from models.vault.keyring import KeyMaterial, read_keyring, write_keyring
from models.vocabulary import Purpose

#: The purpose of what belongs to no person (segments of the name index, drafts of the machine).
BLOB = "blob"
PURPOSES: tuple[str, ...] = (*(str(purpose) for purpose in Purpose), BLOB)
#: Token keys: name index, chained log, links of statistics, cookies and forms.
MAC_IDS: tuple[str, ...] = ("index", "log", "figures", "web")

_NOBODY = UUID(int=0)
KEYRING_SETTING = "SERAI_KEYRING"
PASSPHRASE_SETTING = "SERAI_PASSPHRASE_FILE"  # noqa: S105  # the name of a setting, no secret
MATERIAL_SETTING = "SERAI_KEY_MATERIAL"
ALLOW_SETTING = "SERAI_ALLOW_ENV_KEYS"


@dataclass(frozen=True, slots=True)
class KekRef:
    """Which purpose key, as stored beside every wrapped data key: `identity/1`."""

    purpose: str
    version: int

    def __str__(self) -> str:
        return f"{self.purpose}/{self.version}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The reverse of `str`. Raises `Tampered`, since only the database can be wrong."""
        purpose, _, version = text.partition("/")
        if not purpose or not version.isascii() or not version.isdecimal():
            raise Tampered("a data key names no purpose key")
        return cls(purpose, int(version))


class KeyProvider(Protocol):
    """All that the vault asks of whoever holds the keys."""

    def primary(self, purpose: str) -> KekRef: ...

    def wrap(self, kek: KekRef, data_key: bytes, context: bytes) -> bytes: ...

    def unwrap(self, kek: KekRef, blob: bytes, context: bytes) -> bytes: ...

    def can_unwrap(self, purpose: str) -> bool: ...

    def mac(self, key_id: str, data: bytes) -> bytes: ...

    def seal_blob(self, at: str, data: bytes) -> SealedBytes: ...

    def open_blob(self, at: str, blob: bytes) -> bytes: ...

    def lock(self) -> None: ...


@dataclass(frozen=True, slots=True, repr=False)
class _Held:
    """Keys made ready for use; replaced as a whole, so threads need no lock."""

    keks: Mapping[KekRef, AESGCM]
    primary: Mapping[str, KekRef]
    macs: Mapping[str, bytes]
    blob_keys: Mapping[int, DataKey]


class LocalProvider:
    """Keys in this process's memory. Thread-safe. Base of the file and the environment provider."""

    def __init__(self, material: KeyMaterial, *, setting: str) -> None:
        self._setting = setting
        self._held: _Held | None = _prepare(material)

    def primary(self, purpose: str) -> KekRef:
        """The key for new wraps. Raises `NotHeld` for a purpose without a key here."""
        kek = self._open().primary.get(purpose)
        if kek is None:
            raise self._not_held(purpose)
        return kek

    def wrap(self, kek: KekRef, data_key: bytes, context: bytes) -> bytes:
        """60 bytes: nonce, sealed data key, tag. `context` is bound, not stored."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._kek(kek).encrypt(nonce, data_key, context)

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
        key = self._open().macs.get(key_id)
        if key is None:
            raise self._not_held(key_id)
        return hmac.digest(key, data, "sha256")

    def seal_blob(self, at: str, data: bytes) -> SealedBytes:
        """Seal what belongs to no person; it opens only with the same `at` (table, column, row)."""
        key = self._blob_key(self.primary(BLOB).version)
        return key.seal(place(BLOB, at), _NOBODY, data, Padding.BLOB)

    def open_blob(self, at: str, blob: bytes) -> bytes:
        """The reverse of `seal_blob`. Raises `Tampered`, `NotHeld` or `Locked`."""
        return self._blob_key(version_of(blob)).unseal(place(BLOB, at), _NOBODY, blob)

    def lock(self) -> None:
        """Forget all keys; everything raises `Locked` from now on."""
        self._held = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, {'locked' if self._held is None else 'open'}>"

    def _open(self) -> _Held:
        held = self._held
        if held is None:
            raise Locked(f"{self._setting}: the keyring is locked", setting=self._setting)
        return held

    def _kek(self, kek: KekRef) -> AESGCM:
        key = self._open().keks.get(kek)
        if key is None:
            raise self._not_held(str(kek))
        return key

    def _blob_key(self, version: int) -> DataKey:
        key = self._open().blob_keys.get(version)
        if key is None:
            raise self._not_held(f"{BLOB}/{version}")
        return key

    def _not_held(self, what: str) -> NotHeld:
        return NotHeld(f"{self._setting} holds no key {what!r}", setting=self._setting, key=what)


class FileProvider(LocalProvider):
    """A keyring file, opened with a passphrase once at the start of the process."""

    @classmethod
    def create(
        cls,
        path: Path,
        passphrase: str,
        *,
        purposes: Iterable[str] = PURPOSES,
        mac_ids: Iterable[str] = MAC_IDS,
        setting: str = KEYRING_SETTING,
        passphrase_setting: str = PASSPHRASE_SETTING,
    ) -> Self:
        """Make new keys and write them to `path`.

        Raises:
            KeyringExists: never overwrites.
            WrongPassphrase: the passphrase is empty.
            KeyringMissing: the folder cannot be written to.
        """
        if not passphrase.strip():
            raise WrongPassphrase(f"{passphrase_setting} is empty")
        material = KeyMaterial.fresh(purposes, mac_ids)
        write_keyring(path, passphrase, material, setting=setting)
        return cls(material, setting=setting)

    @classmethod
    def open(
        cls,
        path: Path,
        passphrase: str,
        *,
        setting: str = KEYRING_SETTING,
        passphrase_setting: str = PASSPHRASE_SETTING,
    ) -> Self:
        """Open the keyring at `path` (about 0.2 s and 64 MiB).

        Raises:
            KeyringMissing, KeyringDamaged, WrongPassphrase: each names the setting to mend.
        """
        material = read_keyring(
            path, passphrase, setting=setting, passphrase_setting=passphrase_setting
        )
        return cls(material, setting=setting)


class EnvProvider(LocalProvider):
    """All keys derived (HKDF-SHA-256, RFC 5869) from one 32-byte root in an environment value.

    Whoever may read `/proc/<pid>/environ` has the keys, so production must allow it explicitly.
    """

    @staticmethod
    def create() -> str:
        """A fresh value for the setting: 32 random bytes in URL-safe base64."""
        return urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()

    @classmethod
    def open(
        cls,
        value: str | None,
        *,
        production: bool,
        allowed: bool = False,
        setting: str = MATERIAL_SETTING,
    ) -> Self:
        """Derive the keys from the value that `create` made.

        Raises:
            NotAllowed: in production, unless allowed.
            KeyringMissing: no value.
            KeyringDamaged: not 32 bytes of base64.
        """
        if production and not allowed:
            raise NotAllowed(
                f"{setting} shows in the process list of a production machine; "
                f"use a keyring file, or set {ALLOW_SETTING}=1",
                setting=setting,
            )
        if not value:
            raise KeyringMissing(f"{setting} is not set", setting=setting)
        return cls(_derive(_root(value, setting)), setting=setting)


def _root(value: str, setting: str) -> bytes:
    try:
        root = urlsafe_b64decode(value.strip().encode("ascii"))
    except ValueError:
        root = b""
    if len(root) != KEY_BYTES:
        raise KeyringDamaged(f"{setting} is not 32 bytes in URL-safe base64", setting=setting)
    return root


def _derive(root: bytes) -> KeyMaterial:
    def key(*label: str) -> bytes:
        info = lp(b"serai key", *[part.encode() for part in label])
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(root)

    return KeyMaterial(
        keks={purpose: {1: key("purpose", purpose, "1")} for purpose in PURPOSES},
        primary=dict.fromkeys(PURPOSES, 1),
        macs={key_id: key("token", key_id) for key_id in MAC_IDS},
    )


def _prepare(material: KeyMaterial) -> _Held:
    return _Held(
        keks={
            KekRef(purpose, version): AESGCM(key)
            for purpose, versions in material.keks.items()
            for version, key in versions.items()
        },
        primary={
            purpose: KekRef(purpose, version) for purpose, version in material.primary.items()
        },
        macs=dict(material.macs),
        blob_keys={
            version: DataKey(key, owner=_NOBODY, purpose=BLOB, version=version)
            for version, key in material.keks.get(BLOB, {}).items()
        },
    )
