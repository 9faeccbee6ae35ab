"""Four eyes on keys: at the command line nothing of weight happens that two administrators did not decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import click
import pytest
from click.testing import CliRunner, Result

from app.cli import main
from models.accounts import User
from models.approvals import Approval
from models.log import LogEntry
from models.vocabulary import ApprovalState, LetterSuite, Role
from tests.world import BORDER, GUARDIANS, PASSWORD, World
from workflows import agency_keys, approvals, health, key_orders
from workflows.accounts import CreateUser, make_user
from workflows.errors import (
    ApprovalMissing,
    InvalidCommand,
    NotAllowed,
    NotAllowedNow,
    NotFound,
    SameApprover,
)
from workflows.key_orders import Alone, Leave, Operation, Order, carried_out, command_of
from workflows.policy import Act

ROTATE = Order(operation=Operation.ROTATE, keys=("identity", "index"))
#: What needs no second administrator, each with the reason that `docs/administration.md` gives.
FREE = {
    "keys create": "nothing is kept yet",
    "keys env-material": "prints fresh material",
    "keys list": "looks only",
    "keys lock": "only closes",
    "keys take-back": "only closes",
    "keys travel": "only closes",
    "keys return": "the bundle and its passphrase are elsewhere",
    "keys unlock": "the passphrase",
    "keys drill": "two custodians",
    "keys recover": "two custodians",
    "agency key add": "nothing is sealed to it before it is confirmed",
    "agency key list": "looks only",
    "agency key exposure": "looks only",
}


@pytest.fixture
def two(world: World) -> World:
    """An installation with two administrators."""
    with world.work() as work:
        told = {"password": PASSWORD, "role": Role.ADMINISTRATOR, "agency": BORDER}
        make_user(work, CreateUser(name="second", **told))
    world.__dict__["_actors"] = {}
    return world


def run(world: World, *words: str, stdin: str | None = None) -> Result:
    env = {
        "SERAI_KEY_PROVIDER": "env",
        "SERAI_KEY_MATERIAL": world.settings.key_material,
        "SERAI_DATABASE_URL": world.settings.database_url,
        "SERAI_KEYS_URL": world.settings.keys_url,
    }
    data = ("--data", str(world.settings.data_dir))
    return CliRunner(env=env).invoke(main, [*words, *data], input=stdin)


def ask(world: World, order: Order, who: str = "administrator") -> Approval:
    with world.work(who) as work:
        request = key_orders.ask(work, order)
    return world.rows(Approval, Approval.id == request)[0]


def answer(world: World, row: Approval, who: str = "second", *, approve: bool = True) -> None:
    with world.work(who) as work:
        approvals.answer(work, row.id, row.version, approve=approve)


def commands() -> Iterator[tuple[str, click.Command]]:
    """All that touches keys, by what is typed."""
    for group in (("keys",), ("agency", "key")):
        found: click.Command = main
        for name in group:
            assert isinstance(found, click.Group)
            found = found.commands[name]
        assert isinstance(found, click.Group)
        for name, command in found.commands.items():
            yield " ".join((*group, name)), command


def test_every_command_on_keys_is_under_four_eyes_or_on_the_list() -> None:
    gated = {
        name
        for name, command in commands()
        if "alone" in {option.name for option in command.params}
    }
    assert gated | set(FREE) == {name for name, _ in commands()}
    assert gated & set(FREE) == set()


@pytest.mark.parametrize(
    "words",
    [
        ("keys", "rotate", "--purpose", "identity"),
        ("keys", "strengthen", "protection", "--member", "guardian"),
        ("keys", "give", "protection", "--to", "guardian", "--by", "asylum", "--password", "x"),
        ("keys", "custodians"),
        ("agency", "key", "make", GUARDIANS, "--card", "/nowhere/card"),
    ],
    ids=" ".join,
)
def test_without_a_second_administrator_the_command_refuses_and_says_the_way(
    world: World, words: tuple[str, ...]
) -> None:
    refused = run(world, *words)
    assert refused.exit_code == 1
    assert "another administrator must approve exactly this first" in refused.output
    assert "Traceback" not in refused.output


def test_trust_and_revocation_of_an_agencys_key_need_two(two: World) -> None:
    with two.work() as work:
        _, halves = agency_keys.make(work, GUARDIANS, LetterSuite.SERVER)
        kid = halves.public.kid.hex()
    assert run(two, "agency", "key", "revoke", kid[:12]).exit_code == 1
    answer(two, ask(two, Order(operation=Operation.AGENCY_REVOKE, whom=(kid.upper(),))))
    assert "0 letters" in run(two, "agency", "key", "revoke", kid[:12]).output
    assert run(two, "agency", "key", "revoke", kid).exit_code == 1, "an approval is for one use"
    assert run(two, "agency", "key", "confirm", kid, "--heard", "x").exit_code == 1


def test_another_human_approves_exactly_this_and_once(two: World) -> None:
    row = ask(two, ROTATE)
    with pytest.raises(SameApprover):
        answer(two, row, "administrator")
    for who, error in (("supervisor", NotFound), ("officer", NotAllowed), ("monitor", NotAllowed)):
        with pytest.raises(error):
            answer(two, row, who)
    answer(two, row)
    for other in (
        Order(operation=Operation.ROTATE, keys=("identity",)),
        Order(operation=Operation.CUSTODIANS),
    ):
        with pytest.raises(ApprovalMissing), carried_out(two.work, other, None):
            pytest.fail("went on")
    done = []
    # However the keys were typed; once.
    again = Order(operation=Operation.ROTATE, keys=("index", "identity"))
    with carried_out(two.work, again, None):
        done.append("rotated")
    with pytest.raises(ApprovalMissing), carried_out(two.work, again, None):
        done.append("twice")
    assert done == ["rotated"]


def test_what_was_killed_goes_on_and_what_cannot_go_on_does_not(two: World) -> None:
    answer(two, ask(two, ROTATE))
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), carried_out(two.work, ROTATE, None):
            raise KeyboardInterrupt
    with carried_out(two.work, ROTATE, None):
        pass
    order = Order(operation=Operation.CUSTODIANS)
    answer(two, ask(two, order))
    with pytest.raises(KeyboardInterrupt), carried_out(two.work, order, None):
        raise KeyboardInterrupt
    with pytest.raises(ApprovalMissing), carried_out(two.work, order, None):
        pytest.fail("words were made twice")


def test_what_was_begun_in_time_ends_well_where_its_day_ends_meanwhile(two: World) -> None:
    answer(two, ask(two, ROTATE))
    with carried_out(two.work, ROTATE, None):
        two.clock.forward(hours=25)
    with pytest.raises(ApprovalMissing), carried_out(two.work, ROTATE, None):
        pytest.fail("went on")


def test_a_refusal_and_a_day_end_it(two: World) -> None:
    answer(two, ask(two, ROTATE), approve=False)
    with pytest.raises(ApprovalMissing), carried_out(two.work, ROTATE, None):
        pytest.fail("went on")
    row = ask(two, ROTATE)
    two.clock.forward(hours=24)
    with pytest.raises(NotAllowedNow):
        answer(two, row)


def test_who_is_alone_acts_with_a_reason_and_another_looks_into_it(two: World) -> None:
    with carried_out(two.work, ROTATE, Leave(Alone.THEFT, "Administrator")):
        pass
    with two.work("second") as work:
        (line,) = key_orders.listed(work).alone
        assert health.health(work).keys_alone == 1
    assert (line.name, line.told["alone"], line.own) == ("administrator", "theft", False)
    assert line.look_by == two.now + timedelta(hours=72)
    row = two.rows(Approval, Approval.id == line.id)[0]
    two.clock.forward(hours=100)
    with pytest.raises(SameApprover):
        answer(two, row, "administrator")
    answer(two, row)
    assert two.rows(Approval)[0].state is ApprovalState.APPROVED
    with two.work("second") as work:
        assert key_orders.listed(work).alone == ()
        assert health.health(work).keys_alone == 0
    # Having looked into it approves nothing.
    with pytest.raises(ApprovalMissing), carried_out(two.work, ROTATE, None):
        pytest.fail("went on")
    told = [entry.detail for entry in two.rows(LogEntry) if entry.rule == "alone"]
    assert [one["order"] for one in told] == ["rotate"]


def test_only_an_open_account_of_an_administrator_acts_alone(two: World) -> None:
    closed = two.actor("second").user_id
    with two.work() as work:
        work.session.get_one(User, closed).disabled_on = two.now.date()
    for name in ("second", "supervisor", "nobody", ""):
        with pytest.raises(InvalidCommand), carried_out(two.work, ROTATE, Leave(Alone.THEFT, name)):
            pytest.fail("went on")
    refused = run(two, "keys", "custodians", "--alone", "theft")
    assert refused.exit_code == 2
    assert "belong together" in refused.output


def test_the_first_installation_asks_nobody(world: World) -> None:
    only = world.actor("administrator").user_id
    with world.work() as work:
        work.session.get_one(User, only).disabled_on = world.now.date()
    with pytest.raises(ApprovalMissing), carried_out(world.work, ROTATE, None):
        pytest.fail("went on after all administrators were closed")
    with world.work() as work:
        work.session.get_one(User, only).role = Role.SUPERVISOR
    with carried_out(world.work, ROTATE, None):
        pass
    assert "first_installation" in {entry.rule for entry in world.rows(LogEntry)}


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (Order(operation=Operation.ROTATE), "keys"),
        (Order(operation=Operation.ROTATE, keys=("nothing",)), "keys"),
        (Order(operation=Operation.CUSTODIANS, keys=("identity",)), "keys"),
        (Order(operation=Operation.GIVE, keys=("account",), whom=("guardian",)), "keys"),
        (Order(operation=Operation.GIVE, keys=("protection",)), "whom"),
        (Order(operation=Operation.GIVE, keys=("protection",), whom=("nobody",)), "whom"),
        (Order(operation=Operation.ROTATE, keys=("identity",), whom=("guardian",)), "whom"),
        (Order(operation=Operation.AGENCY_MAKE, whom=("no.agency",)), "whom"),
        (Order(operation=Operation.AGENCY_CONFIRM, whom=("ab" * 16,)), "whom"),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_not_asked(
    world: World, order: Order, field: str
) -> None:
    with pytest.raises(InvalidCommand) as refused:
        ask(world, order)
    assert refused.value.params["field"] == field


def test_only_an_administrator_asks_and_no_supervisor_sees_it(two: World) -> None:
    with pytest.raises(NotAllowed):
        ask(two, ROTATE, "supervisor")
    ask(two, ROTATE)
    with two.work("supervisor") as work:
        assert approvals.waiting(work) == ()
    with two.work("second") as work:
        (request,) = key_orders.listed(work).requests
    assert not request.own
    assert command_of(request.told) == "serai keys rotate --purpose identity --index"
    assert Act.MANAGE_KEYS is request.act
