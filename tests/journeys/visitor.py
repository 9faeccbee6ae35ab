"""One person at one browser: signs in for real, and looks at every page the way a strict reader would."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.journeys.stage import Stage

FOLDER = Path(__file__).parent
AXE = (FOLDER / "axe.min.js").read_text("utf-8")
SCREENS = FOLDER.parent.parent / "build" / "screens"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Bytes on the line that a first visit may weigh with all that it loads, headers too (interface.md 1).
FIRST_VISIT = 60_000
#: The narrowest screen that everything must fit on.
NARROW = 360
TAGS = {"en": ("en", "ltr"), "ru": ("ru", "ltr"), "fa_AF": ("fa-AF", "rtl")}
#: Chromium calls a document that answers 4xx a failed load; the page itself is whole.
REFUSED = "Failed to load resource: the server responded with a status of 4"
#: What the browser itself says of a page that broke its policy, whatever the console shows.
TELL_OF_POLICY = (
    "document.addEventListener('securitypolicyviolation', event => "
    "console.error(`policy: ${event.effectiveDirective} ${event.blockedURI}`))"
)


@dataclass
class Seen:
    """What a run of the journeys has looked at."""

    pages: int = 0
    violations: int = 0
    first: list[int] = field(default_factory=list)
    later: dict[str, int] = field(default_factory=dict)


@dataclass
class Visitor:
    """A browser of its own. `journey` names the pictures; `hidden` are names no title may hold;
    `widths` are looked at in turn, where they are more than the one that is worked at; `touch`: by finger;
    `script`: whether the browser runs any."""

    stage: Stage
    browser: Browser
    seen: Seen
    journey: str
    width: int = 1280
    language: str = "en"
    hidden: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    touch: bool = False
    script: bool = True
    complaints: list[str] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.context: BrowserContext = self.browser.new_context(
            base_url=self.stage.address,
            viewport={"width": self.width, "height": 900},
            locale="en",
            reduced_motion="reduce",
            has_touch=self.touch,
            java_script_enabled=self.script,
        )
        self.context.set_default_timeout(20_000)
        self.context.add_init_script(TELL_OF_POLICY)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda line: self._hear(line.type, line.text))
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        self.page.on("response", lambda answer: self._answered(answer.status, answer.url))
        self.weight = 0
        self.tool: CDPSession = self.context.new_cdp_session(self.page)
        self.tool.send("Network.enable")
        self.tool.on("Network.requestWillBeSent", self._begin)
        self.tool.on("Network.loadingFinished", self._weigh)

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith(REFUSED):
            self.complaints.append(text)

    def _answered(self, status: int, url: str) -> None:
        if status >= 500:
            self.complaints.append(f"{status} {url}")

    def _begin(self, sent: dict[str, Any]) -> None:
        """A new page: what it loads is weighed anew."""
        if sent.get("type") == "Document" and "redirectResponse" not in sent:
            self.weight = 0

    def _weigh(self, finished: dict[str, Any]) -> None:
        self.weight += int(finished["encodedDataLength"])

    def go(self, path: str) -> Page:
        """Open an address."""
        self.page.goto(path)
        return self.page

    def sign_in(self, name: str, *, look: bool = False) -> Page:
        """Type name, password and the code that the authenticator shows now."""
        card = self.stage.cards[name]
        return self.sign_in_with(name, card.password, card.code, look=look)

    def sign_in_with(
        self, name: str, password: str, code: Any, *, look: bool = False, chosen: str = ""
    ) -> Page:
        """The same for an account that is not one of the demonstration's. `chosen`: the password of one's own
        that a new account owes."""
        query = "" if self.language == "en" else f"?lang={self.language}"
        page = self.go(f"/sign-in{query}")
        if look:
            page.wait_for_load_state("networkidle")
            self.look("sign-in")
            self.seen.first.append(self.weight)
            assert self.weight <= FIRST_VISIT, f"a first visit of {self.weight} bytes"
        self.stage.clock.forward(31)
        page.locator("#name").fill(name)
        page.locator("#password").fill(password)
        page.locator("#code").fill(code(self.stage.clock()))
        page.locator("#code").press("Enter")
        if chosen:
            page.wait_for_url("**/account/password")
            page.locator("#present_password").fill(password)
            page.locator("#wanted_password").fill(chosen)
            page.locator("#again_password").fill(chosen)
            page.locator("#again_password").press("Enter")
        expect(page.locator(".serai-header__place")).to_be_visible()
        return page

    def look(self, name: str) -> None:
        """Check the page at hand, and take its picture."""
        self.page.wait_for_load_state("load")
        self.seen.later[name] = max(self.weight, self.seen.later.get(name, 0))
        self.count += 1
        self._check_words(name)
        if NARROW not in (self.widths or (self.width,)):
            self.page.set_viewport_size({"width": NARROW, "height": 900})
            self._check_fits(name, NARROW)
        for width in self.widths or (self.width,):
            self.page.set_viewport_size({"width": width, "height": 900})
            self._check_fits(name, width)
            found = self.violations()
            self.seen.violations += len(found)
            self.picture(name, width)
            assert not found, f"{name} at {width}: {found}"
            self.seen.pages += 1
        assert self.complaints == [], name

    def _check_fits(self, name: str, width: int) -> None:
        over = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{name} scrolls sideways by {over} pixels at {width}"

    def _check_words(self, name: str) -> None:
        expect(self.page.locator("h1")).to_have_count(1)
        root = self.page.locator("html")
        tag, direction = TAGS[self.language]
        assert (root.get_attribute("lang"), root.get_attribute("dir")) == (tag, direction), name
        title = self.page.title()
        assert not [word for word in self.hidden if word.casefold() in title.casefold()], title

    def violations(self) -> list[Any]:
        """What axe finds, run from outside the page's policy."""
        return violations_of(self.page, self.tool)

    def picture(self, name: str, width: int) -> None:
        """Keep what the page looks like."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        direction = {"rtl": "-rtl"}.get(TAGS[self.language][1], "")
        language = "-ru" if self.language == "ru" else direction
        path = SCREENS / f"{self.journey}-{self.count:02}-{name}-{width}{language}.png"
        self.page.screenshot(path=path, full_page=True, animations="disabled")

    def press(self, button: str) -> None:
        """Press a button of the page by its words."""
        self.page.get_by_role("button", name=button).first.click()

    def choose(self, field_name: str, value: str) -> None:
        """Tick a radio or a box by the field's name and the value it stands for."""
        self.page.locator(f"input[name='{field_name}'][value='{value}']").check()

    def submit(self) -> None:
        """Press the main button of the page's form: the one that goes on."""
        main = "main form.serai-form button[type=submit]:not(.govuk-button--secondary)"
        self.page.locator(main).last.click()

    def close(self) -> None:
        """Shut the browser; whatever it complained of since the last look counts too."""
        self.context.close()
        assert self.complaints == []


def violations_of(page: Page, tool: CDPSession) -> list[Any]:
    """What axe finds on a page, run from outside its policy: (rule, the elements) each."""
    # Half a megabyte, so once for each page and not for each width.
    there = page.evaluate("typeof window.axe === 'object'")
    answer = tool.send(
        "Runtime.evaluate",
        {
            "expression": f"{'' if there else AXE};axe.run(document,{{runOnly:{json.dumps(RULES)},"
            "resultTypes:['violations']})"
            ".then(found=>JSON.stringify(found.violations.map("
            "one=>[one.id,one.nodes.map(node=>node.html.slice(0,160))])))",
            "awaitPromise": True,
            "returnByValue": True,
            "allowUnsafeEvalBlockedByCSP": True,
        },
    )
    found: list[Any] = json.loads(answer["result"]["value"])
    return found
