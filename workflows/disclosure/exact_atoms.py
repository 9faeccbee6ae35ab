"""PURE. All exact files of the same persons as one system: kinds of persons, and what is known of each sum.

A kind is what no file can tell apart: the same months, posts and lines of every table. Each figure that was
told is the sum of the persons of some kinds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

from workflows.disclosure.cubes import Fact
from workflows.disclosure.errors import TooMuchTogether
from workflows.disclosure.exact_cliques import Clique, cliques_of, links_of
from workflows.disclosure.exact_files import Codes, ExactFile, ExactTable, Ground, made_of
from workflows.disclosure.grids import Policy

#: Kinds of persons in one system; with more it would take minutes.
MOST_KINDS = 20_000
#: In which files somebody is counted.
Members = frozenset[int]
#: A cell, a line (row, None), a column (None, column), or all.
Place = tuple[str | None, str | None]
#: A person's codes, by what breakdowns are made of.
Base = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """Persons whom the files do not tell apart by the breakdowns of one clique (`exact_cliques`)."""

    clique: int
    base: Base
    members: Members


@dataclass(frozen=True)
class Sum:
    """The kinds whose persons add up to a figure: `persons` as told (None: withheld, at least `floor`).

    `place` is (file, table, figure).
    """

    place: tuple[int, int, int]
    kinds: tuple[int, ...]
    persons: int | None
    floor: int


@dataclass(frozen=True)
class Group:
    """A few persons who must not be told of: what is known must allow for `k` of them, and for `floor`."""

    kinds: tuple[int, ...]
    floor: int


@dataclass
class System:
    """Everything that files of the same persons tell together. `links`: kinds that are the same persons."""

    files: Sequence[ExactFile]
    kinds: list[Kind]
    sums: list[Sum] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    links: list[tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=list)


def joined(newest: ExactFile, earlier: Sequence[ExactFile]) -> list[ExactFile]:
    """The newest file last, after those that share persons with it, or with one that does."""
    found, left = [newest], list(earlier)
    while True:
        more = [file for file in left if any(file.overlaps(one) for one in found)]
        if not more:
            return [*reversed(found[1:]), newest]
        found += more
        left = [file for file in left if file not in more]


def system_of(
    files: Sequence[ExactFile], ground: Ground, population: Sequence[Fact], policy: Policy
) -> System:
    """Put files together. `population` has the base codes of everybody who may be in one of them.

    Raises TooMuchTogether where they tell apart too many kinds of persons.
    """
    marks = _Marks(files, ground)
    tables = [table for file in files for table in file.tables]
    cliques = cliques_of(table.bases for table in tables)
    system, counts = System(files, []), list[int]()
    for number, clique in enumerate(cliques):
        found = _kinds(marks, clique, population)
        system.kinds += [Kind(number, base, members) for base, members, _ in found]
        counts += [count for _, _, count in found]
        if len(system.kinds) > MOST_KINDS:
            raise TooMuchTogether(most=MOST_KINDS)
    for one, other in links_of(cliques):
        system.links += _link(system, marks, (one, other), cliques[one] & cliques[other])
    small: dict[tuple[int, ...], Group] = {}
    for number, file in enumerate(files):
        for place, table in enumerate(file.tables):
            clique_at = next(n for n, clique in enumerate(cliques) if table.bases <= clique)
            lines = _lines(table, number, clique_at, system.kinds, ground)
            _tell(system, (number, place), table, lines)
            for group in _small(table, lines, (system.kinds, counts), policy):
                known = small.get(group.kinds)
                if known is None or known.floor < group.floor:
                    small[group.kinds] = group
    system.groups = list(small.values())
    return system


class _Marks:
    """Which codes the files tell apart."""

    def __init__(self, files: Sequence[ExactFile], ground: Ground) -> None:
        self.files, self.ground = files, ground
        #: What files are limited by, where it leaves anything out.
        self.limits = tuple(
            sorted(
                {
                    name
                    for file in files
                    for name, codes in file.within.items()
                    if not set(ground.codes[name]) <= codes
                }
            )
        )
        self._known: dict[tuple[str, Any, bool], tuple[Any, ...]] = {}

    def of(self, attribute: str, code: Any, *, lines: bool = True) -> tuple[Any, ...]:
        """What the files see of a code: whether it is in them, and with `lines` on which line."""
        found = self._known.get((attribute, code, lines))
        if found is None:
            seen: list[Any] = []
            for file in self.files:
                if attribute in file.within:
                    seen.append(code in file.within[attribute])
                seen += [
                    self._line(dimension, attribute, code)
                    for table in file.tables
                    for dimension in table.dimensions
                    if lines and attribute in made_of(dimension)
                ]
            found = self._known[attribute, code, lines] = tuple(seen)
        return found

    def _line(self, dimension: str, attribute: str, code: Any) -> Any:
        if len(made_of(dimension)) > 1:
            return code
        return self.ground.code(dimension, {attribute: code})

    def files_of(self, base: Base) -> Members:
        """In which files somebody is counted."""
        return frozenset(
            number
            for number, file in enumerate(self.files)
            if all(base[name] in file.within[name] for name in self.limits if name in file.within)
        )

    def classes(self, attribute: str, population: Sequence[Fact], *, lines: bool) -> list[Any]:
        """One code for each that the files tell apart. Where one may have several codes (profiles): the sets
        that occur, each code alone and none. That fewer are thought of than there may be is on the safe
        side: what is found possible is possible.
        """
        listed: list[Any] = list(self.ground.codes[attribute])
        if attribute in self.ground.several:
            met = {fact.codes[attribute] for fact in population}
            listed = [(), *((code,) for code in listed), *sorted(met, key=str)]
        found: dict[tuple[Any, ...], Any] = {}
        for code in listed:
            found.setdefault(self.of(attribute, code, lines=lines), code)
        return list(found.values())


def _kinds(
    marks: _Marks, clique: Clique, population: Sequence[Fact]
) -> list[tuple[Base, Members, int]]:
    """Every kind of person there could be, by the breakdowns of a clique, and how many there are."""
    names = tuple(sorted(clique))
    rest = tuple(name for name in marks.limits if name not in clique)
    choices = [marks.classes(name, population, lines=True) for name in names]
    choices += [marks.classes(name, population, lines=False) for name in rest]
    if prod(len(choice) for choice in choices) > 10 * MOST_KINDS:
        raise TooMuchTogether(most=MOST_KINDS)
    found: dict[tuple[Any, ...], Base] = {}
    for codes in product(*choices):
        base = dict(zip((*names, *rest), codes, strict=True))
        members = marks.files_of(base)
        if members:
            found.setdefault((members, *(marks.of(name, base[name]) for name in names)), base)
    counts: Counter[tuple[Any, ...]] = Counter()
    for fact in population:
        key = (marks.files_of(fact.codes), *(marks.of(name, fact.codes[name]) for name in names))
        counts[key] += fact.count
    return [(base, key[0], counts[key]) for key, base in found.items()]


def _link(
    system: System, marks: _Marks, pair: tuple[int, int], shared: Clique
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Two cliques tell of the same persons: of each kind by what they share, as many."""
    sides: dict[tuple[Any, ...], tuple[list[int], list[int]]] = {}
    for at, kind in enumerate(system.kinds):
        if kind.clique in pair:
            key = (kind.members, *(marks.of(name, kind.base[name]) for name in sorted(shared)))
            sides.setdefault(key, ([], []))[pair.index(kind.clique)].append(at)
    for one, other in sides.values():
        yield tuple(one), tuple(other)


def _lines(
    table: ExactTable,
    number: int,
    clique: int,
    kinds: Sequence[Kind],
    ground: Ground,
) -> dict[Place, list[int]]:
    """The kinds of each cell, line (row, None), column (None, column) and of all."""
    found: dict[Place, list[int]] = defaultdict(list)
    for at, kind in enumerate(kinds):
        if kind.clique != clique or number not in kind.members:
            continue
        rows = ground.code(table.rows, kind.base)
        columns = ground.code(table.columns, kind.base) if table.columns else ()
        found[None, None].append(at)
        for column in columns:
            found[None, column].append(at)
        for row in rows:
            found[row, None].append(at)
            for column in columns:
                found[row, column].append(at)
    return found


def _tell(
    system: System,
    at: tuple[int, int],
    table: ExactTable,
    lines: Mapping[Place, list[int]],
) -> None:
    for number, told in enumerate(table.figures):
        if told.persons is None and not told.floor:
            continue
        kinds = _union(told.rows, told.columns, lines)
        system.sums.append(Sum((*at, number), kinds, told.persons, told.floor))


def _union(rows: Codes, columns: Codes, lines: Mapping[Place, list[int]]) -> tuple[int, ...]:
    each = product((None,) if rows is None else rows, (None,) if columns is None else columns)
    parts = [lines.get(place, []) for place in each]
    return tuple(parts[0] if len(parts) == 1 else sorted({at for part in parts for at in part}))


def _small(
    table: ExactTable,
    lines: Mapping[Place, list[int]],
    persons: tuple[Sequence[Kind], Sequence[int]],
    policy: Policy,
) -> Iterator[Group]:
    """What must not be told of: small figures that are withheld, and small differences between files."""
    kinds_of, counts = persons
    for told in table.figures:
        if told.small:
            yield Group(_union(told.rows, told.columns, lines), told.floor)
    split: dict[Members, dict[Place, list[int]]] = {}
    for place, kinds in lines.items():
        for at in kinds:
            split.setdefault(kinds_of[at].members, defaultdict(list))[place].append(at)
    for cells in split.values() if len(split) > 1 else ():
        yield from _differences(cells, counts, policy)


def _differences(
    cells: Mapping[Place, list[int]], counts: Sequence[int], policy: Policy
) -> Iterator[Group]:
    """The small figures of those who are in some of the files and not in the others."""
    sums = {place: sum(counts[at] for at in kinds) for place, kinds in cells.items()}
    for (row, column), kinds in cells.items():
        around = [sums[None, None]]
        if row is not None and column is not None:
            around = [sums[row, None], sums[None, column]]
        if (row, column) != (None, None) and min(around) == 0:
            continue
        value = sums[row, column]
        if policy.is_small(value, *around):
            yield Group(tuple(kinds), policy.floor(value, *around))
