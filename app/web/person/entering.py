"""In with number and code, how things stand, and out."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from app.documents.receipts import help_word
from app.locale import language_cookie
from app.web.account.visitor import address
from app.web.border.words import text_language
from app.web.fields import CodeField, SubmitField
from app.web.forms.base import PageForm
from app.web.person.routes import blueprint
from app.web.person.visiting import let_in, send_off, to_the_door, token_of, visit_of
from app.web.pictograms import pictogram_of
from app.work import opens
from workflows import casenumbers, own_state, receipts
from workflows.casework import CaseStatus
from workflows.errors import TooManyAttempts, WrongReceiptCode
from workflows.own_state import HelpState
from workflows.policy import Act
from workflows.receipts import VISIT
from workflows.work import Work

_STATUS = {
    CaseStatus.REGISTERED: lazy_gettext(
        "You are registered. Somebody must still tell you what happens, and ask you some questions."
    ),
    CaseStatus.INFORMED: lazy_gettext("You are registered. The questions are not finished yet."),
    CaseStatus.SCREENED: lazy_gettext("The questions are finished."),
    CaseStatus.REFERRED: lazy_gettext(
        "Offices were asked to help you. Somebody is named to see that they answer."
    ),
    CaseStatus.IN_CARE: lazy_gettext("An office has taken it on. It will get in touch with you."),
    CaseStatus.CLOSED: lazy_gettext(
        "This case is closed. If you need help again, or something is wrong, come to any post."
    ),
}
_HELP_STATE = {
    HelpState.WAITING: lazy_gettext("Asked; not answered yet"),
    HelpState.TAKEN: lazy_gettext("An office has taken it on"),
    HelpState.LOOKING: lazy_gettext("Another office is being looked for"),
    HelpState.DONE: lazy_gettext("Done"),
}


class EnterForm(PageForm):
    """What stands on the receipt."""

    number = CodeField(
        lazy_gettext("Case number"),
        hint=lazy_gettext(
            "Nine letters and figures, as ABC-DEF-GHJ. Large or small does not matter."
        ),
        required=lazy_gettext("Enter the number on your receipt"),
    )
    code = CodeField(
        lazy_gettext("Receipt code"),
        hint=lazy_gettext("Twelve letters and figures. It stands on the newest receipt only."),
        required=lazy_gettext("Enter the code on your receipt"),
    )
    submit = SubmitField(lazy_gettext("See how things stand"))


@blueprint.route("", methods=["GET", "POST"])
@opens(Act.SEE_OWN_STATE, typed=True, signed_out=True, alone=True)
def enter(work: Work) -> Any:
    """Number and code. Nothing of them is ever in an address."""
    form = EnterForm()
    if request.method == "GET":
        return _door(form), 200
    if not form.is_sound():
        return _door(form), 422
    number, code = form.number.data or "", form.code.data or ""
    try:
        token = receipts.enter(work, number, code, address())
    except (WrongReceiptCode, TooManyAttempts) as error:
        if isinstance(error, WrongReceiptCode):
            work.start_again()
            receipts.count_failure(work, number, address())
        form.code.data = ""
        form.form_errors = [gettext(error.message)]
        return _door(form), error.status
    response = redirect(url_for("person.state"), 303)
    let_in(response, work.settings, token)
    _speak(work, response, token)
    return response


def _door(form: EnterForm) -> str:
    return render_template("person/enter.html", form=form)


def _speak(work: Work, response: Response, token: str) -> None:
    """Let the pages speak the language in which the person was told, unless they chose one here.

    For as long as a visit: afterwards the browser, which may be anybody's, tells nobody what they speak.
    """
    visit = receipts.resume(work, token)
    if visit is None or language_cookie() in request.cookies:
        return
    told, _ = own_state.language_of_visit(work, visit)
    locale = text_language(told, work.settings.languages)
    if locale is not None:
        response.set_cookie(
            language_cookie(),
            locale,
            max_age=VISIT,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )


@blueprint.get("/state")
@opens(Act.SEE_OWN_STATE, signed_out=True, alone=True)
def state(work: Work) -> Any:
    """How things stand, in plain words."""
    visit = visit_of(work)
    if visit is None:
        return to_the_door()
    found = own_state.state(work, visit)
    return render_template(
        "person/state.html",
        found=found,
        number=casenumbers.show(found.number),
        said=str(_STATUS[found.status]),
        helps=[
            {
                "what": help_word(one.help),
                "drawn": pictogram_of("help", one.help.value),
                "where": str(_HELP_STATE[one.standing]),
                "where_drawn": pictogram_of("standing", one.standing.value),
                "due": one.due_at,
                "agreed": one.agreed_until,
            }
            for one in found.helps
        ],
        drawn=pictogram_of("status", found.status.value),
        done=request.args.get("done") == "asked",
    )


@blueprint.post("/out")
@opens(Act.SEE_OWN_STATE, signed_out=True, alone=True)
def out(work: Work) -> Response:
    """End the visit, and say so."""
    receipts.leave(work, token_of(work))
    response = to_the_door()
    send_off(response, work.settings)
    return response


@blueprint.get("/leave")
@opens(Act.SEE_OWN_STATE, signed_out=True, alone=True)
def leave(work: Work) -> Response:
    """The safe exit: the visit ends at once, and a page that tells nothing is shown. A plain link, so that
    it works without script.
    """
    receipts.leave(work, token_of(work))
    response = make_response(render_template("session/leave.html"))
    send_off(response, work.settings)
    return response
