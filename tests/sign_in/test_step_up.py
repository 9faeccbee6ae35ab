"""Acts of weight ask again who sits there, once five minutes are over, and go on with what was sent."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select

from app.work import SAFE
from models.accounts import Draft, User
from tests.policy.surface import token_in
from tests.sign_in.authenticator import Authenticator
from tests.sign_in.conftest import Enter, Visitor
from tests.sign_in.test_passkeys import make
from tests.world import BORDER, PASSWORD, World
from workflows.acts import STEP_UP, Act
from workflows.policy import role_may

NEW = {"name": "watch.one", "role": "monitor", "agency": BORDER, "language": "ru"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def fields(page: str) -> dict[str, str]:
    """What the page that goes on would send."""
    form = page[page.index("<main") : page.index("</form>", page.index("<main"))]
    return {name: html.unescape(value) for name, value in HIDDEN.findall(form)}


def late(visitor: Visitor, world: World) -> Visitor:
    world.clock.now += world.settings.step_up_limit
    world.clock.forward(seconds=1)
    return visitor


def accounts(world: World) -> set[str]:
    return {user.name for user in world.rows(User)}


def test_within_five_minutes_nothing_is_asked(enter: Enter, world: World) -> None:
    visitor = enter("administrator")
    world.clock.now += world.settings.step_up_limit
    assert visitor.send("/users/new", NEW).status_code == 201


@pytest.mark.asvs("7.5.3")
def test_what_was_sent_is_done_after_proving_it_with_the_password(
    enter: Enter, world: World
) -> None:
    visitor = late(enter("administrator"), world)
    asked = visitor.send("/users/new", NEW)
    assert (asked.status_code, asked.headers["Location"]) == (303, "/account/prove")
    assert "watch.one" not in accounts(world)
    before = visitor.cookie
    assert visitor.send("/account/prove", {"password": "not this one at all"}).status_code == 401
    proved = visitor.send("/account/prove", {"password": PASSWORD})
    assert proved.headers["Location"] == "/account/go-on"
    page = visitor.get("/account/go-on").text
    sent = fields(page)
    assert {name: sent[name] for name in NEW} == NEW
    assert visitor.post("/users/new", sent).status_code == 201
    assert "watch.one" in accounts(world)
    thief = Visitor(visitor.app, world)
    thief.bring(before)
    assert not thief.is_in(), "the token from before the proof is dead"


def test_a_passkey_proves_it_and_somebody_elses_does_not(enter: Enter, world: World) -> None:
    visitor, other = enter("administrator"), enter("officer")
    mine, theirs = make(visitor), make(other)
    late(visitor, world).send("/users/new", NEW)
    for device, status in ((theirs, 401), (Authenticator(), 401), (mine, 303)):
        answer = device.answer(visitor.get("/sign-in/passkey").text)
        assert visitor.send("/account/prove", {"answer": answer}).status_code == status
    assert visitor.get("/account/go-on").status_code == 200


def test_secrets_are_not_kept_meanwhile(enter: Enter, world: World) -> None:
    visitor = late(enter("administrator"), world)
    visitor.send("/users/new", {**NEW, "some_password": "must not be kept"})
    visitor.send("/account/prove", {"password": PASSWORD})
    assert "must not be kept" not in visitor.get("/account/go-on").text


def test_looking_asks_nothing(enter: Enter, world: World) -> None:
    visitor = late(enter("administrator"), world)
    assert visitor.get("/users").status_code == 200
    assert visitor.get("/users/new").status_code == 200


def test_a_role_that_may_not_is_refused_and_asked_nothing(enter: Enter, world: World) -> None:
    visitor = late(enter("officer"), world)
    assert visitor.send("/users/new", NEW).status_code == 403
    assert world.rows(Draft) == []


@pytest.mark.asvs("7.5.1", "7.5.3")
def test_every_page_of_an_act_of_weight_asks_each_role_that_may(enter: Enter, world: World) -> None:
    """From the routes and the policy as they are: a new page of such an act is asked of here, too."""
    names = ("officer", "guardian", "supervisor", "administrator")
    visitors = {name: enter(name) for name in names}
    app = visitors["officer"].app
    late(visitors["officer"], world)
    asked = set()
    for rule in app.url_map.iter_rules():
        act = getattr(app.view_functions[rule.endpoint], "act", None)
        if (
            act not in STEP_UP
            or rule.rule.startswith("/api/")
            or not (rule.methods or set()) - SAFE
        ):
            continue
        someone = "00000000-0000-4000-8000-000000000000"
        path = re.sub(r"<[^>]+>", someone, rule.rule)
        for name, visitor in visitors.items():
            may = role_may(world.actor(name).role, act)
            if may:
                where = visitor.send(path).headers.get("Location")
                assert where in {"/account/prove", "/account/first"}, (path, name)
                asked.add(act)
    assert {Act.MANAGE_USERS, Act.EXPORT_FIGURES, Act.CHANGE_OWN_ACCOUNT} <= asked


@pytest.mark.parametrize("who", ["colleague", "administrator"])
def test_a_draft_is_its_owners(enter: Enter, world: World, who: str) -> None:
    visitor = late(enter("supervisor"), world)
    visitor.send("/figures/files", {"period": "2026"})
    with world.work() as work:
        assert len(work.session.scalars(select(Draft.id)).all()) == 1
    other = enter(who)
    assert other.get("/account/go-on").status_code == 303
    assert token_in(other.get("/sign-in").text)
