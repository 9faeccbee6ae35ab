"""Whether a person has objected: while that is unanswered, or was upheld, nothing new leaves about them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select

from models.rights import PersonRequest
from models.vocabulary import LegalBasis, RequestKind, RequestState
from workflows.errors import Restricted
from workflows.work import Work

_KINDS = (RequestKind.OBJECTION, RequestKind.RESTRICTION)
_STANDING = (RequestState.OPEN, RequestState.UPHELD)


def is_restricted(work: Work, person: UUID) -> bool:
    """Whether an objection or a restriction stands."""
    standing = exists().where(
        PersonRequest.person_id == person,
        PersonRequest.kind.in_(_KINDS),
        PersonRequest.state.in_(_STANDING),
    )
    return bool(work.session.scalar(select(standing)))


def require_unrestricted(work: Work, person: UUID, basis: LegalBasis) -> None:
    """Raise `Restricted` unless nothing stands, the person agrees to this, or their life asks for it."""
    if basis in (LegalBasis.CONSENT, LegalBasis.VITAL_INTEREST):
        return
    if is_restricted(work, person):
        raise Restricted
