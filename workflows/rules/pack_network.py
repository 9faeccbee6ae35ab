"""Sources, agencies, posts, calendars, vignettes and translations: from YAML rows to the draft."""

from __future__ import annotations

import zoneinfo
from datetime import date
from functools import cache
from typing import Any

from models.vocabulary import Action, AgencyKind, Grade, Urgency
from workflows.rules import pack_schema as schema
from workflows.rules.country_words import KINDS, is_calendar_key, known_names
from workflows.rules.pack_content import rows
from workflows.rules.pack_draft import Draft, Layer
from workflows.rules.pack_model import (
    AgencyRow,
    Calendar,
    DeskRow,
    PostRow,
    SourceRow,
    Vignette,
)
from workflows.rules.row_words import LEDGER
from workflows.rules.yaml_strict import Document, Place

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def add_sources(draft: Draft, _layer: Layer, document: Document) -> None:
    """sources.yaml."""
    for id_, place, data in rows(document):
        row = schema.check_row(schema.SourceYaml, document, place, data)
        source = SourceRow(
            id=id_,
            title=row["title"],
            link=row.get("link", ""),
            basis=row["basis"],
            kind=row.get("kind", ""),
            note=row.get("note", ""),
        )
        draft.add(draft.sources, id_, source, document, place)
        draft.say(f"source.{id_}", source.title)


def add_agencies(draft: Draft, layer: Layer, document: Document) -> None:
    """agencies.yaml."""
    for id_, place, data in rows(document):
        row = schema.check_row(schema.AgencyYaml, document, place, data)
        draft.date(f"body {id_}", row)
        if not layer.valid(row):
            continue
        agency = AgencyRow(
            id=id_,
            names=_names(document, place, row["names"]),
            country=row["country"],
            functions=frozenset(row["functions"]),
            kind=AgencyKind(row["kind"]),
            area=row.get("area", (row["country"],)),
            channel=row["channel"],
            contact=row.get("contact", ""),
            hours=row.get("hours", ""),
            languages=row.get("languages", ()),
            desks=_desks(document, (*place, "desks"), row.get("desks")),
            verified=row.get("verified"),
            source=row["source"],
            basis=row["basis"],
            note=row.get("note", ""),
            decides=_decides(document, place, row),
        )
        draft.add(draft.agencies, id_, agency, document, place)
        draft.cite(document, place, agency.source)


def _decides(document: Document, place: Place, row: dict[str, Any]) -> frozenset[str] | None:
    """The functions in which a body decides; None where its kind says so."""
    if "decides" not in row:
        return None
    for i, function in enumerate(row["decides"]):
        if function not in row["functions"]:
            at = (*place, "decides", i)
            raise document.error(
                at, repr(function), f"functions of the body: {', '.join(row['functions'])}"
            )
    return frozenset(row["decides"])


def _names(document: Document, place: Place, names: dict[str, str]) -> dict[str, str]:
    if "en" not in names:
        raise document.error((*place, "names"), "no name in en", "a name in en at least")
    return names


def _desks(document: Document, place: Place, data: Any) -> dict[str, DeskRow]:
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise document.error(place, repr(data), "a map of desk ids to desks")
    desks: dict[str, DeskRow] = {}
    for key, value in data.items():
        row = schema.check_row(schema.DeskYaml, document, (*place, key), value)
        names = _names(document, (*place, key), row["names"])
        desks[str(key)] = DeskRow(id=str(key), names=names, area=row["area"])
    return desks


def add_posts(draft: Draft, layer: Layer, document: Document) -> None:
    """posts.yaml."""
    for id_, place, data in rows(document):
        row = schema.check_row(schema.PostYaml, document, place, data)
        draft.date(f"post {id_}", row)
        if not layer.valid(row):
            continue
        post = PostRow(
            id=id_,
            names=_names(document, place, row["names"]),
            country=row["country"],
            facing=row.get("facing", ""),
            kind=row["kind"],
            area=row.get("area", row["country"]),
            lat=row.get("lat"),
            lon=row.get("lon"),
            languages=row.get("languages", ()),
            hours=row.get("hours", ""),
            source=row["source"],
            basis=row["basis"],
            note=row.get("note", ""),
        )
        draft.add(draft.posts, id_, post, document, place)
        draft.cite(document, place, post.source)


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def add_calendar(draft: Draft, _layer: Layer, document: Document) -> None:
    """calendar.yaml; a country's calendar takes the place of its base's."""
    row = schema.check_row(schema.CalendarYaml, document, (), document.data)
    if row["zone"] not in _zones():
        raise document.error(("zone",), row["zone"], "a time zone as Asia/Almaty")
    draft.calendar = Calendar(
        zone=row["zone"],
        weekend=frozenset(_WEEKDAYS.index(day) for day in row["weekend"]),
        confirmed_until=row.get("confirmed_until"),
        holidays=_day_map(document, "holidays", row.get("holidays")),
        working_days=_day_map(document, "working days", row.get("working_days")),
    )
    draft.cite(document, (), row["source"])


def _day_map(document: Document, key: str, data: Any) -> dict[date, str]:
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise document.error((key,), repr(data), "a map of days to texts")
    days: dict[date, str] = {}
    for text, says in data.items():
        try:
            days[date.fromisoformat(str(text))] = str(says or "")
        except ValueError as error:
            raise document.error((key, text), str(text), "a day as 2026-01-01") from error
    return days


def add_vignettes(draft: Draft, layer: Layer, document: Document) -> None:
    """One file of vignettes/*.yaml: a person, or a list of persons."""
    if isinstance(document.data, list):
        for i, data in enumerate(document.data):
            _add_vignette(draft, layer, document, (i,), data)
    else:
        _add_vignette(draft, layer, document, (), document.data)


def _add_vignette(
    draft: Draft, layer: Layer, document: Document, place: Place, data: object
) -> None:
    """Facts are parsed when the vignette is run."""
    row = schema.check_row(schema.VignetteYaml, document, place, data)
    if not isinstance(row["facts"], dict):
        found = repr(row["facts"])
        raise document.error((*place, "facts"), found, "a map of facts to answers")
    country = row.get("country", "")
    raw = {**_like(draft, layer, document, place, row), **row["facts"]}
    if not country:
        for fact in row["facts"]:
            if fact not in draft.facts:
                raise document.error((*place, "facts", fact), str(fact), "facts of this pack")
    for key in ("require", "must_not_label"):
        for code in row.get(key, ()):
            if code not in draft.profiles:
                allowed = f"profiles: {', '.join(draft.profiles)}"
                raise document.error((*place, key), code, allowed)
    expect = row.get("expect", {})
    for key, value in expect.items():
        _check_expect(draft, document, (*place, "expect", key), value, own=not country)
    draft.cite(document, (*place, "source"), row.get("source", ()))
    draft.vignettes.append(
        Vignette(
            file="#".join([document.file, *(str(i + 1) for i in place if isinstance(i, int))]),
            pack=country.lower() or layer.code,
            person=row["person"],
            case=row.get("case", ""),
            as_of=row["as_of"],
            raw_facts={str(key): value for key, value in raw.items()},
            expect=expect,
            require=row.get("require", ()),
            referrals=row.get("referrals", ()),
            forbid=tuple(Action(action) for action in row.get("forbid", ())),
            must_not_label=row.get("must_not_label", ()),
            note=row.get("note", ""),
        )
    )


def _like(
    draft: Draft, layer: Layer, document: Document, place: Place, row: dict[str, Any]
) -> dict[str, Any]:
    """The answers of another person of this pack, whom this one is like but for `facts`."""
    if "like" not in row:
        return {}
    file = f"{layer.code}/vignettes/{row['like']}"
    found = next((one for one in draft.vignettes if one.file == file), None)
    if found is None:
        allowed = "a file of vignettes of this pack, with one person, that comes before this one"
        raise document.error((*place, "like"), row["like"], allowed)
    return dict(found.raw_facts)


def _check_expect(draft: Draft, document: Document, place: Place, value: str, *, own: bool) -> None:
    key = str(place[-1])
    kind, _, name = key.partition(" ")
    grades = [grade.value for grade in Grade]
    allowed: dict[str, list[str]] = {
        "profile": [*grades, "presumed+", "possible+", "open+", "open-"],
        "need": ["yes", "no"],
        "hold": ["on", "off", "by evidence", "by precaution"],
        "action": ["open", "shut"],
        "urgency": [urgency.value for urgency in Urgency],
    }
    known: dict[str, list[str]] = {
        "profile": list(draft.profiles),
        "need": list(draft.needs),
        "hold": list(draft.holds),
        "action": list(Action),
        "urgency": [""],
    }
    if kind in KINDS:
        _check_book(draft, document, place, own=own)
        return
    if kind in _LEDGER or (kind == "urgency" and name):
        _check_ledger(draft, document, place, own=own)
        return
    if kind not in allowed:
        more = "function, consent, urgency, route, packet X (of a need), lift X (of a hold), "
        more += (
            "screen X (of an action), question X (of a fact), group X (of a profile), deadline X, "
        )
        more += ", ".join(f"{kind} X" for kind in KINDS)
        raise document.error(place, key, f"profile X, need X, hold X, action X, urgency, {more}")
    if own and name not in known[kind]:
        raise document.error(place, key, f"{kind} with one of: {', '.join(known[kind])}")
    if value not in allowed[kind]:
        raise document.error(place, value, ", ".join(allowed[kind]))


#: What is written beside conditions a second time; `urgency X` is that of a need.
_LEDGER = frozenset({*LEDGER, "deadline"} - {"urgency"})


def _check_ledger(draft: Draft, document: Document, place: Place, *, own: bool) -> None:
    """What is written beside needs, and clocks, a second time in a vignette; any text is compared."""
    key = str(place[-1])
    kind, _, name = key.partition(" ")
    known: dict[str, list[str]] = {
        "deadline": list(known_names(draft, "deadline")),
        "lift": list(draft.holds),
        "screen": list(Action),
        "question": list(draft.facts),
        "group": list(draft.profiles),
    }
    names = known.get(kind, list(draft.needs))
    if own and name not in names:
        raise document.error(place, key, f"{kind} with one of: {', '.join(names)}")


def _check_book(draft: Draft, document: Document, place: Place, *, own: bool) -> None:
    """What is written of the country a second time: the row must exist; any text is compared."""
    key = str(place[-1])
    kind, _, name = key.partition(" ")
    if kind == "calendar":
        if not is_calendar_key(name):
            allowed = "calendar zone, weekend, confirmed, off 2026 or on 2026"
            raise document.error(place, key, allowed)
        return
    known = list(known_names(draft, kind))
    if own and name not in known:
        raise document.error(place, key, f"{kind} with one of: {', '.join(known)}")


_FREE_TEXTS = ("text.", "action.", "grade.", "urgency.", "why.")


def add_texts(draft: Draft, document: Document, language: str) -> None:
    """i18n/<language>.yaml: a flat map of text ids to texts."""
    texts = draft.texts.setdefault(language, {})
    for id_, place, text in rows(document):
        if not isinstance(text, str) or not text.strip():
            raise document.error(place, repr(text), "text")
        if language == "en":
            draft.texts["en"][id_] = text
        elif id_ not in draft.texts["en"] and not id_.startswith(_FREE_TEXTS):
            if draft.sleeps(id_):
                continue
            raise document.error(place, id_, "an id of a text of this pack or its base")
        texts[id_] = text
