"""Keys: which names meet in the index, and which must not."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.names.test_folding import ANY_TEXT
from workflows.names.fold import tokens
from workflows.names.keys import MOST_KEYS, document_key, keys_of, query_keys

WORDS = st.sampled_from(
    "Karimov Шавкат پرویز Ҳусейнзода Məmmədov نۇرلان Annagulyýewa رحمانی Чолпон Ahmadzai".split()
)


@given(ANY_TEXT, st.lists(st.integers(1900, 2030), max_size=4))
def test_keys_of_any_text_are_bounded_and_never_raise(text: str, years: list[int]) -> None:
    found = keys_of([text], years)

    assert len(found) <= MOST_KEYS
    assert len(query_keys(text, years).all) <= 2 * MOST_KEYS
    assert all("\0" not in key for key in found)


@given(st.lists(WORDS, min_size=2, max_size=2, unique=True))
def test_the_order_of_two_words_makes_no_difference(words: list[str]) -> None:
    assert keys_of([" ".join(words)]) == keys_of([" ".join(reversed(words))])


@given(st.lists(WORDS, min_size=2, max_size=4, unique=True))
def test_every_two_words_of_a_name_find_it(words: list[str]) -> None:
    indexed = keys_of([" ".join(words)])

    assert query_keys(f"{words[-1]} {words[0]}").pairs & indexed


@given(ANY_TEXT, st.integers(1900, 2030))
def test_a_name_with_its_year_always_finds_itself(text: str, year: int) -> None:
    indexed = keys_of([text], [year])
    assume(indexed)

    assert query_keys(text, [year]).all & indexed


def test_one_word_with_the_year_finds_within_a_year_and_not_beyond() -> None:
    indexed = keys_of(["Karimov Shavkat"], [1990])

    assert query_keys("Шавкат", [1991]).singles & indexed
    assert query_keys("Шавкат", [1989]).singles & indexed
    assert not query_keys("Шавкат", [1992]).all & indexed


def test_one_word_without_a_year_finds_only_names_of_one_word() -> None:
    assert query_keys("Шавкат").all & keys_of(["Shavkat"])
    assert not query_keys("Шавкат").all & keys_of(["Karimov Shavkat"], [1990])


def test_every_name_form_is_keyed() -> None:
    indexed = keys_of(["پرویز حسین‌زاده", "Huseynzoda Parviz", "陳 大文"])

    assert query_keys("Ҳусейнзода Парвиз").pairs & indexed
    assert query_keys("陳 大文").pairs & indexed
    assert not query_keys("陳 小文").pairs & indexed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Abdul Karim Noorzai", "عبدالکریم نورزی"),
        ("Abdukarim Nurzay", "عبدالکریم نورزی"),
        ("Saif al-Din Anvari", "سیف‌الدین انوری"),
        ("Nur ul Haq Ahmadzai", "نورالحق احمدزی"),
        ("Саиджон Нематуллоев", "Саидҷон Нематуллоев"),
        ("Гусейнова Лейла", "Hüseynova Leyla"),
        ("Qasımov Məmməd", "Гасымов Мамед"),
        ("Garaýew Serdar", "Караев Сердар"),
        ("Ali Akbar Ebrahimi", "علی‌اکبر ابراهیمی"),
    ],
)
def test_spellings_of_one_name_meet(one: str, other: str) -> None:
    assert query_keys(one).pairs & keys_of([other])


def test_a_document_number_is_one_key_however_it_is_typed() -> None:
    assert document_key("P", "UZB", "ab 12-34567") == document_key("p", "uzb", "AB۱۲۳۴۵۶۷")
    assert document_key("P", "UZB", "AB1") != document_key("P", "KAZ", "AB1")


def test_an_address_pasted_into_the_field_gives_bounded_keys() -> None:
    address = " ".join(f"street{chr(97 + n % 26) * (n % 7 + 2)}" for n in range(500))

    assert len(tokens(address)) == 8
    assert len(keys_of([address] * 5, range(1950, 2010))) <= MOST_KEYS
