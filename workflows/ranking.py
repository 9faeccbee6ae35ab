"""PURE. Why one desk is asked before another, and whether it can be asked at all.

The order: first what can take the person now (for them, with a place), then what was verified in time, then
what opens before the answer is due. Among these the pack's order decides, since it says which body is
competent; area, language, hours, verification and free places decide among equals. A place that was not
verified in time is asked after all others, but never silently left out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from models.vocabulary import AgeBand, Company, GroundKind, Sex, Standing, Verdict
from workflows.opening import Weekly, next_opening

#: How many days before it expires a desk is reminded.
REMIND = 14
T = TypeVar("T")


@dataclass(frozen=True)
class Ground:
    """One ground of a choice. `detail` is a code, a number or an ISO moment; its words are the page's."""

    kind: GroundKind
    verdict: Verdict
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a desk says of a service. `closer`: it works where the person is, not in the whole country."""

    rank: int
    closer: bool
    languages: frozenset[str]
    weekly: Weekly | None
    closed_days: frozenset[str]
    zone: str
    sexes: frozenset[str]
    ages: frozenset[str]
    companies: frozenset[str]
    capacity: int | None
    reserved: int
    verified_on: date | None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Whom it is for, as far as known: what is possible. Empty: not known. `within`: time to answer."""

    now: datetime
    within: timedelta
    valid_days: int
    languages: frozenset[str] = frozenset()
    sexes: frozenset[Sex] = frozenset()
    ages: frozenset[AgeBand] = frozenset()
    companies: frozenset[Company] = frozenset()


@dataclass(frozen=True)
class Judged:
    """`key` orders choices, the smallest first; `fits`: it may be chosen, as far as whom it is for."""

    grounds: tuple[Ground, ...]
    key: tuple[int, ...]
    fits: bool
    full: bool
    standing: Standing


def judge(offer: Offer, wanted: Wanted) -> Judged:
    """The grounds for and against an offer, and where it stands among others."""
    standing = standing_of(offer.verified_on, wanted.now.date(), wanted.valid_days)
    eligible = eligibility(offer, wanted)
    places = _places(offer)
    opens, hours = _hours(offer, wanted)
    language = _language(offer, wanted)
    grounds = (
        Ground(GroundKind.ORDER, Verdict.FOR, str(offer.rank)),
        Ground(GroundKind.AREA, Verdict.FOR, "here" if offer.closer else "country"),
        *eligible,
        places,
        hours,
        language,
        _verified(offer, standing),
    )
    fits = all(ground.verdict is not Verdict.AGAINST for ground in eligible)
    full = places.verdict is Verdict.AGAINST
    free = 0 if offer.capacity is None else offer.capacity - offer.reserved
    key = (
        int(not fits),
        int(full),
        int(standing is Standing.EXPIRED),
        int(opens is None or opens > wanted.now + wanted.within),
        offer.rank,
        int(not offer.closer),
        int(language.verdict is Verdict.AGAINST),
        int(hours.verdict is Verdict.AGAINST),
        int(standing is Standing.NEVER),
        -free,
    )
    return Judged(grounds, key, fits, full, standing)


def standing_of(verified_on: date | None, today: date, valid_days: int) -> Standing:
    """How far an entry that was verified on a day still holds today."""
    if verified_on is None:
        return Standing.NEVER
    left = (expires_on(verified_on, valid_days) - today).days
    if left <= 0:
        return Standing.EXPIRED
    return Standing.SOON if left <= REMIND else Standing.VERIFIED


def expires_on(verified_on: date, valid_days: int) -> date:
    """The first day on which an entry no longer counts as verified."""
    return verified_on + timedelta(days=valid_days)


def eligibility(offer: Offer, wanted: Wanted) -> tuple[Ground, ...]:
    """For whom the service is, against what is known of the person: a ground for each list that it keeps."""
    kept = (
        ("sex", offer.sexes, {sex for sex in wanted.sexes if sex in (Sex.FEMALE, Sex.MALE)}),
        ("age", offer.ages, set(wanted.ages) - {AgeBand.UNKNOWN}),
        ("company", offer.companies, set(wanted.companies)),
    )
    found = [
        Ground(GroundKind.ELIGIBILITY, eligible(possible, served), name)
        for name, served, possible in kept
        if served
    ]
    return tuple(found) or (Ground(GroundKind.ELIGIBILITY, Verdict.FOR, "everybody"),)


def eligible(possible: Collection[str], served: frozenset[str]) -> Verdict:
    """Whether one of whom this is possible is served; certain only where all of it is, or nothing."""
    words = {str(one) for one in possible}
    if not words:
        return Verdict.UNKNOWN
    if words <= served:
        return Verdict.FOR
    return Verdict.UNKNOWN if words & served else Verdict.AGAINST


def _places(offer: Offer) -> Ground:
    if offer.capacity is None:
        return Ground(GroundKind.PLACES, Verdict.UNKNOWN)
    free = max(offer.capacity - offer.reserved, 0)
    return Ground(GroundKind.PLACES, Verdict.FOR if free else Verdict.AGAINST, str(free))


def _hours(offer: Offer, wanted: Wanted) -> tuple[datetime | None, Ground]:
    if offer.weekly is None:
        return wanted.now, Ground(GroundKind.HOURS, Verdict.UNKNOWN)
    opens = next_opening(offer.weekly, offer.closed_days, offer.zone, wanted.now)
    if opens == wanted.now:
        return opens, Ground(GroundKind.HOURS, Verdict.FOR)
    return opens, Ground(GroundKind.HOURS, Verdict.AGAINST, opens.isoformat() if opens else "")


def _language(offer: Offer, wanted: Wanted) -> Ground:
    if not offer.languages or not wanted.languages:
        return Ground(GroundKind.LANGUAGE, Verdict.UNKNOWN)
    shared = sorted(offer.languages & wanted.languages)
    if shared:
        return Ground(GroundKind.LANGUAGE, Verdict.FOR, shared[0])
    return Ground(GroundKind.LANGUAGE, Verdict.AGAINST)


def _verified(offer: Offer, standing: Standing) -> Ground:
    verdict = {
        Standing.VERIFIED: Verdict.FOR,
        Standing.SOON: Verdict.FOR,
        Standing.EXPIRED: Verdict.AGAINST,
        Standing.NEVER: Verdict.UNKNOWN,
    }[standing]
    day = offer.verified_on.isoformat() if offer.verified_on else ""
    return Ground(GroundKind.VERIFIED, verdict, day)
