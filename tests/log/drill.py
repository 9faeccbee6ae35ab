"""`python -m tests.log.drill`: attacks on a real log and its data, and how many of them the check finds.

The check runs as an auditor would run it: on the database alone, with the public key and the folder of
checkpoints, without any secret of the installation.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from config.settings import PACKS
from tests.conftest import sqlite_copy, sqlite_template_in
from tests.log.attacks import KINDS, Earlier, sealed_values
from tests.world import World
from workflows import checkpoints, log_check, screening, witnesses
from workflows.log_check import Checked, Outside
from workflows.packs import Shelf


@dataclass
class Result:
    """How many attacks of each kind were made and found; false alarms on the untouched log."""

    made: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    alarms: int = 0

    def __str__(self) -> str:
        lines = [f"  {kind}: {self.found[kind]} of {n}" for kind, n in sorted(self.made.items())]
        total = (
            f"log: {self.found.total()} of {self.made.total()} attacks of {len(self.made)} kinds"
        )
        return "\n".join([*lines, f"{total} found, {self.alarms} false alarms"])


def sealed_world(world: World, folder: Path) -> tuple[Outside, Earlier]:
    """Some work with several checkpoints on the way, all kept in `folder`; values of the middle of it."""
    number, referral = world.sent()
    _round(world, folder)
    with world.storage.engine.connect() as connection:
        earlier = sealed_values(connection)
    world.accept(referral)
    with world.work("officer") as work:
        look = screening.RecordUrgentNeeds(case_number=number, seen=("medical",))
        screening.record_urgent_needs(work, look)
    world.answer(number, with_parent="yes", fear_of_return="no")
    world.clock.forward(minutes=2)
    _round(world, folder)
    world.register("Marzia")
    _round(world, folder)
    with world.work() as work:
        key = checkpoints.public_key(work)
    kept = tuple(witnesses.in_folder(folder))
    return Outside(key=key, notes=kept, data=True, complete=True), earlier


def _round(world: World, folder: Path) -> None:
    with world.work() as work:
        checkpoints.beat(work)
    with world.work() as work:
        assert checkpoints.seal(work).broken == ()
    with world.work() as work:
        witnesses.catch_up(work, folder)


def checked(connection: Connection, outside: Outside) -> Checked:
    """The check on an open connection, as far as it has gone."""
    with Session(connection, join_transaction_mode="rollback_only") as session:
        return log_check.check(session, outside)


def drill(world: World, folder: Path, times: int, seed: int) -> Result:
    """Attack `times` times, each undone; the kinds take turns."""
    outside, earlier = sealed_world(world, folder)
    result = Result()
    with world.storage.engine.connect() as connection:
        result.alarms += len(checked(connection, outside).findings)
        connection.rollback()
        for turn in range(times):
            random = Random(seed * 1_000_003 + turn)
            kind = KINDS[turn % len(KINDS)](connection, random, earlier)
            result.made[kind] += 1
            if checked(connection, outside).findings:
                result.found[kind] += 1
            else:
                result.missed.append(f"{turn}: {kind}")
            connection.rollback()
        result.alarms += len(checked(connection, outside).findings)
    return result


@contextmanager
def _world() -> Iterator[tuple[World, Path]]:
    shelf = Shelf(PACKS)
    with tempfile.TemporaryDirectory() as folder:
        made, copied = Path(folder, "made"), Path(folder, "copied")
        made.mkdir()
        copied.mkdir()
        for world in sqlite_copy(sqlite_template_in(made, shelf), shelf, copied):
            yield world, Path(folder, "checkpoints")


def main() -> None:
    """Run the drill and print its figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with _world() as (world, folder):
        result = drill(world, folder, options.times, options.seed)
    sys.stdout.write("\n".join([*result.missed, str(result), ""]))
    raise SystemExit(0 if not result.missed and not result.alarms else 1)


if __name__ == "__main__":
    main()
