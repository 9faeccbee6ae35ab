"""Complaints, for the independent monitor."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for

from app.web import requests
from app.web.office_words import word
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import complaints as work_of
from workflows.casenumbers import show
from workflows.policy import Act
from workflows.work import Work


@blueprint.get("/complaints")
@opens(Act.VIEW_COMPLAINTS)
def complaints(work: Work) -> str:
    """The complaints of the country, the most pressing first. Nothing of what was said."""
    g.place = "supervision.complaints"
    return render_template(
        "supervision/complaints.html",
        found=work_of.waiting(work),
        show=show,
        state_word=lambda code: word(requests.STATE_WORDS, code),
        done=request.args.get("done") == "answered",
    )


@blueprint.route("/complaints/<uuid:request_id>", methods=["GET", "POST"])
@opens(Act.ANSWER_COMPLAINT, typed=True)
def complaint(work: Work, request_id: UUID) -> Any:
    """Read one complaint, and answer it."""
    g.place = "supervision.complaints"
    found = work_of.read(work, request_id)
    form = requests.AnswerForm()
    if request.method == "POST" and requests.complaint_answered(
        work, found.case_number, request_id, form
    ):
        return redirect(url_for("supervision.complaints", done="answered"), 303)
    found = work_of.read(work, request_id)
    if request.method == "GET":
        form = requests.AnswerForm(data={"version": str(found.request.version)})
    text = render_template(
        "supervision/complaint.html",
        form=form,
        number=show(found.case_number),
        shown=found.request,
        state=word(requests.STATE_WORDS, found.request.state.value),
    )
    return text, 422 if form.errors or form.form_errors else 200
