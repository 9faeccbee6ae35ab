"""What a sealed field does to the object, to SQL and to errors."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, select, text, update
from sqlalchemy.exc import DataError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from models.vault.engine import prepare_engine
from models.vault.errors import (
    Denied,
    KeyGone,
    NotReady,
    PlaintextRefused,
    Tampered,
    Unsealable,
)
from models.vault.format import SealedBytes
from models.vault.sealed import SealedField, load_sealed, sealed_fields
from models.vault.vault import Read, Vault
from models.vocabulary import Purpose
from tests.vault.sample import Machine, Note, SampleBase, Traveller

CANARY = "Zulaykho-Canary-4711"


def test_a_granted_field_is_read_back_and_noted_in_the_reads(machine: Machine):
    who = machine.enrol(given="Gulnora", telephone="+992 900 000 000")
    with machine.session((who, Purpose.IDENTITY)) as session:
        traveller = session.get(Traveller, who)
        assert traveller.given_name == "Gulnora"
        assert session.info["vault"].reads == [
            Read(who, "identity", "traveller", "given_name", who)
        ]


def test_json_and_mixin_fields_are_read_back(machine: Machine):
    who, content = machine.enrol(), {"fear": ["yes", None], "depth": {"متن": 1.5}}
    with machine.session() as session:
        note = Note(id=uuid4(), person_id=who)
        session.add(note)
        note.content, note.claim, note.remark = content, {"a": 1}, "seen by a doctor"
        session.commit()
        row = note.id
    with machine.session(*machine.everything(who)) as session:
        note = session.get(Note, row)
        assert (note.content, note.claim, note.remark) == (content, {"a": 1}, "seen by a doctor")


@pytest.mark.asvs("8.2.3")
def test_what_was_not_granted_is_denied_and_not_even_loaded(machine: Machine):
    who = machine.enrol(telephone="+992")
    with machine.session((who, Purpose.IDENTITY)) as session:
        traveller = session.get(Traveller, who)
        with pytest.raises(Denied):
            _ = traveller.telephone
        assert "telephone_ct" not in vars(traveller)
        assert session.info["vault"].reads == []


def test_a_grant_for_one_person_opens_nobody_else(machine: Machine):
    one, other = machine.enrol(), machine.enrol()
    with machine.session((one, Purpose.IDENTITY)) as session, pytest.raises(Denied):
        _ = session.get(Traveller, other).given_name


def test_a_grant_can_be_taken_back(sqlite_machine: Machine):
    who = sqlite_machine.enrol()
    with sqlite_machine.session((who, Purpose.IDENTITY)) as session:
        session.info["vault"].deny(who, Purpose.IDENTITY)
        with pytest.raises(Denied):
            _ = session.get(Traveller, who).given_name


def test_an_empty_field_is_none_but_still_needs_a_grant_and_is_noted(sqlite_machine: Machine):
    who = sqlite_machine.enrol()
    with sqlite_machine.session() as session, pytest.raises(Denied):
        _ = session.get(Traveller, who).telephone
    with sqlite_machine.session((who, Purpose.CONTACT)) as session:
        assert session.get(Traveller, who).telephone is None
        assert [read.column for read in session.info["vault"].reads] == ["telephone"]


def test_a_field_can_be_changed_and_emptied(sqlite_machine: Machine):
    who = sqlite_machine.enrol(telephone="+992")
    with sqlite_machine.session() as session:
        traveller = session.get(Traveller, who)
        traveller.given_name, traveller.telephone = "Nora", None
        session.commit()
    with sqlite_machine.session(*sqlite_machine.everything(who)) as session:
        traveller = session.get(Traveller, who)
        assert (traveller.given_name, traveller.telephone) == ("Nora", None)


def test_a_detached_object_opens_nothing(sqlite_machine: Machine):
    who = sqlite_machine.enrol()
    with sqlite_machine.session((who, Purpose.IDENTITY)) as session:
        traveller = session.get(Traveller, who)
        assert traveller.given_name
    with pytest.raises(Denied):
        _ = traveller.given_name


def test_a_session_without_a_vault_opens_and_seals_nothing(sqlite_machine: Machine):
    who = sqlite_machine.enrol()
    with Session(sqlite_machine.main) as session:
        traveller = session.get(Traveller, who)
        with pytest.raises(Denied):
            _ = traveller.given_name
        with pytest.raises(Denied):
            traveller.given_name = "Nora"


def test_a_closed_vault_opens_and_seals_nothing(sqlite_machine: Machine):
    who = sqlite_machine.enrol()
    with sqlite_machine.session((who, Purpose.IDENTITY)) as session:
        traveller = session.get(Traveller, who)
        session.info["vault"].close()
        with pytest.raises(Denied):
            _ = traveller.given_name
        with pytest.raises(Denied):
            traveller.given_name = "Nora"


def test_a_field_set_before_the_id_is_refused_with_a_reason(sqlite_machine: Machine):
    with sqlite_machine.session() as session:
        traveller = Traveller()
        session.add(traveller)
        with pytest.raises(NotReady, match="needs its id"):
            traveller.given_name = CANARY


@pytest.mark.asvs("11.7.2")
def test_no_plaintext_is_on_the_object_after_writing_and_reading(sqlite_machine: Machine):
    who = sqlite_machine.enrol()
    with sqlite_machine.session((who, Purpose.IDENTITY)) as session:
        traveller = session.get(Traveller, who)
        traveller.given_name = CANARY
        assert traveller.given_name == CANARY
        shown = repr(vars(traveller)) + repr(traveller) + repr(session.info) + repr(traveller)
        assert CANARY not in shown
        assert CANARY.encode() not in b"".join(
            value for value in vars(traveller).values() if isinstance(value, bytes)
        )
        session.rollback()


@pytest.mark.parametrize(
    "use",
    [
        lambda: Traveller.given_name == CANARY,
        lambda: Traveller.given_name != CANARY,
        lambda: Traveller.given_name < CANARY,
        lambda: Traveller.given_name.like(f"%{CANARY}%"),
        lambda: Traveller.given_name.ilike(CANARY),
        lambda: Traveller.given_name.in_([CANARY]),
        lambda: Traveller.given_name.startswith(CANARY),
        lambda: Traveller.given_name.is_(None),
        lambda: [Traveller.given_name.desc()],
        lambda: select(Traveller).order_by(Traveller.given_name),
        lambda: select(Traveller.given_name),
        lambda: select(Traveller).where(Traveller.given_name),
        lambda: select(Traveller).group_by(Traveller.given_name),
        lambda: Traveller.given_name_ct == CANARY,
        lambda: Traveller.given_name_ct == CANARY.encode(),
        lambda: Traveller.given_name_ct.like(CANARY),
        lambda: Traveller.given_name_ct.in_([CANARY.encode()]),
        lambda: [Traveller.given_name_ct.desc()],
        lambda: Traveller.given_name_ct < CANARY,
    ],
)
def test_sql_on_a_sealed_field_raises_type_error_without_the_value(use):
    with pytest.raises(TypeError) as refused:
        use()
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("value", [CANARY, CANARY.encode(), 5, SealedBytes(CANARY.encode())])
def test_core_and_bulk_inserts_take_sealed_bytes_only(machine: Machine, value):
    row = {"id": uuid4(), "given_name_ct": value}
    with machine.main.begin() as connection:
        for statement, rows in (
            (insert(Traveller), row),
            (insert(Traveller), [row, row | {"id": uuid4()}]),
            (insert(Traveller).values(**row), None),
            (update(Traveller).values(given_name_ct=value), None),
        ):
            with pytest.raises(PlaintextRefused) as refused:
                connection.execute(statement, rows)
            assert CANARY not in str(refused.value)
            assert not isinstance(refused.value, StatementError)
    with machine.session() as session:
        session.add(Traveller(id=row["id"], given_name_ct=value))
        with pytest.raises(PlaintextRefused):
            session.commit()


def test_bulk_rows_sealed_by_the_field_open_as_usual(machine: Machine):
    ids = [uuid4() for _ in range(20)]
    field = Traveller.given_name
    with machine.session() as session:
        vault = session.info["vault"]
        vault.create_keys(ids, [Purpose.IDENTITY])
        session.execute(
            insert(Traveller),
            [
                {
                    "id": who,
                    field.column_name: field.seal(vault, owner=who, row=who, value=f"Name {n}"),
                }
                for n, who in enumerate(ids)
            ],
        )
        session.commit()
    with machine.session(*machine.everything(*ids)) as session:
        assert [session.get(Traveller, who).given_name for who in ids] == [
            f"Name {n}" for n in range(20)
        ]


def test_a_forced_integrity_error_shows_no_value(machine: Machine):
    machine.enrol(post=CANARY)
    with pytest.raises(IntegrityError) as refused:
        machine.enrol(given=CANARY, post=CANARY)
    chain = [refused.value, refused.value.orig, refused.value.__cause__]
    assert CANARY not in "".join(f"{error} {error!r} {error.args}" for error in chain)
    assert "post" in str(refused.value), "the constraint is still named"


@pytest.mark.postgres
def test_wrong_data_on_postgresql_shows_no_value(postgres_url):
    engine = prepare_engine(postgres_url, production=False)
    with engine.connect() as connection, pytest.raises(DataError) as refused:
        connection.execute(text("SELECT CAST(:value AS integer)"), {"value": CANARY})
    engine.dispose()
    assert CANARY not in f"{refused.value} {refused.value.orig!r}"


def test_a_forced_statement_error_shows_no_value(sqlite_machine: Machine):
    with sqlite_machine.session() as session, pytest.raises(StatementError) as refused:
        session.execute(text("SELECT :a, :b"), {"a": CANARY})
    assert CANARY not in str(refused.value)
    with sqlite_machine.session() as session:
        session.add(Traveller(id=CANARY))
        with pytest.raises(StatementError) as refused:
            session.flush()
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("value", [5, CANARY.encode(), f"{CANARY}\ud800", [CANARY]])
def test_a_text_that_cannot_be_sealed_is_refused_without_the_value(sqlite_machine, value):
    with sqlite_machine.session() as session:
        traveller = Traveller(id=uuid4())
        session.add(traveller)
        with pytest.raises(Unsealable) as refused:
            traveller.given_name = value
    assert CANARY not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize("value", [{"a": {CANARY}}, {"a": float("nan")}, {"a": f"{CANARY}\ud800"}])
def test_what_json_cannot_say_is_refused_without_the_value(sqlite_machine, value):
    with sqlite_machine.session() as session:
        note = Note(id=uuid4(), person_id=uuid4())
        session.add(note)
        with pytest.raises(Unsealable) as refused:
            note.content = value
    assert CANARY not in str(refused.value)


@given(given_name=st.text(max_size=300), content=st.dictionaries(st.text(), st.text() | st.none()))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_sealed_is_read_back(sqlite_machine: Machine, given_name, content):
    who = sqlite_machine.enrol(given=given_name)
    with sqlite_machine.session(*sqlite_machine.everything(who)) as session:
        note = Note(id=uuid4(), person_id=who)
        session.add(note)
        note.content = content
        session.commit()
        session.expire_all()
        assert session.get(Traveller, who).given_name == given_name
        assert note.content == content


def test_two_rows_exchanged_in_the_database_do_not_open(machine: Machine):
    one, other = machine.enrol(given="Gulnora"), machine.enrol(given="Parisa")
    with machine.main.begin() as connection:
        table = Traveller.__table__
        blobs = dict(connection.execute(select(table.c.id, table.c.given_name_ct)).all())
        for who, blob in ((one, blobs[other]), (other, blobs[one])):
            connection.execute(update(table).where(table.c.id == who).values(given_name_ct=blob))
    with machine.session(*machine.everything(one, other)) as session:
        for who in (one, other):
            with pytest.raises(Tampered):
                _ = session.get(Traveller, who).given_name


def test_two_columns_exchanged_in_the_database_do_not_open(machine: Machine):
    who = machine.enrol(given="Gulnora", family="Saidova")
    with machine.main.begin() as connection:
        connection.execute(
            text(
                "UPDATE traveller SET given_name_ct = family_name_ct, family_name_ct = given_name_ct"
            )
        )
    with machine.session((who, Purpose.IDENTITY)) as session:
        traveller = session.get(Traveller, who)
        for name in ("given_name", "family_name"):
            with pytest.raises(Tampered):
                getattr(traveller, name)


def test_a_page_of_fifty_with_one_opened_field_takes_two_statements(machine: Machine):
    ids = [machine.enrol(given=f"Name {n}") for n in range(50)]
    statements: list[str] = []

    def count(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(machine.main, "before_cursor_execute", count)
    event.listen(machine.store.engine, "before_cursor_execute", count)
    with machine.session(*machine.everything(*ids)) as session:
        page = session.scalars(
            select(Traveller).options(*load_sealed(Traveller.given_name)).limit(50)
        ).all()
        session.info["vault"].prefetch([person.id for person in page], [Purpose.IDENTITY])
        assert {person.given_name for person in page} == {f"Name {n}" for n in range(50)}
    assert len([s for s in statements if s.startswith("SELECT")]) == 2


@pytest.mark.asvs("14.2.4")
def test_the_register_of_sealed_fields_lists_every_field_with_its_purpose():
    assert sealed_fields(SampleBase) == [
        SealedField("note", "claim", Purpose.LEGAL),
        SealedField("note", "content", Purpose.PROTECTION),
        SealedField("note", "remark", Purpose.PROTECTION),
        SealedField("traveller", "family_name", Purpose.IDENTITY),
        SealedField("traveller", "given_name", Purpose.IDENTITY),
        SealedField("traveller", "telephone", Purpose.CONTACT),
    ]


def test_an_erased_person_cannot_be_read_by_a_later_unit_of_work(machine: Machine):
    who, other = machine.enrol(), machine.enrol()
    with machine.session() as session:
        session.info["vault"].erase(who)
        session.commit()
    with machine.session(*machine.everything(who, other)) as session:
        with pytest.raises(KeyGone):
            _ = session.get(Traveller, who).given_name
        assert session.get(Traveller, other).given_name == "Gulnora"


def test_a_vault_cannot_be_confused_with_something_else_in_the_session(sqlite_machine: Machine):
    who = sqlite_machine.enrol()
    with Session(sqlite_machine.main) as session:
        session.info["vault"] = Vault
        with pytest.raises(Denied):
            _ = session.get(Traveller, who).given_name
