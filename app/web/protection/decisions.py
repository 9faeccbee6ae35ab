"""A decision of the desk's own body, recorded on the case in its care: also long after the screening."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.locale import current_language
from app.schemas.desks import RecordDecisionSchema
from app.web.dates import iso_day
from app.web.forms.protection import DecisionForm
from app.web.page_versions import version_in
from app.web.protection.routes import blueprint
from app.work import opens
from workflows import decisions, desk_lists
from workflows.casenumbers import show
from workflows.desk_lists import ReferralShown
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotAllowed, NotAllowedNow
from workflows.policy import Act
from workflows.work import Work


@blueprint.route("/care/<number>/decisions", methods=["GET", "POST"])
@opens(Act.RECORD_DECISION, typed=True)
def decide(work: Work, number: str) -> Any:
    """Record what the desk's body decided, and read what it has decided before."""
    g.place = "protection.taken"
    shown = desk_lists.case_file(work, number).referral
    known = decisions.deciding(work, shown.case_number or "")
    if not known.facts:
        raise NotAllowed
    g.today = work.now.date()
    g.decidable = [(fact, _words(shown, fact)) for fact in known.facts]
    form = DecisionForm(data={"seen": str(known.version)})
    if request.method == "POST":
        answer = _record(work, form, shown)
        if answer is not None:
            return answer
    page = render_template(
        "protection/decisions.html",
        form=form,
        shown=shown,
        known=known,
        says=lambda fact: _words(shown, fact),
        show=show,
        about_person=True,
    )
    return page, 422 if form.errors or form.form_errors else 200


def _record(work: Work, form: DecisionForm, shown: ReferralShown) -> Response | None:
    """The answer after recording; None when the form must be shown again."""
    command = form.checked(RecordDecisionSchema(), lambda: _data(form, shown))
    if command is None:
        return None
    try:
        decisions.record(work, command)
    except InvalidCommand as error:
        form.refused(error)
        return None
    except NotAllowedNow:
        form.form_errors = [gettext("The case is closed. Nothing was recorded.")]
        return None
    except ChangedMeanwhile:
        newest = decisions.deciding(work, shown.case_number or "")
        form.seen.data = str(newest.version)
        form.form_errors = [
            gettext(
                "Something new was recorded about this person since you opened the page. Nothing was "
                "recorded of yours. Look at the case again; then send it again if it still stands."
            )
        ]
        return None
    return redirect(url_for("protection.care_file", number=shown.number, done="decided"), 303)


def _data(form: DecisionForm, shown: ReferralShown) -> dict[str, Any]:
    return {
        "case_number": shown.case_number or "",
        "fact": form.fact.data or "",
        "value": form.value.data or "",
        "on": iso_day(form.on.data),
        "reference": form.reference.data or "",
        "reason": form.reason.data or "",
        "seen": version_in(form.seen.data),
    }


def _words(shown: ReferralShown, fact: str) -> str:
    """The pack's own words for what is decided."""
    return shown.pack.text(f"fact.{fact}", current_language().code)
