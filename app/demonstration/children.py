"""Children of the demonstration: a girl who was registered twice, and one who looks for her sister.

Names are invented.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.demonstration.cast import Cast
from models.network import Post
from models.vocabulary import LegalBasis, Sex, SoughtRelation
from workflows import (
    arrivals,
    child_forms,
    desks,
    letters,
    merging,
    referrals,
    screening,
    tracing,
)
from workflows.accounts import SYSTEM_ACTOR
from workflows.arrivals import Birth, NameForm
from workflows.child_fields import FormKind
from workflows.policy import Actor

#: The same girl as two posts' lists have her: in her own script, and as an officer heard it.
TWICE = ("شکریه نوری", "Shukriya Nuri")
#: Two sisters who lost each other on the way; one looks for the other.
SIBLINGS = (("Nilab Karimi", 15), ("مرسل کریمی", 12))
_COUNTRY = "KAZ"


def tell(cast: Cast) -> int:
    """Tell their stories; how many were registered. Nobody is, where no desk for children has an account."""
    post, official = cast.officials[_COUNTRY][0]
    taken = [
        one
        for days, name in enumerate(TWICE, 2)
        if (one := _in_care(cast, post, official, name, cast.now - timedelta(days=days)))
    ]
    if len(taken) == len(TWICE):
        _propose(cast, taken)
    siblings = [
        one
        for name, age in SIBLINGS
        if (one := _in_care(cast, post, official, name, cast.now - timedelta(days=4), age))
    ]
    if len(siblings) == len(SIBLINGS):
        _look_for(cast, siblings[0])
        _fill(cast, siblings[0])
    return len(TWICE) + len(SIBLINGS)


def _fill(cast: Cast, child: tuple[str, str, Actor]) -> None:
    """The registration form, and two arrangements of care."""
    _, referral, taker = child
    registration = {
        "status": "unaccompanied",
        "nickname": "Nilo",
        "mother_name": "شفیقه کریمی",
        "mother_life": "unknown",
        "father_life": "dead",
        "separated_at": "Kunduz",
        "causes": ["conflict", "population_movement"],
        "wants_tracing": "yes",
        "whom_to_trace": "Her sister Mursal",
        "consent_by": "guardian",
        "consent_case": "yes",
        "withhold_what": "Where she is",
        "withhold_from": "The man who brought them",
    }
    written: list[tuple[FormKind, dict[str, Any]]] = [
        (FormKind.REGISTRATION, registration),
        (FormKind.CARE, {"arrangement": "residential", "since": "Since she came"}),
        (FormKind.CARE, {"arrangement": "foster", "carer": "Aigul S.", "link": "verified"}),
    ]
    for seen, (kind, values) in enumerate(written):
        at = cast.now - timedelta(days=3 - seen)
        with cast.work(taker, at) as work:
            form = child_forms.FillForm(number=referral, kind=kind, values=values, seen=seen)
            child_forms.fill(work, form)


def _look_for(cast: Cast, seeker: tuple[str, str, Actor]) -> None:
    _, referral, taker = seeker
    sought = tracing.OpenTracing(
        number=referral,
        names=("Мурсал Карими", "مرسل کریمی"),
        relation=SoughtRelation.SIBLING,
        sex=Sex.FEMALE,
        place="Kunduz",
        when="In the autumn, at the bridge",
        wished=True,
        safe=True,
    )
    with cast.work(taker, cast.now - timedelta(hours=5)) as work:
        tracing.open_request(work, sought)


def _propose(cast: Cast, taken: list[tuple[str, str, Actor]]) -> None:
    (_, referral, taker), (other, _, _) = taken
    reason = "She showed me the same bracelet, and says that she was asked twice."
    command = merging.ProposeMerge(number=referral, other=other, leads=True, reason=reason)
    with cast.work(taker, cast.now - timedelta(hours=2)) as work:
        merging.propose(work, command)


def _in_care(
    cast: Cast, post: Post, official: Actor, name: str, at: datetime, age: int = 13
) -> tuple[str, str, Actor] | None:
    """A child alone whom a desk has taken: case, referral, and who took it."""
    number = _asked(cast, post, official, name, at, age)
    with cast.work(official, at) as work:
        proposal = next(
            (p for p in referrals.propose(work, number) if p.need == "guardian" and p.desks), None
        )
        desk = None if proposal is None else cast.taker_of(proposal)
        if proposal is None or desk is None:
            return None
        referral = referrals.send(
            work,
            referrals.SendReferral(
                case_number=number,
                need_id=proposal.need_id,
                desk=desk,
                legal_basis=LegalBasis.BEST_INTEREST,
            ),
        ).number
    with cast.work(SYSTEM_ACTOR, at) as work:
        letters.deliver(work)
    taker = cast.takers[desk]
    with cast.work(taker, at + timedelta(hours=1)) as work:
        desks.accept(work, desks.AcceptReferral(number=referral))
    return number, referral, taker


def _asked(cast: Cast, post: Post, official: Actor, name: str, at: datetime, age: int) -> str:
    """A girl who came alone, registered, told of her rights and asked; her case number."""
    arrival = arrivals.RegisterArrival(
        post=post.code,
        names=(NameForm(text=name),),
        sex=Sex.FEMALE,
        birth=Birth(kind="age", age=age),
        nationalities=("AFG",),
        languages=("prs",),
    )
    with cast.work(official, at) as work:
        number = arrivals.register(work, arrival).case_number
        told = screening.RecordInformation(
            case_number=number,
            language="prs",
            how="read_aloud",
            interpreter="here",
            understood=True,
        )
        screening.inform(work, told)
    with cast.work(official, at) as work:
        answers = {"with_parent": "no", "with_responsible_adult": "no", "fear_of_return": "yes"}
        screening.answer(work, screening.RecordAnswers(case_number=number, answers=answers))
    return number
