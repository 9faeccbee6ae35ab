"""A person on the move, alone at a browser: number and code, how things stand, asking, and away at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from models.rights import PersonRequest
from tests.journeys.stage import Stage
from tests.journeys.visitor import Visitor
from workflows import receipts
from workflows.casenumbers import show

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


@pytest.mark.parametrize(
    ("language", "widths"), [("en", (1280, 360)), ("ru", (360,)), ("fa_AF", (1280, 360))]
)
def test_a_person_sees_how_things_stand_and_complains(
    visit: Visit, stage: Stage, language: str, widths: tuple[int, ...]
) -> None:
    number = stage.register("boy-14-alone")
    stage.refer(number, "guardian")
    with stage.work(stage.official()[1]) as work:
        issued = receipts.issue(work, number)
    before = stage.count(PersonRequest)
    person = visit("8-person", widths[0], language, hidden=stage.names[number], widths=widths)
    page = person.go(f"/person?lang={language}")
    page.wait_for_load_state("networkidle")
    assert person.weight <= 60_000
    person.look("enter")
    page.locator("#number").fill(show(number))
    page.locator("#code").fill("2222-2222-2222")
    person.submit()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    person.look("wrong")
    page.locator("#code").fill(issued.code)
    person.submit()
    page.wait_for_url("**/person/state")
    expect(page.locator("h1")).to_contain_text(show(number))
    person.look("state")
    page.locator("main a[href='/person/rights']").click()
    person.look("rights")
    page.go_back()
    page.locator("main a[href='/person/ask']").click()
    person.choose("kind", "complaint")
    page.locator("#says").fill("An officer shouted at me.")
    person.look("ask")
    person.submit()
    expect(page.locator(".govuk-notification-banner")).to_be_visible()
    assert stage.count(PersonRequest) == before + 1
    person.look("asked")
    assert number not in page.url
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url("**/person/leave")
    page.goto("/person/state")
    page.wait_for_url("**/person")


def test_the_officer_makes_a_code_on_the_receipt(visit: Visit, stage: Stage) -> None:
    number = stage.register("boy-14-alone")
    stage.refer(number, "guardian")
    officer = visit("8-code", 1280, "en", hidden=stage.names[number], widths=(1280, 360))
    page = officer.sign_in("officer")
    officer.go(f"/cases/{show(number)}/receipt")
    officer.look("receipt-before")
    page.locator("form[action$='/code'] button").click()
    expect(page.locator(".serai-receipt__secret")).to_be_visible()
    officer.look("receipt-with-code")
    stage.finish(number)
    officer.go(f"/cases/{show(number)}/code")
    officer.look("new-code")
    officer.submit()
    expect(page.locator(".serai-receipt__secret")).to_be_visible()
    officer.look("slip-with-code")
