"""Every form field of the web pages, under one roof: import from here.

Text, choices, uncertain dates, buttons, and the errors of a form as the error summary wants them.
The markup is in `templates/parts/fields.html`. These fields render and carry; what a value means is
decided by the schema, whose errors come back through `add_errors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import gettext
from wtforms import Field, Form

from app.web.choices import (
    ANSWERS,
    DECLINED,
    DOES_NOT_KNOW,
    IN_PRIVATE,
    NO,
    PRIVATE,
    YES,
    AnswerField,
    CheckboxesField,
    Choices,
    ConfirmField,
    Option,
    RadiosField,
    SelectField,
    country_choices,
    language_choices,
)
from app.web.controls import Control, TypedControl, clean, plain_digits
from app.web.dates import PartialDate, PartialDateField

__all__ = [
    "ANSWERS",
    "DECLINED",
    "DOES_NOT_KNOW",
    "IN_PRIVATE",
    "NO",
    "PRIVATE",
    "YES",
    "AnswerField",
    "CheckboxesField",
    "Choices",
    "CodeField",
    "ConfirmField",
    "HiddenField",
    "IntegerField",
    "Option",
    "PartialDate",
    "PartialDateField",
    "PasswordField",
    "RadiosField",
    "SelectField",
    "SubmitField",
    "TextAreaField",
    "TextField",
    "add_errors",
    "clean",
    "country_choices",
    "error_list",
    "language_choices",
    "plain_digits",
]


class TextField(TypedControl):
    """One line of text. By default nothing is suggested, remembered or corrected by the browser.

    `direction`: `auto` for names and free text (the script decides), `ltr` for codes.
    `width`: characters (2, 3, 4, 5, 10, 20, 30) or None for the whole column.
    """

    part: ClassVar[str] = "text"
    type: ClassVar[str] = "text"

    def __init__(
        self,
        label: object = None,
        *,
        width: int | None = None,
        direction: str = "auto",
        lang: str | None = None,
        inputmode: str | None = None,
        autocomplete: str = "off",
        spellcheck: bool = False,
        **rest: Any,
    ) -> None:
        super().__init__(label, **rest)
        self.width = width
        self.direction = direction
        self.lang = lang
        self.inputmode = inputmode
        self.autocomplete = autocomplete
        self.spellcheck = spellcheck


class CodeField(TextField):
    """A case number, code or document number: left to right, digits of every script made plain."""

    def __init__(self, label: object = None, **rest: Any) -> None:
        rest.setdefault("direction", "ltr")
        rest.setdefault("width", 20)
        rest.setdefault("max_length", 64)
        super().__init__(label, **rest)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata([plain_digits(value) for value in valuelist[:1]])


class IntegerField(CodeField):
    """A whole number from `least` to `most`. `data` is an int, or None when empty."""

    def __init__(
        self, label: object = None, *, least: int = 0, most: int = 9999, **rest: Any
    ) -> None:
        rest.setdefault("width", 4)
        rest.setdefault("inputmode", "numeric")
        super().__init__(label, **rest)
        self.least = least
        self.most = most

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if not valuelist:
            # Not sent at all: what the field was made with stays, and is a number already.
            return
        super().process_formdata(valuelist)
        self._typed = self.data or ""
        if self.data is None:
            return
        text, self.data = self.data, None
        if not (text.isascii() and text.isdigit()) or not self.least <= int(text) <= self.most:
            raise ValueError(
                gettext(
                    "%(label)s must be a whole number from %(least)s to %(most)s.",
                    label=str(self.label.text),
                    least=self.least,
                    most=self.most,
                )
            )
        self.data = int(text)

    def process_data(self, value: object) -> None:
        self.data = value
        self._typed = "" if value is None else str(value)

    @property
    def is_empty(self) -> bool:
        return self.data is None

    @property
    def shown(self) -> str:
        return self._typed


class PasswordField(TextField):
    """A secret: never shown again, never cleaned, never suggested unless the page says so."""

    part: ClassVar[str] = "password"
    type: ClassVar[str] = "password"

    def __init__(self, label: object = None, **rest: Any) -> None:
        rest.setdefault("autocomplete", "current-password")
        rest.setdefault("max_length", 256)
        super().__init__(label, **rest)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = (valuelist[0] or None) if valuelist else None
        if self.data is not None and len(self.data) > self.max_length:
            raise ValueError(
                gettext(
                    "%(label)s must be %(limit)s characters or fewer.",
                    label=str(self.label.text),
                    limit=self.max_length,
                )
            )

    @property
    def shown(self) -> str:
        return ""


class TextAreaField(TextField):
    """Several lines. `counted` shows how many characters are left (with script)."""

    part: ClassVar[str] = "textarea"
    multiline: ClassVar[bool] = True

    def __init__(
        self, label: object = None, *, rows: int = 4, counted: bool = False, **rest: Any
    ) -> None:
        rest.setdefault("max_length", 4000)
        super().__init__(label, **rest)
        self.rows = rows
        self.counted = counted


class HiddenField(TypedControl):
    """A value the page carries, such as a version; never trusted more than a typed one."""

    part: ClassVar[str] = "hidden"


class SubmitField(Field):
    """A button. `data` is true when it was the one pressed.

    `kind`: `primary`, `secondary` or `warning`. `key`: the letter that presses it (see keys.js).
    """

    part: ClassVar[str] = "submit"
    widget = Control.widget

    def __init__(
        self,
        label: object = None,
        *,
        kind: str = "primary",
        key: str | None = None,
        value: str = "1",
        **rest: Any,
    ) -> None:
        super().__init__(label, **rest)
        self.kind = kind
        self.key = key
        self.value = value

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = bool(valuelist and valuelist[0])


def add_errors(form: Form, errors: Mapping[str, Iterable[object]]) -> None:
    """Put the schema's errors back to their fields; what names no field goes to the form as a whole.

    `errors`: field name to messages, as marshmallow gives them.
    """
    for name, messages in errors.items():
        field = form._fields.get(name)
        target = form.form_errors if field is None else field
        if field is None:
            target.extend(str(message) for message in messages)
        else:
            field.errors = [*field.errors, *(str(message) for message in messages)]


def error_list(form: Form) -> list[tuple[str, str]]:
    """(anchor, message) of everything wrong, in the order of the page, for the error summary."""
    found = [("main-content", str(message)) for message in form.form_errors]
    for field in form:
        anchor = getattr(field, "anchor", field.id)
        found.extend((anchor, str(message)) for message in field.errors)
    return found
