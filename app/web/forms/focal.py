"""Who of an agency is told when nobody else has moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, redirect, render_template, request
from flask_babel import gettext, lazy_gettext

from app.web.fields import Choices, SelectField, SubmitField
from app.web.forms.base import PageForm
from app.web.office_words import named
from workflows import focal_points
from workflows.errors import InvalidCommand
from workflows.work import Work


def _candidates() -> Choices:
    found: Sequence[str] = g.candidates
    return Choices(((None, tuple((name, name) for name in found)),))


class FocalPointForm(PageForm):
    """A supervisor of the agency, by sign-in name."""

    account = SelectField(
        lazy_gettext("Supervisor"),
        choices=_candidates,
        required=lazy_gettext("Choose a supervisor"),
    )
    submit = SubmitField(lazy_gettext("Name as focal point"))


def focal_page(work: Work, agency: str | None, back: str, done: str) -> Any:
    """The page on which an agency's focal point is named. `back`, `done`: where the links lead."""
    shown = focal_points.shown(work, agency)
    g.candidates = shown.candidates
    form = FocalPointForm(data={"account": shown.account})
    if request.method == "POST" and form.is_sound():
        command = focal_points.NameFocalPoint(agency=shown.code, account=form.account.data or "")
        try:
            focal_points.name(work, command)
        except InvalidCommand as error:
            work.start_again()
            form.refused(error, {"account": gettext("This account is closed, or of another role.")})
        else:
            return redirect(done, 303)
    page = render_template(
        "parts/focal_point.html",
        form=form,
        shown=shown,
        agency=named(shown.names),
        back=back,
        done=request.args.get("done") == "named",
    )
    return page, 422 if form.errors or form.form_errors else 200
