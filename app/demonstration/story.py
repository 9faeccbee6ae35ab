"""The story of the demonstration: the packs' vignettes and the published cases as registered persons.

Each goes as far as its place in the row of endings says, so that all states occur. Names are invented; the
published cases carry no names in their source, and get invented ones too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.demonstration.people import InventedPerson, people
from app.demonstration.world import PACKS, POSTS
from config.settings import Settings
from models.accounts import User
from models.cases import Case, Deadline
from models.network import Desk, Post
from models.referrals import Referral
from models.session import Storage
from models.vocabulary import (
    DeadlineState,
    LegalBasis,
    OutcomeCode,
    ReferralState,
    RefusalReason,
    Role,
    Sex,
)
from workflows import arrivals, deadlines, desks, letters, referrals, screening
from workflows.accounts import SYSTEM_ACTOR
from workflows.packs import Shelf
from workflows.policy import Actor
from workflows.rules.answers import Source
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Vignette
from workflows.work import Work, begin

#: How far a person's story goes; the row is walked again and again.
ENDINGS = (
    "accepted", "sent", "asked", "outcome", "refused", "screened", "registered", "no_answer",
    "accepted", "informed", "redirected", "closed", "sent", "withdrawn",
)  # fmt: skip
UNFINISHED = {"registered", "informed", "asked", "sent"}
SEED = 20_26
WEEKS = 10
#: About how many invented persons beside the published cases.
INVENTED = 60
#: Facts that registration itself records.
_REGISTERED = {"age", "birth", "sex", "nationality", "no_nationality", "language", "arrived_on"}


class Story:
    """Tells the story into a register through the ordinary workflows, with a clock set back."""

    def __init__(self, storage: Storage, settings: Settings, shelf: Shelf, now: datetime) -> None:
        self.storage, self.settings, self.shelf, self.now = storage, settings, shelf, now
        self.officials: dict[str, list[tuple[Post, Actor]]] = {}
        self.takers: dict[str, Actor] = {}

    def tell(self) -> int:
        """Register everybody once; returns how many. Does nothing in a register that has cases."""
        with self._work(SYSTEM_ACTOR, self.now) as work:
            if work.session.scalar(select(Case.id).limit(1)) is not None:
                return 0
            self._find_actors(work)
        told = self._vignettes()
        crowd = people(SEED, len(told))
        for place, ((pack, vignette), person, ending) in enumerate(
            zip(told, crowd, cycle(ENDINGS), strict=False)
        ):
            self._one(pack, vignette, person, ending, self._when(place, len(told), ending))
        with self._work(SYSTEM_ACTOR, self.now) as work:
            deadlines.tick(work)
        return len(told)

    def _when(self, place: int, among: int, ending: str) -> datetime:
        """What is unfinished began today, else its clocks would all have run out; the rest goes
        back weeks.
        """
        if ending in UNFINISHED:
            return self.now - timedelta(hours=1 + place % 9)
        return self.now - timedelta(days=1 + (among - place) * WEEKS * 7 // among, hours=place % 9)

    def _vignettes(self) -> list[tuple[Pack, Vignette]]:
        """The published cases and a share of the invented persons, each at a post of a country by turns."""
        packs = {code: self.shelf.get(code, self.now.date()) for code in PACKS}
        turns = cycle(packs.values())
        base = self.shelf.get("int", self.now.date()).vignettes
        own = (v for pack in packs.values() for v in pack.vignettes)
        unique = {v.file: v for v in (*base, *own)}.values()
        cases = [v for v in unique if v.case]
        invented = [v for v in unique if not v.case]
        chosen = [*invented[:: max(1, len(invented) // INVENTED)], *cases]
        return [(packs.get(v.pack) or next(turns), v) for v in chosen]

    def _find_actors(self, work: Work) -> None:
        users = work.session.scalars(select(User).options(selectinload(User.desks))).all()
        officials = {u.agency_id: u for u in users if u.role is Role.BORDER_OFFICIAL}
        main = set(POSTS.values())
        for post in work.session.scalars(select(Post).order_by(Post.code)):
            user = officials.get(post.agency_id)
            if user is None:
                continue
            actor = Actor(
                user_id=user.id,
                role=Role.BORDER_OFFICIAL,
                agency_id=user.agency_id,
                country=post.country,
                post_id=post.id,
            )
            # Half of the arrivals at the post whose account is printed, so that its list is not empty.
            rows = self.officials.setdefault(post.country, [])
            rows.extend([(post, actor)] * (6 if post.code in main else 1))
        for user in users:
            for desk in user.desks:
                self.takers[desk.code] = Actor(
                    user_id=user.id,
                    role=Role.PROTECTION_OFFICER,
                    agency_id=user.agency_id,
                    country=user.agency.country,
                    desk_ids=frozenset(d.id for d in user.desks),
                )

    def _one(
        self, pack: Pack, vignette: Vignette, person: InventedPerson, ending: str, at: datetime
    ) -> None:
        posts = self.officials[pack.country]
        post, official = posts[sum(map(ord, vignette.file)) % len(posts)]
        with self._work(official, at) as work:
            number = arrivals.register(work, _arrival(post, vignette, person, at)).case_number
        if ending == "registered":
            return
        with self._work(official, at + timedelta(minutes=4)) as work:
            screening.record_urgent_needs(
                work, screening.RecordUrgentNeeds(case_number=number, seen=())
            )
            screening.inform(work, _told(number, person))
        if ending == "informed":
            return
        self._ask(pack, vignette, official, number, at + timedelta(minutes=9))
        if ending != "asked":
            self._refer(official, number, ending, at + timedelta(minutes=30))

    def _ask(
        self, pack: Pack, vignette: Vignette, official: Actor, number: str, at: datetime
    ) -> None:
        """The vignette's facts, each from the source that an officer would have had it from."""
        by_source: dict[Source, dict[str, Any]] = {}
        for fact, raw in vignette.raw_facts.items():
            row = pack.facts[fact]
            if fact in _REGISTERED or row.computed or row.derived:
                continue
            source = (
                Source.DECISION
                if row.decided_by
                else Source.OBSERVED
                if row.observed
                else Source.SELF
            )
            by_source.setdefault(source, {})[fact] = raw
        for source, answers in by_source.items():
            with self._work(official, at) as work:
                screening.answer(
                    work,
                    screening.RecordAnswers(case_number=number, answers=answers, source=source),
                    decided=True,
                )

    def _refer(self, official: Actor, number: str, ending: str, at: datetime) -> None:
        with self._work(official, at) as work:
            open_needs = [p for p in referrals.propose(work, number) if p.desks]
        sent: list[tuple[str, str]] = []
        if ending != "screened":
            open_needs.sort(key=lambda p: not any(d.desk in self.takers for d in p.desks))
            for proposal in open_needs[:2]:
                choice = next(
                    (d for d in proposal.desks if d.desk in self.takers), proposal.desks[0]
                )
                with self._work(official, at) as work:
                    done = referrals.send(
                        work,
                        referrals.SendReferral(
                            case_number=number,
                            need_id=proposal.need_id,
                            desk=choice.desk,
                            legal_basis=LegalBasis.CONSENT,
                            consented=True,
                        ),
                    )
                sent.append((done.number, choice.desk))
        with self._work(official, at + timedelta(minutes=5)) as work:
            screening.finish(work, number)
        with self._work(SYSTEM_ACTOR, at + timedelta(minutes=6)) as work:
            letters.deliver(work)
        for referral, desk in sent:
            self._answer(official, referral, desk, ending, at + timedelta(hours=3))

    def _answer(self, official: Actor, number: str, desk: str, ending: str, at: datetime) -> None:
        taker = self.takers.get(desk)
        if ending == "withdrawn":
            with self._work(official, at) as work:
                referrals.withdraw(work, number)
        elif ending == "no_answer":
            with self._work(SYSTEM_ACTOR, at + timedelta(days=15)) as work:
                deadlines.tick(work)
        elif taker is not None and ending in ("refused", "redirected"):
            self._not_taken(taker, number, desk, ending, at)
        elif taker is not None and ending in ("accepted", "outcome", "closed"):
            self._taken(official, taker, number, ending, at)

    def _not_taken(self, taker: Actor, number: str, desk: str, ending: str, at: datetime) -> None:
        with self._work(taker, at) as work:
            reason = (
                RefusalReason.OUTSIDE_AREA if ending == "redirected" else RefusalReason.NO_CAPACITY
            )
            other = work.session.scalar(
                select(Desk.code).where(Desk.code != desk, Desk.code.in_(self.takers)).limit(1)
            )
            if ending == "redirected" and other is not None:
                desks.redirect(
                    work, desks.RedirectReferral(number=number, desk=other, reason=reason)
                )
            else:
                desks.refuse(work, desks.RefuseReferral(number=number, reason=reason))

    def _taken(self, official: Actor, taker: Actor, number: str, ending: str, at: datetime) -> None:
        with self._work(taker, at) as work:
            desks.accept(work, desks.AcceptReferral(number=number))
        self._clocks_met(official, number, at)
        if ending == "accepted":
            return
        with self._work(taker, at + timedelta(days=2)) as work:
            desks.report_outcome(
                work, desks.ReportOutcome(number=number, outcome=OutcomeCode.PROCEDURE_OPENED)
            )
        if ending == "closed":
            with self._work(taker, at + timedelta(days=3)) as work:
                desks.close(work, number)

    def _clocks_met(self, official: Actor, number: str, at: datetime) -> None:
        """Once a desk has taken somebody, the clocks that ran for it are met."""
        with self._work(official, at) as work:
            referral = referrals.find_referral(work, number)
            running = select(Deadline.id).where(
                Deadline.case_id == referral.case_id, Deadline.state != DeadlineState.MET
            )
            for deadline in work.session.scalars(running).all():
                deadlines.meet(work, deadline)

    def _work(self, actor: Actor, at: datetime) -> Any:
        at = min(at, self.now)
        return begin(self.storage, actor, now=at, settings=self.settings, shelf=self.shelf)


def _told(number: str, person: InventedPerson) -> screening.RecordInformation:
    return screening.RecordInformation(
        case_number=number,
        language=person.language,
        how="read_aloud",
        interpreter="none",
        understood=True,
    )


def _arrival(
    post: Post, vignette: Vignette, person: InventedPerson, at: datetime
) -> arrivals.RegisterArrival:
    raw = vignette.raw_facts
    names = [arrivals.NameForm(text=f"{person.given} {person.family}")]
    if person.latin_given and person.latin_given != person.given:
        latin = f"{person.latin_given} {person.latin_family}"
        names.append(arrivals.NameForm(text=latin, kind="document"))
    sex = raw.get("sex")
    nationality = raw.get("nationality", person.nationality)
    return arrivals.RegisterArrival(
        post=post.code,
        names=tuple(names),
        sex=Sex(sex) if isinstance(sex, str) and sex in set(Sex) else Sex(person.sex),
        birth=_birth(raw, person, at),
        nationalities=(str(nationality),) if _is_country(nationality) else (),
        languages=(person.language,),
    )


def _is_country(value: object) -> bool:
    return isinstance(value, str) and len(value) == 3 and value.isupper()


def _birth(raw: Mapping[str, Any], person: InventedPerson, at: datetime) -> arrivals.Birth:
    age = raw.get("age")
    if isinstance(age, int):
        return arrivals.Birth(kind="age", age=age)
    if isinstance(age, str) and ".." in age:
        least, most = (int(part) for part in age.split("..", 1))
        return arrivals.Birth(kind="between", year=at.year - most - 1, year_to=at.year - least)
    if age is not None or "birth" in raw:
        return arrivals.Birth()
    return arrivals.Birth(kind="year", year=person.birth_year)


def statuses(work: Work) -> dict[ReferralState, int]:
    """How many referrals are in each state, for the check that all occur."""
    found: dict[ReferralState, int] = {}
    for state in work.session.scalars(select(Referral.state)):
        found[state] = found.get(state, 0) + 1
    return found
