"""Signing in with a password and a code; and proving again, with the password, who sits there.

No answer tells whether a name exists: an unknown name costs the same hash. Passkeys are in
`workflows.passkeys`, identities of a provider in `workflows.federation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from models.accounts import Passkey, User
from models.vault.factors import (
    hash_password,
    is_outdated,
    new_token,
    password_fits,
    step_of_code,
)
from models.vault.guarded import members_of
from models.vocabulary import Factor, Purpose
from workflows import attempts, recovery, sessions
from workflows.errors import SignInFailed
from workflows.sessions import SignedIn
from workflows.work import Work

#: A hash that no password fits, so that an unknown name takes as long as a known one.
_NO_PASSWORD = hash_password(new_token())
#: A password that was handed over opens nothing after this long (ASVS 6.4.1).
FIRST_PASSWORD_LASTS = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class SignInCommand:
    """Name, password and code: six digits of an authenticator, or one of the codes on paper.

    `address` limits tries from one place; `device` is the kind of browser, for the owner's list.
    """

    name: str
    password: str
    code: str
    address: str
    device: str = ""


def sign_in(work: Work, command: SignInCommand) -> SignedIn:
    """Open a session.

    Raises:
        SignInFailed: name, password or code do not fit, or the account is closed, or only opens by passkey;
            never says which. The failed try is kept by the door in a transaction of its own
            (`count_failure`).
        TooManyAttempts: for this name or this address.
    """
    attempts.check(work, command.address, command.name)
    user = work.session.scalar(
        select(User)
        .where(User.name == command.name.strip().casefold())
        .options(selectinload(User.desks), selectinload(User.agency), selectinload(User.post))
    )
    fits = password_fits(command.password, user.password_phc if user else _NO_PASSWORD)
    if user is None or not fits or user.disabled_on is not None or _is_stale(work, user):
        raise SignInFailed
    factor = _factor(work, user, command.code.strip())
    if factor is None:
        raise SignInFailed
    if is_outdated(user.password_phc):
        user.password_phc = hash_password(command.password)
    opened = sessions.open_session(work, user, factor, command.address, command.device)
    members = members_of(work.provider)
    if members is not None:
        idle = work.settings.idle_limit.total_seconds()
        members.sign_in(user.id, command.password, opened.token, idle=idle)
    return opened


def _is_stale(work: Work, user: User) -> bool:
    """Whether the password was handed over with the account, too long ago: it is given only then."""
    age = work.now.date() - user.created_on
    return user.must_change_password and age > FIRST_PASSWORD_LASTS


def _factor(work: Work, user: User, code: str) -> Factor | None:
    """What the code is, spent; None where it does not fit."""
    with work.computing(user.id, Purpose.ACCOUNT):
        step = step_of_code(user.totp_secret or "", code, work.now, user.totp_step)
    if step is not None:
        user.totp_step = step
        return None if user.needs_passkey and has_passkey(work, user) else Factor.CODE
    return Factor.RECOVERY if recovery.spend(work, user.id, code) else None


def has_passkey(work: Work, user: User) -> bool:
    """Whether the account has a passkey at all."""
    found = select(Passkey.id).where(Passkey.user_id == user.id).limit(1)
    return work.session.scalar(found) is not None


def next_moment(work: Work, name: str) -> datetime:
    """The moment whose code is still unused: a step's code opens once, and drift allows the next one.

    For demonstrations, where a page presses the button for whoever tries Serai out.
    """
    used = work.session.scalar(select(User.totp_step).where(User.name == name)) or 0
    return max(work.now, datetime.fromtimestamp((used + 1) * 30, UTC))


def count_failure(work: Work, command: SignInCommand) -> None:
    """Keep that a sign-in failed, under keyed tokens of name and address; forget old ones."""
    attempts.count(work, command.address, command.name)


def confirm(work: Work, password: str, address: str) -> None:
    """That it is still the owner of the account who sits there, before an act of weight.

    Raises:
        SignInFailed, TooManyAttempts: as for signing in; the failed try is kept.
    """
    user = work.session.get_one(User, work.actor.user_id)
    attempts.check(work, address, user.name)
    if not password_fits(password, user.password_phc):
        attempts.count(work, address, user.name)
        raise SignInFailed
