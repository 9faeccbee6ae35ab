"""A body records its decision, sees what became liftable, and lifts it: two acts, each with its grounds."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.stage import Stage
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def test_a_guardian_is_decided_on_and_the_safeguard_lifted(visit: Visit, stage: Stage) -> None:
    case = stage.register("boy-14-alone")
    number = stage.refer(case, "guardian")
    stage.finish(case)
    officer = visit("2-decision", hidden=stage.names[case], widths=(360, 1280))
    page = officer.sign_in("child")
    officer.go(f"/referrals/{number}")
    page.keyboard.press("a")
    page.wait_for_url(re.compile("done=accepted"))
    officer.go(f"/care/{number}")
    page.keyboard.press("d")
    page.wait_for_url(re.compile("/decisions"))
    officer.look("decision")

    officer.press("Record the decision")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    officer.look("nothing-chosen")
    officer.choose("fact", "guardian_appointed")
    officer.choose("value", "yes")
    for part, value in (("day", "1"), ("month", "2"), ("year", "2024")):
        page.locator(f"input[name='on-{part}']").fill(value)
    page.locator("#reference").fill("G-0000/24")
    page.locator("#reason").fill("The aunt was named and has agreed.")
    officer.press("Record the decision")
    page.wait_for_url(re.compile("done=decided"))
    officer.look("decided")

    page.get_by_role("link", name=re.compile("^Decide")).first.click()
    page.wait_for_url(re.compile("/holds/"))
    page.locator("#reason").fill("The guardian has taken up the duty.")
    officer.press("Lift this safeguard")
    page.wait_for_url(re.compile("done=lifted"))
    officer.look("lifted")
