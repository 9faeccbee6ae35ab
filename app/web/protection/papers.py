"""Documents of a person whom one of the desks has in care."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from app.uploads import takes_files
from app.web import papers
from app.web.protection.routes import blueprint
from app.work import opens
from workflows import attachments, casenumbers
from workflows.policy import Act
from workflows.work import Work


@blueprint.get("/care/<number>/documents")
@opens(Act.VIEW_DOCUMENTS)
def documents(work: Work, number: str) -> Any:
    """The documents that the desk may read, and the form to keep one more."""
    return _page(work, number, papers.DocumentForm(formdata=None))


@blueprint.post("/care/<number>/documents")
@takes_files
@opens(Act.ATTACH_DOCUMENT)
def attach(work: Work, number: str) -> Any:
    """Keep a document."""
    form = papers.DocumentForm()
    if papers.received(work, attachments.case_of_care(work, number), form) is None:
        return _page(work, number, form)
    return redirect(url_for("protection.documents", number=number, done="kept"), 303)


@blueprint.get("/care/<number>/documents/<uuid:document_id>")
@opens(Act.READ_DOCUMENT)
def document(work: Work, number: str, document_id: UUID) -> Response:
    """One document, as a download."""
    return papers.download(
        attachments.read(work, attachments.case_of_care(work, number), document_id)
    )


def _page(work: Work, number: str, form: papers.DocumentForm) -> Any:
    g.place = "protection.taken"
    case_number = attachments.case_of_care(work, number)
    return papers.page(
        work,
        case_number,
        "protection/documents.html",
        form,
        lambda line: url_for("protection.document", number=number, document_id=line.id),
        number=number,
        case=casenumbers.show(case_number),
        done=request.args.get("done") == "kept",
    )
