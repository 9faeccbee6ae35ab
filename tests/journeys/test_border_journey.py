"""Journey 1: a border official registers a person, informs, asks, refers, and hands over the receipt."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.web.forms.border import NOTHING_SEEN
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

NAME, OWN = "Golzar", "گلزار"
Visit = Callable[..., Visitor]
#: The years of a birth as the reader's own calendar counts them: solar in Dari.
YEARS = {"fa_AF": ("1388", "1390")}
#: The other questions of a card: the first that is offered, where there is no "no".
ALL_SAID = """() => {
  for (const list of document.querySelectorAll("main form select"))
    if (!list.value) list.selectedIndex = 1;
  for (const box of document.querySelectorAll("main form input[type=radio]")) {
    const group = [...document.querySelectorAll(`main form input[name="${box.name}"]`)];
    const wanted = group.find((one) => one.value === "only_year" || one.value === "year");
    if (wanted) wanted.checked = true;
    else if (!group.some((one) => one.checked || one.value === "no")) group[0].checked = true;
  }
  for (const year of document.querySelectorAll("main form input[name$=only_year]"))
    year.value ||= "2026";
}"""


def type_person(officer: Visitor, name: str = NAME, own: str = OWN) -> None:
    """One word as a name, a birth between two years, nobody along."""
    page = officer.page
    page.locator("#name").fill(name)
    page.locator("#own_name").fill(own)
    officer.choose("sex", "F")
    officer.choose("birth-kind", "between")
    first, last = YEARS.get(officer.language, ("2009", "2011"))
    page.locator("#birth-from_year").fill(first)
    page.locator("#birth-to_year").fill(last)
    page.locator("#nationality").select_option("AFG")
    page.locator("#language").select_option("prs")
    officer.choose("interpreter", "yes")
    officer.choose("travelling", "alone")


def told(officer: Visitor) -> None:
    """That the person was told, read aloud by an interpreter."""
    officer.page.locator("#language").select_option("prs")
    officer.choose("how", "read_aloud")
    officer.choose("interpreter", "here")
    officer.choose("understood", "yes")


def open_card(officer: Visitor, number: str, card: str) -> None:
    """Open a card, alone with the person, with all its questions in sight."""
    page = officer.go(f"/cases/{number}/ask?card={card}&alone=1")
    for summary in page.locator("main form details:not([open]) > summary").all():
        summary.click()


def answer(officer: Visitor, number: str, card: str, **answers: str) -> None:
    """Answer questions of one card."""
    open_card(officer, number, card)
    for fact, word in answers.items():
        officer.choose(f"q_{fact}", word)
    officer.submit()
    officer.page.wait_for_url(re.compile(r"/ask(\?alone=1)?$"))


def number_in(page: Page) -> str:
    """The case number in the address."""
    found = re.search(r"/cases/([^/?]+)", page.url)
    assert found is not None, page.url
    return found[1]


def on_step(officer: Visitor, step: str) -> Page:
    """Go on to the next step of the screening."""
    officer.submit()
    officer.page.wait_for_url(re.compile(rf"/{step}(\?|$)"))
    return officer.page


@pytest.mark.parametrize(
    ("language", "widths"), [("en", (1280, 360)), ("ru", (360,)), ("fa_AF", (1280,))]
)
def test_a_border_official_does_the_whole_job(
    visit: Visit, language: str, widths: tuple[int, ...]
) -> None:
    officer = visit("1-border", widths[-1], language, hidden=(NAME, OWN), widths=widths)
    page = officer.sign_in("officer", look=True)
    officer.look("today")

    officer.go("/register")
    type_person(officer)
    expect(page.locator(".serai-candidates li").first).to_be_visible()
    officer.look("register")
    on_step(officer, "now")
    number = number_in(page)
    expect(page.locator(".govuk-notification-banner")).to_contain_text(number)
    expect(page.locator(".serai-candidates")).to_be_visible()
    officer.choose("seen", "child_alone")
    officer.choose("seen", "food_water")
    officer.look("urgent")
    on_step(officer, "inform")
    expect(page.locator(".serai-tell__own").first).to_have_attribute("dir", "rtl")
    told(officer)
    officer.look("inform")
    on_step(officer, "ask")

    asked(officer, number)
    referred(officer, number)
    finished(officer, number)


def asked(officer: Visitor, number: str) -> None:
    """Answers, one declined, one for somebody else in private; what is known grows beside them."""
    page = officer.page
    expect(page.locator(".serai-stop")).to_have_count(2)
    answer(
        officer,
        number,
        "urgent",
        needs_doctor_now="no",
        needs_food_water="yes",
        needs_shelter="does_not_know",
        in_danger_here="declined",
    )
    answer(officer, number, "with_child", with_parent="no", with_responsible_adult="no")
    open_card(officer, number, "leaving")
    officer.choose("q_fear_of_return", "yes")
    officer.choose("q_asks_for_asylum", "yes")
    officer.choose("q_harmed_at_home", "private")
    officer.look("ask")
    officer.submit()
    page.wait_for_url(re.compile(r"alone=1$"))
    expect(page.locator(".serai-grade--presumed").first).to_be_visible()
    expect(page.locator("aside .serai-hold-mark").first).to_be_visible()


def referred(officer: Visitor, number: str) -> None:
    """The outcome with its reasons; the packet as the desk will see it; sent in three presses."""
    page = officer.go(f"/cases/{number}/outcome")
    expect(page.locator(".serai-hold").first).to_be_visible()
    page.locator(".serai-grade--presumed details summary").first.click()
    expect(page.locator(".serai-grade--presumed .serai-reason").first).to_be_visible()
    officer.look("outcome")
    page.locator(".serai-need form button").first.click()
    page.wait_for_url(re.compile("/preview"))
    expect(page.locator("[aria-labelledby=stage-1]")).not_to_contain_text(NAME)
    expect(page.locator("[aria-labelledby=stage-2]")).to_contain_text(NAME)
    officer.choose("basis", "best_interest")
    officer.look("preview")
    on_step(officer, "outcome")
    expect(page.locator(".serai-sent li")).to_have_count(1)


def finished(officer: Visitor, number: str) -> None:
    """The slip says nothing of the person; afterwards the post sees number and state."""
    page = officer.go(f"/cases/{number}/receipt")
    slip = page.locator(".serai-receipt")
    expect(slip).to_have_attribute("dir", "rtl")
    expect(slip.locator("svg path").first).to_be_visible()
    expect(slip).to_contain_text(number)
    for secret in (NAME, OWN, "AFG"):
        expect(slip).not_to_contain_text(secret)
    page.evaluate("window.print = () => { document.body.dataset.printed = 'yes' }")
    page.locator("[data-module=serai-print]").click()
    expect(page.locator("body")).to_have_attribute("data-printed", "yes")
    officer.look("receipt")
    page.emulate_media(media="print")
    expect(slip).to_be_visible()
    for left_out in (".serai-header", ".serai-footer", ".serai-finish", ".serai-steps"):
        expect(page.locator(left_out)).to_be_hidden()
    officer.picture("slip", officer.width)
    page.emulate_media(media="screen")

    page.locator(".serai-finish button").click()
    page.wait_for_url(re.compile(rf"/cases/{number}$"))
    expect(page.locator("main dl > div")).to_have_count(1)
    expect(page.locator("main")).not_to_contain_text(NAME)
    officer.look("afterwards")
    for step in ("now", "inform", "ask", "outcome", "receipt"):
        answered = page.goto(f"/cases/{number}/{step}")
        assert answered is not None
        assert answered.status == 404, step
    officer.look("not-found")


def test_when_everything_is_asked_both_stops_are_reached(visit: Visit) -> None:
    officer = visit("1-border-stops")
    page = officer.sign_in("officer")
    officer.go("/register")
    page.locator("#name").fill("Mahbub")
    on_step(officer, "now")
    number = number_in(page)
    officer.choose("seen", NOTHING_SEEN)
    on_step(officer, "inform")
    told(officer)
    on_step(officer, "ask")
    expect(page.locator(".serai-stop--reached")).to_have_count(0)

    page = officer.go(f"/cases/{number}/ask?alone=1")
    cards = 0
    while page.locator("main form").count():
        cards += 1
        assert cards < 60, "the questions never end"
        page.evaluate(ALL_SAID)
        with page.expect_navigation():
            page.locator("main form button").last.click()

    officer.look("complete")
    # What is left is for another role or a private talk; nothing is left to ask here.
    expect(page.locator(".serai-stops")).not_to_contain_text("not yet")
