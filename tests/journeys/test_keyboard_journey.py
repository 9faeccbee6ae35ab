"""Journey 5: the short way of journey 1 and the acceptance of journey 2, by the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from models.vocabulary import ReferralState
from tests.journeys.stage import Stage
from tests.journeys.visitor import Visitor
from workflows.casenumbers import show

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
FARTHEST = 120


def to(page: Page, selector: str) -> None:
    """Press Tab until what has the focus is what is wanted; it must be in sight and show the focus."""
    for _ in range(FARTHEST):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            seen = page.evaluate("document.activeElement.getBoundingClientRect().height")
            assert seen > 0, selector
            return
    raise AssertionError(f"Tab does not lead to {selector}")


def press(page: Page, selector: str, leads_to: str, key: str = "Enter") -> None:
    """Go to a link or button by Tab, press it, and wait for where it leads."""
    to(page, selector)
    page.keyboard.press(key)
    page.wait_for_url(re.compile(leads_to))


def tick(page: Page, field: str, presses: int = 0) -> None:
    """Choose the first of a group, or the one so many arrows on."""
    to(page, f"input[name='{field}']")
    page.keyboard.press("Space")
    for _ in range(presses):
        page.keyboard.press("ArrowDown")


def signed_in(visitor: Visitor, name: str) -> Page:
    """Sign in without a mouse."""
    card = visitor.stage.cards[name]
    visitor.stage.clock.forward(31)
    page = visitor.go("/sign-in")
    to(page, "#name")
    page.keyboard.type(name)
    to(page, "#password")
    page.keyboard.type(card.password)
    to(page, "#code")
    page.keyboard.type(card.code(visitor.stage.clock()))
    page.keyboard.press("Enter")
    expect(page.locator(".serai-header__place")).to_be_visible()
    return page


def test_a_person_is_registered_and_referred_without_a_mouse(visit: Visit) -> None:
    official = visit("5-keyboard")
    page = signed_in(official, "officer")
    page.keyboard.press("n")
    page.wait_for_url(re.compile("/register"))
    page.keyboard.press("b")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("Sitora b")
    expect(page.locator("#name")).to_have_value("Sitora b")
    tick(page, "sex")
    to(page, "input[name='birth-kind']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    to(page, "#birth-age")
    page.keyboard.type("15")
    to(page, "#language")
    page.keyboard.type("Dari")
    expect(page.locator("#language")).to_have_value("prs")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/now"))
    tick(page, "seen")
    press(page, "main form button", "/inform")
    tick(page, "understood")
    tick(page, "how")
    tick(page, "interpreter")
    official.look("inform")
    press(page, "main form button", "/ask")
    page.goto(page.url.split("?")[0] + "?card=with_child&alone=1")
    tick(page, "q_with_parent", presses=1)
    expect(page.locator("input[name='q_with_parent'][value='no']")).to_be_checked()
    tick(page, "q_with_responsible_adult", presses=1)
    press(page, "main form button:not(.govuk-button--secondary)", r"ask\?alone=1$")
    press(page, ".serai-steps a[href$='/outcome']", "/outcome")
    press(page, ".serai-need button", "/preview")
    tick(page, "basis", presses=2)
    expect(page.locator("input[name=basis][value=best_interest]")).to_be_checked()
    official.look("preview")
    press(page, "main form button", "/outcome")
    expect(page.locator(".serai-sent li")).to_have_count(1)
    press(page, ".serai-steps a[href$='/receipt']", "/receipt")
    press(page, ".serai-finish button", r"/cases/[^/]+$")
    official.look("afterwards")


def test_a_referral_is_accepted_without_a_mouse(visit: Visit, stage: Stage) -> None:
    number = stage.refer(stage.register("boy-14-alone"), "guardian")
    desk = visit("5-keyboard-desk")
    page = signed_in(desk, "child")
    to(page, f"a[href*='{number}'], a[href*='{show(number)}']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/referrals/"))
    page.keyboard.press("a")
    page.wait_for_url(re.compile("done=accepted"))
    assert stage.state(number) is ReferralState.ACCEPTED
    press(page, ".govuk-notification-banner__link", "/care/")
    press(page, "a[data-key=i]", "open=identity")
    desk.look("identity")
