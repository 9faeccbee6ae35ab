"""A desk asks before it answers, puts somebody on a waiting list, takes them, and nobody comes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from models.vocabulary import ReferralState
from tests.journeys.stage import Stage
from tests.journeys.test_desk_journey import waiting
from tests.journeys.visitor import Visitor
from workflows.casenumbers import show

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def test_a_desk_asks_the_post_answers_and_the_desk_sees_it(visit: Visit, stage: Stage) -> None:
    case, number = waiting(stage)
    desk = visit("2-asks", hidden=stage.names[case], widths=(360, 1280))
    page = desk.sign_in("child")
    desk.go(f"/referrals/{number}")
    page.keyboard.press("q")
    page.wait_for_url(re.compile("/ask"))
    desk.press("Ask the sender")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    desk.choose("reason", "safety")
    page.locator("#text").fill("Is anybody waiting for him outside?")
    desk.look("ask")
    desk.press("Ask the sender")
    page.wait_for_url(re.compile("done=asked"))
    desk.look("asked")
    desk.go(f"/referrals/{number}")
    expect(page.get_by_role("button", name="Ask the sender")).to_be_disabled()
    desk.look("grey")

    official = visit("2-asked-post", hidden=stage.names[case], widths=(360, 1280))
    official.sign_in("officer")
    tasks = official.go("/tasks")
    tasks.locator(f"a[href*='{show(case)}/question']").first.click()
    tasks.wait_for_url(re.compile("/question"))
    expect(tasks.locator("body")).to_contain_text("Is anybody waiting for him outside?")
    official.look("question")
    tasks.locator("#text").fill("Nobody. The road is closed.")
    official.press("Send the answer")
    tasks.wait_for_url(re.compile("/tasks"))
    expect(tasks.locator(".govuk-notification-banner")).to_contain_text("The answer is sent")
    assert stage.state(number) is ReferralState.SEEN

    desk.go(f"/referrals/{number}")
    expect(page.locator("body")).to_contain_text("Nobody. The road is closed.")
    desk.look("answered")


def test_from_the_waiting_list_into_care_where_nobody_comes(visit: Visit, stage: Stage) -> None:
    case, number = waiting(stage)
    desk = visit("2-waiting-list", hidden=stage.names[case], widths=(360, 1280))
    page = desk.sign_in("child")
    desk.go(f"/referrals/{number}/wait")
    day = stage.clock().date() + timedelta(days=2)
    for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        page.locator(f"[name='expected_on-{part}']").fill(str(value))
    desk.look("waiting-list")
    desk.press("Put on the waiting list")
    page.wait_for_url(re.compile("done=listed"))
    desk.look("listed")
    assert stage.state(number) is ReferralState.WAITING_LIST

    desk.go(f"/referrals/{number}")
    page.keyboard.press("a")
    page.wait_for_url(re.compile("done=accepted"))
    desk.go(f"/care/{number}")
    desk.look("service")
    desk.press("Person did not come")
    page.wait_for_url(re.compile("done=no_show"))
    desk.look("did-not-come")
    assert stage.state(number) is ReferralState.NO_SHOW
