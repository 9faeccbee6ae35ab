"""A letter to an agency outside may carry what its sender answers."""

from __future__ import annotations

from migrations.steps import more_words

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

#: Word -> what stood for it before.
_KINDS = {"reply": "identity"}


def upgrade() -> None:
    """Apply."""
    for table in ("outside_letter", "outside_parcel"):
        more_words(table, "kind", _KINDS, present=True)


def downgrade() -> None:
    """Undo."""
    for table in ("outside_letter", "outside_parcel"):
        more_words(table, "kind", _KINDS, present=False)
