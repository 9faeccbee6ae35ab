"""Journey 2: a desk accepts, reports, refuses and passes on; the sender's side finds another desk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from models.vocabulary import ReferralState
from tests.journeys.stage import Stage
from tests.journeys.visitor import Visitor
from workflows.casenumbers import show

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]


def waiting(stage: Stage) -> tuple[str, str]:
    """A boy of fourteen, alone, whose referral waits at the guardians: case and referral number."""
    case = stage.register("boy-14-alone")
    referral = stage.refer(case, "guardian")
    stage.finish(case)
    return case, referral


def unnamed(page: Page, names: tuple[str, ...]) -> None:
    """Nobody is named on the page."""
    for name in names:
        expect(page.locator("body")).not_to_contain_text(name)


def test_a_desk_accepts_with_one_key_and_only_then_reads_who_it_is(
    visit: Visit, stage: Stage
) -> None:
    case, number = waiting(stage)
    names = stage.names[case]
    officer = visit("2-protection", 360, hidden=names, widths=(1280, 360))
    page = officer.sign_in("child")
    unnamed(page, names)
    officer.look("queue")
    page.get_by_role("link", name=show(number)).click()
    page.wait_for_url(re.compile("/referrals/"))
    unnamed(page, names)
    officer.look("preview")

    page.keyboard.press("a")
    page.wait_for_url(re.compile("done=accepted"))
    assert stage.state(number) is ReferralState.ACCEPTED
    officer.look("accepted")
    page.locator(".govuk-notification-banner__link").click()
    page.wait_for_url(re.compile("/care/"))
    unnamed(page, names)
    officer.look("case-file")
    page.keyboard.press("o")
    expect(page.locator("[aria-labelledby=part-needs] .serai-packet").first).to_be_visible()
    unnamed(page, names)
    page.keyboard.press("i")
    expect(page.locator("[aria-labelledby=part-identity]")).to_contain_text(names[0])
    officer.look("identity")

    officer.choose("outcome", "service_provided")
    page.locator("#note").fill("A guardian was named.")
    officer.press("Report the outcome")
    page.wait_for_url(re.compile("done=reported"))
    officer.look("reported")
    page.get_by_role("link", name="Who has looked").click()
    page.wait_for_url(re.compile("/accesses"))
    unnamed(page, names)
    officer.look("who-has-looked")
    officer.go(f"/care/{number}")
    officer.press("Close this referral")
    page.wait_for_url(re.compile("done=closed"))
    officer.look("closed")
    assert stage.state(number) is ReferralState.CLOSED


def test_what_a_desk_refuses_goes_to_another_by_the_supervisor(visit: Visit, stage: Stage) -> None:
    case, number = waiting(stage)
    desk = visit("2-refusal", hidden=stage.names[case], widths=(360, 1280))
    page = desk.sign_in("child")
    desk.go(f"/referrals/{number}")
    page.keyboard.press("x")
    page.wait_for_url(re.compile("/refuse"))
    desk.press("Refuse")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    desk.look("no-reason")
    desk.choose("reason", "no_capacity")
    desk.press("Refuse")
    page.wait_for_url(re.compile("done=refused"))
    desk.look("refused")

    official = visit("2-refusal-post", widths=(360, 1280))
    official.sign_in("officer")
    tasks = official.go("/tasks")
    official.look("tasks")
    expect(tasks.locator(f".serai-task a[href*='{show(case)}/referrals']").first).to_be_visible()

    supervisor = visit("2-another-desk", hidden=stage.names[case], widths=(360, 1280))
    supervisor.sign_in("supervisor")
    page = supervisor.go("/clocks")
    row = page.locator("tr").filter(has_text=show(case))
    row.get_by_role("link", name="Find a desk").first.click()
    page.wait_for_url(re.compile(r"/clocks/[^/]+/desk$"))
    supervisor.look("desks")
    guardians = page.locator("table").filter(has_text="guardian")
    guardians.locator("tbody tr a").last.click()
    page.wait_for_url(re.compile(r"/desk/[^/]+/"))
    supervisor.choose("legal_basis", "best_interest")
    supervisor.look("packet")
    supervisor.press("Send")
    page.wait_for_url(re.compile("done=sent"))
    supervisor.look("sent")


def test_what_a_desk_passes_on_comes_back_when_consent_was_for_that_desk_alone(
    visit: Visit, stage: Stage
) -> None:
    case, number = waiting(stage)
    desk = visit("2-passed-on", hidden=stage.names[case])
    page = desk.sign_in("child")
    desk.go(f"/referrals/{number}")
    page.keyboard.press("r")
    page.wait_for_url(re.compile("/redirect"))
    page.locator("#desk").select_option(index=1)
    desk.choose("reason", "outside_area")
    desk.look("pass-on")
    desk.press("Pass on")
    page.wait_for_url(re.compile("done=redirected"))
    assert stage.state(number) is ReferralState.REDIRECTED

    supervisor = visit("2-passed-on-desks")
    supervisor.sign_in("supervisor")
    page = supervisor.go(f"/clocks/{show(case)}/desk")
    expect(page.get_by_text("Named by the last desk").first).to_be_visible()
    supervisor.look("suggested")
