"""What every schema shares: unknown names are refused, text is clean and bounded, a load gives a command.

Meaning that needs the database or the pack (does this case exist, may this fact be answered) is the
workflow's. Messages are written in English and put into the reader's language when they are made.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import gettext
from marshmallow import RAISE, Schema, ValidationError, fields, post_load

#: Overrides and embeddings can make one name look like another (Unicode Technical Report 36, 2.5).
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: What a column of whole numbers holds; nobody has answered as often.
MOST_SEEN = 2**31 - 1
_COUNTRY = re.compile(r"[A-Z]{3}\Z")
_CODE = re.compile(r"[A-Za-z0-9._-]{1,60}\Z")


class CommandSchema(Schema):
    """A schema whose `load` gives the command it names."""

    command: ClassVar[type]

    class Meta:
        """Strict: a name that is not known is a mistake, never ignored."""

        unknown = RAISE

    @post_load
    def make_command(self, data: Mapping[str, Any], **_: Any) -> Any:
        """The frozen command of the workflow."""
        return self.command(**data)


class Text(fields.String):
    """Text of at most `most` characters, in Unicode NFC, without outer space and hidden characters.

    `lines`: line feeds and tabs may stay. `blank`: may be empty.
    """

    def __init__(
        self, *, most: int = 200, lines: bool = False, blank: bool = False, **rest: Any
    ) -> None:
        super().__init__(**rest)
        self.most = most
        self.lines = lines
        self.blank = blank

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> str:
        text = unicodedata.normalize("NFC", super()._deserialize(value, attr, data, **rest)).strip()
        if any(_hidden(character, lines=self.lines) for character in text):
            raise ValidationError(gettext("There are hidden characters that cannot be kept."))
        if len(text) > self.most:
            raise ValidationError(
                gettext(
                    "At most %(limit)s characters fit here. You entered %(length)s.",
                    limit=self.most,
                    length=len(text),
                )
            )
        if not text and not self.blank:
            raise ValidationError(gettext("Enter something here."))
        return text


def _hidden(character: str, *, lines: bool) -> bool:
    if lines and character in "\n\t":
        return False
    return unicodedata.category(character) in {"Cc", "Cs"} or character in _TURNS


class Code(Text):
    """A short code: letters, digits, point, hyphen and underline."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> str:
        text = super()._deserialize(value, attr, data, **rest)
        if not _CODE.match(text):
            raise ValidationError(gettext("Choose one from the list."))
        return text


class OneOf(Code):
    """One word of a closed list, given as a set of words or read when it is needed."""

    def __init__(self, words: Any, **rest: Any) -> None:
        super().__init__(**rest)
        self.words = words

    def _deserialize(self, value: Any, attr: str | None, data: Any, **rest: Any) -> str:
        text = super()._deserialize(value, attr, data, **rest)
        if text not in (self.words() if callable(self.words) else self.words):
            raise ValidationError(gettext("Choose one from the list."))
        return text


class WholeNumber(fields.Integer):
    """A whole number from `least` to `most`; a decimal or a number in text is refused."""

    def __init__(self, *, least: int, most: int, **rest: Any) -> None:
        super().__init__(strict=True, **rest)
        self.least = least
        self.most = most

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        number = super()._validated(value)
        if not self.least <= number <= self.most:
            raise ValidationError(
                gettext(
                    "Enter a whole number from %(least)s to %(most)s.",
                    least=self.least,
                    most=self.most,
                )
            )
        return number


def flat(messages: Mapping[str, Any]) -> dict[str, list[str]]:
    """Nested messages of a schema as {first name: [sentences]}, for the fields of a form."""
    return {name: list(_sentences(found)) for name, found in messages.items()}


def _sentences(found: Any) -> list[str]:
    if isinstance(found, Mapping):
        nested = [sentence for part in found.values() for sentence in _sentences(part)]
        return list(dict.fromkeys(nested))
    if isinstance(found, list):
        return [str(sentence) for sentence in found]
    return [str(found)]
