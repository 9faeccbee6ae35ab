"""The house of a desk: rooms with beds and whom they are for, some who sleep there, one who is expected."""

from __future__ import annotations

from datetime import timedelta

from app.demonstration.cast import Cast
from models.vocabulary import AgeBand, Company, OutReason, Sex
from workflows import beds, sites, triage, whereabouts
from workflows.errors import SeraiError
from workflows.policy import Actor

SITE = "House by the orchard"
_CHILDREN = (Company.CHILD_ALONE,)
_UNDER_18 = (AgeBand.FROM_0, AgeBand.FROM_5, AgeBand.FROM_12)
ROOMS = (
    {"label": "1", "beds": 4, "sexes": (Sex.FEMALE,), "ages": _UNDER_18, "companies": _CHILDREN},
    {
        "label": "2",
        "beds": 5,
        "sexes": (Sex.MALE,),
        "ages": _UNDER_18,
        "companies": _CHILDREN,
        "out_of_use": 1,
        "out_reason": OutReason.REPAIR,
    },
    {"label": "3", "beds": 6, "companies": (Company.FAMILY,)},
    {"label": "4", "beds": 1},
)
#: Of those who wait for a bed, how many get none, so that the list is not empty.
STILL_WAITING = 4


def tell(cast: Cast, desk: str, keeper: Actor) -> int:
    """Furnish the house of a desk, and give beds to most of whom it has in care; how many have one."""
    with cast.work(keeper, cast.now - timedelta(days=20)) as work:
        site = sites.add_site(work, sites.AddSite(desk=desk, name=SITE))
        for terms in ROOMS:
            sites.add_room(work, sites.AddRoom(site_id=site, **terms))  # type: ignore[arg-type]  # by name
    with cast.work(keeper, cast.now) as work:
        waiting = [one.number for one in triage.waiting(work).people]
    given = 0
    for number in waiting[:-STILL_WAITING]:
        given += _bed(cast, keeper, number, here=given > 0)
    return given


def _bed(cast: Cast, keeper: Actor, number: str, *, here: bool) -> int:
    """A bed in the first room that is for them; 0 where none is."""
    with cast.work(keeper, cast.now) as work:
        page = whereabouts.bed(work, number)
    room = next((one.room.id for one in page.alone if one.may and not page.family), None)
    if room is None:
        return 0
    try:
        with cast.work(keeper, cast.now) as work:
            beds.place(work, beds.Place(case_number=number, room_id=room, here=here))
    except SeraiError:
        # Whom no room is for waits for another site.
        return 0
    return 1
