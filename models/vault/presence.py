"""Nothing sealed is ever missing: a field without a value is a sealed nothing of the same size.

A NULL would tell a thief of the database that somebody has no note, and so that somebody else has one.
What is written here is real ciphertext, which opens as None. Rows that are inserted in bulk, past the
objects, must bring all their values (`models.vault.sealed`).
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import event
from sqlalchemy.orm import Session

from models.vault.sealed import Sealed
from models.vault.vault import Vault, vault_in

#: Per mapped class: its sealed JSON fields. Text fields belong to accounts, of which every one has all.
_FIELDS: dict[type, tuple[Sealed[Any], ...]] = {}


def fields_of(model: type) -> tuple[Sealed[Any], ...]:
    """The sealed fields of a class that may hold nothing."""
    found = _FIELDS.get(model)
    if found is None:
        found = tuple(
            value
            for base in reversed(model.__mro__)
            for value in vars(base).values()
            if isinstance(value, Sealed) and value.as_json
        )
        _FIELDS[model] = found
    return found


def watch() -> None:
    """See to it in every session that carries a vault, from here on. Calling it again changes nothing."""
    if not event.contains(Session, "before_flush", _nothing_is_missing):
        event.listen(Session, "before_flush", _nothing_is_missing)


def _nothing_is_missing(session: Session, *_rest: object) -> None:
    vault = vault_in(session)
    if vault is None:
        return
    for row in session.new:
        for field in fields_of(type(row)):
            if row.__dict__.get(field.column_name) is None:
                _fill(vault, row, field)
    for row in session.dirty:
        for field in fields_of(type(row)):
            # A value that is not loaded is not missing.
            if row.__dict__.get(field.column_name, ...) is None:
                _fill(vault, row, field)


def _fill(vault: Vault, row: Any, field: Sealed[Any]) -> None:
    if row.id is None:
        row.id = uuid4()
    owner = row.sealed_owner if hasattr(type(row), "sealed_owner") else row.person_id
    if owner is not None:
        sealed = field.seal_for(type(row), vault, owner=owner, row=row.id, value=None)
        setattr(row, field.column_name, sealed)
