"""Clocks, another desk, rules, the log's check, cases by state: what supervisor and monitor may do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from models.cases import Task
from models.log import LogEntry
from models.referrals import Referral
from models.vocabulary import NeedState, RefusalReason, TaskKind, TaskState
from tests.protection.offices import NAME, NEED, World
from workflows import deadlines, desks, referrals
from workflows.casenumbers import show
from workflows.desks import RefuseReferral
from workflows.disclosure.dimensions import week_of


def without_desk(world: World) -> tuple[str, str]:
    """A case whose desk has refused: (case number, address of the page that finds another)."""
    number, case = world.referral()
    with world.work("desk.one") as work:
        desks.refuse(work, RefuseReferral(number=number, reason=RefusalReason.NO_CAPACITY))
    return case, f"/clocks/{case}/desk"


def offer(world: World, case: str) -> str:
    with world.work("supervisor") as work:
        proposals = referrals.propose(work, case)
    found = next(p for p in proposals if p.need == NEED and p.state is NeedState.OPEN)
    return f"/clocks/{case}/desk/{found.need_id}/{world.other_desk}"


def test_a_refused_referral_comes_to_the_supervisor_of_the_post_only(world: World) -> None:
    case, address = without_desk(world)

    assert show(case) in world.get("supervisor", "/clocks").text
    assert show(case) not in world.get("supervisor.elsewhere", "/clocks").text
    assert world.get("supervisor.elsewhere", address).status_code == 404


def test_another_desk_gets_the_packet_once_the_person_has_agreed_anew(world: World) -> None:
    case, _ = without_desk(world)
    address = offer(world, case)

    page = world.get("supervisor", address).text
    assert "Goes along, unread by you" in page
    for told in (NAME, "Turkmenistan", "+7 000 111", "Asylum-seeker"):
        assert told not in page
    assert world.press("supervisor", address, on=address).status_code == 422
    asked = world.press("supervisor", address, on=address, legal_basis="consent", note="By phone")
    assert asked.status_code == 422
    assert "By phone" in asked.text
    sent = world.press(
        "supervisor", address, on=address, legal_basis="consent", consented="1", note="By phone"
    )

    assert sent.status_code == 303, sent.text
    with world.work() as work:
        codes = [row.desk_id for row in work.session.scalars(select(Referral))]
    assert world.actors["desk.other"].desk_ids & set(codes)
    assert world.press("supervisor", address, on="/clocks", legal_basis="consent").status_code in {
        404,
        409,
    }


def test_a_case_that_has_its_desks_cannot_be_opened_by_a_supervisor(world: World) -> None:
    case = world.person("Sitora")

    assert world.get("supervisor", f"/clocks/{case}/desk").status_code == 404
    assert world.get("monitor", f"/clocks/{case}/desk").status_code == 403


def test_silence_and_late_clocks_are_shown_without_anybody_in_them(world: World) -> None:
    _, case = world.referral()
    with world.work() as work:
        row = work.session.scalars(select(Referral).order_by(Referral.sent_at.desc())).first()
        assert row is not None
        row.due_at = world.now - timedelta(hours=1)
    with world.work() as work:
        deadlines.tick(work)

    page = world.get("supervisor", "/clocks").text

    assert show(case) in page
    assert NAME not in page
    assert "TKM" not in page


def test_a_task_is_done_once_and_a_stale_page_is_refused(world: World) -> None:
    without_desk(world)
    with world.work() as work:
        task = work.session.scalars(select(Task).where(Task.role == "supervisor")).first()
        assert task is not None
        task.kind = TaskKind.MEET_DEADLINE
        task.state = TaskState.OPEN
    address = f"/clocks/tasks/{task.id}/done"
    with world.work() as work:
        version = work.session.get_one(Task, task.id).version

    stale = world.press("supervisor", address, on="/clocks", version=str(version + 1))
    assert stale.status_code == 409
    wrong = world.press("supervisor", address, on="/clocks", version="later")
    assert wrong.status_code == 400
    elsewhere = world.press("supervisor.elsewhere", address, on="/rules", version=str(version))
    assert elsewhere.status_code in {400, 404}
    done = world.press("supervisor", address, on="/clocks", version=str(version))
    assert done.status_code == 303
    again = world.press("supervisor", address, on="/clocks", version=str(version))
    assert again.status_code == 409


@pytest.mark.parametrize("who", ["supervisor", "admin", "monitor"])
@pytest.mark.parametrize("part", ["profiles", "holds", "needs", "deadlines", "bodies", "sources"])
def test_the_rules_can_be_read_in_every_language(world: World, who: str, part: str) -> None:
    client = world.client(who)
    for language in ("en", "ru", "fa_AF"):
        client.get(f"/rules?lang={language}")
        page = client.get(f"/rules/kaz?part={part}")
        assert page.status_code == 200
    client.get("/rules?lang=en")


def test_rules_that_are_none_are_not_found(world: World) -> None:
    assert world.get("monitor", "/rules/zzz").status_code == 404
    assert world.get("monitor", "/rules/..%2Fint").status_code == 404
    assert world.get("border", "/rules").status_code == 403


def test_the_log_is_checked_and_an_edited_entry_shows(world: World) -> None:
    world.referral()
    sound = world.press("monitor", "/accountability/check", on="/accountability")
    assert sound.status_code == 303
    assert "No entry was changed" in world.get("monitor", "/accountability").text

    with world.storage.engine.begin() as connection:
        row = connection.execute(text("SELECT id FROM log_entry WHERE act = 'inform'")).first()
        assert row is not None
        connection.execute(
            text("UPDATE log_entry SET act = 'answer' WHERE id = :id"), {"id": row[0]}
        )
    world.press("supervisor", "/accountability/check", on="/accountability")
    page = world.get("supervisor", "/accountability").text
    assert "The log is not whole" in page
    assert "edited" in page

    with world.storage.engine.begin() as connection:
        connection.execute(
            text("UPDATE log_entry SET act = 'inform' WHERE id = :id"), {"id": row[0]}
        )
    world.press("supervisor", "/accountability/check", on="/accountability")
    assert "No entry was changed" in world.get("supervisor", "/accountability").text


def test_what_is_refused_is_counted(world: World) -> None:
    world.get("monitor", "/users")

    assert "Managed accounts" in world.get("supervisor", "/accountability").text
    with world.work() as work:
        refused = work.session.scalars(select(LogEntry).where(LogEntry.act == "refused")).all()
    assert {"act": "manage_users"} in [entry.detail for entry in refused]


def test_the_monitor_sees_states_of_the_country_and_nobody(world: World) -> None:
    case = world.person("Nilufar Somebody")
    week = week_of(world.now.date())
    pages = []
    address: str | None = f"/cases?week={week}"
    while address:
        page = world.get("monitor", address).text
        pages.append(page)
        marker = 'rel="next"'
        before = page[: page.index(marker)] if marker in page else ""
        address = (
            before.rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&") if before else None
        )

    assert any(show(case) in page for page in pages)
    assert not any("Nilufar" in page for page in pages)
    assert show(case) not in world.get("supervisor.elsewhere", f"/cases?week={week}").text
    for wrong in ("2026-W54", "2026-W53x", "yesterday", "0000-W01"):
        assert world.get("monitor", f"/cases?week={wrong}").status_code == 422
