"""What the person asks for: a request like one that is taken at a post, answered by humans."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from app.web.fields import Option, RadiosField, SubmitField, TextAreaField
from app.web.forms.base import PageForm
from app.web.office_words import word
from app.web.person.routes import blueprint
from app.web.person.visiting import to_the_door, visit_of
from app.web.pictograms import pictogram_of
from app.work import StalePage, opens
from models.vocabulary import RequestKind
from workflows import own_state
from workflows.errors import InvalidCommand, TooManyAttempts
from workflows.policy import Act
from workflows.work import Work

#: In the order in which they are asked for; what one says and what then happens.
_WORDS = {
    "objection": lazy_gettext("I take back my consent, or do not agree to what is done"),
    "correction": lazy_gettext("Something written about me is wrong"),
    "access": lazy_gettext("I want to see or hear what is written about me"),
    "restriction": lazy_gettext("I want nothing done with my file for now"),
    "erasure": lazy_gettext("I want my file erased"),
    "complaint": lazy_gettext("I complain about how I was treated"),
}
_THEN = {
    "objection": lazy_gettext(
        "It counts at once: nothing new is sent without you, unless your life is in danger."
    ),
    "complaint": lazy_gettext(
        "An independent monitor reads it. No officer, no office and none of their superiors does."
    ),
}


def _kinds() -> list[Option]:
    return [
        Option(
            value=kind,
            label=word(_WORDS, kind),
            hint=word(_THEN, kind) if kind in _THEN else None,
            pictogram=pictogram_of("request", kind),
        )
        for kind in _WORDS
    ]


class AskForm(PageForm):
    """What the person asks, in their own words."""

    kind = RadiosField(
        lazy_gettext("What do you ask?"),
        options=_kinds,
        required=lazy_gettext("Choose what you ask"),
    )
    says = TextAreaField(
        lazy_gettext("In your own words"),
        hint=lazy_gettext(
            "In any language. It is locked at once; also you cannot read it here again."
        ),
        required=lazy_gettext("Write what you ask"),
        max_length=1500,
        counted=True,
    )
    submit = SubmitField(lazy_gettext("Send"))


@blueprint.route("/ask", methods=["GET", "POST"])
@opens(Act.ASK_FOR_OWN_RIGHT, typed=True, signed_out=True, alone=True)
def ask(work: Work) -> Any:
    """Ask; what was sent is told by its day alone from then on."""
    visit = visit_of(work)
    form, status = AskForm(), 200
    if visit is None:
        if request.method == "POST" and not form.is_fresh():
            raise StalePage
        return to_the_door()
    if request.method == "POST":
        status = 422
        if form.is_sound():
            try:
                own_state.ask(work, visit, RequestKind(form.kind.data), form.says.data or "")
            except InvalidCommand:
                form.says.errors = [gettext("Write what you ask")]
            except TooManyAttempts as error:
                work.start_again()
                form.form_errors = [
                    gettext("You have asked as much as can be taken here in a day. Ask at a post.")
                ]
                status = error.status
            else:
                return redirect(url_for("person.state", done="asked"), 303)
    return render_template("person/ask.html", form=form), status
