"""What is kept how long: requests with their clocks, proposals to erase, files kept back, certificates."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from app.web.fields import CodeField, Option, RadiosField, SubmitField, TextAreaField, add_errors
from app.web.forms.base import PageForm
from app.web.office_words import PROFILES_OF_SCHEDULE, SCHEDULE_STARTS, word
from app.web.page_versions import version_sent
from app.web.requests import KIND_WORDS
from app.web.supervision.routes import blueprint
from app.work import opens
from models.vocabulary import ErasureGround
from workflows import erasure, retention, rights
from workflows.casenumbers import show
from workflows.errors import BadCaseNumber, KeptBackNow, NotAllowedNow, NotFound, SameApprover
from workflows.policy import Act, role_may
from workflows.work import Work

GROUNDS = {
    "retention": lazy_gettext("Its time is over"),
    "request": lazy_gettext("The person asks"),
    "mistake": lazy_gettext("Registered by mistake"),
    "restored": lazy_gettext("Brought back by a backup"),
}
_DONE = {"proposed", "erased", "refused", "kept", "let_go"}


def _grounds() -> list[Option]:
    return [Option(value=one.value, label=word(GROUNDS, one.value)) for one in ErasureGround]


class ProposeForm(PageForm):
    """Whose file should be erased, and why."""

    case_number = CodeField(
        lazy_gettext("Case number"), required=lazy_gettext("Enter the case number")
    )
    ground = RadiosField(
        lazy_gettext("Why"), options=_grounds, required=lazy_gettext("Choose the ground")
    )
    submit = SubmitField(lazy_gettext("Propose to erase"), kind="warning")


class KeepForm(PageForm):
    """Whose file must not be erased, and why."""

    kept_number = CodeField(
        lazy_gettext("Case number"), required=lazy_gettext("Enter the case number")
    )
    reason = TextAreaField(
        lazy_gettext("Why it must be kept"),
        hint=lazy_gettext("Sealed. A court that asks, a complaint, a trial against traffickers."),
        required=lazy_gettext("Write why it must be kept"),
        max_length=500,
        counted=True,
    )
    submit = SubmitField(lazy_gettext("Keep this file back"))


@blueprint.get("/keeping")
@opens(Act.VIEW_RETENTION)
def keeping(work: Work) -> Any:
    """Requests, proposals, files kept back, the schedule and the certificates."""
    return _page(work)


def _page(
    work: Work, propose: ProposeForm | None = None, keep: KeepForm | None = None, said: str = ""
) -> tuple[str, int]:
    g.place = "supervision.keeping"
    done = request.args.get("done", "")
    failed = next((form for form in (propose, keep) if form is not None), None)
    text = render_template(
        "supervision/keeping.html",
        found=retention.overview(work),
        requests=rights.waiting(work),
        propose=ProposeForm(formdata=None) if propose is None else propose,
        keep=KeepForm(formdata=None) if keep is None else keep,
        form=failed,
        may_act=role_may(work.actor.role, Act.PROPOSE_ERASURE),
        said=said,
        done=done if done in _DONE else None,
        show=show,
        kind_word=lambda code: word(KIND_WORDS, code),
        ground_word=lambda code: word(GROUNDS, code),
        profile_word=lambda code: word(PROFILES_OF_SCHEDULE, code),
        start_word=lambda code: word(SCHEDULE_STARTS, code),
    )
    return text, 422 if failed is not None else 409 if said else 200


@blueprint.post("/keeping/proposals")
@opens(Act.PROPOSE_ERASURE, typed=True)
def propose_erasure(work: Work) -> Any:
    """Propose to erase a file, or stand for a proposal of the schedule."""
    form = ProposeForm()
    if not form.validate():
        return _page(work, propose=form)
    command = erasure.ProposeErasure(
        case_number=form.case_number.data, ground=ErasureGround(form.ground.data)
    )
    try:
        erasure.propose(work, command)
    except (BadCaseNumber, NotFound, KeptBackNow, NotAllowedNow) as error:
        work.start_again()
        add_errors(form, {"case_number": [_why(error)]})
        return _page(work, propose=form)
    return redirect(url_for("supervision.keeping", done="proposed"), 303)


def _why(error: Exception) -> str:
    if isinstance(error, NotAllowedNow):
        return gettext("A referral is live, or somebody has proposed it already.")
    if isinstance(error, NotFound):
        return gettext("Your agency has no such case.")
    return gettext(error.message) if isinstance(error, BadCaseNumber | KeptBackNow) else ""


@blueprint.post("/keeping/proposals/<uuid:proposal_id>")
@opens(Act.APPROVE_ERASURE)
def decide_erasure(work: Work, proposal_id: UUID) -> Any:
    """Approve a proposal, which erases the person at once, or refuse it."""
    version = version_sent()
    approve = request.form.get("what") == "approve"
    command = erasure.DecideErasure(proposal_id=proposal_id, version=version, approve=approve)
    try:
        erasure.decide(work, command)
    except (SameApprover, KeptBackNow, NotAllowedNow) as error:
        work.start_again()
        return _page(work, said=gettext(error.message))
    return redirect(url_for("supervision.keeping", done="erased" if approve else "refused"), 303)


@blueprint.post("/keeping/kept")
@opens(Act.KEEP_BACK, typed=True)
def keep_back(work: Work) -> Any:
    """Keep a file from being erased."""
    form = KeepForm()
    if not form.validate():
        return _page(work, keep=form)
    command = retention.KeepBack(case_number=form.kept_number.data, reason=form.reason.data)
    try:
        retention.keep_back(work, command)
    except NotAllowedNow:
        work.start_again()
        add_errors(form, {"kept_number": [gettext("This file is kept back already.")]})
        return _page(work, keep=form)
    except (BadCaseNumber, NotFound) as error:
        work.start_again()
        add_errors(form, {"kept_number": [_why(error)]})
        return _page(work, keep=form)
    return redirect(url_for("supervision.keeping", done="kept"), 303)


@blueprint.post("/keeping/kept/<number>/end")
@opens(Act.KEEP_BACK)
def let_go(work: Work, number: str) -> Response:
    """End a legal hold."""
    retention.let_go(work, number)
    return redirect(url_for("supervision.keeping", done="let_go"), 303)


@blueprint.get("/keeping/certificates/<code>")
@opens(Act.VIEW_RETENTION)
def certificate(work: Work, code: str) -> Response:
    """A certificate with its signature, as a file to keep apart."""
    found = next((one for one in retention.overview(work).certificates if one.number == code), None)
    if found is None:
        work.asked = Act.VIEW_RETENTION
        raise NotFound
    body = {"body": found.body, "signature": found.signature}
    response = make_response(json.dumps(body, indent=1, sort_keys=True) + "\n")
    response.headers["Content-Type"] = "application/json"
    response.headers["Content-Disposition"] = f'attachment; filename="erasure-{found.number}.json"'
    return response
