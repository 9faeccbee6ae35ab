"""`python3 dev.py screens`: a contact sheet of every page in build/screens/; exit 1 for anything wrong."""

from __future__ import annotations

import argparse
import logging
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from app.factory import create_app
from app.work import Engines
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.journeys.stage import served
from tests.screens import sheet
from tests.screens.finding import Finder
from tests.screens.ground import Ground, open_ground
from tests.screens.looking import ENLARGED, LANGUAGES, WIDTHS, Looker
from tests.screens.ways import MAIN, WAYS, Way
from tests.translations import pseudo

FOLDER = Path(__file__).resolve().parents[2] / "build" / "screens"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py screens", description=__doc__)
    parser.add_argument("--pages", default="", help="only pages whose name holds this (a pattern)")
    parser.add_argument(
        "--languages", default=",".join(LANGUAGES), help="en,ru,fa_AF or some of them"
    )
    parser.add_argument("--pictures-only", action="store_true", help="no modes beside the pictures")
    parser.add_argument("--modes-only", action="store_true", help="no sheet, only the modes")
    parser.add_argument("--keep", type=Path, help="keep the demonstration here, for the next time")
    return parser


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="serai-screens-") as made:
        yield Path(made)


def _addresses(finder: Finder, wanted: str) -> tuple[dict[str, tuple[Way, str]], list[str]]:
    pages, lost = {}, []
    for endpoint, way in WAYS.items():
        if re.search(wanted, endpoint):
            address = finder.address(endpoint, way)
            if address is None:
                lost.append(f"{endpoint}: no link leads to it ({way})")
            else:
                pages[endpoint] = (way, address)
    return pages, lost


@contextmanager
def _pseudo(ground: Ground, folder: Path) -> Iterator[str]:
    """The same people behind a second server that speaks the invented languages."""
    engines: Engines = ground.app.extensions["serai"]
    app = create_app(engines.settings, storage=engines.storage, clock=ground.clock)
    app.extensions["serai"] = engines
    with tempfile.TemporaryDirectory(dir=folder) as words:
        pseudo.speak(app, Path(words))
        with served(app) as address:
            yield address.replace("127.0.0.1", "localhost")


def _look(looker: Looker, options: argparse.Namespace, folder: Path) -> None:
    began = time.monotonic()

    def done(what: str) -> None:
        _say(f"{what}: {time.monotonic() - began:.0f} s")

    languages = options.languages.split(",")
    if not options.modes_only:
        for language in languages:
            looker.pictures(language, WIDTHS)
            done(f"pictures {language}")
    if options.pictures_only:
        return
    looker.first_visit()
    for language in ("en", "fa_AF"):
        main = [name for name in MAIN if name in looker.pages]
        looker.mode("zoom 200 %", language, main, **ENLARGED)
        looker.mode("high contrast", language, main, forced_colors="active")
        looker.mode("reduced motion", language, main, reduced_motion="reduce")
    done("modes")
    looker.without_scripts()
    done("without scripts")
    with _pseudo(looker.finder.ground, folder) as address:
        looker.pseudo(pseudo.LEFT, "ltr", address)
        looker.pseudo(pseudo.MIRRORED, "rtl", address)
    done("pseudo-languages")


def main(words: list[str]) -> int:
    """Read the command line, look, write the sheet, say what was found."""
    options = _parser().parse_args(words)
    logging.disable(logging.CRITICAL)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _folder(options.keep) as folder, open_ground(folder) as ground:
        finder = Finder(ground)
        pages, lost = _addresses(finder, options.pages)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            looker = Looker(browser, finder, pages, FOLDER)
            _look(looker, options, folder)
            browser.close()
    wrong = lost + sheet.complaints(looker.found)
    _say("\n".join([*wrong, "", sheet.table(looker.found)]))
    _say(f"The sheet: {sheet.write(FOLDER, looker.found)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
