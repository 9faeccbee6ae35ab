"""The pages of versions: bring in, run beside, publish with a second signatory; try an invented person."""

from __future__ import annotations

import dataclasses
import io
import re
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from models.cases import Assessment, Case
from models.publication import PackVersion
from models.vocabulary import PackState
from tests.protection.offices import PASSWORD, World, make_world, token_in
from workflows import rule_checks, shadowing
from workflows.casenumbers import show
from workflows.rules import canonical

LIST = "/rules/kaz/versions"


class Green:
    """A gate's answer."""

    passed = True
    findings: tuple[str, ...] = ()


def looked_at(world: World) -> None:
    """The worker's part: proofs take longer than a page's test may."""
    while rule_checks.examine_waiting(
        world.work, lambda *_: Green(), lambda *_: ("loses: age 16",)
    ):
        pass
    with world.work() as work:
        shadowing.run_waiting(work)


def row(world: World, version: str) -> PackVersion:
    with world.work() as work:
        return work.session.get_one(PackVersion, UUID(version))


def brought_in(world: World, who: str = "admin") -> str:
    """A draft; its id."""
    page = f"{LIST}/new"
    answer = world.press(who, page, on=page, note="Shorter deadline", password=PASSWORD)
    assert answer.status_code == 303, answer.text
    found = re.search(r"/versions/([0-9a-f-]{36})", answer.headers["Location"])
    assert found is not None
    return found[1]


def in_testing(world: World) -> str:
    version = brought_in(world)
    page = f"{LIST}/{version}"
    answer = world.press("admin", f"{page}/test", on=page, version=str(row(world, version).version))
    assert answer.status_code == 303
    looked_at(world)
    return version


def published(world: World) -> None:
    """The first version of the folder's pack, in force."""
    version = in_testing(world)
    page = f"{LIST}/{version}/publish"
    number = str(row(world, version).version)
    answer = world.press("supervisor", page, on=page, version=number, password=PASSWORD)
    assert answer.status_code == 303, answer.text


def test_a_version_is_published_by_two(world: World) -> None:
    version = in_testing(world)
    page = f"{LIST}/{version}"
    own = world.get("admin", page).text
    assert "Somebody else must publish it" in own
    assert f"{page}/publish" not in own
    refused = world.press(
        "admin",
        f"{page}/publish",
        on=f"{page}/publish",
        version=str(row(world, version).version),
        password=PASSWORD,
    )
    assert refused.status_code == 422
    assert row(world, version).state is PackState.TESTING

    shown = world.get("supervisor", page).text
    assert "loses: age 16" in shown
    assert f"{page}/publish" in shown
    sign = {"on": f"{page}/publish", "version": str(row(world, version).version)}
    wrong = world.press("supervisor", f"{page}/publish", password="not the password at all", **sign)
    assert wrong.status_code == 422
    assert "The password is not right" in wrong.text
    done = world.press("supervisor", f"{page}/publish", password=PASSWORD, **sign)
    assert done.status_code == 303, done.text
    assert row(world, version).state is PackState.IN_FORCE
    assert "In force" in world.get("monitor", LIST).text


def test_what_is_the_same_as_in_force_is_not_brought_in_again(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    published(world)
    page = f"{LIST}/new"
    answer = world.press("admin", page, on=page, note="Again", password=PASSWORD)
    assert answer.status_code == 422
    assert "says the same as the version in force" in answer.text
    assert "Again" in answer.text
    world.storage.close()


def test_a_note_and_a_password_are_asked_for(world: World) -> None:
    page = f"{LIST}/new"
    answer = world.press("admin", page, on=page, note="", password="")
    assert answer.status_code == 422
    assert "Say what changes, and why" in answer.text


def test_others_read_versions_and_no_more(world: World) -> None:
    assert world.get("monitor", LIST).status_code == 200
    assert world.get("monitor", f"{LIST}/new").status_code == 403
    assert world.get("monitor", "/rules/kaz/try").status_code == 403
    assert world.get("border", LIST).status_code == 403


def test_case_numbers_to_review_are_shown_to_who_may_see_the_cases(tmp_path: Path) -> None:
    # Of its own: where a version of the folder is in force, the folder has nothing new to bring in.
    world = make_world(tmp_path)
    number = world.person()
    page = f"{LIST}/{in_testing(world)}"
    assert show(number) not in world.get("admin", page).text
    world.storage.close()


def test_an_invented_person_is_tried_and_nothing_is_stored(world: World) -> None:
    before = counted(world)
    page = world.get("supervisor", "/rules/kaz/try")
    assert page.status_code == 200
    answer = world.press(
        "supervisor",
        "/rules/kaz/try",
        on="/rules/kaz/try",
        q_age="14",
        q_with_parent="no",
        q_with_responsible_adult="no",
    )
    assert answer.status_code == 200
    assert "What the pack says" in answer.text
    assert "Unaccompanied child" in answer.text
    assert "Do not return" in answer.text
    assert 'value="14"' in answer.text
    assert counted(world) == before


def test_somebody_of_whom_nothing_is_known_is_fully_protected(world: World) -> None:
    answer = world.press("supervisor", "/rules/kaz/try", on="/rules/kaz/try")
    assert answer.status_code == 200
    for action in ("Do not return", "Do not detain", "Do not close this case"):
        assert action in answer.text


def test_a_wrong_answer_goes_back_to_its_field(world: World) -> None:
    answer = world.press(
        "supervisor", "/rules/kaz/try", on="/rules/kaz/try", q_household_size="many"
    )
    assert answer.status_code in {200, 422}
    assert "What the pack says" not in answer.text or "q_household_size" not in answer.text


def test_an_unknown_version_is_not_there(world: World) -> None:
    assert world.get("supervisor", "/rules/kaz/try?version=x").status_code == 404
    unknown = "00000000-0000-4000-8000-000000000000"
    assert world.get("supervisor", f"{LIST}/{unknown}").status_code == 404
    assert world.get("supervisor", "/rules/zzz/versions").status_code == 404


def counted(world: World) -> tuple[int, ...]:
    with world.work() as work:
        return tuple(
            work.session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Case, Assessment, PackVersion)
        )


def sent_file(world: World, content: bytes, who: str = "admin", **given: Any) -> Any:
    """Upload a published file."""
    page = f"{LIST}/file"
    token = token_in(world.client(who).get(page).text)
    data = {
        "csrf_token": token,
        "note": "From the ministry.",
        "password": PASSWORD,
        "file": FileStorage(io.BytesIO(content), "kaz.json"),
        **given,
    }
    # As bytes: above 500 kB the test client would leave a temporary file open.
    boundary, body = encode_multipart(data)
    return world.client(who).post(
        page, data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )


def test_a_published_file_is_brought_in_and_every_fault_stands_at_its_field(world: World) -> None:
    with world.work("admin") as work:
        pack = work.shelf.get("kaz", work.now.date())
    raw = canonical.dump(dataclasses.replace(pack, version="2031.7"))
    assert "Bring in a published file" in world.get("admin", LIST).text
    cases: tuple[tuple[bytes, dict[str, Any], str, str], ...] = (
        (raw[:-3], {}, "file", "no JSON in UTF-8"),
        (raw + b"\n", {}, "file", "canonical"),
        (b"", {}, "file", "Choose a file."),
        (raw, {"note": ""}, "note", "Say what changes, and why"),
        (raw, {"password": ""}, "password", "Enter your password"),
        (
            raw,
            {"signatures": FileStorage(io.BytesIO(b"[]"), "signatures.json")},
            "signatures",
            "Found:",
        ),
    )
    for content, more, field, words in cases:
        answer = sent_file(world, content, **more)
        assert answer.status_code == 422, words
        shown = re.search(rf'id="{field}-error"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
        assert shown is not None, (field, words)
        assert words in shown[1], shown[1]
    answer = sent_file(world, raw, password="a passphrase that is wrong")
    assert "The password is not right." in answer.text
    assert world.client("border").get(f"{LIST}/file").status_code == 403
    answer = sent_file(world, raw)
    assert answer.status_code == 303
    version = answer.headers["Location"].partition("/versions/")[2][:36]
    assert row(world, version).label == "2031.7"


def test_the_page_to_try_is_light_and_keeps_what_was_answered(world: World) -> None:
    """A card at a time: all other answers travel along, and one may be forgotten."""
    address = "/rules/kaz/try"
    first = world.get("supervisor", address)
    told = {"q_age": "14", "q_with_parent": "no", "q_birth-kind": "", "q_sex": "F"}
    second = world.press("supervisor", address, on=address, **told)
    third = world.press("supervisor", address, on=address, show="control", **told)
    fourth = world.press("supervisor", address, on=address, find="freely go home", **told)
    for page in (first, second, third, fourth):
        assert page.status_code == 200
        assert len(page.data) < 60_000, len(page.data)
    assert 'name="q_papers_kept_by_other"' in third.text
    assert 'name="q_papers_kept_by_other"' not in fourth.text
    assert 'name="q_wants_to_return"' in fourth.text
    for page in (second, third, fourth):
        assert '<input type="hidden" name="q_with_parent" value="no">' in page.text
    forgotten = world.press("supervisor", address, on=address, forget="with_parent", **told)
    assert 'name="q_with_parent" value="no">' not in forgotten.text
    assert '<input type="hidden" name="q_age" value="14">' in forgotten.text
