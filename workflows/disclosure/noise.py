"""Exact noise: the discrete Gaussian as a table of whole numbers, drawn with a keyed digest.

Canonne, Kamath, Steinke, *The Discrete Gaussian for Differential Privacy* (NeurIPS 2020): added to a count to
which a person adds at most 1 it is 1/(2 sigma^2)-zCDP. Floating point would betray the count behind it
(Mironov 2012), so the table is worked out once in decimals and holds whole numbers; drawing compares those.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from functools import lru_cache

#: A keyed digest of at least 16 bytes (HMAC-SHA-256 of the deployment's figures key).
Mac = Callable[[bytes], bytes]

#: Bits of the digest that choose; the table differs from the law by less than one part in 2^-118.
BITS = 128
_WHOLE = 1 << BITS
#: Beyond so many sigma the law has less than 2^-121 of its weight; the table ends there.
_REACH = 13
_DIGITS = 60


@dataclass(frozen=True)
class Law:
    """The discrete Gaussian of one sigma. `cumulative[i]` of 2^128 draws give at most `least + i`."""

    least: int
    cumulative: tuple[int, ...]

    def draw(self, digest: bytes) -> int:
        """The number that a digest chooses: the same for the same digest."""
        if len(digest) * 8 < BITS:
            raise ValueError("the digest is shorter than the table is fine")
        chosen = int.from_bytes(digest[: BITS // 8], "big")
        return self.least + bisect_right(self.cumulative, chosen)

    @property
    def most(self) -> int:
        """The largest number that can be drawn."""
        return self.least + len(self.cumulative) - 1

    def chance(self, value: int) -> float:
        """How likely `value` is drawn."""
        at = value - self.least
        if not 0 <= at < len(self.cumulative):
            return 0.0
        before = self.cumulative[at - 1] if at else 0
        return (self.cumulative[at] - before) / _WHOLE


@lru_cache(maxsize=64)
def law(sigma: Decimal) -> Law:
    """The law of `sigma`, in persons, which must be above 0.3 (below it is no noise to speak of)."""
    if not Decimal("0.3") <= sigma <= 10_000:
        raise ValueError("sigma is at least 0.3 and at most 10,000")
    reach = int(sigma * _REACH) + 1
    with localcontext() as context:
        context.prec = _DIGITS
        spread = 2 * sigma * sigma
        half = [(-(Decimal(x) * x) / spread).exp() for x in range(reach + 1)]
        weights = [*reversed(half[1:]), *half]
        total, running, cumulative = sum(weights), Decimal(0), []
        for weight in weights:
            running += weight
            share = running / total * _WHOLE
            cumulative.append(int(share.to_integral_value(ROUND_HALF_EVEN)))
    # Numbers whose share is less than one draw of all are never drawn.
    never = cumulative.count(0)
    drawn = cumulative[never : cumulative.index(_WHOLE) + 1]
    return Law(never - reach, tuple(drawn))


def label(*parts: str | int) -> bytes:
    """Bytes that tell these parts from all others: each with its length before it."""
    encoded = [str(part).encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


def keyed(mac: Mac, sigma: Decimal, *parts: str | int) -> int:
    """The noise of what `parts` name: always the same under one key, and nobody's guess without it."""
    return law(sigma).draw(mac(label(*parts)))
