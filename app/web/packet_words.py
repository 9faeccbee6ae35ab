"""A packet in words: its fields in the order in which a desk reads them, its facts, profiles and safeguards.

What may stand in a packet is decided by the pack; here it is only put into the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext

from app.locale import country_name, current_language, language_name, listed, long_date
from app.web.family_words import CAME_BY, LINK_STATES, WISHES, relationship_word
from app.web.office_words import SEXES, named, word
from workflows.casenumbers import show
from workflows.rules.pack import Pack

URGENT = {
    "medical": lazy_gettext("Needs a doctor now"),
    "injury": lazy_gettext("Injury"),
    "pregnancy": lazy_gettext("Pregnant"),
    "child_alone": lazy_gettext("Child alone"),
    "danger_from_companion": lazy_gettext("Danger from a companion"),
    "weapon": lazy_gettext("Weapon"),
    "food_water": lazy_gettext("Food or water"),
    "distress": lazy_gettext("Great distress"),
}
#: Fields of a packet, in the order in which a desk reads them.
FIELDS = {
    "name": lazy_gettext("Name as given"),
    "own_script_name": lazy_gettext("Name in own script"),
    "other_names": lazy_gettext("Name in a document"),
    "birth": lazy_gettext("Birth"),
    "sex": lazy_gettext("Sex"),
    "age": lazy_gettext("Age"),
    "nationality": lazy_gettext("Nationality"),
    "ethnicity": lazy_gettext("Ethnic origin"),
    "religion": lazy_gettext("Religion"),
    "languages": lazy_gettext("Languages"),
    "interpreter": lazy_gettext("Interpreter needed"),
    "documents": lazy_gettext("Documents"),
    "contact": lazy_gettext("How to reach the person"),
    "location": lazy_gettext("Where the person is"),
    "arrival": lazy_gettext("Registered on"),
    "route": lazy_gettext("Route"),
    "group": lazy_gettext("Travels with"),
    "urgent_needs": lazy_gettext("Seen at a glance"),
}


def packet_rows(fields: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """The fields of a packet as (label, lines), in the order in which a desk reads them."""
    known = [name for name in FIELDS if name in fields]
    rest = [name for name in fields if name not in FIELDS]
    rows = [
        # Without a value stands what goes along unread.
        (
            word(FIELDS, name),
            [gettext("Goes along, unread by you")]
            if fields[name] is None
            else _lines(name, fields[name]),
        )
        for name in (*known, *rest)
    ]
    return [(label, lines) for label, lines in rows if lines]


def _lines(name: str, value: Any) -> list[str]:
    makers = {
        "sex": lambda: [word(SEXES, value)],
        "age": lambda: [range_text(value)],
        "birth": lambda: [birth_text(value)],
        "nationality": lambda: _nationalities(value),
        "languages": lambda: [language_name(code) for code in value],
        "interpreter": lambda: [_yes_no(value)],
        "location": lambda: [named(value)],
        "arrival": lambda: [_day(value)],
        "documents": lambda: [_pairs(item) for item in value],
        "route": lambda: _route(value),
        "group": lambda: [_companion(item) for item in value],
        "urgent_needs": lambda: [word(URGENT, code) for code in value],
        "contact": lambda: [_contact(part, text) for part, text in value.items()],
    }
    if name in makers:
        return [line for line in makers[name]() if line]
    if isinstance(value, Mapping):
        return [_pairs(value)]
    if isinstance(value, list):
        return [str(item) for item in value]
    return [str(value)]


def range_text(value: Any) -> str:
    """`[15, 17]` as "15 to 17"; an open end as "at least" or "at most"."""
    if not isinstance(value, list) or len(value) != 2:
        return str(value)
    low, high = value
    if low == high:
        return str(low)
    if high is None:
        return gettext("at least %(low)s", low=low)
    if low is None:
        return gettext("at most %(high)s", high=high)
    return gettext("%(low)s to %(high)s", low=low, high=high)


def birth_text(birth: Any) -> str:
    """A birth as stated."""
    if not isinstance(birth, Mapping):
        return str(birth)
    kind = birth.get("kind")
    if kind == "date":
        day = date(birth["year"], birth["month"], birth["day"])
        return long_date(day)
    if kind == "age":
        on = str(birth.get("on") or "")
        return gettext("%(age)s years old on %(day)s, as stated", age=birth["age"], day=_day(on))
    if kind == "between":
        return gettext("%(low)s to %(high)s", low=birth["year"], high=birth["year_to"])
    return str(birth["year"]) if kind == "year" else gettext("Not known")


def facts_in_words(pack: Pack, facts: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """The facts of a packet as (what was asked, lines)."""
    language = current_language().code
    return [
        (pack.text(f"fact.{fact}", language), [_fact_value(pack, fact, value, language)])
        for fact, value in facts.items()
        if fact in pack.facts
    ]


def _fact_value(pack: Pack, fact: str, value: Any, language: str) -> str:
    def option(code: str) -> str:
        labels = pack.facts[fact].labels
        return pack.text(f"fact.{fact}.{code}", language) if code in labels else code

    if isinstance(value, Mapping):
        if "one of" in value:
            return gettext(" or ").join(option(code) for code in value["one of"])
        return listed(f"{option(code)}: {_yes_no(said)}" for code, said in value.items())
    if isinstance(value, list):
        return range_text(value)
    return _yes_no(value)


def need_in_words(pack: Pack, need: str) -> str:
    """What is needed."""
    if need not in pack.needs:
        return need
    return pack.text(f"need.{need}", current_language().code)


def profiles_in_words(pack: Pack, profiles: Mapping[str, str]) -> list[tuple[str, str, list[str]]]:
    """The profiles of a packet as the macro `grades` takes them."""
    language = current_language().code
    return [
        (pack.text(f"profile.{code}", language), grade, [])
        for code, grade in profiles.items()
        if code in pack.profiles
    ]


def _nationalities(value: Any) -> list[str]:
    if value == "none":
        return [gettext("None (stateless, as stated)")]
    return [country_name(code) for code in value]


def _yes_no(value: Any) -> str:
    words = {True: gettext("Yes"), False: gettext("No"), "yes": gettext("Yes"), "no": gettext("No")}
    return str(words.get(value, value))


def _day(text: str) -> str:
    try:
        return long_date(date.fromisoformat(text))
    except ValueError:
        return text


def _pairs(item: Any) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    return listed(str(part) for part in item.values() if part not in (None, "", [], {}))


def _route(value: Any) -> list[str]:
    """From where and how somebody came."""
    if not isinstance(value, Mapping):
        return [str(value)]
    country, by = value.get("came_from"), value.get("came_by")
    return [country_name(str(country))] * bool(country) + [word(CAME_BY, by)] * bool(by)


def _contact(part: str, text: Any) -> str:
    return word(WISHES, text) if part == "wish" else str(text)


def _companion(item: Mapping[str, Any]) -> str:
    """A claimed link: what the person is to the other, or the other to them; how far; who must not know."""
    number = show(str(item.get("to") or ""))
    said = [gettext("Must not learn of this person: %(number)s", number=number)]
    if item.get("relationship"):
        kin = relationship_word(str(item["relationship"]))
        said = said if item.get("must_not_know") else []
        said.append(
            gettext("%(number)s to this person: %(kin)s", number=number, kin=kin)
            if item.get("of") == "other"
            else gettext("This person to %(number)s: %(kin)s", number=number, kin=kin)
        )
        said.append(word(LINK_STATES, item.get("link", "pending")))
    return ". ".join(said)
