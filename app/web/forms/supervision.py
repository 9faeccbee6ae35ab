"""Forms of the supervisor: a month, figures, another desk."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask_babel import gettext, lazy_gettext

from app.web.dates import iso_day
from app.web.fields import (
    CheckboxesField,
    Choices,
    ConfirmField,
    Option,
    RadiosField,
    SelectField,
    SubmitField,
    TextAreaField,
    TextField,
)
from app.web.forms.base import PageForm, coming_day
from app.web.office_words import BASES, SEXES, named, word
from app.web.supervision.labels import age_label, month_label, period_label
from app.web.supervision.tables import breakdown_words, table_word
from models.vocabulary import AgeBand, LegalBasis, Sex
from workflows.releases import BREAKDOWNS, READY, TABLES, key_of


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
    """The ready-made ones, and whichever else is asked for: by the API any number may have been built."""
    sent = request.form if request.method == "POST" else request.args
    more = [key for key in sent.getlist("tables") if key in TABLES and key not in READY]
    return [Option(value=key, label=table_word(key)) for key in (*READY, *more)]


def _breakdowns() -> Choices:
    words = breakdown_words()
    return Choices(((None, tuple((name, words[name]) for name in BREAKDOWNS)),))


def _sexes() -> Choices:
    return Choices(((None, tuple((code.value, word(SEXES, code)) for code in Sex)),))


def _ages() -> Choices:
    return Choices(((None, tuple((band.value, age_label(band)) for band in AgeBand)),))


def _partners() -> Choices:
    return Choices(((None, tuple((str(one), name) for one, name in g.choices.partners.items())),))


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
    """Which tables, of which period, at which post, of whom, and for which partner."""

    class Meta:
        """It asks by address; what takes the files is checked for its token by the door."""

        csrf = False

    period = SelectField(
        lazy_gettext("Period"), choices=_periods, required=lazy_gettext("Choose a period")
    )
    rows = SelectField(
        lazy_gettext("Lines"), choices=_breakdowns, blank=lazy_gettext("None"), optional=True
    )
    columns = SelectField(
        lazy_gettext("Columns"), choices=_breakdowns, blank=lazy_gettext("None"), optional=True
    )
    tables = CheckboxesField(lazy_gettext("Tables"), options=_tables, optional=True)
    sex = SelectField(
        lazy_gettext("Only of this sex"), choices=_sexes, blank=lazy_gettext("All"), optional=True
    )
    age_band = SelectField(
        lazy_gettext("Only of this age"), choices=_ages, blank=lazy_gettext("All"), optional=True
    )
    agreement = SelectField(
        lazy_gettext("For which partner"),
        choices=_partners,
        blank=lazy_gettext("Nobody: only look"),
        optional=True,
    )
    post = SelectField(
        lazy_gettext("Post"),
        choices=_posts,
        blank=lazy_gettext("All posts"),
        optional=True,
    )

    def chosen(self) -> dict[str, Any]:
        """As the schema wants it. A table that was built is one more."""
        built = [self.built] if self.built else []
        return {
            "period": self.period.data or "",
            "tables": [*(self.tables.data or ()), *built],
            **{name: self[name].data for name in ("post", "sex", "age_band", "agreement")},
        }

    @property
    def built(self) -> str:
        """The key of the table by the chosen lines and columns."""
        return key_of(self.rows.data, self.columns.data or None) if self.rows.data else ""

    def validate(self, extra_validators: Any = None) -> bool:
        """A table at least, and lines that go with its columns."""
        fine: bool = super().validate(extra_validators)
        if not self.rows.data and self.columns.data:
            return self._say(self.rows, gettext("Choose the lines"))
        if self.built and self.built not in TABLES:
            return self._say(
                self.columns, gettext("Lines and columns tell the same. Choose another one.")
            )
        if not self.rows.data and not self.tables.data and not self.tables.errors:
            return self._say(self.tables, gettext("Choose at least one table"))
        return fine

    @staticmethod
    def _say(field: Any, text: str) -> bool:
        field.errors = [text]
        return False


class AgreementForm(PageForm):
    """A partner who may have exact tables, as on the paper that was signed."""

    partner = TextField(
        lazy_gettext("Partner"),
        hint=lazy_gettext("The office that receives the tables."),
        required=lazy_gettext("Write who receives the tables"),
        max_length=120,
    )
    purpose = TextAreaField(
        lazy_gettext("Purpose"),
        hint=lazy_gettext(
            "What the tables are for, as the agreement says it. Write nobody's name."
        ),
        required=lazy_gettext("Write what the tables are for"),
        max_length=400,
    )
    signed_by = TextField(
        lazy_gettext("Who signed for the partner"),
        hint=lazy_gettext("Name and office, as on the paper."),
        required=lazy_gettext("Write who signed"),
        max_length=120,
    )
    ends_on = coming_day(
        lazy_gettext("Last day of the agreement"),
        hint=lazy_gettext("At most two years from today."),
        required=lazy_gettext("Write the last day"),
    )
    submit = SubmitField(lazy_gettext("Record the agreement"))

    def chosen(self) -> dict[str, Any]:
        """As the schema wants it."""
        said = {name: self[name].data or "" for name in ("partner", "purpose", "signed_by")}
        return {**said, "ends_on": iso_day(self.ends_on.data)}


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
