"""One's own password: long, and not what is at hand or what others chose. No composition (ASVS 6.2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session

from models.accounts import User
from models.vault.factors import hash_password, password_fits
from models.vault.guarded import members_of
from workflows import sessions
from workflows.accounts import SHORTEST_PASSWORD, end_sessions
from workflows.common_passwords import holds_context, is_common
from workflows.errors import InvalidCommand
from workflows.policy import Act
from workflows.sessions import SignedIn
from workflows.sign_in import confirm
from workflows.work import Work

LONGEST_PASSWORD = 256
#: Fewer different characters than this are a pattern, not a password.
_FEWEST_SIGNS = 6


@dataclass(frozen=True, kw_only=True)
class ChangePassword:
    """The present password and the next. `address` limits tries."""

    present: str
    wanted: str
    address: str


def change_own(work: Work, command: ChangePassword) -> SignedIn:
    """Change one's own password. All other sessions end; this one goes on under a new token.

    Raises:
        SignInFailed, TooManyAttempts: the present password is not right.
        InvalidCommand: the next one is too short, a pattern, holds the sign-in name or
            the product's, is one that many have, or is the present one.
    """
    confirm(work, command.present, command.address)
    user = work.session.get_one(User, work.actor.user_id)
    if not is_fair(command.wanted, user.name) or password_fits(command.wanted, user.password_phc):
        raise InvalidCommand(field="wanted")
    work.allow(Act.USE_OWN_SESSION, detail={"set": "password"})
    user.password_phc = hash_password(command.wanted)
    user.must_change_password = False
    end_sessions(work, user.id, but=work.actor.session_id)
    _take_keys_along(work, user.id, command)
    return sessions.renew(work)


def _take_keys_along(work: Work, user: UUID, command: ChangePassword) -> None:
    """A member's key lies under the password, too: it follows once the new one holds."""
    members = members_of(work.provider)
    if members is not None:

        def follow(_session: Session) -> None:
            members.change_password(user, command.present, command.wanted)

        event.listen(work.session, "after_commit", follow, once=True)


def is_fair(password: str, name: str) -> bool:
    """Whether a password may be chosen for the account of this name."""
    plain = password.casefold()
    return (
        SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD
        and len(set(plain)) >= _FEWEST_SIGNS
        and (len(name) < 4 or name not in plain)
        and not holds_context(password)
        and not is_common(password)
    )
