"""For whom a transaction works, told to PostgreSQL: the second line of the boundary between agencies.

The policies of the tables (migration 0013) ask for these settings when the application connects as the
unprivileged role `serai_app`. They live as long as the transaction, so a pooled connection forgets them; a
transaction that never set them is refused by the database. SQLite has no such thing, and serves one post.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session, SessionTransaction

#: The role that the application works as; it owns nothing and cannot pass the policies by.
APP_ROLE = "serai_app"
_NAMES = ("role", "agency", "post", "country", "desks")
_SET = text("SELECT " + ", ".join(f"set_config('serai.{name}', :{name}, true)" for name in _NAMES))


@dataclass(frozen=True)
class Scope:
    """Role, agency, post, country and desks of whoever works. `system` sees every agency."""

    role: str
    agency: UUID | None = None
    post: UUID | None = None
    country: str = ""
    desks: frozenset[UUID] = frozenset()

    def values(self) -> dict[str, str]:
        """The settings as PostgreSQL keeps them: text; empty for what there is not."""
        return {
            "role": self.role,
            "agency": str(self.agency or ""),
            "post": str(self.post or ""),
            "country": self.country,
            "desks": ",".join(sorted(map(str, self.desks))),
        }


#: The clock, the worker and the command line.
SYSTEM = Scope("system")


def work_within(session: Session, scope: Scope) -> None:
    """Let the session work within `scope` from here on, also in the transactions that follow."""
    if session.info.get("scope") == scope:
        return
    session.info["scope"] = scope
    # One that failed says nothing more; what begins after its rollback is told by `_tell`.
    alive = session.in_transaction() and session.is_active
    if alive and session.get_bind().dialect.name == "postgresql":
        session.connection().execute(_SET, scope.values())


@event.listens_for(Session, "after_begin")
def _tell(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    scope: Any = session.info.get("scope")
    if transaction.nested or connection.dialect.name != "postgresql":
        return
    if isinstance(scope, Scope):
        connection.execute(_SET, scope.values())
