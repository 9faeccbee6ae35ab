"""The pages of the private interview: setting first, a card at a time, what keeps what shut; stale pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup

from models.cases import Answer
from tests.safeguards.safe import Safe
from tests.safeguards.test_decision_page import Browser
from tests.workflows.desk_talk import at_desk, begin, of_the_post, page, record
from workflows.policy import Actor
from workflows.rules.answers import Source

SETTING = {
    "language": "prs",
    "understood": "yes",
    "how": "read_aloud",
    "interpreter": "here",
    "setting": "alone",
}


@pytest.fixture
def at_work(safe: Safe) -> tuple[Browser, str, str, Actor]:
    """A browser at the desk, the address of the interview, the case, the officer."""
    number = of_the_post(safe)
    desk = at_desk(safe, number)
    safe.world.finish(number)
    return Browser(safe, desk), f"/care/{safe.referral_of(number, desk)}", number, desk


def form_of(text: str) -> dict[str, str]:
    """The hidden fields of the form with the questions."""
    form = BeautifulSoup(text, "html.parser").select_one("form.serai-form")
    assert form is not None
    return {
        field["name"]: field.get("value", "")
        for field in form.find_all("input", attrs={"type": "hidden"})
    }


def send(browser: Browser, path: str, **data: Any) -> Any:
    held = form_of(browser.get(path).text)
    return browser.client.post(path, data={**held, "source": "self", **data})


def test_from_the_case_file_to_an_answer(
    at_work: tuple[Browser, str, str, Actor], safe: Safe
) -> None:
    browser, file, number, _ = at_work
    assert f"{file}/interview" in browser.get(file).text
    to_begin = browser.get(f"{file}/interview")
    assert to_begin.location == f"{file}/interview/begin"
    assert "Speak alone with the person" in browser.get(to_begin.location).text
    begun = send(browser, f"{file}/interview/begin", **SETTING)
    assert begun.location == f"{file}/interview"
    shown = browser.get(begun.location).text
    for words in (
        "The complete screen has not been answered",
        "questions to ask here",
        "Decided by",
    ):
        assert words in shown
    assert "Never ask for these" in shown
    before = len(safe.world.of(Answer, number))
    saved = send(
        browser, f"{file}/interview?card=forced", q_organ_removal="no", q_quota_punished="no"
    )
    assert saved.status_code == 303
    assert len(safe.world.of(Answer, number)) == before + 1
    assert "Recorded:" in browser.get(f"{file}/interview?card=forced").text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"setting": ""}, "Begin only when you are alone"),
        ({"interpreter": "companion"}, "error"),
        ({"interpreter": ""}, "Choose who interprets"),
        ({"language": ""}, "Choose the language"),
    ],
)
def test_without_the_setting_no_question_is_shown(
    at_work: tuple[Browser, str, str, Actor], changed: dict[str, str], says: str
) -> None:
    browser, file, _, _ = at_work
    given = {name: value for name, value in {**SETTING, **changed}.items() if value}
    refused = send(browser, f"{file}/interview/begin", **given)
    assert refused.status_code == 422
    assert says in refused.text
    assert browser.get(f"{file}/interview?card=forced").status_code == 303


def test_a_stale_page_saves_nothing_and_keeps_all_that_was_typed(
    at_work: tuple[Browser, str, str, Actor], safe: Safe
) -> None:
    browser, file, number, desk = at_work
    begin(safe, desk, number)
    held = form_of(browser.get(f"{file}/interview?card=promise").text)
    record(safe, desk, number, {"organ_removal": "no"})
    before = len(safe.world.of(Answer, number))
    typed = {"q_deceived_about_pay": "yes", "source": "third_party"}
    stale = browser.client.post(f"{file}/interview?card=promise", data={**held, **typed})
    assert stale.status_code == 409
    assert "Somebody else changed this" in stale.text
    form = BeautifulSoup(stale.text, "html.parser")
    for name, value in typed.items():
        chosen = form.select_one(f'input[name="{name}"][value="{value}"]')
        assert chosen is not None
        assert chosen.has_attr("checked"), name
    assert len(safe.world.of(Answer, number)) == before
    fresh = {**form_of(stale.text), **typed}
    assert browser.client.post(f"{file}/interview?card=promise", data=fresh).status_code == 303


def test_a_sitting_that_ended_keeps_what_was_typed(
    at_work: tuple[Browser, str, str, Actor], safe: Safe
) -> None:
    browser, file, number, desk = at_work
    begin(safe, desk, number)
    path = f"{file}/interview?card=forced"
    held = form_of(browser.get(path).text)
    stopped = browser.client.post(
        f"{file}/interview/pause", data={"csrf_token": held["csrf_token"]}
    )
    assert stopped.location == file
    lapsed = browser.client.post(path, data={**held, "q_organ_removal": "yes", "source": "self"})
    assert lapsed.status_code == 409
    assert f"{file}/interview/begin" in lapsed.text
    chosen = BeautifulSoup(lapsed.text, "html.parser").select_one(
        'input[name="q_organ_removal"][value="yes"]'
    )
    assert chosen is not None
    assert chosen.has_attr("checked")


def test_no_to_the_others_says_nothing_of_what_another_body_was_told_or_nobody_asks(
    at_work: tuple[Browser, str, str, Actor], safe: Safe
) -> None:
    browser, file, number, desk = at_work
    begin(safe, desk, number)
    send(browser, f"{file}/interview?card=control", rest="no")
    send(browser, f"{file}/interview?card=weakness", rest="no")
    own = {one.fact.id: one for one in page(safe, desk, number, "control").questions}
    assert all(one.value is None and one.elsewhere for one in own.values())
    assert all(one.value is None for one in page(safe, desk, number).told)
    answered = {one.fact.id: one.value for one in page(safe, desk, number, "weakness").questions}
    assert set(answered.values()) == {"no"}


def test_differing_answers_are_settled_with_a_reason(
    at_work: tuple[Browser, str, str, Actor], safe: Safe
) -> None:
    browser, file, number, desk = at_work
    begin(safe, desk, number)
    path = f"{file}/interview?card=control"
    # The post was told no; what protects more counts at once, and afterwards the person says no again.
    send(browser, path, q_locked_up="yes")
    assert "The recorded answers differ" not in browser.get(path).text
    record(safe, desk, number, {"locked_up": "no"})
    record(safe, desk, number, {"locked_up": "yes"}, source=Source.THIRD_PARTY)
    shown = browser.get(path).text
    assert "The recorded answers differ" in shown
    assert re.search(r"The answers differ: [^<]*", shown)
    send(
        browser,
        path,
        q_locked_up="no",
        s_locked_up="She asked him again; the brother meant another.",
    )
    assert "The recorded answers differ" not in browser.get(path).text
