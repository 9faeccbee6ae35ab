"""Documents of a person: kept sealed, listed and read by those whom the purpose of each permits.

A file is found through a keyed link to its person and opens only with that person's keys, at that row:
moved to another record it stays shut. Checks of the file itself are in `workflows.file_checks` and
`workflows.scanning`.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Table, func, insert, select

from models import documents as linked
from models.base import adjacent_ids
from models.cases import Case
from models.documents import DOCUMENT_PURPOSES, Document, DocumentPiece
from models.vault import chunks
from models.vault.errors import Tampered
from models.vault.sealed import load_sealed
from models.vocabulary import Purpose
from workflows import file_checks, scanning
from workflows.casework import open_case
from workflows.errors import InvalidCommand, NotFound
from workflows.moving import find_referral, resource_of
from workflows.policy import Act, require
from workflows.work import Work

#: Most documents of one person: enough for a file, too few to fill the disk by.
MOST_DOCUMENTS = 60
LONGEST_NAME = 120
_PIECES = cast("Table", DocumentPiece.__table__)


@dataclass(frozen=True, kw_only=True)
class AttachDocument:
    """A file about the person of a case, what it is for, and what to call it."""

    case_number: str
    purpose: Purpose
    name: str
    content: bytes


@dataclass(frozen=True)
class DocumentLine:
    """A document as the list shows it, to those who may read it."""

    id: UUID
    purpose: Purpose
    name: str
    media_type: str
    size: int
    recorded_on: date


@dataclass(frozen=True)
class DocumentRead:
    """An opened document. `file_name` is neutral: what it is called stays here."""

    id: UUID
    name: str
    file_name: str
    media_type: str
    content: bytes


def attach(work: Work, command: AttachDocument) -> DocumentLine:
    """Check a file, seal it in pieces, and keep it with the person.

    Raises:
        FileRefused: not a file that is kept (see its `reason`).
        ScannerUnreachable: the scanner cannot be asked.
        InvalidCommand: no such purpose for a document, or there are too many documents.
    """
    case = open_case(work, command.case_number, Act.ATTACH_DOCUMENT)
    if command.purpose not in DOCUMENT_PURPOSES:
        raise InvalidCommand(field="purpose")
    link = link_of(work, case.person_id)
    held = work.session.scalar(select(func.count()).where(Document.link == link)) or 0
    if held >= MOST_DOCUMENTS:
        raise InvalidCommand(field="file")
    most = min(work.settings.largest_file, chunks.CLASSES[-1])
    # Before anything decodes it; what is kept is drawn anew from what was scanned.
    scanning.scan(work.settings.scanner, command.content[: most + 1])
    found = file_checks.examine(command.content, most=most)
    row = Document(
        id=uuid4(),
        link=link,
        agency_id=case.agency_id,
        recorded_on=work.now.date(),
        size_class=chunks.class_of(len(found.content)),
    ).belongs_to(case.person_id)
    work.session.add(row)
    key = chunks.new_key()
    head = _head(work, case, command, found, key)
    for purpose in DOCUMENT_PURPOSES:
        setattr(row, purpose.value, head if purpose is command.purpose else {})
    work.session.flush()
    _keep(work, row, key, _bound(row, case.person_id, command.purpose), found.content)
    return _line(row, command.purpose, head)


def _head(
    work: Work, case: Case, command: AttachDocument, found: file_checks.Examined, key: bytes
) -> dict[str, Any]:
    return {
        "name": tidy_name(command.name),
        "media_type": found.media_type,
        "size": len(found.content),
        "sha256": sha256(found.content).hexdigest(),
        "key": b64encode(key).decode(),
        "case": case.number,
        "by": str(work.actor.user_id),
    }


def _keep(work: Work, row: Document, key: bytes, bound: bytes, content: bytes) -> None:
    """Write the sealed pieces, one at a time: a file is in memory once."""
    ids = adjacent_ids()
    for sequence, payload in enumerate(chunks.seal_pieces(key, bound, content)):
        values = {"id": next(ids), "document_id": row.id, "sequence": sequence}
        work.session.execute(insert(_PIECES), [{**values, "payload": payload}])


def documents(work: Work, case_number: str) -> tuple[DocumentLine, ...]:
    """The documents of a case's person that the actor may read, newest first. Opens their heads only."""
    return held(work, open_case(work, case_number, Act.VIEW_DOCUMENTS))


def held(work: Work, case: Case) -> tuple[DocumentLine, ...]:
    """The same where an act was allowed already: of the purposes that it granted."""
    lines = [
        _line(row, purpose, head)
        for row in _rows(work, case)
        for purpose, head in _heads(work, case, row)
    ]
    return tuple(sorted(lines, key=lambda line: (line.recorded_on, line.name), reverse=True))


def read(work: Work, case_number: str, document_id: UUID) -> DocumentRead:
    """Open one document.

    Raises:
        NotFound: no such document of this person, or its purpose is not the actor's to read.
        Tampered: it was changed, or belongs to somebody else.
    """
    case = open_case(work, case_number, Act.READ_DOCUMENT)
    row = next((row for row in _rows(work, case) if row.id == document_id), None)
    found = None if row is None else next(iter(_heads(work, case, row)), None)
    if row is None or found is None:
        work.asked = Act.READ_DOCUMENT
        raise NotFound
    purpose, head = found
    payloads = work.session.scalars(
        select(DocumentPiece.payload)
        .where(DocumentPiece.document_id == row.id)
        .order_by(DocumentPiece.sequence)
    )
    content = chunks.open_pieces(
        b64decode(head["key"]), _bound(row, case.person_id, purpose), payloads, head["size"]
    )
    if sha256(content).hexdigest() != head["sha256"]:
        raise Tampered("a document is not the one that was kept")
    ending = file_checks.ENDINGS[head["media_type"]]
    file_name = f"document-{row.id.hex[:8]}.{ending}"
    return DocumentRead(row.id, head["name"], file_name, head["media_type"], content)


def case_of_care(work: Work, referral_number: str) -> str:
    """The case of a referral that one of the actor's desks has taken, by number. Opens nothing.

    Raises:
        NotFound: not taken by one of the actor's desks.
    """
    referral = find_referral(work, referral_number)
    work.asked = Act.VIEW_DOCUMENTS
    require(work.actor, Act.READ_PACKET_IDENTITY, resource_of(work, referral))
    return work.session.get_one(Case, referral.case_id).number


def link_of(work: Work, person: UUID) -> str:
    """The keyed link between a person and their documents."""
    return linked.link_of(work.provider, person)


def tidy_name(name: str) -> str:
    """What a document is called: without folders, controls and turns of direction, and not long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    return plain[:LONGEST_NAME] or "?"


def _rows(work: Work, case: Case) -> Iterator[Document]:
    fields = (Document.identity, Document.protection, Document.medical, Document.legal)
    rows = work.session.scalars(
        select(Document)
        .where(Document.link == link_of(work, case.person_id))
        .order_by(Document.recorded_on, Document.id)
        .options(*load_sealed(*fields))
    )
    for row in rows:
        yield row.belongs_to(case.person_id)


def _heads(work: Work, case: Case, row: Document) -> Iterator[tuple[Purpose, Mapping[str, Any]]]:
    """The head that is filled, if its purpose was granted to the actor; else nothing."""
    for purpose in DOCUMENT_PURPOSES:
        if work.vault.is_granted(case.person_id, purpose):
            head = getattr(row, purpose.value)
            if head:
                yield purpose, head


def _line(row: Document, purpose: Purpose, head: Mapping[str, Any]) -> DocumentLine:
    return DocumentLine(
        id=row.id,
        purpose=purpose,
        name=head["name"],
        media_type=head["media_type"],
        size=head["size"],
        recorded_on=row.recorded_on,
    )


def _bound(row: Document, person: UUID, purpose: Purpose) -> bytes:
    return chunks.context(person.bytes, row.id.bytes, purpose.value.encode())
