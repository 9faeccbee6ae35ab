"""The form in which a desk says what it offers: where, to whom, when, in which languages, for how many."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext, lazy_gettext

from app.locale import language_name, sorted_by_name
from app.schemas.services import ALWAYS_OPEN, UNKNOWN, WEEK
from app.web.fields import (
    CheckboxesField,
    Choices,
    HiddenField,
    IntegerField,
    Option,
    RadiosField,
    SelectField,
    SubmitField,
    TextAreaField,
    TextField,
)
from app.web.forms.base import PageForm
from app.web.service_words import AGES, COMPANIES, DAY_WORDS, area_word
from config.codes import language_codes
from models.vocabulary import Sex
from workflows.directory import Terms
from workflows.opening import ALWAYS, DAYS, write_day


def _languages() -> list[Option]:
    """The desk's own languages first, so that they are not looked for."""
    named = sorted_by_name(language_codes(), language_name)
    own = set(g.get("own_languages", ()))
    ordered = sorted(named, key=lambda pair: pair[0] not in own)
    return [Option(value=code, label=label) for code, label in ordered]


def _options(words: Any) -> list[Option]:
    return [Option(value=code, label=label) for code, label in words.items()]


def _hour_kinds() -> list[Option]:
    return [
        Option(value=ALWAYS_OPEN, label=gettext("Day and night, every day")),
        Option(value=WEEK, label=gettext("By the hours below")),
        Option(value=UNKNOWN, label=gettext("We cannot say")),
    ]


def _day(day: str) -> TextField:
    return TextField(DAY_WORDS[day], width=20, direction="ltr", max_length=80)


class ServiceForm(PageForm):
    """An entry of the directory."""

    open = RadiosField(
        lazy_gettext("This service"),
        options=lambda: [
            Option(value="yes", label=gettext("Takes people")),
            Option(value="no", label=gettext("Is shut: nobody new is sent to it")),
        ],
        required=lazy_gettext("Choose whether the service takes people"),
    )
    capacity = IntegerField(
        lazy_gettext("Places"),
        hint=lazy_gettext("How many people at once; empty where there is no limit."),
        least=0,
        most=9999,
    )
    hours = RadiosField(
        lazy_gettext("When is the door open?"),
        options=_hour_kinds,
        required=lazy_gettext("Choose when the door is open"),
    )
    mon, tue, wed, thu = _day("mon"), _day("tue"), _day("wed"), _day("thu")
    fri, sat, sun = _day("fri"), _day("sat"), _day("sun")
    closed_days = TextAreaField(
        lazy_gettext("Days on which it is closed"),
        hint=lazy_gettext("One a line, as 2026-12-16."),
        optional=True,
        rows=3,
        max_length=1000,
    )
    sexes = CheckboxesField(
        lazy_gettext("Only for"),
        hint=lazy_gettext("Nothing ticked: for everybody."),
        options=lambda: [
            Option(value=Sex.FEMALE.value, label=gettext("Women and girls")),
            Option(value=Sex.MALE.value, label=gettext("Men and boys")),
        ],
    )
    ages = CheckboxesField(lazy_gettext("Only for these ages"), options=lambda: _options(AGES))
    companies = CheckboxesField(lazy_gettext("Only for those"), options=lambda: _options(COMPANIES))
    languages = CheckboxesField(lazy_gettext("Languages spoken"), options=_languages)
    version = HiddenField()
    submit = SubmitField(lazy_gettext("Save: all this is true today"))


class NewServiceForm(ServiceForm):
    """The same with the need and the area."""

    need = SelectField(
        lazy_gettext("Need"),
        choices=lambda: Choices(((None, tuple(g.may_add)),)),
        required=lazy_gettext("Choose the need"),
    )
    area = RadiosField(
        lazy_gettext("Where"),
        options=lambda: [Option(value=code, label=area_word(code)) for code in g.own_areas],
        required=lazy_gettext("Choose where it serves"),
    )


def shown(terms: Terms) -> dict[str, Any]:
    """What an entry says, as the form is filled in."""
    known: dict[str, Any] = {
        "open": "yes" if terms.open else "no",
        "capacity": terms.capacity,
        "hours": _kind(terms),
        "closed_days": "\n".join(day.isoformat() for day in terms.closed_days),
        "sexes": [one.value for one in terms.sexes],
        "ages": [one.value for one in terms.ages],
        "companies": [one.value for one in terms.companies],
        "languages": list(terms.languages),
    }
    if known["hours"] == WEEK:
        known |= {day: write_day((terms.weekly or {}).get(day, ())) for day in DAYS}
    return known


def _kind(terms: Terms) -> str:
    if terms.weekly is None:
        return UNKNOWN
    plain = {day: [tuple(span) for span in spans] for day, spans in terms.weekly.items()}
    return ALWAYS_OPEN if plain == {day: list(ALWAYS[day]) for day in DAYS} else WEEK


def typed(form: ServiceForm) -> dict[str, Any]:
    """What was typed, as the schema reads it."""
    days = {day: form[day].data or "" if form.hours.data == WEEK else "" for day in DAYS}
    return {
        **days,
        "hours": form.hours.data or "",
        "closed_days": form.closed_days.data or "",
        "open": form.open.data == "yes",
        "capacity": form.capacity.data,
        "sexes": form.sexes.data,
        "ages": form.ages.data,
        "companies": form.companies.data,
        "languages": form.languages.data,
    }
