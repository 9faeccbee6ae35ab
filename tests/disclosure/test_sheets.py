"""Files that leave: the same rows in each, no formula, no trace of a machine, no memory that grows."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from itertools import islice

import pytest
from openpyxl import load_workbook

from workflows.disclosure import sheets
from workflows.disclosure.plan import LEAN, lean
from workflows.disclosure.plan_files import About, files_of
from workflows.disclosure.settling import Settled
from workflows.disclosure.sheets import Sheet, csv_lines, write_csv, write_json, write_workbook

HEADS, TAGS = ("period", "province", "persons"), ("#date", "#adm1+code", "#affected+persons+num")
ROWS = [("2026-10", "Almaty", 120), ("2026-10", "=1+1", "c"), ("2026-10", "Жамбыл, south", 65)]
MARK = "AB12-CD34-EF56"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(rows=ROWS) -> Sheet:
    return Sheet("month-province", HEADS, rows, 2, TAGS)


def workbook(rows=ROWS, name="x") -> bytes:
    out = io.BytesIO()
    write_workbook(out, [sheet(rows)], [("Title", ""), ("=cmd", "@text")], MARK)
    return out.getvalue()


def test_csv_has_headings_tags_and_the_mark_in_every_line():
    text = "".join(csv_lines(sheet(), MARK))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == [*HEADS, "release"]
    assert rows[1] == [*TAGS, "#meta+release+id"]
    assert [row[:2] for row in rows[2:]] == [[a, "'=1+1" if b == "=1+1" else b] for a, b, _ in ROWS]
    assert [row[2] for row in rows[2:]] == ["120", "c", "65"]
    assert {row[3] for row in rows[2:]} == {MARK}
    assert text.count("\r\n") == len(rows)


def test_json_and_workbook_hold_the_same_rows():
    out = io.StringIO()
    write_json(out, {"release": MARK}, [sheet()])
    told = json.loads(out.getvalue())
    assert told["release"] == MARK
    assert [tuple(one.values()) for one in told["tables"]["month-province"]] == ROWS
    found = load_workbook(io.BytesIO(workbook()))["month-province"]
    rows = [tuple(cell.value for cell in row) for row in found.iter_rows(min_row=3)]
    assert rows == [("2026-10", "Almaty", 120), ("2026-10", "'=1+1", "c"), ROWS[2]]


@pytest.mark.asvs("1.2.10")
def test_no_cell_of_a_workbook_is_a_formula():
    book = load_workbook(io.BytesIO(workbook()))
    for page in book:
        for row in page.iter_rows():
            assert not [c for c in row if c.data_type == "f" or str(c.value).startswith(FORMULA)]


def test_a_workbook_knows_no_time_no_user_and_no_machine_and_is_the_same_each_time():
    first = workbook()
    assert first == workbook()
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {one.date_time[0] for one in archive.infolist()} == {1980}
        core = archive.read("docProps/core.xml").decode()
    assert "2000-01-01T00:00:00Z" in core
    assert "<dc:creator></dc:creator>" in core
    assert f"Release {MARK}" in core


def test_a_table_longer_than_a_sheet_goes_on_in_another(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 4)
    many = [("2026-10", f"p{n}", n) for n in range(5)]
    book = load_workbook(io.BytesIO(workbook(many)))
    assert book.sheetnames == [
        "Notes",
        "month-province",
        "month-province (2)",
        "month-province (3)",
    ]
    told = [row[2].value for page in book.worksheets[1:] for row in page.iter_rows(min_row=3)]
    assert told == [0, 1, 2, 3, 4]


class Nowhere(io.TextIOBase):
    """A file that keeps nothing."""

    def write(self, text: str) -> int:
        return len(text)


def endless() -> Iterator[tuple[str, str, int]]:
    number = 0
    while True:
        yield "2026-10", f"province {number % 50}", number
        number += 1


@pytest.mark.parametrize("write", [write_csv, lambda out, one, _: write_json(out, {}, [one])])
def test_more_rows_need_no_more_memory(write):
    peaks = []
    for number in (2_000, 40_000):
        tracemalloc.start()
        write(Nowhere(), sheet(islice(endless(), number)), MARK)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 100_000


def test_files_of_a_period_say_what_they_are_and_how_wrong():
    plan, table = lean(), LEAN[2]
    figures = {("Central-Asia", "F"): 120, ("Central-Asia", "M"): "c"}
    settled = Settled(table.key, "2026-Q3", figures, {})
    names = {"region": {"Central-Asia": "Central Asia"}}
    files = files_of(plan, About("KAZ", "Persons", names, MARK), [(table, settled)])
    assert list(files) == [
        "quarter-region-sex-2026-Q3.csv",
        "figures-2026-Q3.json",
        "figures-2026-Q3.xlsx",
        "manifest.json",
    ]
    manifest = json.loads(files["manifest.json"])
    assert manifest["release"] == MARK
    assert manifest["threshold"] == plan.threshold
    book = load_workbook(io.BytesIO(files["figures-2026-Q3.xlsx"]))
    head, line = ([cell.value for cell in row] for row in book["quarter-region-sex"].iter_rows())
    assert head == ["region", "name", "F", "M"]
    assert line == ["Central-Asia", "Central Asia", 120, "c"]
    notes = {row[0].value: row[1].value for row in book["Notes"].iter_rows()}
    assert "noise" in notes["What not to do"]
    assert notes["Release"] == MARK
