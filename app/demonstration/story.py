"""The story of the demonstration: the packs' vignettes and the published cases as registered persons.

Each goes as far as its place in the row of endings says, so that all states occur. Names are
invented; the published cases carry no names in their source, and get invented ones too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from sqlalchemy import select

from app.demonstration import (
    children,
    crowd,
    desk_work,
    families,
    interviews,
    partners,
    reception,
    turned,
    world,
)
from app.demonstration.cast import Cast, answers_of, arrival, told
from app.demonstration.people import InventedPerson, people
from app.demonstration.world import POSTS
from models.accounts import User
from models.cases import Case, Deadline
from models.vocabulary import (
    DeadlineState,
    OutcomeCode,
    QuestionReason,
    RefusalReason,
    TaskChangeKind,
    WithdrawalWish,
)
from workflows import (
    arrivals,
    consent_ends,
    deadlines,
    desk_steps,
    desk_tasks,
    desks,
    letters,
    moving,
    other_desks,
    questions,
    referrals,
    screening,
    taking_back,
    taskcare,
)
from workflows.accounts import SYSTEM_ACTOR
from workflows.policy import Actor
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Vignette

#: How far a person's story goes; the row is walked again and again.
ENDINGS = (
    "accepted", "sent", "asked", "outcome", "refused", "screened", "registered", "no_answer",
    "accepted", "informed", "redirected", "closed", "sent", "withdrawn",
    "questioned", "waiting_list", "started", "no_show", "consent_back", "consent_ends",
)  # fmt: skip
UNFINISHED = {"registered", "informed", "asked", "sent", "questioned", "waiting_list"}
#: What the official whose sign-in is printed has still to do.
AT_THE_POST = {"registered", "informed", "asked", "questioned"}
#: What a desk asks before it can answer.
QUESTION = (
    "Which language do they speak best, and may an interpreter from their own town be called?"
)
SEED = 20_26
WEEKS = 10
#: About how many invented persons beside the published cases.
INVENTED = 60


def tell(cast: Cast) -> int:
    """Register everybody once; returns how many. Does nothing in a register that has cases."""
    with cast.work(SYSTEM_ACTOR, cast.now) as work:
        if work.session.scalar(select(Case.id).limit(1)) is not None:
            return 0
        cast.find_actors(work)
    chosen = _chosen(cast)
    persons = people(SEED, len(chosen))
    for place, (pack, vignette) in enumerate(chosen):
        ending = ENDINGS[place % len(ENDINGS)]
        at = _when(cast.now, place, len(chosen), ending)
        _Teller(cast, pack, vignette, next(persons)).tell(ending, at)
    interviewed = interviews.tell(cast, SEED + 2)
    interviewed += turned.tell(cast, SEED + 3)
    registered = children.tell(cast) + families.tell(cast)
    _at_home(cast)
    crowded = crowd.fill(cast, SEED, WEEKS)
    desk_work.tell(cast)
    partners.tell(cast)
    return len(chosen) + interviewed + registered + crowded


def _at_home(cast: Cast) -> None:
    """The desk with two officers keeps a house; its open tasks are the first officer's, who may be absent."""
    with cast.work(SYSTEM_ACTOR, cast.now) as work:
        first = work.session.scalar(select(User.id).where(User.name == world.HOME))
    taker = next((one for one in cast.takers.values() if one.user_id == first), None)
    if taker is None:
        return
    desk = next(code for code, one in cast.takers.items() if one is taker)
    reception.tell(cast, desk, taker)
    with cast.work(taker, cast.now) as work:
        picked = tuple(
            taskcare.Picked(task_id=one.id, version=one.version)
            for one in desk_tasks.of_desk(work)[: taskcare.MOST]
        )
        if picked:
            command = taskcare.ChangeTasks(
                picked=picked, kind=TaskChangeKind.ASSIGN, to=taker.user_id
            )
            taskcare.change(work, command)


def _when(now: datetime, place: int, among: int, ending: str) -> datetime:
    """What is unfinished began today, else its clocks had all run out; the rest goes back weeks."""
    if ending in UNFINISHED:
        return now - timedelta(hours=1 + place % 9)
    return now - timedelta(days=1 + (among - place) * WEEKS * 7 // among, hours=place % 9)


def _chosen(cast: Cast) -> list[tuple[Pack, Vignette]]:
    """The published cases and a share of the invented persons, each at a post of a country by turns."""
    packs = {pack.code: pack for pack in cast.packs()}
    turns = cycle(packs.values())
    cases = [v for v in cast.vignettes() if v.case]
    invented = [v for v in cast.vignettes() if not v.case and not _of_a_list(v)]
    chosen = [*invented[:: max(1, len(invented) // INVENTED)], *cases]
    return [(packs.get(v.pack) or next(turns), v) for v in chosen]


def _of_a_list(vignette: Vignette) -> bool:
    """One of the many persons who differ by a single sign of trafficking: they would fill the queues."""
    return vignette.file.rsplit("/", 1)[-1].startswith(("two-signs-", "child-one-sign-", "slip-"))


class _Teller:
    """One person's way through the workflows."""

    def __init__(self, cast: Cast, pack: Pack, vignette: Vignette, person: InventedPerson) -> None:
        self.cast, self.pack, self.vignette, self.person = cast, pack, vignette, person
        posts = cast.officials[pack.country]
        self.post, self.official = posts[sum(map(ord, vignette.file)) % len(posts)]

    def tell(self, ending: str, at: datetime) -> None:
        if ending in AT_THE_POST:
            posts = self.cast.officials[self.pack.country]
            self.post, self.official = next(p for p in posts if p[0].code in POSTS.values())
        with self.cast.work(self.official, at) as work:
            command = arrival(self.post, self.vignette, self.person, at)
            number = arrivals.register(work, command).case_number
        if ending == "registered":
            return
        with self.cast.work(self.official, at + timedelta(minutes=4)) as work:
            looked = screening.RecordUrgentNeeds(case_number=number, seen=())
            screening.record_urgent_needs(work, looked)
            screening.inform(work, told(number, self.person))
        if ending == "informed":
            return
        self._ask(number, at + timedelta(minutes=9))
        if ending != "asked":
            self._refer(number, ending, at + timedelta(minutes=30))

    def _ask(self, number: str, at: datetime) -> None:
        for source, answers in answers_of(self.pack, self.vignette).items():
            with self.cast.work(self.official, at) as work:
                screening.answer(
                    work,
                    screening.RecordAnswers(case_number=number, answers=answers, source=source),
                    decided=True,
                )

    def _refer(self, number: str, ending: str, at: datetime) -> None:
        with self.cast.work(self.official, at) as work:
            open_needs = [p for p in referrals.propose(work, number) if p.desks]
            open_needs.sort(key=lambda p: self.cast.taker_of(p) is None)
            wanted = [] if ending == "screened" else open_needs[:2]
            sent = [self.cast.send(work, number, proposal) for proposal in wanted]
        with self.cast.work(self.official, at + timedelta(minutes=5)) as work:
            screening.finish(work, number)
        with self.cast.work(SYSTEM_ACTOR, at + timedelta(minutes=6)) as work:
            letters.deliver(work)
        for referral, desk in sent:
            self._answer(referral, desk, ending, at + timedelta(hours=3))

    def _answer(self, number: str, desk: str, ending: str, at: datetime) -> None:
        taker = self.cast.takers.get(desk)
        if ending in ("consent_back", "consent_ends"):
            self._consent(number, taker, ending, at)
        elif ending == "withdrawn":
            with self.cast.work(self.official, at) as work:
                referrals.withdraw(work, number)
        elif ending == "no_answer":
            with self.cast.work(SYSTEM_ACTOR, at + timedelta(days=15)) as work:
                deadlines.tick(work)
        elif taker is not None and ending in ("refused", "redirected"):
            self._not_taken(taker, number, ending, at)
        elif taker is not None and ending in ("questioned", "waiting_list"):
            self._not_yet(taker, number, ending, min(at, self.cast.now))
        elif taker is not None and ending in (
            "accepted",
            "started",
            "no_show",
            "outcome",
            "closed",
        ):
            self._taken(taker, number, ending, at)

    def _consent(self, number: str, taker: Actor | None, ending: str, at: datetime) -> None:
        """Somebody takes their consent back from a desk that has them; another's consent ends soon."""
        if taker is not None:
            with self.cast.work(taker, at) as work:
                desks.accept(work, desks.AcceptReferral(number=number))
        with self.cast.work(self.official, at + timedelta(days=1)) as work:
            case = moving.case_number(work, number)
            given = next(c for c in taking_back.of_case(work, case) if c.referral == number)
            which: dict[str, Any] = {
                "case_number": case,
                "consent_id": given.id,
                "version": given.version,
            }
            if ending == "consent_back":
                wish = WithdrawalWish.FORGET
                taking_back.take_back(work, taking_back.TakeBackConsent(**which, wish=wish))
            else:
                last = self.cast.now.date() + timedelta(days=3)
                taking_back.renew(work, taking_back.RenewConsent(**which, consent_until=last))
        with self.cast.work(SYSTEM_ACTOR, self.cast.now) as work:
            letters.deliver(work)
            consent_ends.see_to(work)

    def _not_yet(self, taker: Actor, number: str, ending: str, at: datetime) -> None:
        with self.cast.work(taker, at) as work:
            if ending == "questioned":
                reason = QuestionReason.LANGUAGE
                asked = questions.AskSender(number=number, reason=reason, text=QUESTION)
                questions.ask(work, asked)
            else:
                day = (at + timedelta(days=2)).date()
                desk_steps.wait(work, desk_steps.PutOnWaitingList(number=number, expected_on=day))

    def _not_taken(self, taker: Actor, number: str, ending: str, at: datetime) -> None:
        with self.cast.work(taker, at) as work:
            serving = [one.code for one in other_desks.of(work, number)]
            other = next((code for code in serving if code in self.cast.takers), None)
            if ending == "redirected" and other is not None:
                reason = RefusalReason.OUTSIDE_AREA
                passed = desks.RedirectReferral(number=number, desk=other, reason=reason)
                desks.redirect(work, passed)
            else:
                reason = RefusalReason.NO_CAPACITY
                desks.refuse(work, desks.RefuseReferral(number=number, reason=reason))

    def _taken(self, taker: Actor, number: str, ending: str, at: datetime) -> None:
        with self.cast.work(taker, at) as work:
            desks.accept(work, desks.AcceptReferral(number=number))
        self._clocks_met(number, at)
        if ending == "accepted":
            return
        with self.cast.work(taker, at + timedelta(days=1)) as work:
            if ending == "no_show":
                desk_steps.no_show(work, number)
                return
            desk_steps.start_service(work, number)
        if ending == "started":
            return
        with self.cast.work(taker, at + timedelta(days=2)) as work:
            outcome = desks.ReportOutcome(number=number, outcome=OutcomeCode.PROCEDURE_OPENED)
            desks.report_outcome(work, outcome)
        if ending == "closed":
            with self.cast.work(taker, at + timedelta(days=3)) as work:
                desks.close(work, number)

    def _clocks_met(self, number: str, at: datetime) -> None:
        """Once a desk has taken somebody, the clocks that ran for it are met."""
        with self.cast.work(self.official, at) as work:
            referral = moving.find_referral(work, number)
            running = select(Deadline.id).where(
                Deadline.case_id == referral.case_id, Deadline.state != DeadlineState.MET
            )
            for deadline in work.session.scalars(running).all():
                deadlines.meet(work, deadline)
