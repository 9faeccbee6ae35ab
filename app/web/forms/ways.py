"""Forms of how it may go on."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext

from app.web.fields import (
    CheckboxesField,
    Choices,
    Option,
    RadiosField,
    SelectField,
    SubmitField,
    TextAreaField,
    country_choices,
)
from app.web.forms.base import PageForm
from app.web.way_words import ALTERNATIVES, PARTS, SOLUTIONS, THERE
from config.codes import countries


def _options(words: Any) -> list[Option]:
    return [Option(value=str(code), label=text) for code, text in words.items()]


def _countries() -> Choices:
    return country_choices(tuple(countries()))


def _says() -> TextAreaField:
    return TextAreaField(
        lazy_gettext("What the person wishes, and what you told them"),
        hint=lazy_gettext("Sealed. The person hears it with their file."),
        optional=True,
        max_length=1000,
        counted=True,
    )


class AlternativesForm(PageForm):
    """What was offered."""

    alternatives = CheckboxesField(
        lazy_gettext("What was offered?"),
        options=lambda: _options(ALTERNATIVES),
        required=lazy_gettext("Choose what was offered"),
    )
    says = _says()
    submit = SubmitField(lazy_gettext("Record"))


class OnwardForm(PageForm):
    """Which country was left, and whether protection was available there."""

    country = SelectField(
        lazy_gettext("From which country do they move on, or did they come on?"),
        choices=_countries,
        required=lazy_gettext("Choose the country"),
    )
    documents = RadiosField(
        PARTS["documents"], options=lambda: _options(THERE), required=lazy_gettext("Choose one")
    )
    not_sent_back = RadiosField(
        PARTS["not_sent_back"], options=lambda: _options(THERE), required=lazy_gettext("Choose one")
    )
    family = RadiosField(
        PARTS["family"], options=lambda: _options(THERE), required=lazy_gettext("Choose one")
    )
    safety = RadiosField(
        PARTS["safety"], options=lambda: _options(THERE), required=lazy_gettext("Choose one")
    )
    says = _says()
    submit = SubmitField(lazy_gettext("Record"))


class SolutionForm(PageForm):
    """How it ended."""

    solution = RadiosField(
        lazy_gettext("How did it end for the person?"),
        options=lambda: _options(SOLUTIONS),
        required=lazy_gettext("Choose how it ended"),
    )
    says = _says()
    submit = SubmitField(lazy_gettext("Record"))


class ReturnForm(PageForm):
    """To which country somebody goes back."""

    country = SelectField(
        lazy_gettext("To which country?"),
        choices=_countries,
        required=lazy_gettext("Choose the country"),
    )
    says = _says()
    submit = SubmitField(lazy_gettext("Record the return"), kind="warning")
