"""Whoever can write the database but has no key cannot change the log without `verify` finding it."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from config.settings import Settings
from models.log import LogHead
from models.session import open_storage
from tests.world import START, World
from workflows import log
from workflows.accounts import SYSTEM_ACTOR
from workflows.log import Verified
from workflows.packs import Shelf
from workflows.policy import Act
from workflows.work import begin

TAMPERINGS = 240
#: Column -> another value that fits its type.
OTHER: dict[str, Callable[[Random, Any], Any]] = {
    "at": lambda _r, _v: "2020-01-01 00:00:00.000000",
    "actor": lambda _r, _v: uuid4().hex,
    "session": lambda _r, _v: uuid4().hex,
    "act": lambda _r, v: "read" if v != "read" else "answer",
    "rule": lambda _r, v: v + ".other",
    "subject": lambda r, _v: f"{r.getrandbits(128):032x}",
    "purpose": lambda _r, _v: "medical",
    "detail": lambda _r, _v: json.dumps({"fields": ["nothing"]}),
    "previous": lambda r, _v: f"{r.getrandbits(256):064x}",
    "hash": lambda r, _v: f"{r.getrandbits(256):064x}",
    "id": lambda _r, _v: uuid4().hex,
}


def verified(world: World) -> Verified:
    with world.storage.open_session() as (session, _vault):
        return log.verify(session, world.storage.provider)


def written(world: World, threads: int = 3) -> None:
    """A log with several writers: some acts of each of some threads."""

    def act(n: int) -> None:
        for _ in range(4):
            with world.work() as work:
                work.allow(Act.TICK, detail={"count": n})

    workers = [threading.Thread(target=act, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def pick(engine: Engine, random: Random, table: str = "log_entry") -> Any:
    with engine.connect() as connection:
        rows = connection.execute(text(f"SELECT * FROM {table} ORDER BY id")).mappings().all()
    return random.choice(rows)


def edited(engine: Engine, random: Random) -> str:
    row = pick(engine, random)
    column = random.choice(sorted(OTHER))
    value = OTHER[column](random, row[column])
    run(engine, f"UPDATE log_entry SET {column} = :v WHERE id = :id", v=value, id=row["id"])
    return f"edited {column}"


def edited_with_its_hash(engine: Engine, random: Random) -> str:
    """Somebody who knows how the hash is made sets it anew, of one entry."""
    row = pick(engine, random)
    forged = f"{random.getrandbits(256):064x}"
    statement = "UPDATE log_entry SET act = 'forged', hash = :h WHERE id = :id"
    run(engine, statement, h=forged, id=row["id"])
    following = "UPDATE log_entry SET previous = :h WHERE stream = :s AND counter = :n"
    run(engine, following, h=forged, s=row["stream"], n=row["counter"] + 1)
    return "edited with its hash"


def deleted(engine: Engine, random: Random) -> str:
    run(engine, "DELETE FROM log_entry WHERE id = :id", id=pick(engine, random)["id"])
    return "deleted"


def reordered(engine: Engine, random: Random) -> str:
    """Two entries of a writer change places."""
    statement = "SELECT * FROM log_entry WHERE stream = :s AND counter <> :n"
    found: list[Any] = []
    while not found:
        # A writer of one entry has nothing to exchange.
        one = pick(engine, random)
        with engine.connect() as connection:
            others = connection.execute(text(statement), {"s": one["stream"], "n": one["counter"]})
            found = list(others.mappings().all())
    other = random.choice(found)
    move = "UPDATE log_entry SET counter = :n WHERE id = :id"
    run(engine, move, n=10_000, id=one["id"])
    run(engine, move, n=one["counter"], id=other["id"])
    run(engine, move, n=other["counter"], id=one["id"])
    return "reordered"


def cut(engine: Engine, random: Random) -> str:
    """The tail of a writer goes, so that what is left is whole."""
    one = pick(engine, random)
    statement = "DELETE FROM log_entry WHERE stream = :s AND counter >= :n"
    run(engine, statement, s=one["stream"], n=one["counter"])
    return "tail cut"


def cut_with_its_head(engine: Engine, random: Random) -> str:
    """As `cut`, and the head is set to where the chain now ends; only its MAC cannot be made."""
    one = pick(engine, random)
    cut_at = "SELECT hash FROM log_entry WHERE stream = :s AND counter = :n"
    with engine.connect() as connection:
        where = {"s": one["stream"], "n": one["counter"]}
        last = connection.execute(text(cut_at), where).scalar_one()
    gone = "DELETE FROM log_entry WHERE stream = :s AND counter > :n"
    run(engine, gone, s=one["stream"], n=one["counter"])
    head = "UPDATE log_head SET counter = :n, hash = :h WHERE stream = :s"
    run(engine, head, s=one["stream"], n=one["counter"], h=last)
    return "tail cut with head"


def headless(engine: Engine, random: Random) -> str:
    run(engine, "DELETE FROM log_head WHERE id = :id", id=pick(engine, random, "log_head")["id"])
    return "head deleted"


def head_altered(engine: Engine, random: Random) -> str:
    row = pick(engine, random, "log_head")
    column = random.choice(["counter", "hash", "mac", "stream"])
    value: Any = row[column] + 1 if column == "counter" else f"{random.getrandbits(256):064x}"
    value = uuid4().hex if column == "stream" else value
    run(engine, f"UPDATE log_head SET {column} = :v WHERE id = :id", v=value, id=row["id"])
    return f"head {column}"


def moved_to_another_writer(engine: Engine, random: Random) -> str:
    row = pick(engine, random)
    statement = "UPDATE log_entry SET stream = :s WHERE id = :id"
    run(engine, statement, s=uuid4().hex, id=row["id"])
    return "moved to a writer of its own"


def doubled(engine: Engine, random: Random) -> str:
    """A copy of a whole writer's end under the next number."""
    row = dict(pick(engine, random))
    last = "SELECT max(counter) FROM log_entry WHERE stream = :s"
    with engine.connect() as connection:
        end = connection.execute(text(last), {"s": row["stream"]}).scalar_one()
    row |= {"id": uuid4().hex, "counter": end + 1}
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    run(engine, f"INSERT INTO log_entry ({names}) VALUES ({marks})", **row)
    return "an entry added"


WAYS = (
    edited,
    edited,
    edited_with_its_hash,
    deleted,
    reordered,
    cut,
    cut_with_its_head,
    headless,
    head_altered,
    moved_to_another_writer,
    doubled,
)


def run(engine: Engine, statement: str, **values: Any) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement), values)


@pytest.mark.asvs("16.4.2")
def test_every_one_of_many_tamperings_is_found_and_none_in_an_untouched_log(
    world: World, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    written(world)
    engine, saved = world.storage.engine, tmp_path / "saved.db"
    assert verified(world).findings == ()
    engine.dispose()
    path = tmp_path / "serai.db"
    saved.write_bytes(path.read_bytes())
    missed: list[str] = []
    tried: Counter[str] = Counter()
    for seed in range(TAMPERINGS):
        random = Random(seed)
        before = snapshot(engine)
        way = WAYS[seed % len(WAYS)](engine, random)
        if snapshot(engine) != before:
            tried[way] += 1
            if not verified(world).findings:
                missed.append(f"{seed}: {way}")
        engine.dispose()
        path.write_bytes(saved.read_bytes())
    assert missed == []
    assert tried.total() >= 200
    assert verified(world).findings == ()
    figure(f"log: {tried.total()} of {tried.total()} tamperings found, 0 in the untouched log")


def snapshot(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return [
            connection.execute(text(f"SELECT * FROM {table} ORDER BY id")).all()
            for table in ("log_entry", "log_head")
        ]


@pytest.mark.parametrize(
    ("way", "kinds"),
    [
        (edited, {"edited", "reordered"}),
        (deleted, {"missing", "cut"}),
        (cut, {"cut", "head"}),
        (headless, {"head"}),
    ],
)
def test_a_finding_says_what_was_done_and_names_writer_and_entry(
    world: World, way: Callable[[Engine, Random], str], kinds: set[str]
) -> None:
    written(world)
    streams = {head.stream for head in world.rows(LogHead)}
    way(world.storage.engine, Random(7))
    found = verified(world).findings
    assert found
    assert {finding.kind for finding in found} <= kinds
    assert {finding.stream for finding in found} <= streams
    assert all(finding.counter > 0 for finding in found)


def test_threads_write_chains_at_once_and_all_of_them_verify(any_world: World) -> None:
    before = verified(any_world).entries
    written(any_world, threads=6)
    found = verified(any_world)
    assert found.findings == ()
    assert found.entries == before + 6 * 4


def write_some(settings: Settings, times: int) -> None:
    """Another process with the same databases."""
    storage, shelf = open_storage(settings), Shelf(settings.packs)
    for _ in range(times):
        with begin(storage, SYSTEM_ACTOR, now=START, settings=settings, shelf=shelf) as work:
            work.allow(Act.TICK)
    storage.close()


def test_processes_write_chains_at_once_and_all_of_them_verify(any_world: World) -> None:
    before = verified(any_world)
    context = get_context("spawn")
    processes = [context.Process(target=write_some, args=(any_world.settings, 5)) for _ in range(2)]
    for process in processes:
        process.start()
    write_some(any_world.settings, 5)
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    found = verified(any_world)
    assert found.findings == ()
    assert found.entries == before.entries + 15
    assert found.writers >= before.writers + 2
