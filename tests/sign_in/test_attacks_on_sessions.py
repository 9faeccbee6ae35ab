"""Test class 13 as one figure: fixation, replay of dead tokens, forged requests to every unsafe route."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from models.accounts import SignIn, User
from models.vocabulary import Role
from tests.policy.surface import session_of, token_in
from tests.policy.test_sessions import contents
from tests.sign_in.conftest import Enter, Visitor
from tests.world import BORDER, OTHER_POST, PASSWORD, World
from workflows import accounts
from workflows.accounts import ChangeRole
from workflows.policy import role_may

Say = Callable[[str], None]
#: Pages that would open for the officer, and one that needs no rule of a role.
PAGES = ("/", "/today", "/register", "/search", "/account/", "/awake")
NEXT = "quiet harbour lantern seventeen"


def changed_role(world: World) -> None:
    command = ChangeRole(
        user_id=world.actor("officer").user_id,
        role=Role.BORDER_OFFICIAL,
        agency=BORDER,
        post=OTHER_POST,
    )
    with world.work("administrator") as work:
        accounts.change_role(work, command)


def by_administrator(end: Callable[..., None]) -> Callable[[Visitor, World], None]:
    def ended(_visitor: Visitor, world: World) -> None:
        with world.work("administrator") as work:
            end(work, world.actor("officer").user_id)

    return ended


def changed_password(visitor: Visitor, _world: World) -> None:
    told = {"present_password": PASSWORD, "wanted_password": NEXT, "again_password": NEXT}
    assert visitor.send("/account/password", told).status_code == 303


def locked_and_opened(visitor: Visitor, _world: World) -> None:
    visitor.send("/lock")
    assert visitor.send("/unlock", {"password": PASSWORD}).status_code == 303


def ended_from_the_list(visitor: Visitor, world: World) -> None:
    row = world.rows(SignIn, SignIn.ended_at.is_(None))[0]
    other = Visitor(visitor.app, world)
    other.bring(session_of(world, "officer"))
    assert other.send(f"/account/sessions/{row.id}/end").status_code == 303


#: How a token dies.
DEATHS: dict[str, Callable[[Visitor, World], object]] = {
    "sign-out": lambda visitor, _: visitor.send("/sign-out"),
    "disable": by_administrator(accounts.disable_user),
    "ended by an administrator": by_administrator(accounts.end_sessions_of),
    "role change": lambda _, world: changed_role(world),
    "password change": changed_password,
    "step-up": lambda visitor, _: visitor.send("/account/prove", {"password": PASSWORD}),
    "lock and unlock": locked_and_opened,
    "ended from the list": ended_from_the_list,
    "idle": lambda _, world: world.clock.forward(minutes=15, seconds=1),
    "too old": lambda _, world: world.clock.forward(hours=12, seconds=1),
}


@pytest.mark.asvs("7.2.4", "7.3.1", "7.3.2", "7.4.1", "7.4.2", "7.4.5")
@pytest.mark.parametrize("death", DEATHS)
def test_a_dead_token_opens_nothing(enter: Enter, world: World, figure: Say, death: str) -> None:
    visitor = enter()
    token = visitor.cookie
    assert all(visitor.get(page).status_code in {200, 204, 303} for page in PAGES)
    DEATHS[death](visitor, world)
    thief = Visitor(visitor.app, world, "198.51.100.7")
    thief.bring(token)
    where = [thief.get(page).headers.get("Location", "open") for page in PAGES]
    accepted = sum(not place.startswith("/sign-in") for place in where)
    figure(f"class 13, replay after {death}: {len(PAGES)} tried, {accepted} accepted")
    assert accepted == 0


@pytest.mark.asvs("7.2.2", "7.2.4")
def test_a_token_that_somebody_planted_is_not_taken_on(
    visitor: Visitor, world: World, figure: Say
) -> None:
    planted = ["chosen-by-somebody-else", session_of(world, "colleague"), ""]
    accepted = 0
    for token in planted:
        victim = Visitor(visitor.app, world)
        victim.bring(token)
        world.clock.forward(seconds=30)
        assert victim.sign_in("officer").status_code == 303
        accepted += victim.cookie == token
        thief = Visitor(visitor.app, world, "198.51.100.7")
        thief.bring(token)
        page = thief.get("/account/")
        accepted += page.status_code == 200 and token != planted[1]
    figure(f"class 13, fixation: {len(planted)} tried, {accepted} accepted")
    assert accepted == 0


def unsafe(app: Flask) -> list[tuple[str, str, str]]:
    """(method, path, endpoint) of every route that may change something."""
    someone = "00000000-0000-4000-8000-000000000000"
    return sorted(
        (method, re.sub(r"<[^>]+>", someone, rule.rule), rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    )


@pytest.mark.asvs("3.5.1")
def test_no_unsafe_route_takes_a_forged_request(enter: Enter, world: World, figure: Say) -> None:
    """Each route, by one whose role may: without a token, with a made-up one, with another session's, and
    with a right one that another site makes the browser send."""
    names = ("officer", "guardian", "supervisor", "administrator", "monitor")
    visitors = {name: enter(name) for name in names}
    foreign = token_in(enter("colleague").get("/sign-in").text)
    own = {name: token_in(one.get("/sign-in").text) for name, one in visitors.items()}
    app = visitors["officer"].app
    before, tried, taken = contents(world), 0, []
    for method, path, endpoint in unsafe(app):
        act = getattr(app.view_functions[endpoint], "act", None)
        name = next((n for n in names if act and role_may(world.actor(n).role, act)), "officer")
        for token, site in ((None, ""), ("forged", ""), (foreign, ""), (own[name], "cross-site")):
            form = {"csrf_token": token} if token else {}
            headers = {"Sec-Fetch-Site": site} if site else {}
            answer = visitors[name].client.open(path, method=method, data=form, headers=headers)
            tried += 1
            if answer.status_code < 400 and path != "/unlock":
                taken.append((method, path, answer.status_code))
    assert contents(world) == before
    figure(
        f"class 13, forged requests: {tried} tried on {len(unsafe(app))} routes, {len(taken)} accepted"
    )
    assert taken == []


@pytest.mark.asvs("8.3.2")
def test_a_change_in_the_account_is_seen_by_the_next_request(enter: Enter, world: World) -> None:
    """Without anything being ended: rights are read with each request (ASVS 8.3.2)."""
    visitor = enter("supervisor")
    assert visitor.get("/board").status_code == 200
    with world.work() as work:
        now = update(User).where(User.name == "supervisor").values(role=Role.BORDER_OFFICIAL)
        work.session.execute(now)
    assert visitor.get("/board").status_code == 403


@pytest.mark.asvs("7.5.2")
def test_one_sees_and_ends_ones_own_sessions_only(enter: Enter, world: World) -> None:
    here, there, other = enter(), enter(), enter("colleague")
    assert here.get("/account/").text.count("/sessions/") == 1, "not the one that looks"
    theirs = world.rows(SignIn, SignIn.user_id == world.actor("colleague").user_id)[0]
    assert here.send(f"/account/sessions/{theirs.id}/end").status_code == 404
    assert other.is_in()
    mine = re.findall(r"/account/sessions/([0-9a-f-]+)/end", here.get("/account/").text)[0]
    assert here.send(f"/account/sessions/{mine}/end").status_code == 303
    assert not there.is_in()
    assert here.is_in()
