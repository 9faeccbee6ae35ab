"""The demonstration, whole, behind a server: what the contact sheet looks at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.demonstration import story, world
from app.demonstration.cast import Cast
from app.errors import SeraiError
from app.factory import create_app
from app.work import Engines
from config.loading import load
from models import schema
from models.accounts import SignIn, User
from models.cases import Case
from models.casework import CaseNote
from models.publication import PackVersion
from models.referrals import Referral
from models.session import open_storage
from models.vault.providers import EnvProvider
from models.vocabulary import GlassReason, QuestionReason, ReferralState
from tests.journeys.stage import Clock, Stage, served
from workflows import (
    breakglass,
    closing,
    deadlines,
    interviews,
    letters,
    publishing,
    questions,
    receipts,
)
from workflows.accounts import SYSTEM_ACTOR, actor_of
from workflows.casenumbers import show
from workflows.packs import Shelf
from workflows.policy import Actor


@dataclass
class Ground(Stage):
    """A stage with the demonstration's people.

    `receipt`: the number and code of one of them; `things`: what an address needs that no page links to.
    """

    receipt: tuple[str, str] = ("", "")
    things: dict[str, str] = field(default_factory=dict)

    def session_of(self, name: str) -> str:
        """The token of a new session, as signing in would make it, without waiting for the next code."""
        token = uuid4().hex
        with self.work(SYSTEM_ACTOR) as work:
            user = work.session.scalars(select(User).where(User.name == name)).one()
            work.session.add(
                SignIn(
                    id=uuid4(),
                    token_sha256=sha256(token.encode()).hexdigest(),
                    user_id=user.id,
                    created_at=work.now,
                    seen_at=work.now,
                    authenticated_at=work.now,
                )
            )
        return token


@contextmanager
def open_ground(folder: Path) -> Iterator[Ground]:
    """The demonstration told in `folder` and served on a free port of this machine."""
    environ = {"SERAI_KEY_PROVIDER": "env", "SERAI_KEY_MATERIAL": _key(folder)}
    settings = load({**environ, "SERAI_DEMONSTRATION": "1"}, folder)
    storage = open_storage(settings)
    schema.upgrade(storage.engine)
    clock, shelf = Clock(), Shelf(settings.packs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world, "utc_now", clock)
        cards = {card.name: card for card in world.prepare(storage, settings, shelf, folder)}
    cast = Cast(storage, settings, shelf, clock())
    told = story.tell(cast)
    with cast.work(SYSTEM_ACTOR, clock()) as work:
        cast.officials.clear()
        cast.find_actors(work)
    app = create_app(settings, storage=storage, clock=clock)
    app.extensions["serai"] = Engines(storage, shelf, settings, clock)
    ground = Ground(app, cast, cards, clock)
    if told:
        _rounds(ground)
    _version(ground)
    _receipt(ground)
    _opened(ground)
    with served(app) as address:
        # By name: passkeys are not bound to numbers.
        ground.address = address.replace("127.0.0.1", "localhost")
        yield ground
    storage.close()


def _key(folder: Path) -> str:
    """The key of this ground, made once."""
    path = folder / "key"
    if not path.exists():
        path.write_text(EnvProvider.create(), "utf-8")
    return path.read_text("utf-8")


def _rounds(ground: Ground) -> None:
    """What the worker does beside the pages."""
    with ground.work(SYSTEM_ACTOR) as work:
        letters.deliver(work)
        deadlines.tick(work)
    with ground.work(SYSTEM_ACTOR) as work:
        closing.close_due(work)


def _version(ground: Ground) -> None:
    """A version of a pack that waits for a second signature; made once."""
    with ground.work(SYSTEM_ACTOR) as work:
        if work.session.scalar(select(PackVersion.id).limit(1)) is not None:
            return
    card = ground.cards["admin"]
    with ground.work(_actor(ground, "admin")) as work:
        command = publishing.BringIn(
            pack="kaz",
            note="The list of desks was read again.",
            signature=publishing.Signature(password=card.password),
        )
        made = publishing.bring_in(work, command)
    with ground.work(_actor(ground, "admin")) as work:
        publishing.start_testing(work, made, 1)


def _receipt(ground: Ground) -> None:
    """A code for somebody of the post whose referral was sent."""
    number = ground.register("boy-14-alone")
    ground.refer(number, "guardian")
    with ground.work(ground.official()[1]) as work:
        ground.receipt = (show(number), receipts.issue(work, number).code)


def _opened(ground: Ground) -> None:
    """A case opened in an emergency, one whose desk has asked the post, and one that is interviewed."""
    child = _actor(ground, "child")
    number = ground.register("beaten-wife")
    with ground.work(child) as work:
        broken = breakglass.Break(
            case_number=number,
            reason=next(iter(GlassReason)),
            says="She does not answer and is not well.",
        )
        breakglass.break_glass(work, broken)
    ground.things["glass"] = show(number)
    number = ground.register("boy-14-alone")
    referral = ground.refer(number, "guardian")
    with ground.work(SYSTEM_ACTOR) as work:
        letters.deliver(work)
    with ground.work(child) as work:
        asked = questions.AskSender(
            number=referral, reason=QuestionReason.LANGUAGE, text="Which dialect?"
        )
        questions.ask(work, asked)
    ground.things["asked"] = show(number)
    with ground.work(SYSTEM_ACTOR) as work:
        desk_of = select(Referral.number).join(CaseNote, CaseNote.case_id == Referral.case_id)
        mine = desk_of.where(Referral.desk_id.in_(child.desk_ids)).order_by(Referral.number)
        ground.things["kept"] = show(str(work.session.scalar(mine.limit(1))))
    _interviews(ground)


def _interviews(ground: Ground) -> None:
    """The first adult in the care of a desk that may ask on in private: the setting is confirmed now."""
    specialist = _actor(ground, "specialist")
    with ground.work(SYSTEM_ACTOR) as work:
        taken = work.session.execute(
            select(Case.number, Referral.number)
            .join(Case, Case.id == Referral.case_id)
            .where(Referral.state == ReferralState.ACCEPTED)
            .where(Referral.desk_id.in_(specialist.desk_ids))
            .order_by(Referral.answered_at.desc())
        ).all()
    for number, referral in taken:
        try:
            with ground.work(specialist) as work:
                interviews.begin(work, _setting(number))
        except SeraiError:
            continue
        ground.things["begun"] = show(referral)
        return


def _setting(number: str) -> interviews.BeginInterview:
    return interviews.BeginInterview(
        case_number=number,
        language="prs",
        how="read_aloud",
        interpreter="none_needed",
        understood=True,
        alone=True,
    )


def _actor(ground: Ground, name: str) -> Actor:
    """The account of a sign-in card, as its session would make it."""
    with ground.work(SYSTEM_ACTOR) as work:
        user = work.session.scalars(select(User).where(User.name == name)).one()
        return actor_of(user, None)
