"""Documents of the person at the desk of the post, while the screening is open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from app.uploads import takes_files
from app.web import papers
from app.web.border.routes import blueprint
from app.work import opens
from workflows import attachments, casenumbers
from workflows.policy import Act
from workflows.work import Work


@blueprint.get("/cases/<number>/documents")
@opens(Act.VIEW_DOCUMENTS)
def documents(work: Work, number: str) -> Any:
    """The documents of a person, and the form to keep one more."""
    return _page(work, number, papers.DocumentForm(formdata=None))


@blueprint.post("/cases/<number>/documents")
@takes_files
@opens(Act.ATTACH_DOCUMENT)
def attach(work: Work, number: str) -> Any:
    """Keep a document."""
    form = papers.DocumentForm()
    if papers.received(work, number, form) is None:
        return _page(work, number, form)
    shown = casenumbers.show(casenumbers.parse(number))
    return redirect(url_for("border.documents", number=shown, done="kept"), 303)


@blueprint.get("/cases/<number>/documents/<uuid:document_id>")
@opens(Act.READ_DOCUMENT)
def document(work: Work, number: str, document_id: UUID) -> Response:
    """One document, as a download."""
    return papers.download(attachments.read(work, number, document_id))


def _page(work: Work, number: str, form: papers.DocumentForm) -> Any:
    shown = casenumbers.show(casenumbers.parse(number))
    return papers.page(
        work,
        number,
        "border/documents.html",
        form,
        lambda line: url_for("border.document", number=shown, document_id=line.id),
        number=shown,
        done=request.args.get("done") == "kept",
    )
