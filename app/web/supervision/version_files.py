"""A version of a pack from a published file: every fault stands at the file that it is in."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.uploads import takes_files
from app.web.fields import add_errors
from app.web.forms.versions import BringInFileForm
from app.web.supervision.routes import blueprint
from app.web.supervision.versions import SHOWN, said_of, signature_of
from app.work import opens
from workflows import publishing, rulebook
from workflows.errors import InvalidCommand
from workflows.policy import Act
from workflows.publishing import BringInArchive
from workflows.rules.faults import PackError
from workflows.work import Work

_FIELDS = {publishing.ARCHIVE: "file", publishing.SIGNATURES: "signatures"}


@blueprint.route("/rules/<code>/versions/file", methods=["GET", "POST"])
@takes_files
@opens(Act.PROPOSE_PACK, typed=True)
def new_version_from_file(work: Work, code: str) -> Any:
    """Make a published file of the pack a draft."""
    g.place = "supervision.rules"
    title = rulebook.pack(work, code).title
    form = BringInFileForm()
    if request.method == "POST" and form.validate_on_submit():
        made = _brought_in(work, code, form)
        if made is not None:
            address = url_for("supervision.version", code=code, version_id=made, done="in")
            return redirect(address, 303)
    page = render_template("supervision/version_file.html", form=form, code=code, title=title)
    return page, 422 if form.errors or form.form_errors else 200


def _brought_in(work: Work, code: str, form: Any) -> Any:
    """The draft's id; None after putting each error to its field."""
    command = BringInArchive(
        pack=code,
        content=_content(form.file),
        signatures=_content(form.signatures),
        note=form.note.data or "",
        signature=signature_of(form),
    )
    try:
        return publishing.bring_in_archive(work, command)
    except PackError as fault:
        add_errors(form, {_FIELDS.get(fault.file, "file"): [_why(fault)]})
    except InvalidCommand as error:
        add_errors(form, _invalid(str(error.params.get("field"))))
    except SHOWN as error:
        form.form_errors = [said_of(error)]
    return None


def _why(fault: PackError) -> str:
    return gettext(
        "Found: %(found)s. Allowed: %(allowed)s.", found=fault.found, allowed=fault.allowed
    )


def _invalid(field: str) -> dict[str, list[str]]:
    return {
        "note": {"note": [gettext("Say what changes, and why")]},
        "file": {"file": [gettext("This file is of another pack.")]},
    }.get(field, {"file": [gettext("The file says the same as the version in force.")]})


def _content(field: Any) -> bytes:
    return field.data[1] if field.data else b""
