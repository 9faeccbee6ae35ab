"""The life of a version: two accounts, a green gate, one in force, and nothing ever deleted."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.accounts import Attempt
from models.cases import Assessment
from models.log import LogEntry
from models.publication import PackArchive, PackSlice, PackVersion
from models.vocabulary import PackState
from tests.publishing.conftest import SIGNED, Office
from tests.world import World
from workflows import publishing
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowed,
    NotAllowedNow,
    NotFound,
    SameSignatory,
    SignInFailed,
)
from workflows.packs import Shelf
from workflows.publishing import Sign, Signature
from workflows.rule_checks import kept
from workflows.rules import canonical


def renamed(office: Office, label: str = "2099.1") -> str:
    """Give the folder's pack another version: a change that is easy to see."""
    office.edit("kaz/pack.yaml", lambda text: _labelled(text, label))
    return label


def _labelled(text: str, label: str) -> str:
    lines = [
        f"version: {label}" if line.startswith("version:") else line for line in text.splitlines()
    ]
    return "\n".join(lines) + "\n"


def test_a_version_goes_from_draft_to_force_and_a_case_is_judged_by_it(any_office: Office) -> None:
    office = any_office
    label = renamed(office)
    version = office.bring_in()
    assert office.row(version).state is PackState.DRAFT
    office.test(version)
    assert office.examine(differences=["gains need guardian: age 16"])
    office.publish(version)
    row = office.row(version)
    assert row.state is PackState.IN_FORCE
    assert row.author_id == office.world.actor("administrator").user_id
    assert row.reviewed_by == office.world.actor("supervisor").user_id
    assert row.differences
    assert [one["words"] for one in row.differences["found"]] == [
        {"en": "gains need guardian: age 16"}
    ]
    with office.world.work() as work:
        assert publishing.signed_by_both(work, work.session.get_one(PackVersion, version))

    renamed(office, "2099.2")
    number = office.world.child()
    assert {a.pack_version for a in office.world.of(Assessment, number)} == {label}
    assert {a.pack_sha256 for a in office.world.of(Assessment, number)} == {row.sha256}


def test_an_archive_is_the_pack_to_the_last_byte(office: Office) -> None:
    row = office.row(office.bring_in())
    archive = office.world.rows(PackArchive, PackArchive.sha256 == row.sha256)[0]
    again = canonical.load(archive.content.encode())
    assert canonical.dump(again).decode() == archive.content
    assert again.sha256 == row.sha256 == office.pack().sha256


def test_the_second_signatory_is_another_account(any_office: Office) -> None:
    version = any_office.bring_in("supervisor")
    any_office.test(version)
    any_office.examine()
    with pytest.raises(SameSignatory):
        any_office.publish(version, "supervisor")
    any_office.publish(version, "administrator")


def test_whoever_signs_gives_the_password_again(office: Office) -> None:
    wrong = Signature(password="a passphrase that is wrong")
    with pytest.raises(SignInFailed):
        office.bring_in(signature=wrong)
    version = office.bring_in()
    office.test(version)
    office.examine()
    with pytest.raises(SignInFailed):
        office.publish(version, signature=wrong)
    assert office.row(version).state is PackState.TESTING
    # A door that shows the page again commits the failed try (`app.web`), so that limits count it.
    again = Sign(id=version, version=office.row(version).version, signature=wrong)
    with office.world.work("supervisor") as work, pytest.raises(SignInFailed):
        publishing.publish(work, again)
    assert office.world.rows(Attempt)


@pytest.mark.parametrize("who", ["officer", "guardian", "monitor"])
def test_others_neither_bring_in_nor_publish(office: Office, who: str) -> None:
    with pytest.raises(NotAllowed):
        office.bring_in(who)
    version = office.bring_in()
    office.test(version)
    office.examine()
    with pytest.raises(NotAllowed):
        office.publish(version, who)


def test_a_supervisor_publishes_the_rules_of_the_own_country_only(office: Office) -> None:
    with pytest.raises(NotFound):
        office.bring_in("supervisor", pack="tjk")
    office.bring_in("administrator", pack="tjk")


def test_what_was_not_looked_at_or_not_found_good_is_not_published(office: Office) -> None:
    version = office.bring_in()
    office.test(version)
    with pytest.raises(NotAllowedNow):
        office.publish(version)
    office.examine(findings=["INV-06 is broken: age 17"])
    row = office.row(version)
    assert row.checks
    assert row.checks["findings"] == [{"en": "INV-06 is broken: age 17"}]
    with pytest.raises(NotAllowedNow):
        office.publish(version)


def test_a_draft_is_not_published_before_it_ran_beside(office: Office) -> None:
    version = office.bring_in()
    office.examine()
    with pytest.raises(NotAllowedNow):
        office.publish(version)


def test_differences_against_what_is_no_longer_in_force_do_not_count(office: Office) -> None:
    office.published()  # else the folder is in force, and each change of it is looked at at once
    renamed(office)
    first = office.bring_in()
    office.test(first)
    assert office.examine()
    renamed(office, "2099.2")
    office.published()
    with pytest.raises(NotAllowedNow):
        office.publish(first)
    assert office.examine()
    office.publish(first)
    assert office.row(first).state is PackState.IN_FORCE


def test_a_stale_page_publishes_nothing(office: Office) -> None:
    version = office.bring_in()
    office.test(version)
    seen = office.row(version).version
    office.examine()
    with pytest.raises(ChangedMeanwhile):
        office.publish(version, page=seen)


def test_the_next_version_ends_the_one_before(any_office: Office) -> None:
    first = any_office.published()
    renamed(any_office)
    second = any_office.published()
    assert any_office.row(first).state is PackState.RETIRED
    assert any_office.row(second).state is PackState.IN_FORCE
    assert any_office.pack().version == "2099.1"


def test_an_older_version_comes_back_by_two_accounts(any_office: Office) -> None:
    first = any_office.published()
    before = any_office.pack().sha256
    renamed(any_office)
    second = any_office.published()
    row = any_office.row(first)
    with any_office.world.work("supervisor") as work:
        back = publishing.bring_back(work, Sign(id=first, version=row.version, signature=SIGNED))
    with pytest.raises(NotAllowedNow):
        any_office.publish(back, "administrator")
    assert any_office.examine()
    with pytest.raises(SameSignatory):
        any_office.publish(back, "supervisor")
    any_office.publish(back, "administrator")
    assert any_office.pack().sha256 == before
    assert any_office.row(back).restores == first
    assert any_office.row(second).state is PackState.RETIRED


def test_what_never_was_in_force_does_not_come_back(office: Office) -> None:
    version = office.bring_in()
    page = office.row(version).version
    with office.world.work("supervisor") as work:
        publishing.withdraw(work, version, page)
    row = office.row(version)
    assert row.state is PackState.RETIRED
    with pytest.raises(NotAllowedNow), office.world.work("supervisor") as work:
        publishing.bring_back(work, Sign(id=version, version=row.version, signature=SIGNED))


def test_what_is_in_force_is_not_brought_in_again(office: Office) -> None:
    office.published()
    with pytest.raises(InvalidCommand):
        office.bring_in()


def test_rows_that_begin_later_are_in_the_version_from_their_day(office: Office) -> None:
    office.edit(
        "kaz/deadlines.csv",
        lambda text: _from_day(text, "2027-03-01"),
    )
    version = office.published()
    slices = office.world.rows(PackSlice, PackSlice.version_id == version)
    assert "2027-03-01" in {str(one.from_day) for one in slices}
    today = office.pack()
    office.world.clock.forward(days=120)
    later = office.pack()
    assert later.sha256 != today.sha256
    assert len(later.deadlines) == len(today.deadlines) + 1


def _from_day(text: str, day: str) -> str:
    """A copy of the last row under another id, valid from a day."""
    lines = text.rstrip("\n").split("\n")
    head, cells = lines[0].split(","), lines[-1].split(",")
    cells[head.index("id")] = "TEST.later"
    cells[head.index("from")] = day
    return "\n".join([*lines, ",".join(cells)]) + "\n"


def test_another_process_notices_within_a_minute(office: Office) -> None:
    other = Shelf(office.folder)
    mine, office.world.shelf = office.world.shelf, other
    before = office.pack().sha256
    office.world.shelf = mine
    renamed(office)
    office.published()
    office.world.shelf = other
    assert office.pack().sha256 == before
    office.world.clock.forward(seconds=60)
    assert office.pack().version == "2099.1"


def test_the_database_keeps_one_in_force_and_deletes_nothing(any_office: Office) -> None:
    version = any_office.published()
    for table in (PackSlice, PackVersion, PackArchive):
        with pytest.raises(DBAPIError), any_office.world.work() as work:
            work.session.execute(delete(table))
    with pytest.raises(DBAPIError), any_office.world.work() as work:
        work.session.execute(update(PackArchive).values(content="{}"))
    renamed(any_office)
    second = any_office.bring_in()
    forced: dict[str, Any] = {
        "state": PackState.IN_FORCE,
        "in_force_at": any_office.world.now,
        "reviewed_by": any_office.world.actor("supervisor").user_id,
        "reviewer_mac": "0" * 64,
    }
    with pytest.raises((IntegrityError, ChangedMeanwhile)), any_office.world.work() as work:
        work.session.execute(update(PackVersion).where(PackVersion.id == second).values(**forced))
    assert any_office.row(version).state is PackState.IN_FORCE


def test_one_account_alone_is_refused_by_the_database_too(any_office: Office) -> None:
    version = any_office.bring_in()
    author = any_office.row(version).author_id
    with pytest.raises(IntegrityError), any_office.world.work() as work:
        work.session.execute(
            text("UPDATE pack_version SET reviewed_by = author_id, reviewer_mac = 'x'")
        )
    assert any_office.row(version).author_id == author


def test_a_row_that_was_changed_behind_the_program_is_not_published(office: Office) -> None:
    version = office.bring_in()
    office.test(version)
    office.examine()
    other = office.world.actor("monitor").user_id
    with office.world.work() as work:
        work.session.execute(text("UPDATE pack_version SET author_id = :who"), {"who": other.hex})
    with pytest.raises(NotAllowedNow):
        office.publish(version)


def test_every_step_is_in_the_log(office: Office) -> None:
    office.published()
    acts = {entry.act for entry in office.world.rows(LogEntry)}
    assert {"propose_pack", "check_packs", "publish_pack"} <= acts


def test_an_unknown_version_is_not_there(world: World, tmp_path: Path) -> None:
    with pytest.raises(NotFound), world.work("administrator") as work:
        publishing.withdraw(work, uuid4(), 1)


def test_needs_and_profiles_of_open_cases_may_not_vanish(office: Office) -> None:
    present = office.pack()
    smaller = canonical.load(canonical.dump(present))
    assert kept(smaller, present) == []
    gone = dataclasses.replace(
        smaller, needs={k: v for k, v in smaller.needs.items() if k != "guardian"}
    )
    assert kept(gone, present) == ["the need guardian is gone; keep it"]
