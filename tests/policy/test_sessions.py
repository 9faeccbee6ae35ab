"""Signing in, and the sessions that come of it: limits, replay, lock, forged requests."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Row, select
from time_machine import TimeMachineFixture
from werkzeug.test import TestResponse

from app.factory import create_app
from app.work import Engines
from models.accounts import Attempt, SignIn, User
from models.base import Base
from models.log import LogEntry
from models.vault.factors import code_at
from models.vocabulary import ReferralState
from tests.policy.surface import session_of, token_in
from tests.world import PASSWORD, World
from workflows import accounts


class Browser:
    """A browser at the address of an officer."""

    def __init__(self, app: Flask, address: str = "192.0.2.1") -> None:
        self.client: FlaskClient = app.test_client()
        self.address = {"REMOTE_ADDR": address}

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, environ_base=self.address)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        return self.client.post(path, data=data, environ_base=self.address, **more)

    def send(self, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        token = token_in(self.get("/sign-in").get_data(as_text=True))
        return self.post(path, {"csrf_token": token, **(data or {})})

    def sign_in(self, world: World, who: str, **changed: str) -> TestResponse:
        code = code_at(world.secrets.get(who, world.secrets["officer"]), world.now)
        return self.send("/sign-in", {"name": who, "password": PASSWORD, "code": code, **changed})

    @property
    def cookie(self) -> str:
        found = self.client.get_cookie("serai")
        assert found is not None
        return found.value


@pytest.fixture
def app(world: World) -> Flask:
    made = create_app(world.settings, storage=world.storage, clock=world.clock)
    made.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
    return made


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def signed_in(world: World, browser: Browser) -> Browser:
    assert browser.sign_in(world, "officer").status_code == 303
    return browser


def with_cookie(app: Flask, token: str) -> Browser:
    thief = Browser(app, "198.51.100.9")
    thief.client.set_cookie("serai", token)
    return thief


def is_open(browser: Browser) -> bool:
    """Whether the officer's list opens."""
    answer = browser.get("/today")
    assert answer.status_code in {200, 303}
    return answer.status_code == 200


def test_name_password_and_code_together_open_the_officers_own_page(
    signed_in: Browser, world: World
) -> None:
    home = signed_in.get("/")
    assert (home.status_code, home.headers["Location"]) == (303, "/today")
    assert is_open(signed_in)
    acts = [row.act for row in world.rows(LogEntry)]
    assert acts.count("sign_in") == 1


def test_the_token_is_kept_nowhere_in_the_clear(signed_in: Browser, world: World) -> None:
    token = signed_in.cookie
    row = world.rows(SignIn)[0]
    assert token not in vars(row).values()
    assert len(token) >= 32


WRONG: dict[str, dict[str, str]] = {
    "unknown name": {"name": "nobody"},
    "wrong password": {"password": "another passphrase that is long"},
    "wrong code": {"code": "000000"},
    "no code": {"code": ""},
    "no password": {"password": ""},
    "nothing": {"name": "", "password": "", "code": ""},
    "other digits": {"code": "\u0661\u0662\u0663"},
}


@pytest.mark.asvs("6.3.3")
@pytest.mark.parametrize("wrong", WRONG)
def test_whatever_is_wrong_gets_the_same_answer(app: Flask, world: World, wrong: str) -> None:
    """No difference between an unknown name and a wrong password, in status or in text."""
    reference = Browser(app).sign_in(world, "officer", password="a wrong one of fair length")
    answer = Browser(app).sign_in(world, "officer", **WRONG[wrong])
    assert answer.status_code == reference.status_code == 401
    assert plain(answer) == plain(reference)


def test_a_control_character_is_told_at_its_field_whether_the_name_exists_or_not(
    app: Flask, world: World
) -> None:
    known, unknown = (
        Browser(app).sign_in(world, "officer", name=f"{name}\x00") for name in ("officer", "nobody")
    )
    assert known.status_code == unknown.status_code == 422
    assert plain(known) == plain(unknown)


@pytest.mark.parametrize("field", ["name", "password", "code"])
def test_what_is_far_too_long_is_told_at_its_field_and_not_shown_again(
    app: Flask, world: World, field: str
) -> None:
    answers = [
        Browser(app).sign_in(world, "officer", **{"name": name, field: "7" * 5000})
        for name in ("officer", "nobody")
    ]
    assert {answer.status_code for answer in answers} <= {401, 422}
    assert plain(answers[0]) == plain(answers[1])
    if field == "password":
        assert "7" * 100 not in answers[0].get_data(as_text=True)


def plain(answer: TestResponse) -> str:
    """The page's words without tokens and without what was typed."""
    text = re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True))
    text = re.sub(r'nonce="[^"]*"', "", text)
    return re.sub(r"\s+", " ", text)


def test_a_disabled_account_is_answered_like_an_unknown_one(app: Flask, world: World) -> None:
    with world.work("administrator") as work:
        accounts.disable_user(work, world.actor("officer").user_id)
    closed = Browser(app).sign_in(world, "officer")
    unknown = Browser(app).sign_in(world, "nobody")
    assert closed.status_code == unknown.status_code == 401
    assert plain(closed) == plain(unknown)


@pytest.mark.asvs("6.5.1")
def test_a_code_opens_once(app: Flask, world: World) -> None:
    assert Browser(app).sign_in(world, "officer").status_code == 303
    assert Browser(app).sign_in(world, "officer").status_code == 401
    world.clock.forward(seconds=30)
    assert Browser(app).sign_in(world, "officer").status_code == 303


@pytest.mark.asvs("6.3.1")
def test_tries_are_limited_for_a_name_from_wherever_they_come(app: Flask, world: World) -> None:
    limit = world.settings.sign_in_limit
    for n in range(limit):
        wrong = Browser(app, f"192.0.2.{n + 10}").sign_in(world, "officer", code="000000")
        assert wrong.status_code == 401
    right = Browser(app, "192.0.2.99").sign_in(world, "officer")
    assert right.status_code == 429
    assert Browser(app, "192.0.2.99").sign_in(world, "colleague").status_code == 303


@pytest.mark.asvs("6.3.1")
def test_tries_are_limited_for_an_address_whatever_the_names(app: Flask, world: World) -> None:
    for n in range(world.settings.sign_in_limit):
        assert Browser(app).sign_in(world, f"name{n}").status_code == 401
    assert Browser(app).sign_in(world, "officer").status_code == 429
    assert Browser(app, "192.0.2.77").sign_in(world, "officer").status_code == 303


def test_a_limit_ends_after_a_quarter_of_an_hour(app: Flask, world: World) -> None:
    for _ in range(world.settings.sign_in_limit):
        Browser(app).sign_in(world, "officer", code="000000")
    assert Browser(app).sign_in(world, "officer").status_code == 429
    world.clock.forward(minutes=15, seconds=1)
    assert Browser(app).sign_in(world, "officer").status_code == 303


def test_failed_tries_name_nobody(app: Flask, world: World) -> None:
    Browser(app).sign_in(world, "officer", code="000000")
    subjects = [row.subject for row in world.rows(Attempt)]
    assert len(subjects) == 2
    assert not any("officer" in subject or "192.0.2.1" in subject for subject in subjects)


@pytest.mark.asvs("7.2.1", "7.4.1")
def test_a_cookie_is_worth_nothing_after_signing_out(app: Flask, signed_in: Browser) -> None:
    token = signed_in.cookie
    assert is_open(with_cookie(app, token))
    assert signed_in.send("/sign-out").status_code == 303
    assert not is_open(with_cookie(app, token))
    assert not is_open(signed_in)


@pytest.mark.asvs("14.3.1")
def test_signing_out_tells_the_browser_to_forget(signed_in: Browser) -> None:
    answer = signed_in.send("/sign-out")
    assert '"storage"' in answer.headers["Clear-Site-Data"]
    assert signed_in.client.get_cookie("serai") is None


@pytest.mark.asvs("7.4.2")
def test_a_session_ends_at_once_when_the_account_is_closed(
    app: Flask, world: World, signed_in: Browser
) -> None:
    with world.work("administrator") as work:
        accounts.disable_user(work, world.actor("officer").user_id)
    assert not is_open(signed_in)
    assert {row.ended_at for row in world.rows(SignIn)} == {world.now}


@pytest.mark.asvs("7.3.1")
def test_a_session_ends_when_it_is_not_used(world: World, signed_in: Browser) -> None:
    world.clock.now += world.settings.idle_limit
    assert is_open(signed_in)
    world.clock.now += world.settings.idle_limit + timedelta(seconds=1)
    assert not is_open(signed_in)
    world.clock.now -= timedelta(hours=1)
    assert not is_open(signed_in), "an ended session does not come back when the clock jumps"


@pytest.mark.asvs("7.3.2")
def test_a_session_that_is_used_still_ends_after_the_longest_time(
    world: World, signed_in: Browser
) -> None:
    began = world.now
    while world.now - began + timedelta(minutes=10) <= world.settings.absolute_limit:
        world.clock.forward(minutes=10)
        assert is_open(signed_in)
    world.clock.forward(minutes=10)
    assert not is_open(signed_in)


def test_a_locked_session_opens_nothing_until_the_password_is_given(
    world: World, signed_in: Browser
) -> None:
    assert signed_in.send("/lock").status_code == 303
    answer = signed_in.get("/today")
    assert answer.headers["Location"].startswith("/unlock")
    assert signed_in.send("/register", {"name": "Zarifa"}).status_code == 303
    assert world.rows(LogEntry, LogEntry.act == "register") == []
    assert signed_in.send("/unlock", {"password": "not this one at all"}).status_code == 401
    assert not is_open(signed_in)
    assert signed_in.send("/unlock", {"password": PASSWORD}).status_code == 303
    assert is_open(signed_in)


def test_tries_to_unlock_count_like_tries_to_sign_in(world: World, signed_in: Browser) -> None:
    signed_in.send("/lock")
    for _ in range(world.settings.sign_in_limit):
        assert signed_in.send("/unlock", {"password": "wrong and long enough"}).status_code == 401
    assert signed_in.send("/unlock", {"password": PASSWORD}).status_code == 429


@pytest.mark.asvs("7.2.4")
def test_signing_in_makes_a_new_session_and_leaves_no_form_of_the_old(
    app: Flask, world: World
) -> None:
    browser = Browser(app)
    browser.client.set_cookie("serai", "chosen-by-somebody-else")
    before = token_in(browser.get("/sign-in").get_data(as_text=True))
    assert browser.sign_in(world, "officer").status_code == 303
    assert browser.cookie != "chosen-by-somebody-else"
    assert browser.post("/lock", {"csrf_token": before}).status_code == 400


@pytest.mark.asvs("3.3.4")
def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask, world: World) -> None:
    answer = Browser(app).sign_in(world, "officer")
    cookies = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("serai=")]
    assert len(cookies) == 1
    assert "HttpOnly" in cookies[0]
    assert "SameSite=Strict" in cookies[0]
    assert "Expires" not in cookies[0]


@pytest.mark.asvs("3.7.2")
@pytest.mark.parametrize(
    "next_", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x"]
)
def test_nobody_is_sent_to_another_site_after_signing_in(
    app: Flask, world: World, next_: str
) -> None:
    browser = Browser(app)
    token = token_in(browser.get("/sign-in").get_data(as_text=True))
    code = code_at(world.secrets["officer"], world.now)
    given = {"csrf_token": token, "name": "officer", "password": PASSWORD, "code": code}
    answer = browser.client.post("/sign-in", query_string={"next": next_}, data=given)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def posts(app: Flask) -> list[str]:
    """The rules of every page that takes a POST."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    )


@pytest.mark.asvs("3.5.1")
@pytest.mark.parametrize("token", [None, "", "forged", "stale"])
def test_no_page_changes_anything_without_its_token(
    app: Flask, world: World, token: str | None
) -> None:
    """The answer is 400, or the form again with 422 and all that was typed."""
    number, referral = world.sent()
    signed = {name: with_cookie(app, session_of(world, name)) for name in ALL_ROLES}
    before = contents(world)
    assert len(posts(app)) > 20
    for rule in posts(app):
        path = re.sub(r"<uuid:\w+>", str(world.actor("officer").user_id), rule)
        path = re.sub(r"<referral>", referral, path)
        path = path.replace("<number>", number if path.startswith("/cases") else referral)
        path = re.sub(r"<\w+>", "kaz", path)
        for browser in signed.values():
            form = {"name": "Zarifa", "csrf_token": token}
            form = {key: value for key, value in form.items() if value is not None}
            status = browser.post(path, form).status_code
            assert status in {303, 400, 403, 404, 422}, (path, status)
            assert status != 303 or path in MAY_REDIRECT, path
    assert contents(world) == before


ALL_ROLES = ("officer", "guardian", "supervisor", "administrator", "monitor")
#: A session that is not locked is sent on from /unlock without anything being done.
MAY_REDIRECT = {"/unlock"}
#: What a refusal may write: its line in the log.
WRITTEN_BY_REFUSALS = {"log_entry", "log_head"}


def contents(world: World) -> dict[str, list[Any]]:
    """All rows of all tables, but for the log, and for that a desk has opened a referral."""
    with world.storage.engine.connect() as connection:
        return {
            table.name: sorted(repr(_settled(row)) for row in connection.execute(select(table)))
            for table in Base.metadata.sorted_tables
            if table.name not in WRITTEN_BY_REFUSALS
        }


def _settled(row: Row[Any]) -> dict[str, Any]:
    """A row by its columns. That somebody opened a referral is told to its sender: a fact about the look
    itself, like its line in the log, also where only the form is shown again. Nothing else may move.
    """
    named = dict(row._mapping)
    if {"seen_at", "state"} <= named.keys():
        waits = named["state"] in {ReferralState.SENT, ReferralState.RECEIVED, ReferralState.SEEN}
        named |= {"seen_at": None, "state": "waits" if waits else named["state"]}
    return named


@pytest.mark.asvs("3.5.1")
def test_what_another_site_makes_a_browser_send_is_refused_whatever_token_it_has(
    signed_in: Browser,
) -> None:
    token = token_in(signed_in.get("/sign-in").get_data(as_text=True))
    for site in ("cross-site", "same-site"):
        headers = {"Sec-Fetch-Site": site}
        answer = signed_in.post("/lock", {"csrf_token": token}, headers=headers)
        assert answer.status_code == 403
    assert is_open(signed_in)


def test_a_token_of_another_session_is_refused(app: Flask, world: World) -> None:
    mine, theirs = (with_cookie(app, session_of(world, n)) for n in ("officer", "colleague"))
    foreign = token_in(theirs.get("/sign-in").get_data(as_text=True))
    mine.get("/sign-in")
    assert mine.post("/lock", {"csrf_token": foreign}).status_code == 400


def test_a_page_that_was_open_for_too_long_does_nothing(
    signed_in: Browser, time_machine: TimeMachineFixture
) -> None:
    token = token_in(signed_in.get("/sign-in").get_data(as_text=True))
    time_machine.move_to(time.time() + timedelta(hours=12, minutes=1).total_seconds())
    assert signed_in.post("/lock", {"csrf_token": token}).status_code == 400
    typed = {"csrf_token": token, "name": "Zarifa"}
    again = signed_in.post("/register", typed)
    assert again.status_code == 422
    assert 'value="Zarifa"' in again.get_data(as_text=True)


def test_an_account_that_is_disabled_has_no_machines_either(app: Flask, world: World) -> None:
    with world.work("administrator") as work:
        user = work.session.scalars(select(User.id).where(User.name == "officer")).one()
        token = accounts.issue_token(work, user, "test", 5)
    ask = {"headers": {"Authorization": f"Bearer {token}"}}
    client = app.test_client(use_cookies=False)
    assert client.get("/api/v1/arrivals", **ask).status_code == 200
    with world.work("administrator") as work:
        accounts.disable_user(work, user)
    assert client.get("/api/v1/arrivals", **ask).status_code == 401
    world.clock.forward(days=6)
    assert client.get("/api/v1/arrivals", **ask).status_code == 401
