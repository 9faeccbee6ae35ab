"""What is unusual in the log becomes an alert, once a day; somebody else looks at it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.accounts import User
from models.glass import WatchAlert
from models.vocabulary import AlertKind
from tests.world import World
from workflows import alerts, assessments, desks, search
from workflows.errors import NotAllowedNow, NotFound


def looked(world: World) -> int:
    with world.work() as work:
        return alerts.look(work)


def limited(monkeypatch: pytest.MonkeyPatch, kind: AlertKind, limit: int) -> None:
    """Lower one rule's limit, and leave the others out."""
    rule = next(one for one in alerts.rules() if one.kind is kind)
    monkeypatch.setattr(alerts, "rules", lambda: (replace(rule, limit=limit),))


def test_every_kind_has_a_row_and_a_source() -> None:
    assert {rule.kind for rule in alerts.rules()} == set(AlertKind)
    assert all(rule.limit >= 0 and rule.roles for rule in alerts.rules())


def test_an_ordinary_day_raises_nothing(any_world: World) -> None:
    any_world.sent()
    assert looked(any_world) == 0


def test_many_persons_in_a_day_raise_one_alert(
    any_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch, AlertKind.MANY_CASES, 1)
    for name in ("Zarifa", "Latifa"):
        number = any_world.child(name)
        with any_world.work("officer") as work:
            assessments.numbered(work, number)
    assert [looked(any_world), looked(any_world)] == [1, 0]
    (alert,) = any_world.rows(WatchAlert)
    assert (alert.user_id, alert.count) == (any_world.actor("officer").user_id, 2)


def test_refusals_are_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, AlertKind.MANY_REFUSALS, 1)
    number = world.child()
    for _ in range(2):
        with pytest.raises(NotFound), world.work("elsewhere") as work:
            assessments.numbered(work, number)
    assert looked(world) == 1


def test_a_search_for_ones_own_family_name(world: World) -> None:
    with world.work() as work:
        officer = work.session.query(User).where(User.name == "officer").one()
        officer.display_name = "Bahrom Karimov"
    with world.work("officer") as work:
        search.find(work, "Ali Rahimi")
    assert looked(world) == 0
    with world.work("officer") as work:
        search.find(work, "Zarifa Karimova")
    with world.work("officer") as work:
        search.find(work, "Dilshod Karimov")
    assert looked(world) == 1
    assert world.rows(WatchAlert)[0].kind is AlertKind.RELATIVES


def test_reading_at_night(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, AlertKind.ODD_HOURS, 0)
    _, referral = world.sent()
    world.accept(referral)
    assert looked(world) == 0
    # A Tuesday at noon in Almaty becomes four in the morning.
    world.clock.forward(hours=16)
    with world.work("guardian") as work:
        desks.read_packet(work, referral)
    assert looked(world) == 1


def test_somebody_else_of_the_agency_settles_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(monkeypatch, AlertKind.MANY_CASES, 0)
    number = world.child()
    with world.work("officer") as work:
        assessments.numbered(work, number)
    looked(world)
    with world.work("supervisor") as work:
        (line,) = alerts.open_alerts(work)
    assert (line.account, line.own) == ("officer", False)
    stranger = replace(world.actor("supervisor"), agency_id=world.actor("guardian").agency_id)
    with pytest.raises(NotFound), world.work(stranger) as work:
        alerts.settle(work, line.id, line.version)
    about = replace(world.actor("supervisor"), user_id=world.actor("officer").user_id)
    with pytest.raises(NotAllowedNow), world.work(about) as work:
        alerts.settle(work, line.id, line.version)
    with world.work("supervisor") as work:
        alerts.settle(work, line.id, line.version)
    with world.work("supervisor") as work:
        assert alerts.open_alerts(work) == ()
