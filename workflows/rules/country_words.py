"""What a pack says of its country, in the words in which vignettes write it a second time.

Routes, clocks, days off, bodies, posts and treaties are data: nothing follows from them that could betray a
slip. So a vignette may say them again, of a person whom they meet: where she is sent, until which day she may
apply, on which days nobody works. `slips` then notices any single change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from workflows.clocks import due
from workflows.rules.assessment import Assessment, DeadlineReading
from workflows.rules.pack import Pack
from workflows.rules.pack_draft import Draft
from workflows.rules.pack_model import AgencyRow, Calendar, Deadline, PostRow, Route, Starter
from workflows.rules.routing import standing_routes

#: What may stand after `country` in a key.
HEAD = ("procedure", "languages", "from", "country")

#: What a key that names nothing in the pack reads as.
NOTHING = "nothing"

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def clock_words(deadline: Deadline | DeadlineReading) -> str:
    """A deadline as vignettes write it: `4 hours, authority`."""
    return f"{deadline.amount} {deadline.unit}, {deadline.clock.value}"


def whole_clock(pack: Pack, running: DeadlineReading) -> str:
    """A running deadline in full: `5 calendar days, person; event arrived, profile ASY possible; ...`."""
    return row_words(next(row for row in pack.deadlines if _is(row, running)))


def row_words(row: Deadline) -> str:
    """A deadline in full, as its row has it."""
    parts = [clock_words(row), _waits(row.starts, row.only_if)]
    parts.append(f"warns {row.warn}" if row.warn else "warns never")
    parts.append(f"then {row.escalate_to or 'nobody'}")
    return "; ".join(parts)


def _is(row: Deadline, running: DeadlineReading) -> bool:
    same = (row.id, row.amount, row.unit, row.clock, str(row.starts), row.warn, row.escalate_to)
    return same == (
        running.id,
        running.amount,
        running.unit,
        running.clock,
        running.starts,
        running.warn,
        running.escalate_to,
    )


def _waits(*starters: Starter | None) -> str:
    return ", ".join(str(one) for one in starters if one is not None)


def due_words(pack: Pack, running: DeadlineReading, as_of: date) -> str:
    """When a clock that began at noon of `as_of` ends, in the country's zone: a day, or day and minute."""
    calendar = pack.calendar
    if calendar is None:
        return NOTHING
    zone = ZoneInfo(calendar.zone)
    noon = datetime.combine(as_of, time(12), tzinfo=zone).astimezone(UTC)
    end = due(noon, running.amount, running.unit, running.clock, calendar).astimezone(zone)
    return (
        f"{end:%Y-%m-%d}" if running.unit not in {"hours", "minutes"} else f"{end:%Y-%m-%d %H:%M}"
    )


def asked_of(pack: Pack, now: Assessment, need: str) -> str:
    """The bodies that this person is sent to for a need, in order."""
    grades = {code: reading.grade for code, reading in now.profiles.items()}
    return way_words(pack, standing_routes(pack, need, grades))


def way_words(pack: Pack, rows: Iterable[Route]) -> str:
    """The bodies of routes, each once, in order, with what each waits for; `|` between equals."""
    seen: set[str] = set()
    steps: list[str] = []
    for _, same in groupby(rows, key=lambda row: row.order):
        new = [step for step in dict.fromkeys(_step(pack, row) for row in same) if step not in seen]
        seen.update(new)
        steps += [" | ".join(new)] if new else []
    return ", ".join(steps) or "none"


def _step(pack: Pack, row: Route) -> str:
    """A body; with its area where that is a part of the country, and with a failure it waits for."""
    where = f" in {row.area}" if row.area != pack.country else ""
    waits = f" if {row.only_if}" if row.only_if and row.only_if.kind == "agency" else ""
    return f"{row.agency}{where}{waits}"


def body_words(row: AgencyRow) -> str:
    """A body: kind; what it does; how it is reached; languages; where; its desks."""
    desks = ", ".join(f"{desk.id} in {desk.area}" for desk in row.desks.values())
    parts = [
        row.kind.value,
        ", ".join(sorted(row.functions)),
        f"by {row.channel}",
        f"speaks {', '.join(row.languages) or 'unknown'}",
        f"for {', '.join((row.country, *row.area))}",
        f"desks {desks or 'none'}",
    ]
    return "; ".join(parts)


def post_words(row: PostRow) -> str:
    """A post: kind, what it faces, where, languages."""
    facing = f"{row.country} to {row.facing}" if row.facing else row.country
    return f"{row.kind}; {facing}; in {row.area}; speaks {', '.join(row.languages) or 'unknown'}"


def treaty_words(pack: Pack, treaty: str) -> str:
    """`party since 1999-01-15`, `not party`, or nothing."""
    row = next((row for row in pack.treaties if row.treaty == treaty), None)
    if row is None:
        return NOTHING
    return f"{row.status} since {row.since}" if row.since else row.status


def calendar_words(pack: Pack, name: str) -> str:
    """The calendar: its zone, weekend, last confirmed day, and the days of a year by name."""
    calendar = pack.calendar
    if calendar is None:
        return NOTHING
    kind, _, year = name.partition(" ")
    match kind:
        case "zone":
            return calendar.zone
        case "weekend":
            return ", ".join(_WEEKDAYS[day] for day in sorted(calendar.weekend))
        case "confirmed":
            return str(calendar.confirmed_until or "never")
        case "off":
            return _days(calendar.holidays, year)
        case _:
            return _days(calendar.working_days, year)


def calendar_names(calendar: Calendar) -> Iterator[str]:
    """All that may stand after `calendar` in a key of this calendar."""
    yield from ("zone", "weekend", "confirmed")
    for kind, days in (("off", calendar.holidays), ("on", calendar.working_days)):
        yield from (f"{kind} {year}" for year in sorted({day.year for day in days}))


def _days(days: Mapping[date, str], year: str) -> str:
    """The days of a year as `01-01 01-02 03-08`, or none."""
    return " ".join(f"{day:%m-%d}" for day in sorted(days) if str(day.year) == year) or "none"


def span_words(pack: Pack, row: str) -> str:
    """From when until when a row of the country stands: `from 2024-07-05`, `until 2025-04-01`, `always`."""
    spans = [span for span in pack.spans if span.row == row]
    words = [
        " ".join(
            [f"from {one.first}" if one.first else "", f"until {one.last}" if one.last else ""]
        ).strip()
        or "always"
        for one in spans
    ]
    return ", ".join(words) or NOTHING


def head_words(pack: Pack, name: str) -> str:
    """What pack.yaml says of the country."""
    words: dict[str, str] = {
        "procedure": pack.asylum_procedure or NOTHING,
        "languages": ", ".join(pack.languages),
        "from": str(pack.valid_from),
        "country": pack.country,
    }
    return words[name]


#: Keys that need no person: kind -> how the word of the rest of the key is found.
_BOOK: Mapping[str, Callable[[Pack, str], str]] = {
    "body": lambda pack, id_: body_words(pack.agencies[id_]) if id_ in pack.agencies else NOTHING,
    "post": lambda pack, id_: post_words(pack.posts[id_]) if id_ in pack.posts else NOTHING,
    "treaty": treaty_words,
    "calendar": calendar_words,
    "span": span_words,
    "country": head_words,
}

#: All kinds of keys of this module; `asks` and `due` speak of the person.
KINDS = (*_BOOK, "asks", "due")


def country_word(pack: Pack, now: Assessment, key: str) -> str:
    """What the pack says, in the word that `expect` has for `key`."""
    kind, _, name = key.partition(" ")
    if kind == "asks":
        return asked_of(pack, now, name) if name in now.needs else "no such need"
    if kind == "due":
        running = next((one for one in now.deadlines if one.id == name), None)
        return due_words(pack, running, now.as_of) if running else "not running"
    return _BOOK[kind](pack, name)


def known_names(draft: Draft, kind: str) -> Iterable[str]:
    """What may stand after the kind in a key; the years of a calendar are any.

    A row that does not stand on the day of loading may be named too: a vignette is for all days.
    """
    dated = [span.row.partition(" ") for span in draft.spans]
    names: dict[str, Iterable[str]] = {
        "body": draft.agencies,
        "post": draft.posts,
        "treaty": draft.treaties,
        "span": [span.row for span in draft.spans],
        "country": HEAD,
        "asks": draft.needs,
        "due": [row.id for row in draft.deadlines],
        "deadline": [row.id for row in draft.deadlines],
    }
    of_rows = "deadline" if kind == "due" else kind
    return [*names[kind], *(id_ for table, _, id_ in dated if table == of_rows)]


def is_calendar_key(name: str) -> bool:
    """Whether `calendar NAME` is a key: zone, weekend, confirmed, off YEAR, on YEAR."""
    kind, _, year = name.partition(" ")
    if kind in {"off", "on"}:
        return len(year) == 4 and year.isdigit()
    return name in {"zone", "weekend", "confirmed"}
