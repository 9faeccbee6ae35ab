"""What a person asks at the post; and, while the screening is open, their whole file and corrections."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from app.web import requests, whole_file
from app.web.border.routes import blueprint
from app.work import opens
from workflows import casenumbers, post_lists, summaries
from workflows.policy import Act
from workflows.work import Work


@blueprint.route("/cases/<number>/requests", methods=["GET", "POST"])
@opens(Act.RECORD_REQUEST, typed=True)
def take_request(work: Work, number: str) -> Any:
    """Take what a person asks: at any time, also after the screening."""
    head = post_lists.case_head(work, number)
    form = requests.RequestForm()
    if request.method == "POST" and requests.taken(work, number, form):
        shown = casenumbers.show(head.number)
        return redirect(url_for("border.take_request", number=shown, done="taken"), 303)
    text = render_template(
        "border/request.html",
        form=form,
        number=casenumbers.show(head.number),
        screening_open=head.screening_open,
        done=request.args.get("done") == "taken",
        about_person=True,
    )
    return text, 422 if form.errors or form.form_errors else 200


@blueprint.get("/cases/<number>/file")
@opens(Act.MAKE_SUMMARY)
def person_file(work: Work, number: str) -> str:
    """The whole file of a person, to read out or print."""
    return _file(work, number)


def _file(work: Work, number: str, form: requests.CorrectionForm | None = None) -> str:
    return whole_file.page(
        summaries.summary(work, number),
        "border/file.html",
        form=requests.CorrectionForm(formdata=None) if form is None else form,
        done=request.args.get("done") == "corrected",
    )


@blueprint.post("/cases/<number>/file")
@opens(Act.RECORD_CORRECTION, typed=True)
def correct(work: Work, number: str) -> Any:
    """Record a correction beside the record."""
    form = requests.CorrectionForm()
    if not requests.corrected(work, number, form):
        return _file(work, number, form), 422
    shown = casenumbers.show(casenumbers.parse(number))
    return redirect(url_for("border.person_file", number=shown, done="corrected"), 303)
