"""The frame in a real browser: accessible, within its policy, and of use with and without script."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from werkzeug.serving import WSGIRequestHandler, make_server

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent.parent / "journeys" / "axe.min.js").read_text("utf-8")
SCREENS = Path(__file__).parent.parent.parent / "build" / "screens" / "frame"
CHROMIUM = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or ""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Chromium calls a page that answers 422 a failed load; the page itself is whole.
REFUSED_FORM = "the server responded with a status of 422"


class Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(kitchen: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, kitchen, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium(playwright_once: Playwright) -> Iterator[Browser]:
    assert CHROMIUM, "no Chromium: `python3 dev.py test` leaves these out, and says how to have it"
    browser = playwright_once.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def context(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def tab(context: BrowserContext) -> Iterator[Page]:
    """A tab that fails its test for anything the console complains of."""
    complaints: list[str] = []
    tab = context.new_page()
    tab.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    tab.on("pageerror", lambda problem: complaints.append(str(problem)))
    yield tab
    assert [line for line in complaints if REFUSED_FORM not in line] == []


def violations(tab: Page) -> list[Any]:
    """What axe finds, run from outside the page's policy."""
    session = tab.context.new_cdp_session(tab)
    answer = session.send(
        "Runtime.evaluate",
        {
            "expression": f"{AXE};axe.run(document,{{runOnly:{json.dumps(RULES)}}})"
            ".then(found=>JSON.stringify(found.violations.map("
            "one=>[one.id,one.nodes.map(node=>node.html.slice(0,120))])))",
            "awaitPromise": True,
            "returnByValue": True,
            "allowUnsafeEvalBlockedByCSP": True,
        },
    )
    found: list[Any] = json.loads(answer["result"]["value"])
    return found


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "ru", "fa_AF"])
def test_every_part_is_accessible_and_fits(tab: Page, language: str, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    SCREENS.mkdir(parents=True, exist_ok=True)

    for name in ("kitchen", "who", "receipt", "refused"):
        tab.goto(f"/{'kitchen' if name == 'refused' else name}?lang={language}")
        if name == "refused":
            tab.locator("main form").evaluate("form => form.requestSubmit()")
            expect(tab.locator(".govuk-error-summary")).to_be_focused()
        tab.wait_for_load_state("networkidle")
        tab.screenshot(path=SCREENS / f"{name}-{language}-{width}.png", full_page=True)

        assert violations(tab) == [], name
        assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name


def test_the_first_page_weighs_little_and_comes_from_one_place(tab: Page, address: str) -> None:
    sizes: dict[str, int] = {}
    tab.on(
        "requestfinished",
        lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]}),
    )

    tab.goto("/receipt")
    tab.wait_for_load_state("networkidle")

    assert all(url.startswith(address) for url in sizes)
    assert sum(sizes.values()) <= 60_000


def test_readers_without_arabic_letters_do_not_fetch_the_font(tab: Page) -> None:
    fonts: list[str] = []
    tab.on("request", lambda request: fonts.append(request.url) if "woff2" in request.url else None)

    tab.goto("/who?lang=ru")
    tab.wait_for_load_state("networkidle")
    assert fonts == []

    tab.goto("/receipt")
    tab.wait_for_load_state("networkidle")
    assert len(fonts) >= 1


def test_an_answer_shows_what_it_asks_for_only_while_it_is_chosen(tab: Page) -> None:
    tab.goto("/who")
    expect(tab.locator("#interpreter")).to_be_hidden()

    tab.get_by_label("Needed", exact=True).check()
    expect(tab.locator("#interpreter")).to_be_visible()

    tab.get_by_label("Age", exact=True).check()
    expect(tab.get_by_label("Age in years")).to_be_visible()
    expect(tab.get_by_label("Day", exact=True)).to_be_hidden()


def test_without_script_everything_is_in_sight(chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    tab = context.new_page()
    tab.goto("/who")

    for wanted in ("#interpreter", "#birth-day", "#birth-from_year", ".serai-leave"):
        assert tab.locator(wanted).is_visible()
    tab.get_by_role("link", name="Leave this page").click()
    assert tab.url.endswith("/leave")
    context.close()


def test_leaving_hides_the_page_and_bars_the_way_back(tab: Page) -> None:
    tab.goto("/receipt")
    tab.goto("/who")

    tab.get_by_role("link", name="Leave this page").click()
    tab.wait_for_url("**/leave")
    tab.go_back()

    assert tab.url.endswith("/receipt")


def test_escape_three_times_leaves_and_twice_does_not(tab: Page) -> None:
    tab.goto("/who")
    tab.locator("#name").focus()

    tab.keyboard.press("Escape")
    tab.keyboard.press("Escape")
    tab.wait_for_timeout(200)
    assert tab.url.endswith("/who")
    tab.keyboard.press("Escape")

    tab.wait_for_url("**/leave")


def test_a_letter_opens_its_place_but_never_while_one_types(tab: Page) -> None:
    tab.goto("/kitchen")
    tab.locator("#name").press_sequentially("n")
    assert tab.url.endswith("/kitchen")

    tab.locator("h1").click()
    tab.keyboard.press("Control+n")
    tab.keyboard.press("n")

    tab.wait_for_url("**/who")


def test_the_letters_can_be_turned_off_for_good(tab: Page) -> None:
    tab.goto("/kitchen")
    tab.get_by_role("button", name="Keyboard shortcuts are on. Turn off").click()
    tab.reload()
    tab.locator("h1").click()
    tab.keyboard.press("n")
    tab.wait_for_timeout(200)

    assert tab.url.endswith("/kitchen")
    expect(tab.get_by_role("button", name="Keyboard shortcuts are off. Turn on")).to_be_visible()


def test_a_double_click_sends_once(tab: Page) -> None:
    sent: list[str] = []
    tab.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    tab.goto("/who")
    tab.locator("#name").fill("Gul")

    tab.get_by_role("button", name="Continue").dblclick()
    tab.wait_for_load_state("networkidle")

    assert len(sent) == 1


@pytest.mark.asvs("3.2.2", "14.2.1")
def test_likenesses_are_shown_as_text_and_names_stay_out_of_addresses(tab: Page) -> None:
    asked: list[str] = []
    tab.on("request", lambda one: asked.append(one.url) if "candidates" in one.url else None)
    tab.goto("/who")

    tab.locator("#name").press_sequentially("Abdul")
    shown = tab.locator(".serai-candidates")

    expect(shown).to_contain_text("<b>Abdul</b>")
    expect(shown).to_contain_text("same year of birth")
    assert not any("Abdul" in url for url in asked)


def test_the_header_says_when_the_connection_is_gone(tab: Page) -> None:
    tab.goto("/kitchen")
    expect(tab.get_by_role("status")).to_have_text("Connected")

    tab.context.set_offline(True)
    expect(tab.get_by_role("status")).to_contain_text("No connection")
    tab.context.set_offline(False)


def test_locking_hides_the_page_at_once(tab: Page) -> None:
    tab.goto("/kitchen")
    tab.evaluate("addEventListener('submit', event => event.preventDefault())")

    tab.get_by_role("button", name="Lock").click()

    expect(tab.locator("main")).to_be_hidden()
