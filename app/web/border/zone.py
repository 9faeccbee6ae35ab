"""The lines at the bottom of a passport: read, put into the form, to be compared with the paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import render_template, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.web.border.registration import prepare
from app.web.border.routes import blueprint
from app.web.border.words import state_codes
from app.web.fields import add_errors
from app.web.forms.border import ArrivalForm, issuers
from app.work import opens
from config.codes import countries
from workflows.policy import Act
from workflows.work import Work
from workflows.zone import Part, Zone, ZoneError, read_zone, state_of

#: What a code in the place of a nationality says of the kind of document.
_PROTECTED = {"XXA": "stateless_document", "XXB": "refugee_document", "XXC": "refugee_document"}
#: Doc 9303-4: the second letter of a passport for refugees, aliens, stateless persons.
_PASSPORTS = {"PR": "refugee_document", "PS": "stateless_document", "PT": "travel_document"}


@dataclass
class Told:
    """What the page says of the lines: an error, or what was filled in and what must be looked at."""

    error: str | None = None
    filled: bool = False
    warnings: list[str] = field(default_factory=list)


@blueprint.post("/register/zone")
@opens(Act.REGISTER, typed=True)
def zone(work: Work) -> Any:
    """Fill the form from the lines. Nothing is recorded, and nothing that was typed is replaced."""
    prepare(work)
    typed = MultiDict(request.form)
    told = Told()
    try:
        found = read_zone(typed.get("zone", ""), work.now.date())
    except ZoneError as error:
        told.error = _why_not(error)
    else:
        _fill(typed, found)
        told.filled, told.warnings = True, _warnings(found, work)
    form = ArrivalForm(formdata=typed)
    form.key.data = form.key.data or uuid4().hex
    if told.error:
        add_errors(form, {"zone": [told.error]})
    status = 422 if told.error else 200
    return render_template("border/register.html", form=form, told=told), status


def _fill(typed: MultiDict[str, str], found: Zone) -> None:
    """Put what the zone says where nothing was typed; the name as one form of the name."""
    kind = _PROTECTED.get(found.nationality) or _PASSPORTS.get(found.document)
    if kind is None:
        kind = {"P": "passport", "V": "other"}.get(found.document[:1], "identity_card")
    state, issuer = state_of(found.nationality), state_of(found.issuer) or found.issuer
    read = {
        "name": found.name,
        "document_name": found.name,
        "sex": "" if found.sex == "U" else found.sex,
        "nationality": state if state in state_codes() else "",
        "document_kind": kind,
        "document_issuer": issuer if issuer in issuers().values else "",
        "document_number": found.number,
    }
    if not any(
        value for name, value in typed.items() if name.startswith("birth-") and name not in _SET
    ):
        read |= _birth(found)
    for name, value in read.items():
        if value and not typed.get(name, "").strip():
            typed[name] = value


#: Parts of the date that say something before anything was typed.
_SET = {"birth-kind", "birth-calendar"}


def _birth(found: Zone) -> dict[str, str]:
    birth = found.birth
    if birth.year is None:
        return {}
    if birth.month is None or birth.day is None:
        return {
            "birth-kind": "year",
            "birth-calendar": "gregorian",
            "birth-only_year": str(birth.year),
        }
    return {
        "birth-kind": "date",
        "birth-calendar": "gregorian",
        "birth-day": str(birth.day),
        "birth-month": str(birth.month),
        "birth-year": str(birth.year),
    }


def _warnings(found: Zone, work: Work) -> list[str]:
    parts = {
        Part.NUMBER: gettext("the document number"),
        Part.BIRTH: gettext("the date of birth"),
        Part.EXPIRY: gettext("the day on which it expires"),
        Part.OPTIONAL: gettext("the part at the end"),
        Part.WHOLE: gettext("the lines as a whole"),
    }
    said = [
        gettext("The check digit of %(part)s does not fit. Read it again.", part=parts[part])
        for part in found.wrong
    ]
    if state_of(found.nationality) not in state_codes():
        name = countries()[found.nationality].name if found.nationality in countries() else ""
        said.append(
            gettext(
                "In place of a nationality the document has %(code)s %(name)s. It is evidence, to be asked "
                "about; it decides nothing.",
                code=found.nationality or "<<<",
                name=gettext(name) if name else "",
            )
        )
    expiry = found.expiry
    if expiry.year and (expiry.year, expiry.month or 12) < (work.now.year, work.now.month):
        said.append(gettext("The document has expired. It still says who issued it to whom."))
    return said


def _why_not(error: ZoneError) -> str:
    if error.code == "empty":
        return gettext("Type or scan the two or three lines with the many < signs.")
    if error.code == "letter":
        return gettext(
            "Line %(line)s has a sign that such lines never have: only A to Z, 0 to 9 and <.",
            line=error.line,
        )
    if error.code == "lines":
        return gettext(
            "There are %(lines)s lines. A passport has two, a card two or three.", lines=error.line
        )
    return gettext(
        "Line %(line)s has %(length)s signs. Lines have 30, 36 or 44, all of one length.",
        line=error.line,
        length=error.length,
    )
