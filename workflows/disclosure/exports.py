"""The files of an export: tables as CSV (RFC 4180) and a manifest that says what they are.

Whatever is finer than the closed list of dimensions allows, a day, an identifier, a free text, is
refused here once more. The manifest tells how many figures are withheld, not which of them are small
and which only cover another: that difference would give both away.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.disclosure.dimensions import DEFINITIONS, DIMENSIONS, TOGETHER, Dimension
from workflows.disclosure.errors import ManifestInvalid, UnknownDimension
from workflows.disclosure.grids import Policy, Zeros
from workflows.disclosure.published import WITHHELD, PublishedTable

#: Spreadsheets take a text that begins so for a formula; full-width forms are folded by some.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PERIOD = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])|-W(?:0[1-9]|[1-4]\d|5[0-3]))?")
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
#: A day, a clock time, a uuid, a long number, an address.
_FINE = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{1,2}:\d{2}|[0-9a-f]{8}-[0-9a-f]{4}-|\d{8,}|@",
    re.IGNORECASE,
)

#: Labels for people, by (dimension, code); what has none is written as its code.
Labels = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class ExportRequest:
    """What an export says of itself. `first` and `last` are months, weeks or years, `month` is when
    it was made, `filters` maps dimensions to the codes that were counted, `packs` codes of rule
    packs to their versions, `partner` who has it under an agreement.
    """

    title: str
    first: str
    last: str
    month: str
    filters: Mapping[str, Sequence[str]]
    packs: Mapping[str, str]
    partner: str = ""


@dataclass(frozen=True)
class Export:
    """The files by name, and the manifest (also among the files, as `manifest.json`)."""

    files: Mapping[str, str]
    manifest: Mapping[str, object]


def safe_text(text: str) -> str:
    """`text` so that no spreadsheet runs it: a leading formula sign gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_text(table: PublishedTable, labels: Labels | None = None, *, bom: bool = False) -> str:
    """The table as RFC 4180 text, with margins; withheld figures are `c`.

    `bom` puts U+FEFF in front, which some spreadsheets need to see that the text is UTF-8.
    """
    labels = labels or {}
    check_table(table)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = table.column_codes
    heads = [_label(table.columns, code, table.columns_together, labels) for code in columns]
    writer.writerow([safe_text(cell) for cell in (table.rows.name, *heads, "total")])
    for row in table.row_codes:
        name = safe_text(_label(table.rows, row, table.rows_together, labels))
        figures = [table.cells.get((row, column)) for column in columns]
        writer.writerow([name, *map(written, figures), written(table.row_totals[row])])
    bottom = [table.column_totals[column] for column in columns]
    writer.writerow(["total", *map(written, bottom), written(table.total)])
    return ("\ufeff" if bom else "") + out.getvalue()


def written(figure: int | None) -> str:
    """A figure as it is written: `c` when withheld."""
    return WITHHELD if figure is None else str(figure)


def make_export(
    request: ExportRequest,
    tables: Sequence[PublishedTable],
    policy: Policy,
    labels: Labels | None = None,
    *,
    bom: bool = False,
) -> Export:
    """All files of an export. Raises UnknownDimension or ManifestInvalid for what is too fine."""
    files = {
        f"{table.name.replace(' x ', '-by-')}.csv": csv_text(table, labels, bom=bom)
        for table in tables
    }
    manifest = manifest_of(request, tables, policy)
    manifest["files"] = [
        {"name": name, "sha256": hashlib.sha256(text.encode()).hexdigest()}
        for name, text in files.items()
    ]
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    return Export(files, manifest)


def manifest_of(
    request: ExportRequest, tables: Sequence[PublishedTable], policy: Policy
) -> dict[str, object]:
    """What the tables are, how they were made safe, and what a reader must not do with them."""
    check_request(request)
    for table in tables:
        check_table(table)
    used = {
        dimension.name: dimension
        for table in tables
        for dimension in (table.rows, table.columns)
        if dimension is not None
    }
    return {
        "title": request.title,
        "period": {"first": request.first, "last": request.last},
        "filters": {name: list(codes) for name, codes in sorted(request.filters.items())},
        "rule_packs": dict(sorted(request.packs.items())),
        "generated": request.month,
        "for": request.partner,
        "exposure": "Exact figures without noise: for this partner only, never to be published.",
        "method": _method(policy),
        "k": policy.k,
        "rounded_to": policy.base,
        "tables": [_table_entry(table) for table in tables],
        "reason_codes": {
            "c": "Withheld: small, or needed so that a small one cannot be worked out.",
        },
        "definitions": {name: DEFINITIONS[name] for name in sorted(used)},
        "code_lists": {name: list(used[name].codes) for name in sorted(used)},
        "warning": "Do not subtract tables or releases from one another, and do not combine these "
        "figures with other lists in order to find persons.",
    }


def check_table(table: PublishedTable) -> None:
    """Refuse a table by anything that is not on the closed list. Raises UnknownDimension."""
    for dimension in (table.rows, table.columns):
        if dimension is not None and dimension.name not in DIMENSIONS:
            raise UnknownDimension(dimension=dimension.name[:40])


def check_request(request: ExportRequest) -> None:
    """Refuse days, times, identifiers and unknown filters. Raises ManifestInvalid, UnknownDimension."""
    for period in (request.first, request.last):
        if not _PERIOD.fullmatch(period):
            raise ManifestInvalid(field="period")
    if not _MONTH.fullmatch(request.month):
        raise ManifestInvalid(field="month")
    if _FINE.search(request.title) or len(request.title) > 200:
        raise ManifestInvalid(field="title")
    if _FINE.search(request.partner) or len(request.partner) > 120:
        raise ManifestInvalid(field="partner")
    for name, codes in request.filters.items():
        if name not in DIMENSIONS:
            raise UnknownDimension(dimension=name[:40])
        Dimension(name, tuple(codes))


def _method(policy: Policy) -> str:
    zeros = {
        Zeros.SMALL_LINES: f"Empty cells are withheld too where a line is below {10 * policy.k}.",
        Zeros.HIDDEN: "Empty cells are withheld too.",
        Zeros.SHOWN: "Empty cells are shown.",
    }[policy.zeros]
    return (
        f"Counts of 1 to {policy.k - 1} are withheld, and with them as many others as it takes so "
        f"that none can be worked out from sums, or be shown to be below {policy.k}. {zeros} "
        "All tables of this export were checked together, and with every exact file that was made before. "
        "The line '~' tells withheld lines together."
    )


def _table_entry(table: PublishedTable) -> dict[str, object]:
    figures = sum(1 for _ in table.figures())
    return {
        "name": table.name,
        "figures": figures,
        "withheld": {"c": table.withheld},
        "rows_together": list(table.rows_together),
        "columns_together": list(table.columns_together),
        "margins": {
            dimension.name: "distinct persons, not the sum of the lines"
            if dimension.multi
            else "sum of the lines"
            for dimension in (table.rows, table.columns)
            if dimension is not None
        },
    }


def _label(dimension: Dimension | None, code: str, together: Sequence[str], labels: Labels) -> str:
    """The label of a code; of `~`, the labels of the lines it tells together."""
    name = dimension.name if dimension else ""
    if code != TOGETHER:
        return labels.get((name, code), code)
    return " + ".join(labels.get((name, member), member) for member in together)
