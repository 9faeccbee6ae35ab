"""`dev.py bench hands`: what it takes at the keyboard to register somebody, refer, accept and export.

Real Chromium, the keyboard alone, invented people. A *press* is a link, button or tick that is set off: what
a click is to whoever uses a mouse. Keystrokes count all of Tab, arrows, Enter and letters; *data* are those
that write what the person says. Whoever adds a way of working adds a function to `WAYS`.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from models.vocabulary import ReferralState
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.journeys.stage import Stage, open_stage
from tests.journeys.visitor import Seen, Visitor
from tests.supervision.rows import rows_of_months
from workflows import closing
from workflows.accounts import SYSTEM_ACTOR

_FARTHEST = 120
#: What one may fill in: each name once, whatever it is made of.
_FIELDS = """() => new Set([...document.querySelectorAll("main form.serai-form :is(input, select, textarea)")]
  .filter(one => one.type !== "hidden")
  .filter(one => one.getClientRects().length > 0).map(one => one.name.split("-")[0])).size"""

_IN_FORM = "it => !!document.querySelector(it)?.closest('main form.serai-form')"


@dataclass
class Count:
    """What one way took. `most`: the presses that it may take at most; 0 where none are promised."""

    way: str
    keystrokes: int = 0
    data: int = 0
    presses: int = 0
    pages: int = 0
    fields: int = 0
    seconds: float = 0.0
    most: int = 0


class Hands:
    """Ten fingers at one page; everything they do is counted."""

    def __init__(self, page: Page, count: Count) -> None:
        self.page, self.count = page, count

    def key(self, name: str, times: int = 1) -> None:
        """Press a key."""
        for _ in range(times):
            self.page.keyboard.press(name)
        self.count.keystrokes += times

    def type(self, text: str) -> None:
        """Type what the person says."""
        self.page.keyboard.type(text)
        self.count.keystrokes += len(text)
        self.count.data += len(text)

    def to(self, selector: str) -> None:
        """Tab until what is wanted has the focus; b begins a form, the skip link leads to the content."""
        fresh = self.page.evaluate("document.activeElement === document.body")
        if fresh and self.page.evaluate(_IN_FORM, selector):
            self.key("b")
            if self.page.evaluate("it => document.activeElement.matches(it)", selector):
                return
        inside = self.page.evaluate("it => !!document.querySelector(it)?.closest('main')", selector)
        for _ in range(_FARTHEST):
            self.key("Tab")
            if self.page.evaluate("it => document.activeElement.matches(it)", selector):
                return
            at_the_top = "document.activeElement.matches('.govuk-skip-link')"
            if inside and self.page.evaluate(at_the_top):
                self.key("Enter")
        raise LookupError(f"Tab does not lead to {selector}")

    def tick(self, name: str, down: int = 0) -> None:
        """Choose the first of a group, or the one so many arrows on."""
        self.to(f"input[name='{name}']")
        if down:
            self.key("ArrowDown", down)
        else:
            self.key("Space")
        self.count.presses += 1

    def go(self, key: str, to: str) -> None:
        """Press what leads to another page, and count what the page at hand offers to fill in."""
        self.count.fields += int(self.page.evaluate(_FIELDS))
        self.key(key)
        self.count.keystrokes += key.count("+")
        self.count.presses += 1
        self.page.wait_for_url(re.compile(to))
        self.page.wait_for_load_state("load")
        self.count.pages += 1


def register(hands: Hands) -> None:
    """From today's list to the first question: who, what is urgent, what was told."""
    hands.go("n", "/register")
    hands.to("#name")
    hands.type("Sitora")
    hands.tick("sex")
    hands.tick("birth-kind", down=2)
    hands.to("#birth-age")
    hands.type("15")
    hands.to("#nationality")
    hands.type("Afgh")
    hands.to("#language")
    hands.type("Dari")
    hands.go("Control+Enter", "/now")
    hands.tick("seen")
    hands.go("Enter", "/inform")
    hands.tick("understood")
    hands.tick("how")
    hands.tick("interpreter")
    hands.go("Enter", "/ask")


def refer(hands: Hands) -> None:
    """From the outcome: choose the desk that is proposed, check the packet, send."""
    hands.to(".serai-need button")
    hands.go("Enter", "/preview")
    hands.tick("basis", down=2)
    hands.go("Enter", "/outcome")


def accept(hands: Hands) -> None:
    """From the queue: open the first referral, take it."""
    hands.to("main table a")
    hands.go("Enter", "/referrals/")
    hands.go("a", "done=accepted")


def export(hands: Hands) -> None:
    """From the board: figures, reports, the approved report, its files."""
    hands.to("nav a[href='/figures']")
    hands.go("Enter", "/figures$")
    hands.to("main a[href='/figures/reports']")
    hands.go("Enter", "/figures/reports$")
    address = "/figures/reports/arrivals-year/2025"
    hands.to(f"main a[href='{address}']")
    hands.go("Enter", address)
    hands.to("main form[action$='/files'] button")
    with hands.page.expect_download():
        hands.key("Enter")
    hands.count.presses += 1


@dataclass(frozen=True)
class Way:
    """One way of working: who, from which page, how many presses it may take (0: none are promised)."""

    name: str
    who: str
    start: Callable[[Stage], str]
    act: Callable[[Hands], None]
    most: int = 0


def _case_to_refer(stage: Stage) -> str:
    return f"/cases/{stage.register('boy-14-alone')}/outcome"


def _queue(stage: Stage) -> str:
    number = stage.refer(stage.register("boy-14-alone"), "guardian")
    stage.tick()
    if stage.state(number) is not ReferralState.RECEIVED:
        raise LookupError("the referral did not arrive")
    return "/referrals"


WAYS = (
    Way("one person, to the first question", "officer", lambda _stage: "/today", register),
    Way("a referral, from the outcome", "officer", _case_to_refer, refer, most=3),
    Way("an acceptance, from the queue", "child", _queue, accept, most=2),
    Way("an export, once it is approved", "supervisor", lambda _stage: "/board", export, most=4),
)


def _approved(stage: Stage, browser: Browser) -> None:
    """A year in closed books, and its report approved by a second supervisor."""
    rows_of_months(stage.storage, "KAZ", {"2025-11": 500, "2025-12": 700})
    with stage.work(SYSTEM_ACTOR) as work:
        closing.close_due(work)
    first = Visitor(stage, browser, Seen(), "hands")
    first.sign_in("supervisor")
    first.go("/figures/reports/arrivals-year/2025")
    first.press("Ask for approval of the files")
    first.page.wait_for_url(re.compile("done=asked"))
    second = Visitor(stage, browser, Seen(), "hands")
    second.sign_in("supervisor2")
    page = second.go("/watching")
    page.locator("button[name=said][value=yes]").first.click()
    page.wait_for_url(re.compile("done=answered"))
    first.close()
    second.close()


def measure() -> list[Count]:
    """Walk every way once, each in a browser of its own."""
    counts = []
    with (
        tempfile.TemporaryDirectory(prefix="serai-hands-") as folder,
        contextmanager(open_stage)(Path(folder)) as stage,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        _approved(stage, browser)
        for way in WAYS:
            visitor = Visitor(stage, browser, Seen(), "hands")
            visitor.sign_in(way.who)
            page = visitor.go(way.start(stage))
            count = Count(way.name, most=way.most)
            began = time.perf_counter()
            way.act(Hands(page, count))
            count.seconds = round(time.perf_counter() - began, 1)
            counts.append(count)
            visitor.close()
        browser.close()
    return counts


def report(counts: list[Count]) -> str:
    """A line for each way."""
    heads = ("keys", "data", "beside", "presses", "at most", "pages", "fields", "seconds")
    lines = [f"{'by the keyboard alone':<36}" + "".join(f"{one:>9}" for one in heads)]
    for one in counts:
        cells = (one.keystrokes, one.data, one.keystrokes - one.data, one.presses, one.most or "-")
        row = (*cells, one.pages, one.fields, one.seconds)
        lines.append(f"{one.way:<36}" + "".join(f"{cell!s:>9}" for cell in row))
    return "\n".join(lines)


def main(words: list[str]) -> None:
    """Measure and print; more presses than promised end with 1."""
    parser = argparse.ArgumentParser(prog="dev.py bench hands", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(words)
    logging.disable(logging.CRITICAL)
    counts = measure()
    print(json.dumps([asdict(one) for one in counts], indent=1) if options.json else report(counts))
    if [one for one in counts if one.most and one.presses > one.most]:
        raise SystemExit(1)
