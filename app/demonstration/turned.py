"""A woman who answers alone on a turned screen, and asks there for help without saying why.

The post knows that she did; the desk that takes the private talk reads what. A second one of today waits for
a desk: the post has not sent it yet.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from app.demonstration.cast import Cast, arrival, told
from app.demonstration.people import InventedPerson, people
from models.vocabulary import Sex
from workflows import arrivals, desks, letters, referrals, screening, sides, turned
from workflows.accounts import SYSTEM_ACTOR

VIGNETTE, COUNTRY, CARD = "hurt-and-private-talk", "KAZ", "ill_treatment"
#: What she touches, question by question; the rest is left when she stops.
TOUCHED = ("no", "no", "no", "yes", "yes")


def tell(cast: Cast, seed: int) -> int:
    """Register both; returns how many."""
    vignette = next((v for v in cast.vignettes() if v.file.endswith(f"/{VIGNETTE}.yaml")), None)
    if vignette is None:
        return 0
    first, second = people(seed, 2)
    _alone(cast, vignette, first, cast.now - timedelta(days=2), sent=True)
    _alone(cast, vignette, second, cast.now - timedelta(hours=1), sent=False)
    return 2


def _alone(cast: Cast, vignette: Any, person: InventedPerson, at: datetime, *, sent: bool) -> None:
    post, official = cast.officials[COUNTRY][0]
    with cast.work(official, at) as work:
        command = replace(arrival(post, vignette, person, at), sex=Sex.FEMALE)
        number = arrivals.register(work, command).case_number
        screening.inform(work, told(number, person))
    # A session of their own, as signing in would have made: it is this one that is locked.
    with cast.work(replace(official, session_id=uuid4()), at) as work:
        handed = turned.TurnScreen(case_number=number, card=CARD, language="fa_AF")
        token = turned.turn(work, handed)
    for place, word in enumerate(TOUCHED):
        with cast.work(SYSTEM_ACTOR, at + timedelta(minutes=1)) as work:
            turned.answer(work, token, place, word)
    with cast.work(SYSTEM_ACTOR, at + timedelta(minutes=2)) as work:
        turned.wish(work, token, "help")
    with cast.work(SYSTEM_ACTOR, at + timedelta(minutes=3)) as work:
        turned.stop(work, token)
    if sent:
        _sent(cast, number, at + timedelta(minutes=20))


def _sent(cast: Cast, number: str, at: datetime) -> None:
    _, official = cast.officials[COUNTRY][0]
    with cast.work(official, at) as work:
        proposal = next(p for p in referrals.propose(work, number) if p.need == sides.TALK)
        referral, desk = cast.send(work, number, proposal)
        screening.finish(work, number)
    with cast.work(SYSTEM_ACTOR, at) as work:
        letters.deliver(work)
    taker = cast.takers.get(desk)
    if taker is not None:
        with cast.work(taker, at + timedelta(hours=2)) as work:
            desks.accept(work, desks.AcceptReferral(number=referral))
