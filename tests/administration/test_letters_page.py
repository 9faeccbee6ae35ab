"""Letters that another installation has not taken: an administrator sees them, and has one tried again."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from models.agency_keys import OutsideParcel, OutsideThread
from models.network import Agency
from models.vocabulary import LetterState, OutsideKind, OutsideSide, OutsideState
from tests.protection.offices import World


@pytest.fixture
def stuck(world: World) -> OutsideParcel:
    """A letter that no try has brought there."""
    with world.work() as work:
        peer = work.session.scalars(select(Agency.code).order_by(Agency.code).limit(1)).one()
        thread = OutsideThread(
            id=uuid4(), thread=uuid4().hex, side=OutsideSide.SENDER, state=OutsideState.SEALED,
            ours=peer, peer=peer, acts=[], opened_at=work.now, changed_at=work.now,
        )  # fmt: skip
        work.session.add(thread)
        work.session.flush()
        parcel = OutsideParcel(
            id=uuid4(), thread_id=thread.id, peer=peer, kind=OutsideKind.REFERRAL,
            number=uuid4().hex, raw=b"sealed", state=LetterState.STUCK, tries=24,
            answered="unconfirmed_sender", written_at=work.now, not_before=work.now,
        )  # fmt: skip
        work.session.add(parcel)
    return parcel


def test_a_stuck_letter_is_shown_with_what_to_do_and_tried_again(
    world: World, stuck: OutsideParcel
) -> None:
    page = world.get("admin", "/letters-outside").text
    assert "It has not compared our fingerprint. Telephone." in page
    assert "Stuck" in page
    answer = world.press("admin", f"/letters-outside/{stuck.id}", on="/letters-outside")
    assert answer.status_code == 303
    with world.work() as work:
        row = work.session.get_one(OutsideParcel, stuck.id)
        assert (row.state, row.tries) == (LetterState.WAITING, 0)
    assert "tried again" in world.get("admin", answer.headers["Location"]).text


def test_a_letter_that_is_not_there_is_not_tried(world: World) -> None:
    answer = world.press("admin", f"/letters-outside/{uuid4()}", on="/users/new")
    assert answer.status_code == 404


def test_health_says_how_many_are_stuck(world: World, stuck: OutsideParcel) -> None:
    assert stuck.state is LetterState.STUCK
    page = world.get("admin", "/health").text
    assert "Not arrived outside" in page
    assert "/letters-outside" in page
