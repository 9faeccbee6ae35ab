"""Published figures: what they cost, their tables, and files that two accounts agree on."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from models.figures import Release
from tests.protection.offices import World, make_world
from tests.supervision.rows import rows_of_months
from workflows import closing, reports
from workflows.errors import NotFound

LIST, NOVEMBER = "/figures/published", "/figures/published/2026-11"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = make_world(tmp_path_factory.mktemp("published"))
    rows_of_months(world.storage, "KAZ", {"2026-11": 900})
    world.now = datetime(2026, 12, 20, 8, tzinfo=UTC)
    with world.work() as work:
        assert closing.close_due(work)
    yield world
    world.storage.close()


def test_the_list_says_what_all_of_it_tells(closed: World) -> None:
    page = closed.get("supervisor", LIST)
    assert page.status_code == 200
    assert "at most 6.5 % above guessing" in page.text
    assert "November 2026" in page.text
    for who in ("border", "admin", "monitor"):
        assert closed.get(who, LIST).status_code == 403


def test_a_period_is_shown_with_what_is_withheld(closed: World) -> None:
    page = closed.get("supervisor", NOVEMBER).text
    assert "Persons by region of nationality" in page
    assert "Central Asia" in page
    assert "figures are withheld" in page
    assert "differences are noise" in page
    assert closed.get("supervisor", "/figures/published/2026-12").status_code == 404


def test_files_come_after_a_second_account_said_yes(closed: World) -> None:
    token = {"on": NOVEMBER}
    refused = closed.press("supervisor", f"{NOVEMBER}/files", **token)
    assert refused.status_code == 409
    assert "There is a problem" in refused.text

    assert closed.press("supervisor", f"{NOVEMBER}/ask", **token).status_code == 303
    assert "wait for another account" in closed.get("supervisor", NOVEMBER).text
    closed.approve()
    assert "Take the files" in closed.get("supervisor", NOVEMBER).text
    answer = closed.press("supervisor", f"{NOVEMBER}/files", **token)
    assert answer.mimetype == "application/zip"
    page = closed.get("supervisor", NOVEMBER).text
    assert "Ask for approval" in page
    check_files(unpacked(answer.data), page)
    check_again(closed, answer.data)


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def on_page(page: str) -> dict[str, list[list[str]]]:
    """The figures of each table on the page, line by line; what is withheld altogether apart."""
    found = {}
    for part in page.split('<div class="serai-part">')[1:]:
        body = part.split("<tbody", 1)[-1]
        lines = [
            [told for told, _ in re.findall(r">([\d,]+|c|g)(<|</span>)", row.split("</th>")[1])]
            for row in body.split("</tr>")
            if "</th>" in row
        ]
        untold = re.search(r"Withheld altogether \(c\): (.*?)</p>", part)
        found[re.search(r"<h2[^>]*>(.*?)</h2>", part)[1]] = [
            *lines,
            *([["c"]] * (untold[1].count("; ") + 1) if untold else []),
        ]
    return found


def check_files(files: dict[str, bytes], page: str) -> None:
    """What is on the page is in every file, and each file says of which release it is."""
    manifest = json.loads(files["manifest.json"])
    mark = manifest["release"]
    assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}", mark)
    assert mark in page
    told = json.loads(files["figures-2026-11.json"])
    assert told["release"] == mark
    book = load_workbook(io.BytesIO(files["figures-2026-11.xlsx"]))
    assert mark in [cell.value for row in book["Notes"].iter_rows() for cell in row]
    shown = on_page(page)
    for key, heading in (
        ("month-province", "Persons by province"),
        ("month-region", "Persons by region of nationality"),
    ):
        rows = list(csv.reader(io.StringIO(files[f"{key}-2026-11.csv"].decode())))[2:]
        assert {row[-1] for row in rows} == {mark}
        in_csv = sorted(row[-2] for row in rows)
        in_book = [row[2].value for row in book[key].iter_rows(min_row=2)]
        on_screen = sorted(line[0].replace(",", "") for line in shown[heading])
        assert on_screen == in_csv
        assert sorted(str(cell) for cell in in_book) == in_csv
        assert sorted(str(one["persons"]) for one in told["tables"][key]) == in_csv
        assert any(cell.isdecimal() for cell in in_csv)


def check_again(world: World, first: bytes) -> None:
    """Who took a release may make it again, to the last bit; nobody else may."""
    with world.work() as work:
        made = work.session.scalars(select(Release)).one()
    address = f"/figures/published/again/{made.id}"
    again = world.press("supervisor", address, on=NOVEMBER)
    assert again.status_code == 200
    assert again.data == first
    with pytest.raises(NotFound), world.work("supervisor.two") as work:
        reports.again(work, made.id)
