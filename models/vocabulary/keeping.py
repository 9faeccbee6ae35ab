"""What is kept and how it ends: versions of packs, requests of persons, erasure."""

from __future__ import annotations

from enum import StrEnum


class PackState(StrEnum):
    """The life of a stored version of a pack: one pack has at most one version in force."""

    DRAFT = "draft"
    TESTING = "testing"
    IN_FORCE = "in_force"
    RETIRED = "retired"


class RequestKind(StrEnum):
    """What a person may ask of those who keep their file (domain.md DP-11, DP-20)."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    OBJECTION = "objection"
    RESTRICTION = "restriction"
    COMPLAINT = "complaint"


class RequestState(StrEnum):
    """What has become of a person's request. `upheld`: done as asked; `refused`: with reasons, to them."""

    OPEN = "open"
    UPHELD = "upheld"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ErasureGround(StrEnum):
    """Why a file is erased."""

    RETENTION = "retention"
    REQUEST = "request"
    MISTAKE = "mistake"


class MergeState(StrEnum):
    """How it stands with two records that somebody holds to be of one person."""

    PROPOSED = "proposed"
    MERGED = "merged"
    REFUSED = "refused"
    LAPSED = "lapsed"
    UNDO_PROPOSED = "undo_proposed"
    UNDONE = "undone"


class ProposalState(StrEnum):
    """What has become of a proposal to erase a file."""

    OPEN = "open"
    REFUSED = "refused"
    ERASED = "erased"
