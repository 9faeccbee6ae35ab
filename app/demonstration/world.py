"""The places and accounts of the demonstration, and the day on which its story begins."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from app.demonstration import signins
from app.demonstration.signins import SignInCard
from app.work import utc_now
from config.settings import Settings
from models.accounts import User
from models.network import Agency, Desk, Post, Service
from models.session import Storage
from models.vocabulary import AgencyKind, Role
from workflows import focal_points
from workflows.accounts import SYSTEM_ACTOR, CreateUser, make_user
from workflows.packs import Shelf, sync_network
from workflows.policy import Act
from workflows.work import Work, begin

PACKS = ("kaz", "tjk")
#: The post of each demonstration official, by country.
POSTS = {"KAZ": "zhibek_zholy", "TJK": "panji_poyon"}
#: An agency whose desk has two officers and a supervisor of its own, so that work can change hands there.
HOME = "child"
#: One protection officer for the agency that is asked first for each of these needs, by country.
DESKS = {
    "KAZ": {
        "asylum": "asylum_procedure",
        "child": "guardian",
        "trafficking": "trafficking_identification",
        "specialist": "specialist_screening",
        "unhcr": "un_refugee",
        "iom": "un_migration",
        "health": "health",
    },
    "TJK": {"asylum-tjk": "asylum_procedure", "child-tjk": "guardian", "unhcr-tjk": "un_refugee"},
}


def prepare(storage: Storage, settings: Settings, shelf: Shelf, folder: Path) -> list[SignInCard]:
    """Bring in the packs' network and make the accounts, once; give back their cards."""
    cards = signins.read(folder)
    if cards:
        return cards
    with begin(storage, SYSTEM_ACTOR, now=utc_now(), settings=settings, shelf=shelf) as work:
        for code in PACKS:
            sync_network(work.session, shelf.get(code, work.now.date()))
        if work.session.scalar(select(User.id).limit(1)) is not None:
            return []
        cards = _accounts(work)
        work.note(Act.MANAGE_USERS, "demonstration", detail={"count": len(cards)})
    signins.write(folder, cards)
    return cards


def _accounts(work: Work) -> list[SignInCard]:
    cards = [*_of_posts(work), *_of_desks(work)]
    post = _post(work, "KAZ")
    border = work.session.get_one(Agency, post.agency_id).code
    watching = work.session.scalar(select(Agency.code).where(Agency.kind == AgencyKind.NGO))
    cards += [
        _make(work, "admin", Role.ADMINISTRATOR, border, "administrator: sees no person"),
        _make(work, "admin2", Role.ADMINISTRATOR, border, "second administrator: approves"),
        _make(
            work, "monitor", Role.MONITOR, watching or border, "independent monitor", post=post.code
        ),
    ]
    return sorted(cards, key=lambda card: list(Role).index(Role(card.role)))


def _of_posts(work: Work) -> Iterator[SignInCard]:
    for country, code in POSTS.items():
        post = _post(work, country)
        suffix = "" if country == "KAZ" else f"-{country.lower()}"
        agency = work.session.get_one(Agency, post.agency_id).code
        for name, role, who in (
            ("officer", Role.BORDER_OFFICIAL, f"border official at {post.names['en']}"),
            ("supervisor", Role.SUPERVISOR, f"supervisor, {country}"),
            ("supervisor2", Role.SUPERVISOR, f"second supervisor, {country}: approves"),
        ):
            yield _make(work, name + suffix, role, agency, who, post=code)
        _name_focal_point(work, agency, f"supervisor{suffix}")


def _of_desks(work: Work) -> Iterator[SignInCard]:
    for country, needs in DESKS.items():
        post = _post(work, country)
        for name, need in needs.items():
            row = _agency_for(work, need, post)
            codes = tuple(work.session.scalars(select(Desk.code).where(Desk.agency_id == row.id)))
            who = f"protection officer, {row.names['en']}"
            yield _make(work, name, Role.PROTECTION_OFFICER, row.code, who, desks=codes)
            if name == HOME:
                second = f"second {who}: approves"
                yield _make(work, "child2", Role.PROTECTION_OFFICER, row.code, second, desks=codes)
                who = f"supervisor, {row.names['en']}"
                yield _make(work, "supervisor-child", Role.SUPERVISOR, row.code, who)
                _name_focal_point(work, row.code, "supervisor-child")


def _name_focal_point(work: Work, agency: str, account: str) -> None:
    focal_points.name(work, focal_points.NameFocalPoint(agency=agency, account=account))


def _post(work: Work, country: str) -> Post:
    return work.session.scalars(select(Post).where(Post.code == POSTS[country])).one()


def _agency_for(work: Work, need: str, post: Post) -> Agency:
    """The agency of the first desk that meets a need at this post."""
    return work.session.scalars(
        select(Agency)
        .join(Desk, Desk.agency_id == Agency.id)
        .join(Service, Service.desk_id == Desk.id)
        .where(Service.need == need, Service.area.in_([post.area, post.country]))
        .order_by(Service.rank, Desk.code)
        .limit(1)
    ).one()


def _make(
    work: Work,
    name: str,
    role: Role,
    agency: str,
    who: str,
    *,
    post: str | None = None,
    desks: tuple[str, ...] = (),
) -> SignInCard:
    password = f"{name}-{secrets.token_hex(8)}"
    made = make_user(
        work,
        CreateUser(name=name, password=password, role=role, agency=agency, post=post, desks=desks),
    )
    return SignInCard(name, password, made.totp_secret, role.value, who)
