"""The arithmetic of measuring: samples, medians, ratios to the peer, goals met or missed. Starts nothing."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

#: The whole of a registration: its three requests added up, person by person.
REGISTRATION = "registration: all three"


@dataclass(frozen=True)
class Sample:
    """One request, in milliseconds: on the wall, CPU of the server's processes, CPU of the database's."""

    wall: float
    server: float
    database: float

    @property
    def cpu(self) -> float:
        """CPU in all."""
        return self.server + self.database

    def __add__(self, other: Sample) -> Sample:
        return Sample(
            self.wall + other.wall, self.server + other.server, self.database + other.database
        )


@dataclass(frozen=True)
class Row:
    """A request's figures in milliseconds, to a tenth. `cpu` is of server and database together."""

    samples: int
    wall_median: float
    wall_p95: float
    cpu_median: float
    cpu_p95: float
    server_median: float
    database_median: float


def p95(values: Sequence[float]) -> float:
    """The smallest value that is not exceeded by 95 of 100 (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-95 * len(ordered) // 100) - 1)]


def row_of(samples: Sequence[Sample]) -> Row:
    """Figures of at least one sample."""

    def rounded(value: float) -> float:
        return round(value, 1)

    walls, cpus = [s.wall for s in samples], [s.cpu for s in samples]
    return Row(
        samples=len(samples),
        wall_median=rounded(statistics.median(walls)),
        wall_p95=rounded(p95(walls)),
        cpu_median=rounded(statistics.median(cpus)),
        cpu_p95=rounded(p95(cpus)),
        server_median=rounded(statistics.median(s.server for s in samples)),
        database_median=rounded(statistics.median(s.database for s in samples)),
    )


@dataclass(frozen=True)
class Run:
    """All figures of one database at one size. `persons` is what was asked for."""

    database: str
    persons: int
    rows: Mapping[str, Row]
    start_s: float
    first_use_s: float
    memory_start_mb: float
    memory_used_mb: float
    disk_mb: float
    filled: int
    fill_s: float


@dataclass(frozen=True)
class Yardstick:
    """What a request is held against: the peer's CPU in ms at about 1k, 10k, 100k persons, and the
    goal at 100k.
    """

    peer: Mapping[int, float]
    goal: float | None


#: Server + database, from Sahana Eden ASP with MRCMS measured on the same kind of machine.
YARDSTICKS: Mapping[str, Yardstick] = {
    REGISTRATION: Yardstick({1_000: 1407, 100_000: 1694}, 60),
    "list: arrivals at the post": Yardstick({1_000: 622, 10_000: 463, 100_000: 1288}, 40),
    "list: referrals to the desk": Yardstick({1_000: 622, 10_000: 463, 100_000: 1288}, 40),
    "search: somebody": Yardstick({1_000: 216, 10_000: 248, 100_000: 675}, 40),
    "search: nobody": Yardstick({1_000: 195, 10_000: 230, 100_000: 587}, 40),
    "case file: at the post": Yardstick({1_000: 521, 10_000: 503, 100_000: 617}, 40),
    "case file: at the desk": Yardstick({1_000: 521, 10_000: 503, 100_000: 617}, 40),
    "case file: with identity": Yardstick({1_000: 521, 10_000: 503, 100_000: 617}, 40),
    "statistics": Yardstick({1_000: 368, 10_000: 1190, 100_000: 10675}, 150),
}
GROWTH = 1.3
START_S = 3.0
PEER_START_S = 8.6
PEER_MEMORY_MB = 268


@dataclass(frozen=True)
class Verdict:
    """One goal: what was to be held, what was found, in the goal's own unit."""

    goal: str
    database: str
    persons: int
    most: float
    found: float

    @property
    def met(self) -> bool:
        """Whether it was."""
        return self.found <= self.most


def ratio(name: str, persons: int, cpu: float) -> float | None:
    """How many times the peer's CPU is ours, at a size for which the peer was measured."""
    known = YARDSTICKS[name].peer.get(persons) if name in YARDSTICKS else None
    return None if known is None or cpu <= 0 else known / cpu


def verdicts(runs: Sequence[Run]) -> list[Verdict]:
    """Every goal that these runs can tell of."""
    found = [verdict for run in runs for verdict in _of_run(run)]
    for database in dict.fromkeys(run.database for run in runs):
        mine = sorted((r for r in runs if r.database == database), key=lambda run: run.persons)
        if len(mine) > 1:
            found += _of_growth(mine[0], mine[-1])
    return found


def _of_run(run: Run) -> Iterable[Verdict]:
    for name, row in run.rows.items():
        goal = YARDSTICKS[name].goal if name in YARDSTICKS else None
        if goal is not None:
            yield Verdict(f"{name}, CPU ms", run.database, run.persons, goal, row.cpu_median)
    yield Verdict("start to first page, s", run.database, run.persons, START_S, run.start_s)


def _of_growth(small: Run, large: Run) -> Iterable[Verdict]:
    for name, row in large.rows.items():
        if name in YARDSTICKS and name in small.rows and small.rows[name].cpu_median:
            times = round(row.cpu_median / small.rows[name].cpu_median, 2)
            goal = f"{name}, growth from {small.persons:,}"
            yield Verdict(goal, large.database, large.persons, GROWTH, times)


def as_dict(runs: Sequence[Run]) -> dict[str, Any]:
    """Everything, for machines."""
    return {
        "runs": [
            {
                **asdict(run),
                "peer_ratio": {
                    name: None if found is None else round(found, 1)
                    for name, row in run.rows.items()
                    for found in [ratio(name, run.persons, row.cpu_median)]
                },
            }
            for run in runs
        ],
        "goals": [{**asdict(verdict), "met": verdict.met} for verdict in verdicts(runs)],
        "peer": {
            "cpu_ms": {name: dict(yard.peer) for name, yard in YARDSTICKS.items()},
            "start_s": PEER_START_S,
            "memory_start_mb": PEER_MEMORY_MB,
        },
    }
