"""Witnesses: whoever keeps a checkpoint outside the database makes it impossible to take it back.

A folder takes every note, a file a day, only ever added to; it belongs on another disk or machine, or under
`chattr +a`. A witness by HTTP gets `add-checkpoint` of C2SP's tlog-witness and answers with a cosignature.
At small posts a note is printed with a QR code (`app/web/supervision/log_pages.py`).
"""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from sqlalchemy import Select, select

from models.log import LogCheckpoint, LogEntry
from workflows import merkle, notes
from workflows.errors import WitnessSilent
from workflows.notes import NoteKey
from workflows.work import Work

_SUFFIX = ".checkpoints"
#: The notes that came back from the witness, in the same folder.
COSIGNED = "cosigned.notes"
_SECONDS = 10
_LONGEST = 16_384


class _Nowhere(urllib.request.HTTPRedirectHandler):
    """A witness that sends us elsewhere is none: we ask the address of the setting only (ASVS 15.3.2)."""

    def redirect_request(self, *_told: object) -> None:
        """Follow nothing: the answer stays an error."""


_OPENER = urllib.request.build_opener(_Nowhere)


def keep_in_folder(folder: Path, note: str) -> Path:
    """Add a note to the file of its day, written through to the disk. Returns the file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / f"{notes.parse(note).at.date().isoformat()}{_SUFFIX}"
    _append(file, note)
    return file


def _append(file: Path, note: str) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(handle, note.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def in_folder(folder: Path) -> Iterator[str]:
    """All notes of a folder, oldest first."""
    for file in sorted(folder.glob(f"*{_SUFFIX}")):
        yield from notes.split(file.read_text(encoding="utf-8"))


def catch_up(work: Work, folder: Path) -> int:
    """Write checkpoints that the folder lacks (it was away, or a round was stopped); returns how many."""
    known = max((notes.parse(note).size for note in in_folder(folder)), default=0)
    query = select(LogCheckpoint.note).where(LogCheckpoint.size > known)
    missing = work.session.scalars(query.order_by(LogCheckpoint.number)).all()
    for note in missing:
        keep_in_folder(folder, note)
    return len(missing)


def cosign(work: Work, url: str, key: NoteKey, old: int) -> tuple[int, str]:
    """Ask a witness to cosign the newest checkpoint; it has seen the tree of `old` leaves (0: none).

    Returns the size that is now witnessed, and the note with its cosignature.

    Raises:
        WitnessSilent: it cannot be reached, refuses, or answers with what is not its cosignature.
    """
    newest = work.session.scalar(
        select(LogCheckpoint).order_by(LogCheckpoint.number.desc()).limit(1)
    )
    if newest is None:
        raise WitnessSilent
    leaves = list(leaves_of(work))[: newest.size]
    proof = merkle.consistency(leaves, old) if 0 < old < newest.size else []
    said = [f"old {old}", *(b64encode(one).decode() for one in proof), "", newest.note]
    answer = _post(url, "\n".join(said).encode())
    note = newest.note + answer
    if not notes.is_signed_by(note, key):
        raise WitnessSilent
    return newest.size, note


def cosign_next(work: Work, url: str, key: NoteKey, folder: Path) -> None:
    """Have the newest checkpoint cosigned by a witness that has seen the last one we keep; keep this too."""
    file = folder / COSIGNED
    kept = notes.split(file.read_text(encoding="utf-8")) if file.exists() else []
    old = notes.parse(kept[-1]).size if kept else 0
    _, note = cosign(work, url, key, old)
    _append(file, note)


def leaves_of(work: Work) -> Iterator[bytes]:
    """The hashes of all entries under checkpoints, in the tree's order."""
    for ranges in work.session.scalars(select(LogCheckpoint.ranges).order_by(LogCheckpoint.number)):
        for stream, first, last in ranges:
            rows = work.session.scalars(entries_of(str(stream), first, last))
            yield from (bytes.fromhex(row) for row in rows)


def entries_of(stream: str, first: object, last: object) -> Select[str]:
    """The hashes of a stretch of a chain, as a query."""
    return (
        select(LogEntry.hash)
        .where(LogEntry.stream == UUID(stream), LogEntry.counter.between(first, last))
        .order_by(LogEntry.counter)
    )


def _post(url: str, body: bytes) -> str:
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise WitnessSilent
    request = urllib.request.Request(url, data=body, method="POST")  # noqa: S310  # checked above
    try:
        with _OPENER.open(request, timeout=_SECONDS) as answer:
            text: str = answer.read(_LONGEST).decode()
    except (urllib.error.URLError, OSError, UnicodeDecodeError):
        raise WitnessSilent from None
    return text if text.endswith("\n") else text + "\n"
