"""Exports on request leave on two signatures: bound to the question, to the rules, and to one use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from models.approvals import Approval
from models.figures import Release
from models.log import LogEntry
from tests.protection.offices import World, make_world
from tests.supervision.rows import agreed
from tests.supervision.test_board import add_figures, address_of
from workflows import releases
from workflows.errors import ApprovalMissing
from workflows.releases import FiguresRequest

ASKED = {"period": "2026-10", "tables": ["week-post", "profile-sex"]}
REQUEST = FiguresRequest(period="2026-10", tables=("week-post", "profile-sex"))


@pytest.fixture
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = make_world(tmp_path_factory.mktemp("asked"))
    add_figures(made, 400)
    yield made
    made.storage.close()


def wanted(world: World) -> dict[str, object]:
    return {**ASKED, "agreement": str(agreed(world))}


def ask(world: World) -> None:
    page = address_of(wanted(world))
    asked = world.press("supervisor", "/figures/ask", on=page, **wanted(world))
    assert asked.status_code == 303


def take(world: World, who: str = "supervisor", **changed: object) -> object:
    asked = {**wanted(world), **changed}
    return world.press(who, "/figures/files", on=address_of(wanted(world)), **asked)


def released(world: World) -> int:
    with world.work() as work:
        return work.session.scalar(select(func.count()).select_from(Release)) or 0


@pytest.mark.asvs("2.3.5")
def test_files_leave_once_after_another_account_said_yes(counted: World) -> None:
    refused = take(counted)
    assert (refused.status_code, refused.mimetype) == (409, "text/html")
    assert "Somebody else must approve exactly this first." in refused.text
    ask(counted)
    assert "Take the files" not in counted.get("supervisor", address_of(wanted(counted))).text
    assert take(counted).status_code == 409
    assert released(counted) == 0

    page = counted.get("supervisor.two", "/watching").text
    assert "October 2026" in page
    assert "Arrivals by week and post" in page
    counted.approve()
    assert (
        address_of(wanted(counted)).replace("&", "&amp;")
        in counted.get("supervisor", "/figures").text
    )
    assert take(counted, "supervisor.two").status_code == 409, "an approval is for whoever asked"
    assert take(counted).mimetype == "application/zip"
    assert take(counted).status_code == 409, "it is used"
    assert released(counted) == 1


def test_whoever_asked_cannot_answer_and_a_made_up_request_is_none(counted: World) -> None:
    ask(counted)
    with counted.work() as work:
        row = work.session.scalars(select(Approval)).one()
        own, version = row.id, str(row.version)
    for address, status in ((own, 409), (uuid4(), 404)):
        path = f"/watching/approvals/{address}"
        answer = counted.press("supervisor", path, on="/watching", version=version, said="yes")
        assert answer.status_code == status, answer.text
    assert take(counted).status_code == 409


def test_another_question_than_the_approved_one_is_refused(counted: World) -> None:
    ask(counted)
    counted.approve()
    for changed in (
        {"period": "2026-11"},
        {"period": "2026-Q4"},
        {"tables": ["week-post"]},
        {"post": counted.post},
    ):
        answer = take(counted, **changed)
        assert (answer.status_code, answer.mimetype) == (409, "text/html"), changed
    assert take(counted).status_code == 200


def test_other_rules_or_another_limit_in_between_undo_the_approval(
    counted: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(counted)
    counted.approve()
    request = replace(REQUEST, agreement=agreed(counted))
    before = releases.scope_of

    def changed(work: object) -> object:
        scope = before(work)
        return replace(scope, packs=tuple(replace(one, sha256="0" * 64) for one in scope.packs))

    monkeypatch.setattr(releases, "scope_of", changed)
    with pytest.raises(ApprovalMissing), counted.work("supervisor") as work:
        releases.release(work, request)
    monkeypatch.undo()
    finer = replace(counted.settings, smallest_cell=11)
    counted.settings = finer
    with pytest.raises(ApprovalMissing), counted.work("supervisor") as work:
        releases.release(work, request)
    assert released(counted) == 0


def test_an_approval_changed_in_the_database_is_for_nothing(counted: World) -> None:
    """What is shown may be written over; what is approved is the hash of the question."""
    ask(counted)
    with counted.storage.engine.begin() as connection:
        connection.execute(update(Approval).values(told={"period": "2026-09", "tables": []}))
    counted.approve()
    assert take(counted, period="2026-09").status_code == 409


def test_what_was_refused_and_tried_is_in_the_log(counted: World) -> None:
    ask(counted)
    counted.approve(approve=False)
    assert (
        "Another account has refused this."
        in counted.get("supervisor", address_of(wanted(counted))).text
    )
    assert take(counted).status_code == 409
    with counted.work() as work:
        rows = work.session.scalars(select(LogEntry).where(LogEntry.act == "export_figures"))
        said = [(row.rule, row.detail.get("approval")) for row in rows]
    assert ("approvals", "asked") in said
    assert ("approval_missing", "missing") in said
