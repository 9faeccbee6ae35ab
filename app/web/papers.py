"""Documents of a person, the same at the post and at the desk: the form, the list, and the download."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from flask import make_response, render_template, request
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from app.web.controls import Control
from app.web.fields import Option, RadiosField, SubmitField, add_errors
from app.web.forms.base import PageForm
from app.web.office_words import PURPOSES, word
from models.documents import DOCUMENT_PURPOSES
from models.vocabulary import Purpose
from workflows import attachments
from workflows.attachments import DocumentLine, DocumentRead
from workflows.errors import FileRefused, InvalidCommand, ScannerUnreachable
from workflows.work import Work

_REASONS = {
    "empty": lazy_gettext("Choose a file."),
    "too_large": lazy_gettext("This file is too large. Take one of 10 megabytes or less."),
    "unknown_kind": lazy_gettext("Take a PDF, or a picture as JPEG, PNG or WebP."),
    "broken": lazy_gettext("This file cannot be read. Photograph or scan it again."),
    "too_many_pixels": lazy_gettext("This picture has more than 40 megapixels. Make it smaller."),
    "moving": lazy_gettext("Take a picture that does not move."),
    "active": lazy_gettext(
        "This PDF can run something, carries other files, or is locked. Print it anew as a plain PDF."
    ),
    "malware": lazy_gettext("The scanner found harmful software in this file. It was not kept."),
}


class FileField(Control):
    """A chosen file. `data` is (name, bytes), or None."""

    part: ClassVar[str] = "file"
    accept: ClassVar[str] = ".pdf,.jpg,.jpeg,.png,.webp"

    def process_formdata(self, _values: object) -> None:
        found = request.files.get(self.name)
        content = found.read() if found is not None else b""
        self.data = (found.filename or "", content) if found is not None and content else None


def _purposes() -> list[Option]:
    hints = {
        Purpose.IDENTITY: gettext("Passport, identity card, certificate of birth"),
        Purpose.PROTECTION: gettext("What shows what somebody must be protected from"),
        Purpose.MEDICAL: gettext("Letters of doctors, certificates, prescriptions"),
        Purpose.LEGAL: gettext("Decisions, court papers, what supports a claim"),
    }
    return [
        Option(value=purpose.value, label=word(PURPOSES, purpose.value), hint=hints[purpose])
        for purpose in DOCUMENT_PURPOSES
    ]


class DocumentForm(PageForm):
    """A file and what it is for."""

    file = FileField(
        lazy_gettext("File"),
        hint=lazy_gettext(
            "PDF, JPEG, PNG or WebP, at most 10 megabytes. Place, time, device and author are taken out; "
            "what can be read in it stays."
        ),
        required=lazy_gettext("Choose a file."),
    )
    purpose = RadiosField(
        lazy_gettext("What it is for"),
        hint=lazy_gettext("This decides who may read it."),
        options=_purposes,
        required=lazy_gettext("Choose what it is for."),
    )
    submit = SubmitField(lazy_gettext("Keep this document"))


def received(work: Work, case_number: str, form: DocumentForm) -> DocumentLine | None:
    """What was kept; None after putting the errors to their fields."""
    if not form.validate():
        return None
    name, content = form.file.data
    command = attachments.AttachDocument(
        case_number=case_number, purpose=Purpose(form.purpose.data), name=name, content=content
    )
    try:
        return attachments.attach(work, command)
    except FileRefused as refused:
        reason = str(refused.params["reason"])
        add_errors(form, {"file": [str(_REASONS.get(reason) or gettext(refused.message))]})
    except ScannerUnreachable as error:
        add_errors(form, {"file": [gettext(error.message)]})
    except InvalidCommand:
        add_errors(form, {"file": [gettext("There are too many documents of this person.")]})
    return None


def page(
    work: Work,
    case_number: str,
    template: str,
    form: DocumentForm,
    address: Callable[[DocumentLine], str],
    **more: Any,
) -> tuple[str, int]:
    """The list with the form below it."""
    rows = [
        {
            "name": line.name,
            "url": address(line),
            "purpose": word(PURPOSES, line.purpose.value),
            "size": line.size,
            "day": line.recorded_on,
        }
        for line in attachments.documents(work, case_number)
    ]
    text = render_template(template, rows=rows, form=form, about_person=True, **more)
    return text, 422 if form.errors or form.form_errors else 200


def download(found: DocumentRead) -> Response:
    """The file, to be saved and never shown in place: a neutral name, no guessing of its kind."""
    response = make_response(found.content)
    response.headers["Content-Type"] = found.media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    return response
