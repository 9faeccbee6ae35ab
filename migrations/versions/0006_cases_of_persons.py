"""The cases of the persons that the name index names are read from an index alone."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_case_file_person_id", table_name="case_file")
    op.create_index(
        "ix_case_file_person", "case_file", ["person_id", "post_id", "number", "registered_on"]
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_case_file_person", table_name="case_file")
    op.create_index("ix_case_file_person_id", "case_file", ["person_id"])
