"""The column type of sealed fields: it stores ciphertext and refuses everything else.

A type of its own rather than `LargeBinary`, which makes a memoryview for every value and so costs half of
a bulk insert. It knows nothing of keys: what it takes was sealed already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.types import UserDefinedType

from models.vault.errors import PlaintextRefused, SealedComparison
from models.vault.format import OVERHEAD, SUITE, SealedBytes

_ALLOWED = frozenset({operators.is_, operators.is_not, operators.eq, operators.ne})


class SealedColumn(UserDefinedType[SealedBytes]):
    """BLOB on SQLite, BYTEA on PostgreSQL; takes `SealedBytes` only, also in Core and bulk inserts."""

    cache_ok = True

    class Comparator(UserDefinedType.Comparator[SealedBytes]):
        """Equality with another ciphertext (for re-sealing) and IS NULL; nothing else has a meaning."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """Let the allowed operators through."""
            if op in _ALLOWED and all(
                value is None or isinstance(value, SealedBytes) for value in other
            ):
                return super().operate(op, *other, **kwargs)
            raise SealedComparison("a sealed column cannot be compared, searched or sorted")

        def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
            """The same from the right-hand side."""
            raise SealedComparison("a sealed column cannot be compared, searched or sorted")

    comparator_factory = Comparator

    def get_col_spec(self, **_options: Any) -> str:
        """The type's name in DDL, but for PostgreSQL."""
        return "BLOB"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], bytes | None]:
        """Check what is about to be stored. Raises `PlaintextRefused` without showing it."""

        def check(value: Any) -> bytes | None:
            if value is None:
                return None
            if type(value) is not SealedBytes or len(value) < OVERHEAD or value[0] != SUITE:
                raise PlaintextRefused("a sealed column takes sealed bytes only")
            return bytes(value)

        return check

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], SealedBytes | None]:
        """Mark what comes back as sealed; whether it is genuine shows when it is opened."""

        def mark(value: Any) -> SealedBytes | None:
            return None if value is None else SealedBytes(value)

        return mark


class RawBytes(UserDefinedType[bytes]):
    """Bytes as they are: BLOB or BYTEA, without a memoryview for every value. For wrapped keys."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """The type's name in DDL, but for PostgreSQL."""
        return "BLOB"


@compiles(RawBytes, "postgresql")
@compiles(SealedColumn, "postgresql")
def _bytea(_type: SealedColumn | RawBytes, _compiler: Any, **_options: Any) -> str:
    return "BYTEA"
