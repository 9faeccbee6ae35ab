"""At every start: whoever was erased stays erased, whichever backup was brought back.

Certificates are also kept as files, apart from both databases: should both be restored from before an
erasure, the files still tell. They name nobody.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect

from config.settings import Settings
from models.rights import Erasure
from models.session import Storage
from models.vault.errors import Locked
from workflows import erasure
from workflows.accounts import SYSTEM_ACTOR
from workflows.erasure import Certificate, Reconciled
from workflows.errors import Busy, ChangedMeanwhile
from workflows.packs import Shelf
from workflows.work import Work, begin

FOLDER = "erasures"
_TRIES = 5


def at_start(storage: Storage, settings: Settings, shelf: Shelf, now: datetime) -> Reconciled:
    """Bring restored databases into line, and write certificates that are no file yet."""
    if not inspect(storage.engine).has_table(Erasure.__tablename__):
        return Reconciled(0, 0)
    for _ in range(_TRIES):
        try:
            with begin(storage, SYSTEM_ACTOR, now=now, settings=settings, shelf=shelf) as work:
                folder = settings.data_dir / FOLDER
                found = erasure.reconcile(work, read_files(folder))
                write_files(work, folder)
        except Locked:
            # Without its keys this machine opens nobody; the start that has them looks again.
            return Reconciled(0, 0)
        except (ChangedMeanwhile, Busy):
            # Another process starts, too, and has done some of it.
            continue
        return found
    return Reconciled(0, 0)


def read_files(folder: Path) -> Iterator[Certificate]:
    """The certificates in a folder. What is none is passed over: `reconcile` believes signatures only."""
    if not folder.is_dir():
        return
    for file in sorted(folder.glob("*.json")):
        try:
            made = read_file(file)
        except ValueError:
            continue
        yield made


def read_file(file: Path) -> Certificate:
    """One certificate. Raises `ValueError` for a file that is none."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return Certificate(found["body"]["number"], found["body"], found["signature"])
    except (OSError, UnicodeDecodeError, KeyError, TypeError):
        raise ValueError(file.name) from None


def write_files(work: Work, folder: Path) -> int:
    """Write the certificates that are no file yet; returns how many."""
    made = 0
    for one in erasure.certificates(work):
        file = folder / f"{one.number}.json"
        if file.exists():
            continue
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = json.dumps({"body": one.body, "signature": one.signature}, indent=1, sort_keys=True)
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            # Another process has just written it.
            continue
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text + "\n")
        made += 1
    return made
