"""PURE. Tables that leave, written row by row: CSV with HXL tags, JSON, and a workbook with a sheet of notes.

A table may be longer than memory: nothing is held but one row (a workbook keeps its sheets in temporary
files until it is closed). The same rows give the same bytes: no file knows a time, a user or a machine. No
text runs as a formula. HXL (Humanitarian Exchange Language 1.1) puts a row of tags under the headings, so
that others' tools know what a column is.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, TextIO

from xlsxwriter import Workbook

from workflows.disclosure.exports import safe_text

Row = Sequence[str | int]
#: Rows of one sheet of a workbook, its heading among them; what is longer goes on in a further sheet.
MOST_ROWS = 1_048_576
#: How long the name of a sheet may be.
_LONGEST_NAME = 31
#: The column that says of which release a row is, and its tag.
MARK, MARK_TAG = "release", "#meta+release+id"
#: The time that every workbook carries, since the true one would make each another file.
_NO_TIME = datetime(2000, 1, 1)  # noqa: DTZ001  # the format has no zone
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True)
class Sheet:
    """One table that leaves. `codes` leading columns are texts; in the others a text is why a figure is
    withheld. `rows` may be read once only, if it is a stream.
    """

    name: str
    heads: tuple[str, ...]
    rows: Iterable[Row]
    codes: int
    tags: tuple[str, ...] = ()


def csv_lines(sheet: Sheet, mark: str) -> Iterator[str]:
    """The table as lines of RFC 4180, each with the mark of its release at its end."""
    line = _Line()
    writer = csv.writer(line, lineterminator="\r\n")
    writer.writerow([*sheet.heads, MARK])
    yield line.text
    if sheet.tags:
        writer.writerow([*sheet.tags, MARK_TAG])
        yield line.text
    for row in sheet.rows:
        writer.writerow([*map(_safe, row), mark])
        yield line.text


def write_csv(out: TextIO, sheet: Sheet, mark: str) -> None:
    """`csv_lines` into an open text."""
    out.writelines(csv_lines(sheet, mark))


def json_pieces(about: Mapping[str, Any], sheets: Iterable[Sheet]) -> Iterator[str]:
    """One JSON object: `about`, then `tables`: by name, a list of objects by heading."""
    start = json.dumps(dict(about), ensure_ascii=False, indent=1)
    yield start.removesuffix("\n}").removesuffix("}") + (",\n" if about else "") + ' "tables": {'
    for place, sheet in enumerate(sheets):
        yield f"{',' if place else ''}\n  {json.dumps(sheet.name)}: ["
        before = "\n   "
        for row in sheet.rows:
            entry = dict(zip(sheet.heads, row, strict=True))
            yield before + json.dumps(entry, ensure_ascii=False)
            before = ",\n   "
        yield "\n  ]"
    yield "\n }\n}\n"


def write_json(out: TextIO, about: Mapping[str, Any], sheets: Iterable[Sheet]) -> None:
    """`json_pieces` into an open text."""
    out.writelines(json_pieces(about, sheets))


def write_workbook(
    out: BinaryIO, sheets: Iterable[Sheet], notes: Sequence[tuple[str, str]], mark: str
) -> None:
    """A workbook (XLSX): a sheet of notes, then each table with a frozen head and formats.

    `notes` are (what, text); without a text it is a heading. `mark` stands in the foot of every printed page.
    """
    book = Workbook(out, dict(_OPTIONS))
    book.set_properties({"title": "Figures", "comments": f"Release {mark}", "created": _NO_TIME})
    looks = _looks(book)
    _write_notes(book, notes, looks, mark)
    for sheet in sheets:
        _write_sheet(book, sheet, looks, mark)
    book.close()


def _looks(book: Workbook) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "head": book.add_format(
            {"bold": True, "bg_color": "#DCE6EC", "bottom": 1, "text_wrap": True, "valign": "top"}
        ),
        "tag": book.add_format({"italic": True, "font_color": "#4D5A61"}),
        "code": book.add_format({"num_format": "@"}),
        "figure": book.add_format({"num_format": "#,##0"}),
        # Hatched, as on the pages: colour alone tells nothing.
        "withheld": book.add_format(
            {"pattern": 14, "fg_color": "#B1B4B6", "bg_color": "#FFFFFF", "align": "right"}
        ),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _write_notes(
    book: Workbook, notes: Sequence[tuple[str, str]], looks: Mapping[str, Any], mark: str
) -> None:
    page = _page(book, "Notes", mark)
    page.set_column(0, 0, 34)
    page.set_column(1, 1, 90)
    for at, (what, text) in enumerate(notes):
        page.write_string(at, 0, safe_text(what), looks["text" if text else "title"])
        if text:
            page.write_string(at, 1, safe_text(text), looks["text"])


def _write_sheet(book: Workbook, sheet: Sheet, looks: Mapping[str, Any], mark: str) -> None:
    page, at, number = _head(book, sheet, looks, mark, 1)
    for row in sheet.rows:
        if at == MOST_ROWS:
            number += 1
            page, at, number = _head(book, sheet, looks, mark, number)
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                page.write_number(at, column, cell, looks["figure"])
            else:
                look = looks["code" if column < sheet.codes else "withheld"]
                page.write_string(at, column, safe_text(cell), look)
        at += 1


def _head(
    book: Workbook, sheet: Sheet, looks: Mapping[str, Any], mark: str, number: int
) -> tuple[Any, int, int]:
    after = "" if number == 1 else f" ({number})"
    page = _page(book, sheet.name[: _LONGEST_NAME - len(after)] + after, mark)
    page.set_column(0, max(sheet.codes - 1, 0), 26)
    page.set_column(sheet.codes, max(len(sheet.heads) - 1, sheet.codes), 14)
    for column, head in enumerate(sheet.heads):
        page.write_string(0, column, safe_text(head), looks["head"])
    for column, tag in enumerate(sheet.tags):
        page.write_string(1, column, tag, looks["tag"])
    at = 2 if sheet.tags else 1
    page.freeze_panes(at, sheet.codes)
    return page, at, number


def _page(book: Workbook, name: str, mark: str) -> Any:
    page = book.add_worksheet(name)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer(f"&L{mark}&R&P / &N")
    return page


def _safe(cell: str | int) -> str | int:
    return safe_text(cell) if isinstance(cell, str) else cell


class _Line:
    """What the csv module last wrote."""

    text = ""

    def write(self, text: str) -> None:
        """As of an open file."""
        self.text = text
