"""What the schedule finds: the longest row counts, nothing in care is touched, and a date erases no file."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from app.cli import main
from config.codes import rows
from models.cases import Case, Need
from models.figures import StatFact
from models.log import LogEntry
from models.people import Person
from models.rights import ErasureProposal
from models.vault.sealed import load_sealed
from models.vocabulary import NeedState, Purpose
from tests.erasure.whole import decide, erase
from tests.world import World
from workflows import erasure, figures, restoring, retention
from workflows.erasure import DecideErasure, ProposeErasure
from workflows.errors import NotAllowedNow
from workflows.schedules import Milestones, ScheduleRow, ends_on, rows_of

SCHEDULE = rows_of(rows("retention"))
DAY = date(2026, 1, 1)


def milestones(**changed: object) -> Milestones:
    plain = {
        "country": "KAZ",
        "profiles": frozenset(),
        "closed_on": None,
        "screened_on": None,
        "changed_on": DAY,
        "in_care": False,
    }
    return Milestones(**{**plain, **changed})  # type: ignore[arg-type]  # its own fields


def test_every_row_says_how_long_why_and_where_that_stands() -> None:
    assert len({row.id for row in SCHEDULE}) == len(SCHEDULE) >= 8
    for row in SCHEDULE:
        assert row.source
        assert row.purpose == "contact" or row.then == "propose"


@pytest.mark.parametrize(
    ("changed", "row", "days"),
    [
        ({}, "left", 365),
        ({"screened_on": DAY}, "no_need", 90),
        ({"screened_on": DAY, "closed_on": DAY}, "usual", 2190),
        ({"screened_on": DAY, "closed_on": DAY, "profiles": frozenset({"LMW"})}, "usual", 2190),
        ({"screened_on": DAY, "closed_on": DAY, "profiles": frozenset({"ASY"})}, "asylum", 3653),
        (
            {"screened_on": DAY, "closed_on": DAY, "profiles": frozenset({"ASY", "UAC"})},
            "child",
            6575,
        ),
    ],
)
def test_the_longest_row_that_applies_counts(
    changed: dict[str, object], row: str, days: int
) -> None:
    assert ends_on(SCHEDULE, milestones(**changed), "file") == (DAY + timedelta(days=days), row)


def test_what_has_a_need_and_is_not_closed_never_runs_out() -> None:
    asked = milestones(screened_on=DAY, profiles=frozenset({"ASY"}))
    assert ends_on(SCHEDULE, asked, "file") is None
    for changed in ({"closed_on": DAY, "screened_on": DAY}, {}):
        assert ends_on(SCHEDULE, milestones(in_care=True, **changed), "file") is None


def test_a_country_may_say_another_time() -> None:
    usual = next(row for row in SCHEDULE if row.id == "usual")
    other = ScheduleRow(**{**vars_of(usual), "id": "kaz", "country": "KAZ", "days": 400})
    closed = milestones(screened_on=DAY, closed_on=DAY, profiles=frozenset({"LMW"}))
    for table in ((*SCHEDULE, other), (other, *SCHEDULE)):
        assert ends_on(table, closed, "file") == (DAY + timedelta(days=400), "kaz")
    abroad = milestones(country="TJK", screened_on=DAY, closed_on=DAY, profiles=frozenset({"LMW"}))
    assert ends_on((*SCHEDULE, other), abroad, "file") == (DAY + timedelta(days=2190), "usual")


def vars_of(row: ScheduleRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


@pytest.mark.parametrize(
    "changed",
    [
        {"days": "0"},
        {"days": "soon"},
        {"then": "erase"},
        {"starts": "whenever"},
        {"source": ""},
        {"purpose": "medical"},
        {"basis": "X"},
        {"more": "x"},
    ],
)
def test_a_row_that_cannot_be_used_stops_the_start(changed: dict[str, str]) -> None:
    row = next(row for row in rows("retention") if row["id"] == "usual")
    with pytest.raises(ValueError, match="usual"):
        rows_of([{**row, **changed}])


_DAYS = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(
    st.frozensets(st.sampled_from(["ASY", "UAC", "VOT-A", "LMW"])),
    _DAYS,
    _DAYS,
    st.sampled_from(["ASY", "UAC"]),
)
def test_one_more_profile_never_shortens_the_time(
    profiles: frozenset[str], screened: date | None, closed: date | None, more: str
) -> None:
    known = {"screened_on": screened, "closed_on": closed}
    before = ends_on(SCHEDULE, milestones(profiles=profiles, **known), "file")
    after = ends_on(SCHEDULE, milestones(profiles=profiles | {more}, **known), "file")
    if before is not None and profiles:
        assert after is not None
        assert after[0] >= before[0]


def look(world: World) -> retention.Looked:
    with world.work() as work:
        return retention.look(work)


@pytest.mark.asvs("14.2.7")
def test_a_file_without_a_need_is_proposed_after_its_time_and_a_human_stands_for_it(
    any_office: World,
) -> None:
    world = any_office
    number = world.register("Zarifa", phone="+992 000 000")
    kept = world.child("Marzia")
    world.clock.forward(days=364)
    assert look(world).proposed == 0
    world.clock.forward(days=2)
    # A child with an open need is left alone however long nobody acted.
    assert look(world).proposed == 1
    assert look(world).proposed == 0
    with world.work("supervisor") as work:
        (line,) = retention.overview(work).proposals
    assert (line.case_number, line.first, line.schedule) == (number, False, "left")
    # Nobody stands for it yet: it cannot be approved.
    command = DecideErasure(proposal_id=line.id, version=line.version, approve=True)
    with pytest.raises(NotAllowedNow), world.work("second") as work:
        erasure.decide(work, command)
    with world.work("supervisor") as work:
        erasure.propose(work, ProposeErasure(case_number=number, ground=line.ground))
    made = decide(world, "second")
    assert made is not None
    assert (made.body["ground"], made.body["schedule"]) == ("retention", "left")
    assert len(world.rows(Person)) == 1
    assert world.rows(ErasureProposal) == []
    assert [row.number for row in world.rows(Case)] == [kept]


@pytest.mark.asvs("14.2.7")
def test_a_contact_is_emptied_by_itself_once_a_case_is_closed_for_ninety_days(
    office: World,
) -> None:
    number = office.register("Zarifa", phone="+992 000 000")
    with office.work() as work:
        case = office.case(work, number)
        case.screened_on = case.closed_on = case.changed_on = office.now.date()
        person = case.person_id
        # A profile, so that the row for those without one does not come first.
        link = figures.link_of(work, case.id)
        work.session.execute(update(StatFact).where(StatFact.link == link).values(profiles="ASY"))
        work.session.execute(update(Need).values(state=NeedState.DECLINED))
    office.clock.forward(days=89)
    assert look(office).emptied == 0
    office.clock.forward(days=2)
    assert (look(office).emptied, look(office).emptied) == (1, 0)
    with office.work() as work:
        work.vault.grant(person, Purpose.CONTACT)
        row = work.session.get_one(Person, person, options=load_sealed(Person.contact))
        assert row.contact == {"phone": None}
    entries = [entry for entry in office.rows(LogEntry) if "emptied" in entry.detail]
    assert [entry.detail["emptied"] for entry in entries] == ["person.contact"]


def test_a_kept_back_file_is_not_proposed(office: World) -> None:
    number = office.register()
    with office.work("supervisor") as work:
        retention.keep_back(work, retention.KeepBack(case_number=number, reason="a court asks"))
    office.clock.forward(days=800)
    assert look(office).proposed == 0
    with office.work("supervisor") as work:
        retention.let_go(work, number)
    assert look(office).proposed == 1


def test_certificates_are_files_apart_and_bring_a_restored_installation_into_line(
    office: World, tmp_path: Path
) -> None:
    number = office.register()
    made = erase(office, number)
    assert restoring.at_start(office.storage, office.settings, office.shelf, office.now) == (
        erasure.Reconciled(0, 0)
    )
    folder = office.settings.data_dir / restoring.FOLDER
    assert [one.number for one in restoring.read_files(folder)] == [made.number]
    (folder / "broken.json").write_text("{", encoding="utf-8")
    assert len(list(restoring.read_files(folder))) == 1
    file = folder / f"{made.number}.json"
    shown = CliRunner().invoke(main, ["erase", "verify", str(file)])
    assert (shown.exit_code, "genuine" in shown.output) == (0, True)
    file.write_text(file.read_text().replace("request", "mistake"), encoding="utf-8")
    shown = CliRunner().invoke(main, ["erase", "verify", str(file)])
    assert (shown.exit_code, "NOT GENUINE" in shown.output) == (1, True)
