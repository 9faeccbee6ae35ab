"""The queue: order, pages, what is seen before acceptance, and the three answers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.log import LogEntry
from models.referrals import Referral
from models.vocabulary import LegalBasis, ReferralState, Urgency
from tests.protection.offices import NAME, World
from workflows import desk_lists
from workflows.casenumbers import show
from workflows.states import WAITING


def state_of(world: World, number: str) -> ReferralState:
    with world.work() as work:
        return work.session.scalars(select(Referral.state).where(Referral.number == number)).one()


@pytest.mark.asvs("8.2.3", "15.3.1")
def test_before_acceptance_nothing_says_who_it_is(world: World) -> None:
    number, case = world.referral()
    addresses = (
        "/referrals",
        f"/referrals/{number}",
        f"/referrals/{number}/refuse",
        f"/referrals/{number}/redirect",
    )

    pages = [world.get("desk.one", address).text for address in addresses]

    for page in pages:
        for secret in (
            NAME,
            NAME.split()[0],
            "+7 000 111",
            case,
            show(case),
            "TKM",
            "Turkmenistan",
        ):
            assert secret not in page
    assert "Needs to talk to a woman" in pages[1]


def test_opening_a_referral_opens_no_identity_and_is_logged(world: World) -> None:
    number, _ = world.referral()
    before = {entry.id for entry in _acts(world)}

    world.get("desk.one", f"/referrals/{number}")

    new = [entry for entry in _acts(world) if entry.id not in before]
    assert [entry.act for entry in new].count("read_packet") == 1
    assert not any("identity" in str(entry.detail) for entry in new)
    assert "read_packet_identity" not in [entry.act for entry in new]


def test_a_desk_reads_times_as_its_own_country_keeps_them(world: World) -> None:
    number, _ = world.referral()

    assert "UTC+5" in world.get("desk.one", f"/referrals/{number}").text


def _acts(world: World) -> list[LogEntry]:
    with world.work() as work:
        return list(work.session.scalars(select(LogEntry).order_by(LogEntry.at, LogEntry.counter)))


def test_accepting_takes_one_press_and_leads_back_to_the_queue(world: World) -> None:
    number, _ = world.referral()
    on = f"/referrals/{number}"
    page = world.get("desk.one", on).text
    assert re.search(r'<button[^>]*data-key="a"', page)

    answer = world.press("desk.one", f"{on}/accept", on=on)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/referrals?done=accepted")
    back = world.get("desk.one", answer.headers["Location"]).text
    assert "in your care" in back
    assert show(number) not in back
    assert state_of(world, number) is ReferralState.ACCEPTED


def test_the_second_of_two_is_told_and_sees_the_referral(world: World) -> None:
    number, _ = world.referral()
    on = f"/referrals/{number}"
    world.press("desk.one", f"{on}/accept", on=on)

    answer = world.press("desk.two", f"{on}/accept", on="/referrals")

    assert answer.status_code == 409
    assert "Somebody else was faster" in answer.text
    assert NAME not in answer.text
    assert state_of(world, number) is ReferralState.ACCEPTED


def test_refusing_asks_for_a_reason_and_keeps_what_was_chosen(world: World) -> None:
    number, _ = world.referral()
    on = f"/referrals/{number}/refuse"

    empty = world.press("desk.one", on, on=on)
    assert empty.status_code == 422
    assert "Choose the reason" in empty.text
    invented = world.press("desk.one", on, on=on, reason="because")
    assert invented.status_code == 422
    assert state_of(world, number) is ReferralState.SEEN

    assert world.press("desk.one", on, on=on, reason="no_capacity").status_code == 303
    assert state_of(world, number) is ReferralState.REFUSED


def test_passing_on_sends_it_to_the_other_desk_or_asks_anew(world: World) -> None:
    agreed, _ = world.referral()
    owed, _ = world.referral(basis=LegalBasis.VITAL_INTEREST)
    for number in (agreed, owed):
        on = f"/referrals/{number}/redirect"
        answer = world.press("desk.one", on, on=on, desk=world.other_desk, reason="no_mandate")
        assert answer.status_code == 303, answer.text

    with world.work() as work:
        onward = work.session.scalars(
            select(Referral).where(Referral.previous_id.is_not(None))
        ).all()
        old = work.session.scalars(select(Referral.id).where(Referral.number == owed)).one()
        assert [one.previous_id for one in onward] == [old]
    assert onward[0].number in world.get("desk.other", "/referrals").text.replace("-", "")


def test_another_desks_referral_is_as_if_it_were_not_there(world: World) -> None:
    number, _ = world.referral()

    for who in ("desk.other",):
        for address in (f"/referrals/{number}", f"/referrals/{number}/refuse", f"/care/{number}"):
            assert world.get(who, address).status_code == 404
    on = "/referrals"
    answer = world.client("desk.other").post(f"/referrals/{number}/accept", data={})
    assert answer.status_code == 400
    assert world.get("desk.other", on).status_code == 200
    assert state_of(world, number) is ReferralState.SENT


@pytest.mark.parametrize("number", ["234567890", "x" * 500, "23C%00", "<script>"])
def test_a_number_that_is_none_gives_a_clear_page(world: World, number: str) -> None:
    for address in (f"/referrals/{number}", f"/care/{number}", f"/referrals?after={number}"):
        assert world.get("desk.one", address).status_code in {404, 422}


def test_the_queue_is_in_order_of_urgency_then_time_left_across_pages(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_lists, "PAGE", 4)
    with world.work() as work:
        for place, row in enumerate(
            work.session.scalars(select(Referral).where(Referral.state.in_(WAITING)))
        ):
            row.urgency = list(Urgency)[place % 3]
            row.due_at = world.now + timedelta(hours=place * 7 % 11)
    for place in range(7):
        number, _ = world.referral(f"Person {chr(97 + place)}")
        with world.work() as work:
            row = work.session.scalars(select(Referral).where(Referral.number == number)).one()
            row.urgency = list(Urgency)[place % 3]
            row.due_at = world.now + timedelta(hours=place * 5 % 13)

    seen: list[desk_lists.QueueRow] = []
    after: str | None = None
    while True:
        with world.work("desk.one") as work:
            page = desk_lists.queue(work, after)
        seen += page.rows
        after = page.after
        if after is None:
            break

    order = [(list(Urgency).index(row.urgency), row.due_at, row.number) for row in seen]
    assert order == sorted(order)
    assert len({row.number for row in seen}) == len(seen) > 4
    with world.work() as work:
        waiting = work.session.scalars(
            select(Referral.number)
            .where(Referral.state.in_(WAITING))
            .where(Referral.desk_id.in_(list(world.actors["desk.one"].desk_ids)))
        ).all()
    assert {row.number for row in seen} == set(waiting)
