"""Pairs are made of a list of groups, and precision and recall are what they say."""

from __future__ import annotations

import pytest

from bench.names_pairs import Pair, measured, ours, pairs, read_groups, script_of

LINES = [
    "karim, kareem, карим, کریم => Q1",
    "rustam, rustem, рустам, رستم => Q2",
    "rahim, raheem, рахим, رحیم => Q3",
    "karima, karimah, карима, کریمه => Q4",
    "rasul, rasool, расул, رسول => Q5",
    "古尔根, gu => Q6",
    "alone => Q7",
]


def test_groups_hold_single_words_of_known_scripts() -> None:
    groups = read_groups(iter(LINES))
    assert len(groups) == 5
    assert groups[0].forms == {"Latn": ["karim", "kareem"], "Cyrl": ["карим"], "Arab": ["کریم"]}
    assert [script_of(word) for word in ("müller", "карим", "کریم", "古", "de la")] == [
        *("Latn", "Cyrl", "Arab"),
        *(None, None),
    ]


def test_half_of_the_pairs_are_true_and_the_same_seed_gives_the_same() -> None:
    doubled = [group for group in read_groups(iter(LINES)) for _ in range(2)]
    for group in doubled:
        for forms in group.forms.values():
            forms.append(forms[0] + forms[0][-1])
    found = pairs(doubled, 60)
    assert sum(pair.match for pair in found) == 30
    assert found == pairs(doubled, 60)
    assert {pair.scripts for pair in found} == {
        *("Latn-Latn", "Cyrl-Latn", "Cyrl-Cyrl"),
        *("Arab-Latn", "Arab-Cyrl", "Arab-Arab"),
    }


def test_shares() -> None:
    found = [
        Pair("Karim Rustam", "Карим Рустам", "Cyrl-Latn", match=True),
        Pair("Karim Rustam", "Рахим Рустам", "Cyrl-Latn", match=False),
        Pair("Karim", "Расул", "Cyrl-Latn", match=True),
    ]
    shares = measured(found, ours)["all"]
    assert shares["precision"] == 1.0
    assert shares["recall"] == pytest.approx(0.5)
