"""Signing in through an OpenID provider: a subject that was linked to an account that is there.

Nobody gets an account by signing in elsewhere, and none is found by a name or an e-mail address: issuer and
subject are the identity (ASVS 10.5.2). The protocol is the door's (`app.openid`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from models.accounts import ExternalIdentity, User
from models.vault.sealed import load_sealed
from models.vocabulary import Factor, Purpose
from workflows import attempts, sessions
from workflows.errors import InvalidCommand, SignInFailed
from workflows.sessions import SignedIn
from workflows.work import Work

LONGEST_SUBJECT = 255


@dataclass(frozen=True, kw_only=True)
class ProviderSaid:
    """What a checked ID token said: who, and with what they proved it (`amr` and `acr` together)."""

    issuer: str
    subject: str
    factors: Collection[str]


def sign_in(work: Work, said: ProviderSaid, address: str, device: str = "") -> SignedIn:
    """Open a session of the account that the subject is linked to.

    Raises:
        SignInFailed: no account is linked, it is closed or opens by passkey only, or the provider does not
            say that it asked for more than a password; never says which.
        TooManyAttempts: from this address.
    """
    attempts.check(work, address)
    row = work.session.scalar(
        select(ExternalIdentity)
        .where(ExternalIdentity.subject_mac == _mac(work, said.issuer, said.subject))
        .options(
            selectinload(ExternalIdentity.user).selectinload(User.desks),
            *load_sealed(ExternalIdentity.subject),
        )
    )
    if row is None or not set(said.factors) & set(work.settings.oidc_factors):
        raise SignInFailed
    # The sealed subject is bound to account and row: a row that somebody wrote into the database fails here.
    with work.computing(row.user_id, Purpose.ACCOUNT):
        if row.subject != _told(said.issuer, said.subject):
            raise SignInFailed
    if row.user.disabled_on is not None or row.user.needs_passkey:
        raise SignInFailed
    return sessions.open_session(work, row.user, Factor.PROVIDER, address, device)


def link(work: Work, name: str, issuer: str, subject: str) -> None:
    """Link a subject to an account, in place of any before: for the command line, which asks no policy.

    Raises:
        InvalidCommand: no such open account, no subject, or one that stands for another account.
    """
    user = work.session.scalar(select(User).where(User.name == name.strip().casefold()))
    if user is None or user.disabled_on is not None:
        raise InvalidCommand(field="name")
    if not subject or len(subject) > LONGEST_SUBJECT:
        raise InvalidCommand(field="subject")
    mac = _mac(work, issuer, subject)
    taken = select(ExternalIdentity.user_id).where(ExternalIdentity.subject_mac == mac)
    if work.session.scalar(taken) not in {None, user.id}:
        raise InvalidCommand(field="subject")
    work.session.execute(delete(ExternalIdentity).where(ExternalIdentity.user_id == user.id))
    row = ExternalIdentity(id=uuid4(), user_id=user.id, subject_mac=mac, linked_at=work.now)
    work.session.add(row)
    row.subject = _told(issuer, subject)


def unlink(work: Work, name: str) -> bool:
    """Take an account's link away; whether there was one."""
    user_id = work.session.scalar(select(User.id).where(User.name == name.strip().casefold()))
    gone = work.session.execute(
        delete(ExternalIdentity)
        .where(ExternalIdentity.user_id == user_id)
        .returning(ExternalIdentity.id)
    )
    return bool(gone.all())


def _told(issuer: str, subject: str) -> str:
    return f"{issuer} {subject}"


def _mac(work: Work, issuer: str, subject: str) -> str:
    return work.provider.mac("web", b"subject|" + _told(issuer, subject).encode()).hex()
