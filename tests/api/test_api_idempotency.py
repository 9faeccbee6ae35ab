"""A write is done once for a key: sent again it does nothing and answers the very same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from api_machines import POST, Machine, Product
from sqlalchemy import func, select

from models.accounts import Idempotency
from models.cases import Answer, Case
from workflows import once

BODY = {"post": POST, "names": [{"text": "Parwana"}]}


def count(product: Product, model: type) -> int:
    with product.work() as work:
        return work.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_same_registration_again_registers_nobody(product: Product, officer: Machine) -> None:
    first = officer.post("/arrivals", BODY, key="k-1")

    again = officer.post("/arrivals", BODY, key="k-1")

    assert (again.status_code, again.json) == (first.status_code, first.json) == (201, first.json)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count(product, Case) == 1


def test_the_order_of_names_and_spaces_make_no_other_request(
    product: Product, officer: Machine
) -> None:
    first = officer.post("/arrivals", BODY, key="k-1")
    turned = b'{ "names": [{"text":"Parwana"}],\n "post": "korday" }'

    assert officer.post("/arrivals", turned, key="k-1").json == first.json
    assert count(product, Case) == 1


def test_another_request_with_the_same_key_is_refused(product: Product, officer: Machine) -> None:
    officer.done("/arrivals", BODY, key="k-1")

    other = officer.post("/arrivals", {**BODY, "sex": "F"}, key="k-1")

    assert (other.status_code, other.json["code"]) == (422, "key_reused")
    assert count(product, Case) == 1


def test_the_same_key_at_another_address_is_refused(officer: Machine) -> None:
    one, two = officer.informed("Parwana"), officer.informed("Zohra")
    officer.done(f"/cases/{one}/finish", key="k-1")

    assert officer.post(f"/cases/{two}/finish", key="k-1").json["code"] == "key_reused"


def test_two_accounts_may_choose_the_same_key(product: Product, officer: Machine) -> None:
    officer.done("/arrivals", BODY, key="k-1")
    elsewhere = product.machine("elsewhere")

    answer = elsewhere.post("/arrivals", {**BODY, "post": "zhibek_zholy"}, key="k-1")

    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer.headers
    assert count(product, Case) == 2


@pytest.mark.parametrize(
    "key", [None, "", " ", "ключ".encode().decode("latin-1"), "a b", "x" * 101]
)
def test_a_write_without_a_usable_key_is_refused(
    product: Product, officer: Machine, key: str | None
) -> None:
    answer = officer.post("/arrivals", BODY, key=key)

    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_missing")
    assert count(product, Case) == 0


def test_what_failed_is_not_kept(product: Product, officer: Machine) -> None:
    number = officer.register()
    told = {"language": "prs", "how": "read_aloud", "interpreter": "here", "understood": True}
    answers = {"answers": {"fear_of_return": "yes"}}
    assert officer.post(f"/cases/{number}/answers", answers, key="k-1").status_code == 409
    officer.done(f"/cases/{number}/information", told)

    assert officer.post(f"/cases/{number}/answers", answers, key="k-1").status_code == 200


def test_an_assessment_is_answered_again_but_not_kept_with_the_key(
    product: Product, officer: Machine
) -> None:
    number = officer.informed()
    path, body = f"/cases/{number}/answers", {"answers": {"fear_of_return": "yes"}}
    first = officer.done(path, body, key="k-1")
    rows = count(product, Answer)
    officer.done(path, {"answers": {"fear_of_return": "no"}})

    again = officer.post(path, body, key="k-1")

    assert again.json == first
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count(product, Answer) == rows + 1
    with product.work() as work:
        kept = [row.answer for row in work.session.scalars(select(Idempotency))]
    assert {"case_number": number, "sequence": first["sequence"]} in kept
    assert "ASY" not in str(kept)
    assert "fear_of_return" not in str(kept)


def test_an_answer_is_not_repeated_once_the_case_is_closed_to_the_post(officer: Machine) -> None:
    number = officer.informed()
    path, body = f"/cases/{number}/answers", {"answers": {"fear_of_return": "yes"}}
    officer.done(path, body, key="k-1")
    officer.done(f"/cases/{number}/finish")

    assert officer.post(path, body, key="k-1").status_code == 404


def test_a_release_is_made_once_and_its_files_come_back(product: Product, officer: Machine) -> None:
    officer.register()
    supervisor = product.machine("supervisor")
    body = {"period": "2026-11", "tables": ["profile-sex"], "agreement": product.agreed()}
    supervisor.done("/figures/approvals", body)
    product.approve()
    first = supervisor.done("/figures/releases", body, key="k-1")
    officer.register("Zohra")

    assert supervisor.done("/figures/releases", body, key="k-1") == first


def test_a_desk_that_accepts_twice_with_one_key_is_told_the_same(
    product: Product, officer: Machine
) -> None:
    _, referral, desk = officer.sent()
    owner = product.machine("unhcr" if ".unhcr" in desk else "others")

    first = owner.done(f"/referrals/{referral}/accept", key="k-1")

    assert owner.done(f"/referrals/{referral}/accept", key="k-1") == first
    assert owner.post(f"/referrals/{referral}/accept").status_code == 409


def test_four_at_once_with_one_key_register_one_person(product: Product, officer: Machine) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: officer.post("/arrivals", BODY, key="k-1"), range(4)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["case_number"] for answer in answers}) == 1
    assert count(product, Case) == 1


def test_a_key_is_known_for_a_week_and_no_longer(product: Product, officer: Machine) -> None:
    officer.done("/arrivals", BODY, key="k-1")

    with product.work() as work:
        work.now += once.KEPT
        once.forget(work)
    assert count(product, Idempotency) == 1
    with product.work() as work:
        work.now += once.KEPT + timedelta(seconds=1)
        once.forget(work)

    assert count(product, Idempotency) == 0
    assert count(product, Case) == 1
