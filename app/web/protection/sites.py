"""The sites and rooms that a desk keeps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.schemas.reception import AddRoomSchema, AddSiteSchema, KeepRoomSchema
from app.web.forms.base import PageForm
from app.web.forms.reception import RoomForm, SiteForm
from app.web.page_versions import version_in
from app.web.protection.routes import blueprint
from app.work import opens
from workflows import sites
from workflows.errors import ChangedMeanwhile, InvalidCommand
from workflows.policy import Act
from workflows.sites import RoomShown
from workflows.work import Work


@blueprint.route("/reception/sites/new/<desk_code>", methods=["GET", "POST"])
@opens(Act.KEEP_SITES, typed=True)
def new_site(work: Work, desk_code: str) -> Any:
    """A new site of one's desk."""
    g.place = "protection.reception"
    form = SiteForm()
    if request.method == "POST":
        data = {"desk": desk_code, "name": form.name.data or ""}
        command = form.checked(AddSiteSchema(), data)
        if command is not None and _saved(form, work, lambda: sites.add_site(work, command)):
            return redirect(url_for("protection.reception", done="site"), 303)
    else:
        sites.may_keep(work, desk_code)
    page = render_template("protection/new_site.html", form=form)
    return page, 422 if form.errors or form.form_errors else 200


@blueprint.route("/reception/sites/<uuid:site_id>/rooms/new", methods=["GET", "POST"])
@opens(Act.KEEP_SITES, typed=True)
def new_room(work: Work, site_id: UUID) -> Any:
    """A new room of a site."""
    sites.site_of(work, site_id)
    form = RoomForm(data={"open": "yes"})
    if request.method == "POST":
        command = form.checked(AddRoomSchema(), lambda: {**_typed(form), "site_id": str(site_id)})
        if command is not None and _saved(form, work, lambda: sites.add_room(work, command)):
            return redirect(url_for("protection.reception", done="room"), 303)
    return _page(form, gettext("Add a room"))


@blueprint.route("/reception/rooms/<uuid:room_id>/change", methods=["GET", "POST"])
@opens(Act.KEEP_SITES, typed=True)
def change_room(work: Work, room_id: UUID) -> Any:
    """Change a room: beds, out of use, whom it is for, open or shut."""
    form = RoomForm(data=_known(sites.room_to_keep(work, room_id)))
    if request.method == "POST":
        command = form.checked(
            KeepRoomSchema(),
            lambda: {
                **_typed(form),
                "room_id": str(room_id),
                "version": version_in(form.version.data, 0),
            },
        )
        if command is not None and _saved(form, work, lambda: sites.keep_room(work, command)):
            return redirect(url_for("protection.reception", done="room"), 303)
    return _page(form, gettext("Change a room"))


def _known(shown: RoomShown) -> dict[str, Any]:
    terms = shown.terms
    return {
        "label": terms.label,
        "beds": terms.beds,
        "out_of_use": terms.out_of_use or None,
        "out_reason": None if terms.out_reason is None else terms.out_reason.value,
        "open": "yes" if terms.open else "no",
        "sexes": [one.value for one in terms.sexes],
        "ages": [one.value for one in terms.ages],
        "companies": [one.value for one in terms.companies],
        "children_until": terms.children_until or None,
        "version": str(shown.version),
    }


def _typed(form: RoomForm) -> dict[str, Any]:
    out = form.out_of_use.data or 0
    return {
        "label": form.label.data or "",
        "beds": form.beds.data,
        "out_of_use": out,
        "out_reason": (form.out_reason.data or None) if out else None,
        "open": form.open.data == "yes",
        "sexes": form.sexes.data or [],
        "ages": form.ages.data or [],
        "companies": form.companies.data or [],
        "children_until": form.children_until.data or 0,
    }


def _page(form: RoomForm, heading: str) -> Any:
    g.place = "protection.reception"
    page = render_template("protection/change_room.html", form=form, heading=heading)
    return page, 422 if form.errors or form.form_errors else 200


def _saved(form: PageForm, work: Work, do: Any) -> bool:
    """Save it; what the workflow refuses is said at its field, and everything typed stays."""
    try:
        do()
    except InvalidCommand as error:
        work.start_again()
        form.refused(error, _faults())
        return False
    except ChangedMeanwhile as error:
        work.start_again()
        form.form_errors = [gettext(error.message)]
        return False
    return True


def _faults() -> dict[str, str]:
    return {
        "name": gettext("This desk has a site of this name. Choose another."),
        "label": gettext("This site has such a room. Choose another name."),
        "beds": gettext("More people sleep there than this. Move them first."),
        "out_of_use": gettext("It has not so many beds."),
        "out_reason": gettext("Choose why they are out of use."),
    }
