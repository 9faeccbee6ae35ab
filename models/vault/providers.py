"""Keys on this machine: `FileProvider` (a keyring file under a passphrase), `EnvProvider` (one value of
the environment, for containers and tests).

Providers elsewhere stand in `models.vault.remote`; what all of them promise, in `models.vault.contract`.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.vault.contract import BLOB, INDEX, MAC_IDS, PURPOSES, KekRef, KeyProvider, Rotating
from models.vault.custody import write_recovery
from models.vault.errors import (
    KeyringDamaged,
    KeyringMissing,
    NotAllowed,
    VaultError,
    WrongPassphrase,
)
from models.vault.format import KEY_BYTES, lp
from models.vault.keyring import KeyMaterial, Unlocked, write_keyring
from models.vault.local import LocalProvider, epoch_of, index_id, is_index, prepare

__all__ = [
    "BLOB",
    "MAC_IDS",
    "PURPOSES",
    "EnvProvider",
    "FileProvider",
    "KekRef",
    "KeyProvider",
    "LocalProvider",
    "Rotating",
]

#: How late a process may notice another keyring, in seconds. `models.vault.rotation.quiet` waits for longer.
LOOK_EVERY = 0.02
KEYRING_SETTING = "SERAI_KEYRING"
PASSPHRASE_SETTING = "SERAI_PASSPHRASE_FILE"  # noqa: S105  # the name of a setting, no secret
MATERIAL_SETTING = "SERAI_KEY_MATERIAL"
ALLOW_SETTING = "SERAI_ALLOW_ENV_KEYS"


class FileProvider(LocalProvider):
    """A keyring file, opened with a passphrase once at the start of the process.

    The file is looked at again (one `stat`, at most every `LOOK_EVERY` seconds) when a key is used, so that
    a rotation and travel mode reach processes that run; the passphrase is not needed for it.
    """

    def __init__(self, material: KeyMaterial, *, setting: str, unlocked: Unlocked) -> None:
        super().__init__(material, setting=setting)
        self._unlocked = unlocked
        self._material = material
        self._turn = Lock()
        self._looked = 0.0

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
        return cls.restore(
            path,
            passphrase,
            KeyMaterial.fresh(purposes, mac_ids),
            setting=setting,
            passphrase_setting=passphrase_setting,
        )

    @classmethod
    def restore(
        cls,
        path: Path,
        passphrase: str,
        material: KeyMaterial,
        *,
        setting: str = KEYRING_SETTING,
        passphrase_setting: str = PASSPHRASE_SETTING,
    ) -> Self:
        """Write a new keyring that holds `material`. Raises as `create` does."""
        if not passphrase.strip():
            raise WrongPassphrase(f"{passphrase_setting} is empty")
        unlocked = write_keyring(path, passphrase, material, setting=setting)
        write_recovery(path, material)
        return cls(material, setting=setting, unlocked=unlocked)

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
        material, unlocked = Unlocked.open(
            path, passphrase, setting=setting, passphrase_setting=passphrase_setting
        )
        return cls(material, setting=setting, unlocked=unlocked)

    def add_version(self, name: str) -> int:
        """Make a new version of a purpose's key or of the index key, and use it from now on."""
        version = max(self.versions(name), default=0) + 1
        key = secrets.token_bytes(KEY_BYTES)

        def added(held: KeyMaterial) -> KeyMaterial:
            if name == INDEX:
                return replace(held, macs={**held.macs, index_id(version): key})
            keks = {**held.keks, name: {**held.keks.get(name, {}), version: key}}
            return replace(held, keks=keks, primary={**held.primary, name: version})

        self.change(added)
        return version

    def versions(self, name: str) -> tuple[int, ...]:
        """The versions there are, oldest first."""
        self._look_now()
        self._open()
        if name == INDEX:
            return tuple(sorted(epoch_of(key) for key in self._material.macs if is_index(key)))
        return tuple(sorted(self._material.keks.get(name, {})))

    def destroy_version(self, name: str, version: int) -> None:
        """Destroy a version for good. Raises `NotAllowed` for the newest one."""
        if version == max(self.versions(name), default=version):
            raise NotAllowed(f"{name}/{version} is in use and cannot be destroyed", key=name)

        def less(held: KeyMaterial) -> KeyMaterial:
            if name == INDEX:
                gone = index_id(version)
                return replace(
                    held, macs={key: value for key, value in held.macs.items() if key != gone}
                )
            kept = {number: key for number, key in held.keks[name].items() if number != version}
            return replace(held, keks={**held.keks, name: kept})

        self.change(less)

    def drop(self, purpose: str) -> None:
        """Take a purpose's keys out of the file for good."""

        def less(held: KeyMaterial) -> KeyMaterial:
            keks = {name: keys for name, keys in held.keks.items() if name != purpose}
            primary = {name: at for name, at in held.primary.items() if name != purpose}
            return replace(held, keks=keks, primary=primary)

        self.change(less)

    def change(self, how: Callable[[KeyMaterial], KeyMaterial]) -> None:
        """Rewrite the file, whole or not at all. Raises `KeyConflict` where somebody else did so first."""
        self._look_now()
        self._open()
        material = how(self._material)
        # The custodians' copy first: it may know a key too many, never one too few.
        write_recovery(self._unlocked.path, material)
        self._unlocked.save(material)
        self._take(material)

    def material(self) -> KeyMaterial:
        """All keys, for a recovery file or a bundle that leaves the machine. For commands only."""
        self._look_now()
        self._open()
        return self._material

    def lock(self) -> None:
        """Forget all keys, and the key of the file."""
        super().lock()
        self._material = KeyMaterial(keks={}, primary={}, macs={})
        self._unlocked.forget()

    def _renew(self) -> bool:
        now = monotonic()
        if now - self._looked < LOOK_EVERY:
            return False
        self._looked = now
        if self._held is None or not self._unlocked.has_changed():
            return False
        with self._turn:
            try:
                found = self._unlocked.reload()
            except VaultError:
                # Half gone, or under another passphrase: go on with the keys at hand.
                return False
            if found is None or self._held is None:
                return found is not None
            self._take(found)
        return True

    def _look_now(self) -> None:
        self._looked = 0.0
        self._renew()

    def _take(self, material: KeyMaterial) -> None:
        self._material = material
        self._held = prepare(material)


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
