"""The keyring file: purpose keys and token keys, sealed under a passphrase.

It knows how the file is written, read and judged; what the keys are used for is the providers'
business. JSON outside, so that a human sees what kind of file it is and a later version can be told
apart; AES-256-GCM under Argon2id (RFC 9106) inside.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from models.vault.errors import (
    KeyConflict,
    KeyringDamaged,
    KeyringExists,
    KeyringMissing,
    WrongPassphrase,
)
from models.vault.format import KEY_BYTES, NONCE_BYTES, lp

#: Asked once a start, so dearer than a sign-in: 64 MiB, three passes, four lanes (about 0.2 s).
MEMORY_KIB, PASSES, LANES = 64 * 1024, 3, 4
#: What a file may ask for: an altered one must neither weaken the next save nor exhaust the memory.
_BOUNDS = {"memory_kib": (MEMORY_KIB, 1024 * 1024), "passes": (PASSES, 20), "lanes": (1, 16)}
_KIND = "serai keyring"
_SALT_BYTES = 16
#: The clear part of the file that stays the same under one passphrase.
_LASTING = ("kind", "format", "memory_kib", "passes", "lanes", "salt")


@dataclass(frozen=True, slots=True, repr=False)
class KeyMaterial:
    """Raw keys: per purpose its versions and which of them wraps new data keys, and the token keys."""

    keks: Mapping[str, Mapping[int, bytes]]
    primary: Mapping[str, int]
    macs: Mapping[str, bytes]
    #: The public half of the custodians' key, to which every state of the keyring is sealed; or nothing.
    recovery: bytes = b""
    #: What a travel bundle carries besides keys, as text.
    parcels: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<key material for {len(self.keks)} purposes>"

    @classmethod
    def fresh(cls, purposes: Iterable[str], mac_ids: Iterable[str]) -> KeyMaterial:
        """New random keys, version 1 of each purpose."""
        keks = {str(purpose): {1: secrets.token_bytes(KEY_BYTES)} for purpose in purposes}
        return cls(
            keks=keks,
            primary=dict.fromkeys(keks, 1),
            macs={str(key_id): secrets.token_bytes(KEY_BYTES) for key_id in mac_ids},
        )

    def to_json(self) -> bytes:
        """The bytes that are sealed."""
        return json.dumps(
            {
                "keks": {
                    purpose: {str(version): _b64(key) for version, key in versions.items()}
                    for purpose, versions in self.keks.items()
                },
                "primary": dict(self.primary),
                "macs": {key_id: _b64(key) for key_id, key in self.macs.items()},
                "recovery": _b64(self.recovery),
                "parcels": dict(self.parcels),
            }
        ).encode()

    @classmethod
    def from_json(cls, data: bytes) -> KeyMaterial:
        """The reverse of `to_json`. Raises `ValueError`, `KeyError` or `TypeError` on another shape."""
        read = json.loads(data)
        return cls(
            keks={
                purpose: {int(version): _key(key) for version, key in versions.items()}
                for purpose, versions in read["keks"].items()
            },
            primary={purpose: int(version) for purpose, version in read["primary"].items()},
            macs={key_id: _key(key) for key_id, key in read["macs"].items()},
            recovery=b64decode(read.get("recovery", ""), validate=True),
            parcels={str(name): str(text) for name, text in read.get("parcels", {}).items()},
        )


def write_keyring(path: Path, passphrase: str, material: KeyMaterial, *, setting: str) -> Unlocked:
    """Write a new keyring, whole or not at all, readable by its owner only (mode 0600).

    Raises:
        KeyringExists: there is one already; it is never overwritten.
        KeyringMissing: the folder cannot be written to.
    """
    head = {
        "kind": _KIND,
        "format": 1,
        "memory_kib": MEMORY_KIB,
        "passes": PASSES,
        "lanes": LANES,
        "salt": _b64(secrets.token_bytes(_SALT_BYTES)),
    }
    key = _stretch(passphrase, head)
    try:
        _write(path, _body(key, head, material), new=True)
    except FileExistsError:
        raise KeyringExists(f"{setting}: {path} exists and is never overwritten") from None
    except OSError as problem:
        raise KeyringMissing(f"{setting}: cannot write {path}: {problem.strerror}") from None
    return Unlocked(path, key, head, setting)


def read_keyring(
    path: Path, passphrase: str, *, setting: str, passphrase_setting: str
) -> KeyMaterial:
    """What a keyring holds. Raises as `Unlocked.open` does."""
    return Unlocked.open(path, passphrase, setting=setting, passphrase_setting=passphrase_setting)[
        0
    ]


class Unlocked:
    """A keyring file that was opened, with the stretched key, so that it can be read and written again."""

    def __init__(self, path: Path, key: bytes, head: Mapping[str, Any], setting: str) -> None:
        self.path = path
        self._key = key
        self._head = {name: head[name] for name in _LASTING}
        self._setting = setting
        self._seen = _look(path)

    @classmethod
    def open(
        cls, path: Path, passphrase: str, *, setting: str, passphrase_setting: str
    ) -> tuple[KeyMaterial, Unlocked]:
        """Open a keyring.

        Raises:
            KeyringMissing: no such file, or it cannot be read.
            KeyringDamaged: not a keyring, cut, altered by accident, or readable by other users.
            WrongPassphrase: whole, but this passphrase does not open it.
        """
        body = _read_body(path, setting)
        key = _stretch(passphrase, body)
        opened = cls(path, key, body, setting)
        try:
            return opened._decrypt(body), opened
        except InvalidTag:
            wrong = f"{passphrase_setting} does not open the keyring {path}"
            raise WrongPassphrase(wrong) from None

    def has_changed(self) -> bool:
        """Whether the file is another one than when it was last read or written here."""
        found = _look(self.path)
        return found is not None and found != self._seen

    def reload(self) -> KeyMaterial | None:
        """What the file holds now, or None where it is under another passphrase."""
        seen = _look(self.path)
        body = _read_body(self.path, self._setting)
        self._seen = seen
        try:
            return self._decrypt(body)
        except InvalidTag:
            return None

    def save(self, material: KeyMaterial) -> None:
        """Replace the file, whole or not at all, under the same passphrase.

        Raises:
            KeyConflict: it was changed by somebody else since it was read.
            KeyringMissing: the folder cannot be written to.
        """
        if _look(self.path) != self._seen:
            raise KeyConflict(f"{self._setting}: the keyring was changed meanwhile; do it again")
        try:
            _write(self.path, _body(self._key, self._head, material), new=False)
        except OSError as problem:
            what = f"{self._setting}: cannot write {self.path}: {problem.strerror}"
            raise KeyringMissing(what) from None
        self._seen = _look(self.path)

    def forget(self) -> None:
        """Forget the stretched key."""
        self._key = b""

    def _decrypt(self, body: Mapping[str, Any]) -> KeyMaterial:
        if not self._key:
            raise KeyringDamaged(f"{self._setting}: the keyring is locked")
        data = AESGCM(self._key).decrypt(
            b64decode(body["nonce"]), b64decode(body["sealed"]), _bound(body)
        )
        try:
            return KeyMaterial.from_json(data)
        except (ValueError, KeyError, TypeError, AttributeError):
            what = f"{self._setting}: what {self.path} holds cannot be read"
            raise KeyringDamaged(what) from None


def _look(path: Path) -> tuple[int, int, int] | None:
    """Tells one state of a file from another."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _body(key: bytes, lasting: Mapping[str, Any], material: KeyMaterial) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    head = {**lasting, "nonce": _b64(nonce)}
    sealed = _b64(AESGCM(key).encrypt(nonce, material.to_json(), _bound(head)))
    whole = head | {"sealed": sealed, "sha256": _checksum(head, sealed)}
    return (json.dumps(whole, indent=1) + "\n").encode()


def _read_body(path: Path, setting: str) -> dict[str, Any]:
    """The file as a checked mapping; says which of its faults it has."""
    try:
        text = path.read_bytes()
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise KeyringMissing(f"{setting}: there is no keyring at {path}") from None
    except OSError as problem:
        raise KeyringMissing(f"{setting}: cannot read {path}: {problem.strerror}") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyringDamaged(f"{setting}: {path} is open to other users; run chmod 600 on it")
    try:
        body = json.loads(text)
        whole = (
            body["kind"] == _KIND
            and body["format"] == 1
            and body["sha256"] == _checksum(body, body["sealed"])
            and len(b64decode(body["nonce"], validate=True)) == NONCE_BYTES
            and len(b64decode(body["salt"], validate=True)) == _SALT_BYTES
            and all(low <= int(body[name]) <= high for name, (low, high) in _BOUNDS.items())
        )
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise KeyringDamaged(f"{setting}: {path} is damaged or is no keyring; restore its backup")
    return dict(body)


def _stretch(passphrase: str, head: Mapping[str, Any]) -> bytes:
    return Argon2id(
        salt=b64decode(head["salt"]),
        length=KEY_BYTES,
        iterations=head["passes"],
        lanes=head["lanes"],
        memory_cost=head["memory_kib"],
    ).derive(passphrase.encode())


def _bound(head: Mapping[str, Any]) -> bytes:
    """The clear part of the file as associated data, so that it cannot be weakened unseen."""
    return lp(*[f"{name}={head[name]}".encode() for name in (*_LASTING, "nonce")])


def _checksum(head: Mapping[str, Any], sealed: str) -> str:
    """Tells accidental damage from a wrong passphrase. It protects against nobody."""
    return hashlib.sha256(lp(_bound(head), sealed.encode())).hexdigest()


def _write(path: Path, data: bytes, *, new: bool) -> None:
    """Create or replace `path` with all of `data` in it, or leave everything as it was."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if new:
            # A link, not a rename: a rename would silently replace a keyring made meanwhile.
            os.link(beside, path)
        else:
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _b64(data: bytes) -> str:
    return b64encode(data).decode()


def _key(text: str) -> bytes:
    key = b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a key has the wrong length")
    return key
