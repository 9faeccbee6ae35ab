"""Journey: a house, its rooms, a bed given; numbers for the supervisor; a case opened again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.network import Desk
from models.referrals import Referral
from tests.journeys.stage import Stage
from tests.journeys.test_casework_journey import in_care
from tests.journeys.visitor import Visitor
from workflows.accounts import SYSTEM_ACTOR

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
SUBMIT = "main form button[type=submit]"


def add_room(officer: Visitor, page: Page, site: str, label: str, beds: int, *ticks: str) -> None:
    """A room of the site, from the board."""
    part = page.locator("section.serai-part").filter(has=page.get_by_text(site, exact=True))
    part.locator("a[href$='/rooms/new']").click()
    page.locator("#label").fill(label)
    page.locator("#beds").fill(str(beds))
    for one in ticks:
        page.locator(f"input[value='{one}']").check()
    officer.look(f"room-{label}")
    page.locator(SUBMIT).last.click()
    page.wait_for_url(re.compile("done=room"))


def desk_of(stage: Stage, referral: str) -> str:
    """The desk that has a referral in care."""
    with stage.work(SYSTEM_ACTOR) as work:
        return work.session.scalars(
            select(Desk.code)
            .join(Referral, Referral.desk_id == Desk.id)
            .where(Referral.number == referral)
        ).one()


@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_a_house_its_rooms_and_a_bed(visit: Visit, stage: Stage, language: str) -> None:
    officer, number = in_care(visit, stage, "3-reception", language)
    page = officer.go("/reception")
    officer.look("before")
    page.locator(f"a[href$='/sites/new/{desk_of(stage, number)}']").click()
    site = f"House by the orchard {language}"
    page.locator("#name").fill(site)
    page.locator(SUBMIT).last.click()
    page.wait_for_url(re.compile("done=site"))
    add_room(officer, page, site, "1", 2, "M", "12-17")
    add_room(officer, page, site, "2", 1, "F")
    officer.look("board")
    page.locator("main table a[href*='/reception/cases/']").first.click()
    page.locator(SUBMIT).first.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    officer.look("no-room-chosen")
    page.locator("input[name=room_id]").first.check()
    page.locator("#note").fill("Sleeps near the door")
    officer.look("bed")
    page.locator(SUBMIT).first.click()
    page.wait_for_url(re.compile("done=placed"))
    page.locator("a[href*='/reception/rooms/']").first.click()
    expect(page.locator("tbody")).to_contain_text("Sleeps near the door")
    officer.look("inside")
    officer.go("/reception")
    supervisor = visit("3-occupancy", 1280, language, widths=(1280, 360))
    supervisor.sign_in("supervisor-child")
    page = supervisor.go("/occupancy")
    supervisor.look("numbers")
    page.locator("a[href*='/occupancy/rooms/']").first.click()
    page.locator("#extra").fill("2")
    supervisor.choose("reason", "weather")
    page.locator(SUBMIT).last.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.locator("#note").fill("Snow on the road, nobody can go on")
    supervisor.look("overfull")
    page.locator(SUBMIT).last.click()
    page.wait_for_url(re.compile("done=allowed"))
    supervisor.look("allowed")


@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_a_case_is_opened_again_and_a_focal_point_named(visit: Visit, language: str) -> None:
    supervisor = visit("4-reopen", 1280, language, widths=(1280, 360))
    supervisor.sign_in("supervisor")
    page = supervisor.go("/clocks")
    supervisor.look("ways")
    page.locator("a[href$='/clocks/reopen']").click()
    page.locator("#case_number").fill("7K3M-Q9T2")
    page.locator("#reason").fill("Her brother was found")
    page.locator(SUBMIT).last.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    supervisor.look("no-such-case")
    expect(page.locator("#reason")).to_have_value("Her brother was found")
    page = supervisor.go("/clocks/focal-point")
    page.locator("#account").select_option("supervisor2")
    page.locator(SUBMIT).last.click()
    page.wait_for_url(re.compile("done=named"))
    supervisor.look("focal-point")
    administrator = visit("4-focal", 1280, language, widths=(1280, 360))
    administrator.sign_in("admin")
    page = administrator.go("/network")
    page.locator("a[href$='/focal-point']").first.click()
    administrator.look("named")


@pytest.mark.parametrize("language", ["en", "fa_AF"])
def test_how_it_may_go_on(visit: Visit, stage: Stage, language: str) -> None:
    officer, number = in_care(visit, stage, "3-ways", language)
    page = officer.go(f"/care/{number}/ways")
    officer.look("nothing-yet")
    page.locator("a[href$='/ways/alternatives']").click()
    page.locator(SUBMIT).last.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    officer.look("nothing-chosen")
    page.locator("input[name=alternatives][value=family]").check()
    page.locator(SUBMIT).last.click()
    page.wait_for_url(re.compile("done=recorded"))
    page.locator("a[href$='/ways/onward']").click()
    officer.look("onward")
    page = officer.go(f"/care/{number}/ways")
    officer.look("recorded")
