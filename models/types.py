"""Column types that the product needs beside SQLAlchemy's own, and CHECKs made from vocabularies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import CheckConstraint, DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite has no zones, so the zone is checked going in and added coming out.

    A naive value is refused: it would silently become local time on one of the two databases.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must carry its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC time on every database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


E = TypeVar("E", bound=StrEnum)


class Word(TypeDecorator[E], Generic[E]):
    """A word of a closed vocabulary, kept as text and read back as its enum."""

    impl = String
    cache_ok = True

    def __init__(self, vocabulary: type[E]) -> None:
        self.vocabulary = vocabulary
        super().__init__(length=max(len(word.value) for word in vocabulary))

    def process_bind_param(self, value: E | str | None, dialect: Dialect) -> str | None:
        """Accept the enum or its word; anything else raises ValueError."""
        return None if value is None else self.vocabulary(value).value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> E | None:
        """Read the word back as its enum."""
        return None if value is None else self.vocabulary(value)


def words(column: str, vocabulary: Iterable[StrEnum]) -> CheckConstraint:
    """The CHECK that keeps `column` within `vocabulary`, named after the column."""
    listed = ", ".join(f"'{word.value}'" for word in vocabulary)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_word")
