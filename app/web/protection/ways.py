"""How it may go on for a person in care: alternatives, moving on, solutions; and return, which opens last."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.schemas.casework import RecordWaySchema
from app.web.forms.base import PageForm
from app.web.forms.ways import AlternativesForm, OnwardForm, ReturnForm, SolutionForm
from app.web.office_words import word
from app.web.protection.routes import blueprint
from app.web.way_words import KINDS, SHUT, way_row
from app.work import opens
from models.vocabulary import WayKind
from workflows import ways_on as going_on
from workflows.casenumbers import show
from workflows.errors import InvalidCommand, NotFound, StillHeld
from workflows.policy import Act
from workflows.work import Work

_FORMS: dict[WayKind, type[PageForm]] = {
    WayKind.ALTERNATIVES: AlternativesForm,
    WayKind.ONWARD: OnwardForm,
    WayKind.SOLUTION: SolutionForm,
    WayKind.RETURN: ReturnForm,
}


@blueprint.get("/care/<number>/ways")
@opens(Act.PLAN_WAY_ON)
def ways_on(work: Work, number: str) -> str:
    """What is recorded, and whether a return is open."""
    g.place = "protection.taken"
    found = going_on.of_case(work, number)
    return render_template(
        "protection/ways.html",
        found=found,
        number=number,
        rows=[way_row(one) for one in found.ways],
        shut=[word(SHUT, one) for one in found.shut],
        kinds=[(kind.value, KINDS[kind]) for kind in WayKind if kind is not WayKind.RETURN],
        done=request.args.get("done") == "recorded",
        show=show,
        about_person=True,
    )


@blueprint.route("/care/<number>/ways/<kind>", methods=["GET", "POST"])
@opens(Act.PLAN_WAY_ON, typed=True)
def way_on(work: Work, number: str, kind: str) -> Any:
    """Record one of them. A return is refused with its reason while it is shut."""
    g.place = "protection.taken"
    if kind not in set(WayKind):
        raise NotFound
    chosen = WayKind(kind)
    found = going_on.of_case(work, number)
    form = _FORMS[chosen]()
    if request.method == "POST" and _recorded(work, form, number, chosen):
        return redirect(url_for("protection.ways_on", number=number, done="recorded"), 303)
    page = render_template(
        "protection/way.html",
        form=form,
        number=number,
        heading=KINDS[chosen],
        shut=[word(SHUT, one) for one in found.shut] if chosen is WayKind.RETURN else [],
        about_person=True,
    )
    return page, 422 if form.errors or form.form_errors else 200


def _recorded(work: Work, form: PageForm, number: str, kind: WayKind) -> bool:
    def data() -> dict[str, Any]:
        known: dict[str, Any] = {"number": number, "kind": kind.value}
        for name in ("alternatives", "solution", "country", "says"):
            if name in form:
                known[name] = form[name].data or ("" if name in ("says", "country") else None)
        if kind is WayKind.ONWARD:
            known["there"] = {part: form[part].data for part in going_on.PARTS}
        return known

    command = form.checked(RecordWaySchema(), data)
    if command is None:
        return False
    try:
        going_on.record(work, command)
    except InvalidCommand as error:
        work.start_again()
        form.refused(error)
    except StillHeld as error:
        work.start_again()
        form.form_errors = [
            gettext("Nothing was recorded."),
            str(word(SHUT, str(error.params["why"]))),
        ]
    else:
        return True
    return False
