"""The page on which a body records its decision: from decision to a lifted safeguard, and what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup

from app.factory import create_app
from app.work import Engines
from models.accounts import User
from models.cases import Answer
from models.vocabulary import Action
from tests.policy.surface import session_of, token_in
from tests.safeguards.safe import Safe
from workflows.policy import Actor

GROUNDS = "Heard in person with an interpreter."


class Browser:
    """An account's browser on the product."""

    def __init__(self, safe: Safe, who: Actor) -> None:
        world = safe.world
        app = create_app(world.settings, storage=world.storage, clock=world.clock)
        app.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
        with world.work() as work:
            name = work.session.get_one(User, who.user_id).name
        self.client = app.test_client()
        self.client.set_cookie("serai", session_of(world, name))

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def press(self, path: str, **data: Any) -> Any:
        """Send the form of a page with what it holds already and what is typed."""
        page = self.client.get(path).text
        form = BeautifulSoup(page, "html.parser").find("form", attrs={"method": "post"})
        held = {
            field["name"]: field.get("value", "")
            for field in form.find_all("input", attrs={"type": "hidden"})
        }
        return self.client.post(path, data={**held, "csrf_token": token_in(page), **data})


def typed(safe: Safe, **changed: str) -> dict[str, str]:
    today = safe.world.now.date()
    day = {"on-day": str(today.day), "on-month": str(today.month), "on-year": str(today.year)}
    return {
        "fact": "final_negative",
        "value": "yes",
        "on-kind": "date",
        "on-calendar": "gregorian",
        **day,
        "reference": "D-0000/26",
        "reason": GROUNDS,
        **changed,
    }


def in_care(safe: Safe) -> tuple[str, str, Actor]:
    """A refused man's case in the care of the asylum body: (case, referral, officer)."""
    number = safe.asked_everything(fear_of_return="yes", left_for_work_or_family="yes")
    asylum = safe.body(number, "asylum_procedure")
    safe.world.finish(number)
    return number, safe.referral_of(number, asylum), asylum


def test_from_a_decision_to_a_lifted_safeguard_and_an_open_action(safe: Safe) -> None:
    number = safe.asked_everything(fear_of_return="yes", left_for_work_or_family="yes")
    asylum = safe.body(number, "asylum_procedure")
    migration = safe.body(number, "migration_stay")
    safe.world.finish(number)
    for officer, fact, codes in (
        (asylum, "final_negative", ("H.refoulement", "H.voluntary")),
        (migration, "recheck_done", ("H.recheck",)),
    ):
        browser = Browser(safe, officer)
        file = f"/care/{safe.referral_of(number, officer)}"
        assert f"{file}/decisions" in browser.get(file).text
        done = browser.press(f"{file}/decisions", **typed(safe, fact=fact))
        assert done.status_code == 303, done.text
        assert "The decision is recorded" in browser.get(done.location).text
        assert Action.RETURN in safe.shut(number)
        for code in codes:
            row = next(row for row in safe.rows(number) if row[0] == code)
            assert f"/holds/{row[3]}" in browser.get(file).text
            lifted = browser.press(f"{file}/holds/{row[3]}", reason=GROUNDS)
            assert lifted.status_code == 303, lifted.text

    assert Action.RETURN not in safe.shut(number), safe.holding(number)
    shown = Browser(safe, asylum).get(f"/care/{safe.referral_of(number, asylum)}/decisions").text
    assert GROUNDS in shown
    assert "D-0000/26" in shown
    others = Browser(safe, migration).get(f"/care/{safe.referral_of(number, migration)}/decisions")
    assert "A guardian has been appointed" not in others.text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"fact": ""}, "Choose what was decided"),
        ({"value": ""}, "Choose yes or no"),
        ({"fact": "guardian_appointed"}, "error"),
        ({"on-day": "31", "on-month": "2"}, "error"),
        ({"on-year": "2099"}, "must not be in the future"),
        ({"on-day": "", "on-month": "", "on-year": ""}, "Enter the day of the decision"),
        ({"reference": ""}, "Enter the number of the decision"),
        ({"reason": "x" * 2000}, "error"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field_and_all_that_was_typed_stays(
    safe: Safe, changed: dict[str, str], says: str
) -> None:
    number, referral, asylum = in_care(safe)
    before = len(safe.world.of(Answer, number))
    refused = Browser(safe, asylum).press(f"/care/{referral}/decisions", **typed(safe, **changed))
    assert refused.status_code == 422
    assert says in refused.text
    if "reason" not in changed:
        assert GROUNDS in refused.text
    if "reference" not in changed:
        assert "D-0000/26" in refused.text
    assert len(safe.world.of(Answer, number)) == before


def test_a_page_that_is_no_longer_true_records_nothing_and_keeps_what_was_typed(
    safe: Safe,
) -> None:
    number, referral, asylum = in_care(safe)
    browser = Browser(safe, asylum)
    stale = browser.press(f"/care/{referral}/decisions", **typed(safe, seen="0"))
    assert stale.status_code == 422
    assert "Something new was recorded" in stale.text
    assert GROUNDS in stale.text
    assert safe.holding(number)["H.refoulement"] == ("active", "evidence")
    fresh = re.search(r'name="seen"[^>]*value="(\d+)"', stale.text)
    assert fresh is not None
    again = browser.press(f"/care/{referral}/decisions", **typed(safe, seen=fresh[1]))
    assert again.status_code == 303


def test_a_form_sent_twice_decides_once(safe: Safe) -> None:
    number, referral, asylum = in_care(safe)
    browser = Browser(safe, asylum)
    page = browser.get(f"/care/{referral}/decisions").text
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', page)
    assert seen is not None
    before = len(safe.world.of(Answer, number))
    for _ in range(2):
        sent = browser.press(f"/care/{referral}/decisions", **typed(safe, seen=seen[1]))
        assert sent.status_code == 303
    assert len(safe.world.of(Answer, number)) == before + 1


def test_a_body_that_decides_nothing_has_no_such_page_and_another_desk_none_of_this_case(
    safe: Safe,
) -> None:
    number = safe.asked_everything(fear_of_return="yes")
    asylum, legal = safe.body(number, "asylum_procedure"), safe.body(number, "legal_aid")
    referral = safe.referral_of(number, asylum)
    own = safe.referral_of(number, legal)
    assert Browser(safe, legal).get(f"/care/{own}/decisions").status_code == 403
    assert "/decisions" not in Browser(safe, legal).get(f"/care/{own}").text
    assert Browser(safe, legal).get(f"/care/{referral}/decisions").status_code == 404
    officer = safe.world.actor("officer")
    assert Browser(safe, officer).get(f"/care/{referral}/decisions").status_code == 403
