"""The private interview at a desk: setting, cards, what is still shut; then the case is closed there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from models.cases import Case
from models.vocabulary import Role, Sex
from tests.journeys.stage import Stage
from tests.journeys.visitor import Visitor
from tests.safeguards.safe import nothing_protective
from workflows import arrivals, interviews, screening
from workflows.rules.askers import asker

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
NAMES = ("Farrukh", "Safarov")


def asked_at_the_post(stage: Stage) -> tuple[str, str]:
    """A man who paid a facilitator, asked all that an official may ask, and referred: case and referral."""
    post, official = stage.official()
    with stage.work(official) as work:
        command = arrivals.RegisterArrival(
            post=post.code,
            names=(arrivals.NameForm(text=" ".join(NAMES)),),
            sex=Sex.MALE,
            birth=arrivals.Birth(kind="age", age=32),
            nationalities=("TJK",),
        )
        case = arrivals.register(work, command).case_number
        pack = work.shelf.get(post.pack, work.now.date())
        told = screening.RecordInformation(
            case_number=case, language="tgk", how="read_aloud", interpreter="here", understood=True
        )
        screening.inform(work, told)
        asked = asker(pack, Role.BORDER_OFFICIAL).facts
        plain = {fact: raw for fact, raw in nothing_protective(pack).items() if fact in asked}
        answers = {**plain, "paid_facilitator": "yes"}
        screening.answer(work, screening.RecordAnswers(case_number=case, answers=answers))
    referral = stage.refer(case, "specialist_screening")
    stage.finish(case)
    return case, referral


def all_but_one_card(stage: Stage, case: str) -> None:
    """What the officer asks on the other cards, without the browser."""
    taker = next(actor for desk, actor in stage.cast.takers.items() if "social_protection" in desk)
    with stage.work(taker) as work:
        page = interviews.page(work, case)
        mine = asker(page.pack, Role.PROTECTION_OFFICER).facts
        mine -= asker(page.pack, Role.BORDER_OFFICIAL).facts
        plain = nothing_protective(page.pack)
        left = {fact: plain[fact] for fact in mine if page.pack.facts[fact].card != "forced"}
        interviews.record(
            work, interviews.RecordInterview(case_number=case, answers=left, seen=page.seen)
        )


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (360, "fa_AF")])
def test_a_desk_asks_alone_until_nothing_keeps_the_case_and_closes_it(
    visit: Visit, stage: Stage, width: int, language: str
) -> None:
    case, number = asked_at_the_post(stage)
    officer = visit("2-interview", width, language, hidden=NAMES)
    page = officer.sign_in("specialist")
    officer.go(f"/referrals/{number}")
    page.keyboard.press("a")
    page.wait_for_url(re.compile("done=accepted"))
    officer.go(f"/care/{number}")
    page.keyboard.press("q")
    page.wait_for_url(re.compile("/interview/begin"))
    officer.submit()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    officer.look("begin")
    for field, value in (
        ("understood", "yes"),
        ("how", "read_aloud"),
        ("interpreter", "here"),
        ("setting", "alone"),
    ):
        officer.choose(field, value)
    officer.submit()
    page.wait_for_url(re.compile("/interview$"))
    officer.look("card")
    if language != "en":
        return
    all_but_one_card(stage, case)
    officer.go(f"/care/{number}/interview")
    rest = page.locator("button[name=rest]")
    while rest.count():
        rest.click()
    officer.look("all-asked")
    expect(page.get_by_text("Do not close this case")).to_have_count(0)

    officer.go(f"/care/{number}")
    officer.choose("outcome", "service_provided")
    officer.press("Report")
    page.wait_for_url(re.compile("done=reported"))
    officer.press("Close the whole case")
    page.wait_for_url(re.compile("done=closed"))
    with stage.work(stage.official()[1]) as work:
        row = work.session.query(Case).filter_by(number=case).one()
        assert row.closed_on == work.now.date()
