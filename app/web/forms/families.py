"""The forms of families: the table of members with what they have in common, and the acts on a group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from flask import g
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup
from wtforms.validators import StopValidation

from app.web.births import NoBirth, birth_of
from app.web.choices import render_options
from app.web.controls import Control, PartWidget, clean
from app.web.family_words import CAME_BY, EVIDENCE, JOINED, LEFT, LINK_STATES, SAID_BY, WISHES
from app.web.fields import (
    Choices,
    CodeField,
    HiddenField,
    Option,
    PartialDateField,
    RadiosField,
    SelectField,
    SubmitField,
    TextAreaField,
    country_choices,
)
from app.web.forms.base import PageForm
from app.web.forms.border import (
    NONE,
    ArrivalForm,
    birth_data,
    known_code,
    languages,
    nationalities,
    relationships,
    today,
)
from config.codes import countries
from workflows.families import LEAST, LONGEST, MOST

#: How many rows a page shows at first, and how many more a press brings.
ROWS, MORE = 5, 3
PARTS = ("name", "own_name", "sex", "birth", "relationship")


def _options(words: Mapping[str, object]) -> tuple[Option, ...]:
    return tuple(Option(value=code, label=label) for code, label in words.items())


def _choices(words: Mapping[str, object]) -> Choices:
    return Choices(((None, tuple((code, str(label)) for code, label in words.items())),))


def origins() -> Choices:
    """Countries, those near the post first."""
    codes = tuple(code for code, row in countries().items() if row.kind == "country")
    return country_choices(codes, first=g.near)


@dataclass
class MemberRow:
    """One row as typed, and what is wrong with it, by its parts."""

    typed: dict[str, str] = field(default_factory=lambda: dict.fromkeys(PARTS, ""))
    wrong: dict[str, str] = field(default_factory=dict)
    birth: dict[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed: such a row is left out."""
        return not any(self.typed.values())


class MembersField(Control):
    """The members of a group, a row each. `data` is a list as `NewMemberSchema` reads them.

    A row that is empty is left out; `rows` are all that the page shows.
    """

    part: ClassVar[str] = "members"
    widget = PartWidget("border/parts/members.html")

    def __init__(self, label: object = None, **rest: Any) -> None:
        self.rows = [MemberRow() for _ in range(ROWS)]
        super().__init__(label, **rest)

    def process(self, formdata: Any, *args: Any, **options: Any) -> None:
        """Gather the rows: `<name>-<row>-<part>`, and how many there are in `<name>-rows`."""
        super().process(None, *args, **options)
        self.data = []
        if formdata is None:
            return
        asked = formdata.get(f"{self.name}-rows") or ""
        wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 2 else ROWS
        self.rows = [self._row(formdata, row) for row in range(max(ROWS, min(wanted, MOST)))]

    def _row(self, formdata: Any, row: int) -> MemberRow:
        found = MemberRow()
        for part in PARTS:
            text, hidden = clean(formdata.get(f"{self.name}-{row}-{part}") or "", multiline=False)
            found.typed[part] = text[:200]
            if hidden:
                found.wrong[part] = gettext("There are hidden characters that cannot be kept.")
        return found

    def more(self) -> None:
        """Show some rows more, without looking at what was typed."""
        self.rows += [MemberRow() for _ in range(min(MORE, MOST - len(self.rows)))]

    def pre_validate(self, form: object) -> None:
        """Each row that is not empty has a name, a birth that can be read, and a relationship."""
        super().pre_validate(form)
        filled = [row for row in self.rows if not row.is_empty]
        for place, row in enumerate(filled):
            self._check(row, first=place == 0)
        if any(row.wrong for row in self.rows):
            raise StopValidation(gettext("Look at the rows that are marked."))
        if len(filled) < LEAST:
            raise StopValidation(
                gettext("Enter at least two persons. For one alone there is another page.")
            )
        self.data = [_member(row, first=place == 0) for place, row in enumerate(filled)]

    def _check(self, row: MemberRow, *, first: bool) -> None:
        typed = row.typed
        if not any(letter.isalpha() for letter in typed["name"]):
            row.wrong.setdefault("name", gettext("Enter the name as the person gives it."))
        if not first and not typed["relationship"]:
            row.wrong.setdefault(
                "relationship", gettext("Choose what this person is, as claimed, to the first.")
            )
        try:
            row.birth = birth_of(typed["birth"], today())
        except NoBirth as error:
            row.wrong.setdefault("birth", str(error))

    def mark(self, member: int, part: str, message: str) -> None:
        """Say at the row of the n-th member (from 1) what a workflow did not take."""
        filled = [row for row in self.rows if not row.is_empty]
        row = filled[member - 1] if 0 < member <= len(filled) else self.rows[0]
        row.wrong[part if part in PARTS else "name"] = message
        self.errors = [gettext("Look at the rows that are marked.")]

    @property
    def anchor(self) -> str:
        for place, row in enumerate(self.rows):
            for part in PARTS:
                if part in row.wrong:
                    return f"{self.id}-{place}-{part}"
        return f"{self.id}-0-name"

    @staticmethod
    def kin(chosen: str) -> Markup:
        """The relationships as options of a list."""
        return render_options(relationships(), chosen or None)

    @staticmethod
    def sexes() -> tuple[tuple[str, str], ...]:
        """Codes and words of the list of sexes."""
        return (
            ("F", gettext("Female")),
            ("M", gettext("Male")),
            ("X", gettext("Other")),
            ("U", gettext("Not known")),
        )

    @property
    def can_grow(self) -> bool:
        """Whether another row fits."""
        return len(self.rows) < MOST


def _member(row: MemberRow, *, first: bool) -> dict[str, Any]:
    names = [{"text": row.typed["name"], "kind": "as_given"}]
    if row.typed["own_name"]:
        names.append({"text": row.typed["own_name"], "kind": "own_script"})
    return {
        "names": names,
        "sex": row.typed["sex"] or "U",
        "birth": row.birth,
        "relationship": None if first else row.typed["relationship"],
    }


class CommonForm(PageForm):
    """What the members have in common, typed once."""

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
    came_from = SelectField(lazy_gettext("Came from"), choices=origins)
    came_by = SelectField(lazy_gettext("How they came"), choices=lambda: _choices(CAME_BY))
    phone = CodeField(lazy_gettext("Phone"), optional=True, inputmode="tel", max_length=40)
    contact_wish = SelectField(
        lazy_gettext("How they wish to be reached"), choices=lambda: _choices(WISHES)
    )
    key = HiddenField(max_length=64)

    shown_as: ClassVar[Mapping[str, str]] = {
        "nationalities": "nationality",
        "languages": "language",
        "common": "nationality",
    }


def common_data(form: CommonForm, post: str) -> dict[str, Any]:
    """The common facts as `CommonSchema` reads them."""
    return {
        "post": post,
        "no_nationality": form.nationality.data == NONE,
        "nationalities": known_code(form.nationality.data),
        "languages": known_code(form.language.data),
        "interpreter": {"yes": True, "no": False}.get(form.interpreter.data or ""),
        "came_from": form.came_from.data or None,
        "came_by": form.came_by.data or None,
        "phone": form.phone.data or None,
        "contact_wish": form.contact_wish.data or None,
    }


class FamilyForm(CommonForm):
    """A family or another group, on one page."""

    members = MembersField(lazy_gettext("Who travels together"))
    submit = SubmitField(lazy_gettext("Register all"))


class MemberForm(CommonForm):
    """Somebody new in a group: the group's values are filled in and may be changed."""

    name = ArrivalForm.name
    own_name = ArrivalForm.own_name
    sex = ArrivalForm.sex
    birth = PartialDateField(lazy_gettext("Date of birth"), today=today)
    relationship = SelectField(
        lazy_gettext("What they are, as claimed, to the person of this page"),
        choices=relationships,
        required=lazy_gettext("Choose what the person is, as claimed."),
    )
    joined = RadiosField(
        lazy_gettext("How did the person come into the group?"),
        options=lambda: _options(JOINED),
        required=lazy_gettext("Choose how the person came into the group."),
    )
    submit = SubmitField(lazy_gettext("Register into this group"))

    shown_as: ClassVar[Mapping[str, str]] = {**CommonForm.shown_as, "member": "name"}


def member_data(form: MemberForm) -> dict[str, Any]:
    """The new member as `NewMemberSchema` reads it."""
    names = [{"text": form.name.data or "", "kind": "as_given"}]
    if form.own_name.data:
        names.append({"text": form.own_name.data, "kind": "own_script"})
    return {
        "names": names,
        "sex": form.sex.data or "U",
        "birth": birth_data(form.birth),
        "relationship": form.relationship.data or None,
    }


class JoinForm(PageForm):
    """Somebody who is registered already, by case number."""

    other = CodeField(
        lazy_gettext("Case number"), required=lazy_gettext("Enter the case number."), width=10
    )
    relationship = SelectField(
        lazy_gettext("What they are, as claimed, to the person of this page"),
        choices=relationships,
        required=lazy_gettext("Choose what the person is, as claimed."),
    )
    join = SubmitField(lazy_gettext("Put into this group"))


class LeaveForm(PageForm):
    """Why the person is no more of the group."""

    because = RadiosField(
        lazy_gettext("Why is the person no more of this group?"),
        options=lambda: _options(LEFT),
        required=lazy_gettext("Choose why."),
    )
    says = TextAreaField(lazy_gettext("In words"), optional=True, rows=2, max_length=LONGEST)
    version = HiddenField(max_length=9)
    leave = SubmitField(lazy_gettext("Take out of the group"))


class LinkForm(PageForm):
    """How far a link is known now."""

    state = RadiosField(
        lazy_gettext("How far is it known?"),
        options=lambda: _options(LINK_STATES),
        required=lazy_gettext("Choose how far it is known."),
    )
    said_by = RadiosField(
        lazy_gettext("Who said so?"),
        options=lambda: _options(SAID_BY),
        required=lazy_gettext("Choose who said so."),
    )
    evidence = RadiosField(
        lazy_gettext("What was it looked at by?"), options=lambda: _options(EVIDENCE)
    )
    says = TextAreaField(
        lazy_gettext("What was said or found"),
        hint=lazy_gettext("Shown on the pages of this person only, never on those of the other."),
        optional=True,
        rows=3,
        max_length=LONGEST,
    )
    version = HiddenField(max_length=9)
    submit = SubmitField(lazy_gettext("Keep"))


class ApartForm(PageForm):
    """Who must not learn of the person."""

    away = CodeField(
        lazy_gettext("Case number of whoever must not learn of this person"),
        required=lazy_gettext("Enter the case number."),
        width=10,
    )
    said_by = RadiosField(
        lazy_gettext("Who said so?"),
        options=lambda: _options(
            {code: SAID_BY[code] for code in ("self", "other_member", "official")}
        ),
        required=lazy_gettext("Choose who said so."),
    )
    why = TextAreaField(lazy_gettext("Why"), optional=True, rows=2, max_length=LONGEST)
    keep = SubmitField(lazy_gettext("Keep them apart"))

    shown_as: ClassVar[Mapping[str, str]] = {"other": "away"}
