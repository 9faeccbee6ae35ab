"""A closed case is opened again."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from app.schemas.casework import ReopenSchema
from app.web.fields import CodeField, SubmitField, TextAreaField, add_errors
from app.web.forms.base import PageForm
from app.web.office_words import word
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import reopening
from workflows.casenumbers import show
from workflows.errors import BadCaseNumber, NotAllowedNow, NotFound
from workflows.policy import Act
from workflows.reopening import WhyShut
from workflows.work import Work

WHY_SHUT = {
    WhyShut.NOT_CLOSED: lazy_gettext("This case is not closed."),
    WhyShut.TO_BE_ERASED: lazy_gettext(
        "It is proposed to erase this person. Settle that first, under Files and rights."
    ),
}


class ReopenForm(PageForm):
    """Whose case is opened again, and why."""

    case_number = CodeField(
        lazy_gettext("Case number"), required=lazy_gettext("Enter the case number")
    )
    reason = TextAreaField(
        lazy_gettext("Why it is opened again"),
        hint=lazy_gettext("Sealed, and read out to the person with their file."),
        required=lazy_gettext("Write why the case is opened again"),
        max_length=reopening.LONGEST,
        counted=True,
    )
    submit = SubmitField(lazy_gettext("Open the case again"))


@blueprint.route("/clocks/reopen", methods=["GET", "POST"])
@opens(Act.REOPEN_CASE, typed=True)
def reopen(work: Work) -> Any:
    """Open a closed case of one's agency again; then choose the desk."""
    g.place = "supervision.clocks"
    known = request.args.get("number", "")
    form = ReopenForm(data={"case_number": known})
    if request.method == "POST":
        made = _made(work, form)
        if made is not None:
            return redirect(_next(made), 303)
    page = render_template("supervision/reopen.html", form=form, about_person=True)
    return page, 422 if form.errors or form.form_errors else 200


def _next(made: reopening.Reopened) -> str:
    """To the desks that may meet its needs; where none is open, the task that asks what is needed."""
    if not made.needs:
        return url_for("supervision.clocks", done="reopened")
    return url_for("supervision.desks", number=show(made.case_number), done="reopened")


def _made(work: Work, form: ReopenForm) -> reopening.Reopened | None:
    data = {"case_number": form.case_number.data or "", "reason": form.reason.data or ""}
    command = form.checked(ReopenSchema(), data)
    if command is None:
        return None
    try:
        return reopening.reopen(work, command)
    except NotAllowedNow as error:
        said = word(WHY_SHUT, str(error.params["why"]))
    except NotFound:
        said = gettext("Your agency has no such case.")
    except BadCaseNumber as error:
        said = gettext(error.message)
    work.start_again()
    add_errors(form, {"case_number": [said]})
    return None
