"""Agencies, desks and posts: open or closed, how many places, last verified when."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.locale import current_language
from app.schemas.network import EditDeskSchema
from app.web.administration.routes import blueprint
from app.web.forms.administration import DeskForm, desk_form, places_field
from app.web.forms.focal import focal_page
from app.web.office_words import AGENCY_KINDS, named, word
from app.web.page_versions import version_in, version_sent
from app.work import opens
from workflows import network as places
from workflows.errors import ChangedMeanwhile
from workflows.network import DeskShown
from workflows.policy import Act
from workflows.work import Work

_DONE = {"desk", "post"}


@blueprint.get("/network")
@opens(Act.MANAGE_NETWORK)
def network(work: Work) -> str:
    """Who can meet needs, and where people are met."""
    g.place = "administration.network"
    done = request.args.get("done", "")
    return render_template(
        "administration/network.html",
        found=places.network(work),
        done=done if done in _DONE else None,
        named=named,
        kind_word=lambda code: word(AGENCY_KINDS, code),
    )


@blueprint.route("/network/desks/<code>", methods=["GET", "POST"])
@opens(Act.MANAGE_NETWORK, typed=True)
def desk(work: Work, code: str) -> Any:
    """Edit what is known of a desk. A page that is out of date is refused, and keeps what was typed."""
    g.place = "administration.network"
    shown = places.desk(work, code, current_language().code)
    form = desk_form(shown.services, dict(shown.needs), data=_now(shown))
    if request.method == "POST" and _edit(work, form, shown):
        return redirect(url_for("administration.network", done="desk"), 303)
    page = render_template(
        "administration/desk.html",
        form=form,
        desk=shown,
        places=[form[places_field(service)] for service in shown.services],
        verified=[service.verified_on for service in shown.services],
        named=named,
    )
    return page, 422 if form.errors or form.form_errors else 200


def _now(shown: DeskShown) -> dict[str, Any]:
    known: dict[str, Any] = {places_field(s): s.capacity for s in shown.services}
    return {**known, "open": "yes" if shown.open else "no", "version": str(shown.version)}


def _edit(work: Work, form: DeskForm, shown: DeskShown) -> bool:
    data = {
        "code": shown.code,
        "open": form.open.data == "yes",
        "version": version_in(form.version.data, 0),
        "capacity": {str(s.id): form[places_field(s)].data for s in shown.services},
        "verified": bool(form.verified.data),
    }
    command = form.checked(EditDeskSchema(), data)
    if command is None:
        return False
    try:
        places.edit_desk(work, command)
    except ChangedMeanwhile as error:
        form.form_errors = [gettext(error.message)]
        return False
    return True


@blueprint.post("/network/posts/<code>")
@opens(Act.MANAGE_NETWORK)
def post(work: Work, code: str) -> Any:
    """Open or close a post."""
    places.set_post(work, code, version_sent(), is_open=request.form.get("open") == "yes")
    return redirect(url_for("administration.network", done="post"), 303)


@blueprint.route("/network/agencies/<code>/focal-point", methods=["GET", "POST"])
@opens(Act.NAME_FOCAL_POINT, typed=True)
def focal_point(work: Work, code: str) -> Any:
    """Whom an agency has named for what nobody has moved."""
    g.place = "administration.network"
    done = url_for("administration.focal_point", code=code, done="named")
    return focal_page(work, code, url_for("administration.network"), done)
