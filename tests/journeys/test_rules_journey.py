"""Journey 6: new rules brought in by one, tried on an invented person, published by another."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import expect

from config.settings import PACKS
from models.cases import Case
from tests.journeys.stage import Stage
from tests.journeys.visitor import Visitor
from workflows import rule_checks, shadowing
from workflows.accounts import SYSTEM_ACTOR
from workflows.rules import canonical
from workflows.rules.packs import load_pack
from workflows.work import Work

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
LIST = "/rules/kaz/versions"
CHANGE = "loses need guardian: Age 16; travels with mother or father: no"


class Green:
    """A gate's answer; the proofs themselves have their own tests, and take longer than a reader waits."""

    passed = True
    findings: tuple[str, ...] = ()


def worker(stage: Stage) -> None:
    """What the worker does for versions."""

    def opened() -> AbstractContextManager[Work]:
        return stage.work(SYSTEM_ACTOR)

    while rule_checks.examine_waiting(opened, lambda *_: Green(), lambda *_: (CHANGE,)):
        pass
    with opened() as work:
        shadowing.run_waiting(work)


def test_rules_are_brought_in_tried_and_published_by_another(visit: Visit, stage: Stage) -> None:
    version = bring_in(visit, stage)
    reviewer = visit("6-reviewer", widths=(360, 1280))
    page = reviewer.sign_in("supervisor")
    reviewer.go(f"{LIST}/{version}")
    expect(page.get_by_text(CHANGE)).to_be_visible()
    reviewer.look("testing")
    try_somebody(reviewer, stage)
    for language in ("ru", "fa_AF"):
        read(visit("6-reader", 1280, language, widths=(360, 1280)), version)

    reviewer.go(f"{LIST}/{version}")
    reviewer.press("Publish")
    page.wait_for_url(re.compile("/publish"))
    page.locator("#password").fill(stage.cards["supervisor"].password)
    reviewer.look("sign")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile("done=published"))
    reviewer.look("published")
    reviewer.go(LIST)
    expect(page.locator("tbody")).to_contain_text("In force")
    reviewer.look("versions")
    bring_back(visit, stage, reviewer, version)


def bring_back(visit: Visit, stage: Stage, reviewer: Visitor, first: str) -> None:
    """A published file follows it and proves a mistake: the first is brought back, by two again."""
    author = visit("6-author-again", 360)
    page = author.sign_in("admin")
    second = bring_in_file(author, stage)
    publish(reviewer, stage, "supervisor", second)
    author.go(f"{LIST}/{first}")
    author.press("Bring back")
    page.wait_for_url(re.compile("/back"))
    page.locator("#password").fill(stage.cards["admin"].password)
    author.look("bring-back")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile("done=back"))
    again = page.url.partition("?")[0].rpartition("/")[2]
    assert again not in {first, second}
    worker(stage)
    author.go(f"{LIST}/{again}")
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    author.look("brought-back")
    publish(reviewer, stage, "supervisor", again)
    reviewer.go(f"{LIST}/{second}")
    expect(reviewer.page.locator("main")).to_contain_text("Retired")


def bring_in_file(author: Visitor, stage: Stage) -> str:
    """Upload a published file, first a broken one, and let it run beside; the version's id."""
    page = author.page
    today = load_pack(PACKS, "kaz", stage.clock().date())
    raw = canonical.dump(dataclasses.replace(today, version="2031.7"))
    author.go(LIST)
    page.get_by_role("link", name="Bring in a published file").click()
    page.wait_for_url(re.compile("/versions/file"))
    author.look("file")
    for content, done in ((raw[:-1], False), (raw, True)):
        page.locator("#file").set_input_files(
            {"name": "kaz.json", "mimeType": "application/json", "buffer": content}
        )
        page.locator("#note").fill("From the ministry")
        page.locator("#password").fill(stage.cards["admin"].password)
        author.press("Sign and bring in")
        if not done:
            expect(page.locator("#file-error")).to_contain_text("no JSON in UTF-8")
            author.look("file-refused")
    page.wait_for_url(re.compile("done=in"))
    author.press("Let it run beside")
    page.wait_for_url(re.compile("done=testing"))
    worker(stage)
    return page.url.partition("?")[0].rpartition("/")[2]


def publish(who: Visitor, stage: Stage, name: str, version: str) -> None:
    """The second signature."""
    who.go(f"{LIST}/{version}")
    who.press("Publish")
    who.page.wait_for_url(re.compile("/publish"))
    who.page.locator("#password").fill(stage.cards[name].password)
    who.page.locator("main form button[type=submit]").click()
    who.page.wait_for_url(re.compile("done=published"))


def bring_in(visit: Visit, stage: Stage) -> str:
    """The author's part; the version's id."""
    admin = visit("6-author", widths=(360, 1280))
    page = admin.sign_in("admin")
    admin.go(LIST)
    admin.look("none-stored")
    admin.press("Bring in the folder's pack")
    page.wait_for_url(re.compile("/versions/new"))
    admin.press("Sign and bring in")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    admin.look("asked-for")
    page.locator("#note").fill("Guardians are told within two hours")
    page.locator("#password").fill(stage.cards["admin"].password)
    admin.press("Sign and bring in")
    page.wait_for_url(re.compile("done=in"))
    admin.look("draft")
    admin.press("Let it run beside")
    page.wait_for_url(re.compile("done=testing"))
    worker(stage)
    page.reload()
    expect(page.get_by_text("Somebody else must publish it.")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    return page.url.partition("?")[0].rpartition("/")[2]


def try_somebody(reviewer: Visitor, stage: Stage) -> None:
    """A child of 14, of whom nothing else is known: protected, and not stored."""
    page, before = reviewer.page, stage.count(Case)
    page.get_by_role("link", name="Try an invented person").click()
    page.wait_for_url(re.compile("/try"))
    page.locator("#q_age").fill("14")
    reviewer.press("Ask the pack")
    expect(page.get_by_role("heading", name="What the pack says")).to_be_visible()
    page.locator("details summary", has_text="safeguards hold, and why").click()
    reviewer.look("tried")
    assert stage.count(Case) == before


def read(reader: Visitor, version: str) -> None:
    """Every page of the rules in the reader's language."""
    reader.sign_in("supervisor")
    for path, picture in (
        (LIST, "versions"),
        (f"{LIST}/{version}", "version"),
        (f"{LIST}/{version}/publish", "sign"),
        (f"{LIST}/file", "file"),
        ("/rules/kaz/try", "try"),
        ("/rules/kaz", "pack"),
    ):
        reader.go(path)
        reader.look(picture)
