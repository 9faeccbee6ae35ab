"""How full the sites of one's agency are, in numbers; and more people than beds, for a named reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.schemas.reception import AllowOverfullSchema
from app.web.forms.reception import OverfullForm
from app.web.office_words import named, word
from app.web.page_versions import version_in
from app.web.reception_words import OUT, OVER, free_colour, free_words, whom_words
from app.web.supervision.routes import blueprint
from app.work import opens
from workflows import overfull as overfilling
from workflows import sites
from workflows.errors import ChangedMeanwhile, InvalidCommand
from workflows.policy import Act
from workflows.work import Work


@blueprint.get("/occupancy")
@opens(Act.VIEW_RECEPTION)
def occupancy(work: Work) -> str:
    """Beds, taken, free, out of use, by site and room. Nobody is named here, by number neither."""
    g.place = "supervision.clocks"
    return render_template(
        "supervision/occupancy.html",
        board=sites.board(work),
        done=request.args.get("done") == "allowed",
        **_words(),
    )


@blueprint.route("/occupancy/rooms/<uuid:room_id>", methods=["GET", "POST"])
@opens(Act.ALLOW_OVERFULL, typed=True)
def overfull(work: Work, room_id: UUID) -> Any:
    """Let a room take more people than it has beds, for some days, or end that."""
    g.place = "supervision.clocks"
    shown = overfilling.room_to_allow(work, room_id)
    known = {"version": str(shown.version), "days": 1}
    if shown.allowed is not None:
        known |= {"extra": shown.allowed.extra, "reason": shown.allowed.reason.value}
    form = OverfullForm(data=known)
    if request.method == "POST" and _allowed(work, form, room_id):
        return redirect(url_for("supervision.occupancy", done="allowed"), 303)
    page = render_template("supervision/overfull.html", form=form, room=shown, **_words())
    return page, 422 if form.errors or form.form_errors else 200


def _allowed(work: Work, form: OverfullForm, room_id: UUID) -> bool:
    command = form.checked(
        AllowOverfullSchema(),
        lambda: {
            "room_id": str(room_id),
            "extra": form.extra.data,
            "days": form.days.data,
            "reason": form.reason.data or "",
            "note": form.note.data or "",
            "version": version_in(form.version.data, 0),
        },
    )
    if command is None:
        return False
    try:
        overfilling.allow_overfull(work, command)
    except InvalidCommand as error:
        work.start_again()
        form.refused(error, {"note": gettext("Write why there is no other way.")})
        return False
    except ChangedMeanwhile as error:
        work.start_again()
        form.form_errors = [gettext(error.message)]
        return False
    return True


def _words() -> dict[str, Any]:
    return {
        "named": named,
        "whom_words": whom_words,
        "free_words": free_words,
        "free_colour": free_colour,
        "out_word": lambda code: word(OUT, code),
        "over_word": lambda code: word(OVER, code),
    }
