"""Invariants: from the rows of invariants.yaml to the draft."""

from __future__ import annotations

from typing import Any

from workflows.rules import pack_schema as schema
from workflows.rules.conditions import parse_condition
from workflows.rules.pack_content import rows
from workflows.rules.pack_draft import Draft, Layer
from workflows.rules.pack_model import Excepted, Invariant
from workflows.rules.yaml_strict import Document, Place

_FORMS = ("never", "whenever", "monotone", "routed", "only_adds", "indifferent", "workflow")


def add_invariants(draft: Draft, _layer: Layer, document: Document) -> None:
    """invariants.yaml."""
    for id_, place, data in rows(document):
        row = schema.check_row(schema.InvariantYaml, document, place, data)
        forms = [form for form in _FORMS if form in row]
        if len(forms) != 1 or ("then" in row) != (forms == ["whenever"]):
            raise document.error(place, f"{', '.join(forms) or 'no form'}", "exactly one form")
        form = forms[0]
        grammar = draft.invariant_grammar()
        parsed = {
            key: parse_condition(grammar, document, (*place, key), row[key])
            for key in ("never", "whenever", "then")
            if key in row
        }
        names = row[form] if form in {"only_adds", "indifferent"} else ()
        for name in names:
            if name not in draft.facts:
                raise document.error((*place, form.replace("_", " ")), name, "facts of this pack")
        exchanged = _excepted(draft, document, (*place, "except"), form, row.get("exchanged"))
        invariant = Invariant(
            id=id_,
            says=row["says"],
            form=form,
            condition=parsed.get("never") or parsed.get("whenever"),
            then=parsed.get("then"),
            names=names or tuple(one.code for one in exchanged),
            source=row.get("source", ()),
            excepted=exchanged,
        )
        draft.add(draft.invariants, id_, invariant, document, place)
        draft.cite(document, place, invariant.source)


def _excepted(
    draft: Draft, document: Document, place: Place, form: str, data: Any
) -> tuple[Excepted, ...]:
    """Profiles that give way to another one: each with its reason and source."""
    if data is None:
        return ()
    if form != "monotone" or not isinstance(data, dict):
        raise document.error(
            place, "except", "profiles with reason and source, after `monotone: all`"
        )
    found = []
    for code, given in data.items():
        at = (*place, code)
        if code not in draft.profiles:
            raise document.error(at, repr(code), "profiles of this pack")
        row = schema.check_row(schema.ExceptedYaml, document, at, given)
        draft.cite(document, at, row["source"])
        found.append(Excepted(code, row["reason"], row["source"]))
    return tuple(found)
