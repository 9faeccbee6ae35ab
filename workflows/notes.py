"""Checkpoints as signed notes (C2SP signed-note and tlog-checkpoint), which other tools can verify.

    serai-3f09a1c2b4d5e6f7
    20482
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
    time 2026-11-24T12:00:10Z

    — serai-3f09a1c2b4d5e6f7 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe...

The key of a note is said as `name+hash+base64`, also as C2SP has it.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Self

from models.vault.signing import SigningKey, is_signed

_ED25519 = b"\x01"
_COSIGNED = b"\x04"
_DASH = "\u2014 "


@dataclass(frozen=True)
class NoteKey:
    """A public key with its name: Ed25519, 32 bytes. `kind` 1 signs notes, 4 cosigns them with a time."""

    name: str
    public: bytes
    kind: bytes = _ED25519

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(self.kind + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The reverse of `str`. Raises ValueError."""
        name, _, rest = text.strip().partition("+")
        told, _, encoded = rest.partition("+")
        raw = b64decode(encoded, validate=True)
        key = cls(name, raw[1:], raw[:1])
        if not name or len(raw) != 33 or key.kind not in {_ED25519, _COSIGNED}:
            raise ValueError("not a key of signed notes")
        if key.id.hex() != told:
            raise ValueError("the key does not fit its name")
        return key


@dataclass(frozen=True)
class Checkpoint:
    """What a note states: of which log, how many leaves, their root, and when it was signed."""

    origin: str
    size: int
    root: bytes
    at: datetime

    @property
    def body(self) -> str:
        """The signed text, with its last line end."""
        time = self.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\ntime {time}\n"


def key_of(signing: SigningKey) -> NoteKey:
    """The public key of an installation, named after itself."""
    return NoteKey(f"serai-{signing.public[:16]}", bytes.fromhex(signing.public))


def sign(checkpoint: Checkpoint, signing: SigningKey) -> str:
    """The whole note."""
    key, body = key_of(signing), checkpoint.body
    signature = bytes.fromhex(signing.sign(body.encode()))
    return f"{body}\n{_DASH}{key.name} {b64encode(key.id + signature).decode()}\n"


def parse(note: str) -> Checkpoint:
    """What a note states. Raises ValueError for what is no checkpoint."""
    body, _, _ = note.partition("\n\n")
    lines = body.split("\n")
    if len(lines) < 4 or not lines[1].isdecimal() or not lines[3].startswith("time "):
        raise ValueError("not a checkpoint")
    root = b64decode(lines[2], validate=True)
    if len(root) != 32:
        raise ValueError("not a checkpoint")
    at = datetime.fromisoformat(lines[3].removeprefix("time "))
    return Checkpoint(lines[0], int(lines[1]), root, at)


def is_signed_by(note: str, key: NoteKey) -> bool:
    """Whether one of the note's signatures is this key's."""
    body, _, signatures = note.partition("\n\n")
    return any(_fits(body + "\n", line, key) for line in signatures.splitlines())


def _fits(body: str, line: str, key: NoteKey) -> bool:
    if not line.startswith(f"{_DASH}{key.name} "):
        return False
    try:
        raw = b64decode(line.rpartition(" ")[2], validate=True)
    except ValueError:
        return False
    if raw[:4] != key.id:
        return False
    if key.kind == _COSIGNED:
        # A cosignature states its own time (tlog-cosignature): "cosignature/v1", "time N", the body.
        time, signature = int.from_bytes(raw[4:12], "big"), raw[12:]
        return is_signed(key.public, signature, f"cosignature/v1\ntime {time}\n{body}".encode())
    return is_signed(key.public, raw[4:], body.encode())


def split(text: str) -> list[str]:
    """The notes of a folder's file, one after another."""
    notes: list[str] = []
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        if lines and lines[-1].startswith(_DASH) and not line.startswith(_DASH):
            notes.append("".join(lines))
            lines = []
        lines.append(line)
    if lines:
        notes.append("".join(lines))
    return [note for note in notes if note.strip()]
