"""PURE. Is one group referred less often than others, or met with silence more often, than chance explains?

Each group is compared with everybody else *at the same posts*, by the exact conditional test (Fisher 1935;
over strata: Gart 1970), so that a busy post where mostly women arrive does not look like a bias against them.
All groups are asked at once, so p-values are corrected for their number (Benjamini, Hochberg 1995). Groups
too small to judge are not judged, and nothing of them is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from math import exp, lgamma, sqrt
from statistics import NormalDist

#: Persons of a group, at posts where others arrive too, from which on it is judged.
LEAST = 20
#: Share of false alarms among alarms (Benjamini-Hochberg).
FALSE_SHARE = 0.01
#: A smaller difference of rates is no alarm, however certain.
LEAST_DIFFERENCE = 0.05
#: From this variance on the exact law and the Gaussian agree to the digits that matter here.
_LARGE = 100.0
#: Tails below this are left out of exact laws.
_NOTHING = 1e-15
#: Two probabilities that differ by less are the same (rounding of floats).
_SAME = 1 + 1e-7

#: Persons and those of them it happened to.
Count = tuple[int, int]


@dataclass(frozen=True)
class Counted:
    """Persons with these codes in common (`post` among them), and how many of them it happened to."""

    codes: Mapping[str, str]
    persons: int
    hits: int


@dataclass(frozen=True)
class Stratum:
    """One post: a group and everybody else there."""

    group: Count
    others: Count

    @property
    def tells(self) -> bool:
        """Whether there is anything to compare: both are there, and it happened to some but not to all."""
        hits, persons = self.group[1] + self.others[1], self.group[0] + self.others[0]
        return self.group[0] > 0 and self.others[0] > 0 and 0 < hits < persons


class Verdict(StrEnum):
    """What can be said of a group."""

    DIFFERS = "differs"
    NOT_SHOWN = "not_shown"
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class Finding:
    """A group against all others at the same posts. Rates are None where it is too small to judge."""

    dimension: str
    code: str
    persons: int
    verdict: Verdict
    rate: float | None = None
    expected: float | None = None
    p: float = 1.0


def watch(counted: Sequence[Counted], dimensions: Sequence[str]) -> tuple[Finding, ...]:
    """Every group of every dimension, the most certain differences first.

    `post` is compared with all other posts; every other dimension within posts.
    """
    found = [
        _judge(dimension, code, _strata(counted, dimension, code))
        for dimension in dimensions
        for code in sorted({one.codes[dimension] for one in counted})
    ]
    cut = cut_of([one.p for one in found if one.verdict is not Verdict.TOO_FEW], FALSE_SHARE)
    judged = [_told(one, cut) for one in found]
    return tuple(sorted(judged, key=lambda one: (one.verdict, one.p, one.dimension, one.code)))


def _told(one: Finding, cut: float) -> Finding:
    if one.rate is None or one.expected is None:
        return one
    differs = one.p <= cut and abs(one.rate - one.expected) >= LEAST_DIFFERENCE
    verdict = Verdict.DIFFERS if differs else Verdict.NOT_SHOWN
    return Finding(one.dimension, one.code, one.persons, verdict, one.rate, one.expected, one.p)


def _strata(counted: Iterable[Counted], dimension: str, code: str) -> list[Stratum]:
    sides: dict[str, list[Count]] = {}
    for one in counted:
        place = "" if dimension == "post" else one.codes["post"]
        both = sides.setdefault(place, [(0, 0), (0, 0)])
        side = 0 if one.codes[dimension] == code else 1
        persons, hits = both[side]
        both[side] = (persons + one.persons, hits + one.hits)
    return [Stratum(group, others) for group, others in sides.values()]


def _judge(dimension: str, code: str, strata: Sequence[Stratum]) -> Finding:
    telling = [one for one in strata if one.tells]
    persons = sum(one.group[0] for one in telling)
    if persons < LEAST:
        return Finding(dimension, code, persons, Verdict.TOO_FEW)
    hits = sum(one.group[1] for one in telling)
    rate, expected = hits / persons, sum(map(_mean, telling)) / persons
    return Finding(dimension, code, persons, Verdict.NOT_SHOWN, rate, expected, p_value(telling))


def p_value(strata: Sequence[Stratum]) -> float:
    """Two-sided p-value of the number of hits in the group, given all margins of every stratum.

    Exact: the probability of all numbers that are at most as likely as the one found. Gaussian with half a
    person of continuity where the variance is large.
    """
    found = sum(one.group[1] for one in strata)
    variance = sum(map(_variance, strata))
    if variance == 0:
        return 1.0
    if variance >= _LARGE:
        off = max(abs(found - sum(map(_mean, strata))) - 0.5, 0.0)
        return 2 * NormalDist().cdf(-off / sqrt(variance))
    least, law = 0, [1.0]
    for one in strata:
        low, chances = _law(one)
        least, law = _added(least, law, low, chances)
    at = found - least
    seen = law[at] if 0 <= at < len(law) else 0.0
    return min(1.0, sum(chance for chance in law if chance <= seen * _SAME))


def cut_of(values: Iterable[float], share: float) -> float:
    """The largest p-value that is an alarm when at most `share` of alarms may be false; 0 for none."""
    ordered = sorted(values)
    passed = [p for rank, p in enumerate(ordered, start=1) if p <= share * rank / len(ordered)]
    return max(passed, default=0.0)


def _mean(one: Stratum) -> float:
    persons = one.group[0] + one.others[0]
    return one.group[0] * (one.group[1] + one.others[1]) / persons


def _variance(one: Stratum) -> float:
    group, others = one.group[0], one.others[0]
    persons, hits = group + others, one.group[1] + one.others[1]
    if persons < 2:
        return 0.0
    return group * others * hits * (persons - hits) / (persons**2 * (persons - 1))


def _law(one: Stratum) -> tuple[int, list[float]]:
    """The hypergeometric law of the group's hits: its least value, and probabilities from there on."""
    group, others = one.group[0], one.others[0]
    hits = one.group[1] + one.others[1]
    least, most = max(0, hits - others), min(group, hits)
    whole = _log_ways(group + others, hits)
    chances = [
        exp(_log_ways(group, k) + _log_ways(others, hits - k) - whole)
        for k in range(least, most + 1)
    ]
    return _trimmed(least, chances)


def _log_ways(of: int, number: int) -> float:
    return lgamma(of + 1) - lgamma(number + 1) - lgamma(of - number + 1)


def _added(least: int, law: list[float], low: int, chances: list[float]) -> tuple[int, list[float]]:
    """The law of a sum of two independent numbers."""
    sums = [0.0] * (len(law) + len(chances) - 1)
    for at, first in enumerate(law):
        for further, second in enumerate(chances):
            sums[at + further] += first * second
    return _trimmed(least + low, sums)


def _trimmed(least: int, chances: list[float]) -> tuple[int, list[float]]:
    """Without tails that weigh nothing."""
    before = sum(total < _NOTHING for total in accumulate(chances))
    after = sum(total < _NOTHING for total in accumulate(reversed(chances)))
    return least + before, chances[before : len(chances) - after]
