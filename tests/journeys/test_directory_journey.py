"""A desk says what it offers; an official finds it, and reads beside each desk why it is proposed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.stage import Stage
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_a_desk_keeps_its_services(visit: Visit, language: str) -> None:
    officer = visit("4-directory", language=language, widths=(360, 1280))
    page = officer.sign_in("child")
    officer.go("/services")
    officer.look("own-services")
    page.locator("main a[href^='/services/']:not([href*='new'])").first.click()
    officer.look("entry")

    officer.choose("hours", "week")
    page.locator("#mon").fill("9-17")
    officer.submit()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.locator("#mon")).to_have_value("9-17")
    officer.look("hours-refused")
    for day in ("mon", "tue", "wed", "thu", "fri"):
        page.locator(f"#{day}").fill("9:00-13:00, 14:00-18:00")
    page.locator("#capacity").fill("12")
    page.locator("#closed_days").fill("2026-12-16\n2026-12-17")
    officer.choose("companies", "child_alone")
    officer.choose("languages", "prs")
    officer.submit()
    page.wait_for_url(re.compile("done=saved"))
    officer.look("saved")
    page.locator("main form[action$='/verify'] button").last.click()
    page.wait_for_url(re.compile("done=verified"))
    page.locator("main a[href*='/services/new/']").first.click()
    officer.look("new-service")


@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_an_official_finds_a_service_and_reads_why(
    visit: Visit, stage: Stage, language: str
) -> None:
    case = stage.register("boy-14-alone")
    official = visit("4-routing", language=language, hidden=stage.names[case], widths=(360, 1280))
    page = official.sign_in("officer")
    official.go("/directory")
    page.locator("#need").select_option("guardian")
    page.locator("main form button").first.click()
    official.look("directory")
    official.go(f"/cases/{case}/outcome")
    expect(page.locator(".serai-ground--for").first).to_be_visible()
    official.look("grounds")
