"""PURE. Opening hours of a week in a zone, with days on which nobody opens.

`Weekly` is {"mon": [["09:00", "13:00"], ["14:00", "17:30"]], ...} by the clock on the wall; a day that is
missing is closed; `24:00` ends a day. None means that nobody has said.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

Weekly = Mapping[str, Sequence[Sequence[str]]]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Day and night.
ALWAYS: Weekly = dict.fromkeys(DAYS, (("00:00", "24:00"),))
#: How far ahead an opening is looked for: beyond it the door counts as shut.
_AHEAD = 60
_SPAN = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-\u2013\u2014]\s*(\d{1,2}):(\d{2})\s*\Z")


def read_day(text: str) -> tuple[tuple[str, str], ...]:
    """The spans of one day as typed: `9:00-13:00, 14:00-17:30`; empty is closed.

    Raises:
        ValueError: not of this form, an end before its beginning, or spans that overlap.
    """
    spans = tuple(_span(part) for part in re.split(r"[,;،؛]", text) if part.strip())
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            raise ValueError(text)
    return spans


def write_day(spans: Sequence[Sequence[str]]) -> str:
    """The same in one line."""
    return ", ".join("\u2013".join(span) for span in spans)


def _span(text: str) -> tuple[str, str]:
    match = _SPAN.match(text)
    if match is None:
        raise ValueError(text)
    start, end = (_moment(*match.group(n, n + 1)) for n in (1, 3))
    if not start < end:
        raise ValueError(text)
    return start, end


def _moment(hour: str, minute: str) -> str:
    if (int(hour), int(minute)) != (24, 0) and not (int(hour) < 24 and int(minute) < 60):
        raise ValueError(f"{hour}:{minute}")
    return f"{int(hour):02}:{minute}"


def is_open(weekly: Weekly, closed: Collection[str], zone: str, at: datetime) -> bool:
    """Whether the door is open at a moment."""
    return next_opening(weekly, closed, zone, at) == at


def next_opening(
    weekly: Weekly, closed: Collection[str], zone: str, at: datetime
) -> datetime | None:
    """The moment itself while the door is open, else when it next opens (UTC); None: not within 60 days."""
    for start, end in _openings(weekly, closed, ZoneInfo(zone), at):
        if at < end:
            return max(at, start)
    return None


def _openings(
    weekly: Weekly, closed: Collection[str], zone: ZoneInfo, at: datetime
) -> Iterator[tuple[datetime, datetime]]:
    today = at.astimezone(zone).date()
    for ahead in range(_AHEAD + 1):
        day = today + timedelta(days=ahead)
        if day.isoformat() in closed:
            continue
        for start, end in weekly.get(DAYS[day.weekday()], ()):
            yield _on(day, start, zone), _on(day, end, zone)


def _on(day: date, moment: str, zone: ZoneInfo) -> datetime:
    if moment == "24:00":
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return datetime.combine(day, time.fromisoformat(moment), zone).astimezone(UTC)
