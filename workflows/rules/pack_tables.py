"""Tables of a pack: rules (hit policy collect), deadlines, routes, indicators.

A rule table has at most nine facts a row (WHO's authoring limit); a blank cell means any. Tables are
CSV in UTF-8; every cell keeps its line for messages.
"""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from models.vocabulary import Clock, Grade
from workflows.rules import pack_schema as schema
from workflows.rules.conditions import Condition, all_of, fact_leaf, leaf_words, mixed_direction
from workflows.rules.pack_content import put_rule
from workflows.rules.pack_draft import Draft, Layer
from workflows.rules.pack_model import Deadline, Origin, Route, Starter
from workflows.rules.words import DURATION_UNITS, EVENTS
from workflows.rules.yaml_strict import Document, Place, unfit

_MOST_FACTS = 9
_RULE_KEYS = ("rule", "profile", "strength", "says", "source", "basis", "from", "until", "reason")
_DURATION = re.compile(rf"([0-9]{{1,4}}) ({'|'.join(DURATION_UNITS)})\Z")


def table_document(text: str, file: str) -> Document:
    """CSV text as a document: a list of maps, blank cells left out. Raises `PackError`."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    lines: dict[Place, int] = {(): 1}
    table: list[dict[str, str]] = []
    blank = Document(file, None, lines)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if not header or len(set(header)) != len(header) or not all(header):
            raise blank.error((), f"the header {header}", "names of columns, each once")
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            lines[(len(table),)] = reader.line_num
            if len(cells) != len(header):
                found = f"{len(cells)} cells"
                raise blank.error((len(table),), found, f"{len(header)} cells, as in the header")
            bad = unfit("".join(cells).replace("\r", ""))
            if bad:
                raise blank.error((len(table),), bad, "text")
            pairs = zip(header, (cell.strip() for cell in cells), strict=True)
            table.append({key: cell for key, cell in pairs if cell})
    except csv.Error as error:
        raise blank.error((len(table),), f"no CSV ({error})", "comma-separated values") from error
    return Document(file, table, lines, tuple(header))


def split(row: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The row with cells of the columns `keys` as lists: `A|B` is two words."""
    return {k: v.split("|") if k in keys and "|" in v else v for k, v in row.items()}


def add_rule_table(draft: Draft, layer: Layer, document: Document) -> None:
    """rules/*.csv: each row a rule; its facts are joined by `all`."""
    inputs = [name for name in document.columns if name not in _RULE_KEYS]
    if len(inputs) > _MOST_FACTS:
        raise document.error((), f"{len(inputs)} facts", f"at most {_MOST_FACTS} facts in a table")
    for index, cells in enumerate(document.data):
        place: Place = (index,)
        facts = {key: cell for key, cell in cells.items() if key not in _RULE_KEYS}
        if not 1 <= len(facts) <= _MOST_FACTS:
            found = f"{len(facts)} facts"
            raise document.error(place, found, f"1 to {_MOST_FACTS} facts in a row")
        own = {key: cell for key, cell in cells.items() if key in _RULE_KEYS}
        own.setdefault("says", "; ".join(f"{key}: {cell}" for key, cell in facts.items()))
        row = schema.check_row(
            schema.RuleRow, document, place, {**split(own, "source"), "when": facts}
        )
        if layer.valid(row):
            when = all_of(*(_cell(draft, document, place, k, v) for k, v in facts.items()))
            mixed = mixed_direction(when, draft.derived)
            if mixed is not None:
                raise document.error(place, f"{mixed} in two ways", "each fact in one direction")
            put_rule(draft, layer, document, place, row, when)
        else:
            draft.sleep(f"rule.{row['rule']}")


def _cell(draft: Draft, document: Document, place: Place, key: str, cell: str) -> Condition:
    fact = draft.facts.get(key)
    if fact is None:
        raise document.error((*place, key), f"the column {key}", "columns of the format, or facts")
    leaf = fact_leaf(fact, cell.split("|") if "|" in cell else cell, modal=False)
    if leaf is None:
        raise document.error((*place, key), f"{key}: {cell}", leaf_words(fact, modal=False))
    return leaf


def add_indicators(draft: Draft, _layer: Layer, document: Document) -> None:
    """indicators.csv: published weights as they stand."""
    for index, cells in enumerate(document.data):
        row = schema.check_row(schema.IndicatorCsv, document, (index,), split(cells, "source"))
        fact = draft.facts.get(row["fact"])
        if fact is None or fact.kind != "yes-no" or fact.derived or fact.computed:
            raise document.error((index,), row["fact"], "a plain yes-no fact")
        draft.cite(document, (index,), row["source"])
        if (row["list"], row["dimension"], row["fact"]) in {old[:3] for old in draft.indicators}:
            found = f"{row['fact']} a second time"
            raise document.error((index,), found, "each fact once in a dimension of a list")
        weights = (row.get("adult", "-"), row.get("child", "-"))
        draft.indicators.append((row["list"], row["dimension"], row["fact"], *weights))


def add_deadlines(draft: Draft, layer: Layer, document: Document) -> None:
    """deadlines.csv. A country's rows take the place of the base's rows of the same id."""
    rows: list[Deadline] = []
    for index, cells in enumerate(document.data):
        place: Place = (index,)
        row = schema.check_row(schema.DeadlineCsv, document, place, split(cells, "source"))
        draft.date(f"deadline {row['id']}", row)
        if layer.valid(row):
            rows.append(_deadline(draft, layer, document, place, row))
            draft.cite(document, place, row["source"])
            draft.say(f"deadline.{row['id']}", row["says"])
        else:
            draft.sleep(f"deadline.{row['id']}")
    own = {row.id for row in rows}
    draft.deadlines = [row for row in draft.deadlines if row.id not in own] + rows


def _deadline(
    draft: Draft, layer: Layer, document: Document, place: Place, row: dict[str, Any]
) -> Deadline:
    amount, unit = _duration(document, place, row["duration"])
    if row["id"] in {old.id for old in draft.deadlines} and not row.get("reason"):
        raise document.error(place, f"{row['id']} without reason", "a reason: it replaces the base")
    only_if = row.get("only_if")
    limits = ("profile", "need", "fact")
    return Deadline(
        id=row["id"],
        starts=starter(draft, document, place, row["starts"], ("profile", "need", "hold", "event")),
        only_if=starter(draft, document, place, only_if, limits) if only_if else None,
        amount=amount,
        unit=unit,
        clock=Clock(row["clock"]),
        warn=row.get("warn", ""),
        escalate_to=row.get("escalate_to", ""),
        says=row["says"],
        source=row["source"],
        basis=row["basis"],
        origin=Origin(
            pack=layer.code,
            version=layer.version,
            file=document.file,
            line=document.line(place),
            reason=row.get("reason", ""),
        ),
    )


def _duration(document: Document, place: Place, text: str) -> tuple[int, str]:
    if text == "immediately":
        return 0, "minutes"
    match = _DURATION.match(text)
    if not match:
        allowed = f"a number and one of: {', '.join(DURATION_UNITS)}; or immediately"
        raise document.error(place, text, allowed)
    return int(match[1]), match[2]


def starter(
    draft: Draft, document: Document, place: Place, text: str, kinds: tuple[str, ...]
) -> Starter:
    """`profile UAC possible`, `need guardian`, `hold H.x`, `event arrived`, `fact x yes`."""
    kind, name, word = (*text.split(" "), "", "")[:3]
    known: dict[str, tuple[list[str], tuple[str, ...]]] = {
        "profile": (list(draft.profiles), (Grade.PRESUMED, Grade.POSSIBLE, Grade.OPEN)),
        "need": (list(draft.needs), ("",)),
        "hold": (list(draft.holds), ("",)),
        "event": (list(EVENTS), ("",)),
        "fact": ([f.id for f in draft.facts.values() if f.kind == "yes-no"], ("yes", "no")),
        "agency": ([str(n) for n in range(1, 100)], ("unavailable",)),
    }
    if kind not in kinds:
        raise document.error(place, text, f"one of: {', '.join(kinds)}, and an id")
    names, words = known[kind]
    if name not in names:
        raise document.error(place, text, f"{kind} with one of: {', '.join(names[:30])}")
    if word not in words or len(text.split(" ")) > 3:
        raise document.error(place, text, f"{kind} {name}, then: {', '.join(words) or 'nothing'}")
    return Starter(kind, name, word)


def add_routes(draft: Draft, layer: Layer, document: Document) -> None:
    """routes.csv. An agency must have the function that the need asks for."""
    for index, cells in enumerate(document.data):
        place: Place = (index,)
        row = schema.check_row(schema.RouteCsv, document, place, split(cells, "source"))
        draft.date(f"route {row['need']} {row['agency']}", row)
        if not layer.valid(row):
            continue
        need, agency = draft.needs.get(row["need"]), draft.agencies.get(row["agency"])
        if need is None:
            raise document.error(place, row["need"], f"a need: {', '.join(draft.needs)}")
        if agency is None:
            raise document.error(place, row["agency"], "an agency of agencies.yaml")
        if need.function not in agency.functions:
            allowed = f"an agency with the function {need.function}"
            raise document.error(place, f"{agency.id} for {need.id}", allowed)
        only_if = row.get("only_if")
        route = Route(
            need=need.id,
            area=row["area"],
            agency=agency.id,
            order=row["order"],
            only_if=starter(draft, document, place, only_if, ("agency", "profile"))
            if only_if
            else None,
            source=row["source"],
            basis=row["basis"],
        )
        draft.routes.append(route)
        draft.cite(document, place, route.source)
