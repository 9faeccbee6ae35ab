"""A person answers alone on a turned screen by touch; and a receipt is read with the camera."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Playwright, expect

from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.journeys.stage import Stage
from tests.journeys.visitor import Seen, Visitor
from workflows.casenumbers import show

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
CARD = "ill_treatment"


@pytest.mark.parametrize(("language", "script"), [("en", True), ("fa_AF", True), ("en", False)])
def test_a_person_answers_alone_by_touch(
    visit: Visit, stage: Stage, language: str, *, script: bool
) -> None:
    number = show(stage.register("case-v12-steel-mill"))
    officer = visit("9-turned", 360, language, widths=(360, 1280), touch=True, script=script)
    page = officer.sign_in("officer")
    officer.go(f"/cases/{number}/ask?card={CARD}&alone=1&large=1")
    expect(page.locator(".serai-question .serai-pictogram").first).to_be_visible()
    seen(officer, "ask-with-pictures")
    page.locator(".serai-turn a").tap()
    page.locator("#language").select_option(language)
    seen(officer, "before-turning")
    officer.submit()
    page.wait_for_url("**/alone")
    assert page.locator("script").count() == 0
    seen(officer, "question")

    touched(officer)
    kept_out(officer, number)
    taken_back(officer, stage, number)


def seen(officer: Visitor, name: str) -> None:
    """Look at a page; where scripts are off the checker of pages cannot run either."""
    if officer.script:
        officer.look(name)


def touched(officer: Visitor) -> None:
    """By finger, back and again, for help; then the same by keyboard alone."""
    page = officer.page
    answers = page.locator(".serai-alone__answer")
    expect(answers).to_have_count(4)
    for box in (one.bounding_box() for one in answers.all()):
        assert box is not None
        assert min(box["width"], box["height"]) >= 120
    answers.nth(0).tap()
    page.locator("button[value=help]").tap()
    expect(page.locator(".serai-alone__done")).to_be_visible()
    page.locator("button[value=again]").tap()
    answers.nth(3).tap()
    seen(officer, "helped")
    page.locator("button[value=yes]").focus()
    for value in ("no", "does_not_know", "declined", "help", "interpreter", "stop", "again"):
        page.keyboard.press("Tab")
        expect(page.locator(f"button[value={value}]")).to_be_focused()
    page.locator("button[value=no]").press("Enter")
    expect(page.locator(".serai-alone__how bdi")).to_contain_text("3 /")


def kept_out(officer: Visitor, number: str) -> None:
    """Back and reload show the question of now, and bring no page of the official."""
    page = officer.page
    page.go_back()
    page.goto("/alone")
    expect(page.locator(".serai-alone__how bdi")).to_contain_text("3 /")
    for path in ("/today", f"/cases/{number}/ask", f"/cases/{number}/outcome"):
        page.goto(path)
        page.wait_for_url(re.compile("/unlock"))
    page.goto("/alone")
    page.locator("button[value=stop]").tap()
    expect(page.locator("form")).to_have_count(0)
    seen(officer, "over")


def taken_back(officer: Visitor, stage: Stage, number: str) -> None:
    """The official unlocks, and sees that it was answered and not what."""
    page = officer.page
    page.locator("footer a").tap()
    page.wait_for_url(re.compile("/unlock"))
    page.locator("#password").fill(stage.cards["officer"].password)
    page.locator("#password").press("Enter")
    page.wait_for_url(re.compile(f"/cases/{number}/ask"))
    expect(page.locator(".serai-question__alone").first).to_be_visible()
    expect(page.locator(".govuk-inset-text")).to_be_visible()
    seen(officer, "answered-privately")
    page.goto("/alone")
    expect(page.locator("form")).to_have_count(0)


def filmed(number: str, folder: Path) -> Path:
    """A film of a receipt's code, as a camera would see it: grey pictures, 640 by 480."""
    rows = [list(row) for row in segno.make(number, error="q", micro=False).matrix_iter(8, 4)]
    picture = bytearray(b"\xb4" * (640 * 480))
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            picture[(y + 90) * 640 + x + 170] = 16 if dark else 235
    frame = b"FRAME\n" + bytes(picture) + b"\x80" * (640 * 480 // 2)
    path = folder / "receipt.y4m"
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + frame * 5)
    return path


@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_a_receipt_is_read_with_the_camera(
    playwright_once: Playwright, stage: Stage, tmp_path: Path, language: str
) -> None:
    number = show(stage.register("case-v12-steel-mill"))
    film = filmed(number, tmp_path)
    browser = playwright_once.chromium.launch(
        executable_path=CHROMIUM,
        args=[
            *FLAGS,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    try:
        officer = Visitor(stage, browser, Seen(), "9-camera", 360, language)
        page = officer.sign_in("officer")
        page.evaluate("document.body.dataset.was = 'here'")
        officer.go("/search")
        officer.look("search")
        page.locator(".serai-camera__start").click()
        page.wait_for_url(re.compile(f"/cases/{number}$"), timeout=40_000)
        officer.close()
    finally:
        browser.close()


def test_a_refused_camera_says_what_to_do(visit: Visit) -> None:
    officer = visit("9-camera-refused", 360)
    page = officer.sign_in("officer")
    officer.go("/search")
    page.locator(".serai-camera__start").click()
    said = page.locator(".serai-camera [role=alert]")
    expect(said).to_be_visible()
    officer.look("refused")
    expect(page.locator(".serai-camera__start")).to_be_visible()
    assert page.locator(".serai-camera video").is_hidden()
