"""Several processes and threads at once, on both databases: no segment is lost, none comes twice."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Event
from uuid import UUID, uuid4

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models.vault.index import Entry, NameIndex, NameSegment
from models.vault.providers import EnvProvider

DAY = date(2026, 1, 1)
ROOT = Path(__file__).parents[2]


def add(index: NameIndex, engine: Engine, *keys: str) -> UUID:
    person = uuid4()
    with Session(engine.execution_options(sqlite_begin="IMMEDIATE")) as session:
        index.add(session, [Entry(person, frozenset(keys))], on=DAY)
        session.commit()
    return person


def find(index: NameIndex, engine: Engine, *keys: str) -> set[UUID]:
    with Session(engine) as session:
        return set(index.lookup(session, keys, limit=10_000))


def test_writers_readers_and_compaction_in_several_processes_lose_nobody(
    engine: Engine, provider: EnvProvider, key_material: str
) -> None:
    url = engine.url.render_as_string(hide_password=False)
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.name_index.writer", url, key_material, "shared", "25"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    reader, merger = NameIndex(provider, small=8, recent_tokens=30), NameIndex(provider)
    seen: set[UUID] = set()
    while any(writer.poll() is None for writer in writers):
        now = find(reader, engine, "shared")
        assert seen <= now  # nobody vanishes while segments are merged
        seen = now
        with Session(engine.execution_options(sqlite_begin="IMMEDIATE")) as session:
            merger.compact(session, on=DAY)
            session.commit()

    assert [writer.returncode for writer in writers] == [0, 0, 0]
    written = {UUID(line) for writer in writers for line in writer.communicate()[0].splitlines()}
    assert len(written) == 75
    for index in (reader, merger, NameIndex(provider)):
        assert find(index, engine, "shared") == written


def test_threads_share_one_index(engine: Engine, provider: EnvProvider) -> None:
    index = NameIndex(provider, small=4, recent_tokens=20)

    def work(_: int) -> list[UUID]:
        mine = []
        for _ in range(8):
            mine.append(add(index, engine, "a", "b", "c"))
            assert find(index, engine, "a") >= set(mine)
        return mine

    with ThreadPoolExecutor(4) as pool:
        people = {person for found in pool.map(work, range(4)) for person in found}

    assert find(index, engine, "b") == people
    assert index.sizes()["tokens"] == 3 * len(people)


def test_a_slow_writer_is_waited_for_and_not_missed(engine: Engine, provider: EnvProvider) -> None:
    index = NameIndex(provider)
    slow_person = uuid4()
    written, go_on = Event(), Event()

    def slow() -> None:
        with Session(engine.execution_options(sqlite_begin="IMMEDIATE")) as session:
            index.add(session, [Entry(slow_person, frozenset({"a"}))], on=DAY)
            written.set()
            go_on.wait(5)
            session.commit()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(slow)
        assert written.wait(5)
        second = pool.submit(add, index, engine, "a")  # gets its number only after the first commit
        assert find(index, engine, "a") == set()
        go_on.set()
        first.result(10)
        quick_person = second.result(10)

    assert find(index, engine, "a") == {slow_person, quick_person}
    with Session(engine) as session:
        assert session.scalar(select(func.max(NameSegment.seq))) == 2
