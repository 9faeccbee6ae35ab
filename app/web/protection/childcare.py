"""A child alone: registration, care with its history, best interests; to read, fill in, print and save."""

from __future__ import annotations

from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.documents.typeset import Form, Section, pdf
from app.locale import current_language, long_date
from app.schemas.childcare import FillFormSchema
from app.web.child_words import HEADINGS, LABELS, TITLES, Rows, sections_of
from app.web.forms.base import PageForm
from app.web.forms.childcare import form_for, values_in
from app.web.office_words import named, word
from app.web.packet_words import packet_rows
from app.web.page_versions import version_in
from app.web.protection.routes import blueprint
from app.work import opens
from workflows import child_forms
from workflows.casenumbers import show
from workflows.child_fields import FORMS, FormKind, fields_of
from workflows.child_forms import ChildFile
from workflows.errors import ChangedMeanwhile, InvalidCommand, NotFound
from workflows.policy import Act
from workflows.work import Work


@blueprint.get("/care/<number>/child")
@opens(Act.VIEW_CHILD_FORMS)
def child(work: Work, number: str) -> str:
    """Everything that is filled in, to read and print."""
    g.place = "protection.taken"
    file = child_forms.of_case(work, number)
    return render_template(
        "protection/child.html",
        number=number,
        case=show(file.case_number),
        who=_who(file),
        forms=[_shown(file, kind) for kind in FormKind],
        history=_history(file),
        clocks=[(_clock_word(code), due) for code, due in file.clocks],
        now=work.now,
        done=request.args.get("done") == "kept",
        about_person=True,
    )


def _who(file: ChildFile) -> Rows:
    traits = file.traits
    return packet_rows(
        {
            "name": list(file.names),
            "birth": file.birth,
            "sex": traits.get("sex", "U"),
            "nationality": traits.get("nationalities", []),
            "languages": traits.get("languages", []),
        }
    )


def _clock_word(code: str) -> str:
    words = {
        "UAC.assessment": gettext("Best-interests assessment"),
        "UAC.guardian": gettext("A guardian"),
    }
    return words.get(code, code)


def _shown(file: ChildFile, kind: FormKind) -> dict[str, Any]:
    newest = file.newest(kind)
    return {
        "kind": kind.value,
        "title": word(TITLES, kind),
        "sections": [] if newest is None else sections_of(kind, newest.values),
        "by": "" if newest is None else _by(newest),
        "complete": newest is not None and bool(newest.values.get("complete")),
    }


def _by(one: child_forms.Filled) -> str:
    return f"{named(one.desk)}, {long_date(one.recorded_on)}"


def _history(file: ChildFile) -> list[dict[str, Any]]:
    """Earlier care, newest first, without the present one."""
    cares = [one for one in file.filled if one.kind is FormKind.CARE][1:]
    return [
        {
            "rows": [row for _, rows in sections_of(one.kind, one.values) for row in rows],
            "by": _by(one),
        }
        for one in cares
    ]


@blueprint.route("/care/<number>/child/<form_kind>", methods=["GET", "POST"])
@opens(Act.FILL_CHILD_FORM, typed=True)
def child_form(work: Work, number: str, form_kind: str) -> Any:
    """Fill in a form; it begins with what was written last."""
    which = next((one for one in FormKind if one.value == form_kind), None)
    if which is None:
        work.asked = Act.FILL_CHILD_FORM
        raise NotFound
    if request.method == "GET":
        file = child_forms.of_case(work, number)
        newest = file.newest(which)
        given = dict(newest.values) if newest is not None else {}
        form = form_for(which)(formdata=None, data={**given, "seen": str(file.seen)})
        return _form_page(work, number, which, form)
    form = form_for(which)()
    data = {
        "number": number,
        "kind": form_kind,
        "values": values_in(form, which),
        "seen": version_in(form["seen"].data),
    }
    command = form.checked(FillFormSchema(), data)
    if command is None:
        return _form_page(work, number, which, form), 422
    try:
        child_forms.fill(work, command)
    except InvalidCommand as error:
        said = {one.code: gettext("Without this it is not complete") for one in fields_of(which)}
        form.refused(error, said)
        return _form_page(work, number, which, form), 422
    except ChangedMeanwhile as error:
        work.start_again()
        form.form_errors = [gettext(error.message)]
        form["seen"].data = str(child_forms.of_case(work, number).seen)
        return _form_page(work, number, which, form), 409
    return redirect(url_for("protection.child", number=number, done="kept"), 303)


def _form_page(work: Work, number: str, kind: FormKind, form: PageForm) -> str:
    g.place = "protection.taken"
    return render_template(
        "protection/child_form.html",
        number=number,
        case=show(child_forms.of_case(work, number).case_number),
        title=word(TITLES, kind),
        parts=[
            (word(HEADINGS, heading), [form[field.code] for field in fields])
            for heading, fields in FORMS[kind].items()
        ],
        form=form,
        about_person=True,
    )


@blueprint.get("/care/<number>/child/form.pdf")
@opens(Act.VIEW_CHILD_FORMS)
def child_pdf(work: Work, number: str) -> Response:
    """The inter-agency registration form as a tagged PDF, in the reader's language."""
    made = pdf(form_of(child_forms.of_case(work, number)), current_language())
    response = make_response(made)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="registration.pdf"'
    return response


def form_of(file: ChildFile) -> Form:
    """The form: who it is, every field (a line to write on where nothing was said), present care."""
    newest = file.newest(FormKind.REGISTRATION)
    filled = {} if newest is None else dict(newest.values)
    sections = [Section(gettext("Registered as"), _who(file))]
    for heading, fields in FORMS[FormKind.REGISTRATION].items():
        told = dict(row for _, rows in sections_of(FormKind.REGISTRATION, filled) for row in rows)
        rows = [
            (label, told.get(label, ["\u2026"])) for label in (word(LABELS, f.code) for f in fields)
        ]
        sections.append(Section(word(HEADINGS, heading), rows))
    care = file.newest(FormKind.CARE)
    if care is not None:
        sections += [Section(h, rows) for h, rows in sections_of(FormKind.CARE, care.values)]
    return Form(
        title=gettext("Registration form for unaccompanied and separated children"),
        lead=show(file.case_number),
        foot=gettext(
            "Confidential. Whoever carries this form keeps what must be withheld from those named on it."
        ),
        sections=sections,
    )
