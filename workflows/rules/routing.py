"""Which routes of a need stand for a person here: `only if` of routes.csv, read in one place.

Whether an agency has places is known only when the case runs; who cannot say leaves it out, and the route
of second choice stays in the list, in its order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from models.vocabulary import Grade
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Route
from workflows.rules.words import GRADES


def standing_routes(
    pack: Pack,
    need: str,
    grades: Mapping[str, Grade],
    *,
    areas: Collection[str] | None = None,
    unavailable: Collection[str] | None = None,
) -> tuple[Route, ...]:
    """The routes of `need` that may be taken, in the pack's order.

    `areas`: only routes of these; None is all. `unavailable`: ids of agencies that cannot take anybody
    now; None when nobody knows.
    """
    rows = [row for row in pack.routes if row.need == need and (areas is None or row.area in areas)]
    fits = [row for row in rows if profile_stands(row, lambda code: GRADES.index(grades[code]))]
    if unavailable is None:
        return tuple(fits)
    return tuple(row for row in fits if _others_cannot(row, fits, unavailable))


def profile_stands(route: Route, level: Callable[[str], int]) -> bool:
    """Whether the profile that a route waits for reads at least its grade; true when it waits for none."""
    wanted = route.only_if
    if wanted is None or wanted.kind != "profile":
        return True
    return level(wanted.id) >= GRADES.index(Grade(wanted.word))


def _others_cannot(route: Route, fits: list[Route], unavailable: Collection[str]) -> bool:
    """`agency 1 unavailable`: nobody of that order who serves the person can take them."""
    wanted = route.only_if
    if wanted is None or wanted.kind != "agency":
        return True
    first = [other.agency for other in fits if str(other.order) == wanted.id]
    return all(agency in unavailable for agency in first)
