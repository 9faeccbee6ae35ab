"""A family of five: on one page by the keyboard, their group, somebody who hides from another, a birth."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.network import Desk
from models.referrals import Referral
from tests.journeys.stage import Stage
from tests.journeys.visitor import Visitor
from workflows import desks, screening
from workflows.accounts import SYSTEM_ACTOR
from workflows.casenumbers import parse

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
FAMILY = (
    ("Jawad Nazari", "جواد نظری", "M", "41", ""),
    ("Laila Nazari", "لیلا نظری", "F", "36", "WIF"),
    ("Bibi Gul", "بی‌بی گل", "F", "67", "PRF"),
    ("Omid Nazari", "امید نظری", "M", "12", "SON"),
    ("Hosna Nazari", "حسنا نظری", "F", "6", "DAU"),
)
HIDDEN = tuple(name for name, *_ in FAMILY)


def fill(page: Page) -> None:
    """What they have in common once, then a row for each."""
    page.locator("#nationality").select_option("AFG")
    page.locator("#language").select_option("prs")
    page.locator("input[name=interpreter][value=yes]").check()
    page.locator("#came_from").select_option("UZB")
    page.locator("#contact_wish").select_option("message")
    for place, (name, own, sex, age, kin) in enumerate(FAMILY):
        page.locator(f"#members-{place}-name").fill(name)
        page.locator(f"#members-{place}-own_name").fill(own)
        page.locator(f"#members-{place}-sex").select_option(sex)
        page.locator(f"#members-{place}-birth").fill(age)
        if kin:
            page.locator(f"#members-{place}-relationship").select_option(kin)


def members_of(page: Page) -> list[str]:
    """The case numbers of the group's page, the person's own first."""
    return [text.strip() for text in page.locator("tbody th .serai-case").all_inner_texts()]


@pytest.mark.parametrize(("language", "widths"), [("en", (1280, 360)), ("fa_AF", (1280, 360))])
def test_a_family_of_five_on_one_page_and_what_becomes_of_it(
    visit: Visit, stage: Stage, language: str, widths: tuple[int, ...]
) -> None:
    officer = visit("9-family", widths[-1], language, hidden=HIDDEN, widths=widths)
    page = officer.sign_in("officer")
    officer.go("/register/group")
    page.locator("#members-0-name").fill("Jawad Nazari")
    page.locator("#members-1-name").fill("Laila")
    officer.submit()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    officer.look("refused")
    officer.go("/register/group")
    fill(page)
    officer.look("filled")
    officer.submit()
    page.wait_for_url(re.compile("/group.done=registered"))
    officer.look("group")
    numbers = members_of(page)
    assert len(numbers) == 5

    keep_apart(officer, numbers)
    born(officer, numbers[1])
    if language == "en":
        told_and_sent(stage, [parse(one) for one in numbers])
        at_the_desk(visit, stage, parse(numbers[3]))


def keep_apart(officer: Visitor, numbers: list[str]) -> None:
    """The wife hides from her husband: her page says so, his page does not have her."""
    page = officer.go(f"/cases/{numbers[1]}/group")
    page.locator("details:has(#away) > summary").click()
    page.locator("#away").fill(numbers[0])
    officer.choose("said_by", "self")
    page.locator("button[name=keep]").click()
    page.wait_for_url(re.compile("done=apart"))
    expect(page.locator(".serai-apart")).to_contain_text(numbers[0])
    officer.look("apart")
    officer.go(f"/cases/{numbers[0]}/group")
    expect(page.locator("main")).not_to_contain_text("Laila")
    assert numbers[1] not in members_of(page)
    officer.look("his")
    link = officer.go(f"/cases/{numbers[1]}/group").locator(".serai-link a[href*=links]").first
    link.click()
    officer.choose("state", "verified")
    officer.choose("said_by", "self")
    officer.submit()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    officer.look("link")


def born(officer: Visitor, mother: str) -> None:
    """A daughter is born: the values of the group are filled in."""
    page = officer.go(f"/cases/{mother}/group/add")
    expect(page.locator("#nationality")).to_have_value("AFG")
    page.locator("#name").fill("Mahtab")
    officer.choose("sex", "F")
    officer.choose("birth-kind", "age")
    page.locator("#birth-age").fill("0")
    page.locator("#relationship").select_option("DAU")
    officer.choose("joined", "born")
    officer.look("born")
    officer.submit()
    page.wait_for_url(re.compile("done=added"))


def told_and_sent(stage: Stage, numbers: list[str]) -> None:
    """The boy tells what he fears, and a desk takes him."""
    with stage.work(stage.official()[1]) as work:
        screening.inform(
            work,
            screening.RecordInformation(
                case_number=numbers[3],
                language="prs",
                how="read_aloud",
                interpreter="here",
                understood=True,
            ),
        )
        answers = {"with_parent": "no", "with_responsible_adult": "no", "fear_of_return": "yes"}
        screening.answer(work, screening.RecordAnswers(case_number=numbers[3], answers=answers))


def at_the_desk(visit: Visit, stage: Stage, number: str) -> None:
    """A desk sees of the group only whom it has in care, and finds out about a link."""
    referral = stage.refer(number, "guardian")
    stage.tick()
    with stage.work(stage.cast.takers[_desk_of(stage, referral)]) as work:
        desks.accept(work, desks.AcceptReferral(number=referral))
    desk = visit("9-family-desk", 360, hidden=HIDDEN, widths=(1280, 360))
    page = desk.sign_in("child")
    desk.go(f"/care/{referral}/group")
    expect(page.locator("main")).to_contain_text("not for you to see")
    expect(page.locator("main")).not_to_contain_text("Laila")
    desk.look("group")
    page.locator(".serai-link a[href*=links]").first.click()
    desk.choose("state", "verified")
    desk.choose("said_by", "official")
    desk.choose("evidence", "separate_talks")
    desk.look("verify")
    desk.submit()
    page.wait_for_url(re.compile("done=kept"))
    desk.look("verified")


def _desk_of(stage: Stage, referral: str) -> str:
    with stage.work(SYSTEM_ACTOR) as work:
        row = select(Desk.code).join(Referral, Referral.desk_id == Desk.id)
        return str(work.session.scalar(row.where(Referral.number == referral)))


def test_the_fields_of_the_page_come_by_tab_in_the_order_of_the_eye(visit: Visit) -> None:
    officer = visit("9-family-keys", 1280)
    page = officer.sign_in("officer")
    officer.go("/register/group")
    page.locator("#members-0-name").focus()
    wanted = [
        f"members-{place}-{part}"
        for place in range(2)
        for part in ("name", "own_name", "sex", "birth", "relationship")
        if (place, part) != (0, "relationship")
    ]
    for _, following in pairwise(wanted):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == following
