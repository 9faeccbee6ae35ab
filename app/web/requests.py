"""Requests of persons and corrections: words, forms, and what they become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext, lazy_gettext

from app.web.fields import Choices, HiddenField, Option, RadiosField, SelectField, SubmitField
from app.web.fields import TextAreaField as Lines
from app.web.forms.base import PageForm
from app.web.office_words import word
from app.web.page_versions import version_in
from models.vocabulary import RequestKind, RequestState
from workflows import complaints, rights
from workflows.errors import ChangedMeanwhile, KeptBackNow, NotAllowedNow, WouldTell
from workflows.rights import ABOUT, AnswerRequest, Correct, TakeRequest
from workflows.work import Work

KIND_WORDS = {
    "access": lazy_gettext("To see the file"),
    "correction": lazy_gettext("To have something put right"),
    "erasure": lazy_gettext("To have the file erased"),
    "objection": lazy_gettext("Objects to what is done with it"),
    "restriction": lazy_gettext("Wants nothing done with it for now"),
    "complaint": lazy_gettext("Complains"),
}
STATE_WORDS = {
    "open": lazy_gettext("Not answered yet"),
    "upheld": lazy_gettext("Done as asked"),
    "refused": lazy_gettext("Refused, with reasons"),
    "withdrawn": lazy_gettext("Taken back by the person"),
}
ABOUT_WORDS = {
    "names": lazy_gettext("Name"),
    "birth": lazy_gettext("Birth"),
    "sex": lazy_gettext("Sex"),
    "nationality": lazy_gettext("Nationality"),
    "languages": lazy_gettext("Languages"),
    "documents": lazy_gettext("Documents"),
    "contact": lazy_gettext("How to reach the person"),
    "family": lazy_gettext("Family"),
    "answers": lazy_gettext("An answer"),
    "other": lazy_gettext("Something else"),
}


def _kinds() -> list[Option]:
    return [Option(value=kind.value, label=word(KIND_WORDS, kind.value)) for kind in RequestKind]


def _answers() -> list[Option]:
    given = (RequestState.UPHELD, RequestState.REFUSED, RequestState.WITHDRAWN)
    return [Option(value=state.value, label=word(STATE_WORDS, state.value)) for state in given]


def _abouts() -> Choices:
    return Choices(((None, tuple((about, word(ABOUT_WORDS, about)) for about in ABOUT)),))


class RequestForm(PageForm):
    """What a person asks."""

    kind = RadiosField(
        lazy_gettext("What the person asks"),
        options=_kinds,
        required=lazy_gettext("Choose what the person asks"),
    )
    says = Lines(
        lazy_gettext("In the person's words"),
        hint=lazy_gettext("Sealed. An objection stops at once what the person does not agree to."),
        required=lazy_gettext("Write what the person asks"),
        max_length=1500,
        counted=True,
    )
    submit = SubmitField(lazy_gettext("Take this request"))


class AnswerForm(PageForm):
    """What was decided on a request."""

    state = RadiosField(
        lazy_gettext("Answer"), options=_answers, required=lazy_gettext("Choose the answer")
    )
    text = Lines(
        lazy_gettext("Reasons, as they are read out to the person"),
        hint=lazy_gettext("Sealed. Say also where the person may complain."),
        required=lazy_gettext("Write the reasons"),
        max_length=1500,
        counted=True,
    )
    version = HiddenField()
    submit = SubmitField(lazy_gettext("Answer"))


class CorrectionForm(PageForm):
    """What the person says is right."""

    about = SelectField(
        lazy_gettext("About what"),
        choices=_abouts,
        required=lazy_gettext("Choose what it is about"),
    )
    says = Lines(
        lazy_gettext("What is right, as the person says"),
        hint=lazy_gettext("Sealed. It stands beside the record, which is never overwritten."),
        required=lazy_gettext("Write what is right"),
        max_length=1000,
        counted=True,
    )
    submit = SubmitField(lazy_gettext("Record this correction"))


def taken(work: Work, case_number: str, form: RequestForm) -> bool:
    """Whether the request was recorded; else the errors are at their fields."""
    if not form.validate():
        return False
    command = TakeRequest(
        case_number=case_number, kind=RequestKind(form.kind.data), says=form.says.data
    )
    rights.take(work, command)
    return True


def corrected(work: Work, case_number: str, form: CorrectionForm) -> bool:
    """Whether the correction was recorded; else the errors are at their fields."""
    if not form.validate():
        return False
    rights.correct(
        work, Correct(case_number=case_number, about=form.about.data, says=form.says.data)
    )
    return True


def answered(work: Work, case_number: str, request_id: Any, form: AnswerForm) -> bool:
    """Whether the request was answered; else the errors are at their fields or on top."""
    return _answered(work, form, case_number, request_id, rights.answer)


def complaint_answered(work: Work, case_number: str, request_id: Any, form: AnswerForm) -> bool:
    """The same for a complaint, which its monitor answers."""
    return _answered(
        work,
        form,
        case_number,
        request_id,
        lambda work, command: complaints.answer(work, request_id, command),
    )


def _answered(
    work: Work,
    form: AnswerForm,
    case_number: str,
    request_id: Any,
    answer: Callable[[Work, AnswerRequest], None],
) -> bool:
    if not form.validate():
        return False
    command = AnswerRequest(
        case_number=case_number,
        request_id=request_id,
        state=RequestState(form.state.data),
        text=form.text.data,
        version=version_in(form.version.data),
    )
    try:
        answer(work, command)
    except KeptBackNow as error:
        return _refused(work, form, gettext(error.message))
    except WouldTell as error:
        return _refused(work, form, gettext(error.message))
    except NotAllowedNow:
        said = gettext("It is answered already, or a referral must end before the file is erased.")
        return _refused(work, form, said)
    except ChangedMeanwhile as error:
        return _refused(work, form, gettext(error.message))
    return True


def _refused(work: Work, form: PageForm, said: str) -> bool:
    work.start_again()
    form.form_errors = [said]
    return False
