"""Every single-place change in what a pack writes of its country: clocks, ways, bodies, posts, days.

A change that the loader would refuse anyway (a body without the function that a route wants, a weekend of no
known day) is made too, where the changed pack can be built; the lint of a whole pack finds it again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from models.vocabulary import AgencyKind
from workflows.rules.pack import Pack
from workflows.rules.pack_model import AgencyRow, Calendar, Deadline, PostRow, Route, Span, Starter
from workflows.rules.words import (
    ASYLUM_PROCEDURES,
    BASIS,
    CHANNELS,
    DURATION_UNITS,
    ESCALATE_TO,
    EVENTS,
    FUNCTIONS,
    POST_KINDS,
    TREATY_STATUSES,
)

#: What a slip did: the row, in words, and the fields of the pack that differ.
Change = tuple[str, str, Mapping[str, Any]]

#: The kind of what a source says and no person feels: counted by itself.
DATA = "data"
_DAY = timedelta(days=1)


def changes(pack: Pack, base: Pack | None) -> Iterator[tuple[str, Change]]:
    """(kind of slip, change) for rows of the country that this pack wrote; of a base its clocks."""
    if not pack.country:
        yield from (("clock", change) for change in _clocks(pack))
        return
    for kind, makes in _MAKERS.items():
        yield from ((kind, change) for change in makes(pack))
    if base is not None:
        yield from (("text", change) for change in _texts(pack, base))


def _clocks(pack: Pack) -> Iterator[Change]:
    """What `slip_kinds` leaves of a deadline: unit, start, condition, warning, who is told."""
    rows = pack.deadlines
    for i, row in enumerate(rows):
        if row.origin.pack != pack.code:
            continue
        for says, field in _clock_fields(row):
            new = dataclasses.replace(row, **field)
            yield f"deadline {row.id}", says, {"deadlines": (*rows[:i], new, *rows[i + 1 :])}


def _clock_fields(row: Deadline) -> Iterator[tuple[str, dict[str, Any]]]:
    unit = _next(DURATION_UNITS, row.unit)
    yield f"{row.unit} becomes {unit}", {"unit": unit}
    if row.starts.kind == "event":
        starts = Starter("event", _next(EVENTS, row.starts.id))
        yield f"starts with {row.starts} becomes {starts}", {"starts": starts}
    for other in _other_grades(row.starts):
        yield f"starts with {row.starts} becomes {other}", {"starts": other}
    if row.only_if is not None:
        yield f"only if {row.only_if} is dropped", {"only_if": None}
        for other in _other_grades(row.only_if):
            yield f"only if {row.only_if} becomes {other}", {"only_if": other}
    yield f"warns {row.warn or 'never'} becomes 1 hours", {"warn": "1 hours"}
    told = _next(ESCALATE_TO, row.escalate_to)
    yield f"then {row.escalate_to or 'nobody'} becomes {told}", {"escalate_to": told}


def _other_grades(one: Starter) -> Iterator[Starter]:
    """A profile a grade off; a fact turned."""
    if one.kind == "profile":
        levels = ("open", "possible", "presumed")
        at = levels.index(one.word)
        beside = (levels[i] for i in (at - 1, at + 1) if 0 <= i < len(levels))
        yield from (Starter("profile", one.id, word) for word in beside)
    if one.kind == "fact":
        yield Starter("fact", one.id, "no" if one.word == "yes" else "yes")


def _ways(pack: Pack) -> Iterator[Change]:
    """A route earlier, later, to another body, for a part of the country, for all or for others."""
    rows = pack.routes
    for i, row in enumerate(rows):
        for says, new in _other_ways(pack, row):
            routes = sorted(
                (*rows[:i], new, *rows[i + 1 :]), key=lambda r: (r.need, r.order, r.area)
            )
            yield f"route {row.need}", f"{row.agency}: {says}", {"routes": tuple(routes)}


def _other_ways(pack: Pack, row: Route) -> Iterator[tuple[str, Route]]:
    orders = [other.order for other in pack.routes if other.need == row.need and other is not row]
    if orders:
        order = max(orders) + 1 if row.order <= min(orders) else min(orders) - 1
        yield f"order {row.order} becomes {order}", dataclasses.replace(row, order=order)
    if row.only_if is not None:
        says = f"only if {row.only_if} is dropped"
        yield says, dataclasses.replace(row, only_if=None)
        for other in _other_grades(row.only_if):
            yield f"only if becomes {other}", dataclasses.replace(row, only_if=other)
    else:
        waits = Starter("profile", next(iter(pack.profiles)), "presumed")
        yield f"only if {waits}", dataclasses.replace(row, only_if=waits)
    part = f"{pack.country}-part"
    yield f"only in {part}", dataclasses.replace(row, area=part)
    for agency in _others_for(pack, row):
        yield f"becomes {agency}", dataclasses.replace(row, agency=agency)


def _others_for(pack: Pack, row: Route) -> Iterable[str]:
    """Another body with the same function: one that the loader would let pass."""
    function = pack.needs[row.need].function
    fit = [id_ for id_, one in pack.agencies.items() if function in one.functions]
    return () if len(fit) < 2 else (_next(fit, row.agency),)


def _bodies(pack: Pack) -> Iterator[Change]:
    """What a body is, does, speaks, where, and how it is reached."""
    for id_, row in pack.agencies.items():
        for says, new in _other_bodies(row):
            yield f"body {id_}", says, {"agencies": _with(pack.agencies, id_, new)}
        yield f"body {id_}", "is deleted", {"agencies": _with(pack.agencies, id_, None)}


def _other_bodies(row: AgencyRow) -> Iterator[tuple[str, AgencyRow]]:
    new = dataclasses.replace
    for function in sorted(row.functions):
        yield f"no longer does {function}", new(row, functions=row.functions - {function})
    more = next(word for word in FUNCTIONS if word not in row.functions)
    yield f"also does {more}", new(row, functions=row.functions | {more})
    kind = _next(tuple(AgencyKind), row.kind)
    yield f"{row.kind.value} becomes {kind.value}", new(row, kind=kind)
    channel = _next(CHANNELS, row.channel)
    yield f"by {row.channel} becomes by {channel}", new(row, channel=channel)
    yield f"for {row.country} becomes for INT", new(row, country="INT")
    yield "only for a part", new(row, area=(f"{row.country}-part",))
    for says, languages in _fewer_or_more(row.languages):
        yield says, new(row, languages=languages)
    for desk in row.desks.values():
        yield f"no desk {desk.id}", new(row, desks=_with(row.desks, desk.id, None))
        moved = dataclasses.replace(desk, area=f"{row.country}-part")
        yield f"desk {desk.id} elsewhere", new(row, desks=_with(row.desks, desk.id, moved))


def _fewer_or_more(words: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for word in words:
        yield f"does not speak {word}", tuple(other for other in words if other != word)
    yield "also speaks sw", (*words, "sw")


def _posts(pack: Pack) -> Iterator[Change]:
    """Where a post is, what it faces, what is spoken there."""
    for id_, row in pack.posts.items():
        for says, new in _other_posts(row):
            yield f"post {id_}", says, {"posts": _with(pack.posts, id_, new)}
        yield f"post {id_}", "is deleted", {"posts": _with(pack.posts, id_, None)}


def _other_posts(row: PostRow) -> Iterator[tuple[str, PostRow]]:
    new = dataclasses.replace
    kind = _next(POST_KINDS, row.kind)
    yield f"{row.kind} becomes {kind}", new(row, kind=kind)
    facing = "" if row.facing else "MNG"
    yield f"faces {row.facing or 'nobody'} becomes {facing or 'nobody'}", new(row, facing=facing)
    yield "in another area", new(row, area=f"{row.country}-part")
    yield f"of {row.country} becomes of MNG", new(row, country="MNG")
    for says, languages in _fewer_or_more(row.languages):
        yield says, new(row, languages=languages)


def _days(pack: Pack) -> Iterator[Change]:
    """Days off and worked: forgotten, moved by a day; weekend, zone, how far it is confirmed."""
    calendar = pack.calendar
    if calendar is None:
        return
    for says, field in _other_calendars(calendar):
        yield "calendar", says, {"calendar": dataclasses.replace(calendar, **field)}


def _other_calendars(calendar: Calendar) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("holidays", "working_days"):
        days: Mapping[date, str] = getattr(calendar, name)
        for day, text in days.items():
            rest = {other: words for other, words in days.items() if other != day}
            yield f"{name}: {day} is forgotten", {name: rest}
            for other in {day - _DAY, day + _DAY} - set(days):
                yield f"{name}: {day} becomes {other}", {name: {**rest, other: text}}
    for weekday in range(7):
        yield f"weekend: day {weekday}", {"weekend": calendar.weekend ^ {weekday}}
    yield f"zone {calendar.zone} becomes UTC", {"zone": "UTC"}
    until = calendar.confirmed_until
    later = None if until is None else date(until.year + 1, until.month, 28)
    yield (
        f"confirmed until {until} becomes {later or '2099-12-31'}",
        {"confirmed_until": later or date(2099, 12, 31)},
    )
    if until is not None:
        yield f"confirmed until {until} is dropped", {"confirmed_until": None}


def _treaties(pack: Pack) -> Iterator[Change]:
    """Bound or not, since another year, forgotten."""
    rows = pack.treaties
    for i, row in enumerate(rows):
        about = f"treaty {row.treaty}"
        status = _next(TREATY_STATUSES, row.status)
        others = [(f"{row.status} becomes {status}", dataclasses.replace(row, status=status))]
        others += [
            (f"since {row.since} becomes {since}", dataclasses.replace(row, since=since))
            for since in _years_beside(row.since)
        ]
        for says, new in others:
            yield about, says, {"treaties": (*rows[:i], new, *rows[i + 1 :])}
        yield about, "is deleted", {"treaties": rows[:i] + rows[i + 1 :]}


def _years_beside(since: str) -> Iterator[str]:
    if len(since) == 4:
        yield from (str(int(since) - 1), str(int(since) + 1))
    elif since:
        day = date.fromisoformat(since)
        yield from (str(day - _DAY), str(day + _DAY))


def _spans(pack: Pack) -> Iterator[Change]:
    """The first or last day of a dated row, off by one or forgotten; also of rows that do not stand now."""
    for i, span in enumerate(pack.spans):
        for says, new in _other_spans(span):
            spans = pack.spans[:i] + ((new,) if new else ()) + pack.spans[i + 1 :]
            yield f"dates of {span.row}", says, {"spans": spans}


def _other_spans(span: Span) -> Iterator[tuple[str, Span | None]]:
    new = dataclasses.replace
    if span.first is not None:
        yield f"first day {span.first} is forgotten", new(span, first=None)
        for day in (span.first - _DAY, span.first + _DAY):
            yield f"first day {span.first} becomes {day}", new(span, first=day)
    if span.last is not None:
        yield f"last day {span.last} is forgotten", new(span, last=None)
        for day in (span.last - _DAY, span.last + _DAY):
            yield f"last day {span.last} becomes {day}", new(span, last=day)
    yield "the row is deleted", None


def _head(pack: Pack) -> Iterator[Change]:
    """What pack.yaml says."""
    for word in ASYLUM_PROCEDURES:
        if word != pack.asylum_procedure:
            says = f"asylum procedure {pack.asylum_procedure} becomes {word}"
            yield "pack.yaml", says, {"asylum_procedure": word}
    for language in pack.languages:
        rest = tuple(other for other in pack.languages if other != language)
        yield "pack.yaml", f"the language {language} is forgotten", {"languages": rest}
    if pack.valid_from is not None:
        for day in (pack.valid_from - _DAY, pack.valid_from + _DAY):
            yield "pack.yaml", f"valid from {pack.valid_from} becomes {day}", {"valid_from": day}


def _texts(pack: Pack, base: Pack) -> Iterator[Change]:
    """A text that the country says itself is forgotten in one of its languages: that of the base is read."""
    for language, texts in pack.texts.items():
        said = base.texts.get(language, {})
        for id_, text in texts.items():
            written = language == "en" and (id_ not in said or id_.startswith("deadline."))
            if text == said.get(id_) or written:  # the row itself says it, and must
                continue
            new = _with(texts, id_, said.get(id_))
            fixed = MappingProxyType({**pack.texts, language: new})
            yield f"text {id_}", f"is forgotten in {language}", {"texts": fixed}


# -- the address book: what a source says and no person feels ---------------------------------------


def _data(pack: Pack) -> Iterator[Change]:
    """Names, ways to reach somebody, places on the map, days of verification, marks, sources."""
    for id_, body in pack.agencies.items():
        for says, new in _other_data(pack, body):
            yield f"body {id_}", says, {"agencies": _with(pack.agencies, id_, new)}
    for id_, post in pack.posts.items():
        for says, other in (*_other_data(pack, post), *_places(post)):
            yield f"post {id_}", says, {"posts": _with(pack.posts, id_, other)}
    for table in ("routes", "deadlines", "treaties"):
        rows = getattr(pack, table)
        for i, row in enumerate(rows):
            if table == "deadlines" and row.origin.pack != pack.code:
                continue
            about = next(getattr(row, key) for key in ("id", "need", "treaty") if hasattr(row, key))
            for says, new in _cited(pack, row):
                yield f"{table} {about}", says, {table: (*rows[:i], new, *rows[i + 1 :])}


def _other_data(pack: Pack, row: Any) -> Iterator[tuple[str, Any]]:
    new = dataclasses.replace
    yield from _cited(pack, row)
    for language, name in row.names.items():
        rest = {other: text for other, text in row.names.items() if other != language}
        yield f"no name in {language}", new(row, names=rest)
        yield f"another name in {language}", new(row, names={**row.names, language: f"{name} 2"})
    yield "other hours", new(row, hours="9 to 5" if row.hours != "9 to 5" else "")
    if isinstance(row, AgencyRow):
        yield "another contact", new(row, contact="112" if row.contact != "112" else "")
        later = date(pack.on.year + 2, 1, 1)
        yield f"verified {row.verified} becomes {later}", new(row, verified=later)
        if row.verified is not None:
            yield "verified is forgotten", new(row, verified=None)
            yield "verified a year before", new(row, verified=row.verified - 365 * _DAY)


def _cited(pack: Pack, row: Any) -> Iterator[tuple[str, Any]]:
    basis = _next(BASIS, row.basis)
    yield f"basis {row.basis} becomes {basis}", dataclasses.replace(row, basis=basis)
    source = _next(pack.sources, row.source[0])
    new = dataclasses.replace(row, source=(source, *row.source[1:]))
    yield f"source {row.source[0]} becomes {source}", new


def _places(post: PostRow) -> Iterator[tuple[str, PostRow]]:
    new = dataclasses.replace
    if post.lat is None or post.lon is None:
        return
    yield "latitude and longitude are exchanged", new(post, lat=post.lon, lon=post.lat)
    for by in (-10, -0.5, 0.5, 10):
        yield f"latitude {by:+}", new(post, lat=post.lat + by)
        yield f"longitude {by:+}", new(post, lon=post.lon + by)
    yield "longitude is forgotten", new(post, lon=None)


def _with(rows: Mapping[str, Any], id_: str, new: Any) -> Mapping[str, Any]:
    """The rows with one of them exchanged, or without it."""
    changed = {key: new if key == id_ else row for key, row in rows.items()}
    if new is None:
        del changed[id_]
    return MappingProxyType(changed)


def _next(words: Iterable[Any], word: Any) -> Any:
    """The word after `word` in a list, the first after the last; the first for one that is not there."""
    ordered = list(words)
    return ordered[(ordered.index(word) + 1) % len(ordered)] if word in ordered else ordered[0]


_MAKERS: Mapping[str, Callable[[Pack], Iterable[Change]]] = {
    "clock": _clocks,
    "way": _ways,
    "body": _bodies,
    "post": _posts,
    "day": _days,
    "treaty": _treaties,
    "dates": _spans,
    "head": _head,
    DATA: _data,
}

#: Kinds of slips of this module.
KINDS = (*_MAKERS, "text")
