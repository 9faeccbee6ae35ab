"""Dates as people know them: exact, a year, an age, between; in two calendars; in every script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import jdatetime
import pytest
from flask import Flask
from flask_wtf import FlaskForm
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.web.dates import to_gregorian
from app.web.fields import PartialDate, PartialDateField, error_list

TODAY = date(2026, 11, 24)


class BirthForm(FlaskForm):
    birth = PartialDateField(
        "Birth", today=lambda: TODAY, required="Enter a birth date or “Not known”"
    )


Fill = Callable[..., BirthForm]


@pytest.fixture
def fill(kitchen: Flask) -> Iterator[Fill]:
    with kitchen.test_request_context("/kitchen"):

        def filled(**typed: str) -> BirthForm:
            form = BirthForm(MultiDict({f"birth-{part}": text for part, text in typed.items()}))
            form.validate()
            return form

        yield filled


@pytest.mark.parametrize(
    ("typed", "earliest", "latest"),
    [
        ({"kind": "date", "day": "7", "month": "3", "year": "1998"}, "1998-03-07", "1998-03-07"),
        (
            {"kind": "date", "calendar": "solar_hijri", "day": "۱", "month": "۱", "year": "۱۳۷۷"},
            "1998-03-21",
            "1998-03-21",
        ),
        ({"kind": "year", "only_year": "1998"}, "1998-01-01", "1998-12-31"),
        (
            {"kind": "year", "calendar": "solar_hijri", "only_year": "1377"},
            "1998-03-21",
            "1999-03-20",
        ),
        ({"kind": "age", "age": "17"}, "2008-11-25", "2009-11-24"),
        ({"kind": "age", "age": "٠"}, "2025-11-25", "2026-11-24"),
        ({"kind": "between", "from_year": "1990", "to_year": "1992"}, "1990-01-01", "1992-12-31"),
        ({"kind": "year", "only_year": "2026"}, "2026-01-01", "2026-11-24"),
    ],
)
def test_what_is_known_becomes_the_earliest_and_the_latest_day(
    fill: Fill, typed: dict[str, str], earliest: str, latest: str
) -> None:
    form = fill(**typed)

    assert not form.errors
    assert (form.birth.data.earliest.isoformat(), form.birth.data.latest.isoformat()) == (
        earliest,
        latest,
    )
    assert form.birth.data.kind == typed["kind"]


@pytest.mark.parametrize(
    ("typed", "anchor", "words"),
    [
        ({"kind": "date", "day": "31", "month": "2", "year": "2001"}, "birth-day", "exists"),
        ({"kind": "date", "day": "1", "month": "1", "year": "2027"}, "birth-day", "future"),
        ({"kind": "date", "day": "1", "month": "", "year": "1998"}, "birth-month", "Month"),
        ({"kind": "date", "day": "x", "month": "1", "year": "1998"}, "birth-day", "whole number"),
        ({"kind": "date", "day": "1", "month": "1", "year": "98"}, "birth-year", "four digits"),
        ({"kind": "year", "only_year": "1377"}, "birth-only_year", "calendar"),
        ({"kind": "year", "only_year": "9999"}, "birth-only_year", "exists"),
        ({"kind": "age", "age": "200"}, "birth-age", "125"),
        ({"kind": "age", "age": "²"}, "birth-age", "whole number"),
        ({"kind": "between", "from_year": "1992", "to_year": "1990"}, "birth-from_year", "before"),
        ({"kind": "date", "day": "1\0", "month": "1", "year": "1998"}, "birth-day", "hidden"),
        (
            {"kind": "date", "calendar": "solar_hijri", "day": "31", "month": "7", "year": "1377"},
            "birth-day",
            "exists",
        ),
        ({"kind": "date"}, "birth-day", "Enter a birth date"),
        ({"kind": "nonsense"}, "birth-day", "Enter a birth date"),
    ],
)
def test_a_wrong_date_says_why_at_its_input_and_is_kept(
    fill: Fill, typed: dict[str, str], anchor: str, words: str
) -> None:
    form = fill(**typed)

    [(found, message)] = error_list(form)
    markup = form.birth()
    assert found == anchor
    assert f'id="{anchor}"' in markup
    assert words in message
    assert form.birth.data is None
    for part in ("day", "month", "year", "age"):
        if text := typed.get(part, "").replace("\0", ""):
            assert f'value="{text}"' in markup


def test_not_known_is_an_answer(fill: Fill) -> None:
    form = fill(kind="unknown")

    assert not form.errors
    assert form.birth.unknown
    assert form.birth.data is None


def test_without_script_the_input_that_was_filled_decides(fill: Fill) -> None:
    form = fill(kind="date", age="17")

    assert form.birth.data.kind == "age"


def test_what_was_stored_is_shown_again(kitchen: Flask) -> None:
    kept = PartialDate(
        kind="year",
        calendar="solar_hijri",
        earliest=date(1998, 3, 21),
        latest=date(1999, 3, 20),
        typed={"only_year": "1377"},
    )
    with kitchen.test_request_context("/kitchen"):
        markup = BirthForm(data={"birth": kept}).birth()

    assert 'value="1377"' in markup
    assert 'value="year" checked' in markup
    assert 'value="solar_hijri" selected' in markup


def test_dari_readers_start_in_their_own_calendar(kitchen: Flask) -> None:
    with kitchen.test_request_context("/kitchen", headers={"Cookie": "language=fa_AF"}):
        assert 'value="solar_hijri" selected' in BirthForm().birth()


@given(st.dates(date(1905, 1, 1), TODAY))
def test_both_calendars_name_the_same_day(day: date) -> None:
    solar = jdatetime.date.fromgregorian(date=day)

    assert to_gregorian("solar_hijri", solar.year, solar.month, solar.day) == day


@given(st.integers(0, 110))
def test_an_age_covers_exactly_a_year_of_birthdays(kitchen: Flask, age: int) -> None:
    with kitchen.test_request_context("/kitchen"):
        form = BirthForm(MultiDict({"birth-kind": "age", "birth-age": str(age)}))
        form.validate()
        found = form.birth.data

    assert found.latest == TODAY.replace(year=TODAY.year - age)
    assert found.earliest - timedelta(days=1) == TODAY.replace(year=TODAY.year - age - 1)
