"""PURE. Whether a room is for a party of people: beds, sex, age, company, and who sleeps there already.

Nobody is turned away by what is not known, with one exception, which protects: who may be a child, and has
no adult of their family with them in the room, does not sleep among adults who are not of their family.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from models.vocabulary import AgeBand, Company, RoomGroundKind, Sex, Verdict
from workflows.ranking import eligible
from workflows.rules.values import Interval

_ADULT = 18
_SHUTS = frozenset(RoomGroundKind) - {
    RoomGroundKind.LINK_NOT_VERIFIED,
    RoomGroundKind.AGE_NOT_KNOWN,
}


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a room is. Empty lists: everybody. `extra`: what a supervisor allows now beyond its beds."""

    beds: int
    out_of_use: int = 0
    taken: int = 0
    extra: int = 0
    open: bool = True
    sexes: frozenset[Sex] = frozenset()
    ages: frozenset[AgeBand] = frozenset()
    companies: frozenset[Company] = frozenset()
    children_until: int = 0

    @property
    def free(self) -> int:
        """Beds that may be given now."""
        return max(self.beds - self.out_of_use + self.extra - self.taken, 0) if self.open else 0

    @property
    def over(self) -> int:
        """How many more sleep there than it has beds in use."""
        return max(self.taken - (self.beds - self.out_of_use), 0)


@dataclass(frozen=True, kw_only=True)
class Sleeper:
    """Somebody, as far as known: what is possible; empty or None is not known.

    `verified`, `claimed`: the persons with whom a family link is verified, or claimed and not found false.
    """

    person: UUID
    age: Interval | None = None
    sexes: frozenset[Sex] = frozenset()
    ages: frozenset[AgeBand] = frozenset()
    companies: frozenset[Company] = frozenset()
    verified: frozenset[UUID] = frozenset()
    claimed: frozenset[UUID] = frozenset()

    @property
    def may_be_child(self) -> bool:
        """Under eighteen by what is known; of whom nothing is known, no."""
        return self.age is not None and (self.age.lo or 0) < _ADULT

    @property
    def may_be_adult(self) -> bool:
        """Eighteen or over is possible, also where nothing is known."""
        return self.age is None or self.age.hi is None or self.age.hi >= _ADULT


@dataclass(frozen=True)
class RoomGround:
    """Why a room cannot be given (`shuts`), or what must be asked before. In words it is the page's."""

    kind: RoomGroundKind

    @property
    def shuts(self) -> bool:
        """Whether nobody can give this room to them now."""
        return self.kind in _SHUTS


def judge(
    rules: Rules, party: Sequence[Sleeper], inside: Sequence[Sleeper]
) -> tuple[RoomGround, ...]:
    """The grounds against giving beds of a room to a party, beside those inside; none: it may be given."""
    found: list[RoomGroundKind] = []
    if not rules.open:
        found.append(RoomGroundKind.SHUT)
    elif rules.free < len(party):
        found.append(RoomGroundKind.FULL)
    for one in party:
        found += _not_for(rules, one, party)
    found += _children(party, inside)
    if any(one.age is None for one in party):
        found.append(RoomGroundKind.AGE_NOT_KNOWN)
    return tuple(RoomGround(kind) for kind in dict.fromkeys(found))


def _not_for(rules: Rules, one: Sleeper, party: Sequence[Sleeper]) -> list[RoomGroundKind]:
    found = []
    sexes = {sex for sex in one.sexes if sex in (Sex.FEMALE, Sex.MALE)}
    if _against(sexes, rules.sexes) and not _small_child_with_family(rules, one, party):
        found.append(RoomGroundKind.SEX)
    if _wrong_age(rules, one) and not _with_family_of_that_age(rules, one, party):
        found.append(RoomGroundKind.AGE)
    if _against(set(one.companies), rules.companies):
        found.append(RoomGroundKind.COMPANY)
    return found


def _against(possible: Collection[str], served: frozenset[str] | frozenset[Sex]) -> bool:
    """Certain only where nothing that is possible is served."""
    return bool(served) and eligible(possible, frozenset(map(str, served))) is Verdict.AGAINST


def _wrong_age(rules: Rules, one: Sleeper) -> bool:
    return _against(set(one.ages) - {AgeBand.UNKNOWN}, rules.ages)


def _with_family_of_that_age(rules: Rules, one: Sleeper, party: Sequence[Sleeper]) -> bool:
    """A child sleeps with the parent for whose age the room is; an adult not in a room for children."""
    return one.may_be_child and any(
        other.person in one.verified | one.claimed and not _wrong_age(rules, other)
        for other in party
    )


def _small_child_with_family(rules: Rules, one: Sleeper, party: Sequence[Sleeper]) -> bool:
    """A mother's small son sleeps with her in a room for women, up to the age that the room says."""
    high = None if one.age is None else one.age.hi
    return (
        high is not None
        and high <= rules.children_until
        and any(other.person in one.verified | one.claimed for other in party)
    )


def _children(party: Sequence[Sleeper], inside: Sequence[Sleeper]) -> list[RoomGroundKind]:
    """Who may be a child must not be among strangers who may be adults, whoever of them comes last."""
    everybody = (*party, *inside)
    new = {one.person for one in party}
    found = []
    for child in everybody:
        adults = [one for one in everybody if one.person != child.person and one.may_be_adult]
        if not child.may_be_child or any(one.person in child.verified for one in adults):
            continue
        claimed = [one for one in adults if one.person in child.claimed]
        # Inside already, it was asked when they came.
        touched = child.person in new or any(one.person in new for one in claimed or adults)
        if touched and adults:
            strange = RoomGroundKind.CHILD_AMONG_STRANGERS
            found.append(RoomGroundKind.LINK_NOT_VERIFIED if claimed else strange)
    return found
