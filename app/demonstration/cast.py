"""Who acts in the demonstration, and how a vignette becomes an arrival and its answers."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.demonstration.people import InventedPerson
from app.demonstration.world import PACKS, POSTS
from config.settings import Settings
from models.accounts import User
from models.network import Post
from models.session import Storage
from models.vocabulary import LegalBasis, Role, Sex
from workflows import arrivals, referrals, screening
from workflows.packs import Shelf
from workflows.policy import Actor
from workflows.referrals import Proposal
from workflows.rules.answers import Source
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Vignette
from workflows.work import Work, begin

#: Facts that registration itself records.
_REGISTERED = {"age", "birth", "sex", "citizenship", "nationality", "language", "arrived_on"}


class Cast:
    """The officials of every post, the protection officers of desks, and a clock that may be set back."""

    def __init__(self, storage: Storage, settings: Settings, shelf: Shelf, now: datetime) -> None:
        self.storage, self.settings, self.shelf, self.now = storage, settings, shelf, now
        self.officials: dict[str, list[tuple[Post, Actor]]] = {}
        self.takers: dict[str, Actor] = {}

    def work(self, actor: Actor, at: datetime) -> AbstractContextManager[Work]:
        """A unit of work as of `at`, never later than now."""
        at = min(at, self.now)
        return begin(self.storage, actor, now=at, settings=self.settings, shelf=self.shelf)

    def packs(self) -> tuple[Pack, ...]:
        """The packs of the demonstration's countries."""
        return tuple(self.shelf.get(code, self.now.date()) for code in PACKS)

    def vignettes(self) -> tuple[Vignette, ...]:
        """Every vignette of the base and of the countries, once."""
        packs = (self.shelf.get("int", self.now.date()), *self.packs())
        return tuple({v.file: v for pack in packs for v in pack.vignettes}.values())

    def find_actors(self, work: Work) -> None:
        """Learn who acts from the accounts that `world` made."""
        users = work.session.scalars(
            select(User).options(selectinload(User.desks)).order_by(User.name)
        ).all()
        officials = {u.agency_id: u for u in users if u.role is Role.BORDER_OFFICIAL}
        main = set(POSTS.values())
        for post in work.session.scalars(select(Post).order_by(Post.code)):
            user = officials.get(post.agency_id)
            if user is None:
                continue
            actor = Actor(
                user_id=user.id,
                role=Role.BORDER_OFFICIAL,
                agency_id=user.agency_id,
                country=post.country,
                post_id=post.id,
            )
            # Half of the arrivals at the post whose account is printed, so that its list is not empty.
            rows = self.officials.setdefault(post.country, [])
            rows.extend([(post, actor)] * (6 if post.code in main else 1))
        for user in users:
            for desk in user.desks:
                taker = Actor(
                    user_id=user.id,
                    role=Role.PROTECTION_OFFICER,
                    agency_id=user.agency_id,
                    country=user.agency.country,
                    desk_ids=frozenset(d.id for d in user.desks),
                )
                # Where a desk has two officers, the first takes what is sent.
                self.takers.setdefault(desk.code, taker)

    def send(self, work: Work, number: str, proposal: Proposal) -> tuple[str, str]:
        """Send a referral for a need, to a desk that has an account if there is one: (number, desk)."""
        desk = self.taker_of(proposal) or proposal.desks[0].desk
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
        return done.number, desk

    def taker_of(self, proposal: Proposal) -> str | None:
        """The first proposed desk that somebody of the demonstration works for."""
        return next((d.desk for d in proposal.desks if d.desk in self.takers), None)


def answers_of(pack: Pack, vignette: Vignette) -> dict[Source, dict[str, Any]]:
    """The vignette's facts, each from the source that an officer would have had it from."""
    by_source: dict[Source, dict[str, Any]] = {}
    for fact, raw in vignette.raw_facts.items():
        row = pack.facts[fact]
        if fact in _REGISTERED or row.computed or row.derived:
            continue
        source = Source.OBSERVED if row.observed else Source.SELF
        by_source.setdefault(Source.DECISION if row.decided_by else source, {})[fact] = raw
    return by_source


def told(number: str, person: InventedPerson) -> screening.RecordInformation:
    """That the person was told, in their own language."""
    return screening.RecordInformation(
        case_number=number,
        language=person.language,
        how="read_aloud",
        interpreter="none",
        understood=True,
    )


def arrival(
    post: Post, vignette: Vignette, person: InventedPerson, at: datetime
) -> arrivals.RegisterArrival:
    """An invented person with the vignette's age, sex and nationality."""
    raw = vignette.raw_facts
    names = [arrivals.NameForm(text=f"{person.given} {person.family}")]
    if person.latin_given and person.latin_given != person.given:
        latin = f"{person.latin_given} {person.latin_family}"
        names.append(arrivals.NameForm(text=latin, kind="document"))
    sex = raw.get("sex")
    nationality = raw.get("citizenship", person.nationality)
    return arrivals.RegisterArrival(
        post=post.code,
        names=tuple(names),
        sex=Sex(sex) if isinstance(sex, str) and sex in set(Sex) else Sex(person.sex),
        birth=_birth(raw, person, at),
        nationalities=(str(nationality),) if _is_country(nationality) else (),
        languages=(person.language,),
    )


def _is_country(value: object) -> bool:
    return isinstance(value, str) and len(value) == 3 and value.isupper()


def _birth(raw: Mapping[str, Any], person: InventedPerson, at: datetime) -> arrivals.Birth:
    age = raw.get("age")
    if isinstance(age, int):
        return arrivals.Birth(kind="age", age=age)
    if isinstance(age, str) and ".." in age:
        least, most = (int(part) for part in age.split("..", 1))
        return arrivals.Birth(kind="between", year=at.year - most - 1, year_to=at.year - least)
    if age is not None or "birth" in raw:
        return arrivals.Birth()
    return arrivals.Birth(kind="year", year=person.birth_year)
