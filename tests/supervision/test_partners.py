"""Exact figures for partners: agreements of two accounts, files compared with earlier ones, the builder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError

from models.figures import Agreement, ExactRelease, StatFact
from models.log import LogEntry
from tests.protection.offices import World, make_world
from tests.supervision.rows import agreed, rows_of_months
from workflows import agreements, closing, releases
from workflows.accounts import SYSTEM_ACTOR
from workflows.disclosure.errors import DisclosureError, FiguresMoved
from workflows.errors import InvalidCommand, NotFound, SameApprover
from workflows.releases import FiguresRequest

LIST = "/figures/partners"
REQUEST = FiguresRequest(period="2026-09", tables=("region-sex",))
PAPER = {
    "partner": "Ministry of Invented Affairs",
    "purpose": "Planning of reception places",
    "signed_by": "Head of figures",
    "ends_on-day": "1",
    "ends_on-month": "10",
    "ends_on-year": "2027",
}


@pytest.fixture
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = make_world(tmp_path_factory.mktemp("partners"))
    rows_of_months(made.storage, "KAZ", {"2026-08": 500, "2026-09": 600})
    yield made
    made.storage.close()


def release(world: World, request: FiguresRequest) -> dict[str, str]:
    asked = replace(request, agreement=agreed(world))
    with world.work("supervisor") as work:
        releases.ask(work, asked)
    world.approve()
    with world.work("supervisor") as work:
        return dict(releases.release(work, asked).files)


def test_an_agreement_needs_two_accounts_and_ends(counted: World) -> None:
    answer = counted.press("supervisor", LIST, on=LIST, **PAPER)
    assert answer.status_code == 303, answer.text
    assert counted.press("supervisor", LIST, on=LIST, **PAPER).status_code == 303
    with counted.work() as work:
        row = work.session.scalars(select(Agreement)).one()
    assert (row.partner, row.confirmed_by) == (PAPER["partner"], None)
    page = counted.get("supervisor", LIST).text
    assert "Confirm this agreement" not in page
    assert "another account must confirm it" in page
    with pytest.raises(SameApprover), counted.work("supervisor") as work:
        agreements.confirm(work, row.id, 1)
    confirm = f"{LIST}/{row.id}/confirm"
    assert counted.press("supervisor.two", confirm, on=LIST, version="9").status_code == 409
    assert counted.press("supervisor.two", confirm, on=LIST, version="1").status_code == 303
    assert PAPER["partner"] in counted.get("supervisor", "/figures").text
    assert (
        counted.press("supervisor", f"{LIST}/{row.id}/end", on=LIST, version="2").status_code == 303
    )
    assert PAPER["partner"] not in counted.get("supervisor", "/figures").text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"partner": ""}, "Write who receives the tables"),
        ({"ends_on-year": "2026", "ends_on-month": "1"}, "day"),
        ({"ends_on-year": "2031"}, "Choose a day from today on, within two years."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    counted: World, changed: dict[str, str], said: str
) -> None:
    answer = counted.press("supervisor", LIST, on=LIST, **{**PAPER, **changed})
    assert answer.status_code == 422
    assert said in answer.text
    assert PAPER["purpose"] in answer.text


def test_nothing_exact_leaves_without_an_agreement_in_force(counted: World) -> None:
    with pytest.raises(InvalidCommand) as refused, counted.work("supervisor") as work:
        releases.ask(work, REQUEST)
    assert refused.value.params["field"] == "agreement"
    partner = agreed(counted)
    with counted.work("supervisor") as work:
        agreements.end(work, partner, 2)
    with pytest.raises(InvalidCommand), counted.work("supervisor") as work:
        releases.ask(work, replace(REQUEST, agreement=partner))
    with pytest.raises(NotFound), counted.work("supervisor") as work:
        agreements.end(work, uuid4(), 1)


def test_a_file_is_on_the_ledger_for_ever(counted: World) -> None:
    files = release(counted, REQUEST)
    assert '"for": "Ministry of Invented Affairs"' in files["manifest.json"]
    with counted.work() as work:
        row = work.session.scalars(select(ExactRelease)).one()
    assert row.figures > 0
    assert f"{row.figures} exact figures in 1 files" in counted.get("supervisor", LIST).text
    for change in ("UPDATE stat_exact SET figures = 0", "DELETE FROM stat_exact"):
        with pytest.raises(DatabaseError), counted.storage.engine.begin() as connection:
            connection.execute(text(change))


def test_a_second_file_is_compared_with_the_first(counted: World) -> None:
    release(counted, REQUEST)
    with counted.work("supervisor") as work:
        assert releases.figures(work, REQUEST).decided.compared == 1
        other = releases.figures(work, replace(REQUEST, period="2026-08"))
    assert other.decided.compared == 0


def test_a_period_that_changed_since_a_file_gives_no_other(counted: World) -> None:
    release(counted, REQUEST)
    rows_of_months(counted.storage, "KAZ", {"2026-09": 1}, seed=5)
    with pytest.raises(FiguresMoved), counted.work("supervisor") as work:
        releases.figures(work, REQUEST)
    page = counted.get("supervisor", "/figures?period=2026-09&rows=region&columns=sex")
    assert page.status_code == 422
    assert "would tell who was added or corrected" in page.text


def test_a_table_is_built_of_lines_and_columns(counted: World) -> None:
    page = counted.get("supervisor", "/figures?period=2026-09&rows=sex_age&columns=language")
    assert page.status_code == 200
    assert "Sex and age, by language of information" in page.text
    assert "Exact figures leave only for a named partner." in page.text
    for address, said in (
        ("rows=sex&columns=sex_age", "Lines and columns tell the same."),
        ("columns=sex", "Choose the lines"),
        ("rows=sex&columns=language&sex=F", "broken down by this already"),
        ("rows=need&sex=Z", "Choose one from the list."),
    ):
        page = counted.get("supervisor", f"/figures?period=2026-09&{address}")
        assert page.status_code == 422, address
        assert said in page.text, address


def test_what_the_plan_holds_is_shown_and_costs_nothing(counted: World) -> None:
    with counted.work() as work:
        work.actor = SYSTEM_ACTOR
        closing.close_due(work)
    page = counted.get("supervisor", "/figures?period=2026-09&rows=region").text
    assert "Published already" in page
    assert 'href="/figures/published/2026-09"' in page
    limited = counted.get("supervisor", "/figures?period=2026-09&rows=region&sex=F").text
    assert "Published already" not in limited


def test_where_a_table_is_refused_the_nearest_one_is_named(
    counted: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided = releases.decide

    def refuses(wanted: object, *rest: object) -> object:
        if len(wanted.tables) == 1 and wanted.tables[0][1] is not None:
            raise DisclosureError
        return decided(wanted, *rest)

    monkeypatch.setattr(releases, "decide", refuses)
    page = counted.get("supervisor", "/figures?period=2026-09&rows=region&columns=sex")
    assert page.status_code == 422
    assert "The nearest table that can be told:" in page.text
    assert "rows=region" in page.text


def test_a_table_that_was_built_goes_the_whole_way(counted: World) -> None:
    asked = {"period": "2026-09", "rows": "post", "columns": "language", "sex": "F"}
    asked["agreement"] = str(agreed(counted))
    page = "/figures?" + "&".join(f"{name}={value}" for name, value in asked.items())
    answer = counted.press("supervisor", "/figures/ask", on=page, **asked)
    assert answer.status_code == 303, answer.text
    assert counted.get("supervisor", answer.location).status_code == 200
    assert "language of information" in counted.get("supervisor.two", "/watching").text
    counted.approve()
    assert "Take the files" in counted.get("supervisor", page).text
    taken = counted.press("supervisor", "/figures/files", on=page, **asked)
    assert taken.mimetype == "application/zip"


def test_tables_built_by_machine_are_shown_too(counted: World) -> None:
    page = counted.get("supervisor", "/figures?period=2026-09&tables=post.language&tables=need-sex")
    assert page.status_code == 200
    assert "Post, by language of information" in page.text


def test_an_agreement_is_over_on_its_day(counted: World) -> None:
    partner = agreed(counted)
    with counted.work("supervisor") as work:
        assert partner in agreements.in_force(work)
        work.now += timedelta(days=301)
        assert agreements.in_force(work) == {}


def test_two_records_of_one_person_are_one_person_in_an_exact_file_too(counted: World) -> None:
    with counted.storage.engine.begin() as connection:
        twice = select(StatFact.id).where(StatFact.month == "2026-09").limit(30)
        connection.execute(update(StatFact).where(StatFact.id.in_(twice)).values(counted=False))
    with counted.work("supervisor") as work:
        assert releases.figures(work, REQUEST).tables[0].total == 570


def test_the_log_says_which_agreement_was_confirmed_and_ended(counted: World) -> None:
    partner = agreed(counted)
    with counted.work("supervisor") as work:
        agreements.end(work, partner, 2)
    with counted.work() as work:
        rows = work.session.scalars(select(LogEntry).where(LogEntry.act == "keep_agreements"))
        said = {row.detail["view"]: row.detail.get("agreement") for row in rows}
    assert said["confirm"] == said["end"] == str(partner)


@pytest.mark.parametrize(
    ("period", "warned"), [("2026-10", False), ("2026-11", True), ("2026-Q4", True)]
)
def test_a_period_that_goes_on_is_not_told_without_a_warning(
    counted: World, period: str, *, warned: bool
) -> None:
    page = f"/figures?period={period}&rows=region&agreement={agreed(counted)}"
    assert ("This period has not ended." in counted.get("supervisor", page).text) is warned
