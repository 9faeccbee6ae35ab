"""Bounds of a share that was found by trying: Clopper and Pearson 1934, by the incomplete beta function.

The continued fraction is that of the NIST Digital Library of Mathematical Functions, 8.17.22.
"""

from __future__ import annotations

from math import exp, lgamma, log

#: The bounds hold together with this certainty, half of the rest on each side.
CERTAINTY = 0.95
_STEPS = 300
_NOTHING = 1e-300


def share_at_least(hits: int, tries: int, certainty: float = CERTAINTY) -> float:
    """What the true share is at least, with half the certainty's rest of being wrong."""
    if hits == 0:
        return 0.0
    return _beta_quantile((1 - certainty) / 2, hits, tries - hits + 1)


def share_at_most(hits: int, tries: int, certainty: float = CERTAINTY) -> float:
    """What the true share is at most, likewise."""
    if hits == tries:
        return 1.0
    return _beta_quantile((1 + certainty) / 2, hits + 1, tries - hits)


def _beta_quantile(share: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _beta(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """Lentz's way through the continued fraction."""
    c, d = 1.0, _away(1 - (a + b) * x / (a + 1))
    d = 1 / d
    value = d
    for m in range(1, _STEPS):
        for top in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away(1 + top * d)
            c = _away(1 + top / c)
            value *= c * d
        if abs(c * d - 1) < 1e-12:
            break
    return value


def _away(value: float) -> float:
    return value if abs(value) > _NOTHING else _NOTHING
