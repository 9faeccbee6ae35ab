"""The policy's terms as SQL: what a list may show is decided by the same rules as what a page may show.

`policy.visible` gives alternatives of terms; each term compiles to one clause here. A field without a clause
is a KeyError in a test, never a silent "everything".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from models.approvals import Approval
from models.cases import Case, Task
from models.network import Post
from models.referrals import Referral
from models.vocabulary import ReferralState, TaskKind, TaskState
from workflows import states
from workflows.policy import Act, Actor, Term, visible

Clause = ColumnElement[bool]


def _no_keys() -> Clause:
    return Approval.act != Act.MANAGE_KEYS.value


def cases_for(actor: Actor, act: Act) -> Clause:
    """A WHERE clause on `Case`: those to which the actor may do `act`."""
    return _any_of(actor, act, "case", _CASE)


def referrals_for(actor: Actor, act: Act) -> Clause:
    """A WHERE clause on `Referral`."""
    return _any_of(actor, act, "referral", _REFERRAL)


def posts_for(actor: Actor, act: Act) -> Clause:
    """A WHERE clause on `Post`."""
    return _any_of(actor, act, "post", _POST)


def tasks_for(actor: Actor, act: Act) -> Clause:
    """A WHERE clause on `Task`."""
    return _any_of(actor, act, "task", _TASK)


def approvals_for(actor: Actor, act: Act) -> Clause:
    """A WHERE clause on `Approval`."""
    return _any_of(actor, act, "approval", _APPROVAL)


def _any_of(
    actor: Actor, act: Act, kind: str, columns: dict[str, Callable[[Term], Clause]]
) -> Clause:
    alternatives = visible(actor, act, kind)
    return or_(false(), *(and_(*(columns[t.field](t) for t in terms)) for terms in alternatives))


def _is(column: Any) -> Callable[[Term], Clause]:
    def clause(term: Term) -> Clause:
        if term.value is None:
            return false()
        if term.test == "in":
            values: Any = term.value
            return column.in_(list(values))  # type: ignore[no-any-return]  # a column's own operator
        return column == term.value  # type: ignore[no-any-return]  # likewise

    return clause


def _truth(condition: Callable[[], Clause]) -> Callable[[Term], Clause]:
    return lambda term: condition() if term.value else ~condition()


def _posts(clause: Clause) -> Any:
    """Ids of posts; a query of its own, also within one that joins posts."""
    return select(Post.id).where(clause).correlate(None)


def _live_at(taken_only: bool) -> Callable[[Term], Clause]:  # noqa: FBT001  # two clauses, one shape
    wanted = states.TAKEN if taken_only else frozenset(ReferralState) - states.ENDED

    def clause(term: Term) -> Clause:
        desks: Any = term.value
        # Its own rows of referrals, also within a query that joins them.
        return (
            exists()
            .where(
                Referral.case_id == Case.id,
                Referral.state.in_(list(wanted)),
                Referral.desk_id.in_(list(desks)),
            )
            .correlate(Case)
        )

    return clause


_CASE: dict[str, Callable[[Term], Clause]] = {
    "post_id": _is(Case.post_id),
    "agency_id": _is(Case.agency_id),
    "country": lambda t: Case.post_id.in_(_posts(Post.country == t.value)),
    "screened": _truth(lambda: Case.screened_on.is_not(None)),
    "needs_new_desk": _truth(
        lambda: (
            exists()
            .where(
                Task.case_id == Case.id,
                Task.kind == TaskKind.CHOOSE_ANOTHER_DESK,
                Task.state == TaskState.OPEN,
            )
            .correlate(Case)
        )
    ),
    "referred_desks": _live_at(taken_only=False),
    "accepted_desks": _live_at(taken_only=True),
    # Broken glass opens a page, never a list.
    "glass_of": lambda _: false(),
    # A receipt opens one page likewise.
    "visit_id": lambda _: false(),
    "screen_id": lambda _: false(),
}
_REFERRAL: dict[str, Callable[[Term], Clause]] = {
    "post_id": _is(Referral.post_id),
    "agency_id": lambda t: Referral.post_id.in_(_posts(Post.agency_id == t.value)),
    "desk_id": _is(Referral.desk_id),
    "taken": _truth(lambda: Referral.state.in_(list(states.TAKEN))),
}
_POST: dict[str, Callable[[Term], Clause]] = {
    "post_id": _is(Post.id),
    "agency_id": _is(Post.agency_id),
    "country": _is(Post.country),
}
_TASK: dict[str, Callable[[Term], Clause]] = {
    "post_id": _is(Task.post_id),
    "desk_id": _is(Task.desk_id),
    "agency_id": lambda t: Task.post_id.in_(_posts(Post.agency_id == t.value)),
}
_APPROVAL: dict[str, Callable[[Term], Clause]] = {
    "agency_id": lambda t: and_(_no_keys(), _is(Approval.agency_id)(t)),
    # One about a case stays within its agency.
    "country": lambda t: and_(_no_keys(), Approval.case_id.is_(None), Approval.country == t.value),
    "about_keys": lambda _: ~_no_keys(),
}
