"""Journey: a desk works on a case. Notes, flags, appointments, tasks."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.stage import Stage
from tests.journeys.test_desk_journey import waiting
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def in_care(visit: Visit, stage: Stage, name: str, language: str = "en") -> tuple[Visitor, str]:
    """An officer whose desk has just taken a referral."""
    case, number = waiting(stage)
    officer = visit(name, 1280, language, hidden=stage.names[case], widths=(1280, 360))
    page = officer.sign_in("child")
    officer.go(f"/referrals/{number}")
    page.keyboard.press("a")
    page.wait_for_url(re.compile("done=accepted"))
    return officer, number


@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_notes_and_flags(visit: Visit, stage: Stage, language: str) -> None:
    officer, number = in_care(visit, stage, "3-casework", language)
    page = officer.go(f"/care/{number}/notes")
    page.locator("#text").fill("He has eaten. He asks for his brother.")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    officer.look("note-for-whom")
    expect(page.locator("#text")).to_have_value("He has eaten. He asks for his brother.")
    officer.choose("audience", "holders")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile("done=kept"))
    page.locator("a[href$='/correct']").click()
    page.locator("#text").fill("He asks for his cousin.")
    officer.look("put-right")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile("done=corrected"))
    officer.look("notes")
    page = officer.go(f"/care/{number}/flags")
    page.locator("input[name=kinds][value=interpreter]").check()
    page.locator("input[name=kinds][value=female_officer]").check()
    page.locator("#text").fill("Dari of Herat")
    page.locator("[name=expires_on-calendar]").select_option("gregorian")
    for part, value in (("day", "30"), ("month", "11"), ("year", "2026")):
        page.locator(f"[name=expires_on-{part}]").fill(value)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile("done=set"))
    officer.look("flags")
    page = officer.go(f"/care/{number}")
    expect(page.locator(".serai-flags")).to_contain_text("Dari of Herat")
    officer.look("flagged")


@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_an_appointment_and_its_slip(visit: Visit, stage: Stage, language: str) -> None:
    officer, number = in_care(visit, stage, "3-appointment", language)
    page = officer.go(f"/care/{number}/appointments")
    page.locator("[name=day-calendar]").select_option("gregorian")
    for part, value in (("day", "30"), ("month", "11"), ("year", "2026")):
        page.locator(f"[name=day-{part}]").fill(value)
    page.locator("#time").fill("25:00")
    page.locator("#place").fill("Abay 10, room 4")
    page.locator("input[name=bring][value=papers]").check()
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    officer.look("no-such-time")
    page.locator("#time").fill("10:30")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile("done=made"))
    officer.look("made")
    page.locator("a[href$='/slip']").click()
    page.wait_for_url(re.compile("/slip"))
    expect(page.locator(".serai-slip")).to_contain_text("Abay 10, room 4")
    officer.look("slip")
    page = officer.go("/appointments?day=2026-11-30")
    expect(page.locator("tbody")).to_contain_text("10:30")
    officer.look("day")


@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_tasks_of_a_desk_many_at_once(visit: Visit, stage: Stage, language: str) -> None:
    for _ in range(2):
        waiting(stage)
    stage.tick()
    officer = visit("3-tasks", 1280, language, widths=(1280, 360))
    officer.sign_in("child")
    page = officer.go("/desk/tasks")
    # As the list stands: the kinds are revealed below it.
    officer.look("list")
    page.locator("form[action*='preview'] button[type=submit]").last.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page = officer.go("/desk/tasks")
    for row in (0, 1):
        page.locator("input[name=picked]").nth(row).check()
    officer.choose("kind", "assign")
    page.locator("#to").select_option(index=1)
    officer.look("chosen")
    page.locator("form[action*='preview'] button[type=submit]").last.click()
    page.wait_for_url(re.compile("/preview"))
    officer.look("preview")
    page.locator("form[action$='/change'] button").click()
    page.wait_for_url(re.compile("/change$"))
    officer.look("changed")
    page.locator("form[action$='/undo'] button").click()
    page.wait_for_url(re.compile("/undo$"))
    officer.look("put-back")


@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_work_that_nobody_could_take_is_not_asked_for(visit: Visit, language: str) -> None:
    supervisor = visit("3-hand-over", 1280, language, widths=(1280, 360))
    supervisor.sign_in("supervisor")
    page = supervisor.go("/clocks")
    page.locator("a[href='/clocks/hand-over']").click()
    page.wait_for_url("**/hand-over")
    expect(page.locator(".serai-empty")).to_be_visible()
    expect(page.locator("main form")).to_have_count(0)
    supervisor.look("nobody-to-take-it")
