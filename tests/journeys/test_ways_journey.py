"""A supervisor and a monitor look at where people were sent and what came of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from models.figures import StatFact
from tests.journeys.stage import Stage
from tests.journeys.test_watching_journey import STORY
from tests.journeys.visitor import Visitor
from tests.supervision.rows import rows_of_months

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


@pytest.fixture(scope="module", autouse=True)
def september(stage: Stage) -> None:
    """Enough people in one month, some of whose ways are too rare to be told."""
    rows_of_months(stage.storage, "KAZ", {"2026-09": 400})


@pytest.mark.parametrize(
    ("who", "language"), [("supervisor", "en"), ("monitor", "fa_AF")], ids=["en", "rtl"]
)
def test_ways_are_seen_and_heard(visit: Visit, who: str, language: str) -> None:
    visitor = visit(f"8-ways-{who}", 1280, language, hidden=STORY, widths=(360, 1280))
    page = visitor.sign_in(who)
    page.locator('a[href="/board/ways"]').click()
    page.wait_for_url("**/board/ways")
    visitor.go("/board/ways?month=2026-09")
    page.locator(".serai-figure details summary").first.click()
    expect(page.locator(".serai-figure table").first).to_be_visible()
    visitor.look("ways")


@pytest.mark.parametrize(
    ("who", "language"), [("monitor", "en"), ("supervisor", "fa_AF")], ids=["en", "rtl"]
)
def test_a_bias_is_seen(visit: Visit, stage: Stage, who: str, language: str) -> None:
    with stage.storage.engine.begin() as connection:
        connection.execute(
            update(StatFact)
            .where(StatFact.sex == "F", StatFact.month == "2026-09")
            .values(referral="none", outcome="none", acknowledged="not_sent")
        )
    visitor = visit(f"8-fairness-{who}", 1280, language, hidden=STORY, widths=(360, 1280))
    page = visitor.sign_in(who)
    page.locator('a[href="/board/fairness"]').click()
    page.wait_for_url("**/board/fairness")
    expect(page.locator(".govuk-warning-text").first).to_be_visible()
    visitor.look("fairness")
