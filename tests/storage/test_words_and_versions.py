"""The databases refuse unknown words, naive times and stale writes by themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from models.agency_keys import OutsideLetter, OutsideParcel, OutsideThread
from models.base import Base, Versioned
from models.cases import Case, Deadline, Need
from models.glass import WatchAlert
from models.network import Agency, Desk
from models.taskcare import TaskChange
from models.types import Word
from models.vocabulary import (
    AlertKind,
    ErasureGround,
    FlagKind,
    GlassReason,
    LetterState,
    LetterSuite,
    NoteAudience,
    OutsideKind,
    OutsideSide,
    OutsideState,
    QuestionReason,
    ReferralState,
    RequestKind,
    SoughtRelation,
    TaskChangeKind,
)
from tests.policy.surface import session_of
from tests.world import BORDER, CHILD_DESK, GUARDIANS, PASSWORD, World
from workflows import (
    agency_keys,
    appointments,
    approvals,
    arrivals,
    beds,
    breakglass,
    caseflags,
    casenotes,
    erasure,
    merging,
    publishing,
    questions,
    rights,
    sites,
    tracing,
)
from workflows.errors import ChangedMeanwhile
from workflows.policy import Act

WORDS = [
    (table, column.name)
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Word)
]


def filled(world: World) -> str:
    """A case with a referral, so that the tables with words have rows."""
    number, referral = world.sent()
    world.deliver()
    asked = questions.AskSender(number=referral, reason=QuestionReason.SAFETY, text="Is it safe?")
    with world.work("guardian") as work:
        questions.ask(work, asked)
    world.accept(referral)
    brother = arrivals.Companion(case_number=number, relationship="sibling")
    world.register("Samim", companions=(brother,))
    signed = publishing.Signature(password=PASSWORD)
    with world.work("administrator") as work:
        publishing.bring_in(work, publishing.BringIn(pack="kaz", note="a reason", signature=signed))
    session_of(world, "officer")
    watched(world, number)
    kept_at_a_desk(world)
    from_outside(world)
    asked_of_us(world, number)
    twice_registered(world)
    return number


def watched(world: World, number: str) -> None:
    """A request to approve, a broken glass and an alert."""
    with world.work("supervisor") as work:
        approvals.ask(work, Act.EXPORT_FIGURES, {"period": "2026-10"})
    command = breakglass.Break(
        case_number=number, reason=GlassReason.OTHER, says="It cannot wait until tomorrow."
    )
    with world.work("asylum") as work:
        breakglass.break_glass(work, command)
    about = world.actor("officer")
    with world.work() as work:
        work.session.add(
            WatchAlert(
                id=uuid4(),
                kind=AlertKind.ODD_HOURS,
                user_id=about.user_id,
                agency_id=about.agency_id,
                day="2026-11-24",
                count=2,
                limit=1,
                raised_at=work.now,
                due_at=work.now,
            )
        )


def from_outside(world: World) -> None:
    """A key of ours, and a referral that another installation sent; its letters have their own tests."""
    with world.work() as work:
        agency_keys.make(work, BORDER, LetterSuite.SERVER)
        thread = OutsideThread(
            id=uuid4(),
            thread="a" * 32,
            side=OutsideSide.RECEIVER,
            state=OutsideState.RECEIVED,
            ours=BORDER,
            peer=GUARDIANS,
            opened_at=work.now,
            changed_at=work.now,
        )
        work.session.add(thread)
        work.session.flush()
        work.session.add(
            OutsideLetter(
                id=uuid4(),
                thread_id=thread.id,
                outgoing=False,
                kind=OutsideKind.REFERRAL,
                counter=1,
                number="b" * 32,
                kid="c" * 32,
                sha256="d" * 64,
                at=work.now,
            )
        )
        work.session.add(
            OutsideParcel(
                id=uuid4(),
                thread_id=thread.id,
                peer=GUARDIANS,
                kind=OutsideKind.ANSWER,
                number="e" * 32,
                raw=b"sealed",
                state=LetterState.WAITING,
                written_at=work.now,
                not_before=work.now,
            )
        )


def kept_at_a_desk(world: World) -> None:
    """A note and a flag on a case in a desk's care."""
    number, taken = world.sent(name="Marzia")
    world.accept(taken)
    note = casenotes.WriteNote(number=taken, audience=NoteAudience.OWN_DESK, text="Came by")
    flag = caseflags.RaiseFlag(
        number=taken, kinds=(FlagKind.INTERPRETER,), text="", expires_on=world.now.date()
    )
    with world.work("guardian") as work:
        casenotes.write(work, note)
        caseflags.raise_flag(work, flag)
        work.session.add(
            TaskChange(
                id=uuid4(),
                kind=next(iter(TaskChangeKind)),
                made_by=work.actor.user_id,
                made_at=work.now,
            )
        )
        site = sites.add_site(work, sites.AddSite(desk=CHILD_DESK, name="House"))
        room = sites.add_room(work, sites.AddRoom(site_id=site, label="1", beds=2))
        beds.place(work, beds.Place(case_number=number, room_id=room))
        appointments.make(
            work,
            appointments.MakeAppointment(
                number=taken,
                day=world.now.date() + dt.timedelta(days=1),
                time=dt.time(10),
                place="Room 4",
            ),
        )


def twice_registered(world: World) -> None:
    """Two records in one desk's care that are perhaps of one person."""
    pairs = [world.sent(name=name) for name in ("Shirin", "Shirin B")]
    for _, taken in pairs:
        world.accept(taken)
    command = merging.ProposeMerge(
        number=pairs[0][1], other=pairs[1][0], leads=True, reason="The same scar"
    )
    sought = tracing.OpenTracing(
        number=pairs[0][1],
        names=("Shirin B",),
        relation=SoughtRelation.SIBLING,
        wished=True,
        safe=True,
    )
    with world.work("guardian") as work:
        merging.propose(work, command)
        tracing.open_request(work, sought)


def asked_of_us(world: World, number: str) -> None:
    """What a person asks, and a file that should be erased."""
    asks = rights.TakeRequest(case_number=number, kind=RequestKind.ACCESS, says="Show me")
    with world.work("officer") as work:
        rights.take(work, asks)
    gone = world.register("Nasrin")
    command = erasure.ProposeErasure(case_number=gone, ground=ErasureGround.MISTAKE)
    with world.work("supervisor") as work:
        erasure.propose(work, command)


def test_every_vocabulary_is_kept_by_the_database_itself(any_world: World) -> None:
    filled(any_world)
    tried = []
    for table, column in WORDS:
        with any_world.storage.engine.connect() as connection:
            if connection.execute(select(table.c.id).limit(1)).first() is None:
                continue
            # As raw text, since the column type refuses it before the database would.
            word = "zz"[: 1 if table.c[column].type.impl_instance.length == 1 else 2]
            with pytest.raises(IntegrityError):
                connection.execute(text(f"UPDATE {table.name} SET {column} = '{word}'"))
            tried.append((table.name, column))
    assert tried == [(table.name, column) for table, column in WORDS]


@pytest.mark.parametrize("word", [None, "sent"])
def test_the_column_type_reads_words_and_refuses_others(word: str | None) -> None:
    kind: Word[Any] = Word(ReferralState)
    assert kind.process_bind_param(word, None) == word  # type: ignore[arg-type]  # not used
    with pytest.raises(ValueError, match="lost"):
        kind.process_bind_param("lost", None)  # type: ignore[arg-type]  # not used


@pytest.mark.asvs("16.2.2")
def test_a_naive_time_is_refused(any_world: World) -> None:
    number = any_world.child()
    case = any_world.rows(Case, Case.number == number)[0]
    with any_world.work() as work:
        statement = (
            update(Deadline)
            .where(Deadline.case_id == case.id)
            .values(due_at=any_world.now.replace(tzinfo=None))
        )
        with pytest.raises(StatementError):
            work.session.execute(statement)
        work.session.rollback()


@pytest.mark.asvs("16.2.2")
def test_a_time_comes_back_as_the_same_moment_with_its_zone(any_world: World) -> None:
    any_world.sent()
    found = any_world.rows(Need)[0].since
    assert found == any_world.now
    assert found.utcoffset() is not None


def test_a_stale_write_is_refused_and_the_first_one_stays(any_world: World) -> None:
    with pytest.raises(ChangedMeanwhile):
        rename_too_late(any_world)
    desk = any_world.rows(Desk, Desk.code == CHILD_DESK)[0]
    assert desk.names != {"en": "changed too late"}
    assert desk.version == 1


def rename_too_late(world: World) -> None:
    with world.work() as work:
        desk = work.session.scalars(select(Desk).where(Desk.code == CHILD_DESK)).one()
        # What somebody else commits between our read and our write.
        work.session.execute(
            update(Desk)
            .where(Desk.id == desk.id)
            .values(version=Desk.version + 1)
            .execution_options(synchronize_session=False)
        )
        desk.names = {"en": "changed too late"}


def test_everything_that_two_people_may_change_has_a_version() -> None:
    append_only = {
        *{"answer", "assessment", "packet", "log_entry", "idempotency", "sign_in_attempt"},
        *{"pack_archive", "pack_slice", "stat_period", "stat_exact", "log_checkpoint"},
        *{"outside_letter", "reopening", "task_holder", "used_challenge", "way_on"},
        *{"case_note", "correction", "document", "document_piece", "erasure", "external_identity"},
        "case_form",
    }
    kept_by_one_statement = {
        "log_head",
        "log_sealed",
        "draft",
        "passkey",
        "recovery_code",
        "stat_fact",
        "stat_release",
        "user_session",
        "person_visit",
        "tracing_key",
        "reservation",
        "task_change_row",
        "name_segment",
        # Computed anew as a whole each time, and acted on by nobody.
        "pack_trial",
    }
    without = {
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if not issubclass(mapper.class_, Versioned)
    }
    assert without == append_only | kept_by_one_statement


def test_a_row_of_nobody_cannot_be_made(any_world: World) -> None:
    """Foreign keys are enforced on both databases (SQLite needs to be told)."""
    with any_world.storage.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(
            insert(Desk).values(
                id=uuid4(),
                code="nowhere",
                agency_id=uuid4(),
                area="KAZ",
                names={},
                open=True,
                version=1,
            )
        )


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("referral", "state = 'accepted', accepted_by = NULL"),
        ("referral", "state = 'refused', refusal_reason = NULL"),
        ("hold", "state = 'lifted', lifted_by = NULL"),
        ("case_file", "closed_on = '2026-11-24', screened_on = NULL"),
        ("user_account", "role = 'border_official', post_id = NULL"),
    ],
)
def test_a_state_without_what_it_stands_for_is_refused(
    any_world: World, table: str, change: str
) -> None:
    filled(any_world)
    with any_world.storage.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text(f"UPDATE {table} SET {change}"))


def test_two_cases_cannot_have_one_number(any_world: World) -> None:
    first, second = any_world.register("Zarifa"), any_world.register("Marzia")
    with any_world.storage.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(update(Case).where(Case.number == second).values(number=first))


def test_the_representation_of_a_row_says_nothing_of_it(world: World) -> None:
    world.register()
    for row in (*world.rows(Case), *world.rows(Agency)):
        assert repr(row) == f"<{type(row).__name__} {row.id}>"
