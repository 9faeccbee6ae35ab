"""Legal clocks: when a limit ends, and a tick that loses nothing, also twice and after an outage."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from models.cases import Case, Deadline, Task
from models.log import LogEntry
from models.referrals import Letter, Referral
from models.vocabulary import Clock, DeadlineState, LetterKind, ReferralState, TaskKind, TaskState
from tests.world import World
from workflows import clocks, deadlines
from workflows.errors import NotAllowedNow, NotFound
from workflows.rules.pack_model import Calendar

ALMATY = ZoneInfo("Asia/Almaty")
#: A week in which Thursday is free and the Saturday after is worked in its place.
CALENDAR = Calendar(
    zone="Asia/Almaty",
    weekend=frozenset({5, 6}),
    confirmed_until=date(2026, 12, 31),
    holidays={date(2026, 11, 26): "moved", date(2026, 12, 16): "Independence Day"},
    working_days={date(2026, 11, 28): "in its place"},
)
TUESDAY = datetime(2026, 11, 24, 12, 0, tzinfo=ALMATY)


def end_of(day: date, zone: ZoneInfo = ALMATY) -> datetime:
    return datetime.combine(day, time(23, 59, 59), tzinfo=zone)


@pytest.mark.parametrize(
    ("amount", "unit", "clock", "ends"),
    [
        (0, "minutes", Clock.AUTHORITY, TUESDAY),
        (90, "minutes", Clock.AUTHORITY, TUESDAY + timedelta(minutes=90)),
        (24, "hours", Clock.AUTHORITY, TUESDAY + timedelta(hours=24)),
        # Hours run through nights, weekends and holidays.
        (72, "hours", Clock.PERSON, TUESDAY + timedelta(hours=72)),
        (1, "calendar days", Clock.AUTHORITY, end_of(date(2026, 11, 25))),
        # The authority's limit ends on a free day; the person's moves to the next that is worked.
        (2, "calendar days", Clock.AUTHORITY, end_of(date(2026, 11, 26))),
        (2, "calendar days", Clock.PERSON, end_of(date(2026, 11, 27))),
        (5, "calendar days", Clock.PERSON, end_of(date(2026, 11, 30))),
        (5, "calendar days", Clock.AUTHORITY, end_of(date(2026, 11, 29))),
        # A worked Saturday counts, the free Thursday does not.
        (1, "working days", Clock.AUTHORITY, end_of(date(2026, 11, 25))),
        (2, "working days", Clock.AUTHORITY, end_of(date(2026, 11, 27))),
        (3, "working days", Clock.AUTHORITY, end_of(date(2026, 11, 28))),
        (4, "working days", Clock.AUTHORITY, end_of(date(2026, 11, 30))),
        (1, "months", Clock.AUTHORITY, end_of(date(2026, 12, 24))),
        (3, "months", Clock.AUTHORITY, end_of(date(2027, 2, 24))),
        (14, "months", Clock.AUTHORITY, end_of(date(2028, 1, 24))),
    ],
)
def test_a_limit_ends_as_the_place_counts_its_days(
    amount: int, unit: str, clock: Clock, ends: datetime
) -> None:
    assert clocks.due(TUESDAY.astimezone(UTC), amount, unit, clock, CALENDAR) == ends


def test_a_day_begins_where_the_person_is_and_not_in_utc() -> None:
    """20:30 UTC on Tuesday is Wednesday in Almaty."""
    late = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)
    found = clocks.due(late, 1, "calendar days", Clock.AUTHORITY, CALENDAR)
    assert found == end_of(date(2026, 11, 26))


@pytest.mark.parametrize(
    ("start", "months", "day"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
    ],
)
def test_a_month_ends_on_the_last_day_where_it_has_no_such_day(
    start: date, months: int, day: date
) -> None:
    at = datetime.combine(start, time(12), tzinfo=ALMATY)
    found = clocks.due(at, months, "months", Clock.AUTHORITY, CALENDAR)
    assert found.astimezone(ALMATY).date() == day


@given(
    start=st.integers(-8000, 8000).map(lambda n: TUESDAY.astimezone(UTC) + timedelta(hours=n)),
    amount=st.integers(0, 60),
    unit=st.sampled_from(["minutes", "hours", "calendar days", "working days", "months"]),
)
@pytest.mark.safeguard("INV-40")
def test_a_persons_limit_is_never_shorter_and_never_ends_on_a_free_day(
    start: datetime, amount: int, unit: str
) -> None:
    authority, person = (
        clocks.due(start, amount, unit, clock, CALENDAR)
        for clock in (Clock.AUTHORITY, Clock.PERSON)
    )
    assert start <= authority <= person
    if unit not in {"minutes", "hours"}:
        assert clocks.works(CALENDAR, person.astimezone(ALMATY).date())
    later = clocks.due(start, amount + 1, unit, Clock.AUTHORITY, CALENDAR)
    assert later > authority


def test_a_zone_with_summer_time_keeps_hours_true_and_days_local() -> None:
    warsaw = Calendar(
        zone="Europe/Warsaw",
        weekend=frozenset({5, 6}),
        confirmed_until=None,
        holidays={},
        working_days={},
    )
    zone = ZoneInfo("Europe/Warsaw")
    before = datetime(2026, 10, 24, 12, 0, tzinfo=zone).astimezone(UTC)
    assert clocks.due(before, 24, "hours", Clock.AUTHORITY, warsaw) - before == timedelta(hours=24)
    found = clocks.due(before, 1, "calendar days", Clock.AUTHORITY, warsaw)
    assert found == end_of(date(2026, 10, 25), zone).astimezone(UTC)


def tick(world: World) -> deadlines.Ticked:
    with world.work() as work:
        return deadlines.tick(work)


def only_clock(world: World) -> Deadline:
    """Leave one clock of the case running."""
    rows = sorted(world.rows(Deadline, Deadline.warn_at.is_not(None)), key=lambda d: d.due_at)
    with world.work() as work:
        others = update(Deadline).where(Deadline.id != rows[0].id)
        work.session.execute(others.values(state=DeadlineState.CANCELLED))
    found: Deadline = rows[0]
    return found


def tasks(world: World) -> list[tuple[str, str]]:
    wanted = world.rows(Task, Task.kind == TaskKind.MEET_DEADLINE, Task.state == TaskState.OPEN)
    return sorted((task.role.value, task.urgency.value) for task in wanted)


def test_a_clock_warns_once_then_runs_out_once(any_world: World) -> None:
    any_world.child()
    clock = only_clock(any_world)
    assert tick(any_world) == deadlines.Ticked(0, 0, 0)
    assert clock.warn_at is not None
    any_world.clock.now = clock.warn_at
    assert [tick(any_world), tick(any_world)] == [
        deadlines.Ticked(1, 0, 0),
        deadlines.Ticked(0, 0, 0),
    ]
    assert tasks(any_world) == [("border_official", "soon")]
    any_world.clock.now = clock.due_at
    assert [tick(any_world), tick(any_world)] == [
        deadlines.Ticked(0, 1, 0),
        deadlines.Ticked(0, 0, 0),
    ]
    assert tasks(any_world) == [("border_official", "soon"), ("supervisor", "now")]
    assert any_world.rows(Deadline, Deadline.id == clock.id)[0].state is DeadlineState.OVERDUE


def test_after_an_outage_one_tick_catches_up(any_world: World) -> None:
    _, referral = any_world.sent()
    clock = only_clock(any_world)
    any_world.clock.forward(days=40)
    done = tick(any_world)
    assert (done.overdue, done.timed_out) == (1, 1)
    assert tick(any_world) == deadlines.Ticked(0, 0, 0)
    row = any_world.referral(referral)
    assert (row.state, row.step) == (ReferralState.NO_ANSWER, 3)
    letters = any_world.rows(Letter, Letter.kind == LetterKind.ESCALATION)
    assert len(letters) == 1
    assert any_world.rows(Deadline, Deadline.id == clock.id)[0].step == 1


def test_silence_gives_the_supervisor_the_task_to_find_another_desk(world: World) -> None:
    number, _ = world.sent()
    world.clock.forward(days=15)
    tick(world)
    lost = [t for t in world.of(Task, number) if t.kind is TaskKind.CHOOSE_ANOTHER_DESK]
    assert [task.role.value for task in lost] == ["supervisor"]
    world.send(number, who="supervisor")
    assert len(world.rows(Referral)) == 2


def test_a_clock_that_was_met_neither_warns_nor_runs_out(world: World) -> None:
    world.child()
    clock = only_clock(world)
    with pytest.raises(NotFound), world.work("elsewhere") as work:
        deadlines.meet(work, clock.id)
    with world.work("officer") as work:
        deadlines.meet(work, clock.id)
    world.clock.forward(days=100)
    assert tick(world).overdue == 0
    with pytest.raises(NotAllowedNow), world.work("officer") as work:
        deadlines.meet(work, clock.id)


def test_the_clock_reads_no_sealed_field(world: World) -> None:
    world.sent()
    before = len(world.rows(LogEntry, LogEntry.act == "read"))
    world.clock.forward(days=40)
    tick(world)
    world.deliver()
    assert len(world.rows(LogEntry, LogEntry.act == "read")) == before


def test_more_clocks_than_one_round_takes_are_moved_in_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "_BATCH", 1)
    for name in ("Zarifa", "Marzia"):
        world.child(name)
    world.clock.forward(days=400)
    wanted = len(world.rows(Deadline))
    assert len(world.rows(Case)) == 2
    rounds = 0
    while tick(world).overdue:
        rounds += 1
    assert rounds == wanted
