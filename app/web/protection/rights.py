"""What a person in care asks, what is answered, and their whole file to read out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for

from app.web import requests, whole_file
from app.web.office_words import word
from app.web.protection.routes import blueprint
from app.work import opens
from workflows import attachments, casenumbers, rights, summaries
from workflows.policy import Act
from workflows.work import Work

_DONE = {"taken", "answered"}


@blueprint.get("/care/<number>/requests")
@opens(Act.ANSWER_REQUEST)
def person_requests(work: Work, number: str) -> Any:
    """The requests of the person, and the form for one more."""
    return _requests(work, number)


@blueprint.post("/care/<number>/requests")
@opens(Act.RECORD_REQUEST, typed=True)
def take_request(work: Work, number: str) -> Any:
    """Take what the person asks."""
    form = requests.RequestForm()
    if not requests.taken(work, attachments.case_of_care(work, number), form):
        return _requests(work, number, form), 422
    return redirect(url_for("protection.person_requests", number=number, done="taken"), 303)


@blueprint.route("/care/<number>/requests/<uuid:request_id>", methods=["GET", "POST"])
@opens(Act.ANSWER_REQUEST, typed=True)
def answer_request(work: Work, number: str, request_id: UUID) -> Any:
    """Answer one request, with reasons."""
    g.place = "protection.taken"
    case_number = attachments.case_of_care(work, number)
    form = requests.AnswerForm()
    if request.method == "POST" and requests.answered(work, case_number, request_id, form):
        return redirect(url_for("protection.person_requests", number=number, done="answered"), 303)
    shown = rights.one_of_case(work, case_number, request_id)
    if request.method == "GET":
        form = requests.AnswerForm(data={"version": str(shown.version)})
    text = render_template(
        "protection/answer_request.html",
        form=form,
        number=number,
        shown=shown,
        kind=word(requests.KIND_WORDS, shown.kind.value),
        about_person=True,
    )
    return text, 422 if form.errors or form.form_errors else 200


def _requests(work: Work, number: str, form: requests.RequestForm | None = None) -> str:
    g.place = "protection.taken"
    case_number = attachments.case_of_care(work, number)
    done = request.args.get("done", "")
    return render_template(
        "protection/requests.html",
        found=rights.of_case(work, case_number),
        form=requests.RequestForm(formdata=None) if form is None else form,
        number=number,
        case=casenumbers.show(case_number),
        kind_word=lambda code: word(requests.KIND_WORDS, code),
        state_word=lambda code: word(requests.STATE_WORDS, code),
        today=work.now.date(),
        done=done if done in _DONE else None,
        about_person=True,
    )


@blueprint.get("/care/<number>/file")
@opens(Act.MAKE_SUMMARY)
def person_file(work: Work, number: str) -> str:
    """The whole file of a person, to read out or print."""
    return _file(work, number)


def _file(work: Work, number: str, form: requests.CorrectionForm | None = None) -> str:
    g.place = "protection.taken"
    found = summaries.summary(work, attachments.case_of_care(work, number))
    return whole_file.page(
        found,
        "protection/file.html",
        referral=number,
        form=requests.CorrectionForm(formdata=None) if form is None else form,
        done=request.args.get("done") == "corrected",
    )


@blueprint.post("/care/<number>/file")
@opens(Act.RECORD_CORRECTION, typed=True)
def correct(work: Work, number: str) -> Any:
    """Record a correction beside the record."""
    form = requests.CorrectionForm()
    if not requests.corrected(work, attachments.case_of_care(work, number), form):
        return _file(work, number, form), 422
    return redirect(url_for("protection.person_file", number=number, done="corrected"), 303)
