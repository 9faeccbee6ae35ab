"""Notes on a case in care: read, written, put right by a further one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.schemas.casework import WriteNoteSchema
from app.web.casework_words import AUDIENCES, WITHHELD
from app.web.fields import add_errors
from app.web.forms.casework import CorrectNoteForm, NoteForm
from app.web.office_words import named, word
from app.web.protection.routes import blueprint
from app.work import opens
from workflows import attachments, casenotes, casenumbers
from workflows.casenotes import NoteShown
from workflows.errors import InvalidCommand, WouldTell
from workflows.policy import Act
from workflows.work import Work


@blueprint.get("/care/<number>/notes")
@opens(Act.VIEW_NOTES)
def notes(work: Work, number: str) -> str:
    """The notes that the officer may read, and the form for one more."""
    g.audiences = casenotes.audiences(work.actor)
    return _page(work, number, NoteForm(formdata=None))


@blueprint.post("/care/<number>/notes")
@opens(Act.WRITE_NOTE, typed=True)
def write_note(work: Work, number: str) -> Any:
    """Keep a note."""
    g.audiences = casenotes.audiences(work.actor)
    form = NoteForm()
    if not _kept(work, number, form, None):
        return _page(work, number, form), 422
    return redirect(url_for("protection.notes", number=number, done="kept"), 303)


@blueprint.route("/care/<number>/notes/<uuid:note_id>/correct", methods=["GET", "POST"])
@opens(Act.WRITE_NOTE, typed=True)
def correct_note(work: Work, number: str, note_id: UUID) -> Any:
    """Write what is right instead of a note of one's desk; both stay."""
    g.place = "protection.taken"
    earlier = casenotes.one_of_case(work, number, note_id)
    form = CorrectNoteForm()
    if request.method == "POST" and _kept(work, number, form, earlier):
        return redirect(url_for("protection.notes", number=number, done="corrected"), 303)
    text = render_template(
        "protection/correct_note.html",
        form=form,
        number=number,
        earlier=earlier,
        about_person=True,
        **_words(),
    )
    return text, 422 if form.errors or form.form_errors else 200


def _kept(work: Work, number: str, form: NoteForm, earlier: NoteShown | None) -> bool:
    data = {
        "number": number,
        "text": form.text.data or "",
        "audience": earlier.audience.value if earlier else form.audience.data or "",
        "withheld": form.withheld.data or None,
        "corrects": str(earlier.id) if earlier else None,
    }
    command = form.checked(WriteNoteSchema(), data)
    if command is None:
        return False
    try:
        casenotes.write(work, command)
    except InvalidCommand as error:
        form.refused(error)
        return False
    except WouldTell as error:
        work.start_again()
        add_errors(form, {"text": [gettext(error.message)]})
        return False
    return True


def _page(work: Work, number: str, form: NoteForm) -> str:
    g.place = "protection.taken"
    done = request.args.get("done", "")
    return render_template(
        "protection/notes.html",
        form=form,
        number=number,
        case=casenumbers.show(attachments.case_of_care(work, number)),
        found=casenotes.of_case(work, number),
        done=done if done in {"kept", "corrected"} else None,
        about_person=True,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "named": named,
        "audience_word": lambda code: word(AUDIENCES, code),
        "withheld_word": lambda code: word(WITHHELD, code),
    }
