"""The closed vocabularies of the product, without an ORM so that the pure rooms may use them.

One class per vocabulary. The database enforces the same words by CHECK constraints made from these
classes (`models.types.words`), so a word exists in exactly one place.
"""

from __future__ import annotations

from models.vocabulary.access import (
    PERSON_PURPOSES,
    AlertKind,
    ApprovalState,
    Factor,
    GlassReason,
    Purpose,
    Role,
)
from models.vocabulary.cases import (
    HOLDING,
    Action,
    AgeBand,
    Clock,
    DeadlineState,
    Grade,
    HoldCause,
    HoldState,
    LinkState,
    NeedState,
    Sex,
    TaskKind,
    TaskState,
    Urgency,
)
from models.vocabulary.casework import FlagKind, NoteAudience, Withheld
from models.vocabulary.keeping import (
    ErasureGround,
    PackState,
    ProposalState,
    RequestKind,
    RequestState,
)
from models.vocabulary.referrals import (
    ENFORCEMENT,
    AcknowledgedWithin,
    AgencyKeyState,
    AgencyKind,
    LegalBasis,
    LetterKind,
    LetterState,
    LetterSuite,
    OutcomeCode,
    OutsideKind,
    OutsideSide,
    OutsideState,
    ReferralState,
    RefusalReason,
)

__all__ = [
    "ENFORCEMENT",
    "HOLDING",
    "PERSON_PURPOSES",
    "AcknowledgedWithin",
    "Action",
    "AgeBand",
    "AgencyKeyState",
    "AgencyKind",
    "AlertKind",
    "ApprovalState",
    "Clock",
    "DeadlineState",
    "ErasureGround",
    "Factor",
    "FlagKind",
    "GlassReason",
    "Grade",
    "HoldCause",
    "HoldState",
    "LegalBasis",
    "LetterKind",
    "LetterState",
    "LetterSuite",
    "LinkState",
    "NeedState",
    "NoteAudience",
    "OutcomeCode",
    "OutsideKind",
    "OutsideSide",
    "OutsideState",
    "PackState",
    "ProposalState",
    "Purpose",
    "ReferralState",
    "RefusalReason",
    "RequestKind",
    "RequestState",
    "Role",
    "Sex",
    "TaskKind",
    "TaskState",
    "Urgency",
    "Withheld",
]
