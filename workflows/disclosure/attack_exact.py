"""Attackers of exact files: a partner, and whoever gets hold of what all partners had, puts them together.

Of a quarter of an invented deployment months, the quarter itself, and the same of other breakdowns and of one
province are asked for, and whatever is not refused is made. Then lines with one gap and differences of files
are worked out by plain subtraction, and all files together by linear programs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from workflows.disclosure.attack_world import MONTHS, Person, lists, population
from workflows.disclosure.attackers import SMALL, Finding
from workflows.disclosure.cubes import Fact
from workflows.disclosure.dimensions import Dimension, dimension
from workflows.disclosure.errors import DisclosureError
from workflows.disclosure.exact import ALL, SMALLEST, Compare, Wanted, decide
from workflows.disclosure.exact_atoms import system_of
from workflows.disclosure.exact_files import ExactFile, ExactTable, Ground, Told
from workflows.disclosure.exact_solver import Model, ranges
from workflows.disclosure.grids import Policy

_QUARTER = MONTHS[:3]
_POLICY = Policy(k=SMALLEST)
_BASES = ("post", "region", "sex", "age_band", "profile", "need", "outcome")
#: What is asked for: months of the quarter (None: all), lines, columns, and perhaps one province.
_ASKED: tuple[tuple[int | None, str, str, str], ...] = (
    (0, "province", "sex", ""),
    (1, "province", "sex", ""),
    (None, "province", "sex", ""),
    (None, "region", "sex", ""),
    (None, "region", "sex", "P0"),
    (0, "region", "sex", ""),
    (None, "province", "age_band", ""),
)


@dataclass
class Partners:
    """What all partners had, and who was there."""

    ground: Ground
    facts: Sequence[Fact]
    files: list[ExactFile] = field(default_factory=list)
    refused: int = 0


def partners(persons: int, seed: int, compare: Compare = ALL) -> Partners:
    """Ask for everything, and make whatever is not refused."""
    known = lists()
    codes = {"time": tuple(f"{month}/" for month in _QUARTER)}
    codes |= {name: dimension(name).codes for name in ("sex", "age_band")}
    codes |= {name: side.codes for name, side in known.sides.items() if name in _BASES[:2]}
    codes |= {name: known.sides[name].codes for name in _BASES[4:]}
    made = Partners(Ground(codes, known.up["post"][1]), _facts(population(persons, seed)))
    sides = {**known.sides, "age_band": dimension("age_band")}
    for month, rows, columns, province in _ASKED:
        chosen = _QUARTER if month is None else (_QUARTER[month],)
        wanted = _wanted(made.ground, chosen, (sides[rows], sides[columns]), province)
        try:
            found = decide(wanted, made.files, made.ground, made.facts, _POLICY, compare)
        except DisclosureError:
            made.refused += 1
        else:
            made.files.append(found.file)
    return made


def _facts(persons: Sequence[Person]) -> list[Fact]:
    counted: Counter[tuple[object, ...]] = Counter()
    for person in persons:
        if person.month not in _QUARTER:
            continue
        sex, _, age = str(person.codes["sex_age"]).partition(" ")
        codes = {**person.codes, "sex": sex, "age_band": age}
        counted[(f"{person.month}/", *(codes[name] for name in _BASES))] += 1
    names = ("time", *_BASES)
    return [Fact(dict(zip(names, codes, strict=True)), count) for codes, count in counted.items()]  # type: ignore[arg-type]  # codes of persons


def _wanted(
    ground: Ground, months: Sequence[str], sides: tuple[Dimension, Dimension], province: str
) -> Wanted:
    up = ground.province_of
    posts = frozenset(post for post in up if not province or up[post] == province)
    return Wanted({"time": frozenset(f"{m}/" for m in months), "post": posts}, (sides,))


def exact_subtraction(made: Partners) -> Finding:
    """Lines with one gap, and a quarter less the months and the province that are known."""
    claims = [*_gaps(made), *_differences(made)]
    small = [(claimed, true) for claimed, true in claims if true in SMALL]
    right = sum(claimed == true for claimed, true in small)
    ones = sum(claimed == true == 1 for claimed, true in small)
    return Finding("exact files: subtraction", len(small), right, 0.0, right, ones, won=right > 0)


def _gaps(made: Partners) -> Iterator[tuple[int, int]]:
    for file in made.files:
        for table in file.tables:
            lines: dict[object, list[Told]] = {}
            for told in table.figures:
                if told.rows is not None and told.columns is not None:
                    lines.setdefault(told.rows, []).append(told)
            totals = {told.rows: told.persons for told in table.figures if told.columns is None}
            for rows, cells in lines.items():
                hidden = [cell for cell in cells if cell.persons is None]
                total = totals.get(rows)  # type: ignore[call-overload]  # codes, as they were put in
                if total is not None and len(hidden) == 1:
                    claimed = total - sum(cell.persons or 0 for cell in cells)
                    yield claimed, _truth(made, [(file, 1)], table, hidden[0])


def _differences(made: Partners) -> Iterator[tuple[int, int]]:
    """What a file tells less what others tell of parts of it, cell by cell."""
    for whole in made.files:
        parts = [one for one in made.files if one is not whole and _inside(one, whole)]
        ways = [[one] for one in parts]
        ways += [
            [one, two]
            for at, one in enumerate(parts)
            for two in parts[at + 1 :]
            if not one.overlaps(two)
        ]
        for way in ways:
            yield from _difference(made, whole, way)


def _inside(part: ExactFile, whole: ExactFile) -> bool:
    same = part.tables[0].dimensions == whole.tables[0].dimensions
    return same and all(part.within[name] <= codes for name, codes in whole.within.items())


def _difference(
    made: Partners, whole: ExactFile, parts: Sequence[ExactFile]
) -> Iterator[tuple[int, int]]:
    known = [{(t.rows, t.columns): t.persons for t in part.tables[0].figures} for part in parts]
    for told in whole.tables[0].figures:
        shown = [figures.get((told.rows, told.columns)) for figures in known]
        if told.persons is None or None in shown:
            continue
        claimed = told.persons - sum(one or 0 for one in shown)
        signs = [(whole, 1), *((part, -1) for part in parts)]
        yield claimed, _truth(made, signs, whole.tables[0], told)


def _truth(
    made: Partners, files: Sequence[tuple[ExactFile, int]], table: ExactTable, told: Told
) -> int:
    return sum(
        sign * fact.count
        for file, sign in files
        for fact in made.facts
        if all(fact.codes[name] in codes for name, codes in file.within.items())
        and _in(told.rows, made.ground.code(table.rows, fact.codes))
        and (
            table.columns is None or _in(told.columns, made.ground.code(table.columns, fact.codes))
        )
    )


def _in(codes: tuple[str, ...] | None, own: Sequence[str]) -> bool:
    return codes is None or any(code in codes for code in own)


def exact_audit(made: Partners) -> Finding:
    """All files of a quarter together: small groups of which only one number is possible."""
    claims = right = proven = 0
    system = system_of(made.files, made.ground, made.facts, _POLICY)
    for low, high in ranges(Model(system), system.groups):
        claims += 1
        pinned = high - low < 1 - 1e-6 and high > 0.5
        right += pinned
        proven += pinned and high < 1.5
    return Finding("exact files: all together", claims, right, 0.0, right, proven, won=right > 0)
