"""Standard reports: a list of what is ready, a page each, and files that two accounts agree on."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook
from sqlalchemy import event

from tests.protection.offices import World, make_world
from tests.supervision.rows import rows_of_months
from workflows import closing, reports

LIST, CHILDREN = "/figures/reports", "/figures/reports/children-alone/2025"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = make_world(tmp_path_factory.mktemp("reports"))
    rows_of_months(world.storage, "KAZ", {"2025-11": 700, "2025-12": 900})
    with world.work() as work:
        assert closing.close_due(work)
    yield world
    world.storage.close()


def test_the_list_says_what_is_ready_and_what_is_not_published(closed: World) -> None:
    page = closed.get("supervisor", LIST)
    assert page.status_code == 200
    for said in ("Unaccompanied and separated children", "Year 2025", "December 2025"):
        assert said in page.text
    assert "measures no such table" in page.text
    for who in ("border", "desk.one", "admin", "monitor"):
        assert closed.get(who, LIST).status_code == 403


def test_every_report_that_is_ready_opens(closed: World) -> None:
    with closed.work("supervisor") as work:
        ready = reports.ready(work)
    assert all(one.periods for one in ready)
    for one in ready:
        page = closed.get("supervisor", f"{LIST}/{one.report.key}/{one.periods[0]}")
        assert page.status_code == 200
        assert "Ask for approval" in page.text
    page = closed.get("supervisor", f"{LIST}/unhcr-demographics/2025").text
    assert "Persons by sex and age: added up from shorter periods" in page


@pytest.mark.parametrize("address", ["needs/2026", "needs/2025-12", "nobody/2025", "needs/x"])
def test_what_is_not_ready_is_not_there(closed: World, address: str) -> None:
    assert closed.get("supervisor", f"{LIST}/{address}").status_code == 404


def test_a_report_reads_no_fact(closed: World) -> None:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(closed.storage.engine, "before_cursor_execute", note)
    with closed.work("supervisor") as work:
        reports.report(work, "interstate-summary", "2025")
        assert work.vault.reads == []
    event.remove(closed.storage.engine, "before_cursor_execute", note)
    assert not [text for text in seen if "stat_fact" in text]


def test_files_come_after_a_second_account_and_can_be_made_again(closed: World) -> None:
    token = {"on": CHILDREN}
    assert closed.press("supervisor", f"{CHILDREN}/files", **token).status_code == 409
    assert closed.press("supervisor", f"{CHILDREN}/ask", **token).status_code == 303
    assert "Unaccompanied and separated children" in closed.get("supervisor.two", "/watching").text
    closed.approve()
    answer = closed.press("supervisor", f"{CHILDREN}/files", **token)
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert set(files) == {
        "year-profile-sex-2025.csv",
        "children-alone-2025.json",
        "children-alone-2025.xlsx",
        "manifest.json",
    }
    manifest = json.loads(files["manifest.json"])
    assert manifest["report"] == "children-alone"
    assert "nothing was counted" in manifest["notes"][0]
    rows = list(csv.reader(io.StringIO(files["year-profile-sex-2025.csv"].decode())))[2:]
    assert {row[1] for row in rows} == {"UAC", "SPC"}
    book = load_workbook(io.BytesIO(files["children-alone-2025.xlsx"]))
    assert book.sheetnames == ["Notes", "year-profile-sex"]
    with closed.work("supervisor") as work:
        (taken,) = reports.report(work, "children-alone", "2025").taken
    left = closed.get("monitor", "/accountability")
    assert left.status_code == 200
    assert "Year 2025" in left.text
    again = closed.press("supervisor", f"/figures/published/again/{taken.id}", on=CHILDREN)
    assert again.data == answer.data
