"""Appointments: the list of the day, those of a case, the slip for the person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from babel.dates import format_date
from flask import g, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext

from app.locale import Language, current_language, language_of, long_date
from app.schemas.casework import (
    MakeAppointmentSchema,
    MoveAppointmentSchema,
    SettleAppointmentSchema,
)
from app.schemas.loading import load
from app.web.border.words import person_language
from app.web.casework_words import APPOINTMENT_STATES, BRING
from app.web.controls import plain_digits
from app.web.dates import iso_day
from app.web.fields import PartialDate, add_errors
from app.web.forms.casework import AppointmentForm, MoveForm
from app.web.office_words import named, word
from app.web.page_versions import version_in, version_sent
from app.web.protection.routes import blueprint
from app.work import StalePage, opens
from models.vocabulary import AppointmentState
from workflows import appointments, attachments, casenumbers
from workflows.appointments import AppointmentShown, SlipShown
from workflows.casenumbers import show
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowedNow,
    NotFound,
    WouldTell,
)
from workflows.policy import Act
from workflows.work import Work

_DONE = {"made", "moved", "settled"}


@blueprint.get("/appointments")
@opens(Act.VIEW_APPOINTMENTS)
def day(work: Work) -> str:
    """The appointments of the desk on a day."""
    g.place = "protection.day"
    asked = request.args.get("day")
    try:
        found = appointments.of_day(work, None if asked is None else date.fromisoformat(asked))
        near = (found.day - timedelta(days=1), found.day + timedelta(days=1))
    except (ValueError, OverflowError):
        raise NotFound from None
    return render_template(
        "protection/day.html",
        found=found,
        near=near,
        done=request.args.get("done") == "settled",
        named=named,
        show=show,
        **_words(),
    )


@blueprint.get("/care/<number>/appointments")
@opens(Act.VIEW_APPOINTMENTS)
def appointments_of(work: Work, number: str) -> str:
    """The appointments with a person, and the form for one more."""
    g.today = work.now.date()
    return _page(work, number, AppointmentForm(formdata=None))


@blueprint.post("/care/<number>/appointments")
@opens(Act.ARRANGE_APPOINTMENT, typed=True)
def make_appointment(work: Work, number: str) -> Any:
    """Make an appointment."""
    g.today = work.now.date()
    form = AppointmentForm()
    command = form.checked(MakeAppointmentSchema(), lambda: _data(number, form))
    if command is None or not _arranged(form, lambda: appointments.make(work, command)):
        return _page(work, number, form), 422
    return redirect(url_for("protection.appointments_of", number=number, done="made"), 303)


@blueprint.route("/care/<number>/appointments/<uuid:appointment_id>/move", methods=["GET", "POST"])
@opens(Act.ARRANGE_APPOINTMENT, typed=True)
def move_appointment(work: Work, number: str, appointment_id: UUID) -> Any:
    """Another day, time or place."""
    g.today = work.now.date()
    g.place = "protection.taken"
    old = _one(work, number, appointment_id)
    form = MoveForm(data=_as_typed(old)) if request.method == "GET" else MoveForm()
    if request.method == "POST":
        command = form.checked(
            MoveAppointmentSchema(),
            lambda: {
                **_data(number, form),
                "appointment_id": str(appointment_id),
                "version": version_in(form.version.data),
            },
        )
        if command is not None and _arranged(form, lambda: appointments.move(work, command)):
            address = url_for("protection.appointments_of", number=number, done="moved")
            return redirect(address, 303)
    text = render_template(
        "protection/move.html", form=form, number=number, old=old, about_person=True, **_words()
    )
    return text, 422 if form.errors or form.form_errors else 200


@blueprint.post("/care/<number>/appointments/<uuid:appointment_id>/settle")
@opens(Act.ARRANGE_APPOINTMENT)
def settle_appointment(work: Work, number: str, appointment_id: UUID) -> Any:
    """Say what became of it, from the page of the case or from the list of the day."""
    version, state = version_sent(), request.form.get("state", "")
    if state not in set(AppointmentState):
        raise StalePage
    data = {
        "number": number,
        "appointment_id": str(appointment_id),
        "state": state,
        "version": version,
    }
    appointments.settle(work, load(SettleAppointmentSchema(), data))
    if request.form.get("from") == "day":
        return redirect(url_for("protection.day", done="settled"), 303)
    return redirect(url_for("protection.appointments_of", number=number, done="settled"), 303)


@blueprint.get("/care/<number>/appointments/<uuid:appointment_id>/slip")
@opens(Act.VIEW_APPOINTMENTS)
def appointment_slip(work: Work, number: str, appointment_id: UUID) -> str:
    """The slip to print: the person's language beside the officer's, and nothing about the person."""
    g.place = "protection.taken"
    found = appointments.slip(work, number, appointment_id)
    own = person_language(found.language, found.pack)
    reader = current_language()
    languages = [own or language_of("en")]
    if reader.code != languages[0].code:
        languages.append(reader)
    return render_template(
        "protection/slip.html",
        number=number,
        case=show(found.case_number),
        untranslated=own is None,
        texts=[_said(found, one) for one in languages],
        about_person=True,
    )


def _said(found: SlipShown, language: Language) -> dict[str, Any]:
    with force_locale(language.code):
        return {
            "lang": language,
            "title": gettext("Your appointment"),
            "case": gettext("Your number"),
            "rows": [
                (gettext("When"), [_when(found.appointment.local, language.code)]),
                (gettext("Where"), [found.appointment.place]),
                (gettext("Bring"), [word(BRING, one) for one in found.appointment.bring]),
            ],
            "missed": gettext(
                "If you cannot come, tell us before. You lose nothing: you get another time."
            ),
        }


def _when(local: datetime, code: str) -> str:
    weekday = format_date(local.date(), "EEEE", locale=code)
    return gettext(
        "%(weekday)s, %(day)s, at %(time)s local time",
        weekday=weekday,
        day=long_date(local.date()),
        time=f"{local:%H:%M}",
    )


def _one(work: Work, number: str, appointment_id: UUID) -> AppointmentShown:
    found = next(
        (one for one in appointments.of_case(work, number) if one.id == appointment_id), None
    )
    if found is None:
        raise NotFound
    return found


def _as_typed(old: AppointmentShown) -> dict[str, Any]:
    on = old.local.date()
    typed = {"day": str(on.day), "month": str(on.month), "year": str(on.year)}
    return {
        "day": PartialDate(kind="date", calendar="gregorian", earliest=on, latest=on, typed=typed),
        "time": f"{old.local:%H:%M}",
        "place": old.place,
        "bring": [one.value for one in old.bring],
        "version": str(old.version),
    }


def _data(number: str, form: AppointmentForm) -> dict[str, Any]:
    return {
        "number": number,
        "day": iso_day(form.day.data),
        "time": plain_digits(form.time.data or ""),
        "place": form.place.data or "",
        "bring": form.bring.data or [],
    }


def _arranged(form: AppointmentForm, do: Callable[[], object]) -> bool:
    try:
        do()
    except InvalidCommand as error:
        form.refused(error, _faults())
        return False
    except WouldTell as error:
        add_errors(form, {"place": [gettext(error.message)]})
        return False
    except (NotAllowedNow, ChangedMeanwhile):
        form.form_errors = [
            gettext("Somebody else has changed this appointment. Look at it again.")
        ]
        return False
    return True


def _faults() -> dict[str, str]:
    return {
        "day": gettext("The day must be today or later, and within a year."),
        "time": gettext("This time is over, or does not exist on that day."),
        "place": gettext("Write an address or a room. The name of your agency would tell why."),
    }


def _page(work: Work, number: str, form: AppointmentForm) -> str:
    g.place = "protection.taken"
    done = request.args.get("done", "")
    return render_template(
        "protection/appointments.html",
        form=form,
        number=number,
        case=casenumbers.show(attachments.case_of_care(work, number)),
        found=appointments.of_case(work, number),
        done=done if done in _DONE else None,
        about_person=True,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "state_word": lambda code: word(APPOINTMENT_STATES, code),
        "bring_word": lambda code: word(BRING, code),
        "tone": {"planned": "accent", "kept": "good", "missed": "stop"},
    }
