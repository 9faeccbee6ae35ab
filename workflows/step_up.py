"""Proving again who sits there, before an act that changes or takes out so much that it must be certain.

Which acts those are is data (`workflows.acts.STEP_UP`); the door asks here before a view runs. Opening a
locked screen is the same proof.
"""

from __future__ import annotations

from datetime import datetime

from config.settings import Settings
from models.accounts import User
from workflows import attempts, sessions
from workflows.acts import STEP_UP
from workflows.errors import NotAllowed
from workflows.passkeys import Answer, Site, prove
from workflows.policy import Act
from workflows.sessions import SignedIn
from workflows.sign_in import confirm, has_passkey
from workflows.work import Work


def is_due(settings: Settings, act: Act, authenticated_at: datetime, now: datetime) -> bool:
    """Whether the owner must prove again who they are before `act`."""
    return act in STEP_UP and now - authenticated_at > settings.step_up_limit


def takes_password(work: Work) -> bool:
    """Whether the password is proof enough: not of an account that opens by passkey only."""
    user = work.session.get_one(User, work.actor.user_id)
    return not (user.needs_passkey and has_passkey(work, user))


def with_password(work: Work, password: str, address: str) -> SignedIn:
    """Prove it with the password. The session gets a new token, and is unlocked if it was locked.

    Raises:
        SignInFailed, TooManyAttempts: as for signing in; the failed try is kept.
    """
    if work.actor.session_id is None or not takes_password(work):
        raise NotAllowed
    confirm(work, password, address)
    work.allow(Act.USE_OWN_SESSION, detail={"proved": "password"})
    return sessions.renew(work)


def with_passkey(work: Work, site: Site, answer: Answer, address: str) -> SignedIn:
    """Prove it with a passkey of one's own.

    Raises:
        SignInFailed: the door keeps the failed try under the address.
        TooManyAttempts: from this address.
    """
    if work.actor.session_id is None:
        raise NotAllowed
    attempts.check(work, address)
    prove(work, site, answer)
    work.allow(Act.USE_OWN_SESSION, detail={"proved": "passkey"})
    return sessions.renew(work)
