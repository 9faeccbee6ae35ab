"""The directory of services: everybody who refers searches it, and each desk keeps its own entries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.locale import current_language
from app.schemas.services import AddServiceSchema, KeepServiceSchema
from app.web.fields import add_errors
from app.web.forms.services import NewServiceForm, ServiceForm, shown, typed
from app.web.office_words import named
from app.web.page_versions import version_in, version_sent
from app.web.service_words import (
    COLOURS,
    STANDINGS,
    area_word,
    free_words,
    hours_lines,
    whom_words,
)
from app.work import opens
from models.vocabulary import Role
from workflows import directory, own_services
from workflows.errors import ChangedMeanwhile, InvalidCommand
from workflows.policy import Act
from workflows.work import Work

blueprint = Blueprint("directory", __name__)
_DONE = {"saved", "added", "verified"}


@blueprint.get("/directory")
@opens(Act.VIEW_DIRECTORY)
def search(work: Work) -> str:
    """Who meets which need, where, for whom, when, and how far that was verified."""
    g.place = "directory.search"
    asked = {name: request.args.get(name, "")[:60] for name in ("need", "language")}
    area = request.args.get("area")
    found = directory.search(
        work, area=None if area is None else area[:60], words=current_language().code, **asked
    )
    return render_template(
        "directory/search.html",
        found=found,
        asked=asked,
        keeps=work.actor.role is Role.PROTECTION_OFFICER,
        **_words(),
    )


@blueprint.get("/services")
@opens(Act.KEEP_SERVICES)
def own(work: Work) -> str:
    """What one's own desks offer; what must be verified first."""
    g.place = "directory.search"
    done = request.args.get("done", "")
    return render_template(
        "directory/own.html",
        found=own_services.own(work, current_language().code),
        done=done if done in _DONE else None,
        **_words(),
    )


@blueprint.post("/services/<uuid:service_id>/verify")
@opens(Act.KEEP_SERVICES)
def verify(work: Work, service_id: UUID) -> Response:
    """Say that an entry is true today. A page that is out of date is refused."""
    own_services.verify(work, service_id, version_sent())
    return redirect(url_for("directory.own", done="verified"), 303)


@blueprint.route("/services/<uuid:service_id>", methods=["GET", "POST"])
@opens(Act.KEEP_SERVICES, typed=True)
def entry(work: Work, service_id: UUID) -> Any:
    """Edit one entry; saving it verifies it. A page that is out of date keeps what was typed."""
    g.place = "directory.search"
    now = own_services.own_entry(work, service_id)
    g.own_languages = now.terms.languages
    form = ServiceForm(data={**shown(now.terms), "version": str(now.version)})
    if request.method == "POST" and _kept(work, form, service_id):
        return redirect(url_for("directory.own", done="saved"), 303)
    needs = directory.need_words(work, [now.need], current_language().code)
    page = render_template(
        "directory/entry.html", form=form, entry=now, need=needs[now.need], **_words()
    )
    return page, 422 if form.errors or form.form_errors else 200


def _kept(work: Work, form: ServiceForm, service_id: UUID) -> bool:
    data = {
        **typed(form),
        "service_id": str(service_id),
        "version": version_in(form.version.data, 0),
    }
    command = form.checked(KeepServiceSchema(), data)
    if command is None:
        return False
    try:
        own_services.keep(work, command)
    except ChangedMeanwhile as error:
        form.form_errors = [gettext(error.message)]
        return False
    return True


@blueprint.route("/services/new/<desk_code>", methods=["GET", "POST"])
@opens(Act.KEEP_SERVICES, typed=True)
def new(work: Work, desk_code: str) -> Any:
    """A new entry of a desk, for a need within its agency's mandate."""
    g.place = "directory.search"
    desk = own_services.own_desk(work, desk_code)
    needs = directory.need_words(work, desk.may_add, current_language().code)
    g.may_add, g.own_areas = list(needs.items()), desk.areas
    g.own_languages = {code for one in desk.entries for code in one.terms.languages}
    form = NewServiceForm(data={"open": "yes", "area": desk.areas[0]})
    if request.method == "POST" and _added(work, form, desk_code):
        return redirect(url_for("directory.own", done="added"), 303)
    page = render_template("directory/new.html", form=form, desk=desk, **_words())
    return page, 422 if form.errors or form.form_errors else 200


def _added(work: Work, form: NewServiceForm, desk: str) -> bool:
    data = {
        **typed(form),
        "desk": desk,
        "need": form.need.data or "",
        "area": form.area.data or "",
    }
    command = form.checked(AddServiceSchema(), data)
    if command is None:
        return False
    try:
        own_services.add(work, command)
    except InvalidCommand as error:
        field = str(error.params.get("field"))
        text = gettext("This desk has such an entry already, or it is not its to offer.")
        add_errors(form, {field: [text]})
        return False
    return True


def _words() -> dict[str, Any]:
    return {
        "named": named,
        "area_word": area_word,
        "hours_lines": hours_lines,
        "whom_words": whom_words,
        "free_words": free_words,
        "standing_word": lambda standing: str(STANDINGS[standing]),
        "standing_colour": COLOURS.__getitem__,
    }
