"""Measure the name index at several sizes and print one JSON object: `python3 dev.py bench names`.

Times are CPU of this process, SQLite in a temporary folder, one search as a reader would do it: keys of
the typed name, look-up, and ranking of up to fifty found names. Opening those names is not in it. With
`--copies 10` everybody is written ten times under ids of their own: a million in minutes, each name ten times
as frequent, as it would be; making the keys of names costs the same for each and is measured once.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import tracemalloc
from collections.abc import Callable
from datetime import date
from time import perf_counter, process_time
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.demonstration.people import InventedPerson, people
from models.base import Base
from models.vault.engine import prepare_engine
from models.vault.index import Entry, NameIndex, NameSegment
from models.vault.providers import EnvProvider
from workflows.names.compare import Candidate, rank
from workflows.names.keys import keys_of, query_keys

DAY = date(2026, 1, 1)
SEARCHES = 400
NOBODY = "name2|1|none|none"


def _quantiles(found: list[float]) -> dict[str, float]:
    ordered = sorted(found)
    return {
        "median_ms": round(statistics.median(ordered) * 1e3, 3),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1e3, 3),
    }


def _timed(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def measure(size: int, copies: int = 1) -> dict[str, object]:
    """Fill an index with `size` invented people, each `copies` times, and time it."""
    provider = EnvProvider.open(EnvProvider.create(), production=False)
    crowd = {uuid4(): person for person in people(7, size)}
    with tempfile.TemporaryDirectory() as folder:
        engine = prepare_engine(f"sqlite:///{folder}/index.db", production=False)
        Base.metadata.create_all(engine, tables=[NameSegment.__table__])  # type: ignore[list-item]  # a Table, typed as FromClause
        filled = _fill(NameIndex(provider), engine, crowd, copies)
        with Session(engine) as session:
            tracemalloc.start()
            traced = NameIndex(provider)
            traced.lookup(session, [NOBODY])
            memory = tracemalloc.get_traced_memory()[0]
            tracemalloc.stop()
            index = NameIndex(provider)
            load = _timed(lambda: index.lookup(session, [NOBODY]))
            searches = _searches(index, session, crowd)
        engine.dispose()
    return {
        "persons": size * copies,
        **filled,
        "load_s": round(load, 3),
        "memory_mb": round(memory / 1e6, 1),
        **searches,
    }


def _fill(
    index: NameIndex, engine: Engine, crowd: dict[UUID, InventedPerson], copies: int
) -> dict[str, object]:
    start = process_time()
    entries = [
        Entry(ref, keys_of(person.forms, (person.birth_year,))) for ref, person in crowd.items()
    ]
    keyed = process_time()
    for copy in range(copies):
        again = [Entry(uuid4(), entry.keys) for entry in entries] if copy else entries
        with Session(engine) as session:
            index.add(session, again, on=DAY)
            session.commit()
    return {
        "keys_per_person": round(sum(len(entry.keys) for entry in entries) / len(crowd), 1),
        "keys_ms_per_person": round((keyed - start) / len(crowd) * 1e3, 3),
        "write_s": round(process_time() - keyed, 2),
    }


def _searches(
    index: NameIndex, session: Session, crowd: dict[UUID, InventedPerson]
) -> dict[str, object]:
    found: dict[str, list[float]] = {"keys": [], "lookup": [], "rank": [], "search": []}
    hits = 0
    wall = perf_counter()
    for person in people(8, SEARCHES):
        typed = person.forms[-1]
        keys = query_keys(typed, (person.birth_year,))
        found["keys"].append(_timed(lambda text=typed: query_keys(text)))  # type: ignore[misc]  # mypy cannot type a default of a lambda
        start = process_time()
        refs = index.lookup(session, keys.pairs)
        found["lookup"].append(process_time() - start)
        known = [ref for ref in refs if ref in crowd]
        candidates = [Candidate(ref, crowd[ref].forms, (crowd[ref].birth_year,)) for ref in known]
        hits += len(refs)
        start = process_time()
        rank(typed, candidates, (person.birth_year,))
        found["rank"].append(process_time() - start)
        found["search"].append(sum(times[-1] for name, times in found.items() if name != "search"))
    return {
        **{name: _quantiles(times) for name, times in found.items()},
        "hits_mean": round(hits / SEARCHES, 1),
        "searches_wall_s": round(perf_counter() - wall, 2),
    }


def main(words: list[str]) -> None:
    """Measure at the sizes that the words name."""
    parser = argparse.ArgumentParser(prog="dev.py bench names", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--copies", type=int, default=1, help="how often each person is written")
    options = parser.parse_args(words)
    found = [measure(size, options.copies) for size in options.sizes]
    print(json.dumps({"names_index": found}, indent=2))
