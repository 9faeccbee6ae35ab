"""Tables as spreadsheets: the same pack as from CSV; whatever a reader could not see is refused."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflows.rules.faults import PackError
from workflows.rules.pack_sheets import sheet_document
from workflows.rules.packs import Pack, load_pack

DAY = date(2026, 3, 1)


def book(rows: list[list[Any]], change: Callable[[Any], object] = id) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Rules"
    for row in rows:
        sheet.append(row)
    change(sheet)
    raw = io.BytesIO()
    made.save(raw)
    return raw.getvalue()


def as_sheet(file: Path) -> None:
    """Put a spreadsheet of the same cells in the place of a CSV table."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))
    file.with_suffix(".xlsx").write_bytes(book([[_cell(text) for text in row] for row in rows]))
    file.unlink()


def _cell(text: str) -> Any:
    """As a spreadsheet stores what one types: numbers and days are no text."""
    if text.isdigit():
        return int(text)
    if len(text) == 10 and text[4:8:3] == "--":
        return datetime.fromisoformat(text)
    return text or None


def test_spreadsheets_make_the_same_pack(copy_of_packs: Path, country: Pack, base: Pack) -> None:
    tables = list(copy_of_packs.rglob("*.csv"))
    assert len(tables) >= 6
    for file in tables:
        as_sheet(file)
    assert load_pack(copy_of_packs, "bas", DAY).sha256 == base.sha256
    found = load_pack(copy_of_packs, "lan", DAY)
    assert found.sha256 == country.sha256
    assert found.rules["MED.1"].origin.file == "bas/rules/medical.xlsx"
    assert found.rules["MED.1"].origin.line == country.rules["MED.1"].origin.line


def test_a_table_stands_in_one_file_only(copy_of_packs: Path) -> None:
    table = (copy_of_packs / "lan" / "routes.csv").read_bytes()
    as_sheet(copy_of_packs / "lan" / "routes.csv")
    (copy_of_packs / "lan" / "routes.csv").write_bytes(table)
    with pytest.raises(PackError, match=r"routes\.csv and routes\.xlsx"):
        load_pack(copy_of_packs, "lan", DAY)


ROWS: list[list[Any]] = [
    ["rule", "profile", "strength", "fear", "source", "basis"],
    ["ASY.20", "ASY", "strong", "yes", "S.1", "K"],
]
BAD: dict[str, tuple[Callable[[Any], object], str]] = {
    "a formula": (lambda s: s.__setitem__("D2", '="y"&"es"'), "column D"),
    "an error": (lambda s: s.__setitem__("D2", "#N/A"), "column D"),
    "a truth": (lambda s: s.__setitem__("D2", True), "the words yes and no"),
    "a decimal": (lambda s: s.__setitem__("E2", 1.5), "format the cell as text"),
    "a time": (
        lambda s: s.__setitem__("E2", datetime.fromisoformat("2026-03-01T12:00")),
        "format the cell as text",
    ),
    "merged cells": (lambda s: s.merge_cells("A2:B2"), "A2:B2"),
    "a hidden row": (lambda s: setattr(s.row_dimensions[2], "hidden", True), "row 2"),
    "a hidden column": (lambda s: setattr(s.column_dimensions["D"], "hidden", True), "column D"),
    "a second sheet": (lambda s: s.parent.create_sheet("More"), "one sheet"),
    "a cell beyond": (lambda s: s.__setitem__("H2", "x"), "beyond the header"),
    "a header twice": (lambda s: s.__setitem__("B1", "rule"), "each once"),
    "a header missing": (lambda s: s.__setitem__("B1", None), "each once"),
    "an unknown word": (lambda s: s.__setitem__("D2", "perhaps"), "column D"),
    "an unknown fact": (lambda s: s.__setitem__("D1", "fears"), "column D"),
    "a wrong strength": (lambda s: s.__setitem__("C2", "sure"), "column C"),
    "a date as a number": (
        lambda s: (s.__setitem__("G1", "from"), s.__setitem__("G2", 45292)),
        "G",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_a_reader_could_not_see_is_refused(copy_of_packs: Path, name: str) -> None:
    change, said = BAD[name]
    file = copy_of_packs / "bas" / "rules" / "more.xlsx"
    file.write_bytes(book(ROWS, change))
    with pytest.raises(PackError) as caught:
        load_pack(copy_of_packs, "bas", DAY)
    assert caught.value.file.startswith("bas/rules/more.xlsx")
    assert said in str(caught.value)
    if "sheet Rules" in caught.value.file and "column" in caught.value.file:
        assert caught.value.line in {1, 2}


def test_ten_inputs_are_too_many(copy_of_packs: Path) -> None:
    facts = [f"fact_{n}" for n in range(10)]
    file = copy_of_packs / "bas" / "rules" / "more.xlsx"
    file.write_bytes(book([[*ROWS[0][:3], *facts, "source", "basis"]]))
    with pytest.raises(PackError, match="at most 9 facts in a table"):
        load_pack(copy_of_packs, "bas", DAY)


@pytest.mark.asvs("1.5.1")
def test_macros_bombs_and_other_files_are_refused() -> None:
    raw = io.BytesIO(book(ROWS))
    with zipfile.ZipFile(raw, "a") as parts:
        parts.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(PackError, match="macros"):
        sheet_document(raw.getvalue(), "f.xlsx")
    bomb = io.BytesIO(book(ROWS))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/more.xml", b" " * 20_000_001)
    with pytest.raises(PackError, match="bytes"):
        sheet_document(bomb.getvalue(), "f.xlsx")
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as parts:
        parts.writestr("a", b"")
    for content in (b"", b"PK", b"rule,profile\n", empty.getvalue()):
        with pytest.raises(PackError, match="no spreadsheet"):
            sheet_document(content, "f.xlsx")


DECLARED = {
    "a file of the machine": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    "an address elsewhere": '<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">',
    "a text of its own": '<!DOCTYPE x [<!ENTITY e "Rules">]>',
    "growth": '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY e "&a;&a;&a;&a;">]>',
}


@pytest.mark.asvs("1.5.1")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("declared", DECLARED)
def test_xml_that_declares_something_of_its_own_is_refused(declared: str, encoding: str) -> None:
    given_, raw = zipfile.ZipFile(io.BytesIO(book(ROWS))), io.BytesIO()
    with zipfile.ZipFile(raw, "w") as parts:
        for name in given_.namelist():
            text = given_.read(name).decode()
            if name == "xl/workbook.xml":
                head = f'<?xml version="1.0" encoding="{encoding}"?>'
                body = text.split("?>", 1)[1] if text.startswith("<?xml") else text
                text = f"{head}{DECLARED[declared]}{body}"
                parts.writestr(name, text.encode(encoding))
            else:
                parts.writestr(name, text)
    with pytest.raises(PackError, match=r"declarations in xl/workbook\.xml"):
        sheet_document(raw.getvalue(), "f.xlsx")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_damage_is_a_pack_error_and_nothing_else(data: st.DataObject) -> None:
    raw = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with suppress(PackError):
        assert isinstance(sheet_document(bytes(raw), "f.xlsx").data, list)


GOOD = book(ROWS)
