"""Journey: a child registered twice, a child who looks for family, the registration form."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.stage import Stage
from tests.journeys.test_casework_journey import in_care
from tests.journeys.test_desk_journey import waiting
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_two_records_of_one_person(visit: Visit, stage: Stage, language: str) -> None:
    one, first = in_care(visit, stage, "5-same-person", language)
    _, second = in_care(visit, stage, "5-same-person-b", language)
    with stage.work(stage.cast.takers["kaz.kaz_guardianship.zhambyl"]) as work:
        from workflows import attachments

        other = attachments.case_of_care(work, second)
    one.hidden = ()
    page = one.go(f"/care/{first}/same-person")
    one.look("candidates")
    page.locator("#other").fill(other)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile("/same-person/"))
    one.choose("leads", "left")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    one.look("why")
    page.locator("#reason").fill("The same bracelet, and she says so.")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile("done=proposed"))
    one.look("proposed")
    merge = page.url.split("?")[0]
    two = visit("5-second-account", 1280, language, widths=(1280, 360))
    page = two.sign_in("child2")
    page = two.go("/same-person")
    two.look("list")
    page = two.go(merge.replace(stage.address, ""))
    two.look("to-decide")
    page.keyboard.press("y")
    page.wait_for_url(re.compile("done=answered"))
    two.look("one-person")
    page = two.go(f"/care/{first}")
    expect(page.locator(".govuk-inset-text")).to_be_visible()
    two.look("file")


@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_looking_for_family(visit: Visit, stage: Stage, language: str) -> None:
    one, first = in_care(visit, stage, "5-tracing", language)
    case, number = waiting(stage)
    one.hidden = ()
    page = one.go(f"/referrals/{number}")
    page.keyboard.press("a")
    page.wait_for_url(re.compile("done=accepted"))
    page = one.go(f"/care/{first}/tracing")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    one.look("what-is-missing")
    given, family = stage.names[case]
    page.locator("#names").fill(f"{family} {given}")
    one.choose("relation", "sibling")
    page.locator("#place").fill("Kunduz")
    page.locator("input[name=wished]").check()
    page.locator("input[name=safe]").check()
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile("done=opened"))
    one.look("candidates")
    page.locator("tbody a[href*='/tracing/candidates/']").first.click()
    page.wait_for_url(re.compile("/tracing/candidates/"))
    one.look("side-by-side")
    page.keyboard.press("u")
    page.wait_for_url(re.compile("done=decided"))
    one.look("not-sure")
    one.choose("state", "closed")
    page.locator("#says").fill("They are cousins.")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile("done=ended"))
    one.look("ended")


@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_the_forms_on_a_child_alone(visit: Visit, stage: Stage, language: str) -> None:
    one, first = in_care(visit, stage, "5-child", language)
    one.hidden = ()
    page = one.go(f"/care/{first}/child/registration")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    one.look("status-is-missing")
    page.locator("#nickname").fill("Zari")
    one.choose("status", "unaccompanied")
    one.choose("causes", "conflict")
    page.locator("#withhold_from").fill("The uncle in the city")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile("done=kept"))
    for arrangement in ("none", "foster"):
        page = one.go(f"/care/{first}/child/care")
        one.choose("arrangement", arrangement)
        page.locator("main form button[type=submit]").last.click()
        page.wait_for_url(re.compile("done=kept"))
    page = one.go(f"/care/{first}/child/assessment")
    one.choose("risk", "high")
    page.locator("input[name=complete]").check()
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    one.look("not-complete")
    page = one.go(f"/care/{first}/child")
    one.look("all-forms")
    page.emulate_media(media="print")
    one.picture("printed", 1280)
    page.emulate_media(media="screen")
