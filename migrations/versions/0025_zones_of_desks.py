"""Desks have the zone of the posts of their country: since 0024 they have one, which only packs filled in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Where a country has no post nothing is known, and it stays UTC until its pack is read."""
    op.execute(
        sa.text(
            "UPDATE desk SET zone = coalesce((SELECT min(post.zone) FROM post JOIN agency"
            " ON agency.country = post.country WHERE agency.id = desk.agency_id), zone)"
            " WHERE zone = 'UTC'"
        )
    )


def downgrade() -> None:
    """Undo: every desk keeps the hour of 0024 again."""
    op.execute(sa.text("UPDATE desk SET zone = 'UTC'"))
