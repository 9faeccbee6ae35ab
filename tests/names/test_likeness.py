"""Comparison: the score, the decision, and the reasons a screen shows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.names.test_folding import ANY_TEXT
from workflows.names.compare import Candidate, Decision, Name, compare, rank
from workflows.names.fold import tokens


@settings(max_examples=60)
@given(ANY_TEXT, ANY_TEXT)
def test_likeness_is_symmetric_and_within_bounds_for_any_text(one: str, other: str) -> None:
    there, back = compare(one, other), compare(other, one)

    assert 0.0 <= there.score <= 1.0
    assert (there.score, there.decision) == (back.score, back.decision)


@given(ANY_TEXT)
def test_a_name_is_most_like_itself(text: str) -> None:
    assert compare(text, text).score == (1.0 if tokens(text) else 0.0)


def test_the_order_of_words_makes_no_difference() -> None:
    assert compare("Karimov Shavkat", "Шавкат Каримов").score == (
        compare("Shavkat Karimov", "Шавкат Каримов").score
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Karimov Shavkat", "Karimova Shavkat"),
        ("Karimi Latif", "Karimi Latifa"),
        ("Ахмедов Рашад", "Ахмедов Рашид"),
        ("Husain Ali Nazari", "Hasan Ali Nazari"),
        ("Karimov Rustam Akbarovich", "Karimov Anvar Akbarovich"),
    ],
)
def test_brother_and_sister_are_not_taken_for_one(one: str, other: str) -> None:
    assert compare(one, other).decision is not Decision.LIKELY


def test_one_word_of_a_longer_name_is_never_likely() -> None:
    assert compare("Shavkat", "Karimov Shavkat").decision is Decision.POSSIBLE


def test_reasons_name_the_part_and_the_script() -> None:
    likeness = compare(Name(given="Шавкат", family="Каримов"), Name("Shavkat", "Karimov"))

    assert [(reason.code, reason.params) for reason in likeness.reasons] == [
        ("family_name_other_script", {"script_a": "cyrillic", "script_b": "latin"}),
        ("given_name_other_script", {"script_a": "cyrillic", "script_b": "latin"}),
    ]


def test_reasons_tell_same_from_other_spelling_and_more_words() -> None:
    likeness = compare(
        Name(given="Shavkat", family="Karimov"),
        Name(given="Shovkat", family="Karimov", other="Akbarovich"),
    )

    assert [reason.code for reason in likeness.reasons] == [
        "family_name_same",
        "given_name_spelling",
        "more_words",
    ]


def test_a_differing_ending_is_said() -> None:
    likeness = compare("Karimov Rustam", "Karim Rustam")

    assert "ending_differs" in {reason.code for reason in likeness.reasons}


def test_reasons_carry_no_part_of_a_name() -> None:
    likeness = compare(Name("Shavkat", "Karimov"), Name("Шавкат", "Каримов"))
    said = repr(likeness).casefold()

    assert not any(part in said for part in ("shavkat", "karimov", "шавкат", "каримов"))


def test_ranking_puts_the_likest_first_and_years_only_order_equals() -> None:
    ranked = rank(
        "Каримов Шавкат",
        [
            Candidate("far", ("Karimov Shavkat",), (1960,)),
            Candidate("other", ("Karimov Shuhrat",), (1990,)),
            Candidate("near", ("Karimov Shavkat",), (1991,)),
            Candidate("unknown", ("Karimov Shavkat",)),
            Candidate("none", ()),
        ],
        birth_years=(1990,),
    )

    assert [found.ref for found in ranked] == ["near", "far", "unknown", "other", "none"]
    assert [found.years_apart for found in ranked] == [1, 30, None, 0, None]
    assert len({found.likeness.score for found in ranked[:3]}) == 1
    assert ranked[0].likeness.reasons[-1].code == "birth_year_within"
    assert ranked[0].likeness.reasons[-1].params == {"years": 1}
    assert ranked[1].likeness.reasons[-1].code == "birth_year_apart"


def test_the_best_of_several_forms_counts() -> None:
    ranked = rank(
        ["陳 大文", "Karimi Maryam"], [Candidate(1, ("مریم کریمی", "M. K.")), Candidate(2, ("X",))]
    )

    assert ranked[0].ref == 1
    assert ranked[0].likeness.decision is Decision.LIKELY
