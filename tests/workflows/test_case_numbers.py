"""Case numbers: random, readable aloud, and one wrong character is always found."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workflows.casenumbers import ALPHABET, new_number, parse, show
from workflows.errors import BadCaseNumber


def made_of(values: list[int]) -> str:
    left = iter(values)
    return new_number(lambda _size: next(left))


numbers = st.lists(st.integers(0, len(ALPHABET) - 1), min_size=8, max_size=8).map(made_of)


def fits(text: str) -> bool:
    try:
        parse(text)
    except BadCaseNumber:
        return False
    return True


@given(numbers)
def test_a_number_that_was_made_is_read_back_however_it_is_typed(number: str) -> None:
    assert len(number) == 9
    for typed in (number, show(number), number.lower(), f" {show(number)} ", ".".join(number)):
        assert parse(typed) == number
    assert parse(f"\u2066{show(number)}\u2069") == number, "isolated in a right-to-left page"


@given(numbers, st.integers(0, 8), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_found(number: str, place: int, other: str) -> None:
    assume(number[place] != other)
    assert not fits(number[:place] + other + number[place + 1 :])


def test_every_single_wrong_character_of_one_number_is_found_without_exception() -> None:
    number = new_number()
    wrong = [
        number[:place] + other + number[place + 1 :]
        for place in range(9)
        for other in ALPHABET
        if other != number[place]
    ]
    assert len(wrong) == 9 * 19
    assert [text for text in wrong if fits(text)] == []


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_or_refused(text: str) -> None:
    if fits(text):
        assert show(parse(text)).count("-") == 2


@pytest.mark.parametrize(
    "typed", ["", "2", "22222222", "2222222222", "AAAAAAAAA", "0OIl11111", "\x00" * 9, "9" * 5000]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(BadCaseNumber):
        parse(typed)


def test_no_character_is_mistaken_for_another() -> None:
    assert len(set(ALPHABET)) == 20
    assert set("01OILSZB").isdisjoint(ALPHABET)
    assert set("AEIOUY").isdisjoint(ALPHABET), "no words"
