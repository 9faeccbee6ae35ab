"""The board and the exports: safe figures of one's own posts, and nothing finer than the closed list."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import zipfile
from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import event, insert, select

from models.figures import Release, StatFact
from models.log import LogEntry
from models.network import Post
from tests.protection.offices import NAME, World, make_world
from tests.supervision.rows import agreed
from workflows import boards, releases
from workflows.disclosure import exact
from workflows.disclosure.audit import exposures
from workflows.disclosure.cubes import Table
from workflows.disclosure.grids import Policy
from workflows.disclosure.published import PublishedTable
from workflows.releases import FiguresRequest

WEEKS = ("2026-W41", "2026-W42", "2026-W43", "2026-W44")


def add_figures(world: World, count: int, seed: int = 1) -> None:
    """Rows of October, spread unevenly, so that some cells are small."""
    chance = random.Random(seed)
    with world.work() as work:
        posts = work.session.scalars(select(Post).where(Post.country == "KAZ")).all()
    rows = [
        {
            "id": uuid4(),
            "link": uuid4().hex,
            "month": "2026-10",
            "week": chance.choice(WEEKS),
            "post": chance.choices(posts, weights=range(1, len(posts) + 1))[0].code,
            "province": "somewhere",
            "country": "KAZ",
            "region": "Central-Asia",
            "sex": chance.choices("FMX", weights=(50, 60, 1))[0],
            "age_band": chance.choice(("5-11", "12-17", "18-59", "60+")),
            "profiles": chance.choice(("ASY", "ASY UAC", "VOT-A", "MED", "")),
            "needs": "asylum",
            "hold": True,
            "referral": chance.choice(("un", "authority", "none")),
            "outcome": "none",
            "acknowledged": chance.choice(("24h", "72h", "none")),
            "language": "ru",
            "record_key": chance.getrandbits(40),
        }
        for _ in range(count)
    ]
    with world.storage.engine.begin() as connection:
        connection.execute(insert(StatFact), rows)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = make_world(tmp_path_factory.mktemp("counted"))
    add_figures(made, 900)
    made.referral()
    yield made
    made.storage.close()


def files_of(world: World, **asked: object) -> dict[str, str]:
    asked = {**asked, "agreement": str(agreed(world))}
    page = address_of(asked)
    assert world.press("supervisor", "/figures/ask", on=page, **asked).status_code == 303
    world.approve()
    answer = world.press("supervisor", "/figures/files", on=page, **asked)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def address_of(asked: dict[str, object]) -> str:
    tables = "".join(f"&tables={key}" for key in asked["tables"])
    partner = f"&agreement={asked['agreement']}" if "agreement" in asked else ""
    return f"/figures?period={asked['period']}{tables}{partner}"


ASKED = {"period": "2026-10", "tables": ["week-post", "profile-sex", "acknowledged-referral"]}


def test_the_board_shows_whatever_there_is(world: World) -> None:
    there = 0
    for count in (0, 3, 60, 900):
        if count > there:
            add_figures(world, count - there, seed=count)
            there = count

        page = world.get("supervisor", "/board?month=2026-10")

        assert page.status_code == 200
        assert ("Too few people arrived" in page.text) is (count < 5)
        assert world.get("monitor", "/board").status_code == 200


def test_a_month_that_is_none_is_refused_at_its_field(counted: World) -> None:
    for month in ("2026-13", "1999-01", "x", "2026-10-01"):
        answer = counted.get("supervisor", f"/board?month={month}")
        assert answer.status_code == 422
        assert "Choose a month from the list." in answer.text


def test_the_board_counts_by_period_and_index_and_opens_nobody(counted: World) -> None:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(counted.storage.engine, "before_cursor_execute", note)
    with counted.work("supervisor") as work:
        boards.board(work, "2026-10")
        assert work.vault.reads == []
    event.remove(counted.storage.engine, "before_cursor_execute", note)

    counting = [text for text in seen if "FROM stat_fact" in text]
    assert len(counting) == 2
    assert all("stat_fact.week >=" in text and "GROUP BY" in text for text in counting)


@pytest.mark.safeguard("INV-35")
def test_an_export_holds_no_name_no_number_and_no_day(counted: World) -> None:
    number, case = counted.referral()

    files = files_of(counted, **ASKED)

    assert set(files) == {
        "week-by-post.csv",
        "profile-by-sex.csv",
        "acknowledged-by-referral.csv",
        "manifest.json",
    }
    for text in files.values():
        assert not re.search(r"\d{4}-\d{2}-\d{2}|[0-9a-f]{8}-[0-9a-f]{4}-", text)
        for secret in (NAME, number, case, "supervisor", "TKM"):
            assert secret not in text
    for name, text in files.items():
        if name.endswith(".csv"):
            for row in csv.reader(io.StringIO(text)):
                assert all(not cell.startswith(("=", "+", "-", "@")) for cell in row)
                assert all(
                    not cell.isdecimal() or int(cell) == 0 or int(cell) >= 10 for cell in row
                )


@pytest.mark.safeguard("INV-35")
def test_what_is_withheld_cannot_be_worked_out(
    counted: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    true: list[Table] = []
    count = exact.tabulate

    def remembered(*arguments: object) -> Table:
        true.append(count(*arguments))
        return true[-1]

    monkeypatch.setattr(exact, "tabulate", remembered)
    request = FiguresRequest(period="2026-10", tables=tuple(ASKED["tables"]))
    with counted.work("supervisor") as work:
        made = releases.figures(work, request)

    policy = Policy(k=exact.SMALLEST)
    assert sum(table.withheld for table in made.tables) > 0
    for table, shown in zip(true, made.tables, strict=False):
        assert exposures(table, shown, policy) == ()
        assert sums_give_away(table, shown) == []


def sums_give_away(table: Table, shown: PublishedTable) -> list[str]:
    """Rows in which exactly one small cell is missing from a told sum: plain subtraction would tell it."""
    if table.columns is None or table.columns.multi:
        return []
    found = []
    for row in table.rows.codes:
        if shown.row_totals[row] is None:
            continue
        cells = [shown.cells.get((row, column)) for column in shown.column_codes]
        hidden = [
            column
            for column in table.columns.codes
            if shown.cells.get((row, column)) is None and column not in shown.columns_together
        ]
        missing = shown.row_totals[row] - sum(cell for cell in cells if cell is not None)
        if len(hidden) == 1 and 0 < missing < 5 and cells.count(None) == 1:
            found.append(row)
    return found


def test_a_release_is_kept_with_its_manifest_and_logged(counted: World) -> None:
    files = files_of(counted, **ASKED)

    with counted.work() as work:
        kept = work.session.scalars(select(Release).order_by(Release.made_at.desc())).first()
        acts = work.session.scalars(select(LogEntry).where(LogEntry.act == "export_figures")).all()
    assert kept is not None
    approver = str(counted.actors["supervisor.two"].user_id)
    assert kept.manifest == {**json.loads(files["manifest.json"]), "approved_by": approver}
    assert kept.tables == ASKED["tables"]
    assert any("tables" in entry.detail for entry in acts)
    page = counted.get("monitor", "/accountability").text
    assert "October 2026" in page


def test_what_cannot_go_out_is_said_at_its_field(counted: World) -> None:
    ring = "/figures?period=2026-10&tables=profile-sex&tables=profile-sex-age"
    for address, said in (
        (ring, "These tables cannot go out together."),
        ("/figures?period=2026-10", "Choose at least one table"),
        ("/figures?period=1812-10&tables=week-post", "Choose one from the list."),
        ("/figures?period=2026-10&tables=person-name", "Choose from the answers"),
        ("/figures?period=2026-10&tables=week-post&post=nowhere", "Choose one from the list."),
    ):
        answer = counted.get("supervisor", address)
        assert answer.status_code == 422, address
        assert said in answer.text, address


def test_files_without_a_fresh_page_are_not_made(counted: World) -> None:
    answer = counted.client("supervisor").post("/figures/files", data=ASKED)

    assert answer.status_code == 400
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize("who", ["border", "desk.one", "admin", "monitor"])
def test_only_a_supervisor_makes_figures(counted: World, who: str) -> None:
    assert counted.get(who, "/figures").status_code == 403
    assert counted.get(who, address_of(ASKED)).status_code == 403


@pytest.mark.parametrize("who", ["border", "desk.one", "admin"])
def test_nobody_else_sees_the_board(counted: World, who: str) -> None:
    assert counted.get(who, "/board").status_code == 403
