"""Two records of one person: found, compared, proposed, approved by another account, taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from app.locale import listed, long_date
from app.schemas.loading import load
from app.schemas.merging import AnswerMergeSchema, ProposeMergeSchema, UndoMergeSchema
from app.web.border.likeness import as_codes, words_of
from app.web.forms.merging import OtherRecordForm, ProposeMergeForm, UndoMergeForm
from app.web.office_words import named, word
from app.web.page_versions import version_in, version_sent
from app.web.protection.compared_words import rows_of
from app.web.protection.routes import blueprint
from app.work import StalePage, opens
from models.vocabulary import MergeState
from workflows import casenumbers, comparing, merging
from workflows.casenumbers import show
from workflows.comparing import Half, Pair, WhyApart
from workflows.errors import BadCaseNumber, NotFound, UnsafeToMerge
from workflows.policy import Act
from workflows.work import Work

STATES = {
    MergeState.PROPOSED: lazy_gettext("Waits for a second account"),
    MergeState.MERGED: lazy_gettext("One person"),
    MergeState.REFUSED: lazy_gettext("Refused: two persons"),
    MergeState.LAPSED: lazy_gettext("Ran out without an answer"),
    MergeState.UNDO_PROPOSED: lazy_gettext("One person; taking back waits for a second account"),
    MergeState.UNDONE: lazy_gettext("Taken back: two persons"),
}
AGAINST = {
    WhyApart.SAME_RECORD: lazy_gettext("This is the same record."),
    WhyApart.OTHER_AGENCY: lazy_gettext(
        "Another agency registered one of them: each answers for its own records. Agree with it first."
    ),
    WhyApart.CAME_TOGETHER: lazy_gettext(
        "They were registered as travelling together, so they are two persons."
    ),
    # Says nothing of who is kept from whom.
    WhyApart.KEPT_APART: lazy_gettext("They are known to be two persons."),
    WhyApart.OBJECTED: lazy_gettext("One of them has objected. That must be answered first."),
    WhyApart.BEING_ERASED: lazy_gettext(
        "One of them is proposed to be erased. That must be decided first."
    ),
    WhyApart.JOINED_ALREADY: lazy_gettext(
        "One of them is part of another proposal or already counts as one with a third record."
    ),
}
_DONE = {"proposed", "answered", "undo"}


@blueprint.get("/same-person")
@opens(Act.VIEW_QUEUE)
def merges(work: Work) -> str:
    """Every statement on two records in care: what waits for an answer first."""
    g.place = "protection.taken"
    return render_template(
        "protection/merges.html",
        found=merging.listed(work),
        show=show,
        state_word=lambda code: word(STATES, code),
    )


@blueprint.get("/care/<number>/same-person")
@opens(Act.COMPARE_RECORDS)
def same_person(work: Work, number: str) -> Any:
    """Who in care may be the same person, and a field for a number."""
    form = OtherRecordForm(formdata=None)
    typed = request.args.get("other")
    if typed is not None:
        form.other.data = typed[:20]
        answer = _typed(work, number, form)
        if answer is not None:
            return answer
    page = _candidates(work, number, form)
    return page, 422 if form.errors else 200


def _typed(work: Work, number: str, form: OtherRecordForm) -> Any:
    """On to the pair; None after saying at the field why not."""
    try:
        other = casenumbers.parse(form.other.data or "")
        comparing.side_by_side(work, number, other)
    except BadCaseNumber as error:
        form.other.errors = [gettext(error.message)]
        return None
    except NotFound:
        # Whether somebody has that number is not told.
        work.start_again()
        work.note(Act.COMPARE_RECORDS, NotFound.code)
        form.other.errors = [
            gettext("Your desk has no such case in its care. Ask the desk that has it to compare.")
        ]
        return None
    return redirect(url_for("protection.pair", number=number, other=show(other)), 303)


def _candidates(work: Work, number: str, form: OtherRecordForm) -> str:
    g.place = "protection.taken"
    found = comparing.candidates(work, number)
    rows = [
        {
            "number": show(one.case_number),
            "name": one.name,
            "why": listed(words_of(as_codes(one.likeness.reasons))),
            "day": one.registered_on,
        }
        for one in found.hints
    ]
    return render_template(
        "protection/same_person.html",
        form=form,
        number=number,
        rows=rows,
        elsewhere=found.elsewhere,
        about_person=True,
    )


@blueprint.get("/care/<number>/same-person/<other>")
@opens(Act.COMPARE_RECORDS)
def pair(work: Work, number: str, other: str) -> str:
    """Two records beside each other, and the form to propose that they are of one person."""
    return _pair_page(work, number, other)


@blueprint.post("/care/<number>/same-person/<other>")
@opens(Act.MERGE_RECORDS, typed=True)
def propose_merge(work: Work, number: str, other: str) -> Any:
    """Propose it; a second account of the agency decides."""
    found = comparing.side_by_side(work, number, other)
    _name_both(found)
    form = ProposeMergeForm()
    data = {
        "number": number,
        "other": other,
        "leads": form.leads.data == "left",
        "reason": form.reason.data or "",
    }
    command = form.checked(ProposeMergeSchema(), data)
    if command is None:
        return _pair_page(work, number, other, form), 422
    try:
        merge_id = merging.propose(work, command)
    except UnsafeToMerge:
        work.start_again()
        return _pair_page(work, number, other, form), 409
    return redirect(url_for("protection.merge", merge_id=merge_id, done="proposed"), 303)


def _pair_page(work: Work, number: str, other: str, form: ProposeMergeForm | None = None) -> str:
    g.place = "protection.taken"
    found = comparing.side_by_side(work, number, other)
    _name_both(found)
    return render_template(
        "protection/pair.html",
        form=ProposeMergeForm(formdata=None) if form is None else form,
        number=number,
        other=other,
        **_pair_words(found),
    )


def _name_both(found: Pair) -> None:
    g.both = [
        (side, show(half.case_number), _when(half))
        for side, half in (("left", found.left), ("right", found.right))
    ]


def _when(half: Half) -> str:
    return gettext(
        "%(post)s, registered on %(day)s", post=named(half.post), day=long_date(half.registered_on)
    )


def _pair_words(found: Pair) -> dict[str, Any]:
    return {
        "left": {"number": show(found.left.case_number), "when": _when(found.left)},
        "right": {"number": show(found.right.case_number), "when": _when(found.right)},
        "rows": rows_of(found.fields),
        "against": [word(AGAINST, one) for one in found.against],
        "about_person": True,
    }


@blueprint.get("/same-person/<uuid:merge_id>")
@opens(Act.COMPARE_RECORDS)
def merge(work: Work, merge_id: UUID) -> str:
    """One statement: both records, why, and what may be done about it now."""
    return _merge_page(work, merge_id)


def _merge_page(work: Work, merge_id: UUID, form: UndoMergeForm | None = None) -> str:
    g.place = "protection.taken"
    opened = merging.opened(work, merge_id)
    done = request.args.get("done", "")
    if form is None:
        form = UndoMergeForm(formdata=None, data={"version": str(opened.shown.version)})
    return render_template(
        "protection/merge.html",
        form=form,
        shown=opened.shown,
        state=word(STATES, opened.shown.state),
        reason=opened.reason,
        undo_reason=opened.undo_reason,
        waits=opened.shown.state in (MergeState.PROPOSED, MergeState.UNDO_PROPOSED)
        and not opened.shown.expired,
        may_undo=opened.shown.state is MergeState.MERGED
        or (opened.shown.state is MergeState.UNDO_PROPOSED and opened.shown.expired),
        done=done if done in _DONE else None,
        **_pair_words(opened.pair),
    )


@blueprint.post("/same-person/<uuid:merge_id>/answer")
@opens(Act.MERGE_RECORDS)
def answer_merge(work: Work, merge_id: UUID) -> Any:
    """Approve or refuse what another account has proposed."""
    said = request.form.get("said", "")
    if said not in {"yes", "no"}:
        raise StalePage
    data = {"merge_id": str(merge_id), "version": version_sent(), "approve": said == "yes"}
    merging.answer(work, load(AnswerMergeSchema(), data))
    return redirect(url_for("protection.merge", merge_id=merge_id, done="answered"), 303)


@blueprint.post("/same-person/<uuid:merge_id>/undo")
@opens(Act.MERGE_RECORDS, typed=True)
def undo_merge(work: Work, merge_id: UUID) -> Any:
    """Propose that they are of two persons after all."""
    form = UndoMergeForm()
    data = {
        "merge_id": str(merge_id),
        "version": version_in(form.version.data),
        "reason": form.reason.data or "",
    }
    command = form.checked(UndoMergeSchema(), data)
    if command is None:
        return _merge_page(work, merge_id, form), 422
    merging.undo(work, command)
    return redirect(url_for("protection.merge", merge_id=merge_id, done="undo"), 303)
