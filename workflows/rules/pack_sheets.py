"""Tables of a pack as spreadsheets (`.xlsx`): the same rows as in CSV, with sheet and column in faults.

A spreadsheet shows one thing and stores another; whatever could differ is refused: formulas, macros,
merged or hidden cells, a second sheet, numbers with decimals, TRUE and FALSE, times of day.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from workflows.rules.faults import PackError
from workflows.rules.yaml_strict import Document, Place, unfit

_MOST_UNPACKED = 20_000_000
_MOST_PARTS = 200
_MOST_ROWS = 5_000


@dataclass(frozen=True)
class Sheet(Document):
    """A document that knows its sheet, and the column letter of each key."""

    sheet: str = ""
    letters: dict[str, str] = field(default_factory=dict)

    def error(self, place: Place, found: str, allowed: str) -> PackError:
        """A `PackError` that names sheet, row and, where one cell is meant, column."""
        letter = next(
            (self.letters[k] for k in place if isinstance(k, str) and k in self.letters), ""
        )
        column = f", column {letter}" if letter else ""
        where = f"{self.file} (sheet {self.sheet}{column})"
        return PackError(where, self.line(place), found, allowed)


def sheet_document(raw: bytes, file: str) -> Document:
    """A spreadsheet as a document: a list of maps, blank cells left out. Raises `PackError`."""
    _refuse_bombs_and_macros(raw, file)
    import openpyxl  # only packs with spreadsheets pay for it

    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), keep_links=False)
    except Exception as error:  # the reader raises whatever a broken part of the file provokes
        found = f"no spreadsheet ({type(error).__name__})"
        raise PackError(file, 0, found, "an .xlsx file") from error
    names = book.sheetnames
    if len(names) != 1 or len(book.worksheets) != 1:
        raise PackError(file, 0, f"the sheets {', '.join(names)}", "one sheet")
    return _table(book.worksheets[0], file)


def _refuse_bombs_and_macros(raw: bytes, file: str) -> None:
    try:
        parts = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    # A RuntimeError says that the file asks for what the reader has not, such as a later version.
    except (zipfile.BadZipFile, RuntimeError, ValueError, OSError) as error:
        raise PackError(file, 0, "no spreadsheet", "an .xlsx file") from error
    size = sum(part.file_size for part in parts)
    if size > _MOST_UNPACKED or len(parts) > _MOST_PARTS:
        allowed = f"at most {_MOST_PARTS} parts and {_MOST_UNPACKED} bytes"
        raise PackError(file, 0, f"{len(parts)} parts, {size} bytes", allowed)
    for part in parts:
        if part.filename.lower().endswith(("vbaproject.bin", ".exe", ".dll")):
            raise PackError(file, 0, f"macros ({part.filename})", "a spreadsheet without macros")
    _refuse_entities(raw, file)


def _refuse_entities(raw: bytes, file: str) -> None:
    """XML with declarations of its own could name files and addresses, or grow without end (ASVS 1.5.1)."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            try:
                # UTF-16 is the same letters with zeros between.
                text = archive.read(name).replace(b"\0", b"").upper()
            except Exception as error:  # whatever a broken part of the file provokes
                found = f"no spreadsheet ({type(error).__name__})"
                raise PackError(file, 0, found, "an .xlsx file") from error
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise PackError(file, 0, f"declarations in {name}", "plain XML")


def _table(sheet: Any, file: str) -> Sheet:
    document = Sheet(file, [], {(): 1}, sheet=str(sheet.title))
    _refuse_unseen(sheet, document)
    if sheet.max_row > _MOST_ROWS:
        raise document.error((), f"{sheet.max_row} rows", f"at most {_MOST_ROWS} rows")
    rows = sheet.iter_rows()
    header = [_text(cell, document) for cell in next(rows, ())]
    while header and not header[-1]:
        header.pop()
    if not header or len(set(header)) != len(header) or not all(header):
        raise document.error((), f"the header {header}", "names of columns, each once")
    for name, cell in zip(header, sheet[1], strict=False):
        document.letters[name] = cell.column_letter
    for row in rows:
        texts = [_text(cell, document) for cell in row]
        if not any(texts):
            continue
        place: Place = (len(document.data),)
        document.lines[place] = row[0].row
        if any(texts[len(header) :]):
            raise document.error(place, "a cell beyond the header", f"{len(header)} columns")
        pairs = zip(header, texts, strict=False)
        document.data.append({name: text for name, text in pairs if text})
    return Sheet(
        file, document.data, document.lines, tuple(header), document.sheet, document.letters
    )


def _refuse_unseen(sheet: Any, document: Sheet) -> None:
    merged = sorted(str(cells) for cells in sheet.merged_cells.ranges)
    if merged:
        raise document.error((), f"the merged cells {', '.join(merged)}", "cells that stand alone")
    hidden = [f"row {n}" for n, row in sorted(sheet.row_dimensions.items()) if row.hidden]
    hidden += [f"column {n}" for n, one in sorted(sheet.column_dimensions.items()) if one.hidden]
    if hidden or sheet.sheet_state != "visible":
        found = f"hidden: {', '.join(hidden) or 'the sheet'}"
        raise document.error((), found, "rows and columns that everybody sees")


def _text(cell: Any, document: Sheet) -> str:
    """The text of a cell as CSV would have it. Raises `PackError` with its sheet, row and column."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise _refused(cell, document, "a formula", "values; paste them over the formula")
    if cell.data_type == "e":
        raise _refused(cell, document, str(value), "a value")
    if isinstance(value, bool):
        raise _refused(cell, document, str(value).upper(), "the words yes and no")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if type(value) is date:
        return value.isoformat()
    if not isinstance(value, str):
        allowed = "text, a whole number or a day; format the cell as text and write it again"
        raise _refused(cell, document, f"{value} ({type(value).__name__})", allowed)
    found = unfit(value)
    if found:
        raise _refused(cell, document, found, "text")
    return value.strip()


def _refused(cell: Any, document: Sheet, found: str, allowed: str) -> PackError:
    where = f"{document.file} (sheet {document.sheet}, column {cell.column_letter})"
    return PackError(where, cell.row, found, allowed)
