"""Whether two accounts are one human, where that is known.

An account has one role. Somebody who holds two accounts could sign twice: so an account may carry a keyed
token of its holder's staff number, and two that share it count as one signature. Where nothing is known, two
accounts count as two humans.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from models.accounts import User
from models.vault.providers import KeyProvider
from workflows.work import Work


def holder_token(provider: KeyProvider, staff_number: str) -> str:
    """The token of a staff number; 64 hexadecimal digits. Spaces and letter case do not count."""
    said = "".join(staff_number.split()).casefold()
    return provider.mac("log", b"holder|" + said.encode()).hex()


def is_same_human(work: Work, one: UUID, other: UUID) -> bool:
    """Whether both accounts are one human's, as far as is known."""
    if one == other:
        return True
    rows = work.session.execute(select(User.id, User.holder_mac).where(User.id.in_([one, other])))
    known: dict[UUID, str | None] = dict(rows.all())
    return known.get(one) is not None and known.get(one) == known.get(other)
