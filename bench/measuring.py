"""One run after the other: fill to a size, start the product, measure, stop it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path

from app.demonstration import signins
from bench.figures import Run, row_of
from bench.filling import Filled, fill
from bench.journeys import Gauge, Journeys
from bench.meters import Meter, resident_bytes
from bench.places import Place, analyse, placed
from bench.server import served

Say = Callable[[str], None]


def measure(
    folder: Path, sizes: Sequence[int], databases: Sequence[str], samples: int, say: Say
) -> list[Run]:
    """Figures of every size on every database.

    The registers are filled side by side, one process each, and measured one after the other, so that no
    filling disturbs a measurement. A register that is already larger than a size is not measured at it.
    """
    runs: list[Run] = []
    with ExitStack() as stack:
        places = [stack.enter_context(placed(name, folder / name)) for name in databases]
        for size in sorted(sizes):
            todo = [place for place in places if place.persons() <= size]
            for place, filled in zip(todo, _fill_all(todo, size, say), strict=True):
                say(f"{place.database}: measuring at {size:,} persons")
                runs.append(run(place, size, filled, samples))
    return runs


def _fill_all(places: Sequence[Place], size: int, say: Say) -> list[Filled]:
    if len(places) == 1:
        return [fill(places[0], size, say)]
    with ProcessPoolExecutor(max(len(places), 1), mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(fill, place, size, tell) for place in places]
        return [one.result() for one in waiting]


def tell(line: str) -> None:
    """Progress, to standard error at once: standard output is for the figures."""
    print(line, file=sys.stderr, flush=True)


def run(place: Place, size: int, filled: Filled, samples: int) -> Run:
    """Start the product over a filled register and measure every request."""
    analyse(place)
    cards = signins.read(place.folder)
    with served(place) as server:
        started = resident_bytes(server.pid)
        journeys = Journeys(server.port, cards, size)
        first_use = journeys.warm_up()
        database = None if place.postmaster is None else Meter(place.postmaster)
        gauge = Gauge(Meter(server.pid), database)
        journeys.measure(gauge, samples)
        used = resident_bytes(server.pid)
        return Run(
            database=place.database,
            persons=size,
            rows={name: row_of(found) for name, found in gauge.samples.items()},
            start_s=round(server.first_page, 2),
            first_use_s=round(first_use, 2),
            memory_start_mb=round(started / 1e6, 1),
            memory_used_mb=round(used / 1e6, 1),
            disk_mb=round(place.disk_bytes() / 1e6, 1),
            filled=filled.persons,
            fill_s=round(filled.seconds, 1),
        )
