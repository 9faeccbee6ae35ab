"""Needs that are only offered: they stand in a reading, and become the case's when somebody takes one up.

So a case can be brought to the body that alone lifts a safeguard, without every case being sent there.
"""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select

from models.cases import Case, Need
from models.vault.sealed import load_sealed
from models.vocabulary import NeedState
from workflows import readings
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
    if need in _present(work, case):
        return
    if need not in _offered(work, case):
        raise NotAllowedNow
    row = Need(
        id=uuid4(),
        case_id=case.id,
        person_id=case.person_id,
        state=NeedState.OPEN,
        since=work.now,
    )
    work.session.add(row)
    row.content = {"code": need}
    case.changed_on = work.now.date()


def _offered(work: Work, case: Case) -> tuple[str, ...]:
    reading = readings.latest_reading(work, case)
    if reading is None:
        return ()
    present = _present(work, case)
    needs = readings.pack_of(work, case).needs.values()
    return tuple(
        need.id
        for need in needs
        if not need.automatic and need.id in reading.needs and need.id not in present
    )


def _present(work: Work, case: Case) -> set[str]:
    rows = work.session.scalars(
        select(Need).where(Need.case_id == case.id).options(*load_sealed(Need.content))
    )
    return {(row.content or {})["code"] for row in rows}
