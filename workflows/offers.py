"""Needs that are only offered: they stand in a reading, and become the case's when somebody takes one up.

So a case can be brought to the body that alone lifts a safeguard, without every case being sent there.
"""

from __future__ import annotations

from models.cases import Case
from models.vocabulary import Purpose
from workflows import effects, figures, readings, sides
from workflows.casework import open_case
from workflows.errors import NotAllowedNow
from workflows.policy import Act
from workflows.work import Work


def offers(work: Work, case_number: str) -> tuple[str, ...]:
    """Ids of the needs that may be taken up now, in the pack's order.

    Raises:
        BadCaseNumber, NotFound, NotAllowed: as `casework.open_case`.
    """
    return _offered(work, open_case(work, case_number, Act.PROPOSE_REFERRAL))


def take_up(work: Work, case_number: str, need: str) -> None:
    """Make an offer a need of the case; a desk is then chosen as for any other. Twice is once.

    Raises:
        NotAllowedNow: nothing of this kind is offered on what is known now.
    """
    case = open_case(work, case_number, Act.SEND_REFERRAL)
    # Nothing is shown of it: who sends a case on unread may take an offer up too.
    with work.computing(case.person_id, Purpose.PROTECTION):
        if need in effects.present_needs(work, case):
            return
        if need not in _offered(work, case):
            raise NotAllowedNow
        effects.open_need(work, case, need)
        work.session.flush()
        figures.record_needs(work, case)
    case.changed_on = work.now.date()


def _offered(work: Work, case: Case) -> tuple[str, ...]:
    reading = sides.reading_for(work, case)
    if reading is None:
        return ()
    present = effects.present_needs(work, case)
    needs = readings.pack_of(work, case).needs.values()
    return tuple(
        need.id
        for need in needs
        if not need.automatic and need.id in reading.needs and need.id not in present
    )
