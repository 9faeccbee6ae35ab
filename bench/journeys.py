"""What is measured: an officer, a protection officer and a supervisor at work, request by request."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle, islice

from app.demonstration.people import InventedPerson, people
from app.demonstration.signins import SignInCard
from bench.figures import REGISTRATION, Sample
from bench.filling import SEED
from bench.meters import Meter
from bench.server import THREADS, WORKERS
from bench.visitor import Answer, Unexpected, Visitor, hidden_fields, links

_WARM = 40
_NOBODY = "Qvexthorn Zzyblat"
#: So long after an answer the processes are given to close what they opened for it.
_SETTLE = 0.003


@dataclass
class Gauge:
    """Takes samples of what the server and the database use."""

    server: Meter
    database: Meter | None
    samples: dict[str, list[Sample]] = field(default_factory=dict)

    def take(self, name: str, act: Callable[[], Answer]) -> Answer:
        """Do one request, and keep its sample under `name`."""
        server, database = self.server.read(), self._database()
        answer = act()
        time.sleep(_SETTLE)
        sample = Sample(
            wall=answer.seconds * 1e3,
            server=(self.server.read() - server) * 1e3,
            database=(self._database() - database) * 1e3,
        )
        self.samples.setdefault(name, []).append(sample)
        return answer

    def add_up(self, name: str, parts: tuple[str, ...]) -> None:
        """Keep the sums of requests that belong together."""
        each = zip(*(self.samples[part] for part in parts), strict=True)
        self.samples[name] = [sum(row[1:], row[0]) for row in each]

    def _database(self) -> float:
        return 0.0 if self.database is None else self.database.read()


class Journeys:
    """The requests of a run, at one server. `size` is how many persons are registered."""

    def __init__(self, port: int, cards: list[SignInCard], size: int) -> None:
        by_name = {card.name: card for card in cards}
        self.officer, self.protection, self.supervisor = (Visitor(port) for _ in range(3))
        self.officer.sign_in(by_name["officer"])
        self.protection.sign_in(by_name["asylum"])
        self.supervisor.sign_in(by_name["supervisor"])
        # Newcomers are not of the crowd that fills; who is looked for is.
        self.newcomers = people(SEED + size, 100_000)
        self.crowd = list(people(SEED, min(size, 1_000)))

    def warm_up(self) -> float:
        """Have every worker load rules, templates and the name index; the slowest answer, in seconds."""
        pages = ((self.officer, "/today"), (self.officer, "/register"),
                 (self.protection, "/referrals"), (self.supervisor, "/board"))  # fmt: skip
        slowest = 0.0
        for visitor, path in pages:
            with ThreadPoolExecutor(WORKERS * THREADS) as pool:
                answers = list(pool.map(visitor.get, [path] * WORKERS * THREADS * 2))
            slowest = max(slowest, *(answer.seconds for answer in answers))
        # So many that the connections of each thread have prepared what they will say again.
        for _ in range(_WARM):
            self._register(None)
            self._search(None, "warm", self.crowd[0].forms[0])
        return slowest

    def measure(self, gauge: Gauge, samples: int) -> None:
        """Every request, `samples` times."""
        for _ in range(samples):
            self._register(gauge)
        gauge.add_up(REGISTRATION, _PARTS)
        for person in islice(cycle(self.crowd), samples):
            self._search(gauge, "search: somebody", person.forms[-1])
            self._search(gauge, "search: nobody", _NOBODY)
        self._pages(gauge, "list: arrivals at the post", self.officer, cycle(["/today"]), samples)
        queue = cycle(["/referrals"])
        self._pages(gauge, "list: referrals to the desk", self.protection, queue, samples)
        cases = cycle(_linked(self.officer, "/today", "/cases/"))
        self._pages(gauge, "case file: at the post", self.officer, cases, samples)
        taken = _linked(self.protection, "/care", "/care/")
        self._pages(gauge, "case file: at the desk", self.protection, cycle(taken), samples)
        opened = cycle([f"{path}?open=identity" for path in taken])
        self._pages(gauge, "case file: with identity", self.protection, opened, samples)
        self._pages(gauge, "statistics", self.supervisor, cycle(["/board"]), samples)

    @staticmethod
    def _pages(
        gauge: Gauge, name: str, visitor: Visitor, paths: Iterator[str], samples: int
    ) -> None:
        for path in islice(paths, samples):
            answer = gauge.take(name, lambda path=path: visitor.get(path))  # type: ignore[misc]  # mypy cannot type a default of a lambda
            if answer.status != 200:
                raise Unexpected(f"GET {path} answered {answer.status}")

    def _register(self, gauge: Gauge | None) -> None:
        take = _untaken if gauge is None else gauge.take
        person = next(self.newcomers)
        form = take(_PARTS[0], lambda: self.officer.get("/register"))
        typed = {**hidden_fields(form.text), **typed_of(person)}
        made = take(_PARTS[1], lambda: self.officer.post("/register", typed))
        if made.status != 303:
            raise Unexpected("a registration was not taken")
        take(_PARTS[2], lambda: self.officer.get(made.location))

    def _search(self, gauge: Gauge | None, name: str, text: str) -> None:
        take = _untaken if gauge is None else gauge.take
        typed = {**hidden_fields(self.officer.get("/search").text), "text": text}
        found = take(name, lambda: self.officer.post("/search", typed))
        if found.status != 200:
            raise Unexpected("a search was not answered")


_PARTS = ("registration: form", "registration: sent", "registration: next page")


def _untaken(_name: str, act: Callable[[], Answer]) -> Answer:
    return act()


def _linked(visitor: Visitor, page: str, start: str) -> list[str]:
    """Addresses on a page that begin with `start` and go no deeper."""
    found = [link for link in links(visitor.get(page).text) if link.startswith(start)]
    paths = list(dict.fromkeys(link for link in found if "/" not in link.removeprefix(start)))
    if not paths:
        raise Unexpected(f"{page} names nothing to open")
    return paths


def typed_of(person: InventedPerson) -> dict[str, str]:
    """What an official types for a person."""
    typed = {
        "name": f"{person.latin_given} {person.latin_family}".strip()
        or f"{person.given} {person.family}",
        "sex": person.sex,
        "birth-kind": "year",
        "birth-calendar": "gregorian",
        "birth-only_year": str(person.birth_year),
        "nationality": person.nationality,
        "interpreter": "yes",
        "phone": "700555019",
        "travelling": "alone",
    }
    if person.script != "Latn" and person.latin_given:
        typed["own_name"] = f"{person.given} {person.family}"
    return typed
