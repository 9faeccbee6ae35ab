"""Deleting every row of one person, wherever a table speaks of them.

Found by the tables' own foreign keys, so that a table that is added later is not forgotten: whatever
points to the person, to a case of theirs, or to something that does, goes. Tombstones and the log stay.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from importlib import import_module
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, or_, select
from sqlalchemy.orm import Session

import models
from models.base import Base

for _module in pkgutil.iter_modules(models.__path__):
    if not _module.ispkg:
        import_module(f"models.{_module.name}")

#: Tables that speak of persons by a bare id and stay.
KEPT = frozenset({"erasure"})
_CHUNK = 500


def present(session: Session, persons: Iterable[UUID]) -> set[UUID]:
    """Those of the persons who have a row."""
    person = Base.metadata.tables["person"]
    return set(session.scalars(select(person.c.id).where(person.c.id.in_(list(persons)))))


def purge(session: Session, person: UUID, *, document_link: str) -> dict[str, int]:
    """Delete all rows of a person; table -> how many. The session must be flushed."""
    doomed: dict[str, list[UUID]] = {"person": [person]}
    tables = [table for table in Base.metadata.sorted_tables if table.name not in KEPT]
    for table in tables:
        if table.name != "person":
            found = _of_person(session, table, doomed, person, document_link)
            if found:
                doomed[table.name] = found
    counts = {}
    for table in reversed(tables):
        if table.name in doomed:
            counts[table.name] = _deleted(session, table, doomed[table.name])
    session.expunge_all()
    return counts


def _of_person(
    session: Session, table: Table, doomed: dict[str, list[UUID]], person: UUID, link: str
) -> list[UUID]:
    clauses: list[ColumnElement[bool]] = [
        column.in_(part)
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table is not table
        for part in _parts(doomed.get(key.column.table.name, []))
    ]
    if "person_id" in table.columns and not table.columns["person_id"].foreign_keys:
        clauses.append(table.columns["person_id"] == person)
    if table.name == "document":
        clauses = [table.columns["link"] == link]
    if not clauses or "id" not in table.columns:
        return []
    return list(session.scalars(select(table.columns["id"]).where(or_(*clauses))))


def _deleted(session: Session, table: Table, ids: list[UUID]) -> int:
    return sum(
        session.execute(delete(table).where(table.columns["id"].in_(part))).rowcount  # type: ignore[attr-defined]  # a DELETE's result has it
        for part in _parts(ids)
    )


def _parts(ids: list[UUID]) -> Iterable[list[UUID]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
