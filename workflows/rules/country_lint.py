"""What cannot be right in what a pack says of its country, whoever comes: found without a person.

A place outside its country, a body that was verified tomorrow, a row called verified that rests on nothing
verified, a text without its translation, a feast confirmed before the moon is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from workflows.rules.pack import Pack
from workflows.rules.pack_model import AgencyRow, PostRow

#: What was found: the row, and what is wrong in words.
Fault = tuple[str, str]

#: South, north, west and east of each country in degrees, with 0.3 for the error of coordinates.
BOXES: Mapping[str, tuple[float, float, float, float]] = {
    "AFG": (29.1, 38.8, 60.2, 75.2),
    "AZE": (38.1, 42.2, 44.5, 50.9),
    "CHN": (17.9, 53.9, 73.2, 135.4),
    "IRN": (24.8, 40.1, 43.8, 63.6),
    "KAZ": (40.3, 55.8, 46.2, 87.6),
    "KGZ": (38.9, 43.6, 69.0, 80.6),
    "PAK": (23.4, 37.4, 60.6, 78.1),
    "RUS": (40.9, 82.2, 19.3, 180.0),
    "TJK": (36.4, 41.4, 67.1, 75.5),
    "TKM": (34.9, 43.1, 52.1, 67.0),
    "TUR": (35.5, 42.4, 25.4, 45.1),
    "UZB": (36.9, 45.9, 55.7, 73.5),
}
#: Words of a day off that follows the moon and that nobody has announced yet.
_OPEN = "confirm)"
_UN_ASYLUM = "un_refugee"


def faults(pack: Pack, base: Pack | None) -> Iterator[tuple[str, Fault]]:
    """(check, fault) for everything that cannot be right; nothing for a pack without a country."""
    if not pack.country:
        return
    for check, (_, look) in CHECKS.items():
        yield from ((check, fault) for fault in look(pack, base))


def _bodies(pack: Pack, _base: Pack | None) -> Iterator[Fault]:
    for route in pack.routes:
        if route.agency not in pack.agencies:
            yield f"route {route.need}", f"{route.agency} is no body of this pack"
    for body in pack.agencies.values():
        yield from ((f"body {body.id}", says) for says in _body(pack, body))
    if not any("border" in body.functions for body in pack.agencies.values()):
        yield "bodies", "no body keeps the border, so posts belong to nobody"


def _body(pack: Pack, body: AgencyRow) -> Iterator[str]:
    if body.country not in {pack.country, "INT"}:
        yield f"is of {body.country}"
    for area in (*body.area, *(desk.area for desk in body.desks.values())):
        if area.partition("-")[0] != pack.country:
            yield f"is for {area}, not in {pack.country}"
    if not {"en", "ru"} <= set(body.names) or not body.languages:
        yield "has no name in English or Russian, or no language"
    if (body.verified is not None) != (body.basis == "V"):
        yield "is marked V without a day, or has a day without the mark"
    if body.verified is not None and body.verified > pack.on:
        yield f"was verified on {body.verified}, after this day"


def _posts(pack: Pack, _base: Pack | None) -> Iterator[Fault]:
    for post in pack.posts.values():
        yield from ((f"post {post.id}", says) for says in _post(pack, post))


def _post(pack: Pack, post: PostRow) -> Iterator[str]:
    if post.country != pack.country or post.area.partition("-")[0] != pack.country:
        yield f"lies in {post.country}, {post.area}, not in {pack.country}"
    if post.facing == post.country:
        yield "faces its own country"
    if (post.lat is None) != (post.lon is None):
        yield "has half a place"
    for country in (pack.country, post.facing):
        if post.lat is not None and post.lon is not None and country in BOXES:
            south, north, west, east = BOXES[country]
            if not (south <= post.lat <= north and west <= post.lon <= east):
                yield f"{post.lat}, {post.lon} lies neither in {country} nor at its border"
    if not {"en", "ru"} <= set(post.names):
        yield "has no name in English or Russian"


def _marks(pack: Pack, _base: Pack | None) -> Iterator[Fault]:
    rows = [
        *((f"body {row.id}", row.source, row.basis) for row in pack.agencies.values()),
        *((f"post {row.id}", row.source, row.basis) for row in pack.posts.values()),
        *((f"treaty {row.treaty}", row.source, row.basis) for row in pack.treaties),
        *((f"route {row.need} {row.agency}", row.source, row.basis) for row in pack.routes),
        *((f"deadline {row.id}", row.source, row.basis) for row in pack.deadlines),
    ]
    for about, sources, basis in rows:
        known = {pack.sources[source].basis for source in sources if source in pack.sources}
        if basis == "V" and "V" not in known:
            yield about, "is marked V and rests on no verified source"


def _procedure(pack: Pack, base: Pack | None) -> Iterator[Fault]:
    rows = [row for row in pack.routes if row.need == "asylum_procedure" and row.only_if is None]
    first = min(rows, key=lambda row: row.order, default=None)
    body = pack.agencies.get(first.agency) if first else None
    if body is None:
        return
    un = _UN_ASYLUM in body.functions
    if un == (pack.asylum_procedure == "statutory"):
        yield "pack.yaml", f"asylum procedure {pack.asylum_procedure}, and {body.id} comes first"
    for language in pack.languages if base is not None and un else ():
        text = "need.asylum_procedure"
        if base is not None and pack.text(text, language) == base.text(text, language):
            yield "pack.yaml", f"no procedure, and the need says in {language} that there is one"


def _texts(pack: Pack, base: Pack | None) -> Iterator[Fault]:
    said = {} if base is None else base.texts
    english = said.get("en", {})
    own = [id_ for id_, text in pack.texts["en"].items() if text != english.get(id_, text)]
    for language in pack.languages:
        for id_ in pack.missing(language):
            yield f"text {id_}", f"is missing in {language}"
        for id_ in own if language != "en" else ():
            if pack.text(id_, language) == said.get(language, {}).get(id_):
                yield f"text {id_}", f"is another in English and that of the base in {language}"


def _calendar(pack: Pack, _base: Pack | None) -> Iterator[Fault]:
    calendar = pack.calendar
    if calendar is None:
        yield "calendar", "is missing"
        return
    if not 1 <= len(calendar.weekend) <= 2:
        yield "calendar", f"a weekend of {len(calendar.weekend)} days"
    until = calendar.confirmed_until
    for day, says in calendar.holidays.items():
        if until is not None and pack.on < day <= until and _OPEN in says:
            yield "calendar", f"{day} is open and lies in what is confirmed"
    if until is not None and until.year > pack.on.year + 1:
        yield "calendar", f"confirmed until {until}: nobody announces so far ahead"


def _first_day(pack: Pack, base: Pack | None) -> Iterator[Fault]:
    first = None if base is None else base.valid_from
    if first is not None and pack.valid_from is not None and pack.valid_from < first:
        yield "pack.yaml", f"valid from {pack.valid_from}, and the base only from {first}"


_Look = Callable[[Pack, Pack | None], Iterator[Fault]]

#: Name of a check -> what it says when all is well, and how to look.
CHECKS: Mapping[str, tuple[str, _Look]] = {
    "bodies": (
        "Every body is of this country, can be spoken to, and was verified when it says",
        _bodies,
    ),
    "posts": ("Every post lies in the country and at the border that it says", _posts),
    "marks": ("What is called verified rests on a verified source", _marks),
    "procedure": (
        "Where the state has no asylum procedure UNHCR comes first and the need says so",
        _procedure,
    ),
    "untranslated": ("No text is missing in a language of the pack", _texts),
    "first day": ("A country's pack begins no earlier than its base", _first_day),
    "calendar": (
        "The calendar is whole, and nothing is confirmed before it is announced",
        _calendar,
    ),
}
