"""A supervisor takes a standard report: four clicks from the first page to the file, once it is approved."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.stage import Stage
from tests.journeys.test_watching_journey import STORY
from tests.journeys.visitor import Visitor
from tests.supervision.rows import rows_of_months
from workflows import closing
from workflows.accounts import SYSTEM_ACTOR

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
#: From the first page after signing in to the file.
MOST_CLICKS = 4


class Clicks:
    """Counts what is clicked on the way."""

    def __init__(self, visitor: Visitor) -> None:
        self.page, self.count = visitor.page, 0

    def link(self, address: str) -> None:
        """Click what leads there."""
        self.count += 1
        self.page.locator(f'a[href="{address}"]').first.click()
        self.page.wait_for_url(re.compile(address + "$"))


@pytest.fixture(scope="module", autouse=True)
def closed_books(stage: Stage) -> None:
    """A year with enough persons in it, closed with all months after it."""
    rows_of_months(stage.storage, "KAZ", {"2025-11": 500, "2025-12": 700})
    with stage.work(SYSTEM_ACTOR) as work:
        assert closing.close_due(work)


def test_a_report_is_four_clicks_away(visit: Visit, tmp_path: Path) -> None:
    supervisor = visit("7-reports", hidden=STORY, widths=(360, 1280))
    page = supervisor.sign_in("supervisor")
    for key in ("interstate-summary", "sex-age"):
        period = "2025" if key == "interstate-summary" else "2025-Q4"
        supervisor.go(f"/figures/reports/{key}/{period}")
        supervisor.look(f"report-{key}")
    supervisor.go("/figures/reports/arrivals-year/2025")
    supervisor.press("Ask for approval of the files")
    page.wait_for_url(re.compile("done=asked"))
    supervisor.look("asked")
    second = visit("7-reports-second", hidden=STORY)
    other = second.sign_in("supervisor2")
    second.go("/watching")
    other.locator("button[name=said][value=yes]").first.click()
    other.wait_for_url(re.compile("done=answered"))

    supervisor.go("/board")
    clicks = Clicks(supervisor)
    clicks.link("/figures")
    clicks.link("/figures/reports")
    supervisor.look("reports")
    clicks.link("/figures/reports/arrivals-year/2025")
    supervisor.look("report")
    with page.expect_download() as taken:
        clicks.count += 1
        supervisor.press("Take the files")
    assert clicks.count <= MOST_CLICKS
    path = tmp_path / "report.zip"
    taken.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert "arrivals-year-2025.xlsx" in archive.namelist()
    supervisor.go("/figures/reports/arrivals-year/2025")
    expect(page.get_by_role("button", name="Take again")).to_be_visible()
    supervisor.look("taken")


def test_reports_read_from_right_to_left(visit: Visit) -> None:
    reader = visit("7-reports-rtl", 360, "fa_AF", hidden=STORY, widths=(360, 1280))
    page = reader.sign_in("supervisor")
    reader.go("/figures/reports")
    reader.look("reports")
    page.locator("main dd details").first.click()
    page.locator('main a[href*="sex-age"]').first.click()
    page.wait_for_url(re.compile("sex-age"))
    reader.look("report")
