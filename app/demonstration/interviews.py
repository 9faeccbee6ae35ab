"""Two men who paid a facilitator: a desk asks on in private what the post may not, and one case is closed.

The post asks what an official may ask, the desk the rest of the same vignette; nothing is found, so nothing
keeps the case once all is answered. The second interview of today has only begun.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.demonstration.cast import Cast, answers_of, arrival, told
from app.demonstration.people import InventedPerson, people
from models.vocabulary import OutcomeCode, Role
from workflows import arrivals, casework, desks, interviews, letters, referrals, screening
from workflows.accounts import SYSTEM_ACTOR
from workflows.policy import Actor
from workflows.rules.answers import Source
from workflows.rules.askers import asker

VIGNETTE, NEED = "labour-migrant-complete-no-wish", "specialist_screening"
COUNTRY = "KAZ"


def tell(cast: Cast, seed: int) -> int:
    """Register both; returns how many. None where the demonstration has nobody to ask them."""
    pack = next(pack for pack in cast.packs() if pack.country == COUNTRY)
    vignette = next((v for v in cast.vignettes() if v.file.endswith(f"/{VIGNETTE}.yaml")), None)
    if vignette is None:
        return 0
    answers = {**answers_of(pack, vignette)[Source.SELF], "paid_facilitator": "yes"}
    seen = answers_of(pack, vignette).get(Source.OBSERVED, {})
    first, second = people(seed, 2)
    story = _Interview(cast, vignette, answers, seen)
    return story.tell(first, cast.now - timedelta(days=9), whole=True) + story.tell(
        second, cast.now - timedelta(hours=6), whole=False
    )


class _Interview:
    """One vignette told by two askers: the post, then the desk."""

    def __init__(
        self, cast: Cast, vignette: Any, answers: dict[str, Any], seen: dict[str, Any]
    ) -> None:
        self.cast, self.vignette, self.answers, self.seen = cast, vignette, answers, seen
        self.post, self.official = cast.officials[COUNTRY][0]

    def tell(self, person: InventedPerson, at: datetime, *, whole: bool) -> int:
        number = self._at_the_post(person, at)
        referral, taker = self._referred(number, at + timedelta(minutes=30))
        if taker is None:
            return 1
        at += timedelta(hours=2)
        with self.cast.work(taker, at) as work:
            desks.accept(work, desks.AcceptReferral(number=referral))
        with self.cast.work(taker, at) as work:
            interviews.begin(
                work,
                interviews.BeginInterview(
                    case_number=number,
                    language=person.language,
                    how="read_aloud",
                    interpreter="none_needed",
                    understood=True,
                    alone=True,
                ),
            )
        self._ask(taker, number, at + timedelta(minutes=10), cards=40 if whole else 1)
        if whole:
            self._close(taker, number, referral, at + timedelta(days=2))
        return 1

    def _at_the_post(self, person: InventedPerson, at: datetime) -> str:
        with self.cast.work(self.official, at) as work:
            command = arrival(self.post, self.vignette, person, at)
            number = arrivals.register(work, command).case_number
            screening.inform(work, told(number, person))
            pack = work.shelf.get(self.post.pack, work.now.date())
            asked = asker(pack, Role.BORDER_OFFICIAL).facts
            for source, answers in ((Source.SELF, self.answers), (Source.OBSERVED, self.seen)):
                own = {fact: raw for fact, raw in answers.items() if fact in asked}
                given = screening.RecordAnswers(case_number=number, answers=own, source=source)
                screening.answer(work, given)
        return number

    def _referred(self, number: str, at: datetime) -> tuple[str, Actor | None]:
        with self.cast.work(self.official, at) as work:
            proposal = next(p for p in referrals.propose(work, number) if p.need == NEED)
            referral, desk = self.cast.send(work, number, proposal)
            screening.finish(work, number)
        with self.cast.work(SYSTEM_ACTOR, at) as work:
            letters.deliver(work)
        return referral, self.cast.takers.get(desk)

    def _ask(self, taker: Actor, number: str, at: datetime, *, cards: int) -> None:
        """As many cards as the page proposes, each with the vignette's answers."""
        for _ in range(cards):
            with self.cast.work(taker, at) as work:
                page = interviews.page(work, number)
            new = {
                one.fact.id: self.answers[one.fact.id]
                for one in page.questions
                if one.fact.id in self.answers and not one.answered and not one.elsewhere
            }
            if not new:
                return
            with self.cast.work(taker, at) as work:
                command = interviews.RecordInterview(
                    case_number=number, answers=new, seen=page.seen
                )
                interviews.record(work, command)

    def _close(self, taker: Actor, number: str, referral: str, at: datetime) -> None:
        with self.cast.work(taker, at) as work:
            outcome = OutcomeCode.SERVICE_PROVIDED
            desks.report_outcome(work, desks.ReportOutcome(number=referral, outcome=outcome))
            casework.close_case(work, number)
            desks.close(work, referral)
