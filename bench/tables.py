"""The measured figures as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.figures import (
    PEER_MEMORY_MB,
    PEER_START_S,
    YARDSTICKS,
    Run,
    ratio,
    verdicts,
)

_HEAD = (
    "request", "wall ms", "p95", "CPU ms", "p95", "server + database", "peer", "times less", "goal"
)  # fmt: skip


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need to be; the first to the left, the others to the right."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def report(runs: Sequence[Run]) -> str:
    """A table for each run, and the goals below."""
    return "\n\n".join([*(_of_run(run) for run in runs), _goals(runs)])


def _of_run(run: Run) -> str:
    rows: list[Sequence[str]] = [_HEAD]
    for name, row in run.rows.items():
        yard = YARDSTICKS.get(name)
        peer = yard.peer.get(run.persons) if yard else None
        times = ratio(name, run.persons, row.cpu_median)
        rows.append(
            (
                name,
                f"{row.wall_median:.1f}",
                f"{row.wall_p95:.1f}",
                f"{row.cpu_median:.1f}",
                f"{row.cpu_p95:.1f}",
                f"{row.server_median:.1f} + {row.database_median:.1f}",
                "" if peer is None else f"{peer:,.0f}",
                "" if times is None else f"{times:.0f}",
                "" if yard is None or yard.goal is None else f"{yard.goal:.0f}",
            )
        )
    samples = next(iter(run.rows.values())).samples if run.rows else 0
    start = f"start to first page {run.start_s:.1f} s (peer {PEER_START_S} s)"
    first = f"a worker's first visitor waits at most {run.first_use_s:.1f} s"
    resident = f"resident after start {run.memory_start_mb:.0f} MB (peer {PEER_MEMORY_MB} MB)"
    used = f"after use {run.memory_used_mb:.0f} MB; database {run.disk_mb:.0f} MB"
    return "\n".join(
        (
            f"{run.database}, {run.persons:,} persons, {samples} samples of each",
            table(rows),
            f"{start}; {first}",
            f"{resident}, {used}",
            *_filled(run),
        )
    )


def _filled(run: Run) -> Iterable[str]:
    if run.filled:
        rate = run.filled / run.fill_s
        yield f"filled with {run.filled:,} persons in {run.fill_s:.0f} s, {rate:.0f} a second"


def _goals(runs: Sequence[Run]) -> str:
    rows: list[Sequence[str]] = [("goal", "database", "persons", "at most", "found", "")]
    rows += [
        (
            verdict.goal,
            verdict.database,
            f"{verdict.persons:,}",
            f"{verdict.most:g}",
            f"{verdict.found:g}",
            "met" if verdict.met else "MISSED",
        )
        for verdict in verdicts(runs)
    ]
    missed = sum(not verdict.met for verdict in verdicts(runs))
    return f"{table(rows)}\n{missed} of {len(rows) - 1} goals missed"
