"""Rules of rooms, on plain values: sex, age, company, beds; and a child is never alone among strangers."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from models.vocabulary import AgeBand, Company, RoomGroundKind, Sex
from workflows.age_bands import bands_of
from workflows.rooming import Rules, Sleeper, judge
from workflows.rules.values import Interval

ROOM = Rules(beds=4)
K = RoomGroundKind


def somebody(low: int | None, high: int | None, sex: Sex = Sex.FEMALE, **more) -> Sleeper:
    age = None if low is None and high is None else Interval(low, high)
    return Sleeper(person=uuid4(), age=age, sexes=frozenset({sex}), ages=bands_of(age), **more)


def family(child: Sleeper, adult: Sleeper, *, verified: bool) -> tuple[Sleeper, Sleeper]:
    name = "verified" if verified else "claimed"

    def link(one: Sleeper, other: UUID) -> Sleeper:
        return replace(one, **{name: frozenset({other})})

    return link(child, adult.person), link(adult, child.person)


def kinds(*args: object) -> set[RoomGroundKind]:
    return {ground.kind for ground in judge(*args)}  # type: ignore[arg-type]  # as `judge` has them


def test_beds_out_of_use_are_not_given_and_extra_ones_are() -> None:
    woman = somebody(30, 30)
    assert kinds(replace(ROOM, taken=3, out_of_use=1), [woman], []) == {K.FULL}
    assert kinds(replace(ROOM, taken=3, out_of_use=1, extra=1), [woman], []) == set()
    assert kinds(replace(ROOM, open=False), [woman], []) == {K.SHUT}
    assert replace(ROOM, taken=6, extra=2).over == 2


@pytest.mark.parametrize(
    ("rules", "who", "found"),
    [
        (replace(ROOM, sexes=frozenset({Sex.FEMALE})), somebody(30, 30, Sex.MALE), {K.SEX}),
        # What is not known turns nobody away.
        (replace(ROOM, sexes=frozenset({Sex.FEMALE})), somebody(30, 30, Sex.UNKNOWN), set()),
        (replace(ROOM, ages=frozenset({AgeBand.FROM_12})), somebody(30, 30), {K.AGE}),
        (replace(ROOM, ages=frozenset({AgeBand.FROM_12})), somebody(16, 19), set()),
        (
            replace(ROOM, companies=frozenset({Company.FAMILY})),
            somebody(30, 30, companies=frozenset({Company.ALONE})),
            {K.COMPANY},
        ),
        (ROOM, somebody(None, None), {K.AGE_NOT_KNOWN}),
    ],
)
def test_whom_a_room_is_for(rules: Rules, who: Sleeper, found: set[RoomGroundKind]) -> None:
    assert kinds(rules, [who], []) == found


def test_a_small_son_sleeps_with_his_mother_in_a_room_for_women() -> None:
    women = replace(ROOM, sexes=frozenset({Sex.FEMALE}), children_until=10)
    son, mother = family(somebody(9, 9, Sex.MALE), somebody(30, 30), verified=True)
    assert kinds(women, [mother, son], []) == set()
    assert kinds(replace(women, children_until=8), [mother, son], []) == {K.SEX}
    assert K.SEX in kinds(women, [son], [])
    assert kinds(replace(ROOM, ages=frozenset({AgeBand.FROM_18})), [mother, son], []) == set()


def test_a_child_alone_is_never_among_strangers_who_may_be_adults() -> None:
    child, adult = somebody(14, 14), somebody(30, 30)
    for party, inside in (([child], [adult]), ([adult], [child])):
        assert kinds(ROOM, party, inside) == {K.CHILD_AMONG_STRANGERS}
    assert kinds(ROOM, [child], [somebody(12, 12)]) == set()
    # Who may be a child is one, and who may be an adult is one: at once.
    unsure = somebody(16, 20)
    assert kinds(ROOM, [unsure], [adult]) == {K.CHILD_AMONG_STRANGERS}
    assert kinds(ROOM, [child], [unsure]) == {K.CHILD_AMONG_STRANGERS}
    assert K.CHILD_AMONG_STRANGERS in kinds(ROOM, [somebody(None, None)], [child])


def test_a_child_with_verified_family_sleeps_where_other_families_do() -> None:
    child, mother = family(somebody(9, 9), somebody(30, 30), verified=True)
    stranger = somebody(40, 40)
    assert kinds(ROOM, [child, mother], [stranger]) == set()
    assert kinds(ROOM, [stranger], [child, mother]) == set()
    assert kinds(ROOM, [child], [stranger]) == {K.CHILD_AMONG_STRANGERS}


def test_a_claimed_uncle_is_family_only_after_the_child_was_asked_alone() -> None:
    child, uncle = family(somebody(9, 9), somebody(30, 30), verified=False)
    grounds = judge(ROOM, [child, uncle], [])
    assert [(one.kind, one.shuts) for one in grounds] == [(K.LINK_NOT_VERIFIED, False)]
    assert kinds(ROOM, [uncle], [child]) == {K.LINK_NOT_VERIFIED}
    # It was asked when they came: whoever comes later is not asked again.
    assert kinds(ROOM, [somebody(40, 40)], [child, uncle]) == set()
