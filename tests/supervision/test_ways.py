"""A month's ways from post to desk to outcome: seen by whoever sees the board, small figures withheld."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.protection.offices import World, make_world
from tests.supervision.rows import rows_of_months
from workflows import ways
from workflows.disclosure.published import PublishedTable
from workflows.ways import Ways

MONTH = "2026-10"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = make_world(tmp_path_factory.mktemp("ways"))
    rows_of_months(world.storage, "KAZ", {MONTH: 900, "2026-09": 3})
    yield world
    world.storage.close()


def found(world: World, who: str, month: str = MONTH) -> Ways:
    with world.work(who) as work:
        made = ways.ways(work, month)
        assert work.vault.reads == []
    assert made is not None
    return made


def tables(made: Ways) -> list[PublishedTable]:
    assert made.tables is not None
    return list(vars(made.tables).values())


def test_the_page_shows_bands_answers_needs_and_languages(filled: World) -> None:
    page = filled.get("supervisor", f"/board/ways?month={MONTH}")
    assert page.status_code == 200
    for said in (
        "From post to desk to outcome, October 2026",
        "Time to a desk&#39;s answer, October 2026",
        "Needs, October 2026",
        "Languages in which people were informed, October 2026",
        "serai-chart__band-",
    ):
        assert said in page.text
    assert "rounded to 5" not in page.text


def test_no_small_figure_is_shown_to_anybody(filled: World) -> None:
    for who in ("supervisor", "monitor"):
        for table in tables(found(filled, who)):
            shown = [figure for figure in table.figures() if figure is not None]
            assert shown
            assert not set(shown) & set(range(1, 5)), table.name


def test_who_has_no_post_of_their_own_sees_rounded_figures(filled: World) -> None:
    for table in tables(found(filled, "monitor")):
        assert all(figure % 5 == 0 for figure in table.figures() if figure is not None)
    figures = [f for table in tables(found(filled, "supervisor")) for f in table.figures()]
    assert any(figure is not None and figure % 5 for figure in figures)
    assert "rounded to 5" in filled.get("monitor", f"/board/ways?month={MONTH}").text


def test_nobody_and_a_few_are_said_and_not_shown(filled: World) -> None:
    for month in ("2026-08", "2026-09"):
        page = filled.get("supervisor", f"/board/ways?month={month}")
        assert page.status_code == 200
        assert "Too few people arrived" in page.text


@pytest.mark.parametrize("month", ["2026-13", "1999-01", "x", "2026-10-01"])
def test_a_month_that_is_none_is_refused_at_its_field(filled: World, month: str) -> None:
    answer = filled.get("supervisor", f"/board/ways?month={month}")
    assert answer.status_code == 422
    assert "Choose a month from the list." in answer.text


@pytest.mark.parametrize("who", ["border", "desk.one", "admin"])
def test_nobody_else_sees_it(filled: World, who: str) -> None:
    assert filled.get(who, "/board/ways").status_code == 403
