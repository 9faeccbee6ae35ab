"""Places of services: taken in the transaction that sends, given back in the one that ends the referral.

One conditional UPDATE decides who gets the last place, so that nothing is promised twice (ASVS 2.3.4).
"""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, insert, or_, select, update

from models.network import Reservation, Service
from models.referrals import Referral
from workflows.work import Work


def free() -> ColumnElement[bool]:
    """A clause on `Service`: it is open and has a place, or has not said how many it has."""
    return Service.open & or_(Service.capacity.is_(None), Service.reserved < Service.capacity)


def reserve(work: Work, service_id: UUID, referral: Referral) -> bool:
    """Take a place of a service for a referral that is written already; False: none is free."""
    got = work.session.scalars(
        update(Service)
        .where(Service.id == service_id, free())
        .values(reserved=Service.reserved + 1)
        .returning(Service.id)
        .execution_options(synchronize_session=False)
    ).all()
    if len(got) != 1:
        return False
    work.session.execute(
        insert(Reservation).values(
            id=uuid4(), service_id=service_id, referral_id=referral.id, since=work.now
        )
    )
    return True


def holds(work: Work, referral: Referral) -> bool:
    """Whether a referral holds a place now."""
    found = select(Reservation.id).where(Reservation.referral_id == referral.id)
    return work.session.scalar(found) is not None


def release(work: Work, *referrals: UUID) -> None:
    """Give back the places that referrals hold. What holds none, or has given it back, changes nothing."""
    for referral_id in referrals:
        held = work.session.scalars(
            delete(Reservation)
            .where(Reservation.referral_id == referral_id)
            .returning(Reservation.service_id)
            .execution_options(synchronize_session=False)
        ).all()
        for service_id in held:
            work.session.execute(
                update(Service)
                .where(Service.id == service_id, Service.reserved > 0)
                .values(reserved=Service.reserved - 1)
                .execution_options(synchronize_session=False)
            )


def release_all(work: Work, person: UUID) -> None:
    """Give back every place of a person whose file goes."""
    release(work, *work.session.scalars(select(Referral.id).where(Referral.person_id == person)))
