"""Forms of the supervisor: a month, figures, another desk."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext, lazy_gettext

from app.web.fields import (
    CheckboxesField,
    Choices,
    ConfirmField,
    Option,
    RadiosField,
    SelectField,
    SubmitField,
    TextAreaField,
)
from app.web.forms.base import PageForm, coming_day
from app.web.office_words import BASES, named, word
from app.web.supervision.labels import month_label, period_label
from app.web.supervision.tables import table_words
from models.vocabulary import LegalBasis
from workflows.releases import TABLES


def _months() -> Choices:
    return Choices(((None, tuple((month, month_label(month)) for month in g.months)),))


def _periods() -> Choices:
    periods = g.choices.periods
    months = tuple((p, period_label(p)) for p in periods if "Q" not in p)
    quarters = tuple((p, period_label(p)) for p in periods if "Q" in p)
    return Choices(((gettext("Months"), months), (gettext("Quarters"), quarters)))


def _posts() -> Choices:
    posts = g.choices.posts
    return Choices(((None, tuple((code, named(names)) for code, names in posts.items())),))


def _tables() -> list[Option]:
    words = table_words()
    return [Option(value=key, label=words[key]) for key in TABLES]


def _bases() -> list[Option]:
    """Where the pack asks for consent, a legal duty does not stand in for it."""
    wanted = [b for b in LegalBasis if not (g.consent_needed and b is LegalBasis.LEGAL_DUTY)]
    return [Option(value=basis.value, label=word(BASES, basis)) for basis in wanted]


class MonthForm(PageForm):
    """Which month the profiles are of. Sent in the address: it changes nothing."""

    class Meta:
        """Nothing is changed by it, so it carries no token."""

        csrf = False

    month = SelectField(lazy_gettext("Month of the profiles"), choices=_months)


class FiguresForm(PageForm):
    """Which tables, of which period, at which post."""

    class Meta:
        """It asks by address; what takes the files is checked for its token by the door."""

        csrf = False

    period = SelectField(
        lazy_gettext("Period"), choices=_periods, required=lazy_gettext("Choose a period")
    )
    tables = CheckboxesField(
        lazy_gettext("Tables"),
        options=_tables,
        required=lazy_gettext("Choose at least one table"),
    )
    post = SelectField(
        lazy_gettext("Post"),
        choices=_posts,
        blank=lazy_gettext("All posts"),
        optional=True,
    )

    def chosen(self) -> dict[str, Any]:
        """As the schema wants it."""
        return {
            "period": self.period.data or "",
            "tables": list(self.tables.data or ()),
            "post": self.post.data,
        }


class NewDeskForm(PageForm):
    """On what ground a packet goes to another desk."""

    legal_basis = RadiosField(
        lazy_gettext("Ground"), options=_bases, required=lazy_gettext("Choose the ground")
    )
    consented = ConfirmField(
        lazy_gettext("The person was asked anew and agreed to this desk"),
        hint=lazy_gettext("Needed where the ground is consent: it is given for one recipient."),
    )
    consent_until = coming_day(
        lazy_gettext("Until when the person agrees"),
        hint=lazy_gettext("The last day, agreed with the person. It counts where they agree."),
        optional=True,
    )
    note = TextAreaField(
        lazy_gettext("Note to the desk"),
        hint=lazy_gettext("Sealed. Write no name."),
        optional=True,
        max_length=1000,
    )
    submit = SubmitField(lazy_gettext("Send"))
