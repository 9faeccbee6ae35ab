"""Who may come in: one token, one account, what its role may do, and 404 for what is not its own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from api_machines import POST, START, V1, Machine, Product
from sqlalchemy import select, update

from models.accounts import MachineToken, User
from models.cases import Case
from models.log import LogEntry
from models.vocabulary import Role
from workflows.accounts import make_token
from workflows.policy import role_may

BODY = {"post": POST, "names": [{"text": "Parwana"}]}


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic b2ZmaWNlcjp4", "Bearer " + "x" * 9000],
)
def test_without_a_valid_token_nothing_is_done(product: Product, header: str | None) -> None:
    machine = Machine(product.app, None, {})
    sent = {} if header is None else {"Authorization": header}

    answer = machine.post("/arrivals", BODY, **sent)

    assert answer.status_code == 401
    assert answer.json["code"] == "token_refused"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    with product.work() as work:
        assert work.session.scalars(select(Case)).all() == []


def test_a_revoked_token_is_refused(product: Product, officer: Machine) -> None:
    with product.work() as work:
        work.session.execute(update(MachineToken).values(revoked_at=product.clock.now))

    assert officer.get("/arrivals").status_code == 401


def test_an_expired_token_is_refused_from_its_last_second_on(
    product: Product, officer: Machine
) -> None:
    product.clock.now = START + timedelta(days=30, seconds=-1)
    assert officer.get("/arrivals").status_code == 200

    product.clock.now = START + timedelta(days=30)

    assert officer.get("/arrivals").status_code == 401


def test_a_disabled_account_has_no_token(product: Product, officer: Machine) -> None:
    with product.work() as work:
        work.session.execute(
            update(User).where(User.name == "officer").values(disabled_on=START.date())
        )

    assert officer.get("/arrivals").status_code == 401


def test_a_session_cookie_does_not_reach_the_api(product: Product) -> None:
    browser = product.app.test_client()
    browser.set_cookie("serai", product.tokens["officer"])

    assert browser.get(V1 + "/arrivals").status_code == 401


def test_a_token_does_not_open_a_page(product: Product) -> None:
    answer = product.app.test_client().get(
        "/", headers={"Authorization": f"Bearer {product.tokens['officer']}"}
    )

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/sign-in")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_an_operation_that_the_role_may_not_do_is_refused_before_it_is_read(
    product: Product, role: Role
) -> None:
    """The body is no JSON and the case does not exist; still the answer is 403, and only that."""
    names = {
        Role.BORDER_OFFICIAL: "officer",
        Role.PROTECTION_OFFICER: "others",
        Role.SUPERVISOR: "supervisor",
        Role.ADMINISTRATOR: "administrator",
        Role.MONITOR: "monitor",
    }
    machine = product.machine(names[role])
    nobody = "00000000-0000-4000-8000-000000000000"
    for rule in product.app.url_map.iter_rules():
        view = product.app.view_functions[rule.endpoint]
        if not hasattr(view, "operation") or role_may(role, view.act):
            continue
        path = re.sub(r"<uuid:\w+>", nobody, rule.rule.removeprefix(V1))
        for name, value in {"case_number": "222", "number": "222", "code": "kaz"}.items():
            path = path.replace(f"<{name}>", value)

        answer = machine.get(path) if "GET" in rule.methods else machine.post(path, b"{", key=None)

        assert (path, answer.status_code, answer.json["code"]) == (path, 403, "not_allowed")


@pytest.mark.asvs("16.3.2")
def test_a_refusal_of_a_role_is_in_the_log(product: Product) -> None:
    product.machine("administrator").get("/arrivals")

    with product.work() as work:
        entry = work.session.scalars(select(LogEntry).where(LogEntry.act == "refused")).one()
    assert entry.detail == {"act": "view_today"}
    assert entry.actor == product.users["administrator"]


def test_another_posts_case_is_like_a_case_that_is_not_there(
    product: Product, officer: Machine
) -> None:
    number = officer.informed()
    machine = product.machine("elsewhere")
    told = {"language": "prs", "how": "read_aloud", "interpreter": "here", "understood": True}

    answers = [
        machine.get(f"/cases/{number}"),
        machine.get(f"/cases/{number}/assessment"),
        machine.get(f"/cases/{number}/questions"),
        machine.get(f"/cases/{number}/proposals"),
        machine.get(f"/cases/{number}/holds"),
        machine.post(f"/cases/{number}/information", told),
        machine.post(f"/cases/{number}/answers", {"answers": {"fear_of_return": "no"}}),
        machine.post(f"/cases/{number}/finish"),
    ]

    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(404, "not_found")}


@pytest.mark.asvs("8.2.2", "8.4.1")
def test_another_agencys_referral_is_like_one_that_is_not_there(
    product: Product, officer: Machine
) -> None:
    _, referral, desk = officer.sent()
    rival = product.machine("others" if ".unhcr" in desk else "unhcr")

    answers = [
        rival.get(f"/referrals/{referral}/packet"),
        rival.get(f"/referrals/{referral}/case"),
        rival.post(f"/referrals/{referral}/accept"),
        rival.post(f"/referrals/{referral}/refuse", {"reason": "unsafe"}),
        rival.post(f"/referrals/{referral}/redirect", {"reason": "unsafe", "desk": desk}),
        rival.post(f"/referrals/{referral}/outcome", {"outcome": "other"}),
        rival.post(f"/referrals/{referral}/close"),
    ]

    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(404, "not_found")}
    assert rival.found("/referrals/waiting")["rows"] == []


def test_a_token_stands_for_its_own_account_in_the_log(product: Product, officer: Machine) -> None:
    officer.register()

    with product.work() as work:
        entry = work.session.scalars(select(LogEntry).where(LogEntry.act == "register")).one()
    assert entry.actor == product.users["officer"]


def test_two_tokens_of_one_account_end_apart(product: Product, officer: Machine) -> None:
    with product.work() as work:
        other = make_token(work, product.users["officer"], "second", days=1)
    product.clock.forward(days=2)

    assert Machine(product.app, other).get("/arrivals").status_code == 401
    assert officer.get("/arrivals").status_code == 200
