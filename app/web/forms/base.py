"""The base of every form: a token that may grow stale without losing what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm

from app.schemas.loading import Schema, SchemaRefused, load
from app.web.fields import add_errors


class PageForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """A form of a page. A stale token is said on top, and everything typed stays."""

    def checked(self, schema: Schema, data: Mapping[str, Any]) -> Any | None:
        """The command that `schema` makes of `data`; None after putting the errors to their fields."""
        fine = self.validate()
        if self.errors.get("csrf_token"):
            self.csrf_token.errors = []
            self.form_errors = [
                gettext("This page was open for too long. Check what you typed and send it again.")
            ]
        if not fine:
            return None
        try:
            return load(schema, data)
        except SchemaRefused as error:
            add_errors(self, error.messages)
            return None


class ActionForm(PageForm):
    """A form with buttons only."""
