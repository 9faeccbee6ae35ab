"""From an interview to a closed case where evidence carries safeguards: each body does its own part."""

from __future__ import annotations

from typing import Any

import pytest

from models.cases import Case
from models.vocabulary import Action, HoldState, OutcomeCode
from tests.safeguards.safe import Safe
from tests.workflows.desk_talk import ask_everything, at_desk, begin, of_the_post
from tests.world import World
from workflows import casework, desks, holds
from workflows.errors import StillHeld


def lift_all(safe: Safe, who: Any, number: str, code: str) -> None:
    """Lift the rows of a hold, one for each action that it shuts."""
    with safe.world.work(who) as work:
        shown = [hold for hold in holds.holds_of(work, number) if hold.code == code]
    for hold in shown:
        assert hold.state is HoldState.LIFTABLE, code
        command = holds.LiftHold(
            case_number=number, hold_id=hold.id, reason="Taken over.", version=hold.version
        )
        with safe.world.work(who) as work:
            holds.lift(work, command)


@pytest.mark.safeguard("INV-38")
def test_somebody_who_asks_for_asylum_is_asked_taken_over_and_the_case_closed(world: World) -> None:
    safe = Safe(world)
    number = of_the_post(safe, fear_of_return="yes", asks_for_asylum="yes")
    asylum = at_desk(safe, number, "asylum_procedure")
    migration = at_desk(safe, number, "migration_stay")
    world.finish(number)
    begin(safe, asylum, number)

    last = ask_everything(safe, asylum, number)

    # Evidence shuts return, and still the rest of the complete screen is asked.
    assert (last.complete, last.whole) == (True, True)
    assert "H.unscreened" not in safe.holding(number)
    keeps = {one.code: one for one in last.keeps if Action.CLOSE in one.shuts}
    assert {code: (one.decision, one.bodies) for code, one in keeps.items()} == {
        "H.close_open": ("taken_over", ("migration",))
    }
    safe.decide(migration, number, "taken_over")
    lift_all(safe, migration, number, "H.close_open")
    assert Action.CLOSE not in safe.shut(number)
    # What protects from return is as it was.
    assert safe.holding(number)["H.refoulement"] == ("active", "evidence")
    with pytest.raises(StillHeld), world.work(migration) as work:
        casework.close_case(work, number)
    for who in (asylum, migration):
        referral = safe.referral_of(number, who)
        with world.work(who) as work:
            outcome = OutcomeCode.PROCEDURE_OPENED
            desks.report_outcome(work, desks.ReportOutcome(number=referral, outcome=outcome))
    with world.work(asylum) as work:
        casework.close_case(work, number)
    assert world.rows(Case, Case.number == number)[0].closed_on == world.now.date()
