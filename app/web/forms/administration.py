"""Forms of the administrator: an account, a machine's token, a desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g
from flask_babel import gettext, lazy_gettext

from app.locale import language_of
from app.web.fields import (
    CheckboxesField,
    Choices,
    CodeField,
    ConfirmField,
    HiddenField,
    IntegerField,
    Option,
    RadiosField,
    SelectField,
    SubmitField,
    TextField,
)
from app.web.forms.base import PageForm
from app.web.office_words import ROLES, named
from app.work import engines
from workflows.administration import PlaceChoice
from workflows.network import ServiceShown


def _roles() -> list[Option]:
    hints = {
        "border_official": gettext("Works at a post"),
        "protection_officer": gettext("Works for one or more desks"),
        "supervisor": gettext("Keeps the clocks and figures of an agency"),
        "administrator": gettext("Keeps accounts and desks; sees no person"),
        "monitor": gettext("Watches; changes nothing"),
    }
    return [Option(value=r.value, label=text, hint=hints[r.value]) for r, text in ROLES.items()]


def _listed(kind: str) -> tuple[tuple[str, str], ...]:
    """(code, label), by label; a desk is named after its agency, since many are called by their town."""
    found = [(choice.code, _label(choice)) for choice in getattr(g.place_choices, kind)]
    return tuple(sorted(found, key=lambda pair: pair[1].casefold()))


def _label(choice: PlaceChoice) -> str:
    own, within = named(choice.names), named(choice.within)
    return f"{within}: {own}" if within and within != own else own


def _languages() -> Choices:
    codes = engines().settings.languages
    return Choices(((None, tuple((code, language_of(code).name) for code in codes)),))


class RoleForm(PageForm):
    """What an account is, and where it belongs."""

    role = RadiosField(lazy_gettext("Role"), options=_roles, required=lazy_gettext("Choose a role"))
    agency = SelectField(
        lazy_gettext("Agency"),
        choices=lambda: Choices(((None, _listed("agencies")),)),
        required=lazy_gettext("Choose the agency"),
    )
    post = SelectField(
        lazy_gettext("Post"),
        hint=lazy_gettext("For border officials."),
        choices=lambda: Choices(((None, _listed("posts")),)),
        optional=True,
    )
    desks = CheckboxesField(
        lazy_gettext("Desks"),
        hint=lazy_gettext("For protection officers."),
        options=lambda: [Option(value=code, label=text) for code, text in _listed("desks")],
        optional=True,
    )
    staff_number = TextField(
        lazy_gettext("Staff number of the holder"),
        hint=lazy_gettext(
            "Two accounts of one person do not approve for each other. Only a keyed token of it is kept."
        ),
        optional=True,
        max_length=40,
    )
    submit = SubmitField(lazy_gettext("Change the role"))


class UserForm(RoleForm):
    """A new account."""

    name = CodeField(
        lazy_gettext("Sign-in name"),
        hint=lazy_gettext("Not a real name: letters, digits, point, hyphen, underline."),
        required=lazy_gettext("Enter a sign-in name"),
        max_length=60,
    )
    language = SelectField(
        lazy_gettext("Language"),
        choices=_languages,
        required=lazy_gettext("Choose a language"),
    )
    needs_passkey = ConfirmField(
        lazy_gettext("Opens by passkey only, which is made at the first sign-in"),
    )
    submit = SubmitField(lazy_gettext("Make the account"))


class TokenForm(PageForm):
    """A machine's right to the API, as one account."""

    label = TextField(
        lazy_gettext("What it is for"),
        required=lazy_gettext("Say what the token is for"),
        max_length=80,
    )
    days = IntegerField(
        lazy_gettext("Days until it ends"),
        least=1,
        most=366,
        required=lazy_gettext("Enter a number of days"),
    )
    submit = SubmitField(lazy_gettext("Issue the token"))


class DeskForm(PageForm):
    """Open or closed, and whether what it offers was verified. Places are added by `desk_form`."""

    open = RadiosField(
        lazy_gettext("This desk"),
        options=lambda: [
            Option(value="yes", label=gettext("Takes referrals")),
            Option(value="no", label=gettext("Is closed: nothing new is sent to it")),
        ],
        required=lazy_gettext("Choose whether the desk takes referrals"),
    )
    verified = ConfirmField(
        lazy_gettext("The desk has confirmed today what is on this page"),
    )
    version = HiddenField()
    submit = SubmitField(lazy_gettext("Save"))


def desk_form(services: Sequence[ServiceShown], words: dict[str, str], **given: Any) -> DeskForm:
    """The form of one desk: one field of places for each service."""
    fields = {
        places_field(service): IntegerField(
            f"{words.get(service.need, service.need)} ({service.area})",
            hint=lazy_gettext("How many referrals at once; empty where no limit is known."),
            least=0,
            most=9999,
        )
        for service in services
    }
    form: DeskForm = type("DeskFormWithPlaces", (DeskForm,), fields)(**given)
    return form


def places_field(service: ServiceShown) -> str:
    """The name of a service's field."""
    return f"places_{service.id.hex}"
