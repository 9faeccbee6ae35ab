"""Journey 6: what goes wrong at a desk. A message at the field, what was typed is kept, nothing half-done."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.web.forms.border import NOTHING_SEEN
from models.cases import Answer, Case
from tests.journeys.stage import Stage
from tests.journeys.visitor import Visitor
from workflows.casenumbers import show

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def said_at(page: Page, anchor: str, text: str) -> None:
    """The summary has the focus and leads to the field; the field says the same."""
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text(text)
    summary.locator("a").first.click()
    expect(page.locator(f"#{anchor}")).to_be_focused()
    expect(page.locator(".govuk-error-message").first).to_contain_text(text)


def test_what_cannot_be_registered_is_said_at_its_field(visit: Visit, stage: Stage) -> None:
    official = visit("6-bad-input", 360, widths=(1280, 360))
    page = official.sign_in("officer")
    before = stage.count(Case)
    official.go("/register")
    official.submit()
    said_at(page, "name", "Enter the name")
    official.look("empty")

    page.locator("#name").fill("x" * 5000)
    official.submit()
    said_at(page, "name", "200 characters")
    assert len(page.locator("#name").input_value()) >= 200
    official.look("too-long")

    page.locator("#name").fill("Sitora")
    official.choose("birth-kind", "date")
    for part, typed in (("day", "31"), ("month", "2"), ("year", "2010")):
        page.locator(f"#birth-{part}").fill(typed)
    official.submit()
    said_at(page, "birth-day", "Date of birth")
    assert page.locator("#birth-day").input_value() == "31"
    assert page.locator("#name").input_value() == "Sitora"
    official.look("no-such-day")

    page.locator("#birth-day").fill("3")
    official.choose("travelling", "with")
    page.locator("#companions-0-number").fill("R7R-GV4-K29")
    page.locator("#companions-0-relationship").select_option("SBM")
    official.submit()
    expect(page.locator(".govuk-error-summary")).to_contain_text("case number")
    assert page.locator("#companions-0-number").input_value() == "R7R-GV4-K29"
    official.look("wrong-check-digit")
    assert stage.count(Case) == before


def test_markup_in_a_name_stays_text(visit: Visit) -> None:
    official = visit("6-markup")
    page = official.sign_in("officer")
    opened: list[str] = []
    page.on("dialog", lambda dialog: opened.append(dialog.message))
    name = "<script>alert(document)</script>"
    official.go("/register")
    page.locator("#name").fill(name)
    official.submit()
    page.wait_for_load_state("load")
    if "/now" in page.url:
        official.go("/search")
        page.locator("#text").fill(name)
        official.submit()
        expect(page.locator("main")).to_contain_text(name)
    else:
        expect(page.locator("#name")).to_have_value(name)
    official.look("markup")
    assert opened == []


def test_a_stale_token_keeps_what_was_typed(visit: Visit, stage: Stage) -> None:
    official = visit("6-stale-token")
    page = official.sign_in("officer")
    official.go("/register")
    before = stage.count(Case)
    page.locator("#name").fill("Sitora")
    official.choose("sex", "F")
    official.context.clear_cookies(name="form")
    official.submit()
    expect(page.locator(".govuk-error-summary")).to_contain_text("open for too long")
    expect(page.locator("#name")).to_have_value("Sitora")
    expect(page.locator("input[name=sex][value=F]")).to_be_checked()
    assert stage.count(Case) == before
    official.look("stale-token")
    official.submit()
    page.wait_for_url(re.compile("/now"))
    assert stage.count(Case) == before + 1


def test_a_double_click_registers_once(visit: Visit, stage: Stage) -> None:
    official = visit("6-double-click")
    page = official.sign_in("officer")
    official.go("/register")
    before = stage.count(Case)
    page.locator("#name").fill("Sitora")
    page.locator("main form button[type=submit]").last.dblclick()
    page.wait_for_url(re.compile("/now"))
    page.go_back()
    page.wait_for_url(re.compile("/register"))
    assert stage.count(Case) == before + 1


def test_the_second_of_two_stale_pages_is_told(visit: Visit, stage: Stage) -> None:
    first, second = visit("6-stale-page"), visit("6-stale-page")
    page = first.sign_in("officer")
    first.go("/register")
    page.locator("#name").fill("Sitora")
    first.submit()
    page.wait_for_url(re.compile("/now"))
    first.choose("seen", NOTHING_SEEN)
    first.submit()
    page.wait_for_url(re.compile("/inform"))
    number = page.url.split("/")[-2]
    for field, value in (("how", "read_aloud"), ("interpreter", "here"), ("understood", "yes")):
        first.choose(field, value)
    page.locator("#language").select_option("prs")
    first.submit()
    page.wait_for_url(re.compile("/ask"))

    second.sign_in("officer")
    for visitor in (first, second):
        visitor.go(f"/cases/{number}/ask?card=urgent&alone=1")
    first.choose("q_needs_doctor_now", "no")
    first.submit()
    page.wait_for_url(re.compile(r"alone=1$"))
    told = stage.count(Answer)
    second.choose("q_needs_doctor_now", "yes")
    second.submit()
    expect(second.page.locator(".govuk-error-summary")).to_be_visible()
    expect(second.page.locator("input[name=q_needs_doctor_now][value=yes]")).to_be_checked()
    second.look("changed-meanwhile")
    assert stage.count(Answer) == told


def test_a_referral_that_another_took_is_not_taken_twice(visit: Visit, stage: Stage) -> None:
    number = stage.refer(stage.register("boy-14-alone"), "guardian")
    first, second = visit("6-second-desk"), visit("6-second-desk")
    for visitor in (first, second):
        visitor.sign_in("child")
        visitor.go(f"/referrals/{number}")
    first.page.keyboard.press("a")
    first.page.wait_for_url(re.compile("done=accepted"))
    second.press("Accept")
    expect(second.page.locator(".govuk-error-summary")).to_contain_text("Somebody else was faster")
    second.look("too-late")


def test_a_wrong_check_digit_is_said_at_the_search_field(visit: Visit, stage: Stage) -> None:
    right = show(stage.register("boy-14-alone"))
    official = visit("6-search")
    page = official.sign_in("officer")
    official.go("/search")
    official.look("search")
    wrong = right[:-1] + ("2" if right[-1] != "2" else "3")
    page.locator("#text").fill(wrong)
    official.submit()
    said_at(page, "text", "case number")
    expect(page.locator("#text")).to_have_value(wrong)
    official.look("wrong-number")
    page.locator("#text").fill(right)
    official.submit()
    page.wait_for_url(re.compile(f"/cases/{right}$"))
