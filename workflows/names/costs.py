"""What one difference between two spellings costs, by the class letters of `skeleton`.

A table, no logic of names: 0 means "the same sound written by another office", 1 "another sound".
Chosen on the development sample as a whole and by the writing systems, never for a single name.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

RELATED = 0.4
_RELATED = "KG KH GH JZ JC CX XS SZ TD PB FP VB VF ZD"

# Vowels written in full, then the long vowels of Arabic script against them.
_VOWELS = {
    0.0: "ql ja",
    0.03: "aq zi uv qh eh oh ca ce ci co cu cq cz cf cv lo",
    0.05: "eq ez of vf iy zy jz lh cl cw cj cy",
    0.12: "ao ae ei ou uf ov lq",
    0.2: "uz iv ef le lf ey qi yj",
    0.3: "az qo ay oy uy lv hi hj lz jq jv vy",
    0.4: "eo vq fq",
    0.5: "eu iu li lu ju jo lw lj wj wa we wi wq",
}
_SAME = "al ah ae wu wo wv wf ji jy je"
_SAME_COST = {"al": 0.0, "ah": 0.0, "wu": 0.0, "wo": 0.0, "wv": 0.02, "wf": 0.02, "ji": 0.0}
_SAME_COST |= {"jy": 0.0, "je": 0.04, "ja": 0.5}
FAR_VOWEL = 0.57
LINKING = 0.04
VOWEL_FOR_CONSONANT = 1.1

LETTERS = "ABCDFGHJKLMNPRSTVXZ"
VOWELS = "aeiouqzfvyxlwjhc"


def _both(one: str, other: str, cost: float) -> Iterator[tuple[str, float]]:
    yield one + other, cost
    yield other + one, cost


def _table() -> dict[str, float]:
    table: dict[str, float] = {}
    for one, other in combinations(LETTERS, 2):
        table.update(_both(one, other, 1.0))
    for pair in _RELATED.split():
        table.update(_both(pair[0], pair[1], RELATED))
    for one, other in combinations(VOWELS, 2):
        table.update(_both(one, other, LINKING if "x" in (one, other) else FAR_VOWEL))
    for cost, pairs in _VOWELS.items():
        for pair in pairs.split():
            table.update(_both(pair[0], pair[1], cost))
    for pair, cost in _SAME_COST.items():
        table.update(_both(pair[0], pair[1], cost))
    for consonant in LETTERS:
        for vowel in VOWELS:
            table.update(_both(consonant, vowel, VOWEL_FOR_CONSONANT))
    for vowel in "uowfv":  # Davlat and Daulet, نوروز and Navruz
        table.update(_both("V", vowel, 0.03 if vowel == "w" else 0.15))
    table.update(_both("H", "h", 0.2))
    table.update((letter * 2, 0.0) for letter in LETTERS + VOWELS)
    return table


SUBSTITUTION = _table()
"""Cost of reading the second letter of the pair for the first; symmetric."""

MISSING_CONSONANT = dict.fromkeys(LETTERS, 1.0) | {"H": 0.6, "V": 0.3}

MISSING_LONG = 0.5
"""A long vowel that Arabic script always writes (l w j, final h) is not in the other spelling."""
MISSING_LONG_BOTH = 0.3
"""The same where both spellings are in that script: رحمن and رحمان."""
MISSING_BEARER = 0.08
UNWRITTEN_SHORT = 0.06
"""A vowel that the other spelling, being Arabic script, does not write."""
MISSING_VOWEL = 0.35
MISSING_BESIDE_VOWEL = 0.2
MISSING_GLIDE = 0.08
GLIDE_AFTER_OTHER = 0.45
MISSING_AT_END = 0.7
"""The final vowel is what tells Latif from Latifa; Arabic script writes it too."""
MISSING_AT_START = 0.5

ENDING_GENDER = 0.85
ENDING_ONE_SIDE = 0.55
VARIANT_READING = 0.05
