"""PURE. The one table that says who may do what to what: act x role x relation.

Default deny: an act without a rule is refused. A rule's conditions come from a closed list; each becomes
a `Term` for the actor at hand. `allows` evaluates the terms on one thing in memory, `workflows.queries`
compiles the same terms to SQL, so that a list and a page cannot disagree (tested on random worlds).
Purposes are keys in the vault besides: what no rule grants cannot be opened at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID

from models.vocabulary import Purpose, Role
from workflows.acts import Act
from workflows.errors import NotAllowed, NotFound

__all__ = ["RULES", "SYSTEM", "Act", "Actor", "Condition", "Resource", "Rule", "Term"]
__all__ += ["allows", "require", "role_may", "term_holds", "terms", "visible"]


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


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What the policy must know of a thing. A relation that is not filled in never holds."""

    kind: Literal["post", "case", "referral", "task", "approval", "system"]
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


#: The thing that acts without an object are done to.
SYSTEM = Resource(kind="system")


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


_TERMS: dict[Condition, Callable[[Actor], Term]] = {
    Condition.SAME_POST: lambda a: Term("post_id", "is", a.post_id),
    Condition.SAME_AGENCY: lambda a: Term("agency_id", "is", a.agency_id),
    Condition.SAME_COUNTRY: lambda a: Term("country", "is", a.country),
    Condition.SCREENING_OPEN: lambda _: Term("screened", "is", False),
    Condition.NEEDS_NEW_DESK: lambda _: Term("needs_new_desk", "is", True),
    Condition.REFERRED_TO_MY_DESK: lambda a: Term("referred_desks", "overlaps", a.desk_ids),
    Condition.ACCEPTED_BY_MY_DESK: lambda a: Term("accepted_desks", "overlaps", a.desk_ids),
    Condition.MY_DESK: lambda a: Term("desk_id", "in", a.desk_ids),
    Condition.TAKEN: lambda _: Term("taken", "is", True),
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


def _rule(
    rule_id: str,
    roles: str,
    kind: str,
    acts: tuple[Act, ...],
    conditions: tuple[Condition, ...] = (),
    purposes: tuple[Purpose, ...] = (),
) -> Rule:
    return Rule(
        rule_id,
        frozenset(Role(role) for role in roles.split()),
        frozenset(acts),
        kind,
        conditions,
        frozenset(purposes),
    )


_C = Condition
_P = Purpose
_EVERYBODY = "border_official protection_officer supervisor administrator monitor"
_SCREENING = (
    Act.RECORD_URGENT_NEEDS,
    Act.INFORM,
    Act.ANSWER,
    Act.VIEW_ASSESSMENT,
    Act.RECORD_CONSENT,
    Act.PROPOSE_REFERRAL,
    Act.SEND_REFERRAL,
    Act.PRINT_RECEIPT,
    Act.FINISH_SCREENING,
    Act.VIEW_HOLDS,
)
_SCREENING_PURPOSES = (_P.IDENTITY, _P.CONTACT, _P.PROTECTION, _P.MEDICAL, _P.LEGAL)
_READING_RULES = (Act.VIEW_PACKS, Act.TRY_RULES)
_PUBLISHING = (Act.PROPOSE_PACK, Act.PUBLISH_PACK)
_DOCUMENTS = (Act.ATTACH_DOCUMENT, Act.VIEW_DOCUMENTS, Act.READ_DOCUMENT)
#: What a person may ask for, at whatever table they sit.
_RIGHTS = (Act.RECORD_REQUEST, Act.ANSWER_REQUEST)
_WHOLE_FILE = (Act.MAKE_SUMMARY, Act.RECORD_CORRECTION)
_NEW_DESK = (Act.PROPOSE_REFERRAL, Act.SEND_REFERRAL, Act.RECORD_CONSENT)

RULES: tuple[Rule, ...] = (
    _rule(
        "own.session",
        _EVERYBODY,
        "system",
        (Act.USE_OWN_SESSION, Act.CHANGE_OWN_ACCOUNT, Act.SIGN_IN),
    ),
    # A border official works at one post, and sees inside a case only until it is screened: afterwards
    # number and state (interface.md 3, protection firewall).
    _rule(
        "border.register",
        "border_official",
        "post",
        (Act.REGISTER, Act.VIEW_TODAY),
        (_C.SAME_POST,),
    ),
    _rule(
        "border.search",
        "border_official",
        "post",
        (Act.SEARCH, Act.CHECK_REGISTERED),
        (_C.SAME_POST,),
        (_P.IDENTITY,),
    ),
    _rule("border.see", "border_official", "case", (Act.VIEW_CASE,), (_C.SAME_POST,)),
    _rule(
        "border.screen",
        "border_official",
        "case",
        _SCREENING + _DOCUMENTS + _WHOLE_FILE,
        (_C.SAME_POST, _C.SCREENING_OPEN),
        _SCREENING_PURPOSES,
    ),
    # A request is taken at any time; sealed for whoever answers it; nothing opens.
    _rule("border.request", "border_official", "case", (Act.RECORD_REQUEST,), (_C.SAME_POST,)),
    _rule(
        "border.new_desk",
        "border_official",
        "case",
        _NEW_DESK,
        (_C.SAME_POST, _C.NEEDS_NEW_DESK),
        _SCREENING_PURPOSES,
    ),
    _rule(
        "border.withdraw",
        "border_official",
        "referral",
        (Act.WITHDRAW_REFERRAL, Act.CLOSE_REFERRAL),
        (_C.SAME_POST,),
        (_P.PROTECTION,),
    ),
    _rule("border.tasks", "border_official", "post", (Act.VIEW_TASKS,), (_C.SAME_POST,)),
    _rule(
        "border.task", "border_official", "task", (Act.DO_TASK,), (_C.SAME_POST,), (_P.PROTECTION,)
    ),
    # A protection officer works for desks: reads what was sent to them, and identity once they took it.
    _rule("desk.queue", "protection_officer", "system", (Act.VIEW_QUEUE, Act.VIEW_TASKS)),
    _rule(
        "desk.packet",
        "protection_officer",
        "referral",
        (Act.READ_PACKET,),
        (_C.MY_DESK,),
        (_P.PROTECTION,),
    ),
    _rule(
        "desk.answer",
        "protection_officer",
        "referral",
        (Act.ACCEPT_REFERRAL, Act.REFUSE_REFERRAL, Act.REDIRECT_REFERRAL),
        (_C.MY_DESK,),
        (_P.PROTECTION,),
    ),
    _rule(
        "desk.identity",
        "protection_officer",
        "referral",
        (Act.READ_PACKET_IDENTITY, Act.REPORT_OUTCOME, Act.CLOSE_REFERRAL),
        (_C.MY_DESK, _C.TAKEN),
        (_P.PROTECTION, _P.IDENTITY),
    ),
    _rule("desk.see", "protection_officer", "case", (Act.VIEW_CASE,), (_C.REFERRED_TO_MY_DESK,)),
    _rule(
        "desk.case",
        "protection_officer",
        "case",
        (Act.VIEW_HOLDS, Act.LIFT_HOLD, Act.VIEW_ACCESSES, Act.CLOSE_CASE),
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.PROTECTION, _P.LEGAL),
    ),
    # What a document is for decides who reads it: a purpose that is not here does not open.
    _rule(
        "desk.documents",
        "protection_officer",
        "case",
        _DOCUMENTS,
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.IDENTITY, _P.PROTECTION, _P.MEDICAL, _P.LEGAL),
    ),
    _rule(
        "desk.rights",
        "protection_officer",
        "case",
        _RIGHTS,
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.LEGAL,),
    ),
    # The person's own file, for the person: whoever has them in care reads it out to them.
    _rule(
        "desk.whole_file",
        "protection_officer",
        "case",
        _WHOLE_FILE,
        (_C.ACCEPTED_BY_MY_DESK,),
        _SCREENING_PURPOSES,
    ),
    # Which body may decide what is the pack's to say (`workflows.decisions`).
    _rule(
        "desk.decide",
        "protection_officer",
        "case",
        (Act.RECORD_DECISION,),
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.PROTECTION, _P.LEGAL),
    ),
    # Which questions are this body's to ask is said by its role and functions (`workflows.interviews`).
    _rule(
        "desk.interview",
        "protection_officer",
        "case",
        (Act.INTERVIEW,),
        (_C.ACCEPTED_BY_MY_DESK,),
        (_P.PROTECTION, _P.IDENTITY),
    ),
    _rule(
        "desk.task", "protection_officer", "task", (Act.DO_TASK,), (_C.MY_DESK,), (_P.PROTECTION,)
    ),
    # A supervisor keeps the clocks of an agency, and finds a desk where one was lost.
    _rule(
        "supervisor.see",
        "supervisor",
        "case",
        (Act.VIEW_CASE, Act.VIEW_ACCESSES),
        (_C.SAME_AGENCY,),
    ),
    # Requests, kept-back files and erasure: the agency answers for them and reads nobody.
    _rule(
        "supervisor.rights",
        "supervisor",
        "case",
        (*_RIGHTS, Act.KEEP_BACK, Act.PROPOSE_ERASURE, Act.APPROVE_ERASURE),
        (_C.SAME_AGENCY,),
    ),
    _rule("supervisor.today", "supervisor", "post", (Act.VIEW_TODAY,), (_C.SAME_AGENCY,)),
    _rule(
        "supervisor.new_desk",
        "supervisor",
        "case",
        _NEW_DESK,
        (_C.SAME_AGENCY, _C.NEEDS_NEW_DESK),
        _SCREENING_PURPOSES,
    ),
    _rule(
        "supervisor.task", "supervisor", "task", (Act.DO_TASK,), (_C.SAME_AGENCY,), (_P.PROTECTION,)
    ),
    _rule(
        "supervisor.board",
        "supervisor",
        "system",
        (
            Act.VIEW_BOARD,
            Act.EXPORT_FIGURES,
            Act.VERIFY_LOG,
            Act.VIEW_TASKS,
            Act.VIEW_RETENTION,
            Act.VIEW_APPROVALS,
            *_READING_RULES,
        ),
    ),
    # Four eyes: another account than the one that asks; about a case, of the agency that holds it.
    _rule("supervisor.approve", "supervisor", "approval", (Act.APPROVE,), (_C.SAME_AGENCY,)),
    _rule(
        "supervisor.approve_figures", "supervisor", "approval", (Act.APPROVE,), (_C.SAME_COUNTRY,)
    ),
    # The rules of the own country; the second signature is another account's (`workflows.publishing`).
    _rule("supervisor.packs", "supervisor", "system", _PUBLISHING, (_C.SAME_COUNTRY,)),
    # An administrator has no purpose: sees no person.
    _rule(
        "administrator.system",
        "administrator",
        "system",
        (
            *(Act.MANAGE_USERS, Act.MANAGE_NETWORK, Act.VIEW_HEALTH, Act.VERIFY_LOG),
            *(_READING_RULES + _PUBLISHING),
        ),
    ),
    # The independent monitor reads figures, rules, the log's soundness and the state of cases.
    _rule(
        "monitor.system",
        "monitor",
        "system",
        (Act.VIEW_BOARD, Act.VERIFY_LOG, Act.VIEW_PACKS, Act.VIEW_RETENTION),
    ),
    _rule("monitor.see", "monitor", "case", (Act.VIEW_CASE,), (_C.SAME_COUNTRY,)),
    # The clock and the worker act for nobody; they read no identity. Erasure is an operator's command.
    _rule(
        "system.clock",
        "system",
        "system",
        (Act.TICK, Act.DELIVER, Act.ERASE, Act.RETAIN, Act.SEAL_LOG, Act.MANAGE_KEYS),
    ),
    # The worker checks versions, computes assessments again, and gives what a new version gives.
    _rule("system.rules", "system", "system", (Act.CHECK_PACKS, Act.RECHECK, Act.REASSESS)),
)

_BY_ACT: dict[tuple[Act, Role, str], tuple[Rule, ...]] = {}
for _r in RULES:
    for _a in _r.acts:
        for _role in _r.roles:
            _key = (_a, _role, _r.kind)
            _BY_ACT[_key] = (*_BY_ACT.get(_key, ()), _r)


def terms(rule: Rule, actor: Actor) -> tuple[Term, ...]:
    """The rule's conditions as comparisons with this actor's own values."""
    return tuple(_TERMS[condition](actor) for condition in rule.conditions)


def term_holds(term: Term, resource: Resource) -> bool:
    """Whether one comparison holds for one thing. A missing value on either side never holds."""
    value = getattr(resource, term.field)
    if term.test == "overlaps":
        return bool(value & term.value)
    if value is None or term.value is None:
        return False
    if term.test == "in":
        return value in term.value  # type: ignore[operator]  # a frozenset by construction of _TERMS
    return bool(value == term.value)


def allows(actor: Actor, act: Act, resource: Resource) -> Rule | None:
    """The first rule that allows the act, or None. Default deny."""
    for rule in _BY_ACT.get((act, actor.role, resource.kind), ()):
        if all(term_holds(term, resource) for term in terms(rule, actor)):
            return rule
    return None


def require(actor: Actor, act: Act, resource: Resource) -> Rule:
    """The rule that allows the act.

    Raises:
        NotAllowed: where the role has no rule for the act at all.
        NotFound: where it has, but not for this thing: the same answer as for a thing that is not there,
            so that asking never tells whether somebody exists.
    """
    rule = allows(actor, act, resource)
    if rule is not None:
        return rule
    raise NotFound if role_may(actor.role, act) else NotAllowed


def role_may(role: Role, act: Act) -> bool:
    """Whether any rule could allow this act to this role; the doors ask this before a view runs."""
    return any(act in rule.acts and role in rule.roles for rule in RULES)


def visible(actor: Actor, act: Act, kind: str) -> tuple[tuple[Term, ...], ...]:
    """What the actor may do `act` to, as alternatives of terms that must all hold. Empty: nothing."""
    return tuple(terms(rule, actor) for rule in _BY_ACT.get((act, actor.role, kind), ()))
