"""What sealing costs, beside none and beside SQLAlchemy-Utils, in one run: `python3 dev.py bench vault`.

Bulk insert of persons with twelve fields; a list of fifty with one opened field; a case file of five
purposes. SQLite with the product's own settings, in a temporary folder; keys from a keyring file. Ratios are
of CPU of this process (best of the rounds) and of the clock on the wall.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Table, event, insert, select
from sqlalchemy.orm import Session

from bench.vault_case import case_files
from bench.vault_tables import (
    FIELDS,
    Alone,
    Grouped,
    SealedBase,
    invented,
    plain,
    utils_aes,
    utils_gcm,
)
from models.vault.engine import prepare_engine
from models.vault.keys import KeyStore
from models.vault.providers import FileProvider
from models.vault.sealed import load_sealed
from models.vault.vault import Vault
from models.vocabulary import Purpose

CHUNK = 1000
GOAL_BULK, GOAL_LIST, GOAL_CASE = 3.5, 2, 1.5
People = list[tuple[UUID, dict[str, str]]]


@dataclass(frozen=True)
class Cost:
    """Seconds for all persons, and how many times the plain insert."""

    what: str
    cpu: float
    wall: float
    cpu_ratio: float
    wall_ratio: float


@dataclass(frozen=True)
class Machine:
    """An installation to measure on."""

    main: Engine
    store: KeyStore
    provider: FileProvider

    @contextmanager
    def session(self) -> Iterator[tuple[Session, Vault]]:
        """A session with its vault, as the product opens one."""
        vault = Vault(self.provider, self.store)
        with Session(self.main, info={"vault": vault}, expire_on_commit=False) as session:
            try:
                yield session, vault
            finally:
                session.rollback()
                vault.close()


@contextmanager
def machine() -> Iterator[Machine]:
    """Two databases and a keyring, thrown away."""
    with tempfile.TemporaryDirectory(prefix="serai-bench-") as folder:
        main = prepare_engine(f"sqlite:///{folder}/main.db", production=False)
        store = KeyStore.open(f"sqlite:///{folder}/keys.db", production=False)
        SealedBase.metadata.create_all(main)
        yield Machine(main, store, FileProvider.create(Path(folder) / "keyring", "for measuring"))
        main.dispose()
        store.close()


# --- bulk insert ---------------------------------------------------------------------------


def insert_rows(at: Machine, table: Table, people: People) -> None:
    """Core insert in chunks, one transaction: what plain columns and SQLAlchemy-Utils get."""
    with at.main.begin() as connection:
        for chunk in batched_people(people):
            connection.execute(insert(table), [{"id": who, **said} for who, said in chunk])


def insert_sealed(at: Machine, model: type[Alone | Grouped], people: People) -> None:
    """The same with data keys for every person and purpose, which reach their database first."""
    purposes = [Purpose.IDENTITY] if model is Alone else list(FIELDS)
    with at.main.begin() as connection:
        for chunk in batched_people(people):
            vault = Vault(at.provider, at.store)
            vault.create_keys([who for who, _ in chunk], purposes, new=True)
            rows = [sealed_row(vault, model, who, said) for who, said in chunk]
            vault.flush_keys()
            connection.execute(insert(model), rows)
            vault.close()


def sealed_row(
    vault: Vault, model: type[Alone | Grouped], who: UUID, said: dict[str, str]
) -> dict[str, Any]:
    """One person's row: a blob for each purpose."""
    if model is Alone:
        blob = Alone.identity.seal(vault, owner=who, row=who, value=said)
        return {"id": who, Alone.identity.column_name: blob}
    row: dict[str, Any] = {"id": who}
    for purpose, names in FIELDS.items():
        field = getattr(Grouped, purpose.value)
        value = {name: said[name] for name in names}
        row[field.column_name] = field.seal(vault, owner=who, row=who, value=value)
    return row


def batched_people(people: People) -> Iterator[People]:
    """In chunks."""
    for start in range(0, len(people), CHUNK):
        yield people[start : start + CHUNK]


def bulk(persons: int, rounds: int) -> list[Cost]:
    """Every way, each round in new databases, the plain one first; the best round counts."""
    people = list(invented(persons))
    ways: dict[str, Callable[[Machine], None]] = {
        "plain text columns": lambda at: insert_rows(at, plain, people),
        "ours, one purpose": lambda at: insert_sealed(at, Alone, people),
        "ours, three purposes": lambda at: insert_sealed(at, Grouped, people),
        "SQLAlchemy-Utils, AES-CBC": lambda at: insert_rows(at, utils_aes, people),
        "SQLAlchemy-Utils, AES-GCM": lambda at: insert_rows(at, utils_gcm, people),
    }
    best: dict[str, tuple[float, float]] = {}
    for _ in range(rounds):
        for what, way in ways.items():
            with machine() as at:
                cpu, wall = process_time(), perf_counter()
                way(at)
                spent = process_time() - cpu, perf_counter() - wall
            before = best.get(what, spent)
            best[what] = min(before[0], spent[0]), min(before[1], spent[1])
    base = best["plain text columns"]
    return [
        Cost(what, round(cpu, 2), round(wall, 2), round(cpu / base[0], 2), round(wall / base[1], 2))
        for what, (cpu, wall) in best.items()
    ]


# --- a list --------------------------------------------------------------------------------


def a_list() -> dict[str, float]:
    """Fifty persons with one opened field: statements on both databases, and milliseconds."""
    with machine() as at:
        insert_sealed(at, Grouped, list(invented(500)))
        asked: list[str] = []
        for engine in (at.main, at.store.engine):
            event.listen(engine, "before_cursor_execute", lambda *what: asked.append(str(what[2])))
        best = 1e9
        for _ in range(20):
            asked.clear()
            start = process_time()
            with at.session() as (session, vault):
                rows = session.scalars(
                    select(Grouped)
                    .order_by(Grouped.id)
                    .limit(50)
                    .options(*load_sealed(Grouped.identity))
                ).all()
                vault.prefetch([row.id for row in rows], [Purpose.IDENTITY])
                for row in rows:
                    vault.grant(row.id, Purpose.IDENTITY)
                opened = [row.identity for row in rows]
            best = min(best, process_time() - start)
        statements = [text for text in asked if text.lstrip().upper().startswith("SELECT")]
    if len(opened) != 50 or not all(opened):
        raise SystemExit("the list did not open")
    return {"statements": len(statements), "ms": round(best * 1e3, 2)}


# --- all -----------------------------------------------------------------------------------


def main(words: list[str]) -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="dev.py bench vault", description=__doc__)
    parser.add_argument("--persons", type=int, default=100_000, help="for the bulk insert (100000)")
    parser.add_argument("--rounds", type=int, default=1, help="of each, the best counts (1)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(words)
    costs = bulk(options.persons, options.rounds)
    listed = a_list()
    with machine() as at:
        files = case_files(at.main, at.store, at.provider)
    if options.json:
        told = {"bulk": [asdict(cost) for cost in costs], "list": listed, "case": files}
        print(json.dumps(told, indent=1))
        return
    print(
        f"Bulk insert of {options.persons} persons with 12 fields (goal: ours <= {GOAL_BULK} x plain, CPU)"
    )
    for cost in costs:
        print(
            f"  {cost.what:<28} {cost.cpu:7.2f} s CPU {cost.cpu_ratio:6.2f} x"
            f" {cost.wall:8.2f} s wall {cost.wall_ratio:6.2f} x"
        )
    print(
        f"List of 50 with one opened field: {listed['statements']:.0f} statements (goal {GOAL_LIST}),"
        f" {listed['ms']} ms CPU"
    )
    print(
        f"Case file of 5 opened purposes: {files['sealed_ms']} ms, unsealed {files['plain_ms']} ms,"
        f" {files['ratio']} x (goal <= {GOAL_CASE})"
    )
