"""Documents of a person: who keeps, lists and reads which; sealed to their person, row and purpose."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from models.cases import Case
from models.documents import Document, DocumentPiece
from models.log import LogEntry
from models.vault import chunks
from models.vault.errors import Denied, KeyGone, NotReady, Tampered
from models.vocabulary import Purpose
from tests.documents.made import SECRET, picture
from tests.world import World
from workflows import attachments
from workflows.attachments import AttachDocument, DocumentLine
from workflows.errors import FileRefused, InvalidCommand, NotAllowed, NotFound, ScannerUnreachable
from workflows.keeping_keys import Keeping


def attach(
    world: World,
    number: str,
    purpose: Purpose = Purpose.MEDICAL,
    who: str = "officer",
    name: str = "letter.jpg",
    content: bytes | None = None,
) -> DocumentLine:
    with world.work(who) as work:
        return attachments.attach(
            work,
            AttachDocument(
                case_number=number,
                purpose=purpose,
                name=name,
                content=picture() if content is None else content,
            ),
        )


def listed(world: World, number: str, who: str = "officer") -> tuple[DocumentLine, ...]:
    with world.work(who) as work:
        return attachments.documents(work, number)


def read(
    world: World, number: str, document: UUID, who: str = "officer"
) -> attachments.DocumentRead:
    with world.work(who) as work:
        return attachments.read(work, number, document)


def test_a_document_is_kept_listed_and_read(any_world: World) -> None:
    number = any_world.register()
    line = attach(any_world, number, name="C:\\fotos\\Zarifa \u202egpj.exe")
    assert listed(any_world, number) == (line,)
    found = read(any_world, number, line.id)
    assert found.media_type == "image/jpeg"
    assert found.name == "Zarifa gpj.exe"
    assert found.file_name == f"document-{line.id.hex[:8]}.jpg"
    assert len(found.content) == line.size
    assert SECRET.encode() not in found.content


def test_the_rows_tell_neither_whose_nor_what_nor_how_long(any_world: World) -> None:
    number, other = any_world.register(), any_world.register("Marzia")
    for case, purpose in ((number, Purpose.MEDICAL), (other, Purpose.IDENTITY)):
        attach(any_world, case, purpose, name="x" if case == number else "n" * 120)
    rows = any_world.rows(Document)
    person = any_world.rows(Case, Case.number == number)[0].person_id
    with any_world.storage.engine.connect() as connection:
        table = Document.__table__
        raw = connection.execute(select(table)).mappings().all()
    heads = [
        {name: len(value) for name, value in row.items() if name.endswith("_ct")} for row in raw
    ]
    assert heads[0] == heads[1]
    assert len(set(heads[0].values())) == 1
    assert {row.size_class for row in rows} == {chunks.CLASSES[0]}
    assert len({row.link for row in rows}) == 2
    assert all(person.hex not in str(dict(row)).replace("-", "") for row in raw)
    assert len({len(piece.payload) for piece in any_world.rows(DocumentPiece)}) == 1


def test_a_desk_reads_a_document_only_once_it_has_the_person_in_care(world: World) -> None:
    number, referral = world.sent()
    line = attach(world, number, Purpose.LEGAL)
    for who in ("guardian", "asylum"):
        with pytest.raises(NotFound):
            listed(world, number, who)
        with pytest.raises(NotFound):
            read(world, number, line.id, who)
    world.accept(referral)
    assert listed(world, number, "guardian") == (line,)
    assert read(world, number, line.id, "guardian").content
    mine = attach(world, number, Purpose.PROTECTION, "guardian")
    assert {found.id for found in listed(world, number, "guardian")} == {line.id, mine.id}
    with world.work("guardian") as work:
        assert attachments.case_of_care(work, referral) == number
    with pytest.raises(NotFound), world.work("asylum") as work:
        attachments.case_of_care(work, referral)


def test_a_post_no_longer_sees_documents_once_the_screening_has_ended(world: World) -> None:
    number = world.child()
    line = attach(world, number)
    world.finish(number)
    for act in (
        lambda: listed(world, number),
        lambda: read(world, number, line.id),
        lambda: attach(world, number),
    ):
        with pytest.raises(NotFound):
            act()


@pytest.mark.parametrize("who", ["elsewhere", "abroad"])
def test_another_post_finds_nothing(world: World, who: str) -> None:
    number = world.register()
    line = attach(world, number)
    with pytest.raises(NotFound):
        read(world, number, line.id, who)


@pytest.mark.parametrize("who", ["supervisor", "administrator", "monitor"])
def test_other_roles_may_not_ask_for_documents_at_all(world: World, who: str) -> None:
    number = world.register()
    line = attach(world, number)
    with pytest.raises(NotAllowed):
        read(world, number, line.id, who)


def test_a_purpose_that_is_not_granted_is_neither_listed_nor_read(world: World) -> None:
    number = world.register()
    lines = [attach(world, number, purpose) for purpose in (Purpose.IDENTITY, Purpose.MEDICAL)]
    person = world.rows(Case, Case.number == number)[0].person_id
    with world.work("officer") as work:
        grant = work.vault.grant
        work.vault.grant = lambda owner, *purposes: grant(  # type: ignore[method-assign]  # a vault without one purpose
            owner, *(p for p in purposes if p != Purpose.MEDICAL)
        )
        assert attachments.documents(work, number) == (lines[0],)
        assert not work.vault.is_granted(person, Purpose.MEDICAL)
        with pytest.raises(NotFound):
            attachments.read(work, number, lines[1].id)


def test_every_read_is_in_the_log(world: World) -> None:
    number = world.register()
    line = attach(world, number)
    before = {entry.id for entry in world.rows(LogEntry)}
    read(world, number, line.id)
    new = [entry for entry in world.rows(LogEntry) if entry.id not in before]
    assert {entry.act for entry in new} == {"read_document", "read"}
    fields = next(entry.detail["fields"] for entry in new if entry.act == "read")
    assert "document.medical" in fields
    assert "letter" not in str([entry.detail for entry in new])


def moved(world: World, line: DocumentLine, **values: object) -> None:
    with world.storage.engine.begin() as connection:
        connection.execute(
            update(Document.__table__).where(Document.id == line.id).values(**values)
        )


def test_a_row_that_was_moved_to_another_person_does_not_open(any_world: World) -> None:
    number, other = any_world.register(), any_world.register("Marzia")
    line = attach(any_world, number)
    attach(any_world, other)
    link = next(row.link for row in any_world.rows(Document) if row.id != line.id)
    moved(any_world, line, link=link)
    for act in (lambda: listed(any_world, other), lambda: read(any_world, other, line.id)):
        with pytest.raises(Tampered):
            act()
    assert listed(any_world, number) == ()


def test_heads_and_pieces_do_not_open_in_each_others_place(world: World) -> None:
    number = world.register()
    one, two = attach(world, number), attach(world, number, content=picture("PNG"))
    with world.storage.engine.begin() as connection:
        table = Document.__table__
        head = connection.execute(
            select(table.c.medical_ct).where(table.c.id == two.id)
        ).scalar_one()
    for column in ("medical_ct", "legal_ct"):
        moved(world, one, **{column: head})
        with pytest.raises(Tampered):
            read(world, number, one.id)
    pieces = DocumentPiece.__table__
    with world.storage.engine.begin() as connection:
        stolen = connection.execute(
            select(pieces.c.payload).where(pieces.c.document_id == one.id)
        ).scalar_one()
        connection.execute(
            update(pieces).where(pieces.c.document_id == two.id).values(payload=stolen)
        )
        connection.execute(update(table).where(table.c.id == one.id).values(link="elsewhere"))
    with pytest.raises(Tampered):
        read(world, number, two.id)


def test_a_document_that_was_found_in_another_way_opens_only_with_a_grant(world: World) -> None:
    number = world.register()
    world.register("Marzia")
    attach(world, number)
    person = case_of(world, number)
    with world.work() as work:
        row = work.session.scalars(select(Document)).one()
        assert row.sealed_owner == person
        with pytest.raises(Denied):
            _ = row.medical
    with pytest.raises(NotReady):
        _ = Document(link="x").sealed_owner


def test_new_data_keys_for_everybody_leave_every_document_readable(any_world: World) -> None:
    world = any_world
    number = world.register()
    world.register("Marzia")
    lines = [attach(world, number, purpose) for purpose in (Purpose.IDENTITY, Purpose.MEDICAL)]
    before = [read(world, number, line.id).content for line in lines]
    keeping = Keeping(world.storage, world.settings, world.shelf, world.clock)
    assert keeping.rotate_data_keys().destroyed > 0
    assert {key.version for key in world.storage.keys.get(case_of(world, number), "medical")} == {2}
    assert [read(world, number, line.id).content for line in lines] == before


def test_documents_of_an_erased_person_do_not_stop_new_data_keys(world: World) -> None:
    attach(world, world.register())
    with world.storage.engine.begin() as connection:
        connection.execute(update(Document.__table__).values(link="of nobody"))
    keeping = Keeping(world.storage, world.settings, world.shelf, world.clock)
    assert keeping.rotate_data_keys().destroyed > 0


def case_of(world: World, number: str) -> UUID:
    found: UUID = world.rows(Case, Case.number == number)[0].person_id
    return found


def test_without_the_persons_keys_a_document_is_noise(world: World) -> None:
    number = world.register()
    line = attach(world, number)
    world.storage.keys.destroy([world.rows(Case, Case.number == number)[0].person_id])
    with pytest.raises(KeyGone):
        read(world, number, line.id)


def test_what_is_refused_leaves_nothing(any_world: World) -> None:
    number = any_world.register()
    with pytest.raises(FileRefused):
        attach(any_world, number, content=b"<script>")
    with pytest.raises(InvalidCommand):
        attach(any_world, number, Purpose.CONTACT)
    any_world.with_settings(scanner="clamd:/nowhere")
    with pytest.raises(ScannerUnreachable):
        attach(any_world, number)
    assert any_world.rows(Document) == []
    assert any_world.rows(DocumentPiece) == []


@pytest.mark.asvs("2.3.2")
def test_no_person_has_more_documents_than_a_file_needs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_DOCUMENTS", 2)
    number = world.register()
    for _ in range(2):
        attach(world, number)
    with pytest.raises(InvalidCommand):
        attach(world, number)
    attach(world, world.register("Marzia"))


def test_an_unknown_document_is_like_one_of_somebody_else(world: World) -> None:
    number, other = world.register(), world.register("Marzia")
    line = attach(world, other)
    for document in (uuid4(), line.id):
        with pytest.raises(NotFound):
            read(world, number, document)


@pytest.mark.asvs("1.3.3", "5.3.2")
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\x00b.pdf", "ab.pdf"),
        ("", "?"),
        ("...", "?"),
        ("n" * 300, "n" * 120),
    ],
)
def test_names_are_made_tidy(given: str, kept: str) -> None:
    assert attachments.tidy_name(given) == kept
