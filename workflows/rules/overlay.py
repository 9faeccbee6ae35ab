"""What a country may do to rows of its base: tighten, replace, retire; each with reason and source.

Locked rows are refused. Whether the result is never below the base is proven elsewhere.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from workflows.rules import pack_schema as schema
from workflows.rules.conditions import Grammar, any_of
from workflows.rules.pack_content import condition
from workflows.rules.pack_draft import Draft, Layer
from workflows.rules.pack_model import Hold, Need, Rule
from workflows.rules.yaml_strict import Document, Place

_OPERATIONS = ("tighten", "replace", "retire")


def apply_overlay(draft: Draft, layer: Layer, document: Document) -> None:
    """overlay.yaml. Raises `PackError` for locked rows, unknown ids, another base version."""
    data = document.data or {}
    if not isinstance(data, dict) or not set(data) <= set(_OPERATIONS):
        raise document.error((), repr(sorted(map(str, data))), f"keys: {', '.join(_OPERATIONS)}")
    for operation, changes in data.items():
        if not isinstance(changes, dict):
            raise document.error((operation,), repr(changes), "a map of ids to changes")
        for id_, change in changes.items():
            place: Place = (operation, id_)
            row = schema.check_row(schema.ChangeRow, document, place, change)
            _change(draft, layer, document, place, row)


def _changeable(
    layer: Layer, document: Document, place: Place, row: dict[str, Any], old: Any
) -> Any:
    """The row of the base that may be changed. Raises `PackError` when it is none, or locked."""
    id_ = str(place[1])
    if old is None:
        raise document.error(place, id_, "a rule, need or hold of the base")
    if old.origin.pack == layer.code:
        raise document.error(place, f"{id_} of this pack itself", "a row of the base")
    if old.origin.locked:
        raise document.error(place, f"{id_} is locked", "rows that are not locked")
    if row["base_version"] != old.origin.version:
        found = f"base version {row['base_version']}"
        raise document.error((*place, "base version"), found, old.origin.version)
    return old


def _change(
    draft: Draft, layer: Layer, document: Document, place: Place, row: dict[str, Any]
) -> None:
    operation, id_ = str(place[0]), str(place[1])
    tables: tuple[dict[str, Any], ...] = (draft.rules, draft.needs, draft.holds)
    table = next((table for table in tables if id_ in table), {})
    old: Rule | Need | Hold = _changeable(layer, document, place, row, table.get(id_))
    draft.cite(document, place, row["source"])
    if operation == "retire":
        del table[id_]
        return
    key, other = ("also when", "when") if operation == "tighten" else ("when", "also when")
    if key.replace(" ", "_") not in row or other.replace(" ", "_") in row:
        raise document.error(place, f"{operation} without {key}", f"the key {key} alone")
    grammar: Grammar = draft.rule_grammar() if isinstance(old, Rule) else draft.output_grammar()
    given = row[key.replace(" ", "_")]
    when = condition(draft, grammar, document, (*place, key), given)
    if operation == "tighten":
        when = any_of(old.when, when)
    origin = dataclasses.replace(
        old.origin,
        pack=layer.code,
        version=layer.version,
        file=document.file,
        line=document.line(place),
        reason=row["reason"],
    )
    changed = dataclasses.replace(
        old, when=when, source=row["source"], basis=row["basis"], origin=origin
    )
    changed = dataclasses.replace(changed, says=row.get("says", old.says))
    if isinstance(changed, Rule) and "strength" in row:
        changed = dataclasses.replace(changed, strength=row["strength"])
    table[id_] = changed
