"""The words of looking for family."""

from __future__ import annotations

from flask_babel import lazy_gettext

from models.vocabulary import CandidateState, SoughtRelation, TracingState

RELATIONS = {
    SoughtRelation.MOTHER: lazy_gettext("Mother"),
    SoughtRelation.FATHER: lazy_gettext("Father"),
    SoughtRelation.CHILD: lazy_gettext("Child"),
    SoughtRelation.SIBLING: lazy_gettext("Brother or sister"),
    SoughtRelation.GRANDPARENT: lazy_gettext("Grandparent"),
    SoughtRelation.SPOUSE: lazy_gettext("Husband or wife"),
    SoughtRelation.OTHER_RELATIVE: lazy_gettext("Other relative"),
    SoughtRelation.CARER: lazy_gettext("Somebody who cared for them"),
}
TRACING_STATES = {
    TracingState.OPEN: lazy_gettext("Looking"),
    TracingState.FOUND: lazy_gettext("Found"),
    TracingState.CLOSED: lazy_gettext("Ended without finding"),
}
CANDIDATE_STATES = {
    CandidateState.NEW: lazy_gettext("To decide"),
    CandidateState.ASKED: lazy_gettext("Their desk was asked"),
    CandidateState.YES: lazy_gettext("It is they"),
    CandidateState.NO: lazy_gettext("Somebody else"),
    CandidateState.UNSURE: lazy_gettext("Not sure"),
}
