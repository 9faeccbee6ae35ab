"""The declarative base: names of constraints, the id of a row, and a representation without content."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

#: Named constraints, so that migrations can drop them on every database.
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables of the main database. Ids are random: a UUIDv7 would tell the hour of arrival."""

    metadata = MetaData(naming_convention=NAMING)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-10)

    def __repr__(self) -> str:
        """The class and id only: a representation ends up in logs."""
        return f"<{type(self).__name__} {self.id}>"


class Versioned:
    """Optimistic locking: a change made from a stale row raises StaleDataError."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  # SQLAlchemy passes the class
        """Let SQLAlchemy check and raise the number on every UPDATE."""
        return {"version_id_col": cls.version}
