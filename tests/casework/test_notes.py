"""Notes on a case: who reads them, how they are put right, what the person hears, what erasure takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.casework import CaseNote
from models.log import LogEntry
from models.vault.errors import Denied
from models.vocabulary import LegalBasis, NoteAudience, Withheld
from tests.protection.offices import World as Office
from tests.world import ASYLUM_DESK, World
from workflows import casenotes, desks, erasure, referrals, summaries
from workflows.casenotes import WriteNote
from workflows.errors import InvalidCommand, NotAllowed, NotFound


def two_desks(world: World) -> tuple[str, str, str]:
    """A child whose case two desks have in care: case, the guardians' referral, the asylum body's."""
    number, guardians = world.sent()
    world.accept(guardians)
    need = world.proposal(number, "asylum_procedure").need_id
    with world.work("officer") as work:
        command = referrals.SendReferral(
            case_number=number, need_id=need, desk=ASYLUM_DESK, legal_basis=LegalBasis.BEST_INTEREST
        )
        asylum = referrals.send(work, command).number
    world.deliver()
    with world.work("asylum") as work:
        desks.accept(work, desks.AcceptReferral(number=asylum))
    return number, guardians, asylum


def note(world: World, number: str, audience: NoteAudience, who: str = "guardian", **more):
    with world.work(who) as work:
        return casenotes.write(
            work, WriteNote(number=number, audience=audience, text=f"for {audience}", **more)
        )


def texts(world: World, number: str, who) -> set[str]:
    with world.work(who) as work:
        return {one.text for one in casenotes.of_case(work, number)}


def test_each_audience_reads_what_is_for_it(any_world: World) -> None:
    world = any_world
    _, guardians, asylum = two_desks(world)
    for audience in NoteAudience:
        note(world, guardians, audience)
    force = replace(world.actor("asylum"), force=True)

    assert texts(world, guardians, "guardian2") == {
        "for own_desk",
        "for holders",
        "for protection",
    }
    assert texts(world, asylum, "asylum") == {"for holders", "for protection"}
    assert texts(world, asylum, force) == {"for holders"}
    for stranger, refusal in (("supervisor", NotAllowed), ("officer", NotAllowed)):
        with pytest.raises(refusal), world.work(stranger) as work:
            casenotes.of_case(work, guardians)
    with pytest.raises(NotFound), world.work("asylum") as work:
        casenotes.of_case(work, guardians)


def test_a_force_has_no_key_to_what_was_written_for_protection(world: World) -> None:
    _, guardians, asylum = two_desks(world)
    note(world, guardians, NoteAudience.PROTECTION)
    force = replace(world.actor("asylum"), force=True)

    with world.work(force) as work:
        casenotes.of_case(work, asylum)
        row = work.session.query(CaseNote).one()
        with pytest.raises(Denied):
            assert row.protected
    with pytest.raises(InvalidCommand), world.work(force) as work:
        casenotes.write(
            work, WriteNote(number=asylum, audience=NoteAudience.PROTECTION, text="ours")
        )
    with world.work(force) as work:
        casenotes.write(work, WriteNote(number=asylum, audience=NoteAudience.OWN_DESK, text="own"))
    assert texts(world, asylum, force) == {"own"}


def test_a_correction_stands_beside_the_note_and_goes_to_its_readers(world: World) -> None:
    _, guardians, asylum = two_desks(world)
    first = note(world, guardians, NoteAudience.HOLDERS)
    world.clock.forward(minutes=5)
    with world.work("guardian2") as work:
        command = WriteNote(
            number=guardians, audience=NoteAudience.OWN_DESK, text="It was Monday", corrects=first
        )
        casenotes.write(work, command)

    with world.work("asylum") as work:
        later, earlier = casenotes.of_case(work, asylum)
    assert (earlier.text, earlier.corrected, earlier.may_correct) == ("for holders", True, False)
    assert (later.text, later.corrects, later.audience) == ("It was Monday", first, "holders")
    # Another desk, and another case, cannot put it right.
    with pytest.raises(InvalidCommand), world.work("asylum") as work:
        casenotes.write(work, replace(command, number=asylum))
    other = world.sent(name="Latifa")[1]
    world.accept(other)
    with pytest.raises(InvalidCommand), world.work("guardian") as work:
        casenotes.write(work, replace(command, number=other))


def test_the_person_hears_what_is_not_withheld_and_how_much_is(world: World) -> None:
    number, guardians, asylum = two_desks(world)
    note(world, guardians, NoteAudience.OWN_DESK)
    note(world, guardians, NoteAudience.HOLDERS, withheld=Withheld.OTHERS_RIGHTS)
    note(world, asylum, NoteAudience.PROTECTION, "asylum")
    note(world, asylum, NoteAudience.OWN_DESK, "asylum")

    with world.work("guardian") as work:
        heard = summaries.summary(work, number).notes
    assert {one.text for one in heard.notes} == {"for own_desk", "for protection"}
    assert (heard.withheld, heard.elsewhere) == (1, 1)
    with world.work("officer") as work:
        at_the_post = summaries.summary(work, number).notes
    assert (at_the_post.notes, at_the_post.elsewhere) == ((), 4)


def test_reading_is_logged_and_erasure_takes_them(world: World) -> None:
    number, guardians, _ = two_desks(world)
    note(world, guardians, NoteAudience.PROTECTION)
    texts(world, guardians, "guardian")
    read = [e for e in world.rows(LogEntry) if "case_note.protected" in e.detail.get("fields", ())]
    assert len(read) == 1

    person = world.of(CaseNote, number)[0].person_id
    with world.work() as work:
        assert erasure.remove(work, person)["case_note"] == 1
    assert world.rows(CaseNote) == []


def test_the_page_keeps_what_was_typed_and_shows_both_notes(office: Office) -> None:
    number, _ = office.in_care()
    on = f"/care/{number}/notes"

    refused = office.press("desk.one", on, on=on, text="She came with her aunt", audience="")
    assert refused.status_code == 422
    assert "She came with her aunt" in refused.text
    assert "Choose who may read it" in refused.text
    kept = office.press("desk.one", on, on=on, text="She came with her aunt", audience="holders")
    assert kept.status_code == 303
    with office.work("desk.one") as work:
        first = casenotes.of_case(work, number)[0].id
    correct = f"{on}/{first}/correct"
    assert "She came with her aunt" in office.get("desk.one", correct).text
    put_right = office.press("desk.one", correct, on=correct, text="It was her sister")
    assert put_right.status_code == 303

    page = office.get("desk.two", on).text
    assert "She came with her aunt" in page
    assert "It was her sister" in page
    assert "Put right by a later note" in page
    assert office.get("desk.other", on).status_code == 404
    read_out = office.get("desk.one", f"/care/{number}/file").text
    assert "It was her sister" in read_out
