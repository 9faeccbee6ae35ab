"""Referrals that a desk has taken, and the case file of each: parts open by a click that is logged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from app.locale import current_language, listed
from app.schemas.desks import LiftHoldSchema, ReportOutcomeSchema
from app.web.casework_words import FLAGS
from app.web.forms.protection import LiftForm, OutcomeForm
from app.web.office_words import (
    ACTS,
    CASE_STATES,
    CLOCK_STATES,
    CLOCKS,
    FUNCTIONS,
    OPENED,
    OUTCOMES,
    PURPOSES,
    QUESTIONS,
    REFERRAL_STATES,
    ROLES,
    named,
    word,
)
from app.web.page_versions import version_in
from app.web.protection.queue import packet_parts
from app.web.protection.routes import blueprint
from app.web.why_not import shut
from app.work import opens
from models.vocabulary import Action, DeadlineState, HoldCause, HoldState
from workflows import (
    apart,
    casework,
    decisions,
    desk_lists,
    desks,
    holds,
    interviews,
    oversight,
    whereabouts,
)
from workflows.casenumbers import show
from workflows.desk_lists import CaseFile, HoldLine
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowedNow,
    NotFound,
    StillHeld,
)
from workflows.policy import Act
from workflows.work import Work

_PARTS = ("needs", "identity")
_DONE = {"reported", "lifted", "decided", "started", "no_show", "not_done"}


@blueprint.get("/care")
@opens(Act.VIEW_QUEUE)
def taken(work: Work) -> str:
    """Referrals in one's desks' care, newest answer first."""
    g.place = "protection.taken"
    after = request.args.get("after")
    return render_template(
        "protection/taken.html",
        page=desk_lists.taken(work, after),
        after=after,
        now=work.now,
        done="closed" if request.args.get("done") == "closed" else None,
        number=request.args.get("number", ""),
        **_words(),
    )


@blueprint.get("/care/<number>")
@opens(Act.VIEW_HOLDS)
def care_file(work: Work, number: str) -> str:
    """The case file: safeguards and clocks at once, what was told and who it is by a click each."""
    part = request.args.get("open")
    return _file(work, number, part=part if part in _PARTS else None)


def _file(
    work: Work,
    number: str,
    *,
    part: str | None = None,
    form: OutcomeForm | None = None,
    problem: str | None = None,
) -> str:
    g.place = "protection.taken"
    file = desk_lists.case_file(work, number, part)
    found = casework.look_up(work, file.referral.case_number or "")
    if found is None:
        raise NotFound
    return render_template(
        "protection/care.html",
        file=file,
        shown=file.referral,
        part=part,
        now=work.now,
        form=form if form is not None else OutcomeForm(formdata=None),
        problem=problem,
        done=done if (done := request.args.get("done", "")) in _DONE else None,
        running=[d for d in file.deadlines if d.state is not DeadlineState.MET],
        deadline_word=lambda code: _text(file, "deadline", code),
        hold_word=lambda code: _text(file, "hold", code),
        flags=file.flags,
        kept_from=apart.of_case(work, file.referral.case_number or "", Act.VIEW_HOLDS),
        flag_word=lambda code: word(FLAGS, code),
        may_look=whereabouts.may_look_at(work, found),
        may_decide=decisions.may_decide(work, found),
        interviewing=interviews.may_interview(work, found).value,
        can_report=not file.referral.may["report_outcome"],
        can_close=not file.referral.may["close"],
        shut=shut(file.referral.may),
        holds=_banners(file),
        liftable=[one for one in file.holds if one.state is HoldState.LIFTABLE],
        about_person=True,
        **packet_parts(file.referral),
        **_words(),
    )


def _banners(file: CaseFile) -> list[dict[str, Any]]:
    """One banner for each action that is shut: what evidence carries in full, precaution in one line."""
    banners = []
    for action in Action:
        lines = [line for line in file.holds if line.action == action]
        if not lines:
            continue
        carried = [line for line in lines if line.cause == HoldCause.EVIDENCE]
        told = carried or lines[:1]
        more = len(lines) - len(told)
        bodies = dict.fromkeys(word(FUNCTIONS, line.body) for line in told if line.body)
        banners.append(
            {
                "action": action.value,
                "why": [*_says(file, told), *([_waiting(more)] if more else [])],
                "all": _says(file, lines),
                "since": min(line.since for line in lines),
                "bodies": listed(bodies),
                "cause": (HoldCause.EVIDENCE if carried else HoldCause.PRECAUTION).value,
            }
        )
    return banners


def _says(file: CaseFile, lines: list[HoldLine]) -> list[str]:
    return list(dict.fromkeys(_text(file, "hold", line.code) for line in lines))


def _waiting(more: int) -> str:
    return ngettext(
        "%(num)s more safeguard, since questions are still open",
        "%(num)s more safeguards, since questions are still open",
        more,
    )


def _text(file: CaseFile, kind: str, code: str) -> str:
    """The pack's words; the bare code where the pack in force no longer has it."""
    try:
        return file.referral.pack.text(f"{kind}.{code}", current_language().code)
    except KeyError:
        return code


@blueprint.post("/care/<number>/outcome")
@opens(Act.REPORT_OUTCOME, typed=True)
def report_outcome(work: Work, number: str) -> Any:
    """Say what came of it."""
    form = OutcomeForm()
    data = {"number": number, "outcome": form.outcome.data or "", "note": form.note.data or ""}
    command = form.checked(ReportOutcomeSchema(), data)
    if command is None:
        return _file(work, number, form=form), 422
    try:
        desks.report_outcome(work, command)
    except StillHeld:
        work.start_again()
        problem = gettext(
            "A child is not heard before a guardian is appointed. To open the procedure may not wait: report "
            "that it is opened."
        )
        return _file(work, number, form=form, problem=problem), 409
    return _to_file(number, "reported")


@blueprint.post("/care/<number>/close")
@opens(Act.CLOSE_REFERRAL)
def close_referral(work: Work, number: str) -> Any:
    """Close a referral whose outcome is reported; with `case`, the case too where nothing holds it."""
    if request.form.get("what") == "case":
        file = desk_lists.case_file(work, number)
        try:
            casework.close_case(work, file.referral.case_number or "")
        except StillHeld:
            return _refused(work, number, gettext("A safeguard still holds: the case stays open."))
        except NotAllowedNow:
            return _refused(
                work,
                number,
                gettext(
                    "The case stays open: another desk still works on it, or its screening is not finished."
                ),
            )
    try:
        desks.close(work, number)
    except NotAllowedNow as error:
        if error.params.get("why") != "has_bed":
            raise
        said = gettext("The person has a bed at your site. Record first that they have left.")
        return _refused(work, number, said)
    return redirect(url_for("protection.taken", done="closed", number=number), 303)


def _refused(work: Work, number: str, problem: str) -> Any:
    work.start_again()
    return _file(work, number, problem=problem), 409


@blueprint.route("/care/<number>/holds/<uuid:hold_id>", methods=["GET", "POST"])
@opens(Act.LIFT_HOLD, typed=True)
def lift(work: Work, number: str, hold_id: UUID) -> Any:
    """Lift a liftable safeguard: only by the body that the pack names, only with a reason."""
    g.place = "protection.taken"
    file = desk_lists.case_file(work, number)
    hold = next((line for line in file.holds if line.id == hold_id), None)
    if hold is None or not hold.may_lift:
        work.asked = Act.LIFT_HOLD
        raise NotFound
    form = LiftForm(data={"version": str(hold.version)})
    if request.method == "POST":
        answer = _lift(work, form, file, hold)
        if answer is not None:
            return answer
    page = render_template(
        "protection/lift.html",
        form=form,
        file=file,
        shown=file.referral,
        hold_line=hold,
        hold_text=_text(file, "hold", hold.code),
        about_person=True,
        **_words(),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _lift(work: Work, form: LiftForm, file: CaseFile, hold: HoldLine) -> Response | None:
    """The answer after lifting; None when the form must be shown again."""
    data = {
        "case_number": file.referral.case_number or "",
        "hold_id": str(hold.id),
        "reason": form.reason.data or "",
        "version": version_in(form.version.data),
    }
    command = form.checked(LiftHoldSchema(), data)
    if command is None:
        return None
    try:
        holds.lift(work, command)
    except InvalidCommand:
        form.reason.errors = [gettext("Write the decision and its grounds")]
        return None
    except (NotAllowedNow, ChangedMeanwhile):
        form.form_errors = [
            gettext(
                "Somebody else has changed this safeguard since you opened the page. Nothing was lifted."
            )
        ]
        return None
    return _to_file(file.referral.number, "lifted")


@blueprint.get("/care/<number>/accesses")
@opens(Act.VIEW_ACCESSES)
def accesses(work: Work, number: str) -> str:
    """Who has looked at this person's case: role and agency, what, when."""
    g.place = "protection.taken"
    file = desk_lists.case_file(work, number)
    return render_template(
        "protection/accesses.html",
        shown=file.referral,
        lines=oversight.accesses(work, file.referral.case_number or ""),
        about_person=True,
        **_words(),
    )


def _fields_words(fields: Sequence[str]) -> str:
    """What was opened, each sort once."""
    return listed(dict.fromkeys(word(OPENED, field) for field in fields))


def _to_file(number: str, done: str) -> Response:
    return redirect(url_for("protection.care_file", number=number, done=done), 303)


def _words() -> dict[str, Any]:
    return {
        "named": named,
        "show": show,
        "state_word": lambda code: word(REFERRAL_STATES, code),
        "status_word": lambda code: word(CASE_STATES, code),
        "question_word": lambda code: word(QUESTIONS, code),
        "outcome_word": lambda code: word(OUTCOMES, code),
        "clock_word": lambda code: word(CLOCKS, code),
        "clock_state_word": lambda code: word(CLOCK_STATES, code),
        "body_word": lambda code: word(FUNCTIONS, code),
        "act_word": lambda code: word(ACTS, code),
        "purpose_words": lambda codes: listed(word(PURPOSES, code) for code in codes),
        "fields_words": _fields_words,
        "role_word": lambda code: word(ROLES, code),
    }
