"""How many failed tries somebody has: for an address, and for an account, whatever the factor.

An account's own budget is spent by whoever knows its name, so it must not shut the owner out for long: it
lasts a quarter of an hour, it does not touch passkeys (which nobody can guess), and where the account has
signed in before it has a budget of its own, which strangers elsewhere cannot spend. Who tries is kept as
keyed tokens, so that the table names nobody.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select

from models.accounts import Attempt, SignIn, User
from workflows.errors import TooManyAttempts
from workflows.policy import Act
from workflows.work import Work

WINDOW = timedelta(minutes=15)
#: How long a place stays one from which an account has signed in.
_KNOWN_FOR = timedelta(days=30)


def check(work: Work, address: str, name: str | None = None) -> None:
    """Refuse where the budget is spent. Without `name`: nobody is named yet, as with a passkey.

    Raises:
        TooManyAttempts: for this address or this account.
    """
    for subject in _subjects(work, address, name):
        tries = work.session.scalar(
            select(func.count())
            .select_from(Attempt)
            .where(Attempt.subject == subject, Attempt.at >= work.now - WINDOW)
        )
        if (tries or 0) >= work.settings.sign_in_limit:
            work.note(Act.SIGN_IN, "too_many_attempts")
            raise TooManyAttempts(minutes=int(WINDOW.total_seconds() // 60))


def count(work: Work, address: str, name: str | None = None) -> None:
    """Keep that a try failed; forget old ones."""
    for subject in _subjects(work, address, name):
        work.session.add(Attempt(id=uuid4(), subject=subject, at=work.now))
    work.session.execute(delete(Attempt).where(Attempt.at < work.now - WINDOW))
    work.note(Act.SIGN_IN, "refused")


def place_mac(work: Work, user_id: UUID, address: str) -> str:
    """The keyed token of an account at an address."""
    return work.provider.mac("web", b"place|" + user_id.bytes + address.encode()).hex()


def _subjects(work: Work, address: str, name: str | None) -> tuple[str, ...]:
    of_address = work.provider.mac("web", b"try|address|" + address.encode()).hex()
    if name is None:
        return (of_address,)
    told = name.strip().casefold()
    subject = b"try|name|" + told.encode()
    if _is_known(work, told, address):
        subject = b"try|known|" + address.encode() + b"|" + told.encode()
    return (work.provider.mac("web", subject).hex(), of_address)


def _is_known(work: Work, name: str, address: str) -> bool:
    """Whether the account has signed in from there of late. Asks the same for a name that nobody has."""
    user_id = work.session.scalar(select(User.id).where(User.name == name)) or UUID(int=0)
    found = work.session.scalar(
        select(SignIn.id)
        .where(
            SignIn.user_id == user_id,
            SignIn.address_mac == place_mac(work, user_id, address),
            SignIn.created_at >= work.now - _KNOWN_FOR,
        )
        .limit(1)
    )
    return found is not None
