"""PURE. UNHCR's brackets of age, rows of `config/data/age_bands.csv`; of an age only limits may be known."""

from __future__ import annotations

from config.codes import rows
from models.vocabulary import AgeBand
from workflows.rules.values import Interval

_OLDEST = 200
#: First and last year of each bracket.
_BANDS = tuple(
    (int(row["from_years"]), int(row["to_years"] or _OLDEST), AgeBand(row["code"]))
    for row in rows("age_bands")
    if row["from_years"]
)


def bands_of(age: Interval | None) -> frozenset[AgeBand]:
    """The brackets that are possible for an age in years; none where nothing is known."""
    if age is None:
        return frozenset()
    low, high = age.lo or 0, _OLDEST if age.hi is None else age.hi
    return frozenset(band for least, most, band in _BANDS if least <= high and low <= most)


def age_band(age: Interval | None) -> AgeBand:
    """The bracket of an age in years; unknown where the interval reaches over a border of brackets."""
    if age is None or age.lo is None or age.hi is None:
        return AgeBand.UNKNOWN
    found = bands_of(age)
    return next(iter(found)) if len(found) == 1 else AgeBand.UNKNOWN
