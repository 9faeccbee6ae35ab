"""Whether time tells what words do not: `python3 dev.py bench timing`.

Two questions are asked in random order of the whole application in this process: signing in with a wrong
password under a name that exists and under one that does not; opening a case of somebody else's and one
that is not there. If the two kinds of answer take the same time, the Mann-Whitney test gives any p; below
0.01 it says that they can be told apart.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from flask.testing import FlaskClient

from app.demonstration import world
from app.demonstration.signins import SignInCard
from app.factory import create_app
from app.work import utc_now
from config.loading import load
from models import schema
from models.session import open_storage
from models.vault.providers import EnvProvider
from workflows import arrivals, casenumbers
from workflows.accounts import SYSTEM_ACTOR, actor_named
from workflows.packs import Shelf
from workflows.work import begin

SAMPLES = 2_000
#: Below this two kinds of answer can be told apart.
SUSPECT = 0.01
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Office:
    """The application with the demonstration's accounts, and a case of another country."""

    client: FlaskClient
    cards: dict[str, SignInCard]
    foreign: str


@contextmanager
def office() -> Iterator[Office]:
    """Prepared in a folder of its own; nobody is ever refused for trying too often."""
    with tempfile.TemporaryDirectory(prefix="serai-timing-") as name:
        folder = Path(name)
        environ = {"SERAI_KEY_PROVIDER": "env", "SERAI_KEY_MATERIAL": EnvProvider.create()}
        settings = load({**environ, "SERAI_LOG_LEVEL": "error"}, folder)
        settings = replace(settings, sign_in_limit=10**9)
        storage = open_storage(settings)
        schema.upgrade(storage.engine)
        shelf = Shelf(settings.packs)
        cards = {card.name: card for card in world.prepare(storage, settings, shelf, folder)}
        with begin(storage, SYSTEM_ACTOR, now=utc_now(), settings=settings, shelf=shelf) as work:
            officer = actor_named(work, "officer-tjk")
        with begin(storage, officer, now=utc_now(), settings=settings, shelf=shelf) as work:
            command = arrivals.RegisterArrival(
                post=world.POSTS["TJK"], names=(arrivals.NameForm(text="Zarifa"),)
            )
            foreign = arrivals.register(work, command).case_number
        yield Office(create_app(settings, storage=storage).test_client(), cards, foreign)
        storage.close()


def sign_ins(held: Office) -> tuple[Callable[[], int], Callable[[], int]]:
    """A wrong password for a name that exists, and for one that does not; each from its own address."""
    client, numbers = held.client, count()
    found = _TOKEN.search(client.get("/sign-in").text)
    assert found is not None
    token = found[1]

    def ask(name: str) -> int:
        n = next(numbers)
        told = {"csrf_token": token, "name": name, "password": "not this one", "code": "000000"}
        base = {"REMOTE_ADDR": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"}
        return client.post("/sign-in", data=told, environ_base=base).status_code

    return (lambda: ask("officer")), (lambda: ask("nobodys"))


def cases(held: Office) -> tuple[Callable[[], int], Callable[[], int]]:
    """A case that is somebody else's, and one that is not there; as a border official."""
    card, client = held.cards["officer"], held.client
    found = _TOKEN.search(client.get("/sign-in").text)
    assert found is not None
    told = {"name": card.name, "password": card.password, "code": card.code()}
    assert client.post("/sign-in", data={"csrf_token": found[1], **told}).status_code == 303

    def ask(number: str) -> int:
        return client.get(f"/cases/{number}").status_code

    return (lambda: ask(held.foreign)), (lambda: ask(casenumbers.new_number()))


def compared(
    one: Callable[[], int], other: Callable[[], int], samples: int, status: int
) -> dict[str, float]:
    """Both asked `samples` times in random order, after a start that is not counted."""
    random = Random(3)
    times: tuple[list[float], list[float]] = ([], [])
    turns = [0, 1] * samples
    random.shuffle(turns)
    for kind in [0, 1] * 10 + turns:
        began = perf_counter()
        answered = (one, other)[kind]()
        times[kind].append(perf_counter() - began)
        assert answered == status
    first, second = (found[10:] for found in times)
    return {
        "samples_each": samples,
        "median_ms": round(median(first) * 1e3, 3),
        "other_median_ms": round(median(second) * 1e3, 3),
        "p": round(mann_whitney(first, second), 4),
    }


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> float:
    """Two-sided p of the rank test, by the normal approximation; fair from twenty samples each."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks, at = 0.0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        # Ties share the mean of their ranks.
        ranks += (at + end + 1) / 2 * sum(kind == 0 for _, kind in ranked[at:end])
        at = end
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


def main(words: list[str]) -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="dev.py bench timing", description=__doc__)
    parser.add_argument("--samples", type=int, default=SAMPLES, help="of each kind (2000)")
    samples = max(parser.parse_args(words).samples, 20)
    with office() as held:
        found = {
            "sign-in, known and unknown name": compared(*sign_ins(held), samples, 401),
            "case, somebody else's and none": compared(*cases(held), samples, 404),
        }
    print(json.dumps({"told_apart_below": SUSPECT, **found}, indent=1))
