"""Engines that leak nothing, and the canary scan that proves it."""

from __future__ import annotations

import stat
from base64 import b64encode
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from models.vault.engine import prepare_engine
from models.vault.errors import NotAllowed
from tests.vault.canaries import _base64_forms, forms, scan_for
from tests.vault.sample import Machine, Note, Traveller

CANARY = "Канарейка-é-4711"


@pytest.mark.parametrize("form", forms(CANARY), ids=str)
def test_the_scan_finds_a_canary_in_every_form(tmp_path, form):
    (tmp_path / "clean").write_bytes(b"nothing")
    (tmp_path / "empty").touch()
    (tmp_path / "found").write_bytes(b"\x00before" + forms(CANARY)[form] + b"after")
    found = scan_for(["another-canary", CANARY], [tmp_path])
    assert {finding.path.name for finding in found} == {"found"}
    assert {finding.canary for finding in found} == {CANARY}


@given(before=st.binary(max_size=20), after=st.binary(max_size=20))
def test_base64_of_a_longer_text_is_found_wherever_the_canary_lies_in_it(before, after):
    coded = b64encode(before + CANARY.encode() + after)
    assert any(form in coded for _, form in _base64_forms(CANARY.encode()))


def test_the_scan_does_not_pass_over_a_missing_place(tmp_path):
    with pytest.raises(FileNotFoundError):
        scan_for([CANARY], [tmp_path / "nowhere"])


def test_nothing_sealed_is_found_in_database_wal_or_keys_while_they_are_open(
    sqlite_machine: Machine, tmp_path
):
    canaries = [f"canary-{uuid4().hex}" for _ in range(4)]
    who = sqlite_machine.enrol(given=canaries[0], family=canaries[1], post="clear-text-post")
    with sqlite_machine.session(*sqlite_machine.everything(who)) as session:
        note = Note(id=uuid4(), person_id=who)
        session.add(note)
        note.content, note.remark = {canaries[2]: [canaries[3]]}, canaries[3]
        session.commit()
        assert session.get(Traveller, who).given_name == canaries[0]
        session.get(Traveller, who).given_name = canaries[3]
        session.commit()
        assert (tmp_path / "main.db-wal").stat().st_size > 0
        assert scan_for(["clear-text-post"], [tmp_path]), "the scan sees these files"
        assert scan_for(canaries, [tmp_path]) == []


def test_deleted_clear_text_is_overwritten(sqlite_machine: Machine, tmp_path):
    who = sqlite_machine.enrol(post="clear-text-post")
    with sqlite_machine.main.begin() as connection:
        connection.execute(text("DELETE FROM traveller WHERE post = 'clear-text-post'"))
    with sqlite_machine.main.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
        raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert scan_for(["clear-text-post"], [tmp_path / "main.db"]) == []
    assert who


def test_sqlite_is_configured_on_every_connection(tmp_path):
    engine = prepare_engine(f"sqlite:///{tmp_path / 'some.db'}", production=True)
    wanted = {
        "journal_mode": "wal",
        "secure_delete": 1,
        "foreign_keys": 1,
        "synchronous": 2,
        "busy_timeout": 10_000,
        "temp_store": 2,
    }
    with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            for pragma, value in wanted.items():
                assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value
    engine.dispose()
    assert engine.hide_parameters
    assert stat.S_IMODE((tmp_path / "some.db").stat().st_mode) == 0o600


def test_a_reader_sees_one_state_through_a_whole_transaction(sqlite_machine: Machine):
    with sqlite_machine.main.connect() as reader:
        before = reader.execute(text("SELECT count(*) FROM traveller")).scalar_one()
        sqlite_machine.enrol()
        assert reader.execute(text("SELECT count(*) FROM traveller")).scalar_one() == before


def test_a_writer_may_begin_with_the_lock(sqlite_machine: Machine):
    writing = sqlite_machine.main.execution_options(sqlite_begin="IMMEDIATE")
    with writing.connect() as connection:
        connection.execute(text("SELECT 1"))
        assert connection.connection.dbapi_connection.in_transaction
    with (
        pytest.raises(NotAllowed),
        sqlite_machine.main.execution_options(sqlite_begin="1; DROP").begin(),
    ):
        pass


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("sqlite://", {"production": True, "echo": True}),
        ("sqlite://", {"production": True, "echo": "debug"}),
        ("sqlite://", {"production": False, "hide_parameters": False}),
        ("no url: secret", {"production": False}),
    ],
)
def test_an_engine_that_would_leak_is_not_made(url, options):
    with pytest.raises(NotAllowed) as refused:
        prepare_engine(url, **options)
    assert "secret" not in str(refused.value)
