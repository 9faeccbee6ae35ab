"""PURE. What the policy speaks of: who acts, what a thing is, the closed list of conditions, a rule.

The rules themselves are `workflows.policy_table`; how they are asked, `workflows.policy`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from models.vocabulary import Purpose, Role
from workflows.acts import Act


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts, and from where. Made by the door from the session or the token."""

    user_id: UUID
    role: Role
    agency_id: UUID
    country: str
    post_id: UUID | None = None
    desk_ids: frozenset[UUID] = frozenset()
    session_id: UUID | None = None
    language: str = "en"
    #: Whether the body is police, border guard or security: rules that are `civil` do not hold for it.
    force: bool = False


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What the policy must know of a thing. A relation that is not filled in never holds."""

    kind: Literal["post", "case", "referral", "task", "approval", "desk", "system"]
    post_id: UUID | None = None
    agency_id: UUID | None = None
    country: str | None = None
    registered_by: UUID | None = None
    screened: bool = True
    #: Whether a refusal, a silence or a withdrawal left a need without a desk.
    needs_new_desk: bool = False
    #: The desks with a live referral of this case; those that have taken one.
    referred_desks: frozenset[UUID] = frozenset()
    accepted_desks: frozenset[UUID] = frozenset()
    #: Of a referral or task: its desk; and whether the desk has taken it.
    desk_id: UUID | None = None
    taken: bool = False
    #: Of a case: who has broken its glass within the hour.
    glass_of: frozenset[UUID] = frozenset()
    #: Of a case: the visit that the code of its receipt opened.
    visit_id: UUID | None = None
    #: Of a request for approval: whether it is about the installation's keys.
    about_keys: bool = False
    #: Of a case: the screen that was turned to the person.
    screen_id: UUID | None = None


@dataclass(frozen=True)
class Term:
    """One comparison of a relation with a value of the actor's. `overlaps`: the sets share a member."""

    field: str
    test: Literal["is", "in", "overlaps"]
    value: object


class Condition(StrEnum):
    """The closed list of relations a rule may ask for."""

    SAME_POST = "same_post"
    SAME_AGENCY = "same_agency"
    SAME_COUNTRY = "same_country"
    SCREENING_OPEN = "screening_open"
    NEEDS_NEW_DESK = "needs_new_desk"
    REFERRED_TO_MY_DESK = "referred_to_my_desk"
    ACCEPTED_BY_MY_DESK = "accepted_by_my_desk"
    MY_DESK = "my_desk"
    TAKEN = "taken"
    GLASS = "glass"
    OWN_RECEIPT = "own_receipt"
    ABOUT_KEYS = "about_keys"
    OWN_SCREEN = "own_screen"


TERMS: dict[Condition, Callable[[Actor], Term]] = {
    Condition.SAME_POST: lambda a: Term("post_id", "is", a.post_id),
    Condition.SAME_AGENCY: lambda a: Term("agency_id", "is", a.agency_id),
    Condition.SAME_COUNTRY: lambda a: Term("country", "is", a.country),
    Condition.SCREENING_OPEN: lambda _: Term("screened", "is", False),
    Condition.NEEDS_NEW_DESK: lambda _: Term("needs_new_desk", "is", True),
    Condition.REFERRED_TO_MY_DESK: lambda a: Term("referred_desks", "overlaps", a.desk_ids),
    Condition.ACCEPTED_BY_MY_DESK: lambda a: Term("accepted_desks", "overlaps", a.desk_ids),
    Condition.MY_DESK: lambda a: Term("desk_id", "in", a.desk_ids),
    Condition.TAKEN: lambda _: Term("taken", "is", True),
    Condition.GLASS: lambda a: Term("glass_of", "overlaps", frozenset({a.user_id})),
    Condition.OWN_RECEIPT: lambda a: Term("visit_id", "is", a.session_id),
    Condition.ABOUT_KEYS: lambda _: Term("about_keys", "is", True),
    Condition.OWN_SCREEN: lambda a: Term("screen_id", "is", a.session_id),
}


@dataclass(frozen=True)
class Rule:
    """One row: these roles may do these acts to such a thing, and may then open these purposes."""

    id: str
    roles: frozenset[Role]
    acts: frozenset[Act]
    kind: str
    conditions: tuple[Condition, ...] = ()
    purposes: frozenset[Purpose] = frozenset()
    #: Whether police, border and security bodies are left out (the protection firewall).
    civil: bool = False


def rule(
    rule_id: str,
    roles: str,
    kind: str,
    acts: tuple[Act, ...],
    conditions: tuple[Condition, ...] = (),
    purposes: tuple[Purpose, ...] = (),
    *,
    civil: bool = False,
) -> Rule:
    """A row of the table; `roles` with spaces between."""
    return Rule(
        rule_id,
        frozenset(Role(role) for role in roles.split()),
        frozenset(acts),
        kind,
        conditions,
        frozenset(purposes),
        civil,
    )
