"""An invented deployment over two years and all that it would have published, for the attackers.

Harsh on purpose: a few regions are many and most are rare, and one province receives one region and nobody
else.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from itertools import accumulate, product
from random import Random

from models.vocabulary import AgeBand
from workflows.disclosure.dimensions import Dimension, dimension, months_between
from workflows.disclosure.measuring import Cell, Cohort, Measured, Rules, counted, measure
from workflows.disclosure.plan import Plan, Planned, Span, ends_with, months_of, period_of
from workflows.disclosure.publication import Books, Lists, settle_period
from workflows.disclosure.settling import Settled

MONTHS = months_between(date(2025, 1, 1), date(2026, 12, 1))
_POSTS, _PROVINCES, _REGIONS = 40, 8, 12
_PROFILES, _NEEDS, _OUTCOMES = 12, 10, 7
#: The province and the region that have only each other.
LONELY_PROVINCE, LONELY_REGION = "P7", "R11"
_LONELY_SHARE = 0.1


@dataclass(frozen=True)
class Person:
    """Somebody invented: the month of registration, codes by dimension, and the record key."""

    month: str
    codes: Mapping[str, str | tuple[str, ...]]
    key: int


@dataclass(frozen=True)
class Guard:
    """Which rules hold; each is switched off in turn to see that an attacker then wins.

    `closed`: a period is measured once (R1). `own_label`, `empty_too`: see `measuring.Rules`. `threshold`:
    small figures are withheld (R5). `noise`: there is any.
    """

    closed: bool = True
    own_label: bool = True
    empty_too: bool = True
    threshold: bool = True
    noise: bool = True

    @property
    def rules(self) -> Rules:
        """What measuring needs to know of it."""
        return Rules(own_label=self.own_label, empty_too=self.empty_too)


STRICT = Guard()


@dataclass
class World:
    """A population, a plan, and everything that was published of it under one key."""

    plan: Plan
    persons: Sequence[Person]
    guard: Guard
    secret: bytes
    books: Books = field(default_factory=Books)
    measured: dict[tuple[str, str], Measured] = field(default_factory=dict)

    def mac(self, data: bytes) -> bytes:
        """The keyed digest, as the deployment's provider makes it."""
        return hmac.digest(self.secret, data, "sha256")

    @cached_property
    def lists(self) -> Lists:
        """The closed code lists."""
        return lists()

    def truth(self, table: Planned, period: str) -> dict[Cell, int]:
        """True counts of a table, for judging claims."""
        found = counted(table, self.cohorts(table.span, period), self.lists.sides)
        return {cell: count for cell, (count, _) in found.items()}

    def cohorts(self, span: Span, period: str) -> list[Cohort]:
        """Everybody in the books of a period."""
        return [one for month in months_of(span, period) for one in self.by_month[month]]

    @cached_property
    def by_month(self) -> dict[str, list[Cohort]]:
        """Everybody, by the month of registration."""
        found: dict[str, list[Cohort]] = {month: [] for month in MONTHS}
        for person in self.persons:
            found[person.month].append(Cohort(person.codes, 1, person.key))
        return found

    def publish(self) -> None:
        """Close every month of the two years, and each quarter and year with its last month."""
        for month in MONTHS:
            for span in Span:
                if ends_with(span, month):
                    self._close(span, period_of(span, month))

    def _close(self, span: Span, period: str) -> None:
        cohorts = self.cohorts(span, period)
        made = []
        for table in self.plan.of(span):
            found = self._measure(table, period, cohorts)
            self.measured[table.key, period] = found
            made.append(found)
        settled = settle_period(self.plan, span, period, made, self.lists, self.books)
        self.books.add(settled if self.guard.threshold else map(_unhidden, settled))

    def _measure(self, table: Planned, period: str, cohorts: list[Cohort]) -> Measured:
        if self.guard.noise:
            sides, rules = self.lists.sides, self.guard.rules
            return measure(self.plan, table, period, cohorts, sides, self.mac, rules)
        plain = counted(table, cohorts, self.lists.sides)
        cells = product(*(self.lists.sides[name].codes for name in table.dimensions))
        return Measured(table.key, period, {cell: plain.get(cell, (0, 0))[0] for cell in cells})


def _unhidden(table: Settled) -> Settled:
    return Settled(table.table, table.period, table.estimates, table.estimates)


def lists() -> Lists:
    """Code lists of the invented deployment."""
    posts = {f"post{n}": f"P{n % (_PROVINCES - 1)}" for n in range(_POSTS - 1)}
    posts[f"post{_POSTS - 1}"] = LONELY_PROVINCE
    sides = [
        Dimension("post", tuple(posts)),
        Dimension("province", tuple(dict.fromkeys(posts.values()))),
        Dimension("region", tuple(f"R{n}" for n in range(_REGIONS))),
        dimension("sex"),
        dimension("sex_age"),
        Dimension("profile", tuple(f"F{n}" for n in range(_PROFILES)), multi=True),
        Dimension("need", tuple(f"D{n}" for n in range(_NEEDS)), multi=True),
        Dimension("outcome", tuple(f"O{n}" for n in range(_OUTCOMES))),
    ]
    return Lists(
        {side.name: side for side in sides},
        {"post": ("province", posts)},
    )


def population(number: int, seed: int) -> list[Person]:
    """`number` invented persons over the two years; the same for the same seed."""
    luck, known = Random(seed), lists()  # noqa: S311  # invented people, the same each time
    posts, regions = known.up["post"][1], known.sides["region"].codes
    usual = [post for post, province in posts.items() if province != LONELY_PROVINCE]
    lonely = [post for post in posts if post not in usual]
    common = [region for region in regions if region != LONELY_REGION]
    rare = list(accumulate(1 / (n + 1) ** 1.3 for n in range(len(common))))
    persons = []
    for _ in range(number):
        if luck.random() < _LONELY_SHARE:
            region, post = LONELY_REGION, luck.choice(lonely)
        else:
            region = luck.choices(common, cum_weights=rare)[0]
            # Each region has a few posts where most of it arrives.
            near = usual[common.index(region) % 7 :: 7]
            post = luck.choice(near if luck.random() < 0.7 else usual)
        sex = luck.choices("FMX", (46, 53, 1))[0]
        age = luck.choices(list(AgeBand), (12, 14, 15, 48, 8, 3))[0]
        codes: dict[str, str | tuple[str, ...]] = {
            "post": post,
            "province": posts[post],
            "region": region,
            "sex": sex,
            "sex_age": f"{sex} {age}",
            "profile": _few(luck, "F", _PROFILES),
            "need": _few(luck, "D", _NEEDS),
            "outcome": f"O{min(int(luck.expovariate(0.7)), _OUTCOMES - 1)}",
        }
        persons.append(Person(luck.choice(MONTHS), codes, luck.getrandbits(40)))
    return persons


def _few(luck: Random, letter: str, most: int) -> tuple[str, ...]:
    """None, one or two codes, the first ones far more often."""
    drawn = [min(int(luck.expovariate(0.4)), most - 1) for _ in range(luck.choice((0, 1, 1, 2)))]
    return tuple(f"{letter}{number}" for number in sorted(set(drawn)))


def world(plan: Plan, number: int, seed: int, guard: Guard = STRICT) -> World:
    """An invented deployment that has published everything."""
    secret = sha256(f"attacked {seed}".encode()).digest()
    made = World(plan, population(number, seed), guard, secret)
    made.publish()
    return made
