"""Whether a person has objected: while that is unanswered, or was upheld, nothing new leaves about them.

An objection takes back the consents that were given before it; one that is given afterwards counts.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import exists, select

from models.people import Consent
from models.referrals import Referral
from models.rights import PersonRequest
from models.vocabulary import LegalBasis, RequestKind, RequestState
from workflows import lineage
from workflows.errors import Restricted
from workflows.states import WhyNot
from workflows.work import Work

#: What a person asks when nothing more shall leave about them.
STOPS = (RequestKind.OBJECTION, RequestKind.RESTRICTION)
_STANDING = (RequestState.OPEN, RequestState.UPHELD)


def is_restricted(work: Work, person: UUID) -> bool:
    """Whether an objection or a restriction stands, on this record or another of the same person."""
    standing = exists().where(
        PersonRequest.person_id.in_(_records(work, person)),
        PersonRequest.kind.in_(STOPS),
        PersonRequest.state.in_(_STANDING),
    )
    with work.beyond():
        return bool(work.session.scalar(select(standing)))


def _records(work: Work, person: UUID) -> tuple[UUID, ...]:
    return (person, *lineage.persons(work, person))


def require_unrestricted(work: Work, person: UUID, basis: LegalBasis) -> None:
    """Raise `Restricted` unless nothing stands, the person agrees to this, or their life asks for it."""
    if basis in (LegalBasis.CONSENT, LegalBasis.VITAL_INTEREST):
        return
    if is_restricted(work, person):
        raise Restricted


def may_still_leave(work: Work, referral: Referral) -> bool:
    """Whether what was sent before may still be told further."""
    return stopped_by(work, referral) is None


def stopped_by(work: Work, referral: Referral) -> WhyNot | None:
    """Why what was sent before may not be told further now; None: it may.

    A consent counts up to its last day, and unless it was taken back since.
    """
    basis, consent = referral.legal_basis, None
    if basis is LegalBasis.CONSENT and referral.consent_id is not None:
        consent = work.session.get_one(Consent, referral.consent_id)
        if is_over(consent, work.now.date()):
            return WhyNot.CONSENT_OVER
    if basis is LegalBasis.VITAL_INTEREST or not is_restricted(work, referral.person_id):
        return None
    if consent is None or consent.withdrawn_on is not None:
        return WhyNot.OBJECTED
    return None


def is_over(consent: Consent, today: date) -> bool:
    """Whether the last day of a consent has passed."""
    return consent.expires_on is not None and consent.expires_on < today


def take_back(work: Work, person: UUID) -> None:
    """Note on each consent of a person, in all their records, that it was taken back today; one that is
    given later counts.
    """
    standing = select(Consent).where(
        Consent.person_id.in_(_records(work, person)), Consent.withdrawn_on.is_(None)
    )
    with work.beyond():
        for consent in work.session.scalars(standing):
            consent.withdrawn_on = work.now.date()
        work.session.flush()
