"""Whether a person has objected: while that is unanswered, or was upheld, nothing new leaves about them.

An objection takes back the consents that were given before it; one that is given afterwards counts.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select

from models.people import Consent
from models.referrals import Referral
from models.rights import PersonRequest
from models.vocabulary import LegalBasis, RequestKind, RequestState
from workflows.errors import Restricted
from workflows.work import Work

#: What a person asks when nothing more shall leave about them.
STOPS = (RequestKind.OBJECTION, RequestKind.RESTRICTION)
_STANDING = (RequestState.OPEN, RequestState.UPHELD)


def is_restricted(work: Work, person: UUID) -> bool:
    """Whether an objection or a restriction stands."""
    standing = exists().where(
        PersonRequest.person_id == person,
        PersonRequest.kind.in_(STOPS),
        PersonRequest.state.in_(_STANDING),
    )
    return bool(work.session.scalar(select(standing)))


def require_unrestricted(work: Work, person: UUID, basis: LegalBasis) -> None:
    """Raise `Restricted` unless nothing stands, the person agrees to this, or their life asks for it."""
    if basis in (LegalBasis.CONSENT, LegalBasis.VITAL_INTEREST):
        return
    if is_restricted(work, person):
        raise Restricted


def may_still_leave(work: Work, referral: Referral) -> bool:
    """Whether what was sent before may still be told further: a consent counts unless taken back since."""
    basis = referral.legal_basis
    if basis is LegalBasis.VITAL_INTEREST or not is_restricted(work, referral.person_id):
        return True
    if basis is not LegalBasis.CONSENT or referral.consent_id is None:
        return False
    return work.session.get_one(Consent, referral.consent_id).withdrawn_on is None


def take_back(work: Work, person: UUID) -> None:
    """Note on each consent of a person that it was taken back today; one that is given later counts."""
    standing = select(Consent).where(Consent.person_id == person, Consent.withdrawn_on.is_(None))
    for consent in work.session.scalars(standing):
        consent.withdrawn_on = work.now.date()
