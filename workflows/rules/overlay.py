"""What a country may do to rows of its base: tighten, replace, retire; each with reason and source.

Locked rows are refused. Whether the result is never below the base is proven elsewhere.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from workflows.rules import pack_schema as schema
from workflows.rules.conditions import Grammar, Output, any_of, leaves
from workflows.rules.pack_content import condition
from workflows.rules.pack_draft import Draft, Layer
from workflows.rules.pack_model import Deadline, Hold, Need, Rule
from workflows.rules.yaml_strict import Document, Place

#: Which keys say what an operation does; no other of these may stand beside them.
_KEYS = {"tighten": {"also_when", "says"}, "replace": {"when", "says", "strength"}, "retire": set()}
_NEEDED = {"tighten": "also when", "replace": "when"}
_KINDS = ("rule", "need", "hold")


def apply_overlay(draft: Draft, layer: Layer, document: Document) -> None:
    """overlay.yaml. Raises `PackError` for locked rows, unknown ids, another base version."""
    data = {} if document.data is None else document.data
    if not isinstance(data, dict) or not set(data) <= set(_KEYS):
        found = repr(sorted(map(str, data))) if isinstance(data, dict) else "no map"
        raise document.error((), found, f"keys: {', '.join(_KEYS)}")
    for operation, changes in data.items():
        if not isinstance(changes, dict):
            raise document.error((operation,), repr(changes), "a map of ids to changes")
        for id_, change in changes.items():
            place: Place = (operation, id_)
            row = schema.check_row(schema.ChangeRow, document, place, change)
            _check_keys(document, place, row)
            _change(draft, layer, document, place, row)


def _check_keys(document: Document, place: Place, row: dict[str, Any]) -> None:
    operation = str(place[0])
    every = {"when", "also_when", "says", "strength"}
    wrong = sorted(every & set(row) - _KEYS[operation])
    if wrong:
        key = wrong[0].replace("_", " ")
        allowed = (
            ", ".join(sorted(k.replace("_", " ") for k in _KEYS[operation])) or "none of these"
        )
        raise document.error((*place, key), f"{operation} with {key}", f"the keys: {allowed}")
    needed = _NEEDED.get(operation, "")
    if needed and needed.replace(" ", "_") not in row:
        raise document.error(place, f"{operation} without {needed}", f"the key {needed}")


def _changeable(
    layer: Layer, document: Document, place: Place, row: dict[str, Any], old: Any
) -> Any:
    """The row of the base that may be changed. Raises `PackError` when it is none, or locked."""
    id_ = str(place[1])
    if old is None:
        raise document.error(place, id_, "a rule, need or hold of the base")
    if old.origin.pack == layer.code:
        raise document.error(place, f"{id_} of this pack itself", "a row of the base, once")
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
    kind, table = next(
        ((kind, table) for kind, table in zip(_KINDS, tables, strict=True) if id_ in table),
        ("", {}),
    )
    draft.cite(document, place, row["source"])
    if not table and any(draft.sleeps(f"{kind}.{id_}") for kind in _KINDS):
        return  # the row of the base is not in force on the day, so there is nothing to change
    old: Rule | Need | Hold = _changeable(layer, document, place, row, table.get(id_))
    if "strength" in row and not isinstance(old, Rule):
        raise document.error((*place, "strength"), f"strength of the {kind} {id_}", "rules only")
    if not layer.valid(row):
        return
    if operation == "retire":
        _retire(draft, document, place, old, kind)
        del table[id_]
    else:
        table[id_] = _changed(draft, layer, document, place, (old, row))
        _say(draft, f"{kind}.{id_}", row.get("says", ""))


def _changed(
    draft: Draft,
    layer: Layer,
    document: Document,
    place: Place,
    change: tuple[Rule | Need | Hold, dict[str, Any]],
) -> Rule | Need | Hold:
    old, row = change
    key = _NEEDED[str(place[0])]
    grammar: Grammar = draft.rule_grammar() if isinstance(old, Rule) else draft.output_grammar()
    when = condition(draft, grammar, document, (*place, key), row[key.replace(" ", "_")])
    source = row["source"]
    if place[0] == "tighten":
        when = any_of(old.when, when)
        source = (*old.source, *(one for one in source if one not in old.source))
    origin = dataclasses.replace(
        old.origin,
        pack=layer.code,
        version=layer.version,
        file=document.file,
        line=document.line(place),
        reason=row["reason"],
        note=row.get("note", old.origin.note),
    )
    says = row.get("says", old.says)
    changed = dataclasses.replace(
        old, when=when, says=says, source=source, basis=row["basis"], origin=origin
    )
    if isinstance(changed, Rule) and "strength" in row:
        changed = dataclasses.replace(changed, strength=row["strength"])
    return changed


def _say(draft: Draft, id_: str, text: str) -> None:
    """New words of a row: translations of the old ones would say what is no longer so."""
    if text:
        for texts in draft.texts.values():
            texts.pop(id_, None)
        draft.say(id_, text)


def _retire(
    draft: Draft, document: Document, place: Place, old: Rule | Need | Hold, kind: str
) -> None:
    """Whatever speaks of the row goes with it; an invariant that names it forbids it."""
    for invariant in draft.invariants.values():
        conditions = [c for c in (invariant.condition, invariant.then) if c is not None]
        named = (leaf for one in conditions for leaf in leaves(one))
        if any(
            isinstance(leaf, Output) and (leaf.kind, leaf.id) == (kind, old.id) for leaf in named
        ):
            allowed = f"rows that no invariant names ({invariant.id})"
            raise document.error(place, f"{old.id} is retired", allowed)
    draft.packets.pop(old.id, None)
    draft.deadlines = [d for d in draft.deadlines if (kind, old.id) not in _started_by(d)]
    for texts in draft.texts.values():
        texts.pop(f"{kind}.{old.id}", None)
    draft.sleep(f"{kind}.{old.id}")


def _started_by(deadline: Deadline) -> Iterator[tuple[str, str]]:
    for starter in (deadline.starts, deadline.only_if):
        if starter is not None:
            yield starter.kind, starter.id
