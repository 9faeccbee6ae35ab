"""Who must not learn of whom: on no page, under no roof, in no text; and a family that goes one way."""

from __future__ import annotations

from typing import Any

import pytest

from models.cases import Case
from models.kin import NoContact
from models.people import Person
from models.referrals import Referral
from models.vocabulary import (
    ApartBecause,
    LegalBasis,
    NoteAudience,
    Sex,
)
from tests.families.test_families import FIVE, keep_apart, member, register, shown
from tests.workflows.test_desk_answers import redirect, serves
from tests.world import ASYLUM_DESK, World
from workflows import (
    apart,
    casenotes,
    families,
    group_pages,
    other_desks,
    packets,
    referrals,
    summaries,
)
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotFound,
    SplitsFamily,
    WouldTell,
)
from workflows.families import JoinGroup


@pytest.mark.safeguard("INV-26")
def test_who_must_not_know_finds_the_other_on_no_page_of_theirs(any_world: World) -> None:
    world = any_world
    husband, wife, mother, *_ = register(world)
    keep_apart(world, wife, husband)
    keep_apart(world, wife, husband)
    assert len(world.rows(NoContact)) == 1
    his = shown(world, husband)
    assert wife not in str(his)
    assert len(his.members) == 4
    assert his.elsewhere == 0
    hers = shown(world, wife)
    assert [one.number for one in hers.kept_from] == [husband]
    assert [one.number for one in hers.members if one.must_not_know] == [husband]
    with world.work("officer") as work:
        case = world.case(work, husband)
        with packets.at_hand(work, case):
            person = work.session.get_one(Person, case.person_id)
            told = packets._group(work, case, person)  # the field alone, whatever the pack
        assert wife not in str(told)
        assert wife not in str(summaries.summary(work, husband).links)
        assert group_pages.sizes(work, [husband, mother]) == {husband: 3, mother: 4}
    with world.work("officer") as work, pytest.raises(InvalidCommand):
        families.join(work, JoinGroup(case_number=husband, other=wife, relationship="WIF"))


def test_the_packet_of_the_protected_tells_the_desk_who_must_not_know(world: World) -> None:
    husband, wife = register(world, *FIVE[:2])
    keep_apart(world, wife, husband)
    with world.work("officer") as work:
        case = world.case(work, wife)
        work.vault.grant(case.person_id, *packets._MADE_FROM)  # as under the act
        person = work.session.get_one(Person, case.person_id)
        told = packets._group(work, case, person)  # the field alone
        work.start_again()
    assert [(one["to"], one["must_not_know"]) for one in told] == [(husband, True)]


def test_the_database_alone_does_not_tell_from_whom_somebody_hides(world: World) -> None:
    husband, wife = register(world, *FIVE[:2])
    keep_apart(world, wife, husband)
    row = world.rows(NoContact)[0]
    person = world.rows(Case, Case.number == husband)[0].person_id
    assert person.hex not in row.away_from
    assert husband not in row.away_from


def test_edges_end_by_who_may_and_from_a_fresh_page(world: World) -> None:
    husband, wife = register(world, *FIVE[:2])
    edge = keep_apart(world, wife, husband)
    for command, error in (
        (apart.EndApart(case_number=wife, edge_id=edge, version=99), ChangedMeanwhile),
        (apart.EndApart(case_number=husband, edge_id=edge, version=1), NotFound),
    ):
        with world.work("officer") as work, pytest.raises(error):
            apart.end_apart(work, command)
    version = shown(world, wife).kept_from[0].version
    with world.work("officer") as work:
        apart.end_apart(work, apart.EndApart(case_number=wife, edge_id=edge, version=version))
    assert shown(world, wife).kept_from == ()
    assert len(shown(world, husband).members) == 2


def _roofs(world: World, number: str) -> dict[str, Any]:
    with world.work("officer") as work:
        found = next(p for p in referrals.propose(work, number) if p.need == "safe_accommodation")
    return {"id": found.need_id, **{desk.desk: desk for desk in found.desks}}


def _in_danger(world: World, *numbers: str) -> None:
    for number in numbers:
        world.inform(number)
        world.answer(number, in_danger_here="yes", fear_of_return="yes", needs_shelter="yes")


def test_two_who_are_kept_apart_are_not_brought_under_one_roof(world: World) -> None:
    husband, wife = register(world, *FIVE[:2])
    _in_danger(world, husband, wife)
    roof = next(one for one in _roofs(world, wife) if one != "id")
    world.send(wife, "safe_accommodation", roof, basis=LegalBasis.VITAL_INTEREST)
    assert _roofs(world, husband)[roof].fits
    keep_apart(world, wife, husband)
    found = _roofs(world, husband)[roof]
    assert not found.fits
    assert "APART" in {ground.kind.name for ground in found.grounds}
    assert {ground.detail for ground in found.grounds if ground.kind.name == "APART"} == {""}
    with pytest.raises(InvalidCommand):
        world.send(husband, "safe_accommodation", roof, basis=LegalBasis.VITAL_INTEREST)


def test_no_desk_passes_somebody_on_to_the_roof_of_whom_they_are_kept_from(world: World) -> None:
    husband, wife = register(world, *FIVE[:2])
    _in_danger(world, husband, wife)
    roof = next(one for one in _roofs(world, husband) if one != "id")
    serves(world, ASYLUM_DESK, "safe_accommodation")
    world.send(husband, "safe_accommodation", roof, basis=LegalBasis.VITAL_INTEREST)
    sent = world.send(
        wife,
        "safe_accommodation",
        ASYLUM_DESK,
        basis=LegalBasis.VITAL_INTEREST,
        apart=ApartBecause.OWN_WISH,
    )
    with world.work("asylum") as work:
        assert roof in {desk.code for desk in other_desks.of(work, sent)}
    keep_apart(world, wife, husband)
    with world.work("asylum") as work:
        assert roof not in {desk.code for desk in other_desks.of(work, sent)}
    with pytest.raises(InvalidCommand) as refused:
        redirect(world, sent, roof, who="asylum")
    assert refused.value.params == {"field": "desk"}
    assert len(world.rows(Referral)) == 2


@pytest.mark.safeguard("INV-26")
def test_a_member_goes_with_the_family_unless_a_ground_is_said(world: World) -> None:
    husband, wife = register(world, *FIVE[:2])
    _in_danger(world, husband, wife)
    desks = [one for one in _roofs(world, wife) if one != "id"]
    world.send(wife, "safe_accommodation", desks[0], basis=LegalBasis.VITAL_INTEREST)
    offered = _roofs(world, husband)
    assert next(one for one in offered if one != "id") == desks[0]
    assert "TOGETHER" in {ground.kind.name for ground in offered[desks[0]].grounds}
    given = {"need": "safe_accommodation", "desk": desks[1], "basis": LegalBasis.VITAL_INTEREST}
    with pytest.raises(SplitsFamily):
        world.send(husband, **given)
    world.send(husband, **given, apart=ApartBecause.OWN_WISH)
    assert len(world.rows(Referral)) == 2


def test_a_note_that_would_be_read_out_may_not_name_who_is_kept_from_the_person(
    world: World,
) -> None:
    father, child = register(
        world, member("Karim", Sex.MALE, 44), member("Zarifa Nuri", Sex.FEMALE, 15, "DAU")
    )
    brother = world.child("Samim")
    keep_apart(world, child, brother)
    taken = world.send(brother)
    world.accept(taken)
    for text in (f"Asked about {child}.", "Zarifa is in room 4.", "ZARIFA is here"):
        note = casenotes.WriteNote(number=taken, audience=NoteAudience.HOLDERS, text=text)
        with world.work("guardian") as work, pytest.raises(WouldTell):
            casenotes.write(work, note)
    with world.work("guardian") as work:
        said = casenotes.WriteNote(
            number=taken, audience=NoteAudience.HOLDERS, text="He asked for his sister."
        )
        casenotes.write(work, said)
    assert father
