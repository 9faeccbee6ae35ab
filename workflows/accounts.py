"""Accounts and sessions: who signs in, for how long, and how many tries somebody has.

Sessions live on the server; the cookie holds a token of which only the SHA-256 is kept, so a stolen database
signs nobody in, and a session ended here is ended everywhere (ASVS 7.4.1). No answer tells whether a name
exists: an unknown name costs the same hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from models.accounts import Attempt, MachineToken, SignIn, User
from models.network import Agency, Desk, Post
from models.vault.factors import (
    hash_password,
    new_secret,
    new_token,
    password_fits,
    step_of_code,
)
from models.vault.providers import KeyProvider
from models.vocabulary import Purpose, Role
from workflows.errors import InvalidCommand, NotFound, SignInFailed, TooManyAttempts
from workflows.policy import Act, Actor
from workflows.work import Work

SHORTEST_PASSWORD = 15
_WINDOW = timedelta(minutes=15)
#: A session's last use is noted at most this often: a page need not write for it.
_NOTE_EVERY = timedelta(seconds=60)
#: The actor of acts that nobody signed in for: starting, signing in, the clock.
NOBODY = UUID(int=0)
#: A hash that no password fits, so that an unknown name takes as long as a known one.
_NO_PASSWORD = hash_password(new_token())

SYSTEM_ACTOR = Actor(user_id=NOBODY, role=Role.SYSTEM, agency_id=NOBODY, country="INT")


@dataclass(frozen=True, kw_only=True)
class SignInCommand:
    """Name, password and code of an authenticator. `address` limits tries from one place."""

    name: str
    password: str
    code: str
    address: str


@dataclass(frozen=True)
class SignedIn:
    """The token for the cookie; it is nowhere else in the clear."""

    token: str
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class CreateUser:
    """A new account. Post for border officials, desks for protection officers."""

    name: str
    password: str
    role: Role
    agency: str
    post: str | None = None
    desks: tuple[str, ...] = ()
    display_name: str = ""
    language: str = "en"


@dataclass(frozen=True)
class UserCreated:
    """The account's id and the secret for its authenticator, shown once."""

    user_id: UUID
    totp_secret: str


def sign_in(work: Work, command: SignInCommand) -> SignedIn:
    """Open a session.

    Raises:
        SignInFailed: name, password or code do not fit, or the account is closed; never says which.
        The failed
            try is kept by the door in a transaction of its own (`count_failure`).
        TooManyAttempts: for this name or this address.
    """
    for subject in _subjects(work.provider, command):
        _check_limit(work, subject)
    user = work.session.scalar(
        select(User)
        .where(User.name == command.name.strip().casefold())
        .options(selectinload(User.desks))
    )
    fits = password_fits(command.password, user.password_phc if user else _NO_PASSWORD)
    if user is None or not fits or user.disabled_on is not None:
        raise SignInFailed
    with work.computing(user.id, Purpose.ACCOUNT):
        step = step_of_code(user.totp_secret or "", command.code.strip(), work.now, user.totp_step)
    if step is None:
        raise SignInFailed
    user.totp_step = step
    token = new_token()
    row = SignIn(
        id=uuid4(),
        token_sha256=_digest(token),
        user_id=user.id,
        created_at=work.now,
        seen_at=work.now,
        authenticated_at=work.now,
        locked=False,
    )
    work.session.add(row)
    work.actor = _actor(user, row.id)
    work.allow(Act.SIGN_IN)
    return SignedIn(token, user.id)


def next_moment(work: Work, name: str) -> datetime:
    """The moment whose code is still unused: a step's code opens once, and drift allows the next one.

    For demonstrations, where a page presses the button for whoever tries Serai out.
    """
    used = work.session.scalar(select(User.totp_step).where(User.name == name)) or 0
    return max(work.now, datetime.fromtimestamp((used + 1) * 30, UTC))


def count_failure(work: Work, command: SignInCommand) -> None:
    """Keep that a sign-in failed, under keyed tokens of name and address; forget old ones."""
    for subject in _subjects(work.provider, command):
        work.session.add(Attempt(id=uuid4(), subject=subject, at=work.now))
    work.session.execute(delete(Attempt).where(Attempt.at < work.now - _WINDOW))
    work.note(Act.SIGN_IN, "refused")


def _subjects(provider: KeyProvider, command: SignInCommand) -> tuple[str, str]:
    name = command.name.strip().casefold()
    return (
        provider.mac("web", b"try|name|" + name.encode()).hex(),
        provider.mac("web", b"try|address|" + command.address.encode()).hex(),
    )


def _check_limit(work: Work, subject: str) -> None:
    tries = work.session.scalar(
        select(func.count())
        .select_from(Attempt)
        .where(Attempt.subject == subject, Attempt.at >= work.now - _WINDOW)
    )
    if (tries or 0) >= work.settings.sign_in_limit:
        raise TooManyAttempts(minutes=int(_WINDOW.total_seconds() // 60))


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _actor(user: User, session_id: UUID | None) -> Actor:
    return Actor(
        user_id=user.id,
        role=user.role,
        agency_id=user.agency_id,
        country=user.post.country if user.post else user.agency.country,
        post_id=user.post_id,
        desk_ids=frozenset(desk.id for desk in user.desks),
        session_id=session_id,
        language=user.language,
    )


@dataclass(frozen=True)
class Resumed:
    """A session as the door needs it."""

    actor: Actor
    locked: bool
    user_name: str
    place: dict[str, str]
    zone: str


def resume(
    session: Session, token: str, now: datetime, idle: timedelta, absolute: timedelta
) -> Resumed | None:
    """The live session of a token, or None. Ends one that is idle or too old, and notes its use."""
    # One query, desks and all: this runs for every page.
    user_of = joinedload(SignIn.user)
    row = (
        session.scalars(
            select(SignIn)
            .where(SignIn.token_sha256 == _digest(token), SignIn.ended_at.is_(None))
            .options(
                user_of.joinedload(User.agency),
                user_of.joinedload(User.post),
                user_of.joinedload(User.desks),
            )
        )
        .unique()
        .one_or_none()
    )
    # Sessions hold rows weakly: kept, so that the pages' own questions about post and agency need no query.
    session.info["signed_in"] = row
    if row is None or row.user.disabled_on is not None:
        return None
    if now - row.seen_at > idle or now - row.created_at > absolute:
        row.ended_at = now
        return None
    if now - row.seen_at > _NOTE_EVERY:
        row.seen_at = now
    user = row.user
    place = (
        user.post.names if user.post else user.desks[0].names if user.desks else user.agency.names
    )
    return Resumed(_actor(user, row.id), row.locked, user.name, place, _zone_of(session, user))


def _zone_of(session: Session, user: User) -> str:
    """The zone of one's post; at a desk that of the posts of the country it serves; else UTC."""
    if user.post:
        return user.post.zone
    country = user.desks[0].area[:3] if user.desks else user.agency.country
    here = select(Post.zone).where(Post.country == country).order_by(Post.code).limit(1)
    return session.scalar(here) or "UTC"


def sign_out(work: Work) -> None:
    """End the session on the server: the cookie is worth nothing from now on."""
    work.allow(Act.USE_OWN_SESSION, detail={"end": "sign_out"})
    work.session.execute(
        update(SignIn).where(SignIn.id == work.actor.session_id).values(ended_at=work.now)
    )


def lock(work: Work) -> None:
    """Lock the session: nothing opens before the password is given again."""
    work.allow(Act.USE_OWN_SESSION, detail={"set": "locked"})
    work.session.execute(
        update(SignIn).where(SignIn.id == work.actor.session_id).values(locked=True)
    )


def unlock(work: Work, password: str, address: str) -> None:
    """Open a locked session.

    Raises:
        SignInFailed, TooManyAttempts: as for signing in; the failed try is kept.
    """
    confirm(work, password, address)
    work.allow(Act.USE_OWN_SESSION, detail={"set": "unlocked"})
    work.session.execute(
        update(SignIn).where(SignIn.id == work.actor.session_id).values(locked=False)
    )


def confirm(work: Work, password: str, address: str) -> None:
    """That it is still the owner of the account who sits there, before an act of weight.

    Raises:
        SignInFailed, TooManyAttempts: as for signing in; the failed try is kept.
    """
    user = work.session.get_one(User, work.actor.user_id)
    command = SignInCommand(name=user.name, password=password, code="", address=address)
    for subject in _subjects(work.provider, command):
        _check_limit(work, subject)
    if not password_fits(password, user.password_phc):
        count_failure(work, command)
        raise SignInFailed


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
        InvalidCommand: a name that exists, a password under 15 characters, no such agency, post or desk.
    """
    work.allow(Act.MANAGE_USERS)
    return make_user(work, command)


def make_user(work: Work, command: CreateUser) -> UserCreated:
    """Make an account without asking the policy: for the command line that sets a deployment up."""
    name = command.name.strip().casefold()
    if not name or len(name) > 60 or work.session.scalar(select(User.id).where(User.name == name)):
        raise InvalidCommand(field="name")
    if len(command.password) < SHORTEST_PASSWORD:
        raise InvalidCommand(field="password")
    agency = work.session.scalar(select(Agency).where(Agency.code == command.agency))
    if agency is None:
        raise InvalidCommand(field="agency")
    post = (
        work.session.scalar(select(Post).where(Post.code == command.post)) if command.post else None
    )
    if (command.post or command.role is Role.BORDER_OFFICIAL) and post is None:
        raise InvalidCommand(field="post")
    desks = work.session.scalars(select(Desk).where(Desk.code.in_(command.desks))).all()
    if len(desks) != len(set(command.desks)):
        raise InvalidCommand(field="desks")
    user = User(
        id=uuid4(),
        name=name,
        role=command.role,
        agency_id=agency.id,
        post_id=post.id if post else None,
        password_phc=hash_password(command.password),
        language=command.language,
        created_on=work.now.date(),
    )
    user.desks = list(desks)
    work.session.add(user)
    secret = new_secret()
    user.totp_secret = secret
    user.display_name = command.display_name or name
    work.session.flush()
    return UserCreated(user.id, secret)


def disable_user(work: Work, user_id: UUID) -> None:
    """Close an account and end its sessions at once."""
    work.allow(Act.MANAGE_USERS)
    user = work.session.get(User, user_id)
    if user is None:
        raise NotFound
    user.disabled_on = work.now.date()
    work.session.execute(
        update(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
        .values(ended_at=work.now)
    )


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
            token_sha256=_digest(token),
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
    return _actor(user, None)


def actor_of_token(session: Session, token: str, now: datetime) -> Actor | None:
    """Whom a machine's token stands for, or None."""
    row = session.scalar(
        select(MachineToken)
        .where(
            MachineToken.token_sha256 == _digest(token),
            MachineToken.revoked_at.is_(None),
            MachineToken.expires_at > now,
        )
        .options(selectinload(MachineToken.user).selectinload(User.desks))
    )
    if row is None or row.user.disabled_on is not None:
        return None
    return _actor(row.user, None)
