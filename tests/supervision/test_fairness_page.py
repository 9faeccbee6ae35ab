"""The fairness watch on its page: an alarm is said, small groups are not told of, only watchers see it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from app.web.supervision.fairness import _percent
from models.figures import StatFact
from tests.protection.offices import World, make_world
from tests.supervision.rows import rows_of_months
from workflows import fairness
from workflows.disclosure.fairness import Verdict
from workflows.fairness import Measure

PAGE = "/board/fairness"


@pytest.fixture(scope="module")
def fair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = make_world(tmp_path_factory.mktemp("fair"))
    rows_of_months(world.storage, "KAZ", {"2026-08": 500, "2026-09": 500})
    yield world
    world.storage.close()


@pytest.fixture(scope="module")
def biased(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """As fair, but in one month no girl and no woman was referred."""
    world = make_world(tmp_path_factory.mktemp("biased"))
    rows_of_months(world.storage, "KAZ", {"2026-08": 500, "2026-09": 500})
    women = update(StatFact).where(StatFact.sex == "F", StatFact.month == "2026-08")
    with world.storage.engine.begin() as connection:
        connection.execute(women.values(referral="none", outcome="none", acknowledged="not_sent"))
    yield world
    world.storage.close()


def test_fair_figures_raise_no_alarm(fair: World) -> None:
    for who in ("supervisor", "monitor"):
        page = fair.get(who, PAGE)
        assert page.status_code == 200
        assert page.text.count("No alarm") == 2
        assert "would be expected." not in page.text


def test_a_bias_is_said_with_what_would_be_expected(biased: World) -> None:
    page = biased.get("monitor", PAGE).text
    assert "Female: 35 %, where 55 % would be expected." in page
    assert "A difference accuses nobody" in page
    with biased.work("monitor") as work:
        found = fairness.fairness(work)
        assert work.vault.reads == []
    assert found is not None
    told = {(f.dimension, f.code) for f in found.findings[Measure.REFERRED] if differs(f)}
    assert {("sex", "F"), ("sex", "M")} <= told
    assert {name for name, _ in told} == {"sex"}
    assert not [f for f in found.findings[Measure.SILENCE] if differs(f)]


def differs(finding: fairness.Finding) -> bool:
    return finding.verdict is Verdict.DIFFERS


@pytest.mark.parametrize(
    ("rate", "said"),
    [(0.0, "5 % or less"), (0.01, "5 % or less"), (0.52, "50 %"), (1.0, "95 % or more")],
)
def test_that_all_or_none_of_a_group_are_meant_is_never_said(
    fair: World, rate: float, said: str
) -> None:
    with fair.app.test_request_context():
        assert _percent(rate) == said


def test_nothing_is_told_of_the_month_that_is_not_settled(fair: World) -> None:
    """On 18 November the newest month is October; on the third it would be September."""
    with fair.work("supervisor") as work:
        found = fairness.fairness(work)
    assert found is not None
    assert (found.first, found.last) == ("2026-05", "2026-10")


@pytest.mark.parametrize("who", ["border", "desk.one", "admin"])
def test_nobody_else_sees_it(fair: World, who: str) -> None:
    assert fair.get(who, PAGE).status_code == 403
