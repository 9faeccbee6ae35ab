"""PostgreSQL as the application's unprivileged role: other agencies' rows are not there, not by raw SQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from models.base import Base
from models.scope import APP_ROLE
from models.session import open_storage
from models.vault.engine import prepare_engine
from tests.conftest import Template, new_database
from tests.world import World
from workflows import breakglass, checkpoints, deadlines, desks, log_check, once
from workflows.errors import KeyReused
from workflows.log_check import Outside
from workflows.packs import Shelf
from workflows.work import scope_of

pytestmark = pytest.mark.postgres

CASE_TABLES = (
    *(
        "appointment",
        "case_flag",
        "case_form",
        "case_note",
        "person_merge",
        "tracing_candidate",
        "tracing_request",
        "task_care",
        "task_change_row",
    ),
    *("reopening", "stay", "way_on"),
    *("answer", "assessment", "consent", "correction", "deadline", "erasure_proposal", "glass"),
    *("hold", "kept_back", "need", "pack_trial", "person_request", "referral_question"),
    *("task", "task_holder", "person_visit", "receipt_code", "turned_screen"),
)
#: Everybody whose view of the tables is compared, and which of the two cases they may see a row of.
SEES = {
    "officer": {"kaz"},
    "colleague": {"kaz"},
    "supervisor": {"kaz"},
    "guardian": {"kaz"},
    "asylum": set(),
    "abroad": {"tjk"},
    "administrator": {"kaz"},
    "monitor": {"kaz"},
}


@pytest.fixture(scope="module")
def guarded(
    postgres_url: str, postgres_template: Template, shelf: Shelf, tmp_path_factory: Any
) -> Iterator[World]:
    """A world whose application works as the unprivileged role, with a case in each of two agencies."""
    folder: Path = tmp_path_factory.mktemp("guarded")
    main, keys = (
        new_database(postgres_url, url)
        for url in (postgres_template.main_url, postgres_template.keys_url)
    )
    settings = postgres_template.settings(folder, f"{main}{_joined(main)}", keys)
    storage = open_storage(settings)
    world = World(storage, settings, shelf, postgres_template.secrets)
    number, referral = world.sent()
    world.accept(referral)
    world.deliver()
    abroad = world.register("Farida", "abroad")
    world.__dict__["numbers"] = {"kaz": number, "tjk": abroad}
    yield world
    storage.close()


def _joined(url: str) -> str:
    return f"{'&' if '?' in url else '?'}options=-c%20role%3D{APP_ROLE}"


@pytest.fixture(scope="module")
def owner(guarded: World) -> Iterator[Engine]:
    """The same database as its owner, whom no policy binds."""
    url = guarded.settings.database_url.replace(f"options=-c%20role%3D{APP_ROLE}", "").rstrip("?&")
    engine = prepare_engine(url, production=False)
    yield engine
    engine.dispose()


def ids(connection: Any, table: str, column: str) -> list[Any]:
    return list(connection.execute(text(f"SELECT {column} FROM {table}")).scalars())


def as_actor(world: World, who: str) -> Any:
    """A raw connection that has been told for whom it works."""
    connection = world.storage.engine.connect()
    for name, value in scope_of(world.actor(who)).values().items():
        connection.execute(
            text("SELECT set_config(:name, :value, true)"),
            {"name": f"serai.{name}", "value": value},
        )
    return connection


def test_the_application_works_as_a_role_that_owns_nothing(guarded: World) -> None:
    with guarded.storage.engine.connect() as connection:
        asked = (
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert tuple(connection.execute(text(asked)).one()) == (APP_ROLE, False, False)
        owned = "SELECT count(*) FROM pg_tables WHERE tableowner = current_user"
        assert connection.execute(text(owned)).scalar_one() == 0


@pytest.mark.asvs("8.4.1")
def test_raw_select_of_every_table_shows_each_agency_its_own(
    guarded: World, owner: Engine, figure: Callable[[str], None]
) -> None:
    numbers: dict[str, str] = guarded.__dict__["numbers"]
    checked = wrong = 0
    with owner.connect() as whole:
        cases = dict(whole.execute(text("SELECT number, id FROM case_file")).all())
        # Other tests of this module add cases; who sees those is not said here.
        others = set(cases.values()) - {cases[number] for number in numbers.values()}
        truth = {t: whole.execute(text(f"SELECT id, case_id FROM {t}")).all() for t in CASE_TABLES}
    for who, seen in SEES.items():
        allowed = {cases[numbers[name]] for name in seen}
        with as_actor(guarded, who) as connection:
            assert set(ids(connection, "case_file", "id")) - others == allowed, who
            for table in CASE_TABLES:
                wanted = {row for row, case in truth[table] if case is None or case in allowed}
                checked += 1
                not_asked = {row for row, case in truth[table] if case in others}
                wrong += set(ids(connection, table, "id")) - not_asked != wanted
    assert wrong == 0
    figure(f"row security: {checked} tables x agencies by raw SQL, {wrong} differences")


def test_every_table_that_speaks_of_a_case_or_a_person_has_a_policy(owner: Engine) -> None:
    of_somebody = {
        table.name
        for table in Base.metadata.sorted_tables
        if {"case_id", "person_id", "referral_id"} & set(table.columns.keys())
        or table.name in {"person", "case_file"}
    } - {"erasure"}
    with owner.connect() as connection:
        asked = "SELECT relname FROM pg_class WHERE relrowsecurity"
        assert set(connection.execute(text(asked)).scalars()) == of_somebody


def test_a_connection_that_was_told_nothing_is_refused(guarded: World) -> None:
    engine = prepare_engine(guarded.settings.database_url, production=False)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="serai"):
        connection.execute(text("SELECT * FROM case_file"))
    engine.dispose()


@pytest.mark.asvs("8.4.1")
def test_other_agencies_rows_cannot_be_changed_or_deleted(guarded: World) -> None:
    with as_actor(guarded, "abroad") as connection:
        for statement in ("UPDATE hold SET version = version", "DELETE FROM need"):
            changed = connection.execute(text(statement))
            assert changed.rowcount == 0 or statement.startswith("UPDATE")
        with as_actor(guarded, "asylum") as other:
            assert other.execute(text("UPDATE hold SET version = version")).rowcount == 0


@pytest.mark.asvs("16.4.2")
def test_nobody_of_the_application_changes_or_deletes_an_entry_of_the_log(guarded: World) -> None:
    for statement in (
        "UPDATE log_entry SET act = 'nothing'",
        "DELETE FROM log_entry",
        "TRUNCATE log_entry",
        "ALTER TABLE log_entry DISABLE TRIGGER ALL",
    ):
        with (
            as_actor(guarded, "administrator") as connection,
            pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
        ):
            connection.execute(text(statement))


@pytest.mark.asvs("13.2.2")
def test_the_product_works_as_the_unprivileged_role(guarded: World) -> None:
    world = guarded
    number, referral = world.sent(name="Latifa")
    world.accept(referral)
    with world.work("guardian") as work:
        assert desks.read_packet(work, referral)
    with world.work() as work:
        deadlines.tick(work)
    with world.work() as work:
        checkpoints.beat(work)
        assert checkpoints.seal(work).broken == ()
    with world.work() as work:
        key = checkpoints.public_key(work)
        found = log_check.check(work.session, Outside(key=key, macs=work.provider, data=True))
    assert found.findings == ()
    assert found.values > 60
    command = breakglass.Break(
        case_number=number, reason=breakglass.GlassReason.CHILD_AT_RISK, says="She is alone there."
    )
    with world.work("asylum") as work:
        breakglass.break_glass(work, command)
    with world.work("asylum") as work:
        assert breakglass.read(work, number).names == ("Latifa",)


def test_a_key_is_claimed_once_and_answered_again(guarded: World) -> None:
    with guarded.work("officer") as work:
        claimed = once.claim_strictly(work, "row-security", b"body")
        assert claimed.answer is None
        once.answered(work, claimed, 201, {"number": "1"})
    with guarded.work("officer") as work:
        assert once.claim_strictly(work, "row-security", b"body").answer == {"number": "1"}
        with pytest.raises(KeyReused):
            once.claim_strictly(work, "row-security", b"another")
    with guarded.work("guardian") as work:
        assert once.claim_strictly(work, "row-security", b"body").answer is None


def test_what_it_costs(guarded: World, owner: Engine, figure: Callable[[str], None]) -> None:
    """Printed, not asserted: the machine is not ours alone."""
    number = guarded.__dict__["numbers"]["kaz"]
    asked = text(
        "SELECT h.id FROM hold h JOIN case_file c ON h.case_id = c.id WHERE c.number = :number"
    )

    def milliseconds(connection: Any) -> float:
        took = []
        for _ in range(200):
            start = time.perf_counter()
            connection.execute(asked, {"number": number}).all()
            took.append(time.perf_counter() - start)
        return median(took) * 1000

    with owner.connect() as plain, as_actor(guarded, "officer") as bound:
        without, within = milliseconds(plain), milliseconds(bound)
    figure(f"row security: holds of a case in {within:.2f} ms, without {without:.2f} ms")
