"""Who: what is kept, what is refused at its field, and that a person is registered once."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.people import Membership, Person
from tests.border.conftest import Official, Page, Product
from workflows import casenumbers, screening


def count(product: Product, model: type = Person) -> int:
    with Session(product.storage.engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def refused(officer: Official, **typed: str) -> Page:
    page = officer.get("/register")
    data = {"csrf_token": page.token, "key": page.value("key"), "name": "Parwana", **typed}
    answer = officer.post("/register", data)
    assert answer.status == 422
    return answer


def test_one_word_is_enough(product: Product, officer: Official) -> None:
    officer.register("Parwana")
    assert count(product) == 1


def test_at_most_twelve_fields_are_in_sight(officer: Official) -> None:
    form = officer.get("/register").soup.find("form", action="/register")
    assert form is not None
    folded = ".govuk-details:not([open]) .govuk-details__text"
    hidden = form.select(f".govuk-radios__conditional, .govuk-checkboxes__conditional, {folded}")
    for part in hidden:
        part.extract()
    groups = form.select(".govuk-form-group")
    assert 8 <= len(groups) <= 12


def test_the_neighbours_of_the_post_come_first(officer: Official) -> None:
    select_ = officer.get("/register").soup.find("select", {"name": "nationality"})
    assert select_ is not None
    first = [option["value"] for option in select_.find("optgroup").find_all("option")]
    assert first[0] == "KGZ"
    assert {"none", "unknown"} <= {o["value"] for o in select_.find_all("option")}


def test_a_double_click_registers_once(product: Product, officer: Official) -> None:
    page = officer.get("/register")
    data = {"csrf_token": page.token, "key": page.value("key"), "name": "Parwana"}
    first, second = officer.post("/register", data), officer.post("/register", data)
    assert first.location == second.location
    assert count(product) == 1


def test_going_back_and_typing_another_name_registers_another(
    product: Product, officer: Official
) -> None:
    page = officer.get("/register")
    data = {"csrf_token": page.token, "key": page.value("key"), "name": "Parwana"}
    officer.post("/register", data)
    officer.post("/register", {**data, "name": "Zarifeh"})
    assert count(product) == 2


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"name": ""}, "name", "Enter the name"),
        ({"name": "12345"}, "name", "at least one letter"),
        ({"name": "a" * 5000}, "name", "200 characters or fewer"),
        ({"name": "Par\0wana"}, "name", "hidden characters"),
        (
            {"birth-kind": "date", "birth-day": "31", "birth-month": "2", "birth-year": "2001"},
            "birth",
            "a day that exists",
        ),
        (
            {"birth-kind": "date", "birth-day": "1", "birth-month": "1", "birth-year": "2031"},
            "birth",
            "must not be in the future",
        ),
        ({"birth-kind": "year", "birth-only_year": "3000"}, "birth", "future"),
        ({"nationality": "ZZZ"}, "nationality", "Choose one from the list"),
        ({"language": "xx"}, "language", "Choose one from the list"),
        ({"sex": "Q"}, "sex", "Choose one of the answers"),
        ({"document_kind": "spell"}, "document_kind", "Choose one from the list"),
        ({"document_number": "9" * 60}, "document_number", "40 characters"),
        (
            {"travelling": "with", "companions-0-number": "234-567-89C"},
            "companions",
            "relationship of each",
        ),
        (
            {
                "travelling": "with",
                "companions-0-number": "234-567-892",
                "companions-0-relationship": "PRF",
            },
            "companions",
            "no such case at this post",
        ),
    ],
)
def test_bad_input_is_said_at_its_field_and_kept(
    product: Product, officer: Official, typed: dict[str, str], field: str, says: str
) -> None:
    page = refused(officer, phone="+7 700 1", **typed)
    assert says in page.errors
    marked = page.soup.find(id=f"{field}-error")
    assert marked is not None
    assert says in marked.get_text()
    assert page.value("phone") == "+7 700 1"
    assert count(product) == 0


@pytest.mark.asvs("1.2.1")
def test_markup_in_a_name_is_text(officer: Official) -> None:
    page = refused(officer, name="<script>alert(1)</script>", sex="Q")
    assert "<script>alert" not in page.text
    assert page.value("name") == "<script>alert(1)</script>"


def test_a_stale_token_keeps_what_was_typed(product: Product, officer: Official) -> None:
    page = officer.post("/register", {"csrf_token": "old", "name": "Parwana"})
    assert page.status == 422
    assert "open for too long" in page.errors
    assert page.value("name") == "Parwana"
    assert count(product) == 0


def test_a_solar_year_lies_in_two_years(officer: Official) -> None:
    typed = {"birth-kind": "year", "birth-only_year": "1380", "birth-calendar": "solar_hijri"}
    number = officer.informed("Parwana", **typed)
    page = officer.get(officer.card(number, "birth"))
    assert page.value("q_birth-from_year") == "2001"
    assert page.value("q_birth-to_year") == "2002"


def test_a_companion_becomes_a_claim_in_one_group(product: Product, officer: Official) -> None:
    first = officer.register("Zarifeh")
    officer.register(
        "Parwana",
        travelling="with",
        **{"companions-0-number": first, "companions-0-relationship": "PRF"},
    )
    assert count(product, Membership) == 2


def test_somebody_alike_is_hinted_at_with_reasons_and_without_a_name(officer: Official) -> None:
    first = officer.register("Parwana Testova", **{"birth-kind": "year", "birth-only_year": "2001"})
    token = officer.get("/register").token
    answer = officer.post("/register/candidates", {"csrf_token": token, "name": "Parvana Testova"})
    people = json.loads(answer.text)["people"]
    assert [person["text"] for person in people] == [first]
    assert len(people[0]["reasons"]) >= 2
    assert "Testova" not in answer.text


def test_the_page_after_registering_shows_the_hints(officer: Official) -> None:
    first = officer.register("Parwana Testova")
    page = officer.get("/register")
    answer = officer.post(
        "/register",
        {"csrf_token": page.token, "key": page.value("key"), "name": "Parvana Testova"},
    )
    after = officer.get(answer.location)
    assert "Perhaps already registered" in after.words
    assert first in after.words
    assert "Testova" not in after.text


def test_candidates_are_not_told_without_a_token(officer: Official) -> None:
    assert officer.post("/register/candidates", {"name": "Parwana"}).status == 400


def test_without_scripts_a_press_shows_who_is_alike_and_keeps_what_was_typed(
    product: Product, officer: Official
) -> None:
    first = officer.register("Parwana Testova", **{"birth-kind": "year", "birth-only_year": "2001"})
    page = officer.get("/register")
    button = page.soup.select_one("noscript button[formaction='/register/alike']")
    assert button is not None
    typed = {
        "csrf_token": page.token,
        "key": page.value("key"),
        "name": "Parvana Testova",
        "birth-kind": "year",
        "birth-only_year": "2002",
        "phone": "+7 700 1",
    }
    shown = officer.post("/register/alike", typed)
    found = shown.soup.find(id="alike-found")

    assert shown.status == 200
    assert found is not None
    assert first in found.get_text()
    assert "births 1 year apart" in found.get_text()
    assert "Testova" not in found.get_text()
    assert (shown.value("name"), shown.value("phone")) == ("Parvana Testova", "+7 700 1")
    assert shown.value("key") == typed["key"]
    assert count(product) == 1
    assert officer.post("/register", {**typed, "key": shown.value("key")}).status == 303


@pytest.mark.parametrize("name", ["", "  ", "۱۲", "\U0001f600", "\u202e", "a" * 5000])
def test_looking_for_what_is_no_name_finds_nobody_and_says_so(officer: Official, name: str) -> None:
    officer.register("Parwana")
    token = officer.get("/register").token
    shown = officer.post("/register/alike", {"csrf_token": token, "name": name})

    assert shown.status == 200
    assert "Nobody at this post has a name like this." in shown.words


def test_a_like_name_at_another_post_is_a_number_and_no_more(
    product: Product, officer: Official
) -> None:
    there = product.official("elsewhere").register("Parwana Testova")
    token = officer.get("/register").token
    data = {"csrf_token": token, "name": "Parvana Testova"}
    told = json.loads(officer.post("/register/candidates", data).text)
    number = officer.register("Parvana Testova")
    pages = [officer.post("/register/alike", data), officer.get(f"/cases/{number}/alike")]

    assert told["people"] == []
    assert "registered at another post" in told["elsewhere"]
    for page in pages:
        assert "registered at another post" in page.words
        assert there not in page.text
    assert there not in json.dumps(told)


def test_the_case_says_who_is_like_its_person_best_first_and_never_the_person(
    product: Product, officer: Official
) -> None:
    far = officer.register(
        "Testova Parvana Gul", **{"birth-kind": "year", "birth-only_year": "1990"}
    )
    near = officer.register("Parwana Testova", **{"birth-kind": "year", "birth-only_year": "2001"})
    number = officer.register(
        "Parvana Testova",
        own_name="Парвана Тестова",
        **{"birth-kind": "year", "birth-only_year": "2001"},
    )
    case = officer.get(f"/cases/{number}")
    assert case.soup.find("a", href=f"/cases/{number}/alike") is not None
    page = officer.get(f"/cases/{number}/alike")
    listed = [a.get_text() for a in page.soup.select("main ol a")]

    assert listed[0] == near
    assert set(listed) <= {near, far}
    assert number not in listed
    assert "same year of birth" in page.words
    assert "Testova" not in page.text
    assert count(product) == 3


def test_after_the_screening_nobody_is_looked_for_on_the_case(
    product: Product, officer: Official
) -> None:
    number = officer.informed("Parwana Testova")
    with product.world.work("officer") as work:
        screening.finish(work, casenumbers.parse(number))

    assert officer.get(f"/cases/{number}/alike").status in {403, 404}
    assert officer.get(f"/cases/{number}").soup.find("a", href=f"/cases/{number}/alike") is None
