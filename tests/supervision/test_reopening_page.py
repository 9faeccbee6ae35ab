"""The pages on which a case is opened again, and a focal point is named."""

from __future__ import annotations

from sqlalchemy import select, update

from models.accounts import FocalPoint, User
from models.cases import Case, Hold
from models.vocabulary import Action, HoldState, OutcomeCode
from tests.protection.offices import World
from workflows import casework, desks
from workflows.casenumbers import show

WHY = "She asks for help again"


def closed(world: World) -> str:
    referral, case = world.in_care()
    with world.work() as work:
        work.session.execute(
            update(Hold).where(Hold.action == Action.CLOSE).values(state=HoldState.RELEASED)
        )
    with world.work("desk.one") as work:
        outcome = OutcomeCode.SERVICE_PROVIDED
        desks.report_outcome(work, desks.ReportOutcome(number=referral, outcome=outcome))
        casework.close_case(work, case)
        desks.close(work, referral)
    return case


def test_a_case_is_opened_again_and_the_desk_is_chosen(world: World) -> None:
    case, page = closed(world), "/clocks/reopen"
    refused = world.press("supervisor", page, on=page, case_number=show(case), reason="")
    assert refused.status_code == 422
    assert show(case) in refused.text
    done = world.press("supervisor", page, on=page, case_number=show(case), reason=WHY)
    assert done.status_code == 303
    next_page = world.get("supervisor", done.location)
    assert next_page.status_code == 200
    assert "Choose the desk for each need" in next_page.text
    again = world.press("supervisor", page, on=page, case_number=show(case), reason=WHY)
    assert again.status_code == 422
    assert "This case is not closed." in again.text
    assert WHY in again.text


def test_a_number_of_nobodys_is_said_at_the_field(world: World) -> None:
    page = "/clocks/reopen"
    for typed in ("7K3M-Q9T2", "nonsense"):
        answer = world.press("supervisor", page, on=page, case_number=typed, reason=WHY)
        assert answer.status_code == 422
        assert typed in answer.text


def test_a_closed_case_leads_to_the_page_from_the_list_of_cases(world: World) -> None:
    case = closed(world)
    assert f"number={show(case)}" in world.get("supervisor", "/cases").text
    with world.work() as work:
        assert work.session.scalar(select(Case.closed_on).where(Case.number == case))


def test_a_supervisor_and_the_administrator_name_the_focal_point(world: World) -> None:
    page = "/clocks/focal-point"
    assert "nobody is named" in world.get("supervisor", page).text
    answer = world.press("supervisor", page, on=page, account="supervisor.two")
    assert answer.status_code == 303
    assert "supervisor.two" in world.get("supervisor", answer.location).text
    with world.work() as work:
        row = work.session.scalars(select(FocalPoint)).one()
        user = work.session.get_one(User, row.user_id)
        assert user.name == "supervisor.two"
        agency = user.agency.code
    network = world.get("admin", "/network").text
    own = f"/network/agencies/{agency}/focal-point"
    assert own in network
    answer = world.press("admin", own, on=own, account="supervisor")
    assert answer.status_code == 303
    wrong = world.press("admin", own, on=own, account="border")
    assert wrong.status_code == 422
    assert world.get("admin", "/network/agencies/nowhere/focal-point").status_code == 404
