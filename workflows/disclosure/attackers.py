"""Attackers who know the method and every release, and try to tell of one person (statistics.md 3.7).

Each gives a `Finding`. Some ask what single figures give away and count claims: a claim that is right no more
often than guessing proves nothing. Others ask how well presence can be told, and measure the advantage, the
true-positive minus the false-positive rate, with its upper bound.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import log

from workflows.disclosure.attack_odds import share_at_least, share_at_most
from workflows.disclosure.attack_world import MONTHS, Guard, World
from workflows.disclosure.dimensions import Dimension
from workflows.disclosure.measuring import Cell, Cohort, measure
from workflows.disclosure.noise import law
from workflows.disclosure.plan import Plan, Planned, Span, advantage_of, months_of, period_of

#: A small figure: what the threshold protects.
SMALL = range(1, 10)
#: How much above theory a measured bound may be: the width of the interval itself (statistics.md 3.7).
SLACK = 0.02
_SURE = 1e9
#: How often a figure comes again where periods are never closed.
_REVISIONS = 12
_KEYS, _SPREAD = 1 << 40, 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Finding:
    """What one attacker reached. `exact`: small cells told exactly, beyond what guessing gives; `proven`:
    cells proven to hold exactly one person; `advantage`: measured upper bound, and `bound` what theory
    allows (None: not an attack on presence). `won`: the attacker surely beat the protection.
    """

    attack: str
    claims: int
    right: int
    guess: float
    exact: int = 0
    proven: int = 0
    advantage: float | None = None
    bound: float | None = None
    won: bool = False


def subtraction(world: World) -> Finding:
    """Withheld figures as what their known total leaves: of a line with one gap, and of quarters and years
    less their months.
    """
    claims = [*_gaps(world), *_differences(world)]
    return _of_claims("subtraction and differencing", claims, proves=not world.guard.noise)


def _gaps(world: World) -> Iterator[tuple[int, int]]:
    """(claimed, true) for each line in which one figure alone is withheld."""
    tables = {table.key: table for table in world.plan.tables}
    for (key, period), settled in world.books.settled.items():
        table = tables[key]
        if table.most > 1:
            continue
        truth = world.truth(table, period)
        hidden = [cell for cell, figure in settled.figures.items() if isinstance(figure, str)]
        if len(hidden) == 1:
            total = sum(settled.estimates.values())
            shown = sum(figure for figure in settled.figures.values() if isinstance(figure, int))
            yield total - shown, truth.get(hidden[0], 0)


def _differences(world: World) -> Iterator[tuple[int, int]]:
    """(claimed, true) for each cell of a month, as what its quarter or year leaves of the other months."""
    tables, books = {table.key: table for table in world.plan.tables}, world.books
    for key, period in books.settled:
        table = tables[key]
        if table.within is None:
            continue
        up = world.lists.up.get(table.dimensions[0], ("", {}))[1]
        months, parent = months_of(table.span, period), tables[table.within]
        if len(table.dimensions) > 1 or not up:
            continue
        whole: dict[str, int] = {}
        for cell, value in books.settled[key, period].estimates.items():
            whole[up[cell[0]]] = whole.get(up[cell[0]], 0) + value
        for month in months:
            others = books.sums(parent.key, [m for m in months if m != month], by_code=True)
            truth = world.truth(parent, month)
            for code, value in whole.items():
                yield value - others.get(code, 0), truth.get((code,), 0)


def planting(world: World, runs: int) -> Finding:
    """Agents are registered until a small cell must be shown; what is known of them is taken off again."""
    plan, table = world.plan, world.plan.tables[0]
    chances = law(plan.sigma)
    planted = plan.threshold + 10
    true_ones = [SMALL[run % len(SMALL)] for run in range(runs)]
    shown = [true + planted for true in true_ones]
    if world.guard.noise:
        shown = _measured(plan, table, shown, "planting", world.guard)
    told = [min(max(value - planted, SMALL[0]), SMALL[-1]) for value in shown]
    claims = list(zip(told, true_ones, strict=True))
    best = sum(
        max(chances.chance(value - true) for true in SMALL)
        for value in range(chances.least, chances.most + SMALL[-1] + 1)
    ) / len(SMALL)
    return _of_claims("planting", claims, guess=best if world.guard.noise else 1 / len(SMALL))


def presence_claims(world: World) -> Finding:
    """Figures of at most nine persons, or of nobody, that are shown all the same."""
    tables = {table.key: table for table in world.plan.tables}
    shown = small = 0
    for (key, period), settled in world.books.settled.items():
        truth = world.truth(tables[key], period)
        for cell, figure in settled.figures.items():
            if truth.get(cell, 0) <= SMALL[-1]:
                small += 1
                shown += isinstance(figure, int)
    limit = 1 - sum(
        law(world.plan.sigma).chance(x)
        for x in range(-world.plan.threshold * 9, world.plan.threshold - SMALL[-1])
    )
    won = share_at_least(shown, max(small, 1)) > limit + SLACK
    return Finding("small cells shown", small, shown, round(limit, 4), won=won)


def equality(world: World, least: int = 30) -> Finding:
    """Two cells of one period with the same measured number: are they the same persons?

    The attacker has the numbers as measured, which never leave: more than any release gives.
    """
    tables = {table.key: table for table in world.plan.tables}
    pairs = same = claims = right = 0
    for period in MONTHS:
        found = [
            table for table in world.plan.of(Span.MONTH) if (table.key, period) in world.measured
        ]
        for one, other in _two_of(found):
            first, second = (_members(world, tables[t.key], period) for t in (one, other))
            for a, b, equal in _compared(world, one, other, period, least):
                alike = first.get(a) == second.get(b)
                pairs, same = pairs + 1, same + alike
                claims, right = claims + equal, right + (equal and alike)
    guess = same / pairs if pairs else 0.0
    won = bool(claims) and share_at_least(right, claims) > guess + SLACK
    return Finding(
        "equality of cells", claims, right, round(guess, 4), exact=right if won else 0, won=won
    )


def _two_of(tables: Sequence[Planned]) -> Iterator[tuple[Planned, Planned]]:
    for at, one in enumerate(tables):
        for other in tables[at + 1 :]:
            yield one, other


def _compared(
    world: World, one: Planned, other: Planned, period: str, least: int
) -> Iterator[tuple[Cell, Cell, bool]]:
    for a, x in world.measured[one.key, period].cells.items():
        for b, y in world.measured[other.key, period].cells.items():
            if x >= least or y >= least:
                yield a, b, x == y


def _members(world: World, table: Planned, period: str) -> dict[Cell, int]:
    """Who is in each cell, as the sum of record keys."""
    found: dict[Cell, int] = {}
    for cohort in world.cohorts(table.span, period):
        cell = tuple(str(cohort.codes[name]) for name in table.dimensions)
        found[cell] = found.get(cell, 0) + cohort.keys
    return found


def known_others(
    plan: Plan, guard: Guard, runs: int, *, others: int, household: int = 1
) -> Finding:
    """Is the target in the figures? Everybody else is known; the likelihood ratio of all their cells tells.

    `others` is how many others are in each of the target's cells: none for somebody odd. Every second of the
    `runs` worlds is without the target. The attacker has the numbers as measured.
    """
    scores = [0.0] * runs
    for table in plan.tables:
        for number in range(table.most):
            # Where periods are measured anew, late records change who else is in the cell each time.
            for again in range(1 if guard.closed else _REVISIONS):
                known = others + again if others else 0
                counts = [known + household * (run % 2 == 0) for run in range(runs)]
                place = f"{table.key} {number} {again}"
                for run, value in enumerate(_measured(plan, table, counts, place, guard)):
                    scores[run] += _evidence(plan, guard, value, known, household)
    right = sum((score > 0) == (run % 2 == 0) for run, score in enumerate(scores))
    # As many worlds with as without: the advantage is twice the share told rightly, less one.
    lower, upper = (2 * bound(right, runs) - 1 for bound in (share_at_least, share_at_most))
    theory = advantage_of(plan.rho * household**2)
    kind = "somebody alone" if not others else "a household" if household > 1 else "one of many"
    return Finding(
        f"known others: {kind}",
        claims=runs,
        right=right,
        guess=0.5,
        advantage=round(upper, 4),
        bound=round(theory, 4),
        won=lower > theory,
    )


def _measured(
    plan: Plan, table: Planned, counts: Sequence[int], place: str, guard: Guard
) -> list[int]:
    """What measuring gives for cells of so many persons, under a key of this place alone."""
    name = table.dimensions[0]
    side = Dimension(name, tuple(f"x{at}" for at in range(len(counts))))
    secret = sha256(place.encode()).digest()
    cohorts = [
        Cohort({name: code}, count, (at + 1) * _SPREAD % _KEYS)
        for at, (code, count) in enumerate(zip(side.codes, counts, strict=True))
        if count
    ]
    found = measure(
        plan,
        Planned(table.key, table.span, (name,)),
        period_of(table.span, MONTHS[0]),
        cohorts,
        {name: side},
        lambda data: hmac.digest(secret, data, "sha256"),
        guard.rules,
    )
    return list(found.cells.values())


def _evidence(plan: Plan, guard: Guard, value: int, known: int, household: int) -> float:
    """The logarithm of how much likelier the value is with the target than without."""
    chances = law(plan.sigma)
    with_target = chances.chance(value - known - household)
    without = chances.chance(value - known)
    if not known and not guard.empty_too:
        without = float(value == 0)
    if not with_target or not without:
        return (_SURE if with_target else 0.0) - (_SURE if without else 0.0)
    return log(with_target / without)


def _of_claims(
    attack: str,
    claims: Sequence[tuple[int, int]],
    *,
    guess: float | None = None,
    proves: bool = False,
) -> Finding:
    """Claims about small figures against the best blind guess among the same figures."""
    small = [(claimed, true) for claimed, true in claims if true in SMALL]
    right = sum(claimed == true for claimed, true in small)
    if guess is None:
        common = Counter(true for _, true in small).most_common(1)
        guess = common[0][1] / len(small) if small else 0.0
    won = bool(small) and share_at_least(right, len(small)) > guess + SLACK
    ones = sum(claimed == true == 1 for claimed, true in small)
    return Finding(
        attack,
        claims=len(small),
        right=right,
        guess=round(guess, 4),
        exact=right if won else 0,
        proven=ones if proves else 0,
        won=won,
    )
