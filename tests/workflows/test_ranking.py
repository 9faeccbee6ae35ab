"""Opening hours across zones and closed days; why one desk is asked before another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.vocabulary import AgeBand, Company, GroundKind, Sex, Standing, Verdict
from workflows.opening import ALWAYS, is_open, next_opening, read_day, write_day
from workflows.ranking import Judged, Offer, Wanted, judge

#: A Tuesday, noon in Almaty.
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
ZONE = "Asia/Almaty"
OFFICE = dict.fromkeys(
    ("mon", "tue", "wed", "thu", "fri"), (("09:00", "13:00"), ("14:00", "18:00"))
)
PLAIN = Offer(
    rank=1,
    closer=False,
    languages=frozenset(),
    weekly=None,
    closed_days=frozenset(),
    zone=ZONE,
    sexes=frozenset(),
    ages=frozenset(),
    companies=frozenset(),
    capacity=None,
    reserved=0,
    verified_on=None,
)
WOMAN = Wanted(
    now=NOW,
    within=timedelta(hours=24),
    valid_days=90,
    languages=frozenset({"prs"}),
    sexes=frozenset({Sex.FEMALE}),
    ages=frozenset({AgeBand.FROM_18}),
    companies=frozenset({Company.ALONE}),
)


def offer(**changed: Any) -> Offer:
    return replace(PLAIN, **changed)


def ground(judged: Judged, kind: GroundKind) -> Verdict:
    return next(one.verdict for one in judged.grounds if one.kind is kind)


def test_the_door_is_open_by_the_clock_on_the_desks_own_wall() -> None:
    assert is_open(OFFICE, (), ZONE, NOW)
    assert not is_open(OFFICE, (), "UTC", NOW), "seven in the morning there"
    assert is_open(ALWAYS, (), "UTC", NOW)


@pytest.mark.parametrize(
    ("weekly", "closed", "opens"),
    [
        (OFFICE, ("2026-11-24",), datetime(2026, 11, 25, 4, 0, tzinfo=UTC)),
        ({"mon": (("00:00", "24:00"),)}, (), datetime(2026, 11, 29, 19, 0, tzinfo=UTC)),
        ({"tue": (("13:30", "14:00"),)}, (), datetime(2026, 11, 24, 8, 30, tzinfo=UTC)),
        ({}, (), None),
    ],
    ids=["a holiday", "next week", "after lunch", "never"],
)
def test_it_is_known_when_the_door_next_opens(
    weekly: Any, closed: tuple[str, ...], opens: datetime | None
) -> None:
    assert next_opening(weekly, closed, ZONE, NOW) == opens


def test_hours_are_read_as_they_are_typed_and_written_alike() -> None:
    assert read_day(" 9:00-13:00 , 14:00 – 24:00 ") == (("09:00", "13:00"), ("14:00", "24:00"))
    assert read_day(write_day(read_day("9:00-13:00, 14:00-17:30"))) == read_day(
        "9:00-13:00, 14:00-17:30"
    )
    assert read_day("") == ()


@pytest.mark.parametrize(
    "text", ["9-13", "13:00-9:00", "9:00-25:00", "9:00-13:00, 12:00-14:00", "open"]
)
def test_hours_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\d|open"):
        read_day(text)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (offer(rank=2), offer(sexes=frozenset({"M"}))),
        (offer(rank=2), offer(capacity=3, reserved=3)),
        (offer(rank=2), offer(verified_on=date(2026, 8, 26))),
        (offer(rank=2), offer(weekly={"mon": (("09:00", "10:00"),)})),
        (offer(), offer(rank=2, closer=True, languages=frozenset({"prs"}), weekly=ALWAYS)),
        (offer(closer=True), offer(languages=frozenset({"prs"}))),
        (offer(languages=frozenset({"prs"})), offer(languages=frozenset({"kaz"}), weekly=ALWAYS)),
        (offer(weekly=ALWAYS), offer(weekly={"tue": (("13:00", "14:00"),)})),
        (offer(verified_on=date(2026, 11, 1)), offer()),
        (offer(capacity=9, reserved=1), offer(capacity=9, reserved=8)),
    ],
    ids=[
        "not for her",
        "full",
        "expired",
        "opens too late",
        "the rules' order",
        "closer",
        "her language",
        "open now",
        "verified",
        "more places",
    ],
)
def test_one_desk_is_asked_before_another(better: Offer, worse: Offer) -> None:
    assert judge(better, WOMAN).key < judge(worse, WOMAN).key


def test_an_entry_holds_for_ninety_days_and_is_called_in_before() -> None:
    days = {1: Standing.VERIFIED, 75: Standing.VERIFIED, 76: Standing.SOON, 89: Standing.SOON}
    for age, standing in {**days, 90: Standing.EXPIRED}.items():
        day = NOW.date() - timedelta(days=age)
        assert judge(offer(verified_on=day), WOMAN).standing is standing, age
    assert judge(offer(), WOMAN).standing is Standing.NEVER


@pytest.mark.parametrize(
    ("served", "known", "verdict"),
    [
        ({"ages": frozenset({"18-59"})}, {}, Verdict.FOR),
        ({"ages": frozenset({"0-4"})}, {}, Verdict.AGAINST),
        (
            {"ages": frozenset({"18-59"})},
            {"ages": frozenset({AgeBand.FROM_12, AgeBand.FROM_18})},
            Verdict.UNKNOWN,
        ),
        ({"ages": frozenset({"18-59"})}, {"ages": frozenset()}, Verdict.UNKNOWN),
        ({"sexes": frozenset({"F"})}, {"sexes": frozenset({Sex.OTHER})}, Verdict.UNKNOWN),
        ({"companies": frozenset({"family"})}, {}, Verdict.AGAINST),
        ({}, {}, Verdict.FOR),
    ],
)
def test_nobody_is_turned_away_by_what_is_not_known(
    served: dict[str, Any], known: dict[str, Any], verdict: Verdict
) -> None:
    judged = judge(offer(**served), replace(WOMAN, **known))
    assert ground(judged, GroundKind.ELIGIBILITY) is verdict
    assert judged.fits is (verdict is not Verdict.AGAINST)
