"""The page of keys: asked for, answered by another administrator, and the command that then may run."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete

from models.approvals import Approval
from models.vocabulary import ApprovalState, Role
from tests.administration.test_accounts_and_places import agency_of
from tests.protection.offices import PASSWORD, World, _actor
from workflows import key_orders
from workflows.accounts import CreateUser, make_user
from workflows.key_orders import Alone, Leave, Operation, Order

ON = "/key-orders/new"


@pytest.fixture
def two(world: World) -> World:
    """A second administrator, and nothing asked yet."""
    with world.work() as work:
        work.session.execute(delete(Approval))
    if "admin.two" in world.actors:
        return world
    agency = agency_of(world, "admin")
    with world.work() as work:
        told = {"password": PASSWORD, "role": Role.ADMINISTRATOR, "agency": agency}
        made = make_user(work, CreateUser(name="admin.two", **told))
        world.secrets["admin.two"] = made.totp_secret
        world.actors["admin.two"] = _actor(work, made.user_id)
    return world


def rows(world: World) -> list[Approval]:
    with world.work() as work:
        found = work.session.query(Approval).all()
        work.session.expunge_all()
        return found


def test_one_asks_another_approves_and_the_page_says_what_to_type(two: World) -> None:
    given = {"operation": "rotate", "keys": ["identity", "data-keys"], "whom": ""}
    asked = two.press("admin", ON, on=ON, **given)
    assert (asked.status_code, asked.location.partition("?")[2]) == (303, "done=asked")
    own = two.get("admin", "/key-orders").text
    assert 'name="said"' not in own
    other = two.get("admin.two", "/key-orders").text
    assert "data keys of all persons, identity" in other
    (row,) = rows(two)
    answered = two.press(
        "admin.two", f"/key-orders/{row.id}", on="/key-orders", version=str(row.version), said="yes"
    )
    assert answered.status_code == 303
    assert rows(two)[0].state is ApprovalState.APPROVED
    for who in ("admin", "admin.two"):
        shown = re.sub(r"<[^>]+>", "", two.get(who, "/key-orders").text)
        assert "serai keys rotate --data-keys --purpose identity" in shown


def test_mistakes_stand_at_their_field_and_what_was_typed_stays(two: World) -> None:
    empty = two.press("admin", ON, on=ON)
    assert empty.status_code == 422
    wrong = two.press("admin", ON, on=ON, operation="give", keys="protection", whom="nobody.here")
    assert wrong.status_code == 422
    assert 'value="nobody.here"' in wrong.text
    assert "Enter whom this is about" in wrong.text
    without = two.press("admin", ON, on=ON, operation="rotate")
    assert "Tick the keys" in without.text
    forged = two.press("admin", ON, on=ON, operation="rotate", keys="everything")
    assert forged.status_code == 422
    assert rows(two) == []


def test_what_was_done_alone_stands_on_the_page_until_another_has_looked(two: World) -> None:
    order = Order(operation=Operation.CUSTODIANS)
    with key_orders.carried_out(two.work, order, Leave(Alone.UNREACHABLE, "admin")):
        pass
    (row,) = rows(two)
    own = two.get("admin", "/key-orders").text
    assert "Your own. Another administrator looks into it." in own
    assert "could not be reached" in two.get("admin.two", "/key-orders").text
    assert "/key-orders" in two.get("admin", "/health").text
    page = f"/key-orders/{row.id}"
    stale = two.press("admin.two", page, on="/key-orders", version="9", said="yes")
    assert stale.status_code == 409
    assert two.press(
        "admin.two", page, on="/key-orders", version="1", said="perhaps"
    ).status_code in {400, 409}
    assert (
        two.press("admin", page, on="/key-orders/new", version="1", said="yes").status_code == 409
    )
    done = two.press("admin.two", page, on="/key-orders", version="1", said="no")
    assert done.status_code == 303
    assert rows(two)[0].state is ApprovalState.REFUSED
    assert "could not be reached" not in two.get("admin.two", "/key-orders").text
