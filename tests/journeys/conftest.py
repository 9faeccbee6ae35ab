"""One server and one browser for all journeys; a browser context for each person."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright

from tests.journeys.stage import Stage, open_stage
from tests.journeys.visitor import Seen, Visitor

CHROMIUM = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The running product with its small story."""
    yield from open_stage(tmp_path_factory.mktemp("journeys"))


@pytest.fixture(scope="session")
def browser(stage: Stage, playwright_once: Playwright) -> Iterator[Browser]:
    """Chromium, closed before the server is."""
    started = playwright_once.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield started
    started.close()


class Visits:
    """Opens browsers for one test, and keeps what they have seen: `visit("border", 360, "ru")`."""

    def __init__(self, stage: Stage, browser: Browser) -> None:
        self.stage, self.browser = stage, browser
        self.seen = Seen()
        self.visitors: list[Visitor] = []

    def __call__(
        self, journey: str, width: int = 1280, language: str = "en", **more: Any
    ) -> Visitor:
        visitor = Visitor(self.stage, self.browser, self.seen, journey, width, language, **more)
        self.visitors.append(visitor)
        return visitor


@pytest.fixture
def visit(stage: Stage, browser: Browser) -> Iterator[Visits]:
    """Browsers that fail their test for anything they complain of."""
    visits = Visits(stage, browser)
    yield visits
    for visitor in visits.visitors:
        visitor.close()
    # What one journey leaves half typed is not the next one's to go on with.
    stage.forget_drafts()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Iterator[None]:
    """Say at the end of the run what each journey looked at, and what pages weigh."""
    yield
    visits = item.funcargs.get("visit")
    if isinstance(visits, Visits) and visits.seen.pages:
        item.user_properties.append(("figure", f"{item.name}: {_told(visits.seen)}"))


def _told(seen: Seen) -> str:
    first = f", first visit {max(seen.first) / 1000:.1f} kB" if seen.first else ""
    heaviest = max(seen.later, key=lambda name: seen.later[name])
    return (
        f"{seen.pages} pages looked at, axe finds {seen.violations}{first}, "
        f"heaviest: {heaviest} {seen.later[heaviest] / 1000:.1f} kB"
    )
