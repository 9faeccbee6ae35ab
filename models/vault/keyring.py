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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from models.vault.errors import (
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


@dataclass(frozen=True, slots=True, repr=False)
class KeyMaterial:
    """Raw keys: per purpose its versions and which of them wraps new data keys, and the token keys."""

    keks: Mapping[str, Mapping[int, bytes]]
    primary: Mapping[str, int]
    macs: Mapping[str, bytes]

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
        )


def write_keyring(path: Path, passphrase: str, material: KeyMaterial, *, setting: str) -> None:
    """Write a new keyring, whole or not at all, readable by its owner only (mode 0600).

    Raises:
        KeyringExists: there is one already; it is never overwritten.
        KeyringMissing: the folder cannot be written to.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    head = {
        "kind": _KIND,
        "format": 1,
        "memory_kib": MEMORY_KIB,
        "passes": PASSES,
        "lanes": LANES,
        "salt": _b64(secrets.token_bytes(_SALT_BYTES)),
        "nonce": _b64(nonce),
    }
    key = _stretch(passphrase, head)
    sealed = AESGCM(key).encrypt(nonce, material.to_json(), _bound(head))
    body = head | {"sealed": _b64(sealed), "sha256": _checksum(head, _b64(sealed))}
    try:
        _write_new(path, (json.dumps(body, indent=1) + "\n").encode())
    except FileExistsError:
        raise KeyringExists(f"{setting}: {path} exists and is never overwritten") from None
    except OSError as problem:
        raise KeyringMissing(f"{setting}: cannot write {path}: {problem.strerror}") from None


def read_keyring(
    path: Path, passphrase: str, *, setting: str, passphrase_setting: str
) -> KeyMaterial:
    """Open a keyring.

    Raises:
        KeyringMissing: no such file, or it cannot be read.
        KeyringDamaged: not a keyring, cut, altered by accident, or readable by other users.
        WrongPassphrase: whole, but this passphrase does not open it.
    """
    body = _read_body(path, setting)
    head = {name: body[name] for name in body if name not in {"sealed", "sha256"}}
    key = _stretch(passphrase, head)
    try:
        data = AESGCM(key).decrypt(
            b64decode(body["nonce"]), b64decode(body["sealed"]), _bound(head)
        )
    except InvalidTag:
        raise WrongPassphrase(f"{passphrase_setting} does not open the keyring {path}") from None
    try:
        return KeyMaterial.from_json(data)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeyringDamaged(f"{setting}: what {path} holds cannot be read") from None


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
    names = ("kind", "format", "memory_kib", "passes", "lanes", "salt", "nonce")
    return lp(*[f"{name}={head[name]}".encode() for name in names])


def _checksum(head: Mapping[str, Any], sealed: str) -> str:
    """Tells accidental damage from a wrong passphrase. It protects against nobody."""
    return hashlib.sha256(lp(_bound(head), sealed.encode())).hexdigest()


def _write_new(path: Path, data: bytes) -> None:
    """Create `path` with all of `data` in it, or leave nothing behind."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # A link, not a rename: a rename would silently replace a keyring made meanwhile.
        os.link(beside, path)
    finally:
        beside.unlink()
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
