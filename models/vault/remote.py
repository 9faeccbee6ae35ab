"""Keys that are elsewhere: a transit engine, a cloud's key service, a hardware module.

A device has one key for each purpose and version and one for each token key, all under the same names:
`identity/1`, `mac-index/1`. What it does for us is wrapping a data key, unwrapping it, and HMAC; never a
field. Tokens of the name index are made there, many in a call, so that the device may count and limit them.
The other token keys, and the key of what belongs to nobody, are asked for once (the HMAC of a fixed label)
and kept in memory until `lock`: a page that logs forty reads must not make forty calls.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from models.vault.blobs import NOBODY, BlobSealing
from models.vault.contract import BLOB, INDEX, MAC_IDS, PURPOSES, KekRef
from models.vault.errors import KeyringExists, Locked, NotAllowed, NotHeld
from models.vault.format import DataKey

#: How long the list of a device's keys is believed, in seconds: so late a rotation may reach a process.
BELIEVED = 30.0
_WORKING = b"serai working key 1"


class Device(Protocol):
    """A key service or module, opened. Every call raises `ProviderDown` where it does not answer."""

    #: Which setting a fault is to be looked for in.
    setting: str

    def names(self) -> set[str]:
        """The keys there are."""

    def make(self, name: str) -> None:
        """Make a key: for HMAC-SHA-256 where the name begins with `mac-`, else for wrapping."""

    def encrypt(self, name: str, plaintext: bytes, context: bytes) -> bytes:
        """Wrap. Raises `NotHeld` for a key that is not there or not ours to use."""

    def decrypt(self, name: str, blob: bytes, context: bytes) -> bytes:
        """Unwrap. Raises `Tampered`, `NotHeld`."""

    def macs(self, name: str, data: Sequence[bytes]) -> list[bytes]:
        """HMAC-SHA-256 of each, 32 bytes each."""

    def destroy(self, name: str) -> None:
        """Destroy a key for good, or as soon as the service does."""

    def close(self) -> None:
        """End the connection."""


class RemoteProvider(BlobSealing):
    """A device behind the interface of the vault. Thread-safe where the device is."""

    def __init__(self, device: Device, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._device: Device | None = device
        self._setting = device.setting
        self._clock = clock
        self._names: set[str] = set()
        self._listed_at: float | None = None
        self._working: dict[str, bytes] = {}
        self._blob_keys: dict[int, DataKey] = {}

    @classmethod
    def create(cls, device: Device) -> RemoteProvider:
        """Make the first version of every key.

        Raises:
            KeyringExists: there are some already.
        """
        if device.names():
            raise KeyringExists(f"{device.setting}: there are keys already; none was made")
        for name in PURPOSES:
            device.make(_kek_name(name, 1))
        for key_id in MAC_IDS:
            device.make(_mac_name(key_id, 1))
        return cls(device)

    def primary(self, purpose: str) -> KekRef:
        """The newest version of the purpose's key."""
        return KekRef(purpose, self._newest(_kek_base(purpose), purpose))

    def wrap(self, kek: KekRef, data_key: bytes, context: bytes) -> bytes:
        """One call of the device."""
        return self._open().encrypt(_kek_name(kek.purpose, kek.version), data_key, context)

    def wraps(
        self, kek: KekRef, data_keys: Sequence[bytes], contexts: Sequence[bytes]
    ) -> list[bytes]:
        """One call of the device for each: so it counts every person whose key was made."""
        pairs = zip(data_keys, contexts, strict=True)
        return [self.wrap(kek, key, context) for key, context in pairs]

    def unwrap(self, kek: KekRef, blob: bytes, context: bytes) -> bytes:
        """One call of the device."""
        return self._open().decrypt(_kek_name(kek.purpose, kek.version), blob, context)

    def can_unwrap(self, purpose: str) -> bool:
        """Whether there is a key; whether we may use it shows when it is used."""
        if self._device is None:
            return False
        return any(name.startswith(_kek_base(purpose)) for name in self._list())

    def mac(self, key_id: str, data: bytes) -> bytes:
        """HMAC-SHA-256: at the device for the index, else under the working key that it gave."""
        if key_id == INDEX:
            return self.macs(self.epochs()[-1], [data])[0]
        return hmac.digest(self._working_key(_mac_name(key_id, 1)), data, "sha256")

    def macs(self, epoch: int, data: Sequence[bytes]) -> list[bytes]:
        """One call of the device for all."""
        return self._open().macs(_mac_name(INDEX, epoch), data) if data else []

    def epochs(self) -> tuple[int, ...]:
        """The epochs of the index key, oldest first."""
        found = self._versions(_mac_base(INDEX))
        if not found:
            raise self._not_held(INDEX)
        return found

    def lock(self) -> None:
        """Forget what the device gave, and end the connection."""
        device, self._device = self._device, None
        self._working.clear()
        self._blob_keys.clear()
        if device is not None:
            device.close()

    def add_version(self, name: str) -> int:
        """Make the next version at the device."""
        base = _base(name)
        version = max(self._versions(base, at_once=True), default=0) + 1
        self._open().make(f"{base}{version}")
        self._list(at_once=True)
        return version

    def versions(self, name: str) -> tuple[int, ...]:
        """The versions at the device, oldest first."""
        return self._versions(_base(name), at_once=True)

    def destroy_version(self, name: str, version: int) -> None:
        """Destroy a version at the device. Raises `NotAllowed` for the newest one."""
        if version == max(self.versions(name), default=version):
            raise NotAllowed(f"{name}/{version} is in use and cannot be destroyed", key=name)
        self._open().destroy(f"{_base(name)}{version}")
        self._list(at_once=True)

    def drop(self, purpose: str) -> None:
        """Destroy all versions of a purpose's key at the device."""
        for version in self.versions(purpose):
            self._open().destroy(_kek_name(purpose, version))
        self._list(at_once=True)

    def __repr__(self) -> str:
        return f"<RemoteProvider, {'locked' if self._device is None else 'open'}>"

    def _open(self) -> Device:
        if self._device is None:
            raise Locked(f"{self._setting}: the keys are locked", setting=self._setting)
        return self._device

    def _list(self, *, at_once: bool = False) -> set[str]:
        now = self._clock()
        if at_once or self._listed_at is None or now - self._listed_at >= BELIEVED:
            self._names = self._open().names()
            self._listed_at = now
        return self._names

    def _versions(self, base: str, *, at_once: bool = False) -> tuple[int, ...]:
        self._open()
        return tuple(
            sorted(
                int(name.removeprefix(base))
                for name in self._list(at_once=at_once)
                if name.startswith(base) and name.removeprefix(base).isdecimal()
            )
        )

    def _newest(self, base: str, what: str) -> int:
        found = self._versions(base)
        if not found:
            raise self._not_held(what)
        return found[-1]

    def _working_key(self, name: str) -> bytes:
        self._open()
        key = self._working.get(name)
        if key is None:
            key = self._open().macs(name, [_WORKING])[0]
            self._working[name] = key
        return key

    def _blob_key(self, version: int) -> DataKey:
        """From the wrapped constant: a device that wraps need not make HMACs with the same key."""
        self._open()
        key = self._blob_keys.get(version)
        if key is None:
            label = b"serai blob key %d" % version
            if version not in self._versions(_kek_base(BLOB)):
                raise self._not_held(f"{BLOB}/{version}")
            raw = hmac.digest(self._working_key(_kek_mac(version)), label, "sha256")
            key = DataKey(raw, owner=NOBODY, purpose=BLOB, version=version)
            self._blob_keys[version] = key
        return key

    def _not_held(self, what: str) -> NotHeld:
        return NotHeld(f"{self._setting} holds no key {what!r}", setting=self._setting, key=what)


def _base(name: str) -> str:
    return _mac_base(INDEX) if name == INDEX else _kek_base(name)


def _kek_base(purpose: str) -> str:
    # What belongs to nobody is sealed with a key made by HMAC, so its key at the device is one for HMAC.
    return _mac_base(BLOB) if purpose == BLOB else f"{purpose}/"


def _kek_name(purpose: str, version: int) -> str:
    return f"{_kek_base(purpose)}{version}"


def _kek_mac(version: int) -> str:
    return f"{_mac_base(BLOB)}{version}"


def _mac_base(key_id: str) -> str:
    return f"mac-{key_id}/"


def _mac_name(key_id: str, version: int) -> str:
    return f"{_mac_base(key_id)}{version}"
