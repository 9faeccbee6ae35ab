"""The protection firewall over random worlds: after the screening nothing opens again to the post's side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from models.cases import Case, Task
from models.referrals import Question, Referral
from models.vault.errors import Denied
from models.vault.sealed import load_sealed
from models.vocabulary import Purpose, QuestionReason, Role
from tests.policy import randomworlds
from tests.policy.randomworlds import ActorPlan, CasePlan, Places
from tests.policy.test_policy_table import KINDS, thing
from tests.policy.test_policy_table import actor as somebody
from tests.world import World
from workflows import questions
from workflows.casework import case_resource
from workflows.moving import resource_of as referral_resource
from workflows.policy import Act, Actor, Resource, allows
from workflows.questions import AskSender
from workflows.tasks import resource_of as task_resource
from workflows.work import Work

SHUT = {Purpose.PROTECTION, Purpose.MEDICAL, Purpose.LEGAL}
#: An hour with a reason, told to everybody (test_break_glass); and the reviewer reads the reason given.
BY_GLASS = {Act.READ_GLASS, Act.REVIEW_GLASS}
ASKED, FIRST = "Is she alone now?", "Has she a telephone?"


def things(work: Work, case: Case) -> Iterator[Resource]:
    """All that hangs on a case."""
    yield case_resource(work, case)
    for referral in work.session.scalars(select(Referral).where(Referral.case_id == case.id)):
        yield referral_resource(work, referral)
    for task in work.session.scalars(select(Task).where(Task.case_id == case.id)):
        yield task_resource(work, task)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plans=randomworlds.cases, who=randomworlds.actors)
def test_no_act_on_a_screened_case_opens_protection_to_its_post_or_its_agency(
    lasting: World, plans: list[CasePlan], who: ActorPlan
) -> None:
    with lasting.work() as work:
        places = Places(work)
        made = places.write(work, plans)
        for role in (Role.BORDER_OFFICIAL, Role.SUPERVISOR):
            work.actor = actor = replace(places.actor(who), role=role)
            for case in work.session.scalars(select(Case).where(Case.id.in_(made))):
                if case.screened_on is not None:
                    assert opened(work, actor, case) == set()
        work.session.rollback()


def opened(work: Work, actor: Actor, case: Case) -> set[tuple[str, Act]]:
    """The acts, by rule, that would open what is shut."""
    return {
        (rule.id, act)
        for thing_ in things(work, case)
        for act in set(Act) - BY_GLASS
        if (rule := allows(actor, act, thing_)) is not None and rule.purposes & SHUT
    }


def test_with_every_relation_only_the_open_screening_opens_it() -> None:
    """No relation at all, beyond those that the worlds drew, opens it to the two roles."""
    for role in (Role.BORDER_OFFICIAL, Role.SUPERVISOR):
        actor = somebody(role)
        for kind in KINDS:
            for act in set(Act) - BY_GLASS:
                rule = allows(actor, act, thing(kind, screened=True))
                assert rule is None or not rule.purposes & SHUT, (role, act)


def ask(world: World, number: str, text: str) -> None:
    with world.work("guardian") as work:
        questions.ask(work, AskSender(number=number, reason=QuestionReason.NEED_UNCLEAR, text=text))


@pytest.mark.parametrize("who", ["officer", "supervisor"])
def test_a_question_opens_itself_and_nothing_else_of_the_case(world: World, who: str) -> None:
    case, number = world.sent()
    ask(world, number, FIRST)
    with world.work("officer") as work:
        questions.answer(work, questions.AnswerQuestion(number=number, text="Yes."))
    world.finish(case)
    ask(world, number, ASKED)
    person = world.referral(number).person_id
    with world.work(who) as work:
        shown = questions.to_answer(work, case)
        assert (shown.question.asks, shown.question.answer) == (ASKED, None)
        assert not any(work.vault.is_granted(person, purpose) for purpose in Purpose)
        opened_rows = {(read.table, read.row) for read in work.vault.reads}
        rows = work.session.scalars(
            select(Question).order_by(Question.asked_at).options(*load_sealed(Question.asks))
        ).all()
        assert opened_rows == {("referral_question", rows[-1].id)}
        for shut in (
            lambda: rows[0].asks,
            lambda: work.session.get_one(Referral, rows[0].referral_id).content,
        ):
            with pytest.raises(Denied):
                shut()
    with world.work(who) as work:
        questions.answer(work, questions.AnswerQuestion(number=number, text="She is."))
        assert work.vault.reads == []
