"""Random posts, cases, referrals, tasks and actors, written into a world and rolled back again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from uuid import UUID, uuid4

from hypothesis import strategies as st
from sqlalchemy import select

from models.accounts import User
from models.cases import Case, Need, Task
from models.network import Agency, Desk, Post
from models.people import Arrival, Person
from models.referrals import Referral
from models.vocabulary import (
    LegalBasis,
    ReferralState,
    RefusalReason,
    Role,
    TaskKind,
    TaskState,
    Urgency,
)
from workflows.policy import Actor
from workflows.work import Work

PLACES = 4


@dataclass(frozen=True)
class ReferralPlan:
    desk: int
    state: ReferralState
    #: A redirected packet may come from another post than the case's.
    post: int


@dataclass(frozen=True)
class TaskPlan:
    kind: TaskKind
    state: TaskState
    post: int | None
    desk: int | None


@dataclass(frozen=True)
class CasePlan:
    post: int
    screened: bool
    referrals: list[ReferralPlan]
    tasks: list[TaskPlan]


@dataclass(frozen=True)
class ActorPlan:
    role: Role
    post: int | None
    agency: int
    desks: frozenset[int]
    country: str


_place = st.integers(0, PLACES - 1)
_maybe = st.none() | _place
_referrals = st.builds(ReferralPlan, desk=_place, state=st.sampled_from(ReferralState), post=_place)
#: The kind that the policy asks for comes up often enough to matter.
_kinds = st.sampled_from([TaskKind.CHOOSE_ANOTHER_DESK, TaskKind.CHOOSE_ANOTHER_DESK, *TaskKind])
_tasks = st.builds(
    TaskPlan, kind=_kinds, state=st.sampled_from(TaskState), post=_maybe, desk=_maybe
)
cases = st.lists(
    st.builds(
        CasePlan,
        post=_place,
        screened=st.booleans(),
        referrals=st.lists(_referrals, max_size=3),
        tasks=st.lists(_tasks, max_size=3),
    ),
    min_size=1,
    max_size=4,
)
actors = st.builds(
    ActorPlan,
    role=st.sampled_from(Role),
    post=_maybe,
    agency=_place,
    desks=st.frozensets(_place, max_size=3),
    country=st.sampled_from(["KAZ", "TJK", "UZB"]),
)


class Places:
    """Four posts of three agencies in two countries, and four desks of two agencies."""

    def __init__(self, work: Work) -> None:
        session = work.session
        rows = {post.code: post for post in session.scalars(select(Post))}
        names = ("korday", "zhibek_zholy", "almaty_city", "panji_poyon")
        self.posts = [rows[name] for name in names]
        self.desks = list(session.scalars(select(Desk).order_by(Desk.code).limit(PLACES)))
        # Of one country's posts one belongs to another agency.
        other = session.scalars(select(Agency).where(Agency.code == "kaz.kaz_kibhr")).one()
        self.posts[2].agency_id = other.id
        session.flush()
        self.agencies = [post.agency_id for post in self.posts]
        self.user = session.scalars(select(User.id).limit(1)).one()

    def actor(self, plan: ActorPlan) -> Actor:
        return Actor(
            user_id=self.user,
            role=plan.role,
            agency_id=self.agencies[plan.agency],
            country=plan.country,
            post_id=None if plan.post is None else self.posts[plan.post].id,
            desk_ids=frozenset(self.desks[n].id for n in plan.desks),
        )

    def write(self, work: Work, plans: list[CasePlan]) -> list[UUID]:
        """Write the plans; returns the cases' ids."""
        numbers = count(1)
        return [self._case(work, plan, numbers) for plan in plans]

    def _case(self, work: Work, plan: CasePlan, numbers: count[int]) -> UUID:
        session, today, post = work.session, work.now.date(), self.posts[plan.post]
        person = Person(id=uuid4(), created_on=today, changed_on=today)
        session.add(person)
        session.flush()
        arrival = Arrival(
            id=uuid4(),
            person_id=person.id,
            post_id=post.id,
            arrived_on=today,
            registered_by=self.user,
        )
        session.add(arrival)
        session.flush()
        case = Case(
            id=uuid4(),
            number=f"C{next(numbers):08}",
            person_id=person.id,
            arrival_id=arrival.id,
            post_id=post.id,
            agency_id=post.agency_id,
            registered_by=self.user,
            pack=post.pack,
            urgency=Urgency.ROUTINE,
            registered_on=today,
            screened_on=today if plan.screened else None,
            changed_on=today,
        )
        need = Need(id=uuid4(), case_id=case.id, person_id=person.id, since=work.now)
        session.add(case)
        session.flush()
        session.add(need)
        session.flush()
        for sent in plan.referrals:
            session.add(self._referral(work, case, need, sent, numbers))
        for asked in plan.tasks:
            session.add(self._task(work, case, asked))
        session.flush()
        return case.id

    def _referral(
        self, work: Work, case: Case, need: Need, plan: ReferralPlan, numbers: count[int]
    ) -> Referral:
        return Referral(
            id=uuid4(),
            number=f"R{next(numbers):08}",
            case_id=case.id,
            person_id=case.person_id,
            need_id=need.id,
            desk_id=self.desks[plan.desk].id,
            sent_by=self.user,
            accepted_by=self.user,
            refusal_reason=RefusalReason.NO_CAPACITY,
            post_id=self.posts[plan.post].id,
            state=plan.state,
            # A waiting list always has its day.
            expected_on=work.now.date(),
            urgency=Urgency.SOON,
            legal_basis=LegalBasis.BEST_INTEREST,
            sent_at=work.now,
            due_at=work.now,
        )

    def _task(self, work: Work, case: Case, plan: TaskPlan) -> Task:
        return Task(
            id=uuid4(),
            case_id=case.id,
            person_id=case.person_id,
            kind=plan.kind,
            state=plan.state,
            role=Role.BORDER_OFFICIAL,
            urgency=Urgency.SOON,
            post_id=None if plan.post is None else self.posts[plan.post].id,
            desk_id=None if plan.desk is None else self.desks[plan.desk].id,
            opened_at=work.now,
        )
