"""Fills a register with invented people through the product's own workflows, with the clock set back.

People are spread over 24 months and all posts of the packs. Most were screened and went on; one in five was
asked, referred, and mostly accepted; those of the last days are still open. The same seed is the same crowd.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.demonstration import world
from app.demonstration.people import InventedPerson, people
from app.demonstration.signins import SignInCard
from app.work import utc_now
from bench.places import Place, opened
from models.accounts import User
from models.network import Post
from models.session import Storage
from models.vocabulary import LegalBasis, Role, Sex
from workflows import arrivals, desks, letters, referrals, screening
from workflows.accounts import SYSTEM_ACTOR
from workflows.packs import Shelf
from workflows.policy import Actor
from workflows.rules.pack import Pack
from workflows.work import Work, begin

SEED = 13
DAYS = 730
#: Registrations in one unit of work. More are hardly quicker, and a batch is of one post and hour.
BATCH = 20
#: After so many persons the name index is compacted, as the worker of a real system does at night.
COMPACT = 4_000
#: Who came within so many days may still be in the middle of the screening.
OPEN_DAYS = 10
ASKED_SHARE = 0.2
#: The demonstration's posts, whose lists are measured, are busier than others.
_BUSY = 4


class SteadyShelf(Shelf):
    """The rules of today on every day: loading them anew for each day set back would only cost time."""

    def __init__(self, shelf: Shelf, today: date) -> None:
        super().__init__(shelf.root)
        self._today = today

    def get(self, code: str, on: date) -> Pack:
        """The pack as effective today."""
        return super().get(code, self._today)


@dataclass(frozen=True)
class Filled:
    """What one filling did."""

    persons: int
    referred: int
    seconds: float


class Filler:
    """Registers people batch by batch in one open register."""

    def __init__(self, place: Place, storage: Storage, now: datetime) -> None:
        self.place, self.storage, self.now = place, storage, now
        self.settings = place.settings()
        self.shelf = SteadyShelf(Shelf(self.settings.packs), now.date())
        self.random = Random(SEED + place.persons())
        self.posts: list[tuple[str, Actor]] = []
        self.takers: dict[str, Actor] = {}
        self.referred = 0

    def prepare(self) -> list[SignInCard]:
        """The network, the accounts, and who acts where."""
        cards = world.prepare(self.storage, self.settings, self.shelf, self.place.folder)
        with self._work(SYSTEM_ACTOR, self.now) as work:
            self._find_actors(work)
        return cards

    def _find_actors(self, work: Work) -> None:
        users = work.session.scalars(
            select(User).options(selectinload(User.desks), selectinload(User.agency))
        ).all()
        officials = {user.agency_id: user for user in users if user.role is Role.BORDER_OFFICIAL}
        for post in work.session.scalars(select(Post).order_by(Post.code)):
            user = officials.get(post.agency_id)
            if user is not None:
                actor = Actor(
                    user_id=user.id,
                    role=Role.BORDER_OFFICIAL,
                    agency_id=user.agency_id,
                    country=post.country,
                    post_id=post.id,
                )
                times = _BUSY if post.code in world.POSTS.values() else 1
                self.posts += [(post.code, actor)] * times
        for user in users:
            for desk in user.desks:
                self.takers[desk.code] = Actor(
                    user_id=user.id,
                    role=Role.PROTECTION_OFFICER,
                    agency_id=user.agency_id,
                    country=user.agency.country,
                    desk_ids=frozenset(d.id for d in user.desks),
                )

    def fill(self, until: int, say: Callable[[str], None]) -> Filled:
        """Register until the register holds `until` persons, and compact the name index."""
        began, start = time.monotonic(), self.place.persons()
        crowd = islice(people(SEED, until), start, None)
        done = start
        while batch := list(islice(crowd, BATCH)):
            share = (done - start) / max(until - start, 1)
            self._batch(batch, self.now - timedelta(days=DAYS * (1 - share), hours=1))
            before, done = done, done + len(batch)
            if done // COMPACT != before // COMPACT or done == until:
                self._compact()
                self.place.keep_persons(done)
                rate = (done - start) / (time.monotonic() - began)
                say(f"{self.place.database}: {done:,} persons, {rate:.0f} a second")
        return Filled(done - start, self.referred, time.monotonic() - began)

    def _batch(self, batch: list[InventedPerson], at: datetime) -> None:
        post, actor = self.random.choice(self.posts)
        still_open = self.now - at < timedelta(days=OPEN_DAYS)
        asked: list[tuple[str, InventedPerson]] = []
        with self._work(actor, at) as work:
            for person in batch:
                number = arrivals.register(work, arrival_of(post, person, at.date())).case_number
                if self.random.random() < ASKED_SHARE:
                    asked.append((number, person))
                elif not still_open:
                    _informed(work, number, person)
                    screening.finish(work, number)
        if asked:
            self._asked(actor, asked, at + timedelta(minutes=20))

    def _asked(self, actor: Actor, asked: list[tuple[str, InventedPerson]], at: datetime) -> None:
        sent: list[tuple[str, str]] = []
        with self._work(actor, at) as work:
            for number, person in asked:
                _informed(work, number, person)
                answers = {
                    "fear_of_return": self.random.choice(("yes", "yes", "no")),
                    "needs_doctor_now": self.random.choice(("yes", "no", "no")),
                }
                screening.answer(work, screening.RecordAnswers(case_number=number, answers=answers))
                sent += self._sent(work, number)
                screening.finish(work, number)
        if not sent:
            return
        self.referred += len(sent)
        with self._work(SYSTEM_ACTOR, at + timedelta(minutes=1)) as work:
            letters.deliver(work)
        for number, desk in sent:
            taker = self.takers.get(desk)
            if taker is not None and self.random.random() < 0.7:
                with self._work(taker, at + timedelta(hours=2)) as work:
                    desks.accept(work, desks.AcceptReferral(number=number))

    def _sent(self, work: Work, number: str) -> Iterator[tuple[str, str]]:
        """The first open need that a desk here can meet, sent to it."""
        for proposal in referrals.propose(work, number):
            choices = [c.desk for c in proposal.desks if not c.full]
            if not choices:
                continue
            desk = next((code for code in choices if code in self.takers), choices[0])
            done = referrals.send(
                work,
                referrals.SendReferral(
                    case_number=number,
                    need_id=proposal.need_id,
                    desk=desk,
                    legal_basis=LegalBasis.CONSENT,
                    consented=True,
                ),
            )
            yield done.number, desk
            return

    def _compact(self) -> None:
        with self._work(SYSTEM_ACTOR, self.now) as work:
            work.index.compact(work.session, on=self.now.date())

    def _work(self, actor: Actor, at: datetime) -> AbstractContextManager[Work]:
        return begin(
            self.storage,
            actor,
            now=min(at, self.now),
            settings=self.settings,
            shelf=self.shelf,
        )


def arrival_of(post: str, person: InventedPerson, today: date) -> arrivals.RegisterArrival:
    """What an official would type of an invented person."""
    names = [arrivals.NameForm(text=f"{person.given} {person.family}")]
    if person.latin_given and person.latin_given != person.given:
        latin = f"{person.latin_given} {person.latin_family}"
        names.append(arrivals.NameForm(text=latin, kind="document"))
    return arrivals.RegisterArrival(
        post=post,
        names=tuple(names),
        sex=Sex(person.sex),
        birth=arrivals.Birth(kind="year", year=min(person.birth_year, today.year)),
        nationalities=(person.nationality,),
        languages=(person.language,),
    )


def _informed(work: Work, number: str, person: InventedPerson) -> None:
    screening.inform(
        work,
        screening.RecordInformation(
            case_number=number,
            language=person.language,
            how="read_aloud",
            interpreter="none",
            understood=True,
        ),
    )


def fill(place: Place, until: int, say: Callable[[str], None]) -> Filled:
    """Fill a register to `until` persons; does nothing where it holds them."""
    with opened(place) as storage:
        filler = Filler(place, storage, utc_now())
        filler.prepare()
        if place.persons() >= until:
            return Filled(0, 0, 0.0)
        return filler.fill(until, say)
