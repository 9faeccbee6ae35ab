"""The ground of our form fields: cleaning of typed text, the required message, rendering by a macro.

Each field class names a macro of `templates/parts/fields.html`; the markup lives there, where the
template engine escapes it. What a field refuses here is what no screen may accept (control
characters, too much text, nothing where something is needed). Meaning is checked by the schema.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from flask import current_app
from flask_babel import gettext
from wtforms import Field
from wtforms.validators import StopValidation

if TYPE_CHECKING:
    from markupsafe import Markup

PARTS = "parts/fields.html"
# Line feed and tab are typed by people. Direction overrides and embeddings are not, and let a
# name pretend to be another; the joiners U+200C and U+200D are letters' business in Persian.
TYPED_CONTROLS = frozenset("\n\t")
DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class PartWidget:
    """Renders a field by the macro its class names, of the parts or of another template."""

    def __init__(self, template: str = PARTS) -> None:
        self.template = template

    def __call__(self, field: Control, **options: Any) -> Markup:
        macros = current_app.jinja_env.get_template(self.template).module
        rendered: Markup = getattr(macros, field.part)(field, **options)
        return rendered


class Control(Field):
    """A field with a label, a hint, a required message and a GOV.UK rendering.

    `required` is the message shown when nothing is given (a sentence that says what to enter); None
    means that the field may stay empty, and the label then says so if `optional` is true.
    """

    part: ClassVar[str]
    widget = PartWidget()
    data: Any

    def __init__(
        self,
        label: object = None,
        *,
        hint: object = None,
        required: object = None,
        optional: bool = False,
        label_size: str | None = None,
        heading: bool = False,
        validators: Sequence[Any] = (),
        attributes: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(label, list(validators), **options)
        self.hint = hint
        self.required = required
        self.optional = optional
        self.label_size = label_size
        self.heading = heading
        self.attributes = dict(attributes or {})

    @property
    def hint_id(self) -> str:
        """Id of the hint, for aria-describedby."""
        return f"{self.id}-hint"

    @property
    def error_id(self) -> str:
        """Id of the error message, for aria-describedby."""
        return f"{self.id}-error"

    @property
    def described_by(self) -> str:
        """Ids of what describes the control: hint, then error."""
        ids = [self.hint_id] if self.hint else []
        return " ".join([*ids, self.error_id] if self.errors else ids)

    @property
    def anchor(self) -> str:
        """Where the error summary's link goes: the first thing one can type in."""
        return str(self.id)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was given."""
        return not self.data

    def pre_validate(self, form: object) -> None:
        """Refuse an empty required field; raises StopValidation with its own message."""
        if self.process_errors:
            raise StopValidation
        if self.required and self.is_empty:
            raise StopValidation(str(self.required))


class TypedControl(Control):
    """A field that carries text as somebody typed it.

    `data` is the cleaned text, or None when it is empty. What was typed is kept for showing it
    again, less the characters that cannot be shown.
    """

    multiline: ClassVar[bool] = False

    def __init__(self, label: object = None, *, max_length: int = 200, **options: Any) -> None:
        self.max_length = max_length
        super().__init__(label, **options)

    def process_data(self, value: object) -> None:
        self.data = None if value is None or value == "" else str(value)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if not valuelist:
            return
        text, forbidden = clean(valuelist[0], multiline=self.multiline)
        self.data = text or None
        if forbidden:
            raise ValueError(forbidden_message(str(self.label.text)))
        if len(text) > self.max_length:
            raise ValueError(
                gettext(
                    "%(label)s must be %(limit)s characters or fewer. You entered %(length)s.",
                    label=str(self.label.text),
                    limit=self.max_length,
                    length=len(text),
                )
            )

    @property
    def shown(self) -> str:
        """What the control shows: what was typed, without what cannot be shown."""
        return self.data or ""


def forbidden_message(label: str) -> str:
    """The message for text with control characters in it."""
    return str(
        gettext(
            "%(label)s had hidden characters that cannot be kept. We took them out: check the text.",
            label=label,
        )
    )


def clean(raw: str, *, multiline: bool) -> tuple[str, bool]:
    """`raw` in Unicode NFC without outer space, and whether it held characters that may not stay.

    Line ends are made equal (HTML sends CR LF). In a single line a line end or a tab becomes a space.
    """
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n"))
    if not multiline:
        text = text.replace("\n", " ").replace("\t", " ")
    kept = "".join(letter for letter in text if not is_forbidden(letter))
    return kept.strip(), len(kept) != len(text)


def is_forbidden(letter: str) -> bool:
    """NUL, other controls, lone surrogates, noncharacters and direction overrides."""
    if letter in TYPED_CONTROLS:
        return False
    if letter in DIRECTION_CONTROLS:
        return True
    return unicodedata.category(letter) in {"Cc", "Cs"} or (ord(letter) & 0xFFFE) == 0xFFFE


def plain_digits(text: str) -> str:
    """`text` with the digits of every script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(letter))
        if unicodedata.decimal(letter, None) is not None
        else letter
        for letter in text
    )
