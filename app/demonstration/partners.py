"""Partners of the demonstration who may have exact figures: one confirmed by two accounts, one that waits."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.demonstration.cast import Cast
from models.accounts import User
from models.vocabulary import Role
from workflows import agreements
from workflows.agreements import RecordAgreement
from workflows.policy import Actor

COUNTRY = "KAZ"
#: Partner, purpose, who signed, how many days it holds, whether the second supervisor has confirmed it.
PAPERS = (
    (
        "Invented Department of Reception",
        "Planning of places in reception houses for the coming quarter",
        "Head of the department's figures",
        365,
        True,
    ),
    (
        "Invented Institute of Migration Studies",
        "A study of how soon desks answer",
        "Director of the institute",
        180,
        False,
    ),
)


def tell(cast: Cast) -> int:
    """Record the agreements with the first supervisor of the country; returns how many."""
    first, second = _supervisors(cast)
    for partner, purpose, signed_by, days, confirmed in PAPERS:
        command = RecordAgreement(
            partner=partner,
            purpose=purpose,
            signed_by=signed_by,
            ends_on=cast.now.date() + timedelta(days=days),
        )
        with cast.work(first, cast.now) as work:
            made = agreements.record(work, command)
        if confirmed:
            with cast.work(second, cast.now) as work:
                agreements.confirm(work, made, 1)
    return len(PAPERS)


def _supervisors(cast: Cast) -> tuple[Actor, Actor]:
    """Both supervisors of the border authority, whose sign-ins are printed."""
    agency = cast.officials[COUNTRY][0][1].agency_id
    with cast.work(cast.officials[COUNTRY][0][1], cast.now) as work:
        users = work.session.scalars(
            select(User)
            .where(User.agency_id == agency, User.role == Role.SUPERVISOR)
            .order_by(User.name)
        ).all()
        first, second = (
            Actor(user_id=one.id, role=one.role, agency_id=one.agency_id, country=COUNTRY)
            for one in users[:2]
        )
    return first, second
