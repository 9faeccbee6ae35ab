"""Sealed fields of mapped classes: `given_name = Sealed(Purpose.IDENTITY)`.

The mapped object holds ciphertext only, in the column `<name>_ct`. Reading the field asks the vault of
the object's session, which checks the grant and notes the read; there is no plaintext to find in
`vars()`, in the history or in the identity map. SQL cannot compare, search or sort a sealed field, so
trying to raises. What is searchable lives elsewhere (`models.vault.index`).
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Any, Generic, Literal, NoReturn, TypeVar, cast, overload
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.orm import DeclarativeBase, Mapper, mapped_column, object_session, undefer
from sqlalchemy.orm.interfaces import LoaderOption

from models.vault.column import SealedColumn
from models.vault.errors import Denied, NotReady, SealedComparison, Tampered, Unsealable
from models.vault.format import Padding, SealedBytes, place
from models.vault.vault import Vault, vault_in
from models.vocabulary import Purpose

T = TypeVar("T")
#: zlib's level: most of the gain at a third of the cost of the highest.
_SQUEEZE = 4
_ENCODER = json.JSONEncoder(
    ensure_ascii=False,
    check_circular=False,
    allow_nan=False,
    separators=(",", ":"),
    sort_keys=True,
)
#: Made once for all values; what refers to itself ends in a RecursionError, which `encode` catches.
_AS_JSON = _ENCODER.encode


@dataclass(frozen=True, slots=True)
class SealedField:
    """One sealed field of a schema, as tests and documents list it."""

    table: str
    name: str
    purpose: Purpose


class Sealed(Generic[T]):
    """A sealed attribute: text, or with `as_json=True` what JSON can say (`Sealed[dict[str, Any]](...)`).

    The object needs `id`, its owner (`sealed_owner`, or else `person_id`) and a session with a vault
    before a value can be set. `padding` is the smallest size of the ciphertext: 32 bytes for text, 1 KiB
    for JSON. `squeezed` packs long JSON before it is padded and sealed; the size tells no more than its
    padding step, and nobody outside can add to what is packed. `bound_as` is `table.column` of an
    earlier name, so that a renamed field still opens.
    """

    @overload
    def __init__(
        self: Sealed[str],
        purpose: Purpose,
        *,
        as_json: Literal[False] = False,
        padding: Padding | None = None,
        bound_as: str | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self,
        purpose: Purpose,
        *,
        as_json: Literal[True],
        padding: Padding | None = None,
        bound_as: str | None = None,
        squeezed: bool = False,
    ) -> None: ...

    def __init__(
        self,
        purpose: Purpose,
        *,
        as_json: bool = False,
        padding: Padding | None = None,
        bound_as: str | None = None,
        squeezed: bool = False,
    ) -> None:
        self.purpose = purpose
        self.as_json = as_json
        self.squeezed = squeezed
        self.padding = padding or (Padding.BLOB if as_json else Padding.FIELD)
        self._bound_as = bound_as
        self._places: dict[type, tuple[str, str, bytes]] = {}
        self._stored: dict[type, str] = {}
        self._loading: dict[type, LoaderOption] = {}
        self.name = ""
        self.column_name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        """Give the class the ciphertext column. This runs before the class is mapped, so also for mixins."""
        self.name = name
        self.column_name = f"{name}_ct"
        column = mapped_column(
            self.column_name,
            SealedColumn(),
            nullable=True,
            deferred=True,
            deferred_group=f"sealed_{self.purpose}",
            info={"sealed": name, "purpose": str(self.purpose), "as_json": self.as_json},
        )
        setattr(owner, self.column_name, column)

    @overload
    def __get__(self, obj: None, owner: type) -> SealedExpression[T]: ...

    @overload
    def __get__(self, obj: object, owner: type) -> T | None: ...

    def __get__(self, obj: object | None, owner: type) -> SealedExpression[T] | T | None:
        if obj is None:
            return SealedExpression(owner, self)
        vault = _vault_of(obj)
        person, row = _bound_to(obj)
        purpose = self.purpose
        vault.require(person, purpose, row)
        at = self._places.get(owner) or self.place_in(owner)
        blob = getattr(obj, self.column_name)
        if blob is None:
            vault.note(person, purpose, at[0], at[1], row)
            return None
        return self.decode(vault.open_at(person, purpose, at, row, blob))

    def __set__(self, obj: object, value: T | None) -> None:
        if value is None:
            setattr(obj, self.column_name, None)
            row = getattr(obj, "id", None)
            session = object_session(obj)
            vault = None if session is None else vault_in(session)
            if row is not None and vault is not None:
                vault.writes.note(self.stored_in(type(obj)), row, None)
            return
        person, row = _bound_to(obj)
        sealed = self.seal_for(type(obj), _vault_of(obj), owner=person, row=row, value=value)
        setattr(obj, self.column_name, sealed)

    def seal_for(
        self, model: type, vault: Vault, *, owner: UUID, row: UUID, value: T
    ) -> SealedBytes:
        """Seal a value of `model`'s field without an object, for bulk inserts."""
        at = self.place_in(model)[2]
        key = vault.sealing_key(owner, str(self.purpose))
        blob = key.seal(at, row, self.encode(value), self.padding)
        vault.writes.note(self.stored_in(model), row, blob)
        return blob

    def loading(self, model: type) -> LoaderOption:
        """The loader option for the ciphertext of `model`, made once: it costs as much as opening a value."""
        found = self._loading.get(model)
        if found is None:
            found = self._loading[model] = undefer(getattr(model, self.column_name))
        return found

    def stored_in(self, model: type) -> str:
        """`table.column` as the database has it now, for the log's records of what was written."""
        found = self._stored.get(model)
        if found is None:
            mapper: Mapper[Any] = inspect(model)
            found = f"{mapper.columns[self.column_name].table.name}.{self.column_name}"
            self._stored[model] = found
        return found

    def place_in(self, model: type) -> tuple[str, str, bytes]:
        """Table and column to which values are bound, and both as associated data."""
        found = self._places.get(model)
        if found is None:
            if self._bound_as is not None:
                table, _, column = self._bound_as.partition(".")
            else:
                mapper: Mapper[Any] = inspect(model)
                table, column = str(mapper.columns[self.column_name].table.name), self.name
            found = (table, column, place(table, column))
            self._places[model] = found
        return found

    def encode(self, value: T) -> bytes:
        """The bytes that are sealed. Raises `Unsealable`, without the value in its text."""
        try:
            if self.as_json:
                plain = _AS_JSON(value).encode()
                return zlib.compress(plain, _SQUEEZE) if self.squeezed else plain
            if isinstance(value, str):
                return value.encode()
        except (TypeError, ValueError, RecursionError):
            # `from None`: these errors carry the value, or a letter of it.
            raise Unsealable(f"the value for {self.name!r} cannot be encoded") from None
        raise Unsealable(f"{self.name!r} takes text, not {type(value).__name__}")

    def decode(self, plaintext: bytes) -> T:
        """The reverse of `encode`."""
        try:
            text = (zlib.decompress(plaintext) if self.squeezed else plaintext).decode()
            return cast("T", json.loads(text) if self.as_json else text)
        except (ValueError, zlib.error):
            raise Tampered(f"what {self.name!r} holds is not what it was sealed as") from None


class SealedExpression(Generic[T]):
    """What a mapped class shows for a sealed field: it can be loaded and sealed, never compared."""

    __slots__ = ("field", "model")

    def __init__(self, model: type, field: Sealed[T]) -> None:
        self.model = model
        self.field = field

    @property
    def column_name(self) -> str:
        """The ciphertext column's name, as a key for bulk inserts."""
        return self.field.column_name

    def seal(self, vault: Vault, *, owner: UUID, row: UUID, value: T) -> SealedBytes:
        """Seal a value of this field for a row that has no object, for bulk inserts."""
        return self.field.seal_for(self.model, vault, owner=owner, row=row, value=value)

    def undefer(self) -> LoaderOption:
        """A loader option that fetches the ciphertext together with the rows of a page."""
        return self.field.loading(self.model)

    def _refuse(self, *_arguments: object, **_named: object) -> NoReturn:
        raise SealedComparison(
            f"{self.model.__name__}.{self.field.name} is sealed: SQL cannot compare, search or sort it"
        )

    def __eq__(self, other: object) -> NoReturn:
        self._refuse()

    def __ne__(self, other: object) -> NoReturn:
        self._refuse()

    def __hash__(self) -> int:
        return hash((self.model, self.field.name))

    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __bool__ = __clause_element__ = _refuse
    like = ilike = not_like = in_ = not_in = contains = startswith = endswith = _refuse
    between = is_ = is_not = asc = desc = collate = distinct = label = op = match = _refuse


def load_sealed(*fields: SealedExpression[Any]) -> tuple[LoaderOption, ...]:
    """Loader options for a page: `select(Person).options(*load_sealed(Person.given_name))`."""
    return tuple(field.undefer() for field in fields)


def sealed_fields(base: type[DeclarativeBase]) -> list[SealedField]:
    """Every sealed field of every table mapped on `base`, sorted."""
    found = {
        SealedField(str(table.name), column.info["sealed"], Purpose(column.info["purpose"]))
        for table in base.metadata.tables.values()
        for column in table.columns
        if "sealed" in column.info
    }
    return sorted(found, key=lambda field: (field.table, field.name))


def _vault_of(obj: object) -> Vault:
    session = object_session(obj)
    if session is None:
        raise Denied("an object outside a session has no vault")
    vault = vault_in(session)
    if vault is None:
        raise Denied("this session carries no vault")
    return vault


def _bound_to(obj: Any) -> tuple[UUID, UUID]:
    """The person whose keys seal this row, and the row's id."""
    owner = obj.sealed_owner if hasattr(type(obj), "sealed_owner") else obj.person_id
    row = obj.id
    if owner is None or row is None:
        raise NotReady(
            f"{type(obj).__name__} needs its id and its person before sealed fields are set"
        )
    return owner, row
