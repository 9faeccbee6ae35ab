"""A form for each form on a child, made from its fields (`workflows.child_fields`)."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask_babel import lazy_gettext

from app.web.child_words import CHOICES, LABELS
from app.web.fields import (
    CheckboxesField,
    ConfirmField,
    HiddenField,
    Option,
    RadiosField,
    SubmitField,
    TextField,
)
from app.web.fields import TextAreaField as Lines
from app.web.forms.base import PageForm
from app.web.office_words import word
from workflows.child_fields import LONG, SHORT, FormField, FormKind, fields_of


@cache
def form_for(kind: FormKind) -> type[PageForm]:
    """The form's class: one control for each field, what the page has seen, and the button."""
    parts: dict[str, Any] = {field.code: _control(field) for field in fields_of(kind)}
    parts["seen"] = HiddenField()
    parts["submit"] = SubmitField(lazy_gettext("Keep this"))
    return type(f"{kind.name.title()}Form", (PageForm,), parts)


def _control(field: FormField) -> Any:
    label = LABELS[field.code]
    must = (
        {"required": lazy_gettext("Choose one of the answers on this page.")}
        if field.required
        else {"optional": True}
    )
    if field.kind == "tick":
        return ConfirmField(label, optional=True)
    if field.kind == "lines":
        return Lines(label, optional=True, rows=3, max_length=LONG)
    if field.kind == "text":
        return TextField(label, optional=True, max_length=SHORT)
    control = RadiosField if field.kind == "one" else CheckboxesField
    return control(label, options=_options(field), **must)


def _options(field: FormField) -> Any:
    def made() -> list[Option]:
        return [Option(value=one, label=word(CHOICES[field.code], one)) for one in field.choices]

    return made


def values_in(form: PageForm, kind: FormKind) -> dict[str, Any]:
    """What is typed, by field."""
    return {field.code: form[field.code].data for field in fields_of(kind)}
