"""The case file of a taken referral: parts open one by one; outcome, closing, safeguards, who has looked."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from models.cases import Case, Hold
from models.log import LogEntry
from models.referrals import Referral
from models.vocabulary import HOLDING, HoldState, ReferralState
from tests.protection.offices import NAME, World
from workflows.casenumbers import show


def log_of(world: World) -> list[LogEntry]:
    with world.work() as work:
        return list(work.session.scalars(select(LogEntry).order_by(LogEntry.at, LogEntry.counter)))


def holds_of(world: World, case: str) -> list[Hold]:
    with world.work() as work:
        query = select(Hold).join(Case, Hold.case_id == Case.id)
        return list(work.session.scalars(query.where(Case.number == case)))


@pytest.mark.asvs("14.2.6")
@pytest.mark.parametrize(
    ("part", "sees_note", "sees_name"),
    [("", False, False), ("?open=needs", True, False), ("?open=identity", True, True)],
)
def test_each_part_opens_only_by_its_own_click(
    world: World, part: str, sees_note: bool, sees_name: bool
) -> None:
    number, case = world.in_care()

    page = world.get("desk.one", f"/care/{number}{part}").text

    assert show(case) in page
    assert "Do not return" in page
    assert ("Needs to talk to a woman" in page) is sees_note
    assert (NAME in page) is sees_name
    assert NAME not in re.search(r"<title>.*?</title>", page, re.DOTALL)[0]


def test_opening_who_it_is_is_logged_with_its_purpose(world: World) -> None:
    number, _ = world.in_care()
    before = len(log_of(world))

    world.get("desk.one", f"/care/{number}?open=identity")

    new = log_of(world)[before:]
    opened = [entry for entry in new if entry.act == "read_packet_identity"]
    assert len(opened) == 1
    assert "identity" in (opened[0].purpose or "")
    assert any("packet.identity" in entry.detail.get("fields", ()) for entry in new)


def test_a_referral_that_only_waits_has_no_case_file(world: World) -> None:
    number, _ = world.referral()

    assert world.get("desk.one", f"/care/{number}").status_code == 404


def test_an_outcome_needs_a_choice_and_keeps_the_note(world: World) -> None:
    number, _ = world.in_care()
    on = f"/care/{number}"

    refused = world.press("desk.one", f"{on}/outcome", on=on, note="She was seen.")
    assert refused.status_code == 422
    assert "She was seen." in refused.text
    long = world.press("desk.one", f"{on}/outcome", on=on, outcome="other", note="x" * 5000)
    assert long.status_code == 422

    told = world.press("desk.one", f"{on}/outcome", on=on, outcome="other", note="She was seen.")
    assert told.status_code == 303
    assert world.press("desk.one", f"{on}/close", on=on, what="referral").status_code == 303
    with world.work() as work:
        state = work.session.scalars(select(Referral.state).where(Referral.number == number)).one()
    assert state is ReferralState.CLOSED


def test_a_case_that_a_safeguard_holds_is_not_closed(world: World) -> None:
    number, case = world.in_care()
    on = f"/care/{number}"
    world.press("desk.one", f"{on}/outcome", on=on, outcome="service_provided")

    answer = world.press("desk.one", f"{on}/close", on=on, what="case")

    assert answer.status_code == 409
    assert "safeguard still holds" in answer.text
    with world.work() as work:
        row = work.session.scalars(select(Case).where(Case.number == case)).one()
        assert row.closed_on is None


def test_a_case_on_which_nothing_holds_is_closed_with_its_referral(world: World) -> None:
    number, case = world.in_care()
    on = f"/care/{number}"
    world.press("desk.one", f"{on}/outcome", on=on, outcome="service_provided")
    for hold in holds_of(world, case):
        with world.work() as work:
            row = work.session.get_one(Hold, hold.id)
            row.state = HoldState.RELEASED

    answer = world.press("desk.one", f"{on}/close", on=on, what="case")

    assert answer.status_code == 303
    with world.work() as work:
        row = work.session.scalars(select(Case).where(Case.number == case)).one()
        assert row.closed_on == world.now.date()


def test_a_body_that_the_pack_does_not_name_cannot_lift(world: World) -> None:
    number, case = world.in_care()
    hold = next(one for one in holds_of(world, case) if one.state in HOLDING)
    with world.work() as work:
        work.session.get_one(Hold, hold.id).state = HoldState.LIFTABLE

    address = f"/care/{number}/holds/{hold.id}"

    assert world.get("desk.one", address).status_code == 404
    assert "Decide" not in world.get("desk.one", f"/care/{number}").text.split("<footer")[0]
    assert holds_of(world, case)[0].lifted_by is None


def test_who_has_looked_shows_roles_and_never_a_sign_in_name(world: World) -> None:
    number, _ = world.in_care()
    world.get("desk.one", f"/care/{number}?open=identity")

    page = world.get("desk.two", f"/care/{number}/accesses").text

    assert "Protection officer" in page
    assert "Border official" in page
    assert "Opened who it is" in page
    assert "desk.one" not in page


@pytest.mark.parametrize("who", ["border", "supervisor", "admin", "monitor"])
def test_no_other_role_enters_a_desks_pages(world: World, who: str) -> None:
    number, _ = world.in_care()
    for address in ("/referrals", "/care", f"/care/{number}", f"/care/{number}?open=identity"):
        answer = world.get(who, address)
        assert answer.status_code in {403, 404}, address
        assert NAME not in answer.text
