"""Sessions on the server: opened, resumed, locked, renewed, listed, ended.

The cookie holds a token of which only the SHA-256 is kept, so a stolen database signs nobody in, and a
session ended here is ended everywhere (ASVS 7.4.1). Whoever proves again who they are gets a new token and
the old one dies (7.2.4); the row, and with it the session's name in the log, stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from models.accounts import Draft, Passkey, SignIn, User
from models.network import Post
from models.turned import TurnedScreen
from models.vault.factors import new_token
from models.vault.guarded import members_of
from models.vault.sealed import load_sealed
from models.vault.vault import vault_in
from models.vocabulary import Factor, Purpose
from workflows.accounts import actor_of, digest
from workflows.attempts import place_mac
from workflows.errors import NotFound
from workflows.policy import Act, Actor
from workflows.work import Work

#: A session's last use is noted at most this often: a page need not write for it.
_NOTE_EVERY = timedelta(seconds=60)
#: An ended session is kept this long, so that its owner sees it and its place is known.
_KEPT_FOR = timedelta(days=30)
_LONGEST_DEVICE = 60

Owed = Literal["password", "passkey"]


@dataclass(frozen=True)
class SignedIn:
    """The token for the cookie; it is nowhere else in the clear."""

    token: str
    user_id: UUID


@dataclass(frozen=True)
class Resumed:
    """A session as the door needs it. `owes`: what must be done before anything else opens."""

    actor: Actor
    locked: bool
    user_name: str
    place: dict[str, str]
    zone: str
    authenticated_at: datetime
    owes: Owed | None = None


@dataclass(frozen=True)
class OwnSession:
    """One of one's own open sessions."""

    id: UUID
    began: datetime
    seen: datetime
    factor: Factor
    device: str
    current: bool


def open_session(
    work: Work, user: User, factor: Factor, address: str, device: str = ""
) -> SignedIn:
    """Open a session for somebody who has proved who they are. `device`: the kind of browser."""
    token = new_token()
    row = SignIn(
        id=uuid4(),
        token_sha256=digest(token),
        user_id=user.id,
        created_at=work.now,
        seen_at=work.now,
        authenticated_at=work.now,
        locked=False,
        factor=factor,
        address_mac=place_mac(work, user.id, address),
    )
    work.session.add(row)
    row.device = device[:_LONGEST_DEVICE]
    _forget_old(work)
    work.actor = actor_of(user, row.id)
    work.allow(Act.SIGN_IN, detail={"factor": factor.value})
    return SignedIn(token, user.id)


def _forget_old(work: Work) -> None:
    """Sessions long over, and drafts that nobody came back for."""
    over = work.now - _KEPT_FOR - work.settings.absolute_limit
    work.session.execute(delete(SignIn).where(SignIn.created_at < over))
    abandoned = work.now - work.settings.absolute_limit
    work.session.execute(delete(Draft).where(Draft.kept_at < abandoned))


def resume(
    session: Session, token: str, now: datetime, idle: timedelta, absolute: timedelta
) -> Resumed | None:
    """The live session of a token, or None. Ends one that is idle or too old, and notes its use."""
    # One query, desks and all: this runs for every page.
    user_of = joinedload(SignIn.user)
    row = (
        session.scalars(
            select(SignIn)
            .where(SignIn.token_sha256 == digest(token), SignIn.ended_at.is_(None))
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
    vault = vault_in(session)
    members = None if vault is None else members_of(vault.provider)
    if members is not None:
        members.seen(token, idle=idle.total_seconds(), renew=not row.locked)
    return _resumed(session, row, row.user)


def _resumed(session: Session, row: SignIn, user: User) -> Resumed:
    place = (
        user.post.names if user.post else user.desks[0].names if user.desks else user.agency.names
    )
    return Resumed(
        actor=actor_of(user, row.id),
        locked=row.locked,
        user_name=user.name,
        place=place,
        zone=_zone_of(session, user),
        authenticated_at=row.authenticated_at,
        owes=_owed(session, row, user),
    )


def _owed(session: Session, row: SignIn, user: User) -> Owed | None:
    """The password first: somebody else has seen it. Then a passkey; after a recovery code a new one."""
    if user.must_change_password and row.factor is not Factor.PROVIDER:
        return "password"
    if not user.needs_passkey or row.factor is Factor.PASSKEY:
        return None
    query = select(Passkey.id).where(Passkey.user_id == user.id)
    if row.factor is Factor.RECOVERY:
        query = query.where(Passkey.created_at >= row.created_at)
    return None if session.scalar(query.limit(1)) else "passkey"


def _zone_of(session: Session, user: User) -> str:
    """The zone of one's post; at a desk that of the posts of the country it serves; else UTC."""
    if user.post:
        return user.post.zone
    country = user.desks[0].area[:3] if user.desks else user.agency.country
    here = select(Post.zone).where(Post.country == country).order_by(Post.code).limit(1)
    return session.scalar(here) or "UTC"


def renew(work: Work) -> SignedIn:
    """A new token for the session of somebody who has just proved again who they are; the old one dies."""
    token = new_token()
    members = members_of(work.provider)
    if members is not None:
        named = select(SignIn.token_sha256).where(SignIn.id == work.actor.session_id)
        members.move(work.session.scalars(named).one(), token)
    work.session.execute(
        update(SignIn)
        .where(SignIn.id == work.actor.session_id)
        .values(token_sha256=digest(token), authenticated_at=work.now, locked=False)
    )
    if work.actor.session_id is not None:
        take_back(work, work.actor.session_id)
    return SignedIn(token, work.actor.user_id)


def take_back(work: Work, session: UUID) -> None:
    """The official has the screen back that was turned to a person: what they held opens nothing any more."""
    work.session.execute(
        update(TurnedScreen)
        .where(TurnedScreen.session_id == session, TurnedScreen.ended.is_(False))
        .values(ended=True, version=TurnedScreen.version + 1)
        .execution_options(synchronize_session=False)
    )


def sign_out(work: Work) -> None:
    """End the session on the server: the cookie is worth nothing from now on. Drafts go with it."""
    work.allow(Act.USE_OWN_SESSION, detail={"end": "sign_out"})
    work.session.execute(
        update(SignIn).where(SignIn.id == work.actor.session_id).values(ended_at=work.now)
    )
    work.session.execute(delete(Draft).where(Draft.user_id == work.actor.user_id))


def lock(work: Work) -> None:
    """Lock the session: nothing opens before its owner has proved again who they are."""
    work.allow(Act.USE_OWN_SESSION, detail={"set": "locked"})
    work.session.execute(
        update(SignIn).where(SignIn.id == work.actor.session_id).values(locked=True)
    )


def own_sessions(work: Work) -> tuple[OwnSession, ...]:
    """One's own open sessions, the last used first."""
    work.allow(Act.USE_OWN_SESSION, detail={"view": "sessions"})
    work.vault.grant(work.actor.user_id, Purpose.ACCOUNT)
    rows = work.session.scalars(
        select(SignIn)
        .where(
            SignIn.user_id == work.actor.user_id,
            SignIn.ended_at.is_(None),
            SignIn.seen_at >= work.now - work.settings.idle_limit,
            SignIn.created_at >= work.now - work.settings.absolute_limit,
        )
        .options(*load_sealed(SignIn.device))
        .order_by(SignIn.seen_at.desc())
    )
    return tuple(
        OwnSession(
            row.id,
            row.created_at,
            row.seen_at,
            row.factor,
            row.device or "",
            current=row.id == work.actor.session_id,
        )
        for row in rows
    )


def end_own(work: Work, session_id: UUID) -> None:
    """End one of one's own sessions.

    Raises:
        NotFound: there is none, or it is somebody else's: the same answer.
    """
    work.allow(Act.USE_OWN_SESSION, detail={"end": "own_session"})
    row = work.session.get(SignIn, session_id)
    if row is None or row.user_id != work.actor.user_id:
        raise NotFound
    row.ended_at = row.ended_at or work.now
