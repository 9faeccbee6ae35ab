"""Who writes on what they have read names its version; who has not read the newest is told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from api_machines import Machine, Product

from models.cases import Hold
from models.vocabulary import HoldState


def test_answers_to_questions_that_others_answered_meanwhile_are_refused(officer: Machine) -> None:
    number = officer.informed()
    tag = officer.get(f"/cases/{number}/questions").headers["ETag"]
    path = f"/cases/{number}/answers"
    officer.done(path, {"answers": {"fear_of_return": "yes"}}, If_Match=tag)

    late = officer.post(path, {"answers": {"fear_of_return": "no"}}, If_Match=tag)

    assert (late.status_code, late.json["code"]) == (412, "if_match_failed")
    newest = officer.get(f"/cases/{number}/questions").headers["ETag"]
    assert newest != tag
    assert officer.post(path, {"answers": {"fear_of_return": "no"}}, If_Match=newest).json[
        "sequence"
    ]


def test_questions_that_have_not_changed_are_not_sent_again(officer: Machine) -> None:
    number = officer.informed()
    path = f"/cases/{number}/questions"
    tag = officer.get(path).headers["ETag"]

    assert officer.get(path, If_None_Match=tag).status_code == 304
    officer.done(f"/cases/{number}/answers", {"answers": {"fear_of_return": "yes"}})
    assert officer.get(path, If_None_Match=tag).status_code == 200


@pytest.mark.parametrize("tag", ["1", '"x"', "*", '"-1"', '"99999999999"', ""])
def test_a_version_that_is_none_never_matches(officer: Machine, tag: str) -> None:
    number = officer.informed()

    answer = officer.post(
        f"/cases/{number}/answers", {"answers": {"fear_of_return": "yes"}}, If_Match=tag
    )

    assert answer.status_code == 412


def taken(product: Product, officer: Machine) -> tuple[Machine, str, dict[str, Any]]:
    """A case in the care of the asylum body, with the hold on return that it may decide."""
    number, referral, _ = officer.sent("kaz.kaz_akimat_asylum.zhambyl")
    desk = product.machine("others")
    desk.done(f"/referrals/{referral}/accept")
    held = desk.found(f"/cases/{number}/holds")["holds"]
    return desk, number, next(hold for hold in held if hold["code"] == "H.refoulement")


def test_a_hold_that_the_answers_carry_cannot_be_lifted(product: Product, officer: Machine) -> None:
    desk, number, hold = taken(product, officer)
    path = f"/cases/{number}/holds/{hold['id']}/lift"

    answer = desk.post(path, {"reason": "Decided."}, If_Match=f'"{hold["version"]}"')

    assert (answer.status_code, answer.json["code"]) == (409, "not_allowed_now")


def test_a_liftable_hold_is_lifted_by_the_body_on_its_newest_version_only(
    product: Product, officer: Machine
) -> None:
    desk, number, before = taken(product, officer)
    with product.work() as work:
        # As when the answers no longer carry it.
        work.session.get_one(Hold, UUID(before["id"])).state = HoldState.LIFTABLE
    held = desk.found(f"/cases/{number}/holds")["holds"]
    hold = next(one for one in held if one["id"] == before["id"])
    path, body = f"/cases/{number}/holds/{hold['id']}/lift", {"reason": "Decided after a hearing."}
    assert hold["state"] == "liftable"

    assert desk.post(path, body).status_code == 428
    assert desk.post(path, body, If_Match=f'"{before["version"]}"').status_code == 412
    assert desk.post(path, {"reason": " "}, If_Match=f'"{hold["version"]}"').status_code == 422
    lifted = desk.post(path, body, If_Match=f'"{hold["version"]}"')

    assert lifted.json == {"case_number": number, "hold_id": hold["id"], "state": "lifted"}
    left = {one["id"] for one in desk.found(f"/cases/{number}/holds")["holds"]}
    assert hold["id"] not in left


def test_the_post_cannot_lift_a_hold(product: Product, officer: Machine) -> None:
    _, number, hold = taken(product, officer)

    answer = officer.post(
        f"/cases/{number}/holds/{hold['id']}/lift", {"reason": "x"}, If_Match='"1"'
    )

    assert answer.status_code == 403


DECISION = {
    "fact": "final_negative",
    "value": "yes",
    "on": "2026-11-24",
    "reference": "D-0000/26",
    "reason": "Heard in person.",
}


def test_a_body_records_its_decision_on_the_newest_version_only_and_once(
    product: Product, officer: Machine
) -> None:
    desk, number, _ = taken(product, officer)
    path = f"/cases/{number}/decisions"
    tag = desk.get(path).headers["ETag"]
    assert "final_negative" in desk.found(path)["facts"]

    assert desk.post(path, DECISION).status_code == 428
    assert desk.post(path, DECISION, If_Match='"0"').status_code == 412
    first = desk.post(path, DECISION, key="once", If_Match=tag)
    again = desk.post(path, DECISION, key="once", If_Match=tag)

    assert first.json["again"] is False
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    decided = desk.found(path)["decided"]
    assert [(one["fact"], one["value"], one["reference"]) for one in decided] == [
        ("final_negative", True, "D-0000/26")
    ]
    held = desk.found(f"/cases/{number}/holds")["holds"]
    assert {one["state"] for one in held if one["code"] == "H.refoulement"} == {"liftable"}


def test_another_body_or_the_post_records_no_decision(product: Product, officer: Machine) -> None:
    desk, number, _ = taken(product, officer)
    path = f"/cases/{number}/decisions"
    tag = desk.get(path).headers["ETag"]

    wrong = desk.post(path, {**DECISION, "fact": "guardian_appointed"}, If_Match=tag)

    assert (wrong.status_code, wrong.json["code"]) == (403, "not_allowed")
    assert officer.post(path, DECISION, If_Match=tag).status_code == 403
    for bad in ({"value": "perhaps"}, {"on": "2999-01-01"}, {"fact": "fear_of_return"}):
        assert desk.post(path, {**DECISION, **bad}, If_Match=tag).status_code == 422
    assert desk.found(path)["decided"] == []
