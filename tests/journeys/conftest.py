"""One server and one browser for all journeys; a browser context for each person."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

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
def browser(stage: Stage) -> Iterator[Browser]:
    """Chromium, closed before the server is."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(
    stage: Stage, browser: Browser, figure: Callable[[str], None], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Visitor]]:
    """Makes a visitor: `visit("border", 360, "ru")`."""
    seen, visitors = Seen(), []

    def make(journey: str, width: int = 1280, language: str = "en", **more: object) -> Visitor:
        visitor = Visitor(stage, browser, seen, journey, width, language, **more)  # type: ignore[arg-type]  # names given by the test
        visitors.append(visitor)
        return visitor

    yield make
    for visitor in visitors:
        visitor.close()
    if seen.pages:
        figure(f"journeys: {request.node.name}: {_told(seen)}")


def _told(seen: Seen) -> str:
    first = f", first visit {max(seen.first) / 1000:.1f} kB" if seen.first else ""
    heaviest = max(seen.later, key=lambda name: seen.later[name])
    return (
        f"{seen.pages} pages looked at, axe {seen.violations}{first}, "
        f"heaviest page {heaviest} {seen.later[heaviest] / 1000:.1f} kB"
    )
