"""What the journeys play on: the product behind waitress, the demonstration's accounts, and a small story.

Embedded SQLite in a folder of its own. The clock stands still but for signing in, so that a code of an
authenticator is always a new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import delete, select
from waitress.server import create_server
from waitress.wasyncore import close_all

from app.demonstration import world
from app.demonstration.cast import Cast, answers_of, arrival, told
from app.demonstration.people import InventedPerson, people
from app.demonstration.signins import SignInCard
from app.factory import create_app
from app.work import Engines
from config.loading import load
from models import schema
from models.accounts import Draft
from models.network import Post
from models.referrals import Referral
from models.session import Storage, open_storage
from models.vault.providers import EnvProvider
from models.vocabulary import ReferralState, Sex, WithdrawalWish
from workflows import arrivals, deadlines, letters, referrals, screening, taking_back
from workflows.accounts import SYSTEM_ACTOR
from workflows.packs import Shelf
from workflows.policy import Actor
from workflows.rules.answers import Source
from workflows.work import Work

#: A Tuesday, at noon in Almaty.
START = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
POST = world.POSTS["KAZ"]
#: Who waits already: vignette, hours ago, and whether a desk was asked.
STORY = (
    ("boy-14-alone", 3, True),
    ("asylum-by-gesture", 2, True),
    ("case-v12-steel-mill", 1, False),
)
#: Somebody who came yesterday, so that a like name is a hint.
KNOWN, KNOWN_OWN = "Gulzar", "گلزار"
#: Arrivals of last month at another post: figures have something to tell and something to withhold.
LAST_MONTH, OTHER_POST = 18, "korday"


@dataclass
class Clock:
    """Stands still until somebody signs in."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Stage:
    """The running product and its accounts. `address` is where it is served."""

    app: Flask
    cast: Cast
    cards: dict[str, SignInCard]
    clock: Clock
    address: str = ""
    persons: Iterator[InventedPerson] = field(default_factory=lambda: people(4, 500))
    #: Case number -> what nobody may read who may not know who it is.
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def storage(self) -> Storage:
        return self.cast.storage

    def official(self, post: str = POST) -> tuple[Post, Actor]:
        """The border official of a post, with the post."""
        return next(pair for pair in self.cast.officials["KAZ"] if pair[0].code == post)

    def register(self, vignette: str, at: datetime | None = None) -> str:
        """Somebody at the post with a vignette's age, sex and nationality; the case number."""
        post, official = self.official()
        found = next(v for v in self.cast.vignettes() if v.file.endswith(f"/{vignette}.yaml"))
        person = next(self.persons)
        with self.work(official, at) as work:
            command = arrival(post, found, person, at or self.clock())
            number = arrivals.register(work, command).case_number
            self.names[number] = (person.given, person.family)
            screening.inform(work, told(number, person))
            pack = work.shelf.get(post.pack, work.now.date())
            for source, answers in answers_of(pack, found).items():
                given = screening.RecordAnswers(case_number=number, answers=answers, source=source)
                screening.answer(work, given, decided=source is Source.DECISION)
        return number

    def refer(self, number: str, need: str, at: datetime | None = None) -> str:
        """Send a referral to the first desk for a need; its number."""
        _, official = self.official()
        with self.work(official, at) as work:
            proposal = next(p for p in referrals.propose(work, number) if p.need == need)
            return self.cast.send(work, number, proposal)[0]

    def taken_back(self, vignette: str, need: str) -> str:
        """A referral whose consent the person has taken back; its number."""
        case = self.register(vignette)
        referral = self.refer(case, need)
        with self.work(self.official()[1]) as work:
            given = taking_back.of_case(work, case)[0]
            command = taking_back.TakeBackConsent(
                case_number=case,
                consent_id=given.id,
                wish=WithdrawalWish.FORGET,
                version=given.version,
            )
            taking_back.take_back(work, command)
        return referral

    def finish(self, number: str) -> None:
        """End the screening; what is left without a desk becomes tasks."""
        with self.work(self.official()[1]) as work:
            screening.finish(work, number)

    def state(self, referral: str) -> ReferralState:
        """How a referral stands in the database."""
        with self.work(SYSTEM_ACTOR) as work:
            row = work.session.scalars(select(Referral).where(Referral.number == referral)).one()
            return row.state

    def count(self, model: type) -> int:
        """How many rows of a table there are."""
        with self.work(SYSTEM_ACTOR) as work:
            return len(work.session.scalars(select(model.id)).all())  # type: ignore[attr-defined]  # all have ids

    def forget_drafts(self) -> None:
        """Throw away what accounts left half typed."""
        with self.work(SYSTEM_ACTOR) as work:
            work.session.execute(delete(Draft))

    def tick(self) -> None:
        """What the worker does beside the pages."""
        with self.work(SYSTEM_ACTOR) as work:
            letters.deliver(work)
            deadlines.tick(work)

    @contextmanager
    def work(self, actor: Actor, at: datetime | None = None) -> Iterator[Work]:
        self.cast.now = self.clock()
        with self.cast.work(actor, at or self.clock()) as work:
            yield work


def open_stage(folder: Path) -> Iterator[Stage]:
    """The product prepared in `folder` and served on a free port of this machine."""
    environ = {"SERAI_KEY_PROVIDER": "env", "SERAI_KEY_MATERIAL": EnvProvider.create()}
    settings = load({**environ, "SERAI_DEMONSTRATION": "1"}, folder)
    storage = open_storage(settings)
    schema.upgrade(storage.engine)
    clock, shelf = Clock(), Shelf(settings.packs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world, "utc_now", clock)
        cards = {card.name: card for card in world.prepare(storage, settings, shelf, folder)}
    app = create_app(settings, storage=storage, clock=clock)
    app.extensions["serai"] = Engines(storage, shelf, settings, clock)
    stage = Stage(app, Cast(storage, settings, shelf, clock()), cards, clock)
    _tell(stage)
    with served(app) as stage.address:
        yield stage
    storage.close()


def _tell(stage: Stage) -> None:
    with stage.work(SYSTEM_ACTOR) as work:
        stage.cast.find_actors(work)
    for vignette, hours, sent in STORY:
        at = START - timedelta(hours=hours)
        number = stage.register(vignette, at)
        if sent:
            stage.refer(number, "guardian" if "boy" in vignette else "asylum_procedure", at)
    _yesterday(stage)
    _last_month(stage)
    stage.tick()


def _yesterday(stage: Stage) -> None:
    post, official = stage.official()
    own = arrivals.NameForm(text=KNOWN_OWN, kind="own_script")
    with stage.work(official, START - timedelta(days=1)) as work:
        arrivals.register(
            work,
            arrivals.RegisterArrival(
                post=post.code,
                names=(arrivals.NameForm(text=KNOWN), own),
                sex=Sex.FEMALE,
                birth=arrivals.Birth(kind="year", year=2010),
                nationalities=("AFG",),
            ),
        )


def _last_month(stage: Stage) -> None:
    """Registered only: enough women and men of several ages for a table, and one who would stand out."""
    random = Random(5)
    post, official = stage.official(OTHER_POST)
    plain = next(v for v in stage.cast.vignettes() if v.file.endswith("/nobody-asked.yaml"))
    for count in range(LAST_MONTH):
        at = START - timedelta(days=24 + count % 24, hours=random.randrange(6))
        with stage.work(official, at) as work:
            case = arrivals.register(work, arrival(post, plain, next(stage.persons), at))
            screening.inform(work, told(case.case_number, next(stage.persons)))
            screening.finish(work, case.case_number)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Where the application is served on this machine, within the block."""
    channels: dict[int, object] = {}
    server = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None, map=channels)
    thread = Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    # Closed by its own thread, which ends when nothing is left to listen to.
    server.trigger.pull_trigger(lambda: close_all(channels, ignore_all=True))
    thread.join()
    server.task_dispatcher.shutdown()
