"""Folding, tokens and digits: what different keyboards and clerks write becomes the same."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workflows.names.digits import ascii_digits
from workflows.names.fold import MOST_TOKENS, Script, fold, tokens
from workflows.names.skeleton import forms

# Any code point, lone surrogates and NUL too, and often the letters that the rules are about.
ANY_TEXT = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from(
        "abdghklnoʻ'’ulz- .,\0\u200c\u202eİıəғғхҳовавдж اآلهعوىيیدینبسحـ\u064eۆە1۱😀\ud800"
    ),
    max_size=40,
)


@given(ANY_TEXT)
@example("İ")
@example("ŉ'")
@example("al-al-x")
@example("\ud800'\0")
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)

    assert fold(once) == once


@given(ANY_TEXT)
def test_folded_text_has_letters_and_single_spaces_only(text: str) -> None:
    folded = fold(text)

    assert all(char == " " or char.isalpha() for char in folded)
    assert folded == " ".join(folded.split())
    assert folded.encode().decode() == folded  # no lone surrogate is left


@given(ANY_TEXT)
def test_tokens_of_any_text_are_few_and_have_a_skeleton_or_none(text: str) -> None:
    found = tokens(text)

    assert len(found) <= MOST_TOKENS
    for token in found:
        assert all(form.skeleton for form in forms(token))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KARIMOV", "Karimov"),
        ("İsmayılov", "ismayılov"),
        ("Gʻayrat", "G'ayrat"),
        ("Gʻayrat", "G’ayrat"),
        ("Sa'dulla", "Sadulla"),
        ("مُحَمَّد", "محمد"),
        ("محمـــد", "محمد"),
        ("علي", "علی"),
        ("\u202eKarim\u202c", "Karim"),
        ("ذبیح\u200cالله", "ذبیحالله"),
        ("Ｋａｒｉｍ", "karim"),
        ("al-Rahman", "ar-Rahman"),
    ],
)
def test_the_same_writing_on_another_keyboard_folds_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Abdul Rahman Nazari", 2),
        ("Abd al-Rahman Nazari", 2),
        ("Hamid Ullah", 1),
        ("Nur ul Haq Safi", 2),
        ("حمید الله صافی", 2),
        ("Ahmad al-Rashid", 2),
        ("Karimov Salim Rustam oʻgʻli", 3),
        ("Karim", 1),
        ("", 0),
        ("!!! 😀 \0", 0),
        ("flat 5, house 12, street of the spring, third district, some town, some country", 8),
    ],
)
def test_parts_of_one_word_are_joined_and_particles_left_out(name: str, words: int) -> None:
    assert len(tokens(name)) == words


def test_a_latin_letter_typed_into_a_cyrillic_word_does_no_harm() -> None:
    mixed = "Kаримoв"  # K and o are Latin

    assert tokens(mixed) == tokens("Каримов")


@pytest.mark.parametrize(
    ("word", "script"),
    [
        ("Karim", Script.LATIN),
        ("Ғайрат", Script.CYRILLIC),
        ("کریم", Script.ABJAD),
        ("نۇرلان", Script.ARABIC_FULL),
        ("陳", Script.OTHER),
    ],
)
def test_the_script_of_a_word_is_told(word: str, script: Script) -> None:
    assert [token.script for token in tokens(word)] == [script]


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("۱۳۷۰", "1370"), ("١٩٩١", "1991"), ("１９９１", "1991"), ("१२", "12"), ("A½²", "A½²")],
)
def test_digits_of_every_script_become_ascii(typed: str, plain: str) -> None:
    assert ascii_digits(typed) == plain


@given(ANY_TEXT)
def test_replacing_digits_keeps_the_length_of_any_text(text: str) -> None:
    assert len(ascii_digits(text)) == len(text)
