"""Many machines at once, on both databases: one is done, the others are told, nothing is done twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from api_machines import Machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.factory import create_app
from app.work import Engines
from models.accounts import User
from tests.world import ASYLUM_DESK, World
from workflows.accounts import make_token

AT_ONCE = 5


@pytest.fixture
def machine(any_world: World) -> Callable[[str], Machine]:
    """Makes the machine of an account."""
    world = any_world
    app = create_app(world.settings, storage=world.storage, clock=world.clock)
    app.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)

    def made(name: str) -> Machine:
        with world.work() as work:
            user = work.session.scalars(select(User.id).where(User.name == name)).one()
            return Machine(app, make_token(work, user, "machine", days=1))

    return made


def together(send: Callable[[int], TestResponse]) -> Counter[tuple[int, str | None]]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(send, range(AT_ONCE)))
    return Counter((answer.status_code, answer.json.get("code")) for answer in answers)


def test_one_key_at_once_registers_one_person(machine: Callable[[str], Machine]) -> None:
    officer = machine("officer")
    body = {"post": "korday", "names": [{"text": "Parwana"}]}

    assert together(lambda _: officer.post("/arrivals", body, key="k-1")) == {(201, None): AT_ONCE}
    assert len(officer.found("/arrivals")["rows"]) == 1


def test_answers_at_once_to_one_version_are_taken_once(machine: Callable[[str], Machine]) -> None:
    officer = machine("officer")
    number = officer.informed()
    tag = officer.get(f"/cases/{number}/questions").headers["ETag"]
    body = {"answers": {"fear_of_return": "yes"}}

    found = together(lambda _: officer.post(f"/cases/{number}/answers", body, If_Match=tag))

    assert found[200, None] == 1
    assert found[412, "if_match_failed"] + found[409, "changed_meanwhile"] == AT_ONCE - 1


def test_a_referral_is_sent_and_accepted_once(machine: Callable[[str], Machine]) -> None:
    officer, desk = machine("officer"), machine("asylum")
    number = officer.informed()
    officer.done(f"/cases/{number}/answers", {"answers": {"fear_of_return": "yes"}})
    needs = officer.found(f"/cases/{number}/proposals")["proposals"]
    need = next(n for n in needs if any(d["desk"] == ASYLUM_DESK for d in n["desks"]))
    body = {
        "need_id": need["need_id"],
        "desk": ASYLUM_DESK,
        "legal_basis": "consent",
        "consented": True,
    }

    sent = together(lambda _: officer.post(f"/cases/{number}/referrals", body))
    referral = desk.found("/referrals/waiting")["rows"][0]["number"]
    accepted = together(lambda _: desk.post(f"/referrals/{referral}/accept"))

    assert sent[201, None] == accepted[200, None] == 1
    assert {status for status, _ in (*sent, *accepted)} <= {200, 201, 409}
    assert len(desk.found("/referrals/taken")["rows"]) == 1
    assert desk.found("/referrals/waiting")["rows"] == []


def test_after_all_of_it_the_log_is_whole(machine: Callable[[str], Machine]) -> None:
    officer = machine("officer")
    together(lambda n: officer.post("/arrivals", {"post": "korday", "names": [{"text": f"A{n}"}]}))

    assert machine("monitor").done("/log/checks")["findings"] == []
