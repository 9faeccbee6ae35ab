"""Flags of a case in care: what to heed until when, set and ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.schemas.casework import EndFlagSchema, RaiseFlagSchema
from app.schemas.loading import load
from app.web.casework_words import FLAGS
from app.web.dates import iso_day
from app.web.forms.casework import FlagForm
from app.web.office_words import named, word
from app.web.page_versions import version_sent
from app.web.protection.routes import blueprint
from app.work import opens
from workflows import attachments, caseflags, casenumbers
from workflows.errors import InvalidCommand
from workflows.policy import Act
from workflows.work import Work

_DONE = {"set", "ended"}


@blueprint.get("/care/<number>/flags")
@opens(Act.VIEW_HOLDS)
def flags(work: Work, number: str) -> str:
    """Every flag of the case, and the form for one more."""
    g.today = work.now.date()
    return _page(work, number, FlagForm(formdata=None))


@blueprint.post("/care/<number>/flags")
@opens(Act.FLAG_CASE, typed=True)
def raise_flag(work: Work, number: str) -> Any:
    """Set a flag."""
    g.today = work.now.date()
    form = FlagForm()
    command = form.checked(RaiseFlagSchema(), lambda: _data(number, form))
    if command is None:
        return _page(work, number, form), 422
    try:
        caseflags.raise_flag(work, command)
    except InvalidCommand as error:
        said = {
            "text": gettext("Write what to heed"),
            "expires_on": gettext("The last day must be today or later, and within a year."),
        }
        form.refused(error, said)
        return _page(work, number, form), 422
    return redirect(url_for("protection.flags", number=number, done="set"), 303)


def _data(number: str, form: FlagForm) -> dict[str, Any]:
    return {
        "number": number,
        "kinds": form.kinds.data or [],
        "text": form.text.data or "",
        "expires_on": iso_day(form.expires_on.data),
    }


@blueprint.post("/care/<number>/flags/<uuid:flag_id>/end")
@opens(Act.FLAG_CASE)
def end_flag(work: Work, number: str, flag_id: UUID) -> Any:
    """Take a flag off the top of the case."""
    data = {"number": number, "flag_id": str(flag_id), "version": version_sent()}
    caseflags.end(work, load(EndFlagSchema(), data))
    return redirect(url_for("protection.flags", number=number, done="ended"), 303)


def _page(work: Work, number: str, form: FlagForm) -> str:
    g.place = "protection.taken"
    done = request.args.get("done", "")
    return render_template(
        "protection/flags.html",
        form=form,
        number=number,
        case=casenumbers.show(attachments.case_of_care(work, number)),
        found=caseflags.of_case(work, number),
        done=done if done in _DONE else None,
        about_person=True,
        named=named,
        flag_word=lambda code: word(FLAGS, code),
    )
