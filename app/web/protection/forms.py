"""The inter-agency referral form, as a PDF: exactly what the packet holds and the desk may read now."""

from __future__ import annotations

from flask import make_response
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.documents.typeset import Form, Section, pdf
from app.locale import current_language, moment
from app.web.office_words import ACTIONS, BASES, GRADES, named, word
from app.web.protection.queue import packet_parts
from app.web.protection.routes import blueprint
from app.work import opens
from workflows import printing
from workflows.casenumbers import show
from workflows.desk_lists import ReferralShown
from workflows.policy import Act
from workflows.work import Work


@blueprint.get("/referrals/<number>/form")
@opens(Act.READ_PACKET)
def referral_form(work: Work, number: str) -> Response:
    """The form as a download. Who it is stands on it once the desk has taken the referral."""
    shown = printing.printed(work, number)
    response = make_response(pdf(form_of(shown), current_language()))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="referral.pdf"'
    return response


def form_of(shown: ReferralShown) -> Form:
    """The form in the reader's language."""
    parts = packet_parts(shown)
    case = [(gettext("Case"), [show(shown.case_number)])] if shown.case_number else []
    note = [(gettext("The sender's note"), [parts["note"]])] if parts["note"] else []
    profiles = [(name, [word(GRADES, grade)]) for name, grade, _ in parts["profiles"]]
    held = [(gettext("To be respected"), [word(ACTIONS, code) for code in parts["held"]])]
    origin = [
        (gettext("Sent by"), [named(shown.post)]),
        (gettext("To"), [named(shown.desk)]),
        (gettext("Sent"), [moment(shown.sent_at)]),
        (gettext("Answer by"), [moment(shown.due_at)]),
        (gettext("Ground"), [word(BASES, shown.legal_basis.value)]),
    ]
    return Form(
        title=gettext("Inter-agency referral form"),
        lead=f"{show(shown.number)} \u00b7 {parts['need'] or ''}",
        foot=gettext(
            "Confidential. Only for the desk named here; it holds no more than this need asks for."
        ),
        sections=[
            Section(gettext("Where it comes from"), origin),
            Section(gettext("Who it is"), [*case, *(parts["identity"] or [])]),
            Section(gettext("What you are told"), [*parts["rows"], *parts["facts"], *note]),
            Section(gettext("Preliminary profiles"), profiles),
            Section(gettext("To be respected"), held if parts["held"] else []),
        ],
    )
