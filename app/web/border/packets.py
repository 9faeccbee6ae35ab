"""A packet in words, stage by stage: what the desk reads on arrival, and what once it has accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext

from app.locale import country_name, language_name
from app.web.border.words import names_in, said, value_words
from app.web.forms.border import document_kinds, new_ticks, relationships
from workflows import casenumbers
from workflows.packets import IDENTITY_FIELDS, PacketPreview
from workflows.rules.pack import Pack

Rows = list[tuple[str, str]]


def stages(pack: Pack, packet: PacketPreview) -> tuple[Rows, Rows]:
    """(label, value) rows of stage 1 and of stage 2."""
    first = [row for name, value in packet.fields.items() if name not in IDENTITY_FIELDS for row in [_row(name, value)]]
    first += [_profile(pack, code, grade) for code, grade in packet.profiles.items()]
    first += [_fact(pack, fact, value) for fact, value in packet.facts.items()]
    if packet.holds:
        first.append((gettext("Safeguards"), ", ".join(_hold(action) for action in packet.holds)))
    second = [_row(name, value) for name, value in packet.fields.items() if name in IDENTITY_FIELDS]
    return first, second


def _row(name: str, value: Any) -> tuple[str, str]:
    return _label(name), _WORDS.get(name, _plain)(value)


def _label(name: str) -> str:
    words = {
        "name": gettext("Name"),
        "own_script_name": gettext("Name in own script"),
        "other_names": gettext("Other names"),
        "sex": gettext("Sex"),
        "birth": gettext("Birth"),
        "age": gettext("Age"),
        "nationality": gettext("Nationality"),
        "ethnicity": gettext("Ethnicity"),
        "religion": gettext("Religion"),
        "languages": gettext("Languages"),
        "interpreter": gettext("Needs an interpreter"),
        "documents": gettext("Documents"),
        "contact": gettext("Contact"),
        "location": gettext("Where the person is"),
        "route": gettext("Route"),
        "group": gettext("Travels with"),
        "arrival": gettext("Arrived on"),
        "photo": gettext("Photo"),
        "urgent_needs": gettext("Urgent needs"),
    }
    return words.get(name, name)


def _profile(pack: Pack, code: str, grade: str) -> tuple[str, str]:
    word = gettext("Presumed") if grade == "presumed" else gettext("Possible")
    return said(pack, f"profile.{code}") or code, word


def _fact(pack: Pack, fact: str, value: Any) -> tuple[str, str]:
    definition = pack.facts.get(fact)
    words = value_words(pack, definition, value) if definition else str(value)
    return said(pack, f"fact.{fact}") or fact, words


def _hold(action: str) -> str:
    words = {
        "RETURN": gettext("Do not return"),
        "DETAIN": gettext("Do not detain"),
        "DISCLOSE": gettext("Do not tell the country of origin"),
        "CLOSE": gettext("Do not close this case"),
    }
    return words.get(action, action)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(_plain(item) for item in value.values())
    return "" if value is None else str(value)


def _sex(value: Any) -> str:
    words = {"F": gettext("Female"), "M": gettext("Male"), "X": gettext("Other")}
    return words.get(value, gettext("Not known"))


def _birth(value: Any) -> str:
    kind = value.get("kind")
    if kind == "date":
        return f"{value['year']:04d}-{value['month']:02d}-{value['day']:02d}"
    if kind == "year":
        return str(value["year"])
    if kind == "between":
        return f"{value['year']} – {value['year_to']}"
    if kind == "age":
        return gettext("%(age)s years old on %(day)s", age=value["age"], day=value.get("on", ""))
    return gettext("Not known")


def _age(value: Any) -> str:
    if not isinstance(value, list):
        return _plain(value)
    low, high = value
    if low == high:
        return str(low)
    return f"{'' if low is None else low} – {'' if high is None else high}"


def _nationality(value: Any) -> str:
    if value == "none":
        return gettext("No nationality")
    return ", ".join(country_name(code) for code in value)


def _languages(value: Any) -> str:
    return ", ".join(language_name(code) for code in value)


def _documents(value: Any) -> str:
    kinds = dict(document_kinds().groups[0][1])
    return "; ".join(
        " ".join(
            part
            for part in (
                kinds.get(one.get("kind"), ""),
                country_name(one["issuer"]) if one.get("issuer") else "",
                one.get("number") or "",
            )
            if part
        )
        for one in value
    )


def _group(value: Any) -> str:
    kin = {code: word for _, group in relationships().groups for code, word in group}
    return "; ".join(
        gettext(
            "%(number)s: %(relationship)s, as claimed",
            number=casenumbers.show(one["to"]),
            relationship=kin.get(one["relationship"], one["relationship"]),
        )
        for one in value
    )


def _ticks(value: Any) -> str:
    words = {option.value: str(option.label) for option in new_ticks()}
    return ", ".join(words.get(one, one) for one in value)


_WORDS: dict[str, Callable[[Any], str]] = {
    "sex": _sex,
    "birth": _birth,
    "age": _age,
    "nationality": _nationality,
    "languages": _languages,
    "documents": _documents,
    "group": _group,
    "urgent_needs": _ticks,
    "location": names_in,
}
