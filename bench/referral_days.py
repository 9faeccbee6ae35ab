"""`python3 dev.py bench referrals`: days of referrals through the real workflows, a third of agencies silent.

Embedded SQLite, a clock that is moved hour by hour, no page and no network. It counts urgent referrals that
nobody has opened after 24 hours and that no human holds by name (must be 0), the states and moves that were
walked, and referrals that wait for something that will never come (dead ends, must be 0).
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from random import Random
from time import perf_counter
from uuid import UUID

from sqlalchemy import exists, select

from config.loading import load
from config.settings import PACKS, Settings
from models import schema
from models.accounts import User
from models.cases import Case, Task, TaskHolder
from models.network import Desk
from models.referrals import Referral
from models.session import Storage, open_storage
from models.vault.providers import EnvProvider
from models.vocabulary import (
    LegalBasis,
    OutcomeCode,
    QuestionReason,
    ReferralState,
    RefusalReason,
    Role,
    Sex,
    TaskState,
    Urgency,
)
from workflows import (
    arrivals,
    deadlines,
    desk_steps,
    desks,
    letters,
    moving,
    questions,
    referrals,
    screening,
    states,
)
from workflows.accounts import SYSTEM_ACTOR, CreateUser, make_user
from workflows.errors import SeraiError
from workflows.packs import Shelf, sync_network
from workflows.policy import Actor
from workflows.work import Work, begin

START = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
POST, BORDER = "korday", "kaz.kaz_border_service"
_HOUR = timedelta(hours=1)
#: How many needs of a child alone have a desk at this post, about.
_AT_ONCE = 7
#: What a desk does with a referral once it has looked at it, by chances.
_ANSWERS = ("accept",) * 10 + ("refuse",) * 4 + ("ask",) * 4 + ("wait",) * 2 + ("redirect",)
_S = ReferralState


@dataclass
class Found:
    """What the days came to. `unheld`: urgent, unopened after 24 h, held by nobody by name."""

    referrals: int = 0
    days: int = 0
    unheld: int = 0
    dead_ends: int = 0
    refused_acts: int = 0
    states: dict[str, int] = field(default_factory=dict)
    moves: int = 0
    of_moves: int = 0
    seconds: float = 0.0


class Days:
    """The world of the simulation: one post, all desks of its country, a supervisor, a clock."""

    def __init__(self, folder: Path, seed: int) -> None:
        environ = {"SERAI_KEY_PROVIDER": "env", "SERAI_KEY_MATERIAL": EnvProvider.create()}
        self.settings: Settings = load(environ, folder)
        self.storage: Storage = open_storage(self.settings)
        schema.upgrade(self.storage.engine)
        self.shelf, self.now, self.random = Shelf(PACKS), START, Random(seed)
        self.walked: Counter[tuple[ReferralState, str]] = Counter()
        self.found, self.order = Found(), count()
        self.agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self.sent: list[tuple[datetime, str]] = []
        self._people()

    def _people(self) -> None:
        with self.work(SYSTEM_ACTOR) as work:
            sync_network(work.session, self.shelf.get("kaz", self.now.date()))
            for name, role in (
                ("official", Role.BORDER_OFFICIAL),
                ("supervisor", Role.SUPERVISOR),
            ):
                make_user(
                    work,
                    CreateUser(
                        name=name, password="a passphrase that is long", role=role,
                        agency=BORDER, post=POST, desks=(),
                    ),
                )  # fmt: skip
        with self.work(SYSTEM_ACTOR) as work:
            users = {user.name: user for user in work.session.scalars(select(User))}
            self.official, self.supervisor = (
                Actor(
                    user_id=user.id,
                    role=user.role,
                    agency_id=user.agency_id,
                    country="KAZ",
                    post_id=user.post_id,
                )
                for user in (users["official"], users["supervisor"])
            )
            rows = work.session.execute(select(Desk.id, Desk.code, Desk.agency_id)).all()
        self.desks = {
            row.id: Actor(
                user_id=self.official.user_id,
                role=Role.PROTECTION_OFFICER,
                agency_id=row.agency_id,
                country="KAZ",
                desk_ids=frozenset({row.id}),
            )
            for row in rows
        }
        self.codes = {row.id: row.code for row in rows}
        agencies = sorted({row.agency_id for row in rows}, key=str)
        self.silent: set[UUID] = set(self.random.sample(agencies, len(agencies) // 3))

    @contextmanager
    def work(self, actor: Actor) -> Iterator[Work]:
        """A unit of work at the clock's time."""
        with begin(
            self.storage, actor, now=self.now, settings=self.settings, shelf=self.shelf
        ) as work:
            yield work

    def later(self, act: Callable[[], None], least: float, most: float) -> None:
        """Put an act on the agenda, some hours from now."""
        at = self.now + timedelta(hours=self.random.uniform(least, most))
        heappush(self.agenda, (at, next(self.order), act))

    def run(self, wanted: int, days: int) -> Found:
        """Register people and send for them until `wanted` referrals are out; then let all days pass."""
        began, hours = perf_counter(), days * 24
        out = 0
        for hour in range(hours):
            # Half of the time for sending, so that the last referral meets its end too.
            due = wanted if hour >= hours // 2 else wanted * (hour + 1) * 2 // hours
            # People come when several needs are due, so that one person has several referrals.
            while due - out >= _AT_ONCE or (due == wanted and out < due):
                out += self._arrival(due - out)
            self._hour()
        self.found.referrals, self.found.days = len(self.sent), days
        self._settle()
        self.found.seconds = round(perf_counter() - began, 1)
        return self.found

    def _hour(self) -> None:
        self.now += _HOUR
        while self.agenda and self.agenda[0][0] <= self.now:
            heappop(self.agenda)[2]()
        for job in (letters.deliver, deadlines.tick):
            before = self._states()
            with self.work(SYSTEM_ACTOR) as work:
                job(work)
            self._compare(before)
        self._look()

    def _states(self) -> dict[UUID, ReferralState]:
        with self.work(SYSTEM_ACTOR) as work:
            live = list(states.ON_THE_CLOCK)
            query = select(Referral.id, Referral.state).where(Referral.state.in_(live))
            return {row.id: row.state for row in work.session.execute(query)}

    def _compare(self, before: dict[UUID, ReferralState]) -> None:
        """Which moves the clock has made."""
        after = self._states()
        for row, state in before.items():
            now = after.get(row, _S.NO_ANSWER)
            if now is not state:
                move = next(
                    m
                    for m in states.REFERRAL_MOVES
                    if m.before is state and m.after is now and "clock" in m.who
                )
                self.walked[state, move.verb] += 1

    def _look(self) -> None:
        """Urgent, a day old, opened by nobody: somebody must hold it by name."""
        held = (
            exists()
            .where(
                Task.case_id == Referral.case_id,
                Task.state == TaskState.OPEN,
                TaskHolder.task_id == Task.id,
            )
            .correlate(Referral)
        )
        query = select(Referral.id).where(
            Referral.urgency == Urgency.NOW,
            Referral.seen_at.is_(None),
            Referral.state.in_(states.WAITING),
            Referral.sent_at <= self.now - timedelta(hours=24),
            ~held,
        )
        with self.work(SYSTEM_ACTOR) as work:
            self.found.unheld += len(work.session.scalars(query).all())

    def _arrival(self, most: int) -> int:
        """A child alone with several needs; how many referrals were sent."""
        with self.work(self.official) as work:
            number = arrivals.register(
                work,
                arrivals.RegisterArrival(
                    post=POST,
                    names=(arrivals.NameForm(text=f"Person {len(self.sent)}"),),
                    sex=self.random.choice((Sex.FEMALE, Sex.MALE)),
                    birth=arrivals.Birth(kind="age", age=self.random.choice((9, 14, 16))),
                    nationalities=("AFG",),
                ),
            ).case_number
            told = screening.RecordInformation(
                case_number=number, language="prs", how="read_aloud", interpreter="here",
                understood=True,
            )  # fmt: skip
            screening.inform(work, told)
            answers = {"with_parent": "no", "with_responsible_adult": "no", "fear_of_return": "yes"}
            screening.answer(
                work,
                screening.RecordAnswers(
                    case_number=number, answers=answers, source=screening.Source.SELF
                ),
            )
        sent = 0
        with self.work(self.official) as work:
            proposals = [p for p in referrals.propose(work, number) if p.desks]
            self.random.shuffle(proposals)
            for proposal in proposals[:most]:
                self._send(work, number, proposal, self.random.choice(proposal.desks).desk)
                sent += 1
            screening.finish(work, number)
        return sent

    def _send(self, work: Work, case: str, proposal: referrals.Proposal, desk: str) -> None:
        command = referrals.SendReferral(
            case_number=case, need_id=proposal.need_id, desk=desk,
            legal_basis=LegalBasis.CONSENT, consented=True,
        )  # fmt: skip
        number = referrals.send(work, command).number
        self._out(work, number)

    def _out(self, work: Work, number: str) -> None:
        self.sent.append((self.now, number))
        self.walked[_S.DRAFT, "send"] += 1
        desk = moving.find_referral(work, number).desk_id
        if self.desks[desk].agency_id not in self.silent:
            self.later(lambda: self._answer(number, desk), 0.5, 30)

    def _do(self, actor: Actor, number: str, verb: str, act: Callable[[Work], object]) -> bool:
        """One act, if the table has it still; whether it was done."""
        try:
            with self.work(actor) as work:
                before = moving.find_referral(work, number).state
                act(work)
        except SeraiError:
            self.found.refused_acts += 1
            return False
        self.walked[before, verb] += 1
        return True

    def _answer(self, number: str, desk: UUID) -> None:
        actor = self.desks[desk]
        self._do(actor, number, "see", lambda work: desks.read_packet(work, number))
        verb = self.random.choice(_ANSWERS)
        if not self._do(actor, number, verb, self._act(number, desk, verb)):
            return
        if verb == "ask":
            if self.random.random() < 0.7:
                self.later(lambda: self._reply(number), 0.5, 6)
            self.later(lambda: self._answer(number, desk), 6, 24)
        elif verb == "wait" and self.random.random() < 0.6:
            self.later(lambda: self._take(number, desk), 12, 60)
        elif verb == "accept":
            self.later(lambda: self._care(number, desk), 4, 48)
        else:
            self.later(lambda: self._again(number), 1, 12)

    def _act(self, number: str, desk: UUID, verb: str) -> Callable[[Work], object]:
        reason = RefusalReason.NO_CAPACITY
        acts: dict[str, Callable[[Work], object]] = {
            "accept": lambda work: desks.accept(work, desks.AcceptReferral(number=number)),
            "refuse": lambda work: desks.refuse(
                work, desks.RefuseReferral(number=number, reason=reason)
            ),
            "ask": lambda work: questions.ask(
                work,
                questions.AskSender(
                    number=number, reason=QuestionReason.SAFETY, text="Is it safe?"
                ),
            ),
            "wait": lambda work: desk_steps.wait(
                work,
                desk_steps.PutOnWaitingList(
                    number=number, expected_on=self.now.date() + timedelta(days=2)
                ),
            ),
            "redirect": lambda work: self._pass_on(work, number, desk),
        }
        return acts[verb]

    def _pass_on(self, work: Work, number: str, desk: UUID) -> None:
        other = self.random.choice([code for id_, code in self.codes.items() if id_ != desk])
        command = desks.RedirectReferral(
            number=number, desk=other, reason=RefusalReason.OUTSIDE_AREA
        )
        onward = desks.redirect(work, command)
        if onward.number != number:
            self._out(work, onward.number)

    def _reply(self, number: str) -> None:
        said = questions.AnswerQuestion(number=number, text="It is.")
        self._do(self.official, number, "answer", lambda work: questions.answer(work, said))

    def _take(self, number: str, desk: UUID) -> None:
        if self._do(self.desks[desk], number, "accept", self._act(number, desk, "accept")):
            self.later(lambda: self._care(number, desk), 4, 48)

    def _care(self, number: str, desk: UUID) -> None:
        actor = self.desks[desk]
        if self.random.random() < 0.15:
            self._do(actor, number, "no_show", lambda work: desk_steps.no_show(work, number))
            self.later(lambda: self._again(number), 1, 12)
            if self.random.random() < 0.5:
                return
        self._do(actor, number, "start_service", lambda w: desk_steps.start_service(w, number))
        command = desks.ReportOutcome(number=number, outcome=OutcomeCode.PROCEDURE_OPENED)
        self._do(actor, number, "report_outcome", lambda w: desks.report_outcome(w, command))
        self.later(
            lambda: self._do(actor, number, "close", lambda w: desks.close(w, number)), 1, 24
        )

    def _again(self, number: str) -> None:
        """The supervisor finds another desk for what was lost, where one is known."""
        with self.work(SYSTEM_ACTOR) as work:
            referral = moving.find_referral(work, number)
            need = referral.need_id
            found = work.session.get_one(Case, referral.case_id).number
        try:
            with self.work(self.supervisor) as work:
                for proposal in referrals.propose(work, found):
                    if proposal.need_id == need and proposal.desks:
                        self._send(work, found, proposal, self.random.choice(proposal.desks).desk)
        except SeraiError:
            self.found.refused_acts += 1

    def _settle(self) -> None:
        """Count what waits for something that will never come, and what was walked."""
        working = exists().where(Task.case_id == Referral.case_id, Task.state == TaskState.OPEN)
        query = select(Referral.state, Referral.next_step_at, working.correlate(Referral))
        stands: Counter[str] = Counter()
        with self.work(SYSTEM_ACTOR) as work:
            for state, next_at, has_task in work.session.execute(query):
                stands[state.value] += 1
                waits = state in states.WAITING and next_at is None and not has_task
                self.found.dead_ends += waits
        self.found.states = dict(sorted(stands.items()))
        self.found.moves = len(self.walked)
        self.found.of_moves = len(states.REFERRAL_MOVES)

    def close(self) -> None:
        """Let the database go."""
        self.storage.close()


def simulate(wanted: int, days: int, seed: int = 5) -> Found:
    """Run the days in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="serai-days-") as folder:
        world = Days(Path(folder), seed)
        try:
            return world.run(wanted, days)
        finally:
            world.close()
