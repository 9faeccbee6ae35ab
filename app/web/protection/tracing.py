"""Looking for family, of a case in care: requests, candidates, side by side, one key for an answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from app.locale import listed
from app.schemas.loading import load
from app.schemas.tracing import DecideSchema, EndTracingSchema, OpenTracingSchema
from app.web.border.likeness import as_codes, words_of
from app.web.forms.tracing import EndTracingForm, OpenTracingForm
from app.web.office_words import SEXES, named, word
from app.web.page_versions import version_in, version_sent
from app.web.protection.compared_words import rows_of
from app.web.protection.routes import blueprint
from app.web.tracing_words import CANDIDATE_STATES, RELATIONS, TRACING_STATES
from app.work import StalePage, opens
from models.vocabulary import CandidateState, TracingState
from workflows import tracing, tracing_answers, tracing_matches
from workflows.caring import in_care
from workflows.casenumbers import show
from workflows.errors import InvalidCommand, Restricted, TooManyAttempts
from workflows.policy import Act
from workflows.tracing import TracingShown
from workflows.tracing_answers import CandidateShown
from workflows.work import Work

_DONE = {"opened", "looked", "ended", "decided", "asked", "answered"}
_SAID = {"yes": CandidateState.YES, "no": CandidateState.NO, "unsure": CandidateState.UNSURE}


@blueprint.get("/care/<number>/tracing")
@opens(Act.VIEW_TRACING)
def tracings(work: Work, number: str) -> str:
    """The requests of a case, what other desks ask, and the form for one more."""
    return _page(work, number)


@blueprint.post("/care/<number>/tracing")
@opens(Act.TRACE, typed=True)
def open_tracing(work: Work, number: str) -> Any:
    """Open a request."""
    form = OpenTracingForm()
    command = form.checked(OpenTracingSchema(), lambda: _typed(number, form))
    if command is None:
        return _page(work, number, form), 422
    status = 422
    try:
        request_id = tracing.open_request(work, command)
    except InvalidCommand as error:
        form.refused(error, _faults())
    except Restricted:
        form.form_errors = [gettext("The person has objected. That must be answered first.")]
    except TooManyAttempts as error:
        form.form_errors = [gettext(error.message)]
        status = error.status
    else:
        return redirect(url_for("protection.tracing", tracing_id=request_id, done="opened"), 303)
    work.start_again()
    return _page(work, number, form), status


def _typed(number: str, form: OpenTracingForm) -> dict[str, Any]:
    lines = [line.strip() for line in (form.names.data or "").splitlines() if line.strip()]
    return {
        "number": number,
        "names": lines,
        "relation": form.relation.data or "",
        "sex": form.sex.data or "U",
        "born_from": form.born_from.data,
        "born_to": form.born_to.data,
        "place": form.place.data or "",
        "when": form.when.data or "",
        "says": form.says.data or "",
        "wished": bool(form.wished.data),
        "safe": bool(form.safe.data),
    }


def _faults() -> dict[str, str]:
    return {
        "names": gettext("Write one to five names, each on a line of its own"),
        "born_from": gettext("Enter a year that can be"),
        "born_to": gettext("Enter a year not before the first and at most eleven years after it"),
        "wished": gettext("Nobody is looked for without the person's wish"),
        "safe": gettext("Look first whether it is safe"),
    }


def _page(work: Work, number: str, form: OpenTracingForm | None = None) -> str:
    g.place = "protection.taken"
    case, found = tracing.of_case(work, number)
    done = request.args.get("done", "")
    row, _ = in_care(work, number, Act.VIEW_TRACING)
    return render_template(
        "protection/tracings.html",
        form=OpenTracingForm(formdata=None) if form is None else form,
        number=number,
        case=show(case),
        found=[_words(one) for one in found],
        asked=[
            {
                "id": one.id,
                "names": one.names,
                "relation": word(RELATIONS, one.relation),
                "desk": named(one.desk),
                "version": one.version,
            }
            for one in tracing_answers.asked_of(work, row)
        ],
        done=done if done in _DONE else None,
        about_person=True,
    )


def _words(one: TracingShown) -> dict[str, Any]:
    years = one.years
    return {
        "id": one.id,
        "names": one.names,
        "relation": word(RELATIONS, one.relation),
        "sex": word(SEXES, one.sex),
        "born": "" if years is None else _born(*years),
        "place": one.place,
        "when": one.when,
        "says": one.says,
        "open": one.state is TracingState.OPEN,
        "state": word(TRACING_STATES, one.state),
        "opened_on": one.opened_on,
        "ended_on": one.ended_on,
        "end_says": one.end_says,
        "desk": named(one.desk),
        "version": one.version,
    }


def _born(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return gettext("%(low)s to %(high)s", low=first, high=last)


@blueprint.get("/tracing/<uuid:tracing_id>", endpoint="tracing")
@opens(Act.VIEW_TRACING)
def one_tracing(work: Work, tracing_id: UUID) -> str:
    """A request with its candidates."""
    return _one(work, tracing_id)


def _one(work: Work, tracing_id: UUID, form: EndTracingForm | None = None) -> str:
    g.place = "protection.taken"
    row, case = tracing.found(work, tracing_id, Act.VIEW_TRACING)
    shown = tracing.one(work, row)
    if form is None:
        form = EndTracingForm(formdata=None, data={"version": str(shown.version)})
    done = request.args.get("done", "")
    return render_template(
        "protection/tracing.html",
        form=form,
        shown=_words(shown),
        case=show(case.number),
        back=tracing_answers.care_of(work, case),
        candidates=[_candidate(one) for one in tracing_answers.candidates(work, row)],
        done=done if done in _DONE else None,
        about_person=True,
    )


def _candidate(one: CandidateShown) -> dict[str, Any]:
    return {
        "id": one.id,
        "ours": one.ours,
        "number": show(one.number) if one.number else "",
        "why": listed(words_of(as_codes(one.reasons))),
        "mutual": one.mutual,
        "askable": one.askable,
        "state": word(CANDIDATE_STATES, one.state),
        "code": one.state.value,
        "found_on": one.found_on,
        "version": one.version,
        "says": one.says,
    }


@blueprint.post("/tracing/<uuid:tracing_id>/look")
@opens(Act.TRACE)
def look_again(work: Work, tracing_id: UUID) -> Any:
    """Look for candidates again."""
    row, case = tracing.found(work, tracing_id, Act.TRACE)
    if row.state is TracingState.OPEN:
        tracing_matches.look(work, row, case)
    return redirect(url_for("protection.tracing", tracing_id=tracing_id, done="looked"), 303)


@blueprint.post("/tracing/<uuid:tracing_id>/end")
@opens(Act.TRACE, typed=True)
def end_tracing(work: Work, tracing_id: UUID) -> Any:
    """Say that a search is over."""
    form = EndTracingForm()
    data = {
        "request_id": str(tracing_id),
        "version": version_in(form.version.data),
        "state": form.state.data or "",
        "says": form.says.data or "",
    }
    command = form.checked(EndTracingSchema(), data)
    if command is None:
        return _one(work, tracing_id, form), 422
    tracing.end_request(work, command)
    return redirect(url_for("protection.tracing", tracing_id=tracing_id, done="ended"), 303)


@blueprint.get("/tracing/candidates/<uuid:candidate_id>")
@opens(Act.VIEW_TRACING)
def candidate(work: Work, candidate_id: UUID) -> str:
    """Who is sought beside a candidate."""
    g.place = "protection.taken"
    opened = tracing_answers.opened(work, candidate_id)
    return render_template(
        "protection/candidate.html",
        shown=_candidate(opened.shown),
        tracing_id=opened.request_id,
        left={"number": gettext("Sought"), "when": lazy_gettext("as the person told it")},
        right={"number": show(opened.shown.number), "when": lazy_gettext("as registered")},
        rows=rows_of(opened.fields),
        about_person=True,
    )


@blueprint.post("/tracing/candidates/<uuid:candidate_id>/decide")
@opens(Act.TRACE)
def decide_candidate(work: Work, candidate_id: UUID) -> Any:
    """Yes, no or not sure."""
    request_id = tracing_answers.decide(work, _decision(candidate_id))
    return redirect(url_for("protection.tracing", tracing_id=request_id, done="decided"), 303)


@blueprint.post("/tracing/candidates/<uuid:candidate_id>/ask")
@opens(Act.TRACE)
def ask_about(work: Work, candidate_id: UUID) -> Any:
    """Ask the desk that has the candidate in care."""
    request_id = tracing_answers.ask(work, candidate_id, version_sent())
    return redirect(url_for("protection.tracing", tracing_id=request_id, done="asked"), 303)


@blueprint.post("/care/<number>/tracing/<uuid:candidate_id>/answer")
@opens(Act.TRACE)
def answer_asked(work: Work, number: str, candidate_id: UUID) -> Any:
    """Answer what another desk asks."""
    tracing_answers.answer(work, number, _decision(candidate_id))
    return redirect(url_for("protection.tracings", number=number, done="answered"), 303)


def _decision(candidate_id: UUID) -> Any:
    said = _SAID.get(request.form.get("said", ""))
    if said is None:
        raise StalePage
    data = {"candidate_id": str(candidate_id), "version": version_sent(), "state": said.value}
    return load(DecideSchema(), data)
