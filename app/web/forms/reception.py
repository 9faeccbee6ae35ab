"""Forms of reception: a site, a room and whom it is for, a bed, why somebody left, more people than beds."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext, lazy_gettext

from app.web.fields import (
    CheckboxesField,
    ConfirmField,
    HiddenField,
    IntegerField,
    Option,
    RadiosField,
    SubmitField,
    TextAreaField,
    TextField,
)
from app.web.forms.base import PageForm
from app.web.reception_words import APART, LEFT, OUT, OVER
from app.web.service_words import AGES, COMPANIES, SEXES


def _options(words: Any, *left_out: str) -> list[Option]:
    return [Option(value=code, label=text) for code, text in words.items() if code not in left_out]


def _time_field() -> TextField:
    return TextField(
        lazy_gettext("At what time?"),
        hint=lazy_gettext("Of today, as 14:30. Empty: now."),
        optional=True,
        width=5,
        direction="ltr",
        max_length=5,
    )


class SiteForm(PageForm):
    """A house."""

    name = TextField(
        lazy_gettext("Name of the site"),
        hint=lazy_gettext("A house, centre or camp. Never the name of a person."),
        required=lazy_gettext("Enter the name of the site"),
        max_length=80,
    )
    submit = SubmitField(lazy_gettext("Add the site"))


class RoomForm(PageForm):
    """A room."""

    label = TextField(
        lazy_gettext("Room"),
        hint=lazy_gettext("As on its door, such as B 12."),
        width=10,
        required=lazy_gettext("Enter what is on its door"),
        max_length=40,
    )
    beds = IntegerField(
        lazy_gettext("Beds"), least=1, most=999, required=lazy_gettext("Enter how many beds it has")
    )
    out_of_use = IntegerField(lazy_gettext("Of these out of use"), least=0, most=999, optional=True)
    out_reason = RadiosField(
        lazy_gettext("Why are beds out of use?"),
        hint=lazy_gettext("Only if some are."),
        options=lambda: _options(OUT),
        optional=True,
    )
    open = RadiosField(
        lazy_gettext("This room"),
        options=lambda: [
            Option(value="yes", label=gettext("May be used")),
            Option(value="no", label=gettext("Is shut: nobody new sleeps there")),
        ],
        required=lazy_gettext("Choose whether the room may be used"),
    )
    sexes = CheckboxesField(
        lazy_gettext("Only for"),
        hint=lazy_gettext("Nothing ticked: for everybody."),
        options=lambda: _options(SEXES),
        optional=True,
    )
    ages = CheckboxesField(
        lazy_gettext("Only for these ages"), options=lambda: _options(AGES), optional=True
    )
    companies = CheckboxesField(
        lazy_gettext("Only for those"), options=lambda: _options(COMPANIES), optional=True
    )
    children_until = IntegerField(
        lazy_gettext("Children of the other sex with their family, up to which age"),
        hint=lazy_gettext("Empty: at no age."),
        least=0,
        most=17,
        optional=True,
    )
    version = HiddenField()
    submit = SubmitField(lazy_gettext("Save"))


class PlaceForm(PageForm):
    """A bed. The rooms and the family are the view's: `g.rooms`, `g.family`."""

    room_id = RadiosField(
        lazy_gettext("Which room?"),
        options=lambda: g.rooms,
        required=lazy_gettext("Choose the room"),
    )
    members = CheckboxesField(
        lazy_gettext("Family in your care who come along"),
        options=lambda: g.family,
        optional=True,
    )
    apart = RadiosField(
        lazy_gettext("Why do some of the family sleep elsewhere?"),
        hint=lazy_gettext("Only if not all are together."),
        options=lambda: _options(APART),
        optional=True,
    )
    asked_alone = ConfirmField(
        lazy_gettext("The child was asked alone, and wants to stay with this adult"),
        hint=lazy_gettext("Needed where nobody has verified that they are family."),
    )
    here = RadiosField(
        lazy_gettext("When?"),
        options=lambda: [
            Option(value="yes", label=gettext("They are here")),
            Option(value="no", label=gettext("They are expected: keep the bed")),
        ],
        required=lazy_gettext("Choose whether they are here"),
    )
    at = _time_field()
    note = TextAreaField(
        lazy_gettext("What whoever runs the house must know"),
        hint=lazy_gettext("Sealed. The person hears it with their file."),
        optional=True,
        rows=2,
        max_length=1000,
    )
    submit = SubmitField(lazy_gettext("Give the bed"))


class LeaveForm(PageForm):
    """Why somebody no longer sleeps there."""

    reason = RadiosField(
        lazy_gettext("Why?"),
        options=lambda: _options(LEFT, "moved", "transferred"),
        required=lazy_gettext("Choose why"),
    )
    left_at = _time_field()
    submit = SubmitField(lazy_gettext("The bed is free again"), kind="secondary")


class OverfullForm(PageForm):
    """More people than beds, for a time, and why."""

    extra = IntegerField(
        lazy_gettext("How many more people than beds"),
        hint=lazy_gettext("0 ends it."),
        least=0,
        most=50,
        required=lazy_gettext("Enter a number"),
    )
    days = IntegerField(
        lazy_gettext("For how many days"), least=1, most=14, required=lazy_gettext("Enter a number")
    )
    reason = RadiosField(
        lazy_gettext("Why?"),
        options=lambda: _options(OVER),
        required=lazy_gettext("Choose why"),
    )
    note = TextAreaField(
        lazy_gettext("Your reasons"),
        hint=lazy_gettext("Sealed. They stand with your name. Write of nobody."),
        optional=True,
        max_length=500,
    )
    version = HiddenField()
    submit = SubmitField(lazy_gettext("Allow it"))
