"""What an administrator keeps, and that an administrator sees no person."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from models.accounts import MachineToken, User
from models.network import Desk, Post, Service
from models.vault.factors import code_at
from tests.protection.offices import NAME, World, token_in
from workflows.accounts import actor_of_token
from workflows.casenumbers import show

SECRET = re.compile(r'class="serai-secret" dir="ltr">([^<]+)<')


def agency_of(world: World, who: str) -> str:
    with world.work() as work:
        return work.session.get_one(User, world.actors[who].user_id).agency.code


def made(world: World, **given: object) -> object:
    told = {"role": "monitor", "agency": agency_of(world, "admin"), "language": "ru", **given}
    return world.press("admin", "/users/new", on="/users/new", **told)


@pytest.mark.asvs("6.4.1")
def test_a_new_account_signs_in_with_what_was_shown_once(world: World) -> None:
    answer = made(world, name="Watch.One")
    assert answer.status_code == 201
    name, password, secret = SECRET.findall(answer.text)
    assert 'src="data:image/svg+xml' in answer.text

    browser = world.app.test_client()
    page = browser.get("/sign-in")
    told = {
        "csrf_token": token_in(page.text),
        "name": name,
        "password": password,
        "code": code_at(secret, world.now),
    }
    assert browser.post("/sign-in", data=told).status_code == 303
    first = browser.get("/board", follow_redirects=True)
    assert first.request.path == "/account/password", "somebody else has seen the first one"
    own = {
        "csrf_token": token_in(first.text),
        "present_password": password,
        "wanted_password": "a passphrase of one's own",
        "again_password": "a passphrase of one's own",
    }
    assert browser.post("/account/password", data=own).status_code == 303
    assert browser.get("/board").status_code == 200
    for address in ("/users", "/users/new"):
        page = world.get("admin", address).text
        assert password not in page
        assert secret not in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "Enter a sign-in name"),
        ({"name": "x" * 5000}, "60 characters or fewer"),
        ({"name": "two words"}, "letters of the Latin alphabet"),
        ({"name": "Мадина"}, "letters of the Latin alphabet"),
        ({"name": "admin"}, "There is an account of this name"),
        ({"name": "a.b", "role": ""}, "Choose a role"),
        ({"name": "a.b", "role": "system"}, "Choose one of the answers"),
        ({"name": "a.b", "role": "border_official"}, "A border official needs a post."),
        ({"name": "a.b", "role": "protection_officer"}, "A protection officer needs a desk."),
        ({"name": "a.b", "agency": "nobody"}, "Choose one from the list."),
        ({"name": "a.b", "language": "xx"}, "Choose one from the list."),
        ({"name": "a\x00b"}, "hidden characters"),
    ],
)
def test_a_wrong_account_is_refused_at_its_field(
    world: World, given: dict[str, str], said: str
) -> None:
    answer = made(world, **given)

    assert answer.status_code == 422
    assert said in answer.text
    assert "Error:" in answer.text


def test_a_closed_account_is_out_at_once_and_ones_own_stays(world: World) -> None:
    made(world, name="leaver")
    with world.work() as work:
        row = work.session.scalars(select(User).where(User.name == "leaver")).one()

    assert world.press("admin", f"/users/{row.id}/disable", on="/users").status_code == 303
    own = world.actors["admin"].user_id
    assert world.press("admin", f"/users/{own}/disable", on="/users").status_code == 422
    with world.work() as work:
        assert work.session.get_one(User, row.id).disabled_on == world.now.date()
        assert work.session.get_one(User, own).disabled_on is None


def test_a_token_is_shown_once_opens_as_its_account_and_can_be_revoked(world: World) -> None:
    user = world.actors["desk.one"].user_id
    address = f"/users/{user}/tokens"
    assert world.press("admin", address, on=address, label="", days="30").status_code == 422
    assert world.press("admin", address, on=address, label="x", days="9999").status_code == 422

    answer = world.press("admin", address, on=address, label="Case exchange", days="30")

    assert answer.status_code == 201
    token = SECRET.findall(answer.text)[0]
    assert token not in world.get("admin", "/users").text
    with world.work() as work:
        actor = actor_of_token(work.session, token, world.now)
        row = work.session.scalars(select(MachineToken)).one()
    assert actor is not None
    assert actor.user_id == user
    assert world.press("admin", f"/users/tokens/{row.id}/revoke", on="/users").status_code == 303
    with world.work() as work:
        assert actor_of_token(work.session, token, world.now) is None


def test_a_desk_keeps_its_places_and_a_stale_page_is_refused(world: World) -> None:
    address = f"/network/desks/{world.desk}"
    page = world.get("admin", address).text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    fields = re.findall(r'name="(places_[0-9a-f]+)"', page)
    told = {"open": "yes", "version": version, "verified": "1", fields[0]: "7"}

    wrong = world.press("admin", address, on=address, **{**told, fields[0]: "many"})
    assert wrong.status_code == 422
    assert "many" in wrong.text
    assert world.press("admin", address, on=address, **told).status_code == 303

    with world.work() as work:
        desk = work.session.scalars(select(Desk).where(Desk.code == world.desk)).one()
        services = work.session.scalars(select(Service).where(Service.desk_id == desk.id)).all()
        assert [service.capacity for service in services].count(7) == 1
        assert {service.verified_on for service in services} == {world.now.date()}
    stale = world.press("admin", address, on=address, **{**told, fields[0]: "9"})
    assert stale.status_code == 422
    assert "Somebody else changed this" in stale.text
    assert 'value="9"' in stale.text


def test_a_desk_speaks_of_its_services_in_the_words_of_its_own_country(world: World) -> None:
    page = world.get("admin", "/network/desks/kaz.kaz_akimat_asylum.almaty").text
    assert "Access to the asylum procedure" in page
    assert "no statutory procedure" not in page


def test_a_post_is_closed_and_a_stale_page_is_refused(world: World) -> None:
    with world.work() as work:
        post = work.session.scalars(select(Post).order_by(Post.code.desc())).first()
        assert post is not None
    address = f"/network/posts/{post.code}"
    told = {"version": str(post.version), "open": "no"}

    assert world.press("admin", address, on="/network", **told).status_code == 303
    assert world.press("admin", address, on="/network", **told).status_code == 409
    with world.work() as work:
        assert not work.session.get_one(Post, post.id).open


def test_health_says_what_is_held(world: World) -> None:
    page = world.get("admin", "/health").text

    assert "sqlite" in page
    assert "A key for every purpose is held." in page
    assert "kaz 2026.1" in page


def test_an_administrator_sees_no_person(world: World) -> None:
    number, case = world.referral()
    for address in ("/users", "/network", "/health", "/rules/kaz"):
        page = world.get("admin", address).text
        for secret in (NAME, show(number), show(case)):
            assert secret not in page
    for address in (
        f"/referrals/{number}",
        f"/care/{number}",
        "/board",
        "/figures",
        "/clocks",
        "/cases",
    ):
        assert world.get("admin", address).status_code == 403


@pytest.mark.parametrize("who", ["border", "desk.one", "supervisor", "monitor"])
def test_nobody_else_administers(world: World, who: str) -> None:
    for address in ("/users", "/users/new", "/network", "/health"):
        assert world.get(who, address).status_code == 403
