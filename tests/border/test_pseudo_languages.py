"""Main pages in an invented language: whatever is not marked was never given to a translator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from bs4 import NavigableString

from tests.border.conftest import Official, Page, Product
from tests.translations import pseudo

SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-said", "data-online", "data-offline")
#: Where a text is cut into what is looked at.
CUT = re.compile(r"[\n;·\u2068\u2069]+")
#: CLDR writes months, and the zone of a time has a name.
DATE = re.compile(r"\d{1,2}\s\w+\s\d{4}|UTC[+-]\d+")
MARKED = re.compile(f"{pseudo.FIRST}[^{pseudo.FIRST}{pseudo.LAST}]*{pseudo.LAST}")
#: Not words of the interface: its name, the keys, code names of numbers, what is typed or invented.
NAMES = {"Serai", "UTC", "UNHCR", "IOM"}
ENDS = " .,:()-–"
#: Parts of a page in other languages: the switch, texts for the person, lists named by CLDR, keys.
ELSEWHERE = (
    ".serai-languages, [lang]:not(html), option, kbd, script, .serai-case, .serai-header__place"
)


def spoken(page: Page) -> Iterator[str]:
    """What a reader sees or hears."""
    for part in page.soup.select(ELSEWHERE):
        part.extract()
    for text in page.soup.find_all(string=True):
        if type(text) is NavigableString:  # neither a comment nor the kind of document
            yield str(text)
    for tag in page.soup.find_all(True):
        yield from (str(tag[name]) for name in SPOKEN if tag.get(name))


def unmarked(page: Page, known: set[str]) -> set[str]:
    """Pieces with letters that no message made, which the pack did not say either."""
    found = set()
    for text in spoken(page):
        rest = text
        while MARKED.search(rest):  # a message may hold another
            rest = MARKED.sub(" ", rest)
        for piece in CUT.split(DATE.sub(" ", rest)):
            words = piece.strip(ENDS)
            if re.search(r"[A-Za-z]{3,}", words) and words not in NAMES | known:
                found.add(words)
    return found


@pytest.fixture
def known(product: Product) -> set[str]:
    """What the pack says, in whatever language: its texts are translated with the pack."""
    shelf = product.world.shelf
    pack = shelf.get("kaz", date(2026, 11, 24))
    texts = (text for own in pack.texts.values() for text in own.values())
    return {piece.strip(ENDS) for text in texts for piece in CUT.split(text)}


@pytest.fixture
def pseudo_officer(product: Product, officer: Official, tmp_path: Path) -> Official:
    pseudo.speak(product.app, tmp_path)
    return officer


@pytest.mark.parametrize("code", [pseudo.LEFT, pseudo.MIRRORED])
def test_no_main_page_of_a_post_holds_a_word_of_its_own(
    product: Product, pseudo_officer: Official, known: set[str], code: str
) -> None:
    officer = pseudo_officer
    number = officer.informed("Golzar")
    officer.client.set_cookie("language", code)
    case = f"/cases/{number}"
    paths = ("/sign-in", "/", "/register", "/search", "/tasks", case, f"{case}/now", f"{case}/inform",
             f"{case}/ask", f"{case}/outcome", f"{case}/documents", "/account/")  # fmt: skip
    left = {}
    for path in paths:
        page = officer.get(path)
        if page.status == 303:
            page = officer.get(page.location)
        assert page.status == 200, path
        html = page.soup.html
        assert html is not None
        assert html["dir"] == ("rtl" if code == pseudo.MIRRORED else "ltr")
        assert pseudo.FIRST in page.text
        left[path] = unmarked(page, known)

    assert {path: pieces for path, pieces in left.items() if pieces} == {}


def test_a_literal_on_a_page_would_be_found() -> None:
    class Literal:
        status_code, headers = 200, {}  # type: ignore[var-annotated]  # as little of an answer as a page needs

        @staticmethod
        def get_data(*, as_text: bool) -> str:
            assert as_text
            return (
                f"<p>{pseudo.stretched('Known')}</p><p>Forgotten words</p><a title='And this'></a>"
            )

    assert unmarked(Page(Literal()), set()) == {"Forgotten words", "And this"}  # type: ignore[arg-type]  # stands in


def test_an_error_is_marked_too(pseudo_officer: Official) -> None:
    officer = pseudo_officer
    officer.client.set_cookie("language", pseudo.LEFT)
    page = officer.get("/register")
    answer = officer.post(
        "/register", {"csrf_token": page.token, "key": page.value("key"), "name": "1"}
    )

    assert answer.status == 422
    assert pseudo.FIRST in answer.errors
    assert unmarked(answer, set()) == set()
