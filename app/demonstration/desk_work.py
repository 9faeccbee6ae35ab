"""What a desk does beside a referral: a note, a flag, appointments; and what people ask and complain of.

One case in care of each desk of the demonstration, so that none of these pages is empty for who tries it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta

from sqlalchemy import select

from app.demonstration.cast import Cast
from models.cases import Case
from models.network import Desk
from models.referrals import Referral
from models.vocabulary import Bring, FlagKind, NoteAudience, ReferralState, RequestKind
from workflows import appointments, caseflags, casenotes, rights
from workflows.accounts import SYSTEM_ACTOR
from workflows.policy import Actor

NOTE = "Slept and ate. Asks when the brother can be called."
WISH = "Wants to know what was written down at the border."
COMPLAINT = "An officer spoke harshly and kept the telephone for an hour."


@dataclass(frozen=True)
class _InCare:
    referral: str
    case: str
    taker: Actor


def tell(cast: Cast) -> None:
    """Work at one case of each desk; a complaint at the first post of each country."""
    for place, one in enumerate(list(_in_care(cast))):
        _work_at(cast, one, place)
    for rows in cast.officials.values():
        post, official = rows[0]
        with cast.work(official, cast.now - timedelta(hours=2)) as work:
            number = work.session.scalar(
                select(Case.number).where(Case.post_id == post.id).order_by(Case.number).limit(1)
            )
            if number is not None:
                asked = rights.TakeRequest(
                    case_number=number, kind=RequestKind.COMPLAINT, says=COMPLAINT
                )
                rights.take(work, asked)


def _in_care(cast: Cast) -> Iterator[_InCare]:
    """The first case in care of each desk that somebody of the demonstration works for."""
    with cast.work(SYSTEM_ACTOR, cast.now) as work:
        rows = work.session.execute(
            select(Desk.code, Referral.number, Case.number)
            .join(Desk, Desk.id == Referral.desk_id)
            .join(Case, Case.id == Referral.case_id)
            .where(Referral.state == ReferralState.ACCEPTED, Desk.code.in_(cast.takers))
            .order_by(Desk.code, Referral.answered_at.desc(), Referral.number)
        ).all()
    first: dict[str, _InCare] = {}
    for desk, referral, case in rows:
        first.setdefault(desk, _InCare(referral, case, cast.takers[desk]))
    yield from first.values()


def _work_at(cast: Cast, one: _InCare, place: int) -> None:
    """A note, a flag, an appointment of today and one of next week, and what the person asks."""
    today = cast.now.date()
    with cast.work(one.taker, cast.now - timedelta(hours=3)) as work:
        note = casenotes.WriteNote(
            number=one.referral, audience=NoteAudience.HOLDERS, text=NOTE, withheld=None
        )
        casenotes.write(work, note)
        flag = caseflags.RaiseFlag(
            number=one.referral,
            kinds=(FlagKind.INTERPRETER,),
            text="",
            expires_on=today + timedelta(days=30),
        )
        caseflags.raise_flag(work, flag)
        for days in (0, 7):
            # The desks are five hours ahead of UTC: this is in three hours there, or a week later.
            soon = cast.now + timedelta(days=days, hours=8)
            visit = appointments.MakeAppointment(
                number=one.referral,
                day=soon.date(),
                time=time(soon.hour, 30 + place % 30),
                place="Room 4",
                bring=(Bring.PAPERS,),
            )
            appointments.make(work, visit)
    with cast.work(one.taker, cast.now - timedelta(hours=2)) as work:
        wish = rights.TakeRequest(case_number=one.case, kind=RequestKind.ACCESS, says=WISH)
        rights.take(work, wish)
