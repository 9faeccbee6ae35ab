"""Journey: one administrator asks for new keys, another approves, and the page says what to type."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def test_two_administrators_change_the_keys(visit: Visit) -> None:
    first = visit("11-administrator", widths=(1280, 360))
    page = first.sign_in("admin")
    first.go("/key-orders")
    first.look("nothing-asked")
    page.get_by_role("button", name="Ask for a key operation").click()
    page.wait_for_url(re.compile("/key-orders/new"))
    first.choose("operation", "rotate")
    first.press("Ask another administrator")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    first.look("nothing-ticked")
    for key in ("identity", "index"):
        page.locator(f"input[name=keys][value={key}]").check()
    first.look("what-exactly")
    first.press("Ask another administrator")
    page.wait_for_url(re.compile("done=asked"))
    expect(page.locator("button[name=said]")).to_have_count(0)
    first.look("asked")

    second = visit("11-second-administrator", language="fa_AF", widths=(1280, 360))
    other = second.sign_in("admin2")
    second.go("/key-orders")
    second.look("to-approve")
    other.locator("button[name=said][value=yes]").click()
    other.wait_for_url(re.compile("done=answered"))
    second.look("approved")

    first.go("/key-orders")
    expect(page.get_by_text("serai keys rotate --purpose identity --index")).to_be_visible()
    first.look("what-to-type")
