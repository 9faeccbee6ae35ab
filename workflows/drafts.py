"""What was typed when the screen was locked: sealed on the server for its owner, given back once.

Nothing of it is ever in the browser's storage. A draft belongs to one account and one page; it goes when it
is given back, when its owner signs out, and after the longest time that a session may last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from models.accounts import Draft
from models.vault.sealed import load_sealed
from models.vocabulary import Purpose
from workflows.errors import InvalidCommand, NotFound
from workflows.policy import Act
from workflows.work import Work

MOST_FIELDS = 400
LONGEST = 64 * 1024
_LONGEST_PAGE = 1000

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Kept:
    """A draft: its page (path and query), whether it was sent, and what was typed, in the form's order."""

    id: UUID
    page: str
    asked: bool
    fields: tuple[tuple[str, str], ...]


def keep(work: Work, page: str, fields: Pairs, *, asked: bool = False) -> UUID | None:
    """Keep what was typed on a page in place of anything kept before; None where nothing was typed.

    `asked`: it was sent already, and waits for its owner to prove who they are.

    Raises:
        InvalidCommand: more than a form can hold.
    """
    if not fits(page, fields):
        raise InvalidCommand(field="typed")
    if not asked and not any(value for _, value in fields):
        return None
    work.allow(Act.USE_OWN_SESSION, detail={"draft": "kept"})
    mine = Draft.user_id == work.actor.user_id
    work.session.execute(delete(Draft).where(mine))
    row = Draft(id=uuid4(), user_id=work.actor.user_id, kept_at=work.now)
    work.session.add(row)
    row.content = {"page": page, "asked": asked, "fields": [list(pair) for pair in fields]}
    return row.id


def fits(page: str, fields: Pairs) -> bool:
    """Whether it is no more than a form can hold."""
    size = sum(len(name) + len(value) for name, value in fields)
    return len(fields) <= MOST_FIELDS and size <= LONGEST and len(page) <= _LONGEST_PAGE


def waiting(work: Work) -> Kept | None:
    """The draft that waits for its owner, if there is one."""
    row = work.session.scalar(
        select(Draft)
        .where(
            Draft.user_id == work.actor.user_id,
            Draft.kept_at >= work.now - work.settings.absolute_limit,
        )
        .options(*load_sealed(Draft.content))
        .order_by(Draft.kept_at.desc())
        .limit(1)
    )
    return None if row is None else _opened(work, row)


def take(work: Work, draft_id: UUID, page: str) -> Kept:
    """Give a draft back to its page. It is gone from here afterwards.

    Raises:
        NotFound: there is none, it is somebody else's, or of another page: the same answer.
    """
    work.asked = Act.USE_OWN_SESSION
    row = work.session.get(Draft, draft_id)
    if row is None or row.user_id != work.actor.user_id:
        raise NotFound
    kept = _opened(work, row)
    if kept.page != page:
        raise NotFound
    work.allow(Act.USE_OWN_SESSION, detail={"draft": "given_back"})
    work.session.delete(row)
    return kept


def drop(work: Work) -> None:
    """Throw away what waits."""
    work.allow(Act.USE_OWN_SESSION, detail={"draft": "dropped"})
    work.session.execute(delete(Draft).where(Draft.user_id == work.actor.user_id))


def _opened(work: Work, row: Draft) -> Kept:
    work.vault.grant(work.actor.user_id, Purpose.ACCOUNT)
    content = row.content or {}
    fields = content.get("fields")
    pairs = fields if isinstance(fields, list) else []
    typed = tuple((str(name), str(value)) for name, value in pairs)
    return Kept(row.id, str(content.get("page", "/")), bool(content.get("asked")), typed)
