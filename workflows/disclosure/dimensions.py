"""The closed list of what figures may be broken down by, and the labels of weeks and months.

A dimension that is not here cannot be counted, protected or written. Code lists that depend on the
deployment (posts, provinces, profiles) come from the caller, but only under these names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.vocabulary import AcknowledgedWithin, AgeBand, Sex
from workflows.disclosure.errors import UnknownCode, UnknownDimension

#: Stands for all hidden lines of a dimension taken together; no code list may use it.
TOGETHER = "~"

#: Dimensions of one family contain one another, so one export uses at most one of each family
#: (`sex` and `age_band` are two families, and `sex_age` belongs to both).
FAMILIES: dict[str, tuple[str, ...]] = {
    "month": ("time",),
    "week": ("time",),
    "post": ("place",),
    "province": ("place",),
    "country": ("place",),
    "region": ("origin",),
    "sex": ("sex",),
    "age_band": ("age",),
    "sex_age": ("sex", "age"),
    "profile": ("profile",),
    "need": ("need",),
    "hold": ("hold",),
    "referral": ("referral",),
    "outcome": ("outcome",),
    "acknowledged": ("acknowledged",),
    "language": ("language",),
}
DIMENSIONS: frozenset[str] = frozenset(FAMILIES)

#: What each dimension means, for manifests; written for a reader who knows nothing of Serai.
DEFINITIONS: dict[str, str] = {
    "month": "Calendar month of registration.",
    "week": "ISO 8601 week of registration, Monday to Sunday; the year is the week's year.",
    "post": "Place where arrivals are registered.",
    "province": "Province of the post.",
    "country": "Country of the post.",
    "region": "Region of the nationality as stated (UN M49), never the nationality itself.",
    "sex": "Sex as recorded: F, M, X, U (not known).",
    "age_band": "UNHCR age bracket at registration; completed years.",
    "sex_age": "Sex and UNHCR age bracket together.",
    "profile": "Preliminary profile, presumed or possible. One person may count in several.",
    "need": "Function a need belongs to. One person may count in several.",
    "hold": "Whether a safeguard held an action at the time of counting.",
    "referral": "Type of referral made.",
    "outcome": "What the receiving body reported.",
    "acknowledged": "Time from sending a referral to the receiving body's answer, in bands.",
    "language": "Language in which information was given.",
}

#: By nature several values a person; a caller may say otherwise (`multi=`) if its rows differ.
SEVERAL: frozenset[str] = frozenset({"profile", "need"})

_CODE = re.compile(r"[\w+.:-]{1,40}(?: [\w+.:-]{1,40}){0,9}")
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_WEEK = re.compile(r"\d{4}-W(?:0[1-9]|[1-4]\d|5[0-3])")
#: Looks like a day or an identifier; a code list with such codes is refused.
_TOO_FINE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8,}|[0-9a-f]{8}-[0-9a-f]{4}-|@")


@dataclass(frozen=True)
class Dimension:
    """One breakdown: its name, its closed code list in reading order, and whether one person may
    have several of its codes (`multi`: then its margin is not the sum of anything).
    """

    name: str
    codes: tuple[str, ...]
    multi: bool = False

    def __post_init__(self) -> None:
        if self.name not in DIMENSIONS:
            raise UnknownDimension(dimension=self.name[:40])
        shape = {"month": _MONTH, "week": _WEEK}.get(self.name, _CODE)
        for code in self.codes:
            if not shape.fullmatch(code) or _TOO_FINE.search(code):
                raise UnknownCode(dimension=self.name)
        if len(set(self.codes)) != len(self.codes) or not self.codes:
            raise UnknownCode(dimension=self.name)


def dimension(name: str, codes: Sequence[str] = (), *, multi: bool | None = None) -> Dimension:
    """The dimension `name`, with its own list if it has one, else with `codes`.

    Raises UnknownDimension for a name off the closed list, UnknownCode for a code that is empty,
    doubled, or fine enough to be a day or an identifier.
    """
    if name not in DIMENSIONS:
        raise UnknownDimension(dimension=name[:40])
    own = FIXED.get(name, ())
    several = name in SEVERAL if multi is None else multi
    return Dimension(name, tuple(codes) or own, several)


def sex_age(sex: str, age_band: str) -> str:
    """The code of the crossed dimension: `F 0-4` (UNHCR's f_0_4 ... m_60)."""
    return f"{sex} {age_band}"


FIXED: dict[str, tuple[str, ...]] = {
    "sex": tuple(Sex),
    "age_band": tuple(AgeBand),
    "sex_age": tuple(sex_age(sex, band) for sex in Sex for band in AgeBand),
    "hold": ("yes", "no"),
    "acknowledged": tuple(AcknowledgedWithin),
}


def week_of(day: date) -> str:
    """The ISO 8601 week of a day, as `2026-W07`; weeks begin on Monday."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def month_of(day: date) -> str:
    """The month of a day, as `2026-02`."""
    return f"{day.year:04d}-{day.month:02d}"


def weeks_between(first: date, last: date) -> tuple[str, ...]:
    """All week labels from the week of `first` to the week of `last`, both included."""
    monday = first - timedelta(days=first.weekday())
    labels = []
    while monday <= last:
        labels.append(week_of(monday))
        monday += timedelta(days=7)
    return tuple(labels)


def months_between(first: date, last: date) -> tuple[str, ...]:
    """All month labels from the month of `first` to the month of `last`, both included."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return tuple(f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(start, end + 1))
