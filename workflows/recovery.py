"""Ten codes on paper for who has lost the authenticator. Shown once, one use each, kept as keyed tokens."""

from __future__ import annotations

import secrets
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update

from models.accounts import RecoveryCode
from workflows.accounts import end_sessions
from workflows.policy import Act
from workflows.work import Work

CODES = 10
#: Letters and digits that nobody confuses. Twenty-four of them are 117 bits: enough that a keyed hash keeps
#: them as well as a slow one would (ASVS 6.5.2), so that none has to be tried against ten.
_SIGNS = "abcdefghjkmnpqrstvwxyz23456789"
_GROUPS, _OF = 6, 4


def make(work: Work) -> tuple[str, ...]:
    """Ten new codes for one's own account; those there were open nothing any more, other sessions end."""
    work.allow(Act.CHANGE_OWN_ACCOUNT, detail={"set": "recovery_codes"})
    user_id = work.actor.user_id
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = tuple(_code() for _ in range(CODES))
    work.session.add_all(
        RecoveryCode(id=uuid4(), user_id=user_id, code_mac=_mac(work, user_id, code))
        for code in codes
    )
    end_sessions(work, user_id, but=work.actor.session_id)
    return codes


def _code() -> str:
    groups = ("".join(secrets.choice(_SIGNS) for _ in range(_OF)) for _ in range(_GROUPS))
    return "-".join(groups)


def spend(work: Work, user_id: UUID, code: str) -> bool:
    """Whether this is an unused code of the account; it is used now. Of two at once one gets it."""
    spent = work.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_mac == _mac(work, user_id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=work.now)
        .returning(RecoveryCode.id)
    )
    return len(spent.all()) == 1


def left(work: Work) -> int:
    """How many of one's own codes are unused."""
    query = select(func.count()).select_from(RecoveryCode)
    mine = query.where(RecoveryCode.user_id == work.actor.user_id, RecoveryCode.used_at.is_(None))
    return work.session.scalar(mine) or 0


def _mac(work: Work, user_id: UUID, code: str) -> str:
    """However it was typed: spaces, hyphens and capitals do not count."""
    plain = "".join(sign for sign in code.casefold() if sign.isalnum())
    return work.provider.mac("web", b"recovery|" + user_id.bytes + plain.encode()).hex()
