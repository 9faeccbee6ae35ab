"""PostgreSQL: the application's role adds to the log and can neither change nor delete an entry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _say("REVOKE UPDATE, DELETE ON log_entry FROM serai_app")


def downgrade() -> None:
    """Undo."""
    _say("GRANT UPDATE, DELETE ON log_entry TO serai_app")


def _say(statement: str) -> None:
    """Where the role is: a server may not have let us make it."""
    if op.get_bind().dialect.name != "postgresql":
        return
    there = "SELECT 1 FROM pg_roles WHERE rolname = 'serai_app'"
    if op.get_bind().execute(sa.text(there)).first() is not None:
        op.execute(sa.text(statement))
