"""Today, search and tasks."""

from __future__ import annotations

import re

import pytest

from tests.border.conftest import Official, Product
from workflows import casenumbers
from workflows.errors import BadCaseNumber
from workflows.post_lists import typed_number


def test_an_empty_post_says_what_to_do_next(officer: Official) -> None:
    page = officer.get("/today")
    assert page.status == 200
    assert "Nobody has been registered here yet" in page.words


def test_unfinished_and_urgent_cases_come_first_and_pages_join_without_a_gap(
    officer: Official,
) -> None:
    numbers = [officer.register(f"Person {letter}") for letter in "abcdefghijklmnopqrstuvwxyzäö"]
    urgent, finished = numbers[3], numbers[-1]
    officer.send(f"/cases/{urgent}/now", {"seen": ["injury"]})
    officer.send(
        f"/cases/{finished}/inform",
        {"language": "rus", "how": "signed", "interpreter": "here", "understood": "yes"},
    )
    officer.send(f"/cases/{finished}/finish", {}, on=f"/cases/{finished}/receipt")
    first = officer.get("/today")
    following = first.soup.find("a", rel="next")
    assert following is not None
    second = officer.get(str(following["href"]))
    shown = [a.text for page in (first, second) for a in page.soup.select("th a.serai-case")]
    assert shown[0] == urgent
    assert shown[-1] == finished
    assert len(shown) == len(set(shown)) == len(numbers)


def test_a_mark_that_is_none_is_not_found(officer: Official) -> None:
    assert officer.get("/today?after=rubbish").status == 404


def test_search_by_case_number_opens_the_case(officer: Official) -> None:
    number = officer.register()
    found = officer.send("/search", {"text": number.lower().replace("-", " ")})
    assert found.status == 303
    assert found.location.endswith(f"/cases/{number}")


def test_a_wrong_check_character_is_said_plainly(officer: Official) -> None:
    number = casenumbers.parse(officer.register())
    last = next(c for c in casenumbers.ALPHABET if c != number[-1])
    page = officer.send("/search", {"text": number[:-1] + last})
    assert page.status == 422
    assert "the last character does not fit" in page.errors


def test_a_case_of_another_post_is_not_found(product: Product, officer: Official) -> None:
    number = officer.register()
    page = product.official("elsewhere").send("/search", {"text": number})
    assert page.status == 422
    assert "no such case at this post" in page.errors


def test_search_by_name_finds_other_spellings_and_keeps_the_name_out_of_the_address(
    officer: Official,
) -> None:
    number = officer.register("Gulnara Testova")
    page = officer.send("/search", {"text": "Гульнара Тестова"})
    assert page.status == 200
    assert number in page.words
    assert "Gulnara" in page.words


def test_an_empty_search_is_told(officer: Official) -> None:
    assert "Enter a name" in officer.send("/search", {"text": "  "}).errors


def test_a_done_task_leaves_the_list(officer: Official) -> None:
    number = officer.register()
    officer.send(f"/cases/{number}/now", {"seen": ["medical"]})
    page = officer.get("/tasks")
    form = page.soup.find("form", action=re.compile(r"/tasks/.*/done"))
    assert form is not None
    done = officer.post(str(form["action"]), {"csrf_token": page.token})
    assert done.status == 303
    assert "Nothing waits" in officer.get("/tasks").words
    assert officer.post(str(form["action"]), {"csrf_token": page.token}).status == 409


def test_the_head_of_a_case_leads_on_while_the_screening_is_open(officer: Official) -> None:
    number = officer.register()
    assert officer.get(f"/cases/{number}").soup.find("a", href=f"/cases/{number}/now")
    number = officer.informed()
    assert officer.get(f"/cases/{number}").soup.find("a", href=f"/cases/{number}/ask")


@pytest.mark.parametrize("text", ["Zarifa 2", "Gulzar 19", "Ali2", "کریمی ۲", "1404", "Parwana"])
def test_a_name_with_a_digit_in_it_is_still_a_name(text: str) -> None:
    assert typed_number(text) is None


#: Checked numbers; the second has no digit in it.
@pytest.mark.parametrize("number", ["H9374P92F", casenumbers.new_number(lambda _: 12)])
def test_a_number_may_be_typed_in_groups_and_in_any_case(number: str) -> None:
    shown = casenumbers.show(number)
    for text in (number, number.lower(), shown, f" {shown.lower()} "):
        assert typed_number(text) == number


@pytest.mark.parametrize("text", ["H93-74P-92G", "H93-74P-92", "H93-74P-92FF"])
def test_a_number_that_does_not_fit_is_said_to_be_wrong(text: str) -> None:
    with pytest.raises(BadCaseNumber):
        typed_number(text)
