"""Journey 9: a passkey in real Chromium, the lock that keeps what was typed, being asked again, leaving."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from models.accounts import Draft, User
from tests.journeys.conftest import Visits
from tests.journeys.stage import Stage
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
#: What a browser may remember of a page, by the number of things in it.
KEPT = """async () => [localStorage.length, sessionStorage.length,
  (await indexedDB.databases()).length, (await caches.keys()).length]"""


@pytest.fixture
def visit(stage: Stage, browser: Browser) -> Iterator[Visits]:
    """Browsers that come by a name: passkeys are not bound to numbers."""
    visits = Visits(
        replace(stage, address=stage.address.replace("127.0.0.1", "localhost")), browser
    )
    yield visits
    for visitor in visits.visitors:
        visitor.close()


def with_authenticator(visitor: Visitor) -> str:
    """Chromium's own authenticator, which verifies its user at once."""
    visitor.tool.send("WebAuthn.enable", {"enableUI": False})
    made = visitor.tool.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return str(made["authenticatorId"])


def to_account(page: Page) -> None:
    page.locator("a[href='/account/']").click()
    page.wait_for_url("**/account/")


def test_a_passkey_opens_the_account_and_the_lock(visit: Visit, stage: Stage) -> None:
    officer = visit("sign-in", widths=(1280, 360), hidden=("Zarifa",))
    authenticator = with_authenticator(officer)
    page = officer.sign_in("officer")
    to_account(page)
    page.get_by_role("button", name="Make a passkey").click()
    page.locator("#label").fill("blue key")
    officer.look("new-passkey")
    page.get_by_role("button", name="Make it now").click()
    page.wait_for_url("**/account/?done=passkey")
    officer.look("account")
    held = officer.tool.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})
    assert held["credentials"][0]["isResidentCredential"]

    officer.press("Sign out")
    page.wait_for_url("**/sign-in")
    officer.look("sign-in")
    officer.press("Use a passkey")
    page.wait_for_url("**/today")

    officer.go("/register")
    before = stage.count(Draft)
    page.locator("input[type=text]").first.fill("Zarifa")
    officer.press("Lock")
    page.wait_for_url("**/unlock**")
    officer.look("locked")
    assert "Zarifa" not in page.content()
    kept = page.evaluate(KEPT)
    assert kept == [0, 0, 0, 0]
    assert stage.count(Draft) == before + 1
    officer.press("Use a passkey")
    page.wait_for_url("**/account/go-on")
    officer.look("go-on")
    officer.press("Show what I typed")
    expect(page.locator("input[type=text]").first).to_have_value("Zarifa")
    assert stage.count(Draft) == before

    # Without its user the authenticator says nothing, and the page says so.
    officer.press("Lock")
    page.wait_for_url("**/unlock**")
    officer.tool.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False}
    )
    officer.press("Use a passkey")
    expect(page.get_by_role("alert")).to_contain_text("No passkey was given", timeout=90_000)


def test_leaving_takes_one_key_and_locks_the_session(visit: Visit, stage: Stage) -> None:
    number = stage.register("boy-14-alone")
    officer = visit("leaving")
    page = officer.sign_in("officer")
    officer.go(f"/cases/{number}")
    page.keyboard.press("e")
    page.wait_for_url("**/leave")
    assert page.title() == "Calendar"
    page.go_back()
    expect(page).to_have_url(re.compile("/(unlock|leave)"))
    officer.go("/today")
    assert "/unlock" in page.url


def test_an_act_of_weight_asks_again_and_then_does_what_was_sent(
    visit: Visit, stage: Stage
) -> None:
    admin = visit("proving", widths=(1280, 360))
    page = admin.sign_in("admin")
    before = stage.count(User)
    admin.go("/users/new")
    page.locator("#name").fill("watch.nine")
    admin.choose("role", "monitor")
    page.locator("#agency").select_option(index=1)
    stage.clock.forward(301)
    admin.press("Make the account")
    page.wait_for_url("**/account/prove")
    admin.look("prove")
    assert stage.count(User) == before
    page.locator("#password").fill(stage.cards["admin"].password)
    admin.press("Go on")
    page.wait_for_url("**/account/go-on")
    admin.look("do-it-now")
    admin.press("Do it now")
    expect(page.locator("h1")).to_have_text("The account is made")
    assert stage.count(User) == before + 1


@pytest.mark.parametrize("language", ["ru", "fa_AF"])
def test_ones_own_account_in_other_languages(visit: Visit, language: str) -> None:
    monitor = visit("account", 1280, language, widths=(1280, 360))
    page = monitor.sign_in("monitor")
    to_account(page)
    page.locator("form[action$='recovery-codes'] button").click()
    expect(page.locator(".serai-secret")).to_have_count(10)
    monitor.look("codes")
    monitor.go("/account/password")
    monitor.look("password")
    monitor.go("/account/")
    monitor.look("account")
