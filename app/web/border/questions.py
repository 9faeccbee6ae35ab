"""What a desk has asked the post before it can answer a referral."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from app.schemas.referrals import AnswerQuestionSchema
from app.web.border.routes import blueprint
from app.web.border.words import names_in
from app.web.fields import HiddenField, SubmitField, TextAreaField
from app.web.forms.base import PageForm
from app.web.office_words import QUESTIONS, word
from app.work import opens
from workflows import casenumbers, questions
from workflows.errors import ChangedMeanwhile, NotAllowedNow
from workflows.policy import Act
from workflows.work import Work


class AnswerForm(PageForm):
    """What the sender says to the desk's question."""

    referral = HiddenField(max_length=20)
    text = TextAreaField(
        lazy_gettext("Your answer"),
        hint=lazy_gettext("Sealed. Without names; no more than the desk needs to know."),
        required=lazy_gettext("Write the answer"),
        rows=4,
        max_length=1000,
    )
    submit = SubmitField(lazy_gettext("Send the answer"))


@blueprint.route("/cases/<number>/question", methods=["GET", "POST"])
@opens(Act.ANSWER_QUESTION, typed=True)
def question(work: Work, number: str) -> Any:
    """The question that presses most, and its answer."""
    return answer_page(work, number, "border.tasks")


def answer_page(work: Work, number: str, tasks: str) -> Any:
    """The page of a post or of its supervisor; `tasks`: endpoint of the list around it."""
    form = AnswerForm()
    if request.method == "POST":
        answer = _answered(work, form, url_for(tasks, done="answered"))
        if answer is not None:
            return answer
    asked = questions.to_answer(work, number)
    form.referral.data = asked.number
    page = render_template(
        "border/question.html",
        form=form,
        asked=asked,
        number=casenumbers.show(asked.case_number),
        desk=names_in(asked.desk),
        agency=names_in(asked.agency),
        reason_word=lambda code: word(QUESTIONS, code),
        back=url_for(tasks),
        now=work.now,
    )
    return page, 422 if form.errors or form.form_errors else 200


def _answered(work: Work, form: AnswerForm, done: str) -> Response | None:
    """The way on after answering; None when the form must be shown again."""
    data = {"number": form.referral.data or "", "text": form.text.data or ""}
    command = form.checked(AnswerQuestionSchema(), data)
    if command is None:
        return None
    try:
        questions.answer(work, command)
    except (ChangedMeanwhile, NotAllowedNow):
        work.start_again()
        form.form_errors = [gettext("Somebody else has answered, or the desk no longer waits.")]
        return None
    return redirect(done, 303)
