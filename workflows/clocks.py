"""PURE. When a legal limit ends: hours, calendar days, working days, months, in the zone of the place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.vocabulary import Clock
from workflows.rules.pack_model import Calendar


def works(calendar: Calendar, day: date) -> bool:
    """Whether offices work on `day`; a moved working day wins over weekend and holiday."""
    if day in calendar.working_days:
        return True
    return day.weekday() not in calendar.weekend and day not in calendar.holidays


def due(start: datetime, amount: int, unit: str, clock: Clock, calendar: Calendar) -> datetime:
    """When a limit of `amount` `unit` that began at `start` (aware) ends, in UTC.

    Hours run through. Limits in days end with the local day; one that would end on a free day moves later
    for the person and not for the authority (INV-40: never shorten a person's right). Working days skip free
    days. `unit` is minutes, hours, calendar days, working days or months, as the pack's loader lets pass.
    """
    if unit == "minutes":
        return start + timedelta(minutes=amount)
    if unit == "hours":
        return start + timedelta(hours=amount)
    zone = ZoneInfo(calendar.zone)
    day = start.astimezone(zone).date()
    if unit == "working days":
        left = amount
        while left > 0:
            day += timedelta(days=1)
            left -= works(calendar, day)
    elif unit == "months":
        day = _months_later(day, amount)
    else:
        day += timedelta(days=amount)
    if clock is Clock.PERSON:
        while not works(calendar, day):
            day += timedelta(days=1)
    return datetime.combine(day, time(23, 59, 59), tzinfo=zone).astimezone(UTC)


def _months_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))
