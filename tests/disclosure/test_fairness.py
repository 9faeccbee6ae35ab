"""A planted bias is found, fair data raises no alarm, a slow post is not taken for a bias against people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

import pytest

from workflows.disclosure.fairness import (
    FALSE_SHARE,
    LEAST,
    Counted,
    Finding,
    Stratum,
    Verdict,
    cut_of,
    p_value,
    watch,
)

DIMENSIONS = ("sex", "age_band", "language", "post")
SEEDS = range(12)
Chance = Callable[[Mapping[str, str]], float]


def simulated(
    seed: int,
    chance: Chance,
    persons: int = 2_000,
    women: Mapping[str, float] | None = None,
) -> list[Counted]:
    """Invented persons at six posts. `chance`: how likely it is for one; `women`: their share at a post."""
    luck = Random(seed)
    found: Counter[tuple[tuple[tuple[str, str], ...], bool]] = Counter()
    for _ in range(persons):
        post = f"post{luck.randrange(6)}"
        share = (women or {}).get(post, 0.4)
        codes = {
            "post": post,
            "sex": "F" if luck.random() < share else luck.choices("MX", (99, 1))[0],
            "age_band": luck.choice(("0-4", "5-11", "12-17", "18-59", "60+")),
            "language": luck.choices(("rus", "fas", "uzb", "pus"), (50, 30, 15, 5))[0],
        }
        found[tuple(codes.items()), luck.random() < chance(codes)] += 1
    return [
        Counted(dict(codes), count, count if hit else 0) for (codes, hit), count in found.items()
    ]


def alarms(found: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(one.dimension, one.code) for one in found if one.verdict is Verdict.DIFFERS}


@pytest.mark.parametrize("seed", SEEDS)
def test_fair_data_raises_no_alarm(seed: int) -> None:
    found = watch(simulated(seed, lambda _: 0.7), DIMENSIONS)
    assert alarms(found) == set()
    assert sum(one.verdict is not Verdict.TOO_FEW for one in found) > 12


def test_without_care_for_many_groups_fair_data_would_raise_alarms() -> None:
    seen = [one.p for seed in SEEDS for one in watch(simulated(seed, lambda _: 0.7), DIMENSIONS)]
    assert min(seen) < FALSE_SHARE


@pytest.mark.parametrize("seed", SEEDS)
def test_a_planted_bias_against_women_is_found(seed: int) -> None:
    found = watch(simulated(seed, lambda codes: 0.55 if codes["sex"] == "F" else 0.7), DIMENSIONS)
    assert ("sex", "F") in alarms(found)
    assert {name for name, _ in alarms(found)} == {"sex"}
    (women,) = [one for one in found if one.code == "F"]
    assert women.rate is not None
    assert women.expected is not None
    assert women.rate < women.expected


@pytest.mark.parametrize("seed", SEEDS)
def test_silence_met_by_speakers_of_one_language_is_found(seed: int) -> None:
    found = watch(
        simulated(seed, lambda codes: 0.4 if codes["language"] == "uzb" else 0.1), DIMENSIONS
    )
    assert ("language", "uzb") in alarms(found)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_post_that_refers_less_is_told_and_not_the_women_who_arrive_there(seed: int) -> None:
    """Mostly women arrive where everybody is referred less: the post differs, women do not."""
    chance: Chance = lambda codes: 0.4 if codes["post"] == "post0" else 0.8  # noqa: E731
    found = watch(simulated(seed, chance, women={"post0": 0.9}), DIMENSIONS)
    assert ("post", "post0") in alarms(found)
    assert {name for name, _ in alarms(found)} == {"post"}


def test_a_group_too_small_to_judge_is_not_judged_and_nothing_of_it_is_told() -> None:
    crowd = simulated(1, lambda _: 0.9)
    few = [
        Counted({"post": "post1", "sex": "F", "age_band": "60+", "language": "kir"}, LEAST - 1, 0)
    ]
    (one,) = [f for f in watch([*crowd, *few], DIMENSIONS) if f.code == "kir"]
    assert one.verdict is Verdict.TOO_FEW
    assert (one.rate, one.expected) == (None, None)


def test_a_tiny_difference_is_no_alarm_however_certain() -> None:
    codes = {"post": "a", "age_band": "x", "language": "y"}
    crowd = [
        Counted({**codes, "sex": "F"}, 100_000, 70_000),
        Counted({**codes, "sex": "M"}, 100_000, 72_000),
    ]
    assert alarms(watch(crowd, ("sex",))) == set()


def test_where_there_is_nobody_or_nothing_to_compare_nothing_is_said() -> None:
    assert watch([], DIMENSIONS) == ()
    alone = [Counted({"post": "a", "sex": "F", "age_band": "x", "language": "y"}, 500, 100)]
    assert {one.verdict for one in watch(alone, DIMENSIONS)} == {Verdict.TOO_FEW}


@pytest.mark.parametrize(
    ("stratum", "p"),
    [
        # Fisher's lady tasting tea; and a table of the textbooks (Agresti).
        (Stratum((4, 4), (4, 0)), 2 / 70),
        (Stratum((4, 3), (4, 1)), 34 / 70),
        (Stratum((12, 1), (12, 9)), 0.0027594561852200836),
    ],
)
def test_the_exact_test_is_fishers(stratum: Stratum, p: float) -> None:
    assert p_value([stratum]) == pytest.approx(p, rel=1e-9)


def test_strata_add_up_exactly() -> None:
    """Two posts of one pair each: the group's hits are 0, 1 or 2 with 1/4, 1/2, 1/4."""
    one = Stratum((1, 1), (1, 0))
    assert p_value([one, one]) == pytest.approx(0.5)
    assert p_value([one, Stratum((1, 0), (1, 1))]) == pytest.approx(1.0)


def test_the_gaussian_takes_over_where_both_agree() -> None:
    below, above = Stratum((780, 400), (780, 360)), Stratum((820, 420), (820, 379))
    assert p_value([below]) == pytest.approx(p_value([above]), rel=0.25)


def test_the_cut_is_benjamini_and_hochbergs() -> None:
    values = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]
    assert cut_of(values, 0.05) == 0.008
    assert cut_of([0.9], 0.05) == 0.0
    assert cut_of([], 0.05) == 0.0
