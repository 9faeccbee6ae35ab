"""Reception: how full the sites are, who has no bed yet, who is in a room, a bed for somebody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.schemas.loading import load
from app.schemas.reception import ArriveSchema, LeaveSchema, PlaceSchema
from app.web.controls import plain_digits
from app.web.fields import Option
from app.web.forms.base import PageForm
from app.web.forms.reception import LeaveForm, PlaceForm
from app.web.office_words import named, word
from app.web.protection.routes import blueprint
from app.web.reception_words import (
    APART,
    GROUNDS,
    LEFT,
    OUT,
    OVER,
    SIGN_COLOURS,
    SIGNS,
    STAY_STATES,
    free_colour,
    free_words,
    whom_words,
)
from app.work import opens
from models.vocabulary import RoomGroundKind
from workflows import attachments, beds, casenumbers, sites, triage, whereabouts
from workflows.casenumbers import show
from workflows.errors import ChangedMeanwhile, InvalidCommand, NoPlaceFree, NotAllowedNow
from workflows.policy import Act
from workflows.whereabouts import BedPage, RoomChoice
from workflows.work import Work

_DONE = {"site", "room", "placed", "kept", "arrived", "left"}


@blueprint.get("/reception")
@opens(Act.VIEW_RECEPTION)
def reception(work: Work) -> str:
    """First whoever has no bed, by what they need; then every site with its rooms, in numbers."""
    g.place = "protection.reception"
    done = request.args.get("done", "")
    return render_template(
        "protection/reception.html",
        board=sites.board(work),
        waiting=triage.waiting(work),
        done=done if done in _DONE else None,
        **words(),
    )


@blueprint.get("/reception/rooms/<uuid:room_id>")
@opens(Act.VIEW_RECEPTION)
def room(work: Work, room_id: UUID) -> str:
    """Who sleeps in a room, or is expected."""
    g.place = "protection.reception"
    return render_template(
        "protection/room.html",
        found=whereabouts.room(work, room_id),
        about_person=True,
        **words(),
    )


@blueprint.get("/care/<number>/whereabouts")
@opens(Act.VIEW_WHEREABOUTS)
def where_they_sleep(work: Work, number: str) -> str:
    """Where the person of a referral in care sleeps, and slept."""
    g.place = "protection.taken"
    return render_template(
        "protection/whereabouts.html",
        found=whereabouts.of_case(work, number),
        number=number,
        about_person=True,
        **words(),
    )


@blueprint.route("/reception/cases/<case_number>", methods=["GET", "POST"])
@opens(Act.PLACE_PERSON, typed=True)
def bed(work: Work, case_number: str) -> Any:
    """Where somebody sleeps; give them a bed, or another one, with their family."""
    now = whereabouts.bed(work, case_number)
    _choices(now)
    form = PlaceForm(data={"members": list(now.family), "here": "yes"})
    if request.method == "POST":
        command = form.checked(PlaceSchema(), lambda: _placed(case_number, form))
        if command is not None and _done(form, work, lambda: beds.place(work, command)):
            done = "placed" if command.here else "kept"
            return redirect(url_for("protection.reception", done=done), 303)
        # As it stands now: what was refused may have been refused because it changed.
        now = whereabouts.bed(work, case_number)
        _choices(now)
    return _bed_page(now, form, LeaveForm(formdata=None))


@blueprint.post("/reception/cases/<case_number>/arrived")
@opens(Act.PLACE_PERSON)
def arrived(work: Work, case_number: str) -> Any:
    """Somebody for whom a bed is kept has come."""
    beds.arrive(work, load(ArriveSchema(), {"case_number": case_number}))
    return redirect(url_for("protection.reception", done="arrived"), 303)


@blueprint.post("/reception/cases/<case_number>/left")
@opens(Act.PLACE_PERSON, typed=True)
def left(work: Work, case_number: str) -> Any:
    """Somebody sleeps there no more, or will not come."""
    form = LeaveForm()
    now = whereabouts.bed(work, case_number)
    _choices(now)
    command = form.checked(
        LeaveSchema(),
        lambda: {
            "case_number": case_number,
            "reason": form.reason.data or "",
            "at": plain_digits(form.left_at.data or "") or None,
        },
    )
    if command is not None and _done(form, work, lambda: beds.leave(work, command)):
        return redirect(url_for("protection.reception", done="left"), 303)
    now = whereabouts.bed(work, case_number)
    _choices(now)
    shown = {"members": list(now.family), "here": "yes"}
    return _bed_page(now, PlaceForm(formdata=None, data=shown), form)


LeaveForm.shown_as = {"at": "left_at"}


def _placed(case_number: str, form: PlaceForm) -> dict[str, Any]:
    return {
        "case_number": case_number,
        "room_id": form.room_id.data or "",
        "members": form.members.data or [],
        "here": form.here.data == "yes",
        "at": plain_digits(form.at.data or "") or None,
        "apart": form.apart.data or None,
        "asked_alone": bool(form.asked_alone.data),
        "note": form.note.data or "",
    }


def _choices(now: BedPage) -> None:
    """The rooms that may be given to the whole family, or else to the person alone."""
    together = {one.room.id for one in now.together if one.may}
    may = [one for one in now.alone if one.may or one.room.id in together]
    may += [one for one in now.together if one.may and one.room.id not in {m.room.id for m in may}]
    g.rooms = [_option(one, whole=one.room.id in together, family=bool(now.family)) for one in may]
    g.family = [Option(value=number, label=show(number)) for number in now.family]


def _option(one: RoomChoice, *, whole: bool, family: bool) -> Option:
    said = [free_words(one.room), whom_words(one.room.terms)]
    if family:
        said.append(
            gettext("for the whole family") if whole else gettext("for this person alone only")
        )
    said += [word(GROUNDS, ground.kind) for ground in one.grounds if not ground.shuts]
    label = f"{one.room.site} · {one.room.terms.label}"
    return Option(value=str(one.room.id), label=label, hint=" · ".join(said))


def _bed_page(now: BedPage, form: PlaceForm, leaving: LeaveForm) -> Any:
    g.place = "protection.reception"
    asked = [one for one in (*now.alone, *now.together) if one.may]
    page = render_template(
        "protection/bed.html",
        form=form,
        leaving=leaving,
        now=now,
        shut=[one for one in now.together or now.alone if not one.may],
        ask_alone=any(
            ground.kind is RoomGroundKind.LINK_NOT_VERIFIED
            for one in asked
            for ground in one.grounds
        ),
        number=show(now.number),
        about_person=True,
        **words(),
    )
    wrong = any(one.errors or one.form_errors for one in (form, leaving))
    return page, 422 if wrong else 200


def _done(form: PageForm, work: Work, do: Callable[[], object]) -> bool:
    """Do it; what the workflow refuses is said at its field, and everything typed stays."""
    try:
        do()
    except InvalidCommand as error:
        work.start_again()
        shown_as = form.shown_as
        field = str(error.params.get("field"))
        error.params["field"] = shown_as.get(field, field)
        form.refused(error, {shown_as.get(name, name): text for name, text in _faults().items()})
    except NoPlaceFree:
        work.start_again()
        form.form_errors = [
            gettext("There are not as many beds left in this room. Choose another.")
        ]
    except ChangedMeanwhile:
        work.start_again()
        form.form_errors = [
            gettext("Somebody came into this room, or left it, meanwhile. Look at it again.")
        ]
    except NotAllowedNow:
        work.start_again()
        form.form_errors = [
            gettext("Nothing was done: it stands differently now. Somebody else was quicker.")
        ]
    else:
        return True
    return False


def _faults() -> dict[str, str]:
    return {
        "room_id": gettext("This room is not for everybody whom you chose."),
        "members": gettext("Choose from the family on this page."),
        "apart": gettext("Say why some of the family sleep elsewhere, or place them together."),
        "asked_alone": gettext("Ask the child alone first, and tick this if they want to stay."),
        "at": gettext("This time is still to come, or before they came."),
    }


@blueprint.get("/care/<number>/bed")
@opens(Act.PLACE_PERSON)
def bed_of_referral(work: Work, number: str) -> Any:
    """From a case file to its bed."""
    case = attachments.case_of_care(work, number)
    return redirect(url_for("protection.bed", case_number=casenumbers.show(case)), 303)


def words() -> dict[str, Any]:
    """What the templates of reception say things with."""
    return {
        "named": named,
        "show": show,
        "whom_words": whom_words,
        "free_words": free_words,
        "free_colour": free_colour,
        "stay_word": lambda code: word(STAY_STATES, code),
        "left_word": lambda code: word(LEFT, code),
        "apart_word": lambda code: word(APART, code),
        "out_word": lambda code: word(OUT, code),
        "over_word": lambda code: word(OVER, code),
        "sign_word": lambda code: word(SIGNS, code),
        "sign_colour": lambda code: SIGN_COLOURS.get(str(code), "neutral"),
        "ground_word": lambda kind: word(GROUNDS, kind),
    }
