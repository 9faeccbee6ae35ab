"""A small world for the pages of desks, supervisors and administrators: one pack, one person of each role.

Everybody signs in for real, and every referral goes the whole way from registration, through the product's
own workflows; nothing is written into the database beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.factory import create_app
from config.loading import load
from config.settings import Settings
from models import schema
from models.accounts import User
from models.network import Desk, Post, Service
from models.session import Storage, open_storage
from models.vault.factors import code_at
from models.vault.providers import EnvProvider
from models.vocabulary import ApprovalState, LegalBasis, Role, Sex
from workflows import approvals, arrivals, referrals, screening
from workflows.accounts import SYSTEM_ACTOR, CreateUser, make_user
from workflows.packs import Shelf, sync_network
from workflows.policy import Actor
from workflows.work import Work, begin

PASSWORD = "ten thousand quiet rivers"
START = datetime(2026, 11, 18, 7, 30, tzinfo=UTC)
NAME = "Gulandama Berdimyrat"
NEED = "legal_aid"
_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


@dataclass
class World:
    """The product with invented people at work in it. `now` is its clock; tests move it."""

    storage: Storage
    settings: Settings
    shelf: Shelf
    app: Flask = field(init=False)
    now: datetime = START
    secrets: dict[str, str] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    clients: dict[str, FlaskClient] = field(default_factory=dict)
    post: str = ""
    desk: str = ""
    other_desk: str = ""

    def clock(self) -> datetime:
        return self.now

    @contextmanager
    def work(self, who: str | None = None) -> Iterator[Work]:
        """A unit of work of somebody, or of the system."""
        actor = self.actors[who] if who else SYSTEM_ACTOR
        with begin(
            self.storage, actor, now=self.now, settings=self.settings, shelf=self.shelf
        ) as work:
            yield work

    def client(self, who: str) -> FlaskClient:
        """A browser in which somebody has signed in with password and code."""
        if who not in self.clients:
            client = self.app.test_client()
            page = client.get("/sign-in")
            answer = client.post(
                "/sign-in",
                data={
                    "csrf_token": token_in(page.text),
                    "name": who,
                    "password": PASSWORD,
                    "code": code_at(self.secrets[who], self.now),
                },
            )
            assert answer.status_code == 303, answer.text
            self.clients[who] = client
        return self.clients[who]

    def get(self, who: str, address: str) -> Any:
        return self.client(who).get(address)

    def press(self, who: str, address: str, *, on: str, **data: Any) -> Any:
        """Send a form of the page `on` to `address`, with that page's token."""
        page = self.client(who).get(on)
        return self.client(who).post(address, data={"csrf_token": token_in(page.text), **data})

    def later(self, **span: float) -> None:
        """Let time pass, though never so much at once that a session would end."""
        self.now += timedelta(**span)

    def person(self, name: str = NAME, **rest: Any) -> str:
        """Somebody registered and informed, who fears return. Gives the case number."""
        told: dict[str, Any] = {"sex": Sex.FEMALE, "nationalities": ("TKM",), "age": 31, **rest}
        with self.work("border") as work:
            made = arrivals.register(
                work,
                arrivals.RegisterArrival(
                    post=self.post,
                    names=(arrivals.NameForm(text=name),),
                    sex=told["sex"],
                    birth=arrivals.Birth(kind="age", age=told["age"]),
                    nationalities=told["nationalities"],
                    languages=("tk",),
                    phone="+7 000 111",
                ),
            )
        with self.work("border") as work:
            screening.inform(
                work,
                screening.RecordInformation(
                    case_number=made.case_number,
                    language="rus",
                    how="read",
                    interpreter="none",
                    understood=True,
                ),
            )
        with self.work("border") as work:
            answers = {"fear_of_return": "yes", "asks_for_asylum": "yes"}
            screening.answer(
                work, screening.RecordAnswers(case_number=made.case_number, answers=answers)
            )
        return made.case_number

    def referral(
        self, name: str = NAME, basis: LegalBasis = LegalBasis.CONSENT, **rest: Any
    ) -> tuple[str, str]:
        """A referral that waits at the desk: (its number, the case number)."""
        case = self.person(name, **rest)
        with self.work("border") as work:
            found = {p.need: p for p in referrals.propose(work, case)}
        with self.work("border") as work:
            sent = referrals.send(
                work,
                referrals.SendReferral(
                    case_number=case,
                    need_id=found[NEED].need_id,
                    desk=self.desk,
                    legal_basis=basis,
                    consented=basis is LegalBasis.CONSENT,
                    note="Needs to talk to a woman",
                ),
            )
        with self.work("border") as work:
            screening.finish(work, case)
        return sent.number, case

    def approve(self, who: str = "supervisor.two", *, approve: bool = True) -> None:
        """Another account answers whatever waits for it, at its page."""
        with self.work(who) as work:
            waiting = [one for one in approvals.waiting(work) if not one.own]
        for one in waiting:
            if one.state is ApprovalState.ASKED:
                answer = self.press(
                    who,
                    f"/watching/approvals/{one.id}",
                    on="/watching",
                    version=str(one.version),
                    said="yes" if approve else "no",
                )
                assert answer.status_code == 303, answer.text

    def in_care(self, who: str = "desk.one") -> tuple[str, str]:
        """A referral that the desk has taken."""
        number, case = self.referral()
        on = f"/referrals/{number}"
        assert self.press(who, f"{on}/accept", on=on).status_code == 303
        return number, case


def token_in(page: str) -> str:
    """The token of the first form of a page."""
    found = _TOKEN.search(page)
    assert found is not None, page[:600]
    return found[1]


def make_world(folder: Path, database_url: str | None = None) -> World:
    """A fresh product with the pack of Kazakhstan and one account of each role, two at the desk."""
    environ = {"SERAI_KEY_PROVIDER": "env", "SERAI_KEY_MATERIAL": EnvProvider.create()}
    if database_url:
        environ |= {"SERAI_DATABASE_URL": database_url}
    settings = load(environ, folder)
    storage = open_storage(settings)
    schema.upgrade(storage.engine)
    world = World(storage, settings, Shelf(settings.packs))
    world.app = create_app(settings, storage=storage, clock=world.clock)
    _people(world)
    return world


def _people(world: World) -> None:
    with world.work() as work:
        sync_network(work.session, world.shelf.get("kaz", world.now.date()))
        post = work.session.scalars(select(Post).order_by(Post.code)).first()
        assert post is not None
        services = work.session.scalars(
            select(Service)
            .where(Service.need == NEED, Service.area.in_([post.area, post.country]))
            .order_by(Service.rank)
        ).all()
        first = services[0].desk
        second = next(s.desk for s in services if s.desk.agency_id != first.agency_id)
        world.post, world.desk, world.other_desk = post.code, first.code, second.code
        border, taker = post.agency.code, first.agency.code
        for name, role, agency, place in (
            ("border", Role.BORDER_OFFICIAL, border, {"post": post.code}),
            ("desk.one", Role.PROTECTION_OFFICER, taker, {"desks": (first.code,)}),
            ("desk.two", Role.PROTECTION_OFFICER, taker, {"desks": (first.code,)}),
            (
                "desk.other",
                Role.PROTECTION_OFFICER,
                second.agency.code,
                {"desks": (second.code,)},
            ),
            ("supervisor", Role.SUPERVISOR, border, {}),
            ("supervisor.two", Role.SUPERVISOR, border, {}),
            ("supervisor.elsewhere", Role.SUPERVISOR, second.agency.code, {}),
            ("admin", Role.ADMINISTRATOR, border, {}),
            ("monitor", Role.MONITOR, border, {}),
        ):
            command = CreateUser(name=name, password=PASSWORD, role=role, agency=agency, **place)
            made = make_user(work, command)
            world.secrets[name] = made.totp_secret
            world.actors[name] = _actor(work, made.user_id)


def _actor(work: Work, user_id: UUID) -> Actor:
    user = work.session.get_one(User, user_id)
    return Actor(
        user_id=user.id,
        role=user.role,
        agency_id=user.agency_id,
        country=user.post.country if user.post else user.agency.country,
        post_id=user.post_id,
        desk_ids=frozenset(desk.id for desk in user.desks),
    )


def desk_named(world: World, code: str) -> Desk:
    """A desk's row, read outside of any work."""
    with world.work() as work:
        return work.session.scalars(select(Desk).where(Desk.code == code)).one()
