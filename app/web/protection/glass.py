"""Opening one case that no rule opens: with a reason, for an hour, to read only, and never unseen."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from app.web import whole_file
from app.web.fields import Option, RadiosField, SubmitField, TextAreaField, TextField
from app.web.forms.base import PageForm
from app.web.office_words import GLASS_REASONS, word
from app.web.protection.routes import blueprint
from app.work import opens
from models.vocabulary import GlassReason
from workflows import breakglass
from workflows.errors import BadCaseNumber, InvalidCommand, NotAllowedNow, NotFound
from workflows.policy import Act
from workflows.work import Work


def _reasons() -> list[Option]:
    return [
        Option(value=reason.value, label=word(GLASS_REASONS, reason.value))
        for reason in GlassReason
    ]


class GlassForm(PageForm):
    """Which case, and why."""

    number = TextField(
        lazy_gettext("Case number"), required=lazy_gettext("Enter the case number"), max_length=16
    )
    reason = RadiosField(
        lazy_gettext("Why it cannot wait"),
        options=_reasons,
        required=lazy_gettext("Choose why it cannot wait"),
    )
    says = TextAreaField(
        lazy_gettext("What has happened, in a sentence or two"),
        hint=lazy_gettext("Sealed. A supervisor of the case reads it within three days."),
        required=lazy_gettext("Write what has happened"),
        max_length=500,
    )
    submit = SubmitField(lazy_gettext("Open the case for an hour"))


@blueprint.route("/glass", methods=["GET", "POST"])
@opens(Act.BREAK_GLASS, typed=True)
def glass(work: Work) -> Any:
    """Say which case and why; whoever has it is told at once."""
    g.place = "protection.taken"
    form = GlassForm()
    if request.method == "POST" and form.is_sound() and _broken(work, form):
        return redirect(url_for("protection.glass_file", number=form.number.data.strip()), 303)
    page = render_template("protection/glass.html", form=form)
    return page, 422 if form.errors or form.form_errors else 200


def _broken(work: Work, form: GlassForm) -> bool:
    command = breakglass.Break(
        case_number=form.number.data,
        reason=GlassReason(form.reason.data),
        says=form.says.data,
    )
    try:
        breakglass.break_glass(work, command)
    except InvalidCommand:
        form.says.errors = [gettext("Write a sentence: at least ten letters.")]
    except (BadCaseNumber, NotFound) as error:
        work.start_again()
        form.number.errors = [gettext(error.message)]
    except NotAllowedNow:
        form.form_errors = [
            gettext(
                "A case that you opened like this has not been reviewed in time. Ask for it first."
            )
        ]
    else:
        return True
    return False


@blueprint.get("/glass/<number>")
@opens(Act.READ_GLASS)
def glass_file(work: Work, number: str) -> str:
    """The whole file of a case that one has opened within the hour."""
    g.place = "protection.taken"
    return whole_file.page(breakglass.read(work, number), "protection/glass_file.html")
