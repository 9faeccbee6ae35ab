"""The work of an absent officer changes hands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.web.fields import add_errors
from app.web.forms.casework import HandOverForm
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import handing_over
from workflows.errors import InvalidCommand
from workflows.policy import Act
from workflows.work import Work


@blueprint.route("/clocks/hand-over", methods=["GET", "POST"])
@opens(Act.HAND_OVER_WORK, typed=True)
def hand_over(work: Work) -> Any:
    """Who is absent, and who of the same desk takes their open tasks."""
    g.place = "supervision.clocks"
    g.colleagues = [(str(one.id), one.name) for one in handing_over.officers(work)]
    form = HandOverForm()
    if request.method == "POST" and form.is_sound():
        try:
            count = handing_over.hand_over(work, UUID(form.absent.data), UUID(form.to.data))
        except InvalidCommand:
            add_errors(form, {"to": [gettext("Choose somebody else of the same desk.")]})
        else:
            return redirect(url_for("supervision.hand_over", moved=count), 303)
    moved = request.args.get("moved", "")
    text = render_template(
        "supervision/hand_over.html",
        form=form,
        able=len(g.colleagues) > 1,
        moved=int(moved) if moved.isdecimal() and len(moved) < 6 else None,
    )
    return text, 422 if form.errors or form.form_errors else 200
