"""The pages and the API of families: one page for five, what is refused at its row, and who sees what."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.web.births import NoBirth, birth_of
from models.kin import KinLink
from models.people import Membership, Person
from models.vocabulary import Sex
from tests.border.conftest import Official, Page, Product
from tests.families.test_families import FIVE, keep_apart, member, register
from tests.policy.surface import machine_of

ROWS = (
    ("Jawad Nazari", "M", "41", ""),
    ("Laila Nazari", "F", "1990", "WIF"),
    ("Bibi Gul", "F", "67", "PRF"),
    ("Omid Nazari", "M", "7.3.2014", "SON"),
    ("Hosna Nazari", "F", "6", "DAU"),
)


def typed(*rows: tuple[str, str, str, str], **more: str) -> dict[str, str]:
    """The form filled in: the common facts, then the rows."""
    data = {
        "nationality": "AFG",
        "language": "prs",
        "interpreter": "yes",
        "came_from": "UZB",
        **more,
    }
    for place, row in enumerate(rows):
        for part, text in zip(("name", "sex", "birth", "relationship"), row, strict=True):
            data[f"members-{place}-{part}"] = text
    return data


def count(product: Product, model: type = Person) -> int:
    with Session(product.storage.engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def sent(officer: Official, data: dict[str, str]) -> Page:
    page = officer.get("/register/group")
    given = {"csrf_token": page.token, "key": page.value("key"), **data}
    return officer.post("/register/group", given)


def family(officer: Official) -> str:
    """Five registered on one page; the address of the group."""
    answer = sent(officer, typed(*ROWS))
    assert answer.status == 303, answer.errors
    return answer.location.partition("?")[0]


def test_five_persons_on_one_page_and_their_group_after_it(
    product: Product, officer: Official
) -> None:
    page = officer.get(family(officer))
    assert count(product) == 5
    assert count(product, KinLink) == 4
    for name, *_ in ROWS:
        assert name in page.words
    assert "Wife" in page.words
    assert "Claimed, not looked into" in page.words


def test_a_double_click_registers_the_family_once(product: Product, officer: Official) -> None:
    page = officer.get("/register/group")
    data = {"csrf_token": page.token, "key": page.value("key"), **typed(*ROWS)}
    first, second = officer.post("/register/group", data), officer.post("/register/group", data)
    assert first.location == second.location
    assert count(product) == 5


@pytest.mark.parametrize(
    ("place", "part", "text", "said"),
    [
        (1, "name", "", "Enter the name as the person gives it."),
        (2, "relationship", "", "Choose what this person is, as claimed, to the first."),
        (3, "birth", "30.2.2014", "There is no such day."),
        (3, "birth", "2090", "Write an age"),
        (3, "birth", "tomorrow", "Write an age"),
        (4, "name", "???", "Enter the name as the person gives it."),
        (0, "name", "a\u202eb", "hidden characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_row_and_all_that_was_typed_stays(
    product: Product, officer: Official, place: int, part: str, text: str, said: str
) -> None:
    page = sent(officer, {**typed(*ROWS), f"members-{place}-{part}": text})
    assert page.status == 422
    row = page.soup.select(".serai-member")[place]
    assert said in row.get_text(" ")
    assert page.value("members-1-birth") == "1990"
    assert page.soup.select_one("select[name=nationality] option[selected]")["value"] == "AFG"  # type: ignore[index]  # it is there
    assert count(product) == 0


def test_the_same_person_twice_is_said_at_the_second_row(
    product: Product, officer: Official
) -> None:
    page = sent(officer, typed(ROWS[0], ("Jawad Nazari", "M", "41", "SBM")))
    assert page.status == 422
    assert "same person as number 1" in page.soup.select(".serai-member")[1].get_text(" ")
    assert count(product) == 0


def test_one_person_is_no_group_and_a_stale_page_keeps_what_was_typed(
    product: Product, officer: Official
) -> None:
    assert "at least two persons" in sent(officer, typed(ROWS[0])).words
    stale = officer.post("/register/group", {"csrf_token": "old", **typed(*ROWS)})
    assert stale.status == 422
    assert stale.value("members-4-name") == "Hosna Nazari"
    assert count(product) == 0


def test_more_rows_without_scripts_keep_what_was_typed(product: Product, officer: Official) -> None:
    page = sent(officer, {**typed(*ROWS), "more": "1"})
    assert page.status == 200
    assert len(page.soup.select(".serai-member")) == 8
    assert page.value("members-3-birth") == "7.3.2014"
    assert count(product) == 0


def test_somebody_new_finds_the_values_of_the_group_filled_in(
    product: Product, officer: Official
) -> None:
    address = family(officer)
    page = officer.get(f"{address}/add")
    chosen = [one["value"] for one in page.soup.select("select option[selected]")]
    assert {"AFG", "prs", "UZB"} <= set(chosen)
    given = {
        "csrf_token": page.token, "key": page.value("key"), "nationality": "AFG",
        "name": "Mahtab", "sex": "F", "birth-kind": "age", "birth-age": "0", "joined": "born",
    }  # fmt: skip
    refused = officer.post(f"{address}/add", given)
    assert (refused.status, refused.value("name")) == (422, "Mahtab")
    answer = officer.post(f"{address}/add", {**given, "relationship": "DAU"})
    assert answer.status == 303
    assert officer.post(f"{address}/add", {**given, "relationship": "DAU"}).status == 303
    assert count(product, Membership) == 6


def test_joining_leaving_and_links_by_their_pages(product: Product, officer: Official) -> None:
    address = family(officer)
    other = officer.register("Karim")
    wrong = officer.send(f"{address}/join", {"other": "AAA", "relationship": "SBM"}, on=address)
    assert wrong.status == 422
    assert wrong.value("other") == "AAA"
    assert (
        officer.send(f"{address}/join", {"other": other, "relationship": "SBM"}, on=address).status
        == 303
    )
    link = officer.get(address).soup.select_one(".serai-link a[href*=links]")
    assert link is not None
    page = officer.get(str(link["href"]))
    given = {"csrf_token": page.token, "version": page.value("version"), "said_by": "self"}
    refused = officer.post(str(link["href"]), {**given, "state": "verified", "evidence": "nothing"})
    assert refused.status == 422
    assert officer.post(str(link["href"]), {**given, "state": "disputed"}).status == 303
    stale = officer.post(str(link["href"]), {**given, "state": "ended", "says": "They parted."})
    assert stale.status == 409
    assert stale.value("says").strip() == "They parted."
    leaving = {"because": "went_on", "version": officer.get(address).value("version")}
    assert officer.send(f"{address}/leave", leaving, on=address).status == 303
    again = officer.post(
        f"{address}/leave", {"csrf_token": page.token, **leaving, "says": "Already gone"}
    )
    assert again.status == 409


def test_who_is_kept_apart_is_told_plainly_to_the_officer_and_on_no_page_of_the_other(
    product: Product, officer: Official
) -> None:
    husband, wife, *_ = register(product.world)
    answer = officer.send(
        f"/cases/{wife}/group/apart",
        {"away": husband, "said_by": "self"},
        on=f"/cases/{wife}/group",
    )
    assert answer.status == 303
    hers = officer.get(f"/cases/{wife}/group").words
    assert "Somebody must not learn of this person" in hers
    his = officer.get(f"/cases/{husband}/group")
    assert "Laila" not in his.words
    assert "must not learn of this person, nor" not in his.words
    assert f"{wife[:3]}-{wife[3:6]}-{wife[6:]}" not in his.text
    for path in ("", "/file", "/outcome", "/receipt"):
        assert "Laila" not in officer.get(f"/cases/{husband}{path}").text
    assert "Somebody must not learn" in officer.get(f"/cases/{wife}/outcome").words


def test_search_shows_with_how_many_others_somebody_travels(
    product: Product, officer: Official
) -> None:
    husband, wife, *_ = register(product.world)
    keep_apart(product.world, wife, husband)
    found = officer.send("/search", {"text": "Jawad Nazari"})
    assert "with 3 others" in found.words
    assert "with 4 others" in officer.send("/search", {"text": "Bibi Gul"}).words


def test_a_search_takes_as_many_statements_for_twelve_as_for_two(
    product: Product, officer: Official
) -> None:
    def couple(number: int) -> None:
        wife = member(f"Laila Nazari {'abcdefghijkl'[number]}", Sex.FEMALE, 36, "WIF")
        register(product.world, member("Torsten Lindqvist", Sex.MALE, 41), wife)

    def search() -> tuple[int, int]:
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        page = officer.get("/search")
        engine = product.storage.engine
        event.listen(engine, "before_cursor_execute", note)
        found = officer.post("/search", {"csrf_token": page.token, "text": "Torsten Lindqvist"})
        event.remove(engine, "before_cursor_execute", note)
        return found.words.count("with 1 other"), len(seen)

    for number in range(2):
        couple(number)
    search()  # what is read once only is read now: the index of names
    two, few = search()
    for number in range(2, 12):
        couple(number)
    search()
    twelve, many = search()
    assert (two, twelve) == (2, 12)
    assert many == few


def test_machines_do_the_same(product: Product) -> None:
    world = product.world
    token = machine_of(world, "officer")
    client = product.app.test_client(use_cookies=False)

    def post(path: str, body: dict[str, Any], key: str) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "If-Match": '"1"'}
        return client.post(f"/api/v1{path}", json=body, headers=headers)

    body = {
        "common": {"post": "korday", "nationalities": ["AFG"], "came_by": "foot"},
        "members": [
            {"names": [{"text": "Jawad"}], "sex": "M"},
            {"names": [{"text": "Laila"}], "sex": "F", "relationship": "WIF"},
        ],
    }
    made = post("/groups", body, "one")
    assert (made.status_code, post("/groups", body, "one").json) == (201, made.json)
    husband, wife = made.json["case_numbers"]
    assert count(product) == 2
    bad = {"common": body["common"], "members": [*body["members"][:1], {"names": []}]}  # type: ignore[index]  # lists
    assert post("/groups", bad, "two").status_code == 422
    kept = post(f"/cases/{wife}/no-contact", {"other": husband, "said_by": "self"}, "three")
    assert kept.status_code == 201
    headers = {"Authorization": f"Bearer {token}"}
    his = client.get(f"/api/v1/cases/{husband}/group", headers=headers).json
    hers = client.get(f"/api/v1/cases/{wife}/group", headers=headers).json
    assert ([one["number"] for one in his["members"]], his["links"]) == ([husband], [])
    assert hers["kept_from"][0]["number"] == husband
    ended = post(f"/cases/{wife}/no-contact/{kept.json['id']}/end", {}, "four")
    assert ended.status_code == 200
    link = hers["links"][0]["id"]
    changed = post(f"/cases/{wife}/links/{link}", {"state": "disputed", "said_by": "self"}, "five")
    assert changed.status_code == 200


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", {"kind": "unknown"}),
        ("0", {"kind": "age", "age": 0}),
        ("۳۴", {"kind": "age", "age": 34}),
        ("1991", {"kind": "year", "year": 1991}),
        ("1370", {"kind": "between", "year": 1991, "year_to": 1992, "calendar": "solar_hijri"}),
        ("7.3.1991", {"kind": "date", "year": 1991, "month": 3, "day": 7, "calendar": "gregorian"}),
        (
            "1991-03-07",
            {"kind": "date", "year": 1991, "month": 3, "day": 7, "calendar": "gregorian"},
        ),
        (
            "16/12/1369",
            {"kind": "date", "year": 1991, "month": 3, "day": 7, "calendar": "solar_hijri"},
        ),
    ],
)
def test_a_birth_in_one_box(product: Product, text: str, wanted: dict[str, Any]) -> None:
    with product.app.test_request_context():
        assert birth_of(text, product.world.now.date()) == wanted


@pytest.mark.parametrize("text", ["126", "1850", "3000", "1.2", "32.1.2000", "x", "25.11.2026"])
def test_what_is_no_birth_is_refused(product: Product, text: str) -> None:
    with product.app.test_request_context(), pytest.raises(NoBirth):
        birth_of(text, product.world.now.date())


def test_the_five_of_the_tests_are_five() -> None:
    assert len(FIVE) == len(ROWS)
