"""The form of a registration: twelve fields in sight, and what they say in the schema's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

from flask import g
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup
from wtforms.validators import StopValidation

from app.locale import current_language
from app.schemas.arrivals import DOCUMENT_KINDS
from app.web.border.words import other_issuers, spoken_at, state_codes
from app.web.choices import render_options
from app.web.controls import Control, PartWidget, clean
from app.web.dates import AGE, BETWEEN, DAY, SOLAR, YEAR, PartialDate
from app.web.fields import (
    CheckboxesField,
    Choices,
    CodeField,
    HiddenField,
    Option,
    PartialDateField,
    RadiosField,
    SelectField,
    SubmitField,
    TextAreaField,
    TextField,
    country_choices,
    language_choices,
    plain_digits,
)
from app.web.forms.base import PageForm
from app.web.pictograms import pictogram_of
from app.work import engines
from config.codes import rows

NONE, UNKNOWN = "none", "unknown"
ALONE, WITH_OTHERS = "alone", "with"
_COMPANIONS = 2


def today() -> date:
    """The day of the running clock."""
    return engines().clock().date()


def nationalities() -> Choices:
    """The post's neighbours first, then *none* and *not known*, then all countries."""
    extra = ((NONE, gettext("No nationality")), (UNKNOWN, gettext("Not known")))
    return country_choices(state_codes(), first=g.near, extra=extra)


def issuers() -> Choices:
    """Who issues documents: states, and ICAO's codes for those who have none."""
    return country_choices(state_codes(), first=g.near, extra=other_issuers())


def languages() -> Choices:
    """The languages of the post first."""
    codes = tuple(row["code"] for row in rows("languages"))
    return language_choices(codes, first=spoken_at(tuple(g.post.languages)))


def document_kinds() -> Choices:
    """Kinds of documents."""
    return _document_kinds(current_language().code)


@lru_cache(maxsize=32)
def _document_kinds(_language: str) -> Choices:
    words = {
        "passport": gettext("Passport"),
        "identity_card": gettext("Identity card"),
        "refugee_document": gettext("Refugee document or UNHCR card"),
        "stateless_document": gettext("Stateless person's document"),
        "birth_certificate": gettext("Birth certificate"),
        "travel_document": gettext("Other travel document"),
        "other": gettext("Other paper"),
    }
    return Choices(((None, tuple((kind, words[kind]) for kind in DOCUMENT_KINDS)),))


def relationships() -> Choices:
    """What the one at the desk is to the other person, as claimed."""
    return _relationships(current_language().code)


@lru_cache(maxsize=32)
def _relationships(_language: str) -> Choices:
    words = {
        "WIF": gettext("Wife"),
        "HUS": gettext("Husband"),
        "PRM": gettext("Father"),
        "PRF": gettext("Mother"),
        "SON": gettext("Son"),
        "DAU": gettext("Daughter"),
        "SBM": gettext("Brother"),
        "SBF": gettext("Sister"),
    }
    first = tuple(words.items())
    labels = {
        row["code"]: row["label"]
        for row in rows("relationships")
        if row["code"] not in words and row["kin"] != "self"
    }
    others = tuple((code, gettext(label)) for code, label in labels.items())
    return Choices(((gettext("Often"), first), (gettext("All"), others)))


class CompanionsField(Control):
    """Case numbers of people registered already, each with the relationship claimed.

    `data` is a list of {case_number, relationship}; half a row is an error at the field.
    """

    part: ClassVar[str] = "companions"
    widget = PartWidget("border/parts/companions.html")

    def __init__(self, label: object = None, **rest: Any) -> None:
        self.rows: list[tuple[str, str]] = [("", "")] * _COMPANIONS
        super().__init__(label, **rest)

    def process(self, formdata: Any, *args: Any, **options: Any) -> None:
        """Gather the rows (`<name>-<row>-number`, `<name>-<row>-relationship`)."""
        super().process(None, *args, **options)
        self.data = []
        if formdata is None:
            return
        self.rows = []
        for row in range(_COMPANIONS):
            number, hidden = clean(
                plain_digits(formdata.get(f"{self.name}-{row}-number") or ""), multiline=False
            )
            relationship = formdata.get(f"{self.name}-{row}-relationship") or ""
            self.rows.append((number[:40], relationship[:10]))
            if hidden:
                self.process_errors.append(gettext("A case number had hidden characters."))
        self.data = [
            {"case_number": number, "relationship": relationship}
            for number, relationship in self.rows
            if number or relationship
        ]

    def pre_validate(self, form: object) -> None:
        """Both halves of a row, or none."""
        super().pre_validate(form)
        if any(not (row["case_number"] and row["relationship"]) for row in self.data):
            raise StopValidation(
                gettext("Enter the case number and the relationship of each person.")
            )

    @property
    def anchor(self) -> str:
        return f"{self.id}-0-number"

    @staticmethod
    def options(chosen: str) -> Markup:
        """The relationships as options of a list."""
        return render_options(relationships(), chosen or None)


class ArrivalForm(PageForm):
    """Who the person is: one screen, twelve fields."""

    name = TextField(
        lazy_gettext("Name as given"),
        hint=lazy_gettext("As the person says it. One word is enough."),
        required=lazy_gettext("Enter the name as the person gives it."),
        max_length=200,
    )
    own_name = TextField(lazy_gettext("Name in own script"), optional=True, max_length=200)
    sex = RadiosField(
        lazy_gettext("Sex"),
        inline=True,
        options=(
            Option(value="F", label=lazy_gettext("Female")),
            Option(value="M", label=lazy_gettext("Male")),
            Option(value="X", label=lazy_gettext("Other")),
            Option(value="U", label=lazy_gettext("Not known")),
        ),
    )
    birth = PartialDateField(lazy_gettext("Date of birth"), today=today)
    nationality = SelectField(lazy_gettext("Nationality"), choices=nationalities)
    language = SelectField(lazy_gettext("Language to speak"), choices=languages)
    interpreter = RadiosField(
        lazy_gettext("Needs an interpreter"),
        inline=True,
        options=(
            Option(value="yes", label=lazy_gettext("Yes")),
            Option(value="no", label=lazy_gettext("No")),
        ),
    )
    zone = TextAreaField(
        lazy_gettext("Lines at the bottom of the document"),
        hint=lazy_gettext("Scan or type the two or three lines with the many < signs."),
        optional=True,
        rows=3,
        max_length=400,
    )
    document_name = TextField(lazy_gettext("Name in the document"), optional=True, max_length=200)
    document_kind = SelectField(
        lazy_gettext("Document"), choices=document_kinds, blank=lazy_gettext("No document shown")
    )
    document_issuer = SelectField(lazy_gettext("Issued by"), choices=issuers)
    document_number = CodeField(lazy_gettext("Document number"), max_length=40)
    phone = CodeField(lazy_gettext("Phone"), optional=True, inputmode="tel", max_length=40)
    travelling = RadiosField(
        lazy_gettext("Travelling"),
        options=(
            Option(value=ALONE, label=lazy_gettext("Alone")),
            Option(
                value=WITH_OTHERS,
                label=lazy_gettext("With people already registered"),
                reveals="companions",
            ),
            Option(value=UNKNOWN, label=lazy_gettext("With others, or not known")),
        ),
    )
    companions = CompanionsField(lazy_gettext("People already registered"))
    key = HiddenField(max_length=64)
    submit = SubmitField(lazy_gettext("Register"))

    #: From a field of the schema to the field of this form.
    shown_as: ClassVar[Mapping[str, str]] = {
        "names": "name",
        "nationalities": "nationality",
        "no_nationality": "nationality",
        "languages": "language",
        "documents": "document_number",
        "travels_alone": "travelling",
    }


def arrival_data(form: ArrivalForm, post: str) -> dict[str, Any]:
    """What the form says, as the schema reads it."""
    names = [{"text": form.name.data or "", "kind": "as_given"}]
    if form.own_name.data:
        names.append({"text": form.own_name.data, "kind": "own_script"})
    if form.document_name.data:
        names.append({"text": form.document_name.data, "kind": "document"})
    data: dict[str, Any] = {
        "post": post,
        "names": names,
        "sex": form.sex.data or "U",
        "birth": birth_data(form.birth),
        "no_nationality": form.nationality.data == NONE,
        "nationalities": known_code(form.nationality.data),
        "languages": known_code(form.language.data),
        "interpreter": {"yes": True, "no": False}.get(form.interpreter.data or ""),
        "documents": _document(form),
        "phone": form.phone.data or None,
        "travels_alone": {ALONE: True, WITH_OTHERS: False}.get(form.travelling.data or ""),
        "companions": form.companions.data if form.travelling.data == WITH_OTHERS else [],
    }
    return data


def known_code(code: str | None) -> list[str]:
    """A code of a list as the schemas want it: none for *none* and *not known*."""
    return [code] if code and code not in (NONE, UNKNOWN) else []


def _document(form: ArrivalForm) -> list[dict[str, Any]]:
    kind, number = form.document_kind.data, form.document_number.data
    if not (kind or number):
        return []
    return [
        {
            "kind": kind or "other",
            "issuer": form.document_issuer.data or None,
            "number": number or None,
        }
    ]


def birth_data(field: PartialDateField) -> dict[str, Any]:
    """A birth as stated, in Gregorian years. A solar year lies in two Gregorian ones."""
    stated: PartialDate | None = field.data
    if stated is None:
        return {"kind": "unknown"}
    first, last = stated.earliest, stated.latest
    found: dict[str, Any] = {"calendar": stated.calendar}
    if stated.kind == DAY:
        return {**found, "kind": DAY, "year": first.year, "month": first.month, "day": first.day}
    if stated.kind == AGE:
        return {"kind": AGE, "age": int(plain_digits(stated.typed["age"]))}
    if stated.kind == YEAR and stated.calendar != SOLAR:
        return {**found, "kind": YEAR, "year": first.year}
    return {**found, "kind": BETWEEN, "year": first.year, "year_to": last.year}


def new_ticks() -> tuple[Option, ...]:
    """The eight things seen at a glance, with their pictograms."""
    words = {
        "medical": gettext("Needs a doctor"),
        "child_alone": gettext("Child alone"),
        "injury": gettext("Injury"),
        "pregnancy": gettext("Pregnancy"),
        "danger_from_companion": gettext("Danger from a companion"),
        "distress": gettext("Great distress"),
        "food_water": gettext("Food, water, warmth"),
        "weapon": gettext("Weapon or uniform"),
    }
    return tuple(
        Option(value=value, label=label, pictogram=pictogram_of("tick", value))
        for value, label in words.items()
    )


NOTHING_SEEN = "nothing"


class CandidatesForm(PageForm):
    """The fields that may tell whether somebody is already registered."""

    name = ArrivalForm.name
    own_name = ArrivalForm.own_name
    birth = ArrivalForm.birth


class NowForm(PageForm):
    """One look: eight ticks, or that nothing is seen."""

    seen = CheckboxesField(
        lazy_gettext("What do you see?"),
        tiles=True,
        options=lambda: (
            *new_ticks(),
            Option(
                value=NOTHING_SEEN,
                label=gettext("None of these"),
                exclusive=True,
                pictogram=pictogram_of("answer", "none"),
            ),
        ),
        required=lazy_gettext("Tick what you see, or “None of these”."),
    )
    submit = SubmitField(lazy_gettext("Continue"))


class SearchForm(PageForm):
    """One box: a case number or a name. It is sent in the body, never in an address."""

    text = TextField(
        lazy_gettext("Name or case number"),
        required=lazy_gettext("Enter a name or a case number."),
        max_length=200,
        width=30,
    )
    submit = SubmitField(lazy_gettext("Search"))
