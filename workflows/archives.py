"""The archive of packs: once for each hash, so that what an assessment rests on can always be loaded again.

Assessments do not store packs themselves. The packs that posts use are put here when a server starts, when a
network is brought in, and by the worker on each new day, since rows of a pack begin and end on dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from models.network import Post
from models.publication import PackArchive
from workflows.rules import canonical
from workflows.rules.pack import Pack
from workflows.rules.pack_files import read_folder
from workflows.rules.packs import load_pack
from workflows.work import Work

#: Dates of rows further away than this are met by a later version.
_AHEAD = timedelta(days=5 * 366)
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
#: Files whose dates are no validity of rows.
_NO_ROWS = ("vignettes/", "i18n/", "README")


def keep(work: Work, pack: Pack) -> str:
    """Put a pack into the archive unless it is there. Returns its hash."""
    known = select(PackArchive.id).where(PackArchive.sha256 == pack.sha256)
    if work.session.scalar(known) is None:
        work.session.add(
            PackArchive(
                id=uuid4(),
                sha256=pack.sha256,
                pack=pack.code,
                country=pack.country or None,
                label=pack.version,
                effective_on=pack.on,
                content=canonical.dump(pack).decode(),
                stored_at=work.now,
            )
        )
        work.session.flush()
    return pack.sha256


def keep_used(work: Work) -> int:
    """Put the packs into the archive by which this deployment judges today. Returns how many it judges by."""
    codes = work.session.scalars(select(Post.pack).distinct()).all()
    for code in codes:
        keep(work, work.shelf.get(code, work.now.date()))
    return len(codes)


def days_of(root: Path, code: str, on: date) -> list[tuple[date, Pack]]:
    """What the folder's pack says from `on`, and from each later day on which its rows change.

    Raises:
        PackError: it does not load for one of these days.
    """
    found = [(on, load_pack(root, code, on))]
    for day in sorted(set(_row_days(root, code))):
        if on < day <= on + _AHEAD:
            pack = load_pack(root, code, day)
            if pack.sha256 != found[-1][1].sha256:
                found.append((day, pack))
    return found


def _row_days(root: Path, code: str) -> Iterator[date]:
    """Days on which a row of the pack or of its base begins, or is no longer valid."""
    folder = read_folder(root, code)
    head: Any = folder.document("pack.yaml").data
    for one in (folder, *(read_folder(root, base) for base in head["inherits"])):
        for name in one.files:
            if name.endswith((".yaml", ".csv", ".xlsx")) and not name.startswith(_NO_ROWS):
                yield from _dates_in(one.document(name).data)


def _dates_in(data: Any) -> Iterator[date]:
    if isinstance(data, list | tuple):
        for item in data:
            yield from _dates_in(item)
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if key in {"from", "until"} and isinstance(value, str) and _ISO.fullmatch(value):
                day = date.fromisoformat(value)
                yield day if key == "from" else day + timedelta(days=1)
            else:
                yield from _dates_in(value)
