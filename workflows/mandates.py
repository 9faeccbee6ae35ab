"""Which body may do what a case needs: no referral without a mandate, and no force closes a case alone."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, Hold
from models.network import Agency, Desk
from models.referrals import Referral
from models.vault.sealed import load_sealed
from models.vocabulary import Action, AgencyKind, HoldCause, HoldState, ReferralState
from workflows.packs import functions_of
from workflows.rules.askers import Asker, body
from workflows.rules.pack import Pack

#: The decision that ends a child's being without a guardian.
_GUARDIAN = "guardian_appointed"
#: Bodies that never close a case alone (INV-38).
FORCES = (AgencyKind.POLICE, AgencyKind.SECURITY)
_REPORTED = (ReferralState.OUTCOME_REPORTED, ReferralState.CLOSED)


def may_close_alone(session: Session, case: Case, agency_id: UUID) -> bool:
    """Whether this agency may close a case: any but a police or security body may.

    Such a body may once another one has reported what came of a referral of the case.
    """
    if session.get_one(Agency, agency_id).kind not in FORCES:
        return True
    reported = (
        select(Referral.id)
        .join(Desk, Referral.desk_id == Desk.id)
        .join(Agency, Desk.agency_id == Agency.id)
        .where(
            Referral.case_id == case.id,
            Referral.state.in_(_REPORTED),
            Agency.kind.not_in(FORCES),
        )
    )
    return session.scalar(reported.limit(1)) is not None


def own_functions(session: Session, pack: Pack, agency_id: UUID) -> frozenset[str]:
    """What an agency may decide or provide by this pack."""
    return functions_of(pack, session.get_one(Agency, agency_id).code)


def own_asker(session: Session, pack: Pack, agency_id: UUID) -> Asker:
    """What a desk of this agency may ask by this pack."""
    agency = session.get_one(Agency, agency_id)
    return body(pack, agency.kind, functions_of(pack, agency.code))


def guardian_awaited(session: Session, case: Case, pack: Pack) -> bool:
    """Whether evidence shows a child without parents for whom no guardian is appointed yet (INV-27).

    The caller has the purpose protection: it opens the codes of holds that shut CLOSE.
    """
    codes = {code for code, hold in pack.holds.items() if hold.lifted_by_decision == _GUARDIAN}
    rows = session.scalars(
        select(Hold)
        .where(Hold.case_id == case.id, Hold.action == Action.CLOSE, Hold.state == HoldState.ACTIVE)
        .options(*load_sealed(Hold.content))
    )
    return any(
        content["code"] in codes and content["cause"] == HoldCause.EVIDENCE.value
        for row in rows
        if (content := row.content or {})
    )
