"""Computed facts: ages and days from what is known, never more."""

from __future__ import annotations

from datetime import date

import pytest

from workflows.rules.answers import facts_from_raw
from workflows.rules.computed import age_in_years, days_since, with_computed
from workflows.rules.packs import Pack
from workflows.rules.values import Answer, Days, Interval, WhyUnknown

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("raw", "age"),
    [
        ("2008-03-01", Interval(18, 18)),
        ("2008-03-02", Interval(17, 17)),
        ("2008", Interval(17, 18)),
        ("2006..2010", Interval(15, 20)),
        ("2008-02-29", Interval(18, 18)),
        ({"age": 15, "on": "2026-03-01"}, Interval(15, 15)),
        ({"age": 17, "on": "2025-12-01"}, Interval(17, 18)),
        ("..2010", Interval(15, None)),
    ],
)
def test_age_follows_from_every_way_to_state_a_birth(
    base: Pack, raw: object, age: Interval
) -> None:
    known = with_computed(base, facts_from_raw(base.facts, {"birth": raw}), DAY)
    assert known["age"].value == age


def test_a_child_of_the_leap_day_grows_older_on_the_first_of_march() -> None:
    born = Days(date(2008, 2, 29), date(2008, 2, 29))
    assert age_in_years(born, date(2026, 2, 28)) == Interval(17, 17)
    assert age_in_years(born, date(2026, 3, 1)) == Interval(18, 18)


def test_a_birth_in_the_future_gives_no_age(base: Pack) -> None:
    known = with_computed(base, facts_from_raw(base.facts, {"birth": "2030"}), DAY)
    assert known["age"].value is None
    assert known["age"].why is WhyUnknown.CONTRADICTORY


def test_unknown_stays_unknown_with_its_reason(base: Pack) -> None:
    assert with_computed(base, {}, DAY)["age"] == Answer(None, WhyUnknown.NOT_ASKED)
    declined = facts_from_raw(base.facts, {"birth": "declined"})
    assert with_computed(base, declined, DAY)["age"].why is WhyUnknown.DECLINED


def test_a_stated_age_that_does_not_fit_the_birth_is_contradictory(base: Pack) -> None:
    both = facts_from_raw(base.facts, {"birth": "1999", "age": 16})
    assert with_computed(base, both, DAY)["age"] == Answer(
        Interval(16, 27), WhyUnknown.CONTRADICTORY
    )


def test_days_since_arrival() -> None:
    week = Days(date(2026, 2, 20), date(2026, 2, 25))
    assert days_since(week, DAY) == Interval(4, 9)
    assert days_since(Days(DAY, None), DAY) == Interval(0, 0)
    assert days_since(Days(date(2026, 3, 2), None), DAY) is None
