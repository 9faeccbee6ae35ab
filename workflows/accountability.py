"""Whether the log is whole, what was refused to whom reached for it, and which figures have left.

Counts, codes and times: no case and no name is here. Who looked at one case is in `workflows.oversight`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.figures import Release
from models.log import LogEntry
from workflows import checkpoints, log, log_check, witnesses
from workflows.log_check import Outside
from workflows.oversight import Names, people
from workflows.policy import Act
from workflows.work import Work

#: The row that the log's own checks are recorded under, so that the newest is found by index.
CHECKED = UUID("6f2d3a14-0a5e-4c0e-9a52-5b1f7c1d9e10")
_FINDINGS_KEPT = 20
_RELEASES_SHOWN = 25


@dataclass(frozen=True)
class LogCheck:
    """The newest check of the whole log."""

    at: datetime
    entries: int
    writers: int
    findings: tuple[Mapping[str, Any], ...]
    more: int


@dataclass(frozen=True)
class ReleaseLine:
    """An export that was made."""

    made_at: datetime
    period: str
    tables: tuple[str, ...]
    withheld: int
    agency: Names
    sha256: str


@dataclass(frozen=True)
class Accountability:
    """The last check, refusals by act in the last thirty days, and the newest releases."""

    check: LogCheck | None
    refusals: tuple[tuple[str, int], ...]
    releases: tuple[ReleaseLine, ...]


@dataclass(frozen=True)
class CheckpointShown:
    """The newest checkpoint, to be kept elsewhere: the signed note and the key that checks it."""

    size: int
    at: datetime
    note: str
    key: str


def newest_checkpoint(work: Work) -> CheckpointShown | None:
    """The newest signed checkpoint; None before the worker has made one."""
    work.allow(Act.VERIFY_LOG, detail={"view": "checkpoint"})
    row = checkpoints.newest(work)
    if row is None:
        return None
    return CheckpointShown(row.size, row.at, row.note, str(checkpoints.public_key(work)))


def check_log(work: Work) -> LogCheck:
    """Check the whole log now, with its checkpoints and those that are kept outside; log what was found."""
    rule = work.allow(Act.VERIFY_LOG)
    folder = work.settings.checkpoints_folder
    kept_outside = tuple(witnesses.in_folder(folder)) if folder.is_dir() else ()
    outside = Outside(key=checkpoints.public_key(work), notes=kept_outside, macs=work.provider)
    found = log_check.check(work.session, outside)
    kept = [
        {"kind": one.kind, "writer": one.stream.hex[:8], "entry": one.counter}
        for one in found.findings[:_FINDINGS_KEPT]
    ]
    detail = {
        "entries": found.entries,
        "writers": found.writers,
        "findings": kept,
        "more": len(found.findings) - len(kept),
    }
    work.note(Act.VERIFY_LOG, rule.id, person=CHECKED, detail=detail)
    return LogCheck(
        work.now, found.entries, found.writers, tuple(kept), len(found.findings) - len(kept)
    )


def accountability(work: Work) -> Accountability:
    """The last check of the log, what was refused to whom reached for it, and what figures have left."""
    work.allow(Act.VERIFY_LOG, detail={"view": "accountability"})
    return Accountability(_last_check(work), _refusals(work), _releases(work))


def _last_check(work: Work) -> LogCheck | None:
    entries = log.accesses(work.session, work.provider, CHECKED, limit=1)
    if not entries:
        return None
    detail: Any = entries[0].detail
    return LogCheck(
        entries[0].at,
        detail["entries"],
        detail["writers"],
        tuple(detail["findings"]),
        detail["more"],
    )


def _refusals(work: Work) -> tuple[tuple[str, int], ...]:
    """Acts that were refused in the last thirty days, most often first."""
    details = work.session.scalars(
        select(LogEntry.detail).where(
            LogEntry.act == "refused", LogEntry.at >= work.now - timedelta(days=30)
        )
    )
    counts: dict[str, int] = {}
    for detail in details:
        act = str(detail.get("act", "unknown"))
        counts[act] = counts.get(act, 0) + 1
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _releases(work: Work) -> tuple[ReleaseLine, ...]:
    rows = work.session.scalars(
        select(Release).order_by(Release.made_at.desc()).limit(_RELEASES_SHOWN)
    ).all()
    known = people(work, {UUID(row.made_by) for row in rows})
    return tuple(
        ReleaseLine(
            made_at=row.made_at,
            period=row.period,
            tables=tuple(row.tables),
            withheld=_withheld(row.manifest),
            agency=known.get(UUID(row.made_by), (None, {}))[1],
            sha256=row.sha256,
        )
        for row in rows
    )


def _withheld(manifest: Mapping[str, Any]) -> int:
    """By reason where it is an export on request; a plain number where it is a published table."""
    counts = (table["withheld"] for table in manifest.get("tables", ()))
    return sum(sum(one.values()) if isinstance(one, Mapping) else one for one in counts)
