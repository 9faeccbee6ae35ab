"""A packet holds exactly what the pack permits for the need, stage by stage, in two countries."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.network import Desk
from models.vocabulary import Purpose, Sex
from tests.world import ASYLUM_DESK, World
from workflows import desks, packets, referrals
from workflows.arrivals import Birth, Companion, Document, NameForm
from workflows.rules.answers import Source

OFFICERS = {"kaz": "officer", "tjk": "abroad"}
NEEDS = 31


def everything(world: World, who: str) -> str:
    """Somebody of whom every field is known; returns the case number."""
    mother = world.register("Parwin", who)
    number = world.register(
        who=who,
        names=(
            NameForm(text="Zarifa Ahmadi"),
            NameForm(text="ظریفه", kind="own_script"),
            NameForm(text="AHMADI ZARIFA", kind="document"),
        ),
        sex=Sex.FEMALE,
        birth=Birth(kind="age", age=15),
        nationalities=("AFG",),
        languages=("prs", "eng"),
        interpreter=True,
        documents=(Document(kind="passport", issuer="AFG", number="P-1"),),
        phone="a number",
        travels_alone=False,
        companions=(Companion(case_number=mother, relationship="mother"),),
    )
    world.inform(number, who)
    pack = world.pack("tjk" if who == "abroad" else "kaz")
    for source in (Source.SELF, Source.OBSERVED):
        answers = {
            fact.id: "yes"
            for fact in pack.facts.values()
            if fact.kind == "yes-no"
            and not (fact.computed or fact.derived or fact.decided_by)
            and fact.observed == (source is Source.OBSERVED)
        }
        world.answer(number, who, source=source, **answers)
    return number


@pytest.mark.parametrize("country", OFFICERS)
@pytest.mark.safeguard("INV-23", "INV-24")
def test_each_need_tells_exactly_its_fields_and_identity_only_in_the_second_stage(
    world: World, country: str
) -> None:
    who, pack = OFFICERS[country], world.pack(country)
    number = everything(world, who)
    assert len(pack.needs) == NEEDS
    assert set(pack.packets) == set(pack.needs)
    with world.work(who) as work:
        case = world.case(work, number)
        work.vault.grant(case.person_id, *Purpose)
        desk = work.session.scalars(select(Desk).limit(1)).one()
        for need, permitted in pack.packets.items():
            made = packets.build(work, case, pack, need, desk)
            first, second = made.needs_stage(), made.identity_stage()
            told = {*first["fields"], *second}
            assert told <= set(permitted.fields), need
            # `photo`, `ethnicity` and `religion` are not recorded in this edition.
            assert set(permitted.fields) - told <= {"urgent_needs", "photo"}, need
            assert set(first["fields"]).isdisjoint(packets.IDENTITY_FIELDS), need
            assert set(second) <= set(packets.IDENTITY_FIELDS), need
            assert set(first["facts"]) <= set(permitted.facts), need
            assert set(first["profiles"]) <= set(permitted.profiles), need
            if "Zarifa" in str(second):
                assert {"name", "other_names"} & set(permitted.fields)
            assert "Zarifa" not in str(first)
            assert "P-1" not in str(first)
        work.start_again()


def test_what_is_shown_before_sending_is_what_is_sent(world: World) -> None:
    number = everything(world, "officer")
    need = world.proposal(number, "asylum_procedure").need_id
    with world.work("officer") as work:
        shown = referrals.preview(work, number, need, ASYLUM_DESK)
    referral = world.send(number, "asylum_procedure", ASYLUM_DESK)
    world.accept(referral, "asylum")
    with world.work("asylum") as work:
        got = desks.read_packet(work, referral)
    assert dict(got.needs) == {**shown.needs_stage(), "note": ""}
    assert got.identity == shown.identity_stage()


def test_a_need_without_a_packet_in_the_pack_tells_nothing(world: World) -> None:
    number = everything(world, "officer")
    with world.work("officer") as work:
        case = world.case(work, number)
        work.vault.grant(case.person_id, *Purpose)
        desk = work.session.scalars(select(Desk).limit(1)).one()
        made = packets.build(work, case, world.pack(), "no_such_need", desk)
        work.start_again()
    assert (made.fields, made.facts, made.profiles, made.holds) == ({}, {}, {}, ())
