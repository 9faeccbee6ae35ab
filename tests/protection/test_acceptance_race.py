"""Two and more officers who press at once: one takes the referral, the others are told, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, func, make_url, select, text

from models.referrals import Letter, Referral
from models.vocabulary import LetterKind
from tests.protection.offices import World, make_world
from workflows import desks
from workflows.desks import AcceptReferral
from workflows.errors import ChangedMeanwhile, NotAllowedNow

THREADS = 8


@pytest.fixture(scope="module")
def postgres_world(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[World]:
    name = f"offices_{uuid4().hex}"
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    made = make_world(tmp_path_factory.mktemp("offices"), url)
    yield made
    made.storage.close()


def race(world: World, rounds: int) -> list[int]:
    """How many of the threads won, in each round."""
    won = []
    for _ in range(rounds):
        number, _ = world.referral()
        gate = threading.Barrier(THREADS)

        def attempt(place: int, number: str = number, gate: threading.Barrier = gate) -> bool:
            gate.wait()
            who = ("desk.one", "desk.two")[place % 2]
            try:
                with world.work(who) as work:
                    desks.accept(work, AcceptReferral(number=number))
            except (ChangedMeanwhile, NotAllowedNow):
                return False
            return True

        with ThreadPoolExecutor(THREADS) as pool:
            won.append(sum(pool.map(attempt, range(THREADS))))
    return won


def decisions(world: World) -> int:
    with world.work() as work:
        query = select(func.count()).select_from(Letter).join(Referral)
        return work.session.scalar(query.where(Letter.kind == LetterKind.DECISION)) or 0


@pytest.mark.asvs("2.3.4", "15.4.2")
def test_of_eight_who_accept_at_once_one_wins(world: World) -> None:
    assert race(world, 12) == [1] * 12
    assert decisions(world) == 12


@pytest.mark.asvs("2.3.4", "15.4.2")
@pytest.mark.postgres
def test_of_eight_who_accept_at_once_one_wins_on_postgresql(postgres_world: World) -> None:
    assert race(postgres_world, 12) == [1] * 12
    assert decisions(postgres_world) == 12
