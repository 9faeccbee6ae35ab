"""Pages of rights: taken at the post, answered in care, erased by two, read in the own language."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from app.work import Engines
from models.rights import Correction, ErasureProposal, KeptBack, PersonRequest
from tests.erasure.conftest import with_second
from tests.policy.surface import session_of, token_in
from tests.world import World
from workflows.casenumbers import show
from workflows.erasure import is_genuine


@pytest.fixture
def app(world: World) -> Any:
    made = create_app(world.settings, storage=world.storage, clock=world.clock)
    made.extensions["serai"] = Engines(world.storage, world.shelf, world.settings, world.clock)
    return made


class Visitor:
    """Somebody at a browser."""

    def __init__(self, app: Any, world: World, who: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.client.set_cookie("serai", session_of(world, who))
        self.token = token_in(self.client.get("/sign-in").get_data(as_text=True))

    def text(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, path
        return answer.get_data(as_text=True)

    def post(self, path: str, status: int = 303, **data: str) -> str:
        answer = self.client.post(path, data={"csrf_token": self.token, **data})
        assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
        return answer.get_data(as_text=True)


def test_a_request_is_taken_at_the_post_and_answered_in_care(app: Any, world: World) -> None:
    number, referral = world.sent()
    world.accept(referral)
    world.finish(number)
    post, desk = Visitor(app, world, "officer"), Visitor(app, world, "guardian")
    path = f"/cases/{number}/requests"
    assert "What the person asks" in post.text(path)
    post.post(path, 422, kind="complaint", says="")
    post.post(path, kind="correction", says="An officer shouted at me")
    assert "shouted" not in post.text(path)
    page = desk.text(f"/care/{referral}/requests")
    found = re.search(r'href="(/care/[^"]+/requests/[0-9a-f-]{36})"', page)
    assert found is not None
    assert "shouted" in desk.text(found[1])
    desk.post(found[1], 422, state="upheld", text="", version="1")
    desk.post(found[1], 422, state="upheld", text="We spoke to the officer", version="7")
    desk.post(found[1], state="upheld", text="We spoke to the officer", version="1")
    assert world.rows(PersonRequest)[0].state == "upheld"
    desk.post(f"/care/{referral}/requests", kind="access", says="Show me")
    assert "Done as asked" in desk.text(f"/care/{referral}/requests")


def test_the_file_is_read_out_in_the_persons_language_and_corrected(app: Any, world: World) -> None:
    number, referral = world.sent(name="Zarifa Ahmadi", languages=("prs",))
    world.accept(referral)
    post, desk = Visitor(app, world, "officer"), Visitor(app, world, "guardian")
    page = post.text(f"/cases/{number}/file")
    assert 'lang="fa-AF" dir="rtl"' in page
    assert "Zarifa Ahmadi" in page
    post.post(f"/cases/{number}/file", 422, about="names", says="")
    post.post(f"/cases/{number}/file", about="names", says="Zarifa Rahimi")
    page = desk.text(f"/care/{referral}/file")
    assert "Zarifa Ahmadi" in page
    assert "Zarifa Rahimi" in page
    desk.post(f"/care/{referral}/file", about="birth", says="I am sixteen")
    assert len(world.rows(Correction)) == 2


def test_two_supervisors_erase_and_keep_the_certificate(app: Any, world: World) -> None:
    with_second(world)
    number, kept = world.register("Zarifa Ahmadi"), world.register("Marzia")
    one, two = Visitor(app, world, "supervisor"), Visitor(app, world, "second")
    assert "How long what is kept" in one.text("/keeping")
    one.post("/keeping/proposals", 422, case_number="nonsense", ground="request")
    one.post("/keeping/proposals", 422, case_number="", ground="request")
    one.post("/keeping/kept", kept_number=kept, reason="A court asks for it")
    one.post("/keeping/kept", 422, kept_number=kept, reason="again")
    one.post("/keeping/proposals", 422, case_number=kept, ground="request")
    one.post("/keeping/proposals", case_number=show(number), ground="request")
    one.post("/keeping/proposals", 422, case_number=show(number), ground="request")
    assert "Waits for another supervisor" in one.text("/keeping")
    row = world.rows(ErasureProposal)[0]
    path = f"/keeping/proposals/{row.id}"
    one.post(path, 409, version=str(row.version), what="approve")
    assert "Erase" in two.text("/keeping")
    two.post(path, version=str(row.version), what="approve")
    page = two.text("/keeping?done=erased")
    assert show(number) not in page
    found = re.search(r'href="(/keeping/certificates/\w+)"', page)
    assert found is not None
    answer = two.client.get(found[1])
    made = json.loads(answer.get_data(as_text=True))
    assert is_genuine(made["body"], made["signature"])
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Ahmadi" not in page
    two.text("/keeping/certificates/NOTHING", 404)
    one.post(f"/keeping/kept/{show(kept)}/end")
    assert world.rows(KeptBack)[0].ended_on is not None
    monitor = Visitor(app, world, "monitor").text("/keeping")
    assert "Certificates of erasure" in monitor
    assert "Propose to erase a file" not in monitor
