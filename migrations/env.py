"""Runs migrations on the connection it is given (`serai db`, tests) in one transaction."""

from __future__ import annotations

from alembic import context

import models.accounts
import models.cases
import models.figures
import models.log
import models.network
import models.people
import models.publication
import models.referrals
import models.vault.index  # noqa: F401  # mapped classes register their tables on import
from models.base import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
