"""History, figures and clocks: nothing is lost, nobody is named, no time is shortened."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.base import Base
from models.figures import StatFact
from models.log import LogEntry
from models.vocabulary import Clock
from tests.safeguards.safe import Safe, on_both_databases
from tests.workflows.test_clock_starts import answered, codes
from tests.workflows.test_clocks_and_ticks import ALMATY, CALENDAR, TUESDAY
from workflows import assessments, clocks, referrals

ROOT = Path(__file__).resolve().parents[2]
#: Tables that only ever grow.
KEPT = ("answer", "assessment", "log_entry", "packet")


@pytest.mark.safeguard("INV-34")
@on_both_databases
def test_every_read_of_a_person_is_in_the_log(safe: Safe) -> None:
    number = safe.world.child()
    for look in (assessments.numbered, referrals.propose):
        before = len(safe.world.rows(LogEntry, LogEntry.act == "read"))
        with safe.world.work("officer") as work:
            look(work, number)
        reads = safe.world.rows(LogEntry, LogEntry.act == "read")
        assert len(reads) == before + 1
        assert reads[-1].actor == safe.world.actor("officer").user_id


@pytest.mark.safeguard("INV-34")
def test_no_workflow_deletes_or_rewrites_what_was_said_read_or_logged() -> None:
    """Read from the code: nothing updates or deletes a row of these tables."""
    classes = {"Answer", "Assessment", "LogEntry", "Packet"}
    found = [
        f"{path.name}: {line.strip()}"
        for path in (ROOT / "workflows").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        for name in classes
        if f"update({name})" in line or f"delete({name})" in line
    ]
    assert found == []
    assert set(KEPT) <= set(Base.metadata.tables)


@pytest.mark.safeguard("INV-35")
def test_the_table_of_figures_has_no_column_for_a_person_a_day_or_a_case() -> None:
    columns = {column.name for column in StatFact.__table__.columns}
    told = {"person_id", "case_id", "name", "birth", "document", "day", "date", "registered_on"}
    assert columns.isdisjoint(told)
    assert not any(column.type.python_type is date for column in StatFact.__table__.columns)


@pytest.mark.safeguard("INV-35")
@on_both_databases
def test_no_name_number_or_exact_day_is_in_the_figures_of_anybody(safe: Safe) -> None:
    number = safe.world.child("Gulandama Berdimyrat")
    row = safe.world.rows(StatFact)[0]
    text = str({k: v for k, v in vars(row).items() if k[0] != "_"})
    today = safe.world.now.date()
    for told in ("Gulandama", "Berdimyrat", number, today.isoformat(), "AFG"):
        assert told not in text


@pytest.mark.safeguard("INV-40")
@given(
    st.integers(0, 60),
    st.sampled_from(["calendar days", "working days"]),
    st.integers(0, 200),
)
@settings(max_examples=200, deadline=None)
def test_a_persons_limit_is_never_shorter_than_an_authoritys(
    amount: int, unit: str, later: int
) -> None:
    start = TUESDAY + timedelta(hours=later)
    person = clocks.due(start, amount, unit, Clock.PERSON, CALENDAR)
    authority = clocks.due(start, amount, unit, Clock.AUTHORITY, CALENDAR)
    assert person >= authority >= start.astimezone(ALMATY).replace(hour=0, minute=0)
    assert clocks.works(CALENDAR, person.astimezone(ALMATY).date())


@pytest.mark.safeguard("INV-40")
def test_a_clock_whose_start_is_not_known_does_not_begin(safe: Safe) -> None:
    found = codes(safe.world, answered(safe.world, fear_of_return="yes"))
    assert not {"ASY.certificate", "ASY.decision", "ASY.register.default"} & found
