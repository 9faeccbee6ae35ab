"""Looks at every page: pictures, axe, what scrolls sideways, what it weighs, and pages without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from app.locale import COOKIE
from tests.journeys.visitor import NARROW, violations_of
from tests.policy.surface import token_in
from tests.screens.finding import Finder
from tests.screens.ways import Way

WIDTHS = (1280, NARROW)
LANGUAGES = ("en", "ru", "fa_AF")
#: Twice as large on a screen 1280 wide: half as much room.
ENLARGED = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}
#: What still moves on a page whose reader asked for less motion.
MOVING = """() => [...document.querySelectorAll('*')].filter(one => {
  const style = getComputedStyle(one);
  const lasts = text => text.split(',').some(part => parseFloat(part) > 0);
  return lasts(style.transitionDuration) || lasts(style.animationDuration)
    || style.scrollBehavior === 'smooth';
}).length + document.getAnimations().length"""


@dataclass
class Seen:
    """One picture: where, in which language, how wide; what axe finds there; pixels beyond the edge."""

    endpoint: str
    who: str
    language: str
    width: int
    picture: str
    violations: list[Any]
    beyond: int
    weight: int
    status: int


@dataclass
class Found:
    """What a look at the product comes to."""

    seen: list[Seen] = field(default_factory=list)
    #: (mode, page, what is wrong) of the looks that keep no place on the sheet.
    wrong: list[tuple[str, str, str]] = field(default_factory=list)
    #: How many pages were looked at in each mode.
    modes: dict[str, int] = field(default_factory=dict)
    first_visit: int = 0


class Looker:
    """One Chromium in front of the demonstration. `pages`: endpoint -> (way, address)."""

    def __init__(
        self, browser: Browser, finder: Finder, pages: dict[str, tuple[Way, str]], folder: Path
    ) -> None:
        self.browser, self.finder, self.pages, self.folder = browser, finder, pages, folder
        self.found = Found()

    def pictures(self, language: str, widths: tuple[int, ...]) -> None:
        """Every page in a language, at each width."""
        for endpoint, way, address, page, tool in self._pages(language, self.pages):
            status = _go(page, address)
            weight = tool.weight
            for width in widths:
                page.set_viewport_size({"width": width, "height": 900})
                name = f"{endpoint}-{language}-{width}.jpg"
                violations = violations_of(page, tool.session)
                beyond = _beyond(page)
                self._picture(page, name)
                self.found.seen.append(
                    Seen(
                        endpoint, way.who, language, width, name, violations, beyond, weight, status
                    )
                )
            page.set_viewport_size({"width": 1280, "height": 900})

    def first_visit(self) -> None:
        """What the sign-in page weighs for who has never been here, in Dari, which has a font to load."""
        for _, _, address, page, tool in self._pages("fa_AF", ["session.sign_in"]):
            _go(page, address)
            page.wait_for_load_state("networkidle")
            self.found.first_visit = tool.weight

    def without_scripts(self) -> None:
        """Every page with JavaScript off."""
        self._plain("JavaScript off", "en", address="", java_script_enabled=False)

    def pseudo(self, language: str, direction: str, address: str) -> None:
        """Every page in an invented language half as long again, at the narrow width."""
        size = {"width": NARROW, "height": 900}
        self._plain(
            f"pseudo-language {direction}",
            language,
            address=address,
            direction=direction,
            viewport=size,
        )

    def mode(self, name: str, language: str, pages: list[str], **options: Any) -> None:
        """Some pages as somebody's settings make them: axe, the edge, and a picture."""
        for endpoint, _, address, page, tool in self._pages(language, pages, **options):
            self._count(name)
            self._refuse(
                name, endpoint, f"status {status}" if (status := _go(page, address)) != 200 else ""
            )
            found = violations_of(page, tool.session)
            self._refuse(name, endpoint, f"axe: {[one[0] for one in found]}" if found else "")
            beyond = _beyond(page)
            self._refuse(name, endpoint, f"{beyond} px beyond the edge" if beyond > 0 else "")
            if "reduced_motion" in options and (moving := page.evaluate(MOVING)):
                self._refuse(name, endpoint, f"{moving} elements move")
            self._picture(page, f"{name.replace(' ', '-')}-{endpoint}-{language}.jpg")

    def _plain(
        self, name: str, language: str, *, address: str, direction: str = "ltr", **options: Any
    ) -> None:
        for endpoint, _, path, page, _ in self._pages(language, self.pages, address, **options):
            self._count(name)
            status = _go(page, path)
            heading = page.locator("h1")
            if status != 200 or heading.count() != 1 or not heading.inner_text().strip():
                self._refuse(name, endpoint, f"status {status}, {heading.count()} main headings")
            elif endpoint not in {"session.leave", "person.leave"}:
                turned = page.locator("html").get_attribute("dir")
                self._refuse(name, endpoint, "" if turned == direction else f"direction {turned}")
            beyond = _beyond(page) if "viewport" in options else 0
            self._refuse(name, endpoint, f"{beyond} px beyond the edge" if beyond > 0 else "")

    def _pages(
        self, language: str, endpoints: Any, address: str = "", **options: Any
    ) -> Iterator[tuple[str, Way, str, Page, Weighing]]:
        """Each page in a browser of whoever looks at it; those that end their session last."""
        by_who: dict[str, list[str]] = {}
        for endpoint in endpoints:
            if endpoint in self.pages:
                way = self.pages[endpoint][0]
                by_who.setdefault(f"{endpoint if way.alone else ''} {way.who}", []).append(endpoint)
        for group in by_who.values():
            way = self.pages[group[0]][0]
            with self._browsing(way, group[0], language, address, options) as page:
                tool = Weighing(page)
                for endpoint in group:
                    yield (endpoint, *self.pages[endpoint], page, tool)

    @contextmanager
    def _browsing(
        self, way: Way, endpoint: str, language: str, address: str, options: dict[str, Any]
    ) -> Iterator[Page]:
        where = address or self.finder.ground.address
        client = self.finder.fresh(way.who) if way.alone else self.finder.client(way.who)
        if endpoint == "session.unlock":
            token = token_in(client.get("/today").get_data(as_text=True))
            client.post("/lock", data={"csrf_token": token})
        settings: dict[str, Any] = {
            "viewport": {"width": 1280, "height": 900},
            "reduced_motion": "reduce",
        }
        context: BrowserContext = self.browser.new_context(
            base_url=where, locale="en", **{**settings, **options}
        )
        context.set_default_timeout(30_000)
        held = [(cookie.key, cookie.value) for cookie in client._cookies.values()]
        context.add_cookies(
            [
                {"name": name, "value": value, "url": where}
                for name, value in [*held, (COOKIE, language)]
            ]
        )
        page = context.new_page()
        if not way.alone and endpoint != "session.sign_in":
            # Weighed is what comes after the first visit, as it does all day.
            page.goto("/accessibility")
        yield page
        context.close()

    def _picture(self, page: Page, name: str) -> None:
        page.screenshot(
            path=self.folder / name, full_page=True, animations="disabled", type="jpeg", quality=72
        )

    def _count(self, name: str) -> None:
        self.found.modes[name] = self.found.modes.get(name, 0) + 1

    def _refuse(self, name: str, endpoint: str, what: str) -> None:
        if what:
            self.found.wrong.append((name, endpoint, what))


class Weighing:
    """Weighs what the page at hand has loaded, in bytes on the line."""

    def __init__(self, page: Page) -> None:
        self.weight = 0
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.session.on("Network.requestWillBeSent", self._begin)
        self.session.on("Network.loadingFinished", self._weigh)

    def _begin(self, sent: dict[str, Any]) -> None:
        if sent.get("type") == "Document" and "redirectResponse" not in sent:
            self.weight = 0

    def _weigh(self, finished: dict[str, Any]) -> None:
        self.weight += int(finished["encodedDataLength"])


def _go(page: Page, address: str) -> int:
    answer = page.goto(address)
    return 0 if answer is None else answer.status


def _beyond(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
