"""Documents by machine: kept, listed and read as on the pages. A file travels in base64."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from uuid import UUID

from flask_smorest import Blueprint

from app.api.door import reads, writes
from app.schemas.papers import AttachDocumentSchema
from models.vocabulary import Purpose
from workflows import attachments
from workflows.attachments import AttachDocument, DocumentLine
from workflows.policy import Act
from workflows.work import Work

blueprint = Blueprint("papers", __name__, description="Documents of a person.")


@dataclass(frozen=True)
class DocumentsAnswer:
    """The documents that this account may read."""

    documents: tuple[DocumentLine, ...]


@dataclass(frozen=True)
class KeptAnswer:
    """A document that was kept. What it is called is not told back."""

    id: UUID
    purpose: Purpose


@dataclass(frozen=True)
class FileAnswer:
    """A document. `content` is base64."""

    id: UUID
    name: str
    media_type: str
    content: str


@writes(
    blueprint,
    "/cases/<case_number>/documents",
    Act.ATTACH_DOCUMENT,
    takes=AttachDocumentSchema,
    gives=KeptAnswer,
    status=201,
    files=True,
)
def attach_document(work: Work, command: AttachDocument) -> KeptAnswer:
    """Keep a document: PDF, JPEG, PNG or WebP. Pictures are drawn anew, without place and time.

    `content` is base64; `purpose` decides who may read it.
    """
    line = attachments.attach(work, command)
    return KeptAnswer(line.id, line.purpose)


@reads(blueprint, "/cases/<case_number>/documents", Act.VIEW_DOCUMENTS, gives=DocumentsAnswer)
def list_documents(work: Work, case_number: str) -> DocumentsAnswer:
    """The documents of a person that this account may read, newest first."""
    return DocumentsAnswer(attachments.documents(work, case_number))


@reads(
    blueprint,
    "/cases/<case_number>/documents/<uuid:document_id>",
    Act.READ_DOCUMENT,
    gives=FileAnswer,
)
def read_document(work: Work, case_number: str, document_id: UUID) -> FileAnswer:
    """One document. Each reading is in the log."""
    found = attachments.read(work, case_number, document_id)
    content = b64encode(found.content).decode()
    return FileAnswer(found.id, found.name, found.media_type, content)
