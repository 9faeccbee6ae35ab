"""A family: registered at once, each a person of their own; links that are claims; who is kept from whom."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models.cases import Task
from models.figures import StatFact
from models.kin import KinLink, NoContact
from models.people import Group, Membership, Person
from models.vocabulary import (
    Company,
    Evidence,
    Joined,
    LeftBecause,
    LinkState,
    NeedState,
    SaidBy,
    Sex,
    TaskKind,
    TaskState,
)
from tests.world import World
from workflows import (
    apart,
    desk_lists,
    erasure,
    families,
    group_pages,
    kinship,
    referrals,
    summaries,
    together,
)
from workflows.arrivals import Birth, Companion, NameForm
from workflows.errors import (
    ChangedMeanwhile,
    InAnotherGroup,
    InvalidCommand,
    LinkNotOurs,
    NotAllowedNow,
    NotFound,
)
from workflows.families import AddMember, Common, JoinGroup, LeaveGroup, NewMember, RegisterGroup
from workflows.rules.values import Interval

COMMON = Common(
    post="korday",
    nationalities=("AFG",),
    languages=("prs",),
    interpreter=True,
    came_from="UZB",
)


def member(name: str, sex: Sex, age: int | None, kin: str | None = None) -> NewMember:
    birth = Birth() if age is None else Birth(kind="age", age=age)
    return NewMember(names=(NameForm(text=name),), sex=sex, birth=birth, relationship=kin)


FIVE = (
    member("Jawad Nazari", Sex.MALE, 41),
    member("Laila Nazari", Sex.FEMALE, 36, "WIF"),
    member("Bibi Gul", Sex.FEMALE, 67, "PRF"),
    member("Omid Nazari", Sex.MALE, 12, "SON"),
    member("Hosna Nazari", Sex.FEMALE, 6, "DAU"),
)


def register(world: World, *members: NewMember, who: str = "officer") -> list[str]:
    command = RegisterGroup(common=COMMON, members=members or FIVE)
    with world.work(who) as work:
        return [one.case_number for one in families.register(work, command).members]


def shown(world: World, number: str, who: str = "officer") -> group_pages.GroupShown:
    with world.work(who) as work:
        return group_pages.of_case(work, number)


def keep_apart(world: World, number: str, other: str, who: str = "officer") -> Any:
    command = apart.KeepApart(case_number=number, other=other, said_by=SaidBy.SELF, why="fears him")
    with world.work(who) as work:
        return apart.keep_apart(work, command)


def change(world: World, number: str, state: LinkState, who: str = "officer", **more: Any) -> None:
    """Change the first link of a case, with evidence."""
    link = shown(world, number, who).links[0]
    given = {"evidence": Evidence.PAPER, "said_by": SaidBy.SELF, "version": link.version, **more}
    with world.work(who) as work:
        command = kinship.ChangeLink(case_number=number, link_id=link.id, state=state, **given)
        kinship.change(work, command)


def test_five_persons_are_registered_at_once_each_with_a_case_and_the_common_facts(
    any_world: World,
) -> None:
    numbers = register(any_world)
    assert len(set(numbers)) == 5
    assert len(any_world.rows(Group)) == 1
    assert len(any_world.rows(Membership)) == 5
    assert {row.state for row in any_world.rows(KinLink)} == {LinkState.PENDING}
    found = shown(any_world, numbers[0])
    assert found.members[0].name == "Jawad Nazari"
    assert {(one.other, one.relationship) for one in found.links} == set(
        zip(numbers[1:], ("WIF", "PRF", "SON", "DAU"), strict=True)
    )
    with any_world.work("officer") as work:
        for number in numbers:
            file = summaries.summary(work, number)
            assert file.traits["nationalities"] == ["AFG"]
            assert file.traits["languages"] == ["prs"]
            assert file.route == {"came_from": "UZB"}


def test_each_adult_gets_a_word_alone_and_no_small_child_does(world: World) -> None:
    numbers = register(world, *FIVE, member("Old or young", Sex.UNKNOWN, None, "U"))
    alone = {one.number for one in shown(world, numbers[0]).members if one.alone}
    assert alone == {*numbers[:3], numbers[5]}
    with world.work("officer") as work:
        families.spoken(work, numbers[1])
    assert [t.state for t in world.of(Task, numbers[1]) if t.kind is TaskKind.SPEAK_ALONE] == [
        TaskState.DONE
    ]


def test_what_one_says_changes_nothing_of_the_others_and_each_may_claim_alone(
    world: World,
) -> None:
    numbers = register(world)
    before = len(world.of(Task, numbers[0]))
    world.inform(numbers[1])
    world.answer(numbers[1], fear_of_return="yes", asks_for_asylum="yes", family_violence="yes")
    with world.work("officer") as work:
        needs = {p.need for p in referrals.propose(work, numbers[1])}
        others = {p.need for p in referrals.propose(work, numbers[0])}
        told = summaries.summary(work, numbers[0])
    assert "asylum_procedure" in needs - others
    assert "family_violence" not in {one.fact for one in told.answers}
    assert len(world.of(Task, numbers[0])) == before


@pytest.mark.parametrize(
    ("members", "field", "row"),
    [
        (FIVE[:1], "members", None),
        ((FIVE[0],) * 2, "name", 2),
        ((FIVE[0], member("...", Sex.FEMALE, 3, "DAU")), "name", 2),
        ((FIVE[0], member("Zohra", Sex.FEMALE, 126, "DAU")), "birth", 2),
    ],
)
def test_a_wrong_row_keeps_nobody(
    world: World, members: tuple[NewMember, ...], field: str, row: int | None
) -> None:
    with pytest.raises(InvalidCommand) as refused:
        register(world, *members)
    assert refused.value.params.get("field") == field
    assert refused.value.params.get("row") == row
    assert world.rows(Person) == []


def test_nobody_stands_above_somebody_who_stands_above_them(world: World) -> None:
    numbers = register(world)
    with world.work("officer") as work:
        kinship.claim_for(
            work, kinship.ClaimLink(case_number=numbers[3], other=numbers[1], relationship="SON")
        )
    for below, above in ((0, 4), (0, 3), (2, 4)):
        command = kinship.ClaimLink(
            case_number=numbers[below], other=numbers[above], relationship="GCM"
        )
        with world.work("officer") as work, pytest.raises(InvalidCommand) as refused:
            kinship.claim_for(work, command)
        assert refused.value.params == {"field": "relationship"}
        with world.work("officer") as work:
            work.start_again()


def test_one_is_of_one_group_at_a_time_and_not_twice_of_the_same(world: World) -> None:
    first, second = register(world, *FIVE[:2]), register(world, *FIVE[2:4])
    with world.work("officer") as work, pytest.raises(InAnotherGroup):
        families.join(work, JoinGroup(case_number=first[0], other=second[0], relationship="PRF"))
    with world.work("officer") as work, pytest.raises(NotAllowedNow):
        families.join(work, JoinGroup(case_number=first[0], other=first[1], relationship="WIF"))
    both = tuple(Companion(case_number=one, relationship="SBM") for one in (first[0], second[0]))
    with pytest.raises(InvalidCommand) as refused:
        world.register(companions=both)
    assert refused.value.params == {"field": "companions"}
    assert len(world.rows(Membership)) == 4


def test_one_leaves_the_group_and_may_join_another(world: World) -> None:
    first, second = register(world, *FIVE[:3]), register(world, *FIVE[3:])
    version = shown(world, first[2]).version
    leaving = LeaveGroup(case_number=first[2], because=LeftBecause.OWN_WISH, version=version or 0)
    with world.work("officer") as work:
        families.leave(work, leaving)
    with world.work("officer") as work, pytest.raises(NotAllowedNow):
        families.leave(work, leaving)
    with world.work("officer") as work:
        families.join(work, JoinGroup(case_number=second[0], other=first[2], relationship="GPF"))
    assert len(shown(world, first[0]).members) == 2
    assert {one.number for one in shown(world, first[2]).members} == {first[2], *second}


def test_a_page_that_is_older_than_a_change_is_told_so(world: World) -> None:
    numbers = register(world)
    stale = LeaveGroup(case_number=numbers[0], because=LeftBecause.MISTAKE, version=99)
    with world.work("officer") as work, pytest.raises(ChangedMeanwhile):
        families.leave(work, stale)
    with pytest.raises(ChangedMeanwhile):
        change(world, numbers[0], LinkState.DISPUTED, version=99)


def test_a_child_that_is_born_gets_the_values_of_the_group(world: World) -> None:
    numbers = register(world, *FIVE[:2])
    with world.work("officer") as work:
        common = families.common_of(work, numbers[1])
    assert common == COMMON
    born = AddMember(
        case_number=numbers[1],
        common=common,
        member=member("Mahtab", Sex.FEMALE, 0, "DAU"),
        joined=Joined.BORN,
    )
    with world.work("officer") as work:
        added = families.add(work, born)
    assert added.hints == ()
    assert len(shown(world, numbers[0]).members) == 3
    assert not [t for t in world.of(Task, added.case_number) if t.kind is TaskKind.SPEAK_ALONE]


def test_a_stranger_leaves_the_links_are_false_and_the_child_is_asked_again(world: World) -> None:
    """And until then, as after it, no uncle makes a child accompanied (INV-28)."""
    uncle, child = register(
        world, member("Ghulam", Sex.MALE, 44), member("Samim", Sex.MALE, 11, "NEP")
    )
    version = shown(world, uncle).version or 0
    with world.work("officer") as work:
        families.leave(
            work, LeaveGroup(case_number=uncle, because=LeftBecause.STRANGER, version=version)
        )
    assert {row.state for row in world.rows(KinLink)} == {LinkState.REJECTED}
    again = [t for t in world.of(Task, child) if t.kind is TaskKind.SPEAK_ALONE]
    assert [(t.state, t.urgency) for t in again] == [(TaskState.OPEN, "now")]
    assert shown(world, child).elsewhere == 0
    assert [one.number for one in shown(world, child).members] == [child]


@pytest.mark.safeguard("INV-28")
def test_no_claim_and_no_verified_link_answers_a_question_or_makes_a_guardian(
    world: World,
) -> None:
    uncle, child = register(
        world, member("Ghulam", Sex.MALE, 44), member("Samim", Sex.MALE, 11, "NEP")
    )
    world.inform(child)
    world.answer(child, with_parent="no", with_responsible_adult="no", with_other_adult="yes")
    need = world.send(child)
    world.accept(need)
    change(world, child, LinkState.VERIFIED, "guardian")
    with world.work("officer") as work:
        known = {one.fact for one in summaries.summary(work, child).answers}
        needs = {p.need: p.state for p in referrals.propose(work, child)}
    assert not known & {"link_proven", "guardian_appointed", "with_relative"}
    assert needs["guardian"] is NeedState.REFERRED
    with world.work("guardian") as work:
        file = desk_lists.case_file(work, need)
    assert "CLOSE" in {str(hold.action) for hold in file.holds}
    assert uncle


@pytest.mark.safeguard("INV-28")
def test_a_post_verifies_no_link_of_a_child_and_nobody_without_evidence(world: World) -> None:
    numbers = register(world, FIVE[0], FIVE[3])
    with pytest.raises(LinkNotOurs):
        change(world, numbers[1], LinkState.VERIFIED)
    adults = register(world, *FIVE[:2])
    with pytest.raises(InvalidCommand) as refused:
        change(world, adults[0], LinkState.VERIFIED, evidence=Evidence.NOTHING)
    assert refused.value.params == {"field": "evidence"}
    change(world, adults[0], LinkState.VERIFIED)
    states = {row.state for row in world.rows(KinLink)}
    assert states == {LinkState.PENDING, LinkState.VERIFIED}


def test_what_is_said_of_a_link_stays_on_the_page_of_who_said_it(world: World) -> None:
    husband, wife = register(world, *FIVE[:2])
    change(world, wife, LinkState.DISPUTED, says="He is not my husband.")
    on_hers, on_his = shown(world, wife).links[0], shown(world, husband).links[0]
    assert on_hers.state is LinkState.DISPUTED
    assert on_hers.said[-1].says == "He is not my husband."
    assert on_his.state is LinkState.PENDING
    assert on_his.said == ()
    with world.work("officer") as work:
        assert summaries.summary(work, husband).links[0].state is LinkState.PENDING
    change(world, wife, LinkState.VERIFIED)
    assert shown(world, husband).links[0].state is LinkState.VERIFIED


def test_a_desk_sees_of_a_group_only_whom_it_has_in_care(any_world: World) -> None:
    world = any_world
    numbers = register(world, *FIVE[:4])
    child = numbers[3]
    world.inform(child)
    world.answer(child, with_parent="no", with_responsible_adult="no", fear_of_return="yes")
    world.accept(world.send(child))
    found = shown(world, child, "guardian")
    assert [one.number for one in found.members] == [child]
    assert found.elsewhere == 3
    assert found.members[0].name == "Omid Nazari"
    with world.work("guardian") as work, pytest.raises(NotFound):
        group_pages.of_case(work, numbers[0])
    with world.work("elsewhere") as work, pytest.raises(NotFound):
        group_pages.of_case(work, numbers[0])


def test_after_the_screening_the_post_sees_numbers_and_no_relations(world: World) -> None:
    numbers = register(world, *FIVE[:2])
    for number in numbers:
        world.inform(number)
        world.finish(number)
    found = shown(world, numbers[0])
    assert [one.name for one in found.members] == [None, None]
    assert found.links == ()
    assert not found.may_keep


def test_company_is_proven_only_by_a_link_with_somebody_of_age(world: World) -> None:
    first, second = register(
        world, member("Omid", Sex.MALE, 12), member("Hosna", Sex.FEMALE, 14, "SBF")
    )
    with world.work() as work:
        for row in work.session.scalars(select(KinLink)):
            row.state = LinkState.VERIFIED
    with world.work("officer") as work:
        person = world.case(work, first).person_id
        assert Company.CHILD_ALONE in together.companies(work, person, Interval(12, 12))
    assert second


def test_erasing_one_leaves_the_others_whole_and_the_last_takes_the_group_along(
    world: World,
) -> None:
    husband, wife, mother = register(world, *FIVE[:3])
    keep_apart(world, wife, husband)
    with world.work() as work:
        erasure.remove(work, world.case(work, husband).person_id)
    assert len(world.rows(Membership)) == 2
    assert world.rows(KinLink) == []
    assert world.rows(NoContact) == []
    assert {one.number for one in shown(world, wife).members} == {wife, mother}
    assert husband not in str(shown(world, wife))
    for number in (wife, mother):
        with world.work() as work:
            erasure.remove(work, world.case(work, number).person_id)
    assert world.rows(Group) == []


def test_figures_are_those_of_single_persons_whatever_the_group(world: World) -> None:
    numbers = register(world)
    world.register(
        "Jawad Nazari",
        sex=Sex.MALE,
        birth=Birth(kind="age", age=41),
        nationalities=("AFG",),
        languages=("prs",),
        interpreter=True,
        travels_alone=False,
    )
    facts = world.rows(StatFact)
    assert len(facts) == len(numbers) + 1
    columns = [one.name for one in StatFact.__table__.columns]
    kept = [
        {name: getattr(row, name) for name in columns if name not in {"id", "link", "record_key"}}
        for row in facts
    ]
    assert max(kept.count(one) for one in kept) == 2, "he counts alone as he counts with his family"
