"""What a list shows (SQL made of the rules) and what a page opens (the same rules in memory) is the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from models.cases import Case, Task
from models.network import Post
from models.referrals import Referral
from tests.policy import randomworlds
from tests.policy.randomworlds import ActorPlan, CasePlan, Places
from tests.world import World
from workflows import visibility
from workflows.casework import case_resource
from workflows.moving import resource_of as referral_resource
from workflows.policy import RULES, Act, Actor, Resource, allows, visible
from workflows.tasks import resource_of as task_resource
from workflows.work import Work

KINDS = ("case", "referral", "task", "post")
ACTS = {kind: {act for rule in RULES if rule.kind == kind for act in rule.acts} for kind in KINDS}


#: A task without which a case has nobody to look for a desk.
LOST = randomworlds.TaskPlan(
    randomworlds.TaskKind.CHOOSE_ANOTHER_DESK, randomworlds.TaskState.OPEN, 0, None
)


def post_resource(_work: Work, post: Post) -> Resource:
    return Resource(kind="post", post_id=post.id, agency_id=post.agency_id, country=post.country)


#: kind -> model, the list's clause, and what the policy is told of one thing.
SIDES: dict[str, tuple[Any, Callable[..., Any], Callable[..., Resource]]] = {
    "case": (Case, visibility.cases_for, case_resource),
    "referral": (Referral, visibility.referrals_for, referral_resource),
    "task": (Task, visibility.tasks_for, task_resource),
    "post": (Post, visibility.posts_for, post_resource),
}


def by_lists_and_by_pages(
    work: Work, actor: Actor, kind: str, act: Act
) -> tuple[set[UUID], set[UUID]]:
    """The ids that the list's clause finds, and those that the policy allows one by one."""
    model, clause, resource = SIDES[kind]
    work.actor = actor
    listed = set(work.session.scalars(select(model.id).where(clause(actor, act))))
    opened = {
        row.id
        for row in work.session.scalars(select(model))
        if allows(actor, act, resource(work, row)) is not None
    }
    return listed, opened


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plans=randomworlds.cases, who=randomworlds.actors)
def test_lists_and_pages_agree_on_random_worlds(
    lasting: World, kind: str, plans: list[CasePlan], who: ActorPlan
) -> None:
    with lasting.work() as work:
        places = Places(work)
        places.write(work, plans)
        actor = places.actor(who)
        for act in sorted(ACTS[kind]):
            listed, opened = by_lists_and_by_pages(work, actor, kind, act)
            assert listed == opened, act
        work.start_again()


def test_the_comparison_would_show_a_list_that_shows_too_much(
    lasting: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A property test must be able to fail: a clause that forgets one relation is found."""
    plans = [CasePlan(0, screened=False, referrals=[], tasks=[]), CasePlan(0, True, [], [])]
    who = ActorPlan(randomworlds.Role.BORDER_OFFICIAL, 0, 0, frozenset(), "KAZ")
    forgetful = {**visibility._CASE, "screened": lambda _term: Case.id.is_not(None)}
    monkeypatch.setattr(visibility, "_CASE", forgetful)
    with lasting.work() as work:
        places = Places(work)
        places.write(work, plans)
        listed, opened = by_lists_and_by_pages(work, places.actor(who), "case", Act.ANSWER)
        work.start_again()
    assert (len(listed), len(opened)) == (2, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_an_act_without_a_rule_shows_nothing(lasting: World, kind: str) -> None:
    _, clause, _ = SIDES[kind]
    model = SIDES[kind][0]
    with lasting.work() as work:
        places = Places(work)
        places.write(work, [CasePlan(0, screened=False, referrals=[], tasks=[])])
        for role in randomworlds.Role:
            actor = places.actor(ActorPlan(role, 0, 0, frozenset({0, 1}), "KAZ"))
            for act in set(Act) - ACTS[kind]:
                assert visible(actor, act, kind) == ()
                assert work.session.scalars(select(model.id).where(clause(actor, act))).all() == []
        work.start_again()


@pytest.mark.parametrize("kind", ["case", "task"])
@pytest.mark.parametrize("role", randomworlds.Role)
def test_a_clause_means_the_same_within_a_query_that_joins_what_it_asks_for(
    lasting: World, kind: str, role: randomworlds.Role
) -> None:
    """Else the outer rows would be taken for its own: an error, or a list that shows too much."""
    sent = randomworlds.ReferralPlan(0, randomworlds.ReferralState.ACCEPTED, 0)
    plans = [CasePlan(0, False, [sent, sent], [LOST]), CasePlan(1, False, [sent], [LOST])]
    model, clause, _ = SIDES[kind]
    with lasting.work() as work:
        places = Places(work)
        places.write(work, plans)
        actor = places.actor(ActorPlan(role, 0, 0, frozenset({0}), "KAZ"))
        for act in sorted(ACTS[kind]):
            plain = set(work.session.scalars(select(model.id).where(clause(actor, act))))
            joined = (
                select(model.id)
                .select_from(Case)
                .join(Post, Case.post_id == Post.id)
                .join(Referral, Referral.case_id == Case.id)
                .join(Task, Task.case_id == Case.id)
                .where(clause(actor, act))
            )
            assert set(work.session.scalars(joined)) == plain, act
        work.start_again()
