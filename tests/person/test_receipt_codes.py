"""The code of a receipt: printed once, kept as a token, voided by the next, and not to be guessed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from models.cases import Task
from models.log import LogEntry
from models.receipts import PersonVisit, ReceiptCode
from models.rights import PersonRequest
from models.vocabulary import RequestKind, TaskKind
from tests.person.conftest import Browser, issue, without_token
from tests.world import World
from workflows import own_state, receipts, rights
from workflows.casenumbers import show
from workflows.errors import NotFound, TooManyAttempts, WrongReceiptCode
from workflows.own_state import Help, HelpState
from workflows.receipts import ADDRESS_LIMIT, NUMBER_LIMIT

HERE = "192.0.2.7"


def enter(world: World, number: str, code: str, address: str = HERE) -> str:
    with world.work() as work:
        return receipts.enter(work, number, code, address)


def fail(world: World, number: str, code: str, address: str = HERE) -> None:
    with pytest.raises(WrongReceiptCode):
        enter(world, number, code, address)
    with world.work() as work:
        receipts.count_failure(work, number, address)


def state(world: World, token: str) -> own_state.OwnState:
    with world.work() as work:
        visit = receipts.resume(work, token)
        assert visit is not None
        return own_state.state(work, visit)


def test_number_and_code_open_the_state_in_neutral_words(any_world: World) -> None:
    number, referral = any_world.sent()
    code = issue(any_world, number).code
    token = enter(any_world, show(number).lower(), f" {code.lower()} ")
    found = state(any_world, token)
    assert (found.number, [(one.help, one.standing) for one in found.helps]) == (
        number,
        [(Help.SUPPORT, HelpState.WAITING)],
    )
    any_world.accept(referral)
    assert state(any_world, token).helps[0].standing is HelpState.TAKEN


def test_neither_code_nor_token_is_kept(world: World) -> None:
    number = world.register()
    code = issue(world, number).code
    token = enter(world, number, code)
    with world.storage.engine.connect() as connection:
        rows = [
            str(connection.execute(text(f"SELECT * FROM {table}")).all())  # constants
            for table in ("receipt_code", "person_visit", "log_entry")
        ]
    for kept in rows:
        assert code not in kept
        assert code.replace("-", "") not in kept
        assert token not in kept


def test_a_new_code_voids_the_old_and_ends_its_visits(any_world: World) -> None:
    number = any_world.register()
    old = issue(any_world, number).code
    token = enter(any_world, number, old)
    new = issue(any_world, number).code
    with any_world.work() as work:
        assert receipts.resume(work, token) is None
    with pytest.raises(WrongReceiptCode):
        enter(any_world, number, old)
    assert enter(any_world, number, new)
    live = [row for row in any_world.rows(ReceiptCode) if row.voided_on is None]
    assert len(live) == 1


def test_a_visit_is_over_after_a_quarter_of_an_hour(world: World) -> None:
    number = world.register()
    token = enter(world, number, issue(world, number).code)
    world.clock.now += receipts.VISIT - timedelta(seconds=1)
    with world.work() as work:
        assert receipts.resume(work, token) is not None
    world.clock.forward(seconds=2)
    with world.work() as work:
        assert receipts.resume(work, token) is None


def test_the_code_of_one_opens_nothing_of_another(world: World) -> None:
    one, other = world.register(), world.register("Marzia")
    code = issue(world, one).code
    issue(world, other)
    fail(world, other, code)


def test_tries_are_counted_for_a_number_whether_it_exists_or_not(world: World) -> None:
    number = world.register()
    code = issue(world, number).code
    for wanted in (number, "222222222", "nonsense"):
        for tried in range(NUMBER_LIMIT):
            fail(world, wanted, "2222-2222-2222", f"192.0.2.{tried}")
        with pytest.raises(TooManyAttempts):
            enter(world, wanted, code, "198.51.100.9")
    world.clock.forward(minutes=16)
    assert enter(world, number, code)


def test_tries_are_counted_for_an_address(world: World) -> None:
    number = world.register()
    code = issue(world, number).code
    for tried in range(ADDRESS_LIMIT):
        fail(world, f"number {tried}", code)
    with pytest.raises(TooManyAttempts):
        enter(world, number, code)
    assert enter(world, number, code, "198.51.100.9")


@pytest.mark.parametrize("who", ["elsewhere", "abroad"])
def test_another_post_makes_no_code(world: World, who: str) -> None:
    number = world.register()
    with pytest.raises(NotFound):
        issue(world, number, who)


def test_what_is_asked_alone_comes_to_the_desk_of_rights(any_world: World) -> None:
    world = any_world
    number, referral = world.sent()
    world.accept(referral)
    token = enter(world, number, issue(world, number).code)
    with world.work() as work:
        visit = receipts.resume(work, token)
        assert visit is not None
        own_state.ask(work, visit, RequestKind.OBJECTION, "Send nothing more")
    with world.work("guardian") as work:
        (shown,) = rights.of_case(work, number)
    assert (shown.kind, shown.says) == (RequestKind.OBJECTION, "Send nothing more")
    assert TaskKind.ANSWER_REQUEST in {row.kind for row in world.of(Task, number)}
    assert world.rows(PersonRequest)[0].recorded_by is None
    acts = {row.act for row in world.rows(LogEntry)}
    assert {"issue_receipt_code", "see_own_state", "ask_for_own_right"} <= acts
    assert [one.answered_on for one in state(world, token).asked] == [None]


def test_a_found_slip_cannot_fill_the_desk(world: World) -> None:
    number = world.register()
    token = enter(world, number, issue(world, number).code)
    with world.work() as work:
        visit = receipts.resume(work, token)
        assert visit is not None
        for _ in range(own_state.DAY_LIMIT):
            own_state.ask(work, visit, RequestKind.ACCESS, "Show me")
        with pytest.raises(TooManyAttempts):
            own_state.ask(work, visit, RequestKind.ACCESS, "Show me")


def test_a_wrong_code_and_an_unknown_number_get_the_same_page(app: Any, world: World) -> None:
    number = show(world.register())
    code = issue(world, number).code
    pages = []
    for typed in (number, "FGH-JKM-PQR", "??"):
        answer = Browser(app, world).enter(typed, "2222-2222-2222" if typed == number else code)
        assert answer.status_code == 401
        page = without_token(answer.get_data(as_text=True))
        pages.append(page.replace(typed, "TYPED"))
        assert "person=" not in str(answer.headers.getlist("Set-Cookie"))
    assert pages[0] == pages[1] == pages[2]


def test_the_page_names_nobody_and_its_address_holds_nothing(app: Any, world: World) -> None:
    number, _ = world.sent(name="Zarifa Ahmadi")
    browser = Browser(app, world)
    answer = browser.enter(show(number), issue(world, number).code)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/person/state")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("person="))
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Max-Age=900" in cookie
    got = browser.client.get("/person/state")
    page = got.get_data(as_text=True)
    assert show(number) in page
    for word in ("Zarifa", "Ahmadi", "AFG", "Afghan", "guardian", "Guardian", "افغان"):
        assert word not in page.split("<main", 1)[1]
    assert got.headers["Cache-Control"] == "no-store"
    assert got.headers["Referrer-Policy"] == "no-referrer"
    # Told in Dari: so the page is in Dari, though the browser asked for nothing.
    assert 'dir="rtl"' in page


def test_the_safe_exit_ends_the_visit(app: Any, world: World) -> None:
    number = world.register()
    browser = Browser(app, world)
    browser.enter(number, issue(world, number).code)
    assert "/person/leave" in browser.text("/person/state")
    answer = browser.client.get("/person/leave")
    assert "Serai" not in answer.get_data(as_text=True)
    assert world.rows(PersonVisit) == []
    assert browser.client.get("/person/state").headers["Location"] == "/person"


def test_whoever_is_signed_in_at_the_same_screen_stays_out_of_it(app: Any, world: World) -> None:
    number = world.register()
    browser = Browser(app, world, "officer")
    browser.enter(number, issue(world, number).code)
    page = browser.text("/person/state")
    assert show(number) in page
    assert "officer" not in page
    browser.post("/person/ask", kind="complaint", says="The officer shouted at me")
    row = world.rows(PersonRequest)[0]
    assert (row.kind, row.recorded_by) == (RequestKind.COMPLAINT, None)
    officer = world.actor("officer").user_id
    assert officer not in {
        entry.actor for entry in world.rows(LogEntry, LogEntry.act == "ask_for_own_right")
    }


def test_the_code_stands_on_the_slip_once(app: Any, world: World) -> None:
    number = world.sent()[0]
    officer = Browser(app, world, "officer")
    first = officer.post(f"/cases/{number}/code").get_data(as_text=True)
    assert "رمز رسید شما" in first
    code = first.split("serai-receipt__secret", 1)[1].split('dir="ltr">', 1)[1].split("<", 1)[0]
    assert code not in officer.text(f"/cases/{number}/receipt")
    assert Browser(app, world).enter(number, code).status_code == 303
    world.finish(number)
    again = officer.post(f"/cases/{number}/code").get_data(as_text=True)
    assert "serai-receipt__secret" in again
    assert Browser(app, world).enter(number, code).status_code == 401


def test_the_monitor_answers_on_pages(app: Any, world: World) -> None:
    number = world.sent()[0]
    browser = Browser(app, world)
    browser.enter(number, issue(world, number).code)
    assert browser.post("/person/ask", kind="complaint", says="").status_code == 422
    assert browser.post("/person/ask", kind="complaint", says="He hit me").status_code == 303
    assert "He hit me" not in browser.text("/person/state")
    monitor = Browser(app, world, "monitor")
    assert show(number) in monitor.text("/complaints")
    path = f"/complaints/{world.rows(PersonRequest)[0].id}"
    assert "He hit me" in monitor.text(path)
    assert monitor.post(path, state="upheld", text="", version="1").status_code == 422
    said = {"state": "upheld", "text": "It was looked into", "version": "1"}
    assert monitor.post(path, **said).status_code == 303
    assert "It was looked into" in monitor.text(path)
    assert monitor.post(path, **said).status_code == 422


def test_the_leaflet_says_which_version_was_told(app: Any, world: World) -> None:
    number = world.register()
    browser = Browser(app, world)
    browser.client.set_cookie("language", "en")
    browser.enter(number, issue(world, number).code)
    assert "You were not told it yet" in browser.text("/person/rights")
    world.inform(number)
    page = browser.text("/person/rights")
    assert world.pack().texts["en"]["text.inform.asylum"] in page
    assert "You were told it on" in page
    assert page.count(world.pack().version) == 2
    browser.client.set_cookie("language", "fa_AF")
    page = browser.text("/person/rights")
    assert world.pack().texts["fa_AF"]["text.inform.asylum"] in page
    browser.client.get("/person/leave")
    assert browser.client.get("/person/rights").headers["Location"] == "/person"
