"""Requests for figures that cannot be answered: a clear word, no file, no approval, a line in the log."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select

from models.approvals import Approval
from models.figures import Release, StatFact
from models.log import LogEntry
from models.network import Post
from tests.protection.offices import World, make_world
from tests.supervision.rows import agreed
from tests.supervision.test_board import add_figures, address_of
from workflows import releases
from workflows.errors import InvalidCommand
from workflows.releases import FiguresRequest

#: The clock of this world stands at 18 November 2026.
NO_PERIODS = (
    "2026-12", "2027-Q1", "2026-11-18", "2026-10-15", "2024-11", "0000-01", "9999-12", "2026-Q5",
    "2026", "", "=1+1",
)  # fmt: skip


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = make_world(tmp_path_factory.mktemp("bad"))
    add_figures(made, 400)
    yield made
    made.storage.close()


def count(world: World, model: type) -> int:
    with world.work() as work:
        return work.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("period", NO_PERIODS)
@pytest.mark.parametrize("act", ["figures", "ask", "release"])
def test_a_period_that_is_not_offered_is_none(counted: World, act: str, period: str) -> None:
    """Also past the page: what comes by the API is asked for no other period either."""
    request = FiguresRequest(period=period, tables=("week-post",))
    before = count(counted, Approval), count(counted, Release)
    with pytest.raises(InvalidCommand) as refused, counted.work("supervisor") as work:
        getattr(releases, act)(work, request)
    assert refused.value.params["field"] == "period"
    assert (count(counted, Approval), count(counted, Release)) == before


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"period": "2026-12"}, "Choose one from the list."),
        ({"period": "2026-10-15"}, "Choose one from the list."),
        ({"tables": ["profile-sex", "profile-sex-age"]}, "These tables cannot go out together."),
        ({"tables": ["person-name"]}, "Choose from the answers"),
        ({"tables": []}, "Choose at least one table"),
        ({"post": "nowhere"}, "Choose one from the list."),
    ],
    ids=["future", "a day", "overlapping", "unknown dimension", "no table", "unknown post"],
)
def test_what_cannot_be_asked_for_gives_no_file_and_is_in_the_log(
    counted: World, changed: dict[str, object], said: str
) -> None:
    asked = {"period": "2026-10", "tables": ["week-post"], **changed}
    before = count(counted, Approval), count(counted, Release), count(counted, LogEntry)
    for address in ("/figures/ask", "/figures/files"):
        answer = counted.press("supervisor", address, on="/figures", **asked)
        assert (answer.status_code, answer.mimetype) == (422, "text/html"), address
        assert said in answer.text, address
    after = count(counted, Approval), count(counted, Release), count(counted, LogEntry)
    assert after[:2] == before[:2]
    assert after[2] >= before[2] + 2


def lonely_post(world: World) -> str:
    """A post at which one person arrived in November, and nobody else in this world."""
    with world.work() as work:
        posts = work.session.scalars(select(Post).where(Post.country == "KAZ")).all()
        row = work.session.scalars(select(StatFact)).first()
        assert row is not None
        values = {column.name: getattr(row, column.name) for column in StatFact.__table__.columns}
    code = posts[-1].code
    values |= {"id": uuid4(), "link": uuid4().hex, "month": "2026-11", "week": "2026-W46"}
    values |= {"post": code, "booked": None, "profiles": "ASY UAC", "sex": "F"}
    with world.storage.engine.begin() as connection:
        connection.execute(insert(StatFact), [values])
    return code


def test_a_filter_that_leaves_one_person_tells_nothing_at_all(counted: World) -> None:
    code = lonely_post(counted)
    for post in (code, None):
        asked = {"period": "2026-11", "tables": ["week-post", "profile-sex"]}
        asked["agreement"] = str(agreed(counted))
        if post:
            asked["post"] = post
        page = address_of(asked) + (f"&post={post}" if post else "")
        shown = counted.get("supervisor", page)
        assert shown.status_code == 200
        assert counted.press("supervisor", "/figures/ask", on=page, **asked).status_code == 303
        counted.approve()
        answer = counted.press("supervisor", "/figures/files", on=page, **asked)
        assert answer.mimetype == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            told = {name: archive.read(name).decode() for name in archive.namelist()}
        for name, text in told.items():
            if name.endswith(".csv"):
                cells = [cell for line in text.splitlines()[1:] for cell in line.split(",")[1:]]
                assert not [cell for cell in cells if cell.isdecimal() and int(cell) > 0], text


def test_a_period_without_anybody_is_a_page_that_says_so(counted: World) -> None:
    asked = {"period": "2026-03", "tables": ["week-post", "profile-sex"]}
    page = counted.get("supervisor", address_of(asked))
    assert page.status_code == 200
    assert "withheld" in page.text


@pytest.mark.parametrize("kind", ["published", "reports/needs"])
@pytest.mark.parametrize("period", ["2031-01", "2026-W41", "2026-10-15", "0000-00", "=1"])
def test_a_period_that_was_not_closed_is_neither_asked_for_nor_taken(
    counted: World, kind: str, period: str
) -> None:
    before = count(counted, Approval), count(counted, Release), count(counted, LogEntry)
    address = f"/figures/{kind}/{period}"
    assert counted.get("supervisor", address).status_code == 404
    for act in ("ask", "files"):
        answer = counted.press("supervisor", f"{address}/{act}", on="/figures/published")
        assert (answer.status_code, answer.mimetype) == (404, "text/html")
    after = count(counted, Approval), count(counted, Release), count(counted, LogEntry)
    assert after[:2] == before[:2]
    assert after[2] >= before[2] + 3
