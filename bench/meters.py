"""Reads what processes have used, from /proc: CPU to the nanosecond where the kernel tells it, and memory.

Counted are the server's processes and the database's. A process that both begins and ends between two
readings (PostgreSQL's housekeeping may) is missed; all that lives longer is in.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def cpu_seconds(pid: int) -> float:
    """CPU of all threads of a process so far, user and system; 0 for one that has gone.

    `schedstat` counts nanoseconds; where a kernel has none, `stat` counts hundredths of a second.
    """
    try:
        threads = list((_PROC / str(pid) / "task").iterdir())
    except FileNotFoundError:
        return 0.0
    total = 0
    for thread in threads:
        try:
            total += int((thread / "schedstat").read_text(encoding="ascii").split()[0])
        except FileNotFoundError:
            return _by_ticks(pid)
        except ProcessLookupError:
            continue
    return total / 1e9


def _by_ticks(pid: int) -> float:
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def family(pid: int) -> list[int]:
    """A process and everything it has started."""
    try:
        process = psutil.Process(pid)
        return [pid, *(child.pid for child in process.children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def resident_bytes(pid: int) -> int:
    """Memory that a process family holds, each shared page counted once for each process that maps it."""
    total = 0
    for one in family(pid):
        try:
            total += psutil.Process(one).memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


@dataclass
class Meter:
    """CPU of one process family. One that ends keeps what it was last seen to have used."""

    root: int
    seen: dict[int, float] = field(default_factory=dict)

    def read(self) -> float:
        """Seconds of CPU of the family so far."""
        for pid in family(self.root):
            self.seen[pid] = max(cpu_seconds(pid), self.seen.get(pid, 0.0))
        return sum(self.seen.values())
