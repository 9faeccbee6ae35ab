"""PostgreSQL: threads with outside agencies belong to their referral's agencies. Nothing on SQLite."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_SEEN = (
    "(SELECT current_setting('serai.role')) = 'system' OR referral_id IS NULL"
    " OR serai_referral(referral_id)"
)


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(sa.text("ALTER TABLE outside_thread ENABLE ROW LEVEL SECURITY"))
    op.execute(sa.text("CREATE POLICY agency_new ON outside_thread FOR INSERT WITH CHECK (true)"))
    for act in ("SELECT", "UPDATE", "DELETE"):
        op.execute(
            sa.text(
                f"CREATE POLICY agency_{act.lower()} ON outside_thread FOR {act} USING ({_SEEN})"
            )
        )


def downgrade() -> None:
    """Undo."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for act in ("select", "update", "delete", "new"):
        op.execute(sa.text(f"DROP POLICY agency_{act} ON outside_thread"))
    op.execute(sa.text("ALTER TABLE outside_thread DISABLE ROW LEVEL SECURITY"))
