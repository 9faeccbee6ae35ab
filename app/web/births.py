"""A birth in one box: an age, a year or a day, as somebody says it; for rows of many persons.

Digits of every script are taken. A year from 1200 to 1499 is of the Solar Hijri calendar. What cannot be read
is refused with a sentence; nothing is guessed.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext

from app.web.controls import plain_digits
from app.web.dates import GREGORIAN, OLDEST, SOLAR, to_gregorian

_SOLAR_YEARS = range(1200, 1500)
_PARTS = re.compile(r"\d+")
_SHAPE = re.compile(r"\d{1,4}(?:[./\- ]\d{1,2}[./\- ]\d{1,4})?\Z", re.ASCII)


class NoBirth(ValueError):
    """What was typed is no birth; its text says why, in the reader's language."""


def birth_of(text: str, today: date) -> dict[str, Any]:
    """The birth as `BirthSchema` reads it; unknown for an empty box. Raises `NoBirth`."""
    plain = plain_digits(text).strip()
    if not plain:
        return {"kind": "unknown"}
    if not _SHAPE.match(plain):
        raise NoBirth(_how())
    numbers = [int(part) for part in _PARTS.findall(plain)]
    if len(numbers) == 1:
        return _number(numbers[0], today)
    first, month, last = numbers
    year, day = (last, first) if last > 31 else (first, last)
    return _day(year, month, day, today)


def _how() -> str:
    return gettext("Write an age (34), a year (1991) or a day (7.3.1991).")


def _number(number: int, today: date) -> dict[str, Any]:
    if number <= OLDEST:
        return {"kind": "age", "age": number}
    if number in _SOLAR_YEARS:
        first = _gregorian(SOLAR, number, 1, 1)
        last = _gregorian(SOLAR, number + 1, 1, 1) - timedelta(days=1)
        _not_ahead(first, today)
        return {
            "kind": "between",
            "year": first.year,
            "year_to": min(last, today).year,
            "calendar": SOLAR,
        }
    if not today.year - OLDEST <= number <= today.year:
        raise NoBirth(_how())
    return {"kind": "year", "year": number}


def _day(year: int, month: int, day: int, today: date) -> dict[str, Any]:
    calendar = SOLAR if year in _SOLAR_YEARS else GREGORIAN
    found = _gregorian(calendar, year, month, day)
    _not_ahead(found, today)
    if found.year < today.year - OLDEST:
        raise NoBirth(_how())
    return {
        "kind": "date",
        "year": found.year,
        "month": found.month,
        "day": found.day,
        "calendar": calendar,
    }


def _gregorian(calendar: str, year: int, month: int, day: int) -> date:
    try:
        return to_gregorian(calendar, year, month, day)
    except ValueError:
        raise NoBirth(gettext("There is no such day.")) from None


def _not_ahead(found: date, today: date) -> None:
    if found > today:
        raise NoBirth(gettext("A birth must not be in the future."))
