"""Who signed a pack: two different persons with two different keys, an author and a reviewer.

Ed25519 over the canonical bytes, with the signer's role and name before them, so that no signature can
stand for another role, person, pack or purpose. The arithmetic is the vault's (`models.vault.signing`)
and comes in as a function; here is what is signed, how it is written down, and what counts.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from workflows.rules.canonical import sha256, to_json
from workflows.rules.faults import PackError

#: What every signed text begins with: no other text of the product does.
DOMAIN = b"serai-pack-signature-1\n"
FORMAT = "serai-signatures-1"
TRUST_FORMAT = "serai-trust-1"
ROLES = ("author", "reviewer")
#: The file beside an archive, or in the folder of a pack.
FILE = "signatures.json"
_MOST_BYTES = 1_000_000
_FORMS = {
    "pack": r"[a-z]{3}",
    "version": r"[0-9]{4}\.[0-9]+",
    "sha256": r"[0-9a-f]{64}",
    "role": "author|reviewer",
    "name": r"\S(.{0,98}\S)?",
    "key": r"[0-9a-f]{64}",
    "at": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "signature": r"[0-9a-f]{128}",
}

#: (public key, signature, message) -> whether the signature is the key's over the message.
Check = Callable[[bytes, bytes, bytes], bool]


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature over one archive. `key` (32 bytes) and `signature` (64) are hexadecimal."""

    pack: str
    version: str
    sha256: str
    role: str
    name: str
    key: str
    at: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Trusted:
    """A public key, whose it is, and in which roles it may sign."""

    name: str
    key: str
    roles: tuple[str, ...]


def message(raw: bytes, row: Signature) -> bytes:
    """What is signed: the domain, then who signs what as a line of JSON, then the canonical bytes."""
    head = {f.name: getattr(row, f.name) for f in fields(row) if f.name != "signature"}
    return DOMAIN + to_json(head) + b"\n" + raw


def fault(
    raw: bytes, signatures: Iterable[Signature], trusted: Iterable[Trusted], check: Check
) -> str:
    """Why `raw` (canonical bytes of a pack) does not count as signed by two; empty when it does."""
    found = sha256(raw)
    every = list(signatures)
    own = [row for row in every if row.sha256 == found]
    if every and not own:
        return f"signatures over other content than {found[:12]}: it was changed since"
    keys = {one.key: one for one in trusted}
    good: dict[str, list[Signature]] = {role: [] for role in ROLES}
    wrong: dict[str, str] = {}
    for row in own:
        reason = _wrong(raw, row, keys, check)
        if reason:
            wrong.setdefault(row.role, reason)
        else:
            good[row.role].append(row)
    for role in ROLES:
        if not good[role]:
            return wrong.get(role, f"no signature of {_a(role)}")
    pairs = [(a, r) for a in good["author"] for r in good["reviewer"]]
    if not any(a.key != r.key and _same(a.name) != _same(r.name) for a, r in pairs):
        return "author and reviewer are one person"
    return ""


def _wrong(raw: bytes, row: Signature, keys: Mapping[str, Trusted], check: Check) -> str:
    owner = keys.get(row.key)
    if owner is None:
        return f"the key {row.key[:12]} of {_a(row.role)} ({row.name}) is not trusted"
    if _same(owner.name) != _same(row.name):
        return f"the key {row.key[:12]} is that of {owner.name}, not of {row.name}"
    if row.role not in owner.roles:
        return f"{owner.name} may not sign as {_a(row.role)}"
    if not check(bytes.fromhex(row.key), bytes.fromhex(row.signature), message(raw, row)):
        return f"the signature of {_a(row.role)} ({row.name}) is not valid"
    return ""


def _a(role: str) -> str:
    return "an author" if role == "author" else "a reviewer"


def _same(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def write_signatures(rows: Iterable[Signature]) -> bytes:
    """The file of signatures, each once, sorted, one a line."""
    plain = sorted({to_json({f.name: getattr(r, f.name) for f in fields(r)}) for r in rows})
    lines = b",\n".join(plain)
    return b'{"format":"' + FORMAT.encode() + b'","signatures":[\n' + lines + b"\n]}\n"


def read_signatures(raw: bytes, file: str) -> tuple[Signature, ...]:
    """Read what `write_signatures` wrote. Raises `PackError` for all else, with the entry's number."""
    rows = _rows(raw, file, FORMAT, "signatures")
    names = [f.name for f in fields(Signature)]
    return tuple(Signature(**_entry(row, i, names, file)) for i, row in enumerate(rows, 1))


def read_trust(raw: bytes, file: str) -> tuple[Trusted, ...]:
    """The trusted keys of a deployment; name and key each once. Raises `PackError`.

    `{"format": "serai-trust-1", "keys": [{"name": "..", "key": "64 hex digits", "roles": ["author"]}]}`
    """
    trusted: list[Trusted] = []
    for i, row in enumerate(_rows(raw, file, TRUST_FORMAT, "keys"), 1):
        roles = row.pop("roles", None) if isinstance(row, dict) else None
        fits = isinstance(roles, list) and roles and all(role in ROLES for role in roles)
        if not fits:
            raise PackError(file, 0, f"key {i}: roles {roles!r}", f"a list of {', '.join(ROLES)}")
        entry = _entry(row, i, ["name", "key"], file)
        trusted.append(Trusted(entry["name"], entry["key"], tuple(roles or ())))
    for what, several in (
        ("key", [one.key for one in trusted]),
        ("name", [_same(one.name) for one in trusted]),
    ):
        if len(set(several)) != len(several):
            raise PackError(file, 0, f"a {what} a second time", f"each {what} once")
    return tuple(trusted)


def is_name(text: str) -> bool:
    """Whether `text` may stand as a signer's name."""
    return re.fullmatch(_FORMS["name"], text) is not None


def _rows(raw: bytes, file: str, form: str, key: str) -> list[Any]:
    if len(raw) > _MOST_BYTES:
        raise PackError(file, 0, f"{len(raw)} bytes", f"at most {_MOST_BYTES} bytes")
    try:
        data = json.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise PackError(file, 0, "no JSON in UTF-8", f"a file of the format {form}") from error
    if not isinstance(data, dict) or set(data) != {"format", key} or data["format"] != form:
        raise PackError(file, 0, "another format", f"format {form} and a list of {key}")
    if not isinstance(data[key], list):
        raise PackError(file, 0, f"{key}: no list", f"a list of {key}")
    return list(data[key])


def _entry(row: Any, number: int, names: list[str], file: str) -> dict[str, str]:
    if not isinstance(row, dict) or set(row) != set(names):
        found = ", ".join(sorted(map(str, row))) if isinstance(row, dict) else repr(row)[:40]
        raise PackError(file, 0, f"entry {number}: {found}", f"the keys {', '.join(names)}")
    for name, value in row.items():
        fits = isinstance(value, str) and re.fullmatch(_FORMS[name], value)
        if not fits or (name == "at" and not _is_day(value)):
            raise PackError(file, 0, f"entry {number}: {name}: {value!r}", _FORMS[name])
    return {str(name): str(value) for name, value in row.items()}


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
