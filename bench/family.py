"""What registering a family of five costs in pages, fields and keys: `python3 dev.py bench family`.

Three ways through the same product, by a real Chromium and its keyboard alone: one by one on the page for one
person; the first on that page and the others on the page that keeps the group's values; all on one page. Keys
are counted by the browser as they are pressed (Tab, letters, space, arrows, Enter), fields as they are
filled.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from waitress.server import create_server
from waitress.wasyncore import close_all

from app.demonstration import world
from app.demonstration.signins import SignInCard
from app.factory import create_app
from config.loading import load
from models import schema
from models.session import open_storage
from models.vault.providers import EnvProvider
from workflows.packs import Shelf

CHROMIUM = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or "/usr/bin/chromium"
#: Name, sex, age, what they are to the first: father, mother, grandmother, two children.
FAMILY = (
    ("Jawad Nazari", "M", "41", ""),
    ("Laila Nazari", "F", "36", "WIF"),
    ("Bibi Gul", "F", "67", "PRF"),
    ("Omid Nazari", "M", "12", "SON"),
    ("Hosna Nazari", "F", "6", "DAU"),
)
COMMON = {"nationality": "AFG", "language": "prs", "came_from": "UZB", "phone": "700555019"}
_COUNT = """
addEventListener("keydown", () => sessionStorage.setItem("keys", 1 + +(sessionStorage.keys || 0)), true)
"""


@dataclass
class Cost:
    """What one way cost: pages sent, fields filled, keys pressed, seconds of the machine."""

    way: str
    pages: int = 0
    fields: int = 0
    keys: int = 0
    seconds: float = 0.0


class Typist:
    """Fills forms by the keyboard alone, and counts."""

    def __init__(self, page: Any, way: str) -> None:
        self.page, self.cost = page, Cost(way)
        page.evaluate("sessionStorage.setItem('keys', 0)")
        self.began = time.perf_counter()

    def open(self, path: str) -> None:
        """Go to a page; the first field that is typed in has the focus."""
        self.page.goto(path)

    def text(self, selector: str, text: str) -> None:
        """Come to a field by Tab and type."""
        self._come(selector)
        self.page.keyboard.type(text)

    def pick(self, selector: str, value: str) -> None:
        """Come to a list by Tab, and type as much of the word as it takes."""
        self._come(selector)
        field = self.page.locator(selector)
        words = field.evaluate(
            "(list, value) => list.querySelector(`option[value='${value}']`).text", value
        )
        for letter in words:
            if field.input_value() == value:
                break
            self.page.keyboard.press("Space" if letter == " " else letter)
        if field.input_value() != value:
            # Two words begin alike: the arrows go on from there.
            for _ in range(400):
                self.page.keyboard.press("ArrowDown")
                if field.input_value() == value:
                    return
            raise LookupError(f"{selector} never came to {value}")

    def tick(self, name: str, value: str) -> None:
        """Come to the radios of a field by Tab, and choose by arrows or space."""
        self._come(f"input[name='{name}']")
        wanted = self.page.locator(f"input[name='{name}'][value='{value}']")
        if wanted.evaluate("box => box === document.activeElement"):
            self.page.keyboard.press("Space")
        while not wanted.is_checked():
            self.page.keyboard.press("ArrowDown")

    def send(self) -> None:
        """Enter in the field at hand registers; then the next page is there."""
        before = self.page.url
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: url != before)
        self.cost.pages += 1

    def done(self) -> Cost:
        """The cost of this way."""
        self.cost.keys = int(self.page.evaluate("+sessionStorage.keys"))
        self.cost.seconds = round(time.perf_counter() - self.began, 1)
        return self.cost

    def _come(self, selector: str) -> None:
        """Press Tab until the field, or one of its radios, has the focus; before the first, it is given."""
        self.cost.fields += 1
        if self.page.evaluate("document.activeElement === document.body"):
            self.page.locator(selector).first.focus()
            return
        for _ in range(80):
            if self.page.evaluate(f'document.activeElement.matches("{selector}")'):
                return
            self.page.keyboard.press("Tab")
        raise LookupError(f"Tab never came to {selector}")


def one_by_one(typist: Typist) -> None:
    """Each on the page for one person, the others naming the first by case number."""
    first = ""
    for name, sex, age, kin in FAMILY:
        typist.open("/register")
        typist.text("#name", name)
        typist.tick("sex", sex)
        typist.tick("birth-kind", "age")
        typist.text("#birth-age", age)
        typist.pick("#nationality", COMMON["nationality"])
        typist.pick("#language", COMMON["language"])
        typist.tick("interpreter", "yes")
        typist.text("#phone", COMMON["phone"])
        if kin:
            typist.tick("travelling", "with")
            typist.text("#companions-0-number", first)
            typist.pick("#companions-0-relationship", kin)
            typist.page.keyboard.press("Shift+Tab")
        typist.send()
        first = first or typist.page.url.split("/cases/")[1].split("/")[0]


def added(typist: Typist) -> None:
    """The first on the page for one person, each other on the page that keeps the group's values."""
    name, sex, age, _ = FAMILY[0]
    typist.open("/register")
    typist.text("#name", name)
    typist.tick("sex", sex)
    typist.tick("birth-kind", "age")
    typist.text("#birth-age", age)
    typist.pick("#nationality", COMMON["nationality"])
    typist.pick("#language", COMMON["language"])
    typist.tick("interpreter", "yes")
    typist.text("#phone", COMMON["phone"])
    typist.send()
    first = typist.page.url.split("/cases/")[1].split("/")[0]
    for name, sex, age, kin in FAMILY[1:]:
        typist.open(f"/cases/{first}/group/add")
        typist.text("#name", name)
        typist.tick("sex", sex)
        typist.tick("birth-kind", "age")
        typist.text("#birth-age", age)
        typist.pick("#relationship", kin)
        typist.tick("joined", "later")
        typist.send()


def on_one_page(typist: Typist) -> None:
    """All of them on the page for a family."""
    typist.open("/register/group")
    typist.pick("#nationality", COMMON["nationality"])
    typist.pick("#language", COMMON["language"])
    typist.tick("interpreter", "yes")
    typist.pick("#came_from", COMMON["came_from"])
    typist.text("#phone", COMMON["phone"])
    for place, (name, sex, age, kin) in enumerate(FAMILY):
        typist.text(f"#members-{place}-name", name)
        typist.pick(f"#members-{place}-sex", sex)
        typist.text(f"#members-{place}-birth", age)
        if kin:
            typist.pick(f"#members-{place}-relationship", kin)
    typist.page.keyboard.press("Shift+Tab")
    typist.send()


WAYS: dict[str, Callable[[Typist], None]] = {
    "one by one": one_by_one,
    "one, then added with the group's values": added,
    "all on one page": on_one_page,
}


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, SignInCard]]:
    """The demonstration's accounts on a server of its own; its address and the official's card."""
    environ = {"SERAI_KEY_PROVIDER": "env", "SERAI_KEY_MATERIAL": EnvProvider.create()}
    settings = load({**environ, "SERAI_DEMONSTRATION": "1", "SERAI_LOG_LEVEL": "warning"}, folder)
    storage = open_storage(settings)
    schema.upgrade(storage.engine)
    cards = world.prepare(storage, settings, Shelf(settings.packs), folder)
    app = create_app(settings, storage=storage)
    channels: dict[int, object] = {}
    server = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None, map=channels)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield (
            f"http://127.0.0.1:{server.effective_port}",
            next(card for card in cards if card.name == "officer"),
        )
    finally:
        server.trigger.pull_trigger(lambda: close_all(channels, ignore_all=True))
        thread.join()
        server.task_dispatcher.shutdown()
        storage.close()


def measure() -> list[Cost]:
    """Every way once."""
    from playwright.sync_api import sync_playwright  # of the extra `test` alone

    with (
        tempfile.TemporaryDirectory(prefix="serai-bench-") as folder,
        served(Path(folder)) as (address, card),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(base_url=address)
        page.add_init_script(_COUNT)
        page.goto("/sign-in")
        page.locator("#name").fill(card.name)
        page.locator("#password").fill(card.password)
        page.locator("#code").fill(card.code())
        page.locator("#code").press("Enter")
        page.wait_for_url("**/today")
        found = []
        for way, walk in WAYS.items():
            typist = Typist(page, way)
            walk(typist)
            found.append(typist.done())
        browser.close()
    return found


def main(words: list[str]) -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(prog="dev.py bench family", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args(words)
    found = measure()
    if given.json:
        sys.stdout.write(json.dumps([asdict(one) for one in found], indent=1) + "\n")
        return
    sys.stdout.write("a family of five               pages  fields  keys  seconds\n")
    for one in found:
        sys.stdout.write(
            f"{one.way:<40} {one.pages:>3} {one.fields:>6} {one.keys:>6} {one.seconds:>7}\n"
        )
