"""The pages on two records of one person: reasons at the field, nothing typed lost, two accounts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.factory import create_app
from app.work import Engines
from models.merging import PersonMerge
from models.vocabulary import MergeState
from tests.policy.surface import session_of, token_in
from tests.world import World


class Browsers:
    """The application with a browser for each account."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.app = create_app(world.settings, storage=world.storage, clock=world.clock)
        self.app.extensions["serai"] = Engines(
            world.storage, world.shelf, world.settings, world.clock
        )
        self._clients: dict[str, Any] = {}

    def client(self, who: str) -> Any:
        if who not in self._clients:
            self._clients[who] = self.app.test_client()
            self._clients[who].set_cookie("serai", session_of(self.world, who))
        return self._clients[who]

    def get(self, who: str, path: str) -> Any:
        return self.client(who).get(path)

    def post(self, who: str, path: str, *, on: str, **data: Any) -> Any:
        token = token_in(self.get(who, on).text)
        return self.client(who).post(path, data={"csrf_token": token, **data})


@pytest.fixture
def browsers(world: World) -> Browsers:
    return Browsers(world)


def in_care_twice(world: World) -> tuple[tuple[str, str], tuple[str, str]]:
    pairs = world.sent(name="Zarifa Ahmadi"), world.sent(name="ظریفه احمدی")
    for _, referral in pairs:
        world.accept(referral)
    return pairs


def test_from_the_case_to_one_person_and_back(world: World, browsers: Browsers) -> None:
    (case, number), (other, _) = in_care_twice(world)
    here = f"/care/{number}/same-person"
    page = browsers.get("guardian", here).text
    assert "ظریفه احمدی" in page
    assert "the same in another script" in page
    [address] = re.findall(rf'href="({here}/[^"]+)"', page)

    refused = browsers.post("guardian", address, on=address, leads="left", reason="")
    assert refused.status_code == 422
    assert "Write why they are of one person" in refused.text
    done = browsers.post("guardian", address, on=address, leads="left", reason="The same scar")
    assert done.status_code == 303
    merge = done.location.split("?")[0]
    assert (
        "You asked. Somebody else of your agency answers." in browsers.get("guardian", merge).text
    )
    again = browsers.post("guardian", address, on=merge, leads="left", reason="The same scar")
    assert again.status_code == 409
    assert "One of them is part of another proposal" in again.text

    second = browsers.get("guardian2", "/same-person").text
    assert "Decide" in second
    said = {"said": "yes", "version": version_in(browsers.get("guardian2", merge).text)}
    assert browsers.post("guardian2", f"{merge}/answer", on=merge, **said).status_code == 303
    file = browsers.get("guardian2", f"/care/{number}").text
    assert "One person with:" in file
    assert "A safeguard of the other record holds here too:" in file
    stale = browsers.post("guardian2", f"{merge}/answer", on=merge, **said)
    assert stale.status_code == 409

    undo = {"version": version_in(browsers.get("guardian", merge).text)}
    empty = browsers.post("guardian", f"{merge}/undo", on=merge, reason=" ", **undo)
    assert empty.status_code == 422
    assert (
        browsers.post(
            "guardian", f"{merge}/undo", on=merge, reason="Her sister came", **undo
        ).status_code
        == 303
    )
    said = {"said": "yes", "version": version_in(browsers.get("guardian2", merge).text)}
    browsers.post("guardian2", f"{merge}/answer", on=merge, **said)
    assert world.rows(PersonMerge)[0].state is MergeState.UNDONE
    assert "One person with:" not in browsers.get("guardian", f"/care/{number}").text
    assert case != other


def version_in(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_a_number_that_is_wrong_or_not_ours_is_said_at_the_field(
    world: World, browsers: Browsers
) -> None:
    (_, number), (other, _) = in_care_twice(world)
    elsewhere = world.register("Latifa")
    here = f"/care/{number}/same-person"
    wrong = browsers.get("guardian", f"{here}?other={other[:-1]}0")
    assert wrong.status_code == 422
    assert "not a case number" in wrong.text
    strange = browsers.get("guardian", f"{here}?other={elsewhere}")
    assert strange.status_code == 422
    assert "Your desk has no such case in its care" in strange.text
    assert elsewhere in strange.text
    found = browsers.get("guardian", f"{here}?other={other}")
    assert found.status_code == 303


def test_the_post_sees_what_the_other_record_shuts(world: World, browsers: Browsers) -> None:
    (_, number), (other, _) = in_care_twice(world)
    here = f"/care/{number}/same-person/{other}"
    merge = browsers.post(
        "guardian", here, on=here, leads="right", reason="The same"
    ).location.split("?")[0]
    said = {"said": "yes", "version": version_in(browsers.get("guardian2", merge).text)}
    browsers.post("guardian2", f"{merge}/answer", on=merge, **said)
    assert "One person with:" in browsers.get("officer", f"/cases/{other}/outcome").text
