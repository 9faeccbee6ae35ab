"""A consent with a last day: sent in three clicks, renewed, taken back with a wish, confirmed by the desk."""

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
def test_a_consent_is_given_renewed_and_taken_back(
    visit: Visit, stage: Stage, language: str
) -> None:
    case = stage.register("boy-14-alone")
    hidden = stage.names[case]
    official = visit("5-consent", language=language, hidden=hidden, widths=(360, 1280))
    page = official.sign_in("officer")
    official.go(f"/cases/{case}/outcome")
    need = page.locator("section.serai-need").filter(has=page.locator("form[method=get]")).first
    need.locator("button").first.click()
    expect(page.locator("[name=consent_until-day]")).not_to_have_value("")
    official.look("preview")
    official.choose("basis", "consent")
    page.locator("[name=consent_until-year]").fill("1399")
    official.submit()
    official.look("last-day-refused")
    expect(page.locator("[name=consent_until-year]")).to_have_value("1399")
    page.locator("[name=consent_until-year]").fill("1405" if language == "fa_AF" else "2027")
    official.submit()
    page.wait_for_url(re.compile("outcome"))

    official.go(f"/cases/{case}/consents")
    official.look("consents")
    page.locator("main a[href$='/renew']").first.click()
    official.look("renew")
    page.go_back()
    page.locator("main a[href$='/take-back']").first.click()
    official.submit()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    official.choose("wish", "forget")
    official.look("take-back")
    official.submit()
    page.wait_for_url(re.compile("done=taken_back"))
    official.look("taken-back")


@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_a_desk_confirms_that_a_person_no_longer_agrees(
    visit: Visit, stage: Stage, language: str
) -> None:
    stage.taken_back("boy-14-alone", "guardian")
    desk = visit("5-confirm", language=language, widths=(360, 1280))
    page = desk.sign_in("child")
    desk.go("/referrals")
    desk.look("queue")
    page.locator("form[action$='/confirm'] button").first.click()
    page.wait_for_url(re.compile("done=confirmed"))
