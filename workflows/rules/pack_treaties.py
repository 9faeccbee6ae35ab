"""What binds a country: treaties.csv of its pack, every treaty at most once, all columns in the header."""

from __future__ import annotations

import re
from datetime import date

from workflows.rules import pack_schema as schema
from workflows.rules.pack_draft import Draft, Layer
from workflows.rules.pack_model import Treaty
from workflows.rules.pack_tables import split
from workflows.rules.yaml_strict import Document, Place


def add_treaties(draft: Draft, layer: Layer, document: Document) -> None:
    """treaties.csv: each treaty once; all columns stand in the header."""
    columns = ("treaty", "status", "since", "note", "source", "basis")
    if set(document.columns) != set(columns):
        raise document.error((), ",".join(document.columns), f"the columns {','.join(columns)}")
    if not layer.country:
        raise document.error((), f"treaties of the pack {layer.code}", "treaties of a country")
    for index, cells in enumerate(document.data):
        place: Place = (index,)
        row = schema.check_row(schema.TreatyCsv, document, place, split(cells, "source"))
        since = row.get("since", "")
        party = row["status"].startswith("party")
        if since and not (party and _is_since(since)):
            allowed = "a day as 1999-01-15 or a year as 1999" if party else "nothing: no party"
            raise document.error(place, f"since: {since}", allowed)
        treaty = Treaty(
            treaty=row["treaty"],
            status=row["status"],
            since=since,
            note=row.get("note", ""),
            source=row["source"],
            basis=row["basis"],
        )
        draft.add(draft.treaties, treaty.treaty, treaty, document, place)
        draft.cite(document, place, treaty.source)


def _is_since(text: str) -> bool:
    if re.fullmatch(r"(19|20)[0-9]{2}", text):
        return True
    try:
        return re.fullmatch(r"[0-9-]{10}", text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False
