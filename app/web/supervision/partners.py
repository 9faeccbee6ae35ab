"""Agreements with partners who may have exact tables, and what each of them has had."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.schemas.figures import AgreementSchema
from app.web.forms.supervision import AgreementForm
from app.web.page_versions import version_sent
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import agreements
from workflows.errors import InvalidCommand
from workflows.policy import Act
from workflows.work import Work


@blueprint.route("/figures/partners", methods=["GET", "POST"])
@opens(Act.KEEP_AGREEMENTS, typed=True)
def partners(work: Work) -> Any:
    """All agreements of the agency; record another one."""
    g.place = "supervision.figures"
    g.today = work.now.date()
    form = AgreementForm()
    if request.method == "POST" and _recorded(work, form):
        return redirect(url_for("supervision.partners", done="recorded"), 303)
    page = render_template(
        "supervision/partners.html",
        form=form,
        found=agreements.listed(work),
        done=request.args.get("done", ""),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _recorded(work: Work, form: AgreementForm) -> bool:
    command = form.checked(AgreementSchema(), form.chosen)
    if command is None:
        return False
    try:
        agreements.record(work, command)
    except InvalidCommand as error:
        form.refused(error, {"ends_on": gettext("Choose a day from today on, within two years.")})
        return False
    return True


@blueprint.post("/figures/partners/<uuid:agreement_id>/confirm")
@opens(Act.KEEP_AGREEMENTS)
def partner_confirm(work: Work, agreement_id: UUID) -> Any:
    """The second account confirms an agreement."""
    agreements.confirm(work, agreement_id, version_sent())
    return redirect(url_for("supervision.partners", done="confirmed"), 303)


@blueprint.post("/figures/partners/<uuid:agreement_id>/end")
@opens(Act.KEEP_AGREEMENTS)
def partner_end(work: Work, agreement_id: UUID) -> Any:
    """An agreement ends before its day."""
    agreements.end(work, agreement_id, version_sent())
    return redirect(url_for("supervision.partners", done="ended"), 303)
