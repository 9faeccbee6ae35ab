"""Accounts and machines' tokens, as an administrator keeps them. Desks and posts are in `workflows.network`.

An administrator has no purpose: nothing here reads a person, a case or a sealed field.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from models.accounts import MachineToken, User
from models.network import Agency, Desk, Post
from models.vault.factors import enrolment_uri
from models.vocabulary import Role
from workflows import accounts
from workflows.accounts import ChangeRole, CreateUser
from workflows.errors import InvalidCommand, NotFound
from workflows.policy import Act
from workflows.work import Work

PAGE = 25
LONGEST_TOKEN_DAYS = 366
Names = Mapping[str, str]

#: Syllables of first passwords: read aloud without doubt, in Latin letters on every keyboard.
_SYLLABLES = tuple(a + b for a in "bdfgkmnprstvz" for b in "aeiou")


@dataclass(frozen=True, kw_only=True)
class NewUser:
    """An account to make. Post for border officials, desks for protection officers."""

    name: str
    role: Role
    agency: str
    post: str | None = None
    desks: tuple[str, ...] = ()
    language: str = "en"
    needs_passkey: bool = False
    staff_number: str = ""


@dataclass(frozen=True)
class Enrolled:
    """What is shown once and kept nowhere: first password, secret of the authenticator, its QR address."""

    name: str
    password: str
    totp_secret: str
    uri: str


@dataclass(frozen=True)
class UserLine:
    """An account in a list."""

    id: UUID
    name: str
    role: Role
    agency: Names
    place: tuple[Names, ...]
    created_on: date
    disabled_on: date | None
    own: bool


@dataclass(frozen=True)
class TokenLine:
    """A machine's token, without the token."""

    id: UUID
    user: str
    label: str
    expires_at: datetime
    revoked: bool


@dataclass(frozen=True)
class Users:
    """A page of accounts, and all live tokens."""

    rows: tuple[UserLine, ...]
    after: str | None
    tokens: tuple[TokenLine, ...]


@dataclass(frozen=True, kw_only=True)
class IssueToken:
    """A token with which a machine acts as one account."""

    user_id: UUID
    label: str
    days: int


@dataclass(frozen=True)
class PlaceChoice:
    """Something an account can belong to. `within`: the agency of a desk; empty for others."""

    code: str
    names: Names
    within: Names


@dataclass(frozen=True)
class PlaceChoices:
    """All agencies, open posts and open desks."""

    agencies: tuple[PlaceChoice, ...]
    posts: tuple[PlaceChoice, ...]
    desks: tuple[PlaceChoice, ...]


def users(work: Work, after: str | None = None) -> Users:
    """Accounts by sign-in name, a page at a time, with the live tokens of machines."""
    work.allow(Act.MANAGE_USERS, detail={"view": "list"})
    query = select(User).options(
        selectinload(User.desks), selectinload(User.agency), selectinload(User.post)
    )
    if after:
        query = query.where(User.name > after)
    rows = work.session.scalars(query.order_by(User.name).limit(PAGE + 1)).all()
    lines = tuple(_user_line(work, row) for row in rows[:PAGE])
    return Users(lines, lines[-1].name if len(rows) > PAGE else None, _tokens(work))


def _user_line(work: Work, row: User) -> UserLine:
    place = (row.post.names,) if row.post else tuple(desk.names for desk in row.desks)
    return UserLine(
        id=row.id,
        name=row.name,
        role=row.role,
        agency=row.agency.names,
        place=place,
        created_on=row.created_on,
        disabled_on=row.disabled_on,
        own=row.id == work.actor.user_id,
    )


def _tokens(work: Work) -> tuple[TokenLine, ...]:
    rows = work.session.execute(
        select(MachineToken, User.name)
        .join(User, MachineToken.user_id == User.id)
        .where(MachineToken.revoked_at.is_(None), MachineToken.expires_at > work.now)
        .order_by(MachineToken.expires_at)
        .limit(4 * PAGE)
    )
    return tuple(
        TokenLine(token.id, name, token.label, token.expires_at, revoked=False)
        for token, name in rows
    )


def place_choices(work: Work) -> PlaceChoices:
    """What the page that makes an account offers, in the order of the codes."""
    work.allow(Act.MANAGE_USERS, detail={"view": "choices"})
    agencies = work.session.scalars(select(Agency).order_by(Agency.code)).all()
    posts = work.session.scalars(select(Post).where(Post.open).order_by(Post.code))
    desks = work.session.scalars(select(Desk).where(Desk.open).order_by(Desk.code))
    names = {agency.id: agency.names for agency in agencies}
    return PlaceChoices(
        tuple(PlaceChoice(row.code, row.names, {}) for row in agencies),
        tuple(PlaceChoice(row.code, row.names, {}) for row in posts),
        tuple(PlaceChoice(row.code, row.names, names[row.agency_id]) for row in desks),
    )


def enrol(work: Work, command: NewUser) -> Enrolled:
    """Make an account with a first password of our choosing.

    Raises:
        InvalidCommand: as `accounts.create_user`.
    """
    password = "-".join("".join(secrets.choice(_SYLLABLES) for _ in range(3)) for _ in range(5))
    made = accounts.create_user(
        work,
        CreateUser(
            name=command.name,
            password=password,
            role=command.role,
            agency=command.agency,
            post=command.post,
            desks=command.desks,
            language=command.language,
            must_change_password=True,
            needs_passkey=command.needs_passkey,
            staff_number=command.staff_number,
        ),
    )
    name = command.name.strip().casefold()
    return Enrolled(name, password, made.totp_secret, enrolment_uri(made.totp_secret, name))


def role_of(work: Work, user_id: UUID) -> ChangeRole:
    """The role and place that an account has now."""
    work.allow(Act.MANAGE_USERS, detail={"view": "role"})
    user = work.session.get(User, user_id)
    if user is None:
        raise NotFound
    return ChangeRole(
        user_id=user.id,
        role=user.role,
        agency=user.agency.code,
        post=user.post.code if user.post else None,
        desks=tuple(desk.code for desk in user.desks),
    )


def disable(work: Work, user_id: UUID) -> None:
    """Close an account and end its sessions.

    Raises:
        InvalidCommand: one's own account, which would lock the last administrator out.
    """
    if user_id == work.actor.user_id:
        raise InvalidCommand(field="user")
    accounts.disable_user(work, user_id)


def issue_token(work: Work, command: IssueToken) -> str:
    """A token, shown once.

    Raises:
        InvalidCommand: the account is closed, or the time is not from 1 to 366 days.
    """
    if not 1 <= command.days <= LONGEST_TOKEN_DAYS:
        raise InvalidCommand(field="days")
    token = accounts.issue_token(work, command.user_id, command.label, command.days)
    if work.session.get_one(User, command.user_id).disabled_on is not None:
        raise InvalidCommand(field="user")
    return token


def user_name(work: Work, user_id: UUID) -> str:
    """The sign-in name of an account."""
    work.allow(Act.MANAGE_USERS, detail={"view": "user"})
    user = work.session.get(User, user_id)
    if user is None:
        raise NotFound
    return user.name


def revoke_token(work: Work, token_id: UUID) -> None:
    """End a machine's token at once. Twice is once."""
    work.allow(Act.MANAGE_USERS)
    token = work.session.get(MachineToken, token_id)
    if token is None:
        raise NotFound
    token.revoked_at = token.revoked_at or work.now
