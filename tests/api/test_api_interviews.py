"""A desk asks on by machine: the setting first, answers on the newest version only and once."""

from __future__ import annotations

from typing import Any

import pytest
from api_machines import Machine, Product
from test_api_versions import taken

SETTING = {
    "language": "prs",
    "how": "read_aloud",
    "interpreter": "here",
    "understood": True,
    "alone": True,
}


def test_a_desk_asks_card_by_card_on_the_newest_version_and_once(
    product: Product, officer: Machine
) -> None:
    desk, number, _ = taken(product, officer)
    path = f"/cases/{number}/interview"
    assert desk.get(path).json["code"] == "not_informed_yet"
    desk.done(f"{path}/begin", SETTING)
    shown = desk.get(f"{path}?card=forced")
    tag = shown.headers["ETag"]
    facts = {one["fact"] for one in shown.json["questions"]}
    assert "organ_removal" in facts
    assert desk.get(f"{path}?card=forced", If_None_Match=tag).status_code == 304
    held = {one["code"]: one for one in shown.json["keeps"]}
    assert "organ_removal" in held["H.unscreened"]["ask"]
    assert held["H.refoulement"]["bodies"] == ["asylum"]

    answers = {"answers": {"organ_removal": "no"}}
    assert desk.post(f"{path}/answers", answers).status_code == 428
    assert desk.post(f"{path}/answers", answers, If_Match='"0"').status_code == 412
    first = desk.post(f"{path}/answers", answers, key="once", If_Match=tag)
    again = desk.post(f"{path}/answers", answers, key="once", If_Match=tag)
    assert (first.status_code, again.json) == (200, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert desk.post(f"{path}/answers", answers, If_Match=tag).status_code == 412
    question = next(
        one
        for one in desk.found(f"{path}?card=forced")["questions"]
        if one["fact"] == "organ_removal"
    )
    assert (question["value"], question["elsewhere"]) == ("no", False)
    desk.done(f"{path}/pause")
    assert desk.get(path).status_code == 409


@pytest.mark.parametrize(
    "changed",
    [{"alone": False}, {"interpreter": "companion"}, {"how": "by_letter"}, {"language": "xx"}],
)
def test_a_setting_that_is_not_private_opens_nothing(
    product: Product, officer: Machine, changed: dict[str, Any]
) -> None:
    desk, number, _ = taken(product, officer)
    begun = desk.post(f"/cases/{number}/interview/begin", {**SETTING, **changed})
    assert begun.status_code == 422
    assert desk.get(f"/cases/{number}/interview").status_code == 409


def test_the_post_and_decisions_have_no_place_in_it(product: Product, officer: Machine) -> None:
    desk, number, _ = taken(product, officer)
    path = f"/cases/{number}/interview"
    assert officer.post(f"{path}/begin", SETTING).status_code == 403
    desk.done(f"{path}/begin", SETTING)
    tag = desk.get(path).headers["ETag"]
    for body in (
        {"answers": {"final_negative": "yes"}},
        {"answers": {"organ_removal": "no"}, "source": "decision"},
        {"answers": {"organ_removal": "perhaps"}},
        {"answers": {"organ_removal": "no"}, "settled": {"fear_of_return": "why"}},
    ):
        assert desk.post(f"{path}/answers", body, If_Match=tag).status_code == 422
