"""The opener in Chromium, from disk: it opens what Serai sealed, refuses what it must, and sends nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from app.documents.letter_codes import gather, lines
from app.opener import PAGE, with_policy
from models.referrals import Referral
from models.vault.envelope import AgencyPrivate
from models.vocabulary import LetterSuite, OutsideState, ReferralState
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.letters.conftest import Pair
from tests.letters.test_attacks import MINE, letter
from tests.world import BORDER, GUARDIANS
from workflows import agency_keys
from workflows.key_files import key_file

pytestmark = pytest.mark.browser
PHRASE = "nine herons over the Panj"
SHELTER = AgencyPrivate.fresh(LetterSuite.BROWSER)
KEY = key_file("shelter", SHELTER, PHRASE).decode()


@dataclass
class Opener:
    page: Page
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(
        self, letter: bytes | str, key: str = KEY, card: str = "", phrase: str = PHRASE
    ) -> str:
        """Fill in, open, and give back what the page says: the fault, or what was disclosed."""
        self.page.click("#forget")
        if isinstance(letter, bytes):
            given: Any = {
                "name": "letter",
                "mimeType": "application/octet-stream",
                "buffer": letter,
            }
            self.page.set_input_files("#letter-file", given)
        else:
            self.page.fill("#letter-text", letter)
        self.page.fill("#key-text", key)
        self.page.fill("#card-text", card)
        self.page.fill("#phrase", phrase)
        self.page.click("#open")
        self.page.wait_for_selector("#fault:not([hidden]), #shown:not([hidden])")
        return self.page.inner_text("#fault:not([hidden]), #shown:not([hidden])")

    def answer(self, choice: str) -> bytes:
        """Answer what is open, and give the letter that comes out."""
        self.page.select_option("#choice", choice)
        self.page.click("#make")
        self.page.wait_for_function("document.getElementById('answer-text').value !== ''")
        return gather(self.page.input_value("#answer-text").encode())


@pytest.fixture(scope="module")
def chromium(playwright_once: Playwright) -> Iterator[Browser]:
    started = playwright_once.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield started
    started.close()


@pytest.fixture
def opener(chromium: Browser) -> Iterator[Opener]:
    page = chromium.new_page(viewport={"width": 1000, "height": 900})
    found = Opener(page)
    page.clock.set_fixed_time("2026-11-24T08:00:00Z")
    page.on("request", lambda request: found.asked.append(request.url))
    page.on("console", lambda said: found.errors.append(said.text))
    page.on("pageerror", lambda error: found.errors.append(str(error)))
    page.goto(PAGE.as_uri())
    yield found
    page.close()


def card_of(private: AgencyPrivate, agency: str = "post") -> str:
    """The parts of a card that the page looks at."""
    public = private.public
    return (
        f'{{"agency": "{agency}", "suite": "{public.suite.value}", '
        f'"seal": "{public.seal.hex()}", "sign": "{public.sign.hex()}"}}'
    )


def test_the_page_carries_the_hashes_of_its_own_script_and_style() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_policy(page) == page
    assert page.count("<script") == page.count("<style") == 1
    words = (
        *("fetch", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "RTCPeer", "Worker"),
        *("location", "localStorage", "indexedDB", "cookie", "http:", "https:", "<a ", "<img"),
        *("src=", "href=", "innerHTML", "eval"),
    )
    assert [word for word in words if word in page] == []


def test_a_letter_is_opened_and_nothing_is_asked_of_anybody(opener: Opener) -> None:
    raw = letter(SHELTER)
    said = opener.open(raw)
    assert "NOT CHECKED" in said
    assert re.search(r"purpose\s+guardian", said)
    assert re.search(r"needs / x\s+é", said)
    checked = opener.open(raw, card=card_of(MINE))
    assert "The signature is that of the card: post" in checked
    assert agency_keys.fingerprint(MINE.public).digits in checked
    assert "é" in opener.open("\n".join(reversed(lines(raw))))
    assert opener.page.input_value("#phrase") == ""
    assert opener.asked == [PAGE.as_uri()]
    assert opener.errors == []


def test_what_is_not_right_is_refused_with_its_reason(opener: Opener) -> None:
    raw = letter(SHELTER)
    changed = bytearray(raw)
    changed[400] ^= 1
    later = bytearray(raw)
    later[46] ^= 1
    other = AgencyPrivate.fresh(LetterSuite.BROWSER)
    assert "changed on its way" in opener.open(bytes(changed))
    assert "changed on its way" in opener.open(bytes(later))
    assert "cut short" in opener.open(raw[:-1])
    assert "not a sealed letter" in opener.open(b"\x01" * 900)
    assert "another key" in opener.open(letter(other))
    assert "passphrase" in opener.open(raw, phrase="another passphrase")
    assert "not a key file" in opener.open(raw, key="{}")
    assert "does not come from" in opener.open(raw, card=card_of(other))
    assert "another sender" in opener.open(raw, card=card_of(MINE, "police"))
    assert "Codes are missing: 2" in opener.open(lines(raw)[0])
    assert "another agency" in opener.open(letter(SHELTER, recipient="police"))


def test_an_agency_without_serai_accepts_and_gets_the_identity(opener: Opener, pair: Pair) -> None:
    post, now = pair.post, pair.post.clock
    opener.page.clock.set_fixed_time(now())
    with post.work() as work:
        ours, _ = agency_keys.make(work, BORDER, LetterSuite.BROWSER)
        theirs, private = agency_keys.make(work, GUARDIANS, LetterSuite.BROWSER, keep=False)
    now.forward(seconds=60)
    with post.work() as work:
        kid = agency_keys.add(work, theirs).kid
        agency_keys.confirm(work, kid, agency_keys.fingerprint_of_card(theirs).digits)
        for row in agency_keys.listed(work):
            if row.agency == GUARDIANS and row.kid != kid:
                agency_keys.revoke(work, row.kid)
    key = key_file(GUARDIANS, private, PHRASE).decode()
    _, number = post.sent()
    opener.open(pair.seal(number), key, ours.decode())
    assert pair.take(post, opener.answer("accepted")).state is OutsideState.ACCEPTED
    assert "Zarifa" in opener.open(pair.seal(number), key, ours.decode())
    assert pair.take(post, opener.answer("outcome service_provided")).crossed is False
    assert post.rows(Referral)[0].state is ReferralState.OUTCOME_REPORTED
    assert opener.page.locator("#choice option:not([disabled])").count() == 7
    assert opener.errors == []


def test_a_script_that_got_into_the_page_can_send_nothing(opener: Opener) -> None:
    tried = opener.page.evaluate(
        """async () => {
            const said = [];
            try { await fetch("http://127.0.0.1:9/x"); } catch (e) { said.push("fetch"); }
            try { new WebSocket("ws://127.0.0.1:9/x"); } catch (e) { said.push("socket"); }
            const picture = new Image();
            await new Promise((done) => { picture.onerror = () => { said.push("picture"); done(); };
                picture.src = "http://127.0.0.1:9/x.png"; });
            const script = document.createElement("script");
            script.textContent = "document.title = 'ran'"; document.body.append(script);
            return [said.includes("fetch"), said.includes("picture"), document.title];
        }"""
    )
    assert tried == [True, True, "Open a sealed letter"]
    assert all("Content Security Policy" in line or "violates" in line for line in opener.errors)
    assert len(opener.errors) >= 3
