"""The base of every form: a token that may grow stale without losing what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from gettext import NullTranslations
from types import MappingProxyType
from typing import Any, ClassVar

from babel.support import Translations
from flask import g
from flask_babel import get_locale, gettext
from flask_wtf import FlaskForm
from wtforms.i18n import messages_path

from app.schemas.base import flat
from app.schemas.loading import Schema, SchemaRefused, load
from app.web.dates import DAY, PartialDateField
from app.web.fields import add_errors
from workflows.errors import InvalidCommand


class PageForm(FlaskForm):
    """A form of a page. A stale token is said on top, and everything typed stays."""

    class Meta(FlaskForm.Meta):
        """WTForms' own messages: Flask-WTF reads their catalogue from disk anew for each request."""

        def get_translations(self, form: Any) -> NullTranslations:
            """The messages of this request's language, read once in a process."""
            return _own_messages(str(get_locale() or "en"))

    #: From a field of the schema to the field of the form, where they are called differently.
    shown_as: ClassVar[Mapping[str, str]] = {}

    def checked(
        self, schema: Schema, data: Mapping[str, Any] | Callable[[], Mapping[str, Any]]
    ) -> Any | None:
        """The command that `schema` makes of `data`; None after putting the errors to their fields.

        `data` may be a function, for a form whose fields can be read only once they are valid.
        """
        if not self.is_sound():
            return None
        try:
            return load(schema, data() if callable(data) else data)
        except SchemaRefused as error:
            found = flat(error.messages)
            add_errors(self, {self.shown_as.get(name, name): found[name] for name in found})
            return None

    def refused(
        self, error: InvalidCommand, said: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Say at its field why a workflow did not take what was typed. `said`: by field, in words."""
        field = str(error.params.get("field"))
        add_errors(
            self, {field: [said.get(field, gettext("This cannot be used. Look at it again."))]}
        )

    def is_sound(self) -> bool:
        """Whether token and fields are valid; says on top where the token is stale or all was given back."""
        fine: bool = self.validate()
        self._say_on_top()
        return fine

    def is_fresh(self) -> bool:
        """The same of the token alone, for a page that takes what was typed so far as it is."""
        fine: bool = self.csrf_token.validate(self)
        self._say_on_top()
        return fine

    def _say_on_top(self) -> None:
        if self.errors.get("csrf_token"):
            self.csrf_token.errors = []
            self.form_errors = [
                gettext("This page was open for too long. Check what you typed and send it again.")
            ]
        if g.get("restored"):
            self._as_it_was()

    def _as_it_was(self) -> None:
        """A form given back after a lock is shown as it was left: nothing is wrong with it yet."""
        for field in self:
            field.errors = []
        self.form_errors = [
            gettext("This is what you had typed when the screen was locked. Go on from here.")
        ]


@cache
def _own_messages(code: str) -> NullTranslations:
    return Translations.load(messages_path(), [code], domain="wtforms")


class ActionForm(PageForm):
    """A form with buttons only."""


def coming_day(label: object, **options: Any) -> PartialDateField:
    """A field for a day from today on; the view says in `g.today` which day that is."""
    return PartialDateField(label, kinds=(DAY,), future=True, today=lambda: g.today, **options)
