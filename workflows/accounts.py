"""Accounts: made, changed, closed, and the tokens of machines that act as one.

How somebody signs in is in `workflows.sign_in`, `workflows.passkeys` and `workflows.federation`; what a
session is, in `workflows.sessions`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from models.accounts import MachineToken, SignIn, User
from models.network import Agency, Desk, Post
from models.vault.factors import hash_password, new_secret, new_token
from models.vocabulary import ENFORCEMENT, Role
from workflows.common_passwords import is_common
from workflows.errors import InvalidCommand, NotFound
from workflows.holders import holder_token
from workflows.policy import Act, Actor
from workflows.work import Work

SHORTEST_PASSWORD = 15
#: The actor of acts that nobody signed in for: starting, signing in, the clock.
NOBODY = UUID(int=0)

SYSTEM_ACTOR = Actor(user_id=NOBODY, role=Role.SYSTEM, agency_id=NOBODY, country="INT")


@dataclass(frozen=True, kw_only=True)
class CreateUser:
    """A new account. Post for border officials, desks for protection officers.

    `must_change_password`: somebody else has seen the password. `needs_passkey`: the account opens by passkey
    only, once it has one, and does nothing before. `staff_number`: of its holder; only a keyed token is
    kept, and accounts that share it are one human's where two are due.
    """

    name: str
    password: str
    role: Role
    agency: str
    post: str | None = None
    desks: tuple[str, ...] = ()
    display_name: str = ""
    language: str = "en"
    must_change_password: bool = False
    needs_passkey: bool = False
    staff_number: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeRole:
    """Another role or place for an account that is there. `staff_number`: where given, of its holder."""

    user_id: UUID
    role: Role
    agency: str
    post: str | None = None
    desks: tuple[str, ...] = ()
    staff_number: str = ""


@dataclass(frozen=True)
class UserCreated:
    """The account's id and the secret for its authenticator, shown once."""

    user_id: UUID
    totp_secret: str


def actor_of(user: User, session_id: UUID | None) -> Actor:
    """The actor that an account is, in a session or through a token."""
    return Actor(
        user_id=user.id,
        role=user.role,
        agency_id=user.agency_id,
        country=user.post.country if user.post else user.agency.country,
        post_id=user.post_id,
        desk_ids=frozenset(desk.id for desk in user.desks),
        session_id=session_id,
        language=user.language,
        force=user.agency.kind in ENFORCEMENT,
    )


def set_language(work: Work, language: str) -> None:
    """Keep the language that an officer reads."""
    work.allow(Act.USE_OWN_SESSION, detail={"set": "language"})
    if language not in work.settings.languages:
        raise InvalidCommand(field="language")
    work.session.execute(
        update(User).where(User.id == work.actor.user_id).values(language=language)
    )


def create_user(work: Work, command: CreateUser) -> UserCreated:
    """Make an account.

    Raises:
        InvalidCommand: a name that exists, a password under 15 characters or that many have, no such agency,
            post or desk.
    """
    work.allow(Act.MANAGE_USERS)
    return make_user(work, command)


def make_user(work: Work, command: CreateUser) -> UserCreated:
    """Make an account without asking the policy: for the command line that sets a deployment up."""
    name = command.name.strip().casefold()
    if not name or len(name) > 60 or work.session.scalar(select(User.id).where(User.name == name)):
        raise InvalidCommand(field="name")
    if len(command.password) < SHORTEST_PASSWORD or is_common(command.password):
        raise InvalidCommand(field="password")
    user = User(
        id=uuid4(),
        name=name,
        password_phc=hash_password(command.password),
        must_change_password=command.must_change_password,
        needs_passkey=command.needs_passkey,
        language=command.language,
        created_on=work.now.date(),
    )
    _put(work, user, command)
    work.session.add(user)
    secret = new_secret()
    user.totp_secret = secret
    user.display_name = command.display_name or name
    work.session.flush()
    return UserCreated(user.id, secret)


def _put(work: Work, user: User, command: CreateUser | ChangeRole) -> None:
    """Give an account its role and place.

    Raises:
        InvalidCommand: no such agency, post or desk, or an official without a post.
    """
    agency = work.session.scalar(select(Agency).where(Agency.code == command.agency))
    if agency is None:
        raise InvalidCommand(field="agency")
    post = (
        work.session.scalar(select(Post).where(Post.code == command.post)) if command.post else None
    )
    if (command.post or command.role is Role.BORDER_OFFICIAL) and post is None:
        raise InvalidCommand(field="post")
    user.role = command.role
    user.agency_id = agency.id
    user.post_id = post.id if post else None
    user.desks = list(_desks(work, command.desks))
    if command.staff_number.strip():
        user.holder_mac = holder_token(work.provider, command.staff_number)


def _desks(work: Work, codes: Collection[str]) -> list[Desk]:
    desks = list(work.session.scalars(select(Desk).where(Desk.code.in_(codes))))
    if len(desks) != len(set(codes)):
        raise InvalidCommand(field="desks")
    return desks


def change_role(work: Work, command: ChangeRole) -> None:
    """Give an account another role or place. Its sessions and its machines end at once (ASVS 8.3.2).

    Raises:
        NotFound: there is no such account.
        InvalidCommand: it is one's own or closed; no such agency, post or desk.
    """
    holder = bool(command.staff_number.strip())
    work.allow(Act.MANAGE_USERS, detail={"set": "role", "holder": holder})
    user = _user(work, command.user_id)
    if user.id == work.actor.user_id or user.disabled_on is not None:
        raise InvalidCommand(field="user")
    _put(work, user, command)
    end_sessions(work, user.id)
    work.session.execute(
        update(MachineToken)
        .where(MachineToken.user_id == user.id, MachineToken.revoked_at.is_(None))
        .values(revoked_at=work.now)
    )


def set_holder(work: Work, name: str, staff_number: str) -> None:
    """Say whose an account is, for the command line. Only a keyed token of the number is kept.

    Raises:
        InvalidCommand: no such account (`name`), or no number (`staff_number`).
    """
    user = work.session.scalar(select(User).where(User.name == name.strip().casefold()))
    if user is None:
        raise InvalidCommand(field="name")
    if not staff_number.strip():
        raise InvalidCommand(field="staff_number")
    user.holder_mac = holder_token(work.provider, staff_number)


def disable_user(work: Work, user_id: UUID) -> None:
    """Close an account and end its sessions at once."""
    work.allow(Act.MANAGE_USERS)
    _user(work, user_id).disabled_on = work.now.date()
    end_sessions(work, user_id)


def end_sessions_of(work: Work, user_id: UUID) -> None:
    """End all sessions of somebody else's account, as an administrator (ASVS 7.4.5)."""
    work.allow(Act.MANAGE_USERS, detail={"end": "sessions"})
    end_sessions(work, _user(work, user_id).id)


def end_sessions(work: Work, user_id: UUID, *, but: UUID | None = None) -> None:
    """End all sessions of an account, but perhaps one. For workflows that have asked the policy."""
    query = update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if but is not None:
        query = query.where(SignIn.id != but)
    work.session.execute(query.values(ended_at=work.now))


def _user(work: Work, user_id: UUID) -> User:
    user = work.session.get(User, user_id)
    if user is None:
        raise NotFound
    return user


def issue_token(work: Work, user_id: UUID, label: str, days: int) -> str:
    """A token with which a machine acts as one account and no more; shown once."""
    work.allow(Act.MANAGE_USERS)
    return make_token(work, user_id, label, days)


def make_token(work: Work, user_id: UUID, label: str, days: int) -> str:
    """Issue a token without asking the policy: for the command line."""
    if work.session.get(User, user_id) is None:
        raise NotFound
    token = new_token()
    work.session.add(
        MachineToken(
            id=uuid4(),
            token_sha256=digest(token),
            user_id=user_id,
            label=label[:80],
            created_at=work.now,
            expires_at=work.now + timedelta(days=days),
        )
    )
    return token


def actor_named(work: Work, name: str) -> Actor:
    """The actor of an open account, for an operator who looks on its behalf.

    Raises:
        InvalidCommand: there is no such account, or it is closed.
    """
    user = work.session.scalar(select(User).where(User.name == name.strip().casefold()))
    if user is None or user.disabled_on is not None:
        raise InvalidCommand(field="as")
    return actor_of(user, None)


def actor_of_token(session: Session, token: str, now: datetime) -> Actor | None:
    """Whom a machine's token stands for, or None."""
    row = session.scalar(
        select(MachineToken)
        .where(
            MachineToken.token_sha256 == digest(token),
            MachineToken.revoked_at.is_(None),
            MachineToken.expires_at > now,
        )
        .options(selectinload(MachineToken.user).selectinload(User.desks))
    )
    if row is None or row.user.disabled_on is not None:
        return None
    return actor_of(row.user, None)


def digest(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()
