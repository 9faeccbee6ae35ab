"""How large and how small a group can be in any population that gives all figures: linear programs by HiGHS.

One model for all questions, so that each starts from the answer of the one before. HiGHS is imported on use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflows.disclosure.errors import FiguresMoved, TooMuchTogether
from workflows.disclosure.exact_atoms import Group, Sum, System

#: Seconds for one file; what takes longer is refused.
_PATIENCE = 20.0
_NEAR = 1e-6
#: No kind has more persons than this.
_MOST = 1e7


class Model:
    """The system of equations. Raises FiguresMoved where no population gives all figures.

    `floors`: only what is known because withheld figures are of somebody, and nothing that was told.
    """

    def __init__(self, system: System, *, floors: bool = False) -> None:
        from highspy import _core  # lazily: only who makes exact files needs it

        # The class above this one writes a banner to standard output when it is made.
        self._system, self._highs = system, _core._Highs()  # noqa: SLF001  # see above
        self._optimal = _core.HighsModelStatus.kOptimal
        self._most, self._least = _core.ObjSense.kMaximize, _core.ObjSense.kMinimize
        # Two solvers with other numbers of threads in one process give empty answers without an error.
        for option, value in (
            ("output_flag", False),
            ("log_to_console", False),
            ("threads", 1),
            ("time_limit", _PATIENCE),
        ):
            self._highs.setOptionValue(option, value)
        self._sums = [one for one in system.sums if one.persons is None or not floors]
        for _ in system.kinds:
            self._highs.addVar(0.0, _MOST)
        for one in self._sums:
            low, high = (one.floor, _MOST) if one.persons is None else (one.persons, one.persons)
            self._highs.addRow(
                float(low), float(high), len(one.kinds), list(one.kinds), [1.0] * len(one.kinds)
            )
        for ours, theirs in system.links:
            kinds = [*ours, *theirs]
            signs = [1.0] * len(ours) + [-1.0] * len(theirs)
            self._highs.addRow(0.0, 0.0, len(kinds), kinds, signs)
        self._asked: tuple[int, ...] = ()
        self.persons: list[float] = []
        if not self._run():
            raise FiguresMoved

    def far(self, kinds: Sequence[int], *, up: bool) -> float:
        """The most (or the fewest) persons that these kinds can have together."""
        for at in self._asked:
            self._highs.changeColCost(at, 0.0)
        for at in kinds:
            self._highs.changeColCost(at, 1.0)
        self._asked = tuple(kinds)
        self._highs.changeObjectiveSense(self._most if up else self._least)
        if not self._run():
            raise TooMuchTogether(most=len(self._system.kinds))
        return sum(self.persons[at] for at in kinds)

    def holding(self) -> Iterator[Sum]:
        """The figures that kept the last answer from going further."""
        duals = self._highs.getSolution().row_dual
        for one, dual in zip(self._sums, duals, strict=False):
            if abs(dual) > _NEAR:
                yield one

    def _run(self) -> bool:
        self._highs.run()
        if self._highs.getModelStatus() != self._optimal:
            return False
        self.persons = list(self._highs.getSolution().col_value)
        return True


def weak_groups(system: System, k: int) -> Iterator[tuple[Group, list[Sum]]]:
    """Groups that all files together bound too closely, each with the figures that do it.

    Each population that is found serves as proof for every group that it fits.
    """
    model, floors = Model(system), Model(system, floors=True)
    up, down = dict(enumerate(system.groups)), dict(enumerate(system.groups))
    for rest, rising in ((up, True), (down, False)):
        while rest:
            _, group = rest.popitem()
            value = model.far(group.kinds, up=rising)
            if rising:
                weak = value < k - _NEAR
            else:
                # That several withheld figures are of somebody is known of their sum as well.
                weak = value > group.floor + _NEAR and value > _NEAR + floors.far(
                    group.kinds, up=False
                )
            if weak:
                yield group, list(model.holding())
            _cross_off(model.persons, up, k, up=True)
            _cross_off(model.persons, down, k, up=False)


def _cross_off(persons: Sequence[float], rest: dict[int, Group], k: int, *, up: bool) -> None:
    for at, group in list(rest.items()):
        value = sum(persons[one] for one in group.kinds)
        if (value >= k - _NEAR) if up else (value <= group.floor + _NEAR):
            del rest[at]


def ranges(model: Model, groups: Sequence[Group]) -> Iterator[tuple[float, float]]:
    """The fewest and the most persons of each group: what an attacker with all files can prove."""
    for group in groups:
        yield model.far(group.kinds, up=False), model.far(group.kinds, up=True)
