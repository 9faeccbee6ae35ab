"""Is everything that a pack says of its country said twice? What notices each single-place change.

In the order of asking: a vignette that says the row again, the lint, the invariant that a need has somebody
in the country. What a person cannot feel (a name, a place on the map, a day of verification) and no lint
finds is counted by itself: it is checked against its source, by people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from workflows.rules.assess import assess
from workflows.rules.cases import output_word, vignette_facts
from workflows.rules.country_lint import faults
from workflows.rules.country_slips import DATA
from workflows.rules.country_words import KINDS as BOOK
from workflows.rules.country_words import way_words
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Route
from workflows.rules.proof_solver import Unsettled
from workflows.rules.proof_terms import Term, no
from workflows.rules.prove import Prover, check_of
from workflows.rules.words import GRADES

#: Kinds of slips in who is sent to, and in clocks; `slip_kinds` makes some of them.
WAYS, CLOCKS = ("way", "route"), ("clock", "deadline")

#: What noticed a slip of a country first; the words are those of `slips.py`.
VIGNETTE, LINTED, INVARIANT, UNNOTICED, SAME, CHECKED = (
    "vignette",
    "lint",
    "invariant",
    "unnoticed",
    "same meaning",
    "data, checked against source",
)

_LEVELS = [grade.value for grade in GRADES]


class CountryExaminer:
    """What notices a slip in the rows of one country."""

    def __init__(self, prover: Prover) -> None:
        self.prover, self.pack, self.base = prover, prover.pack, prover.base
        own = [v for v in self.pack.vignettes if v.pack == self.pack.code and _speaks(v.expect)]
        self._told = [(v, assess(self.pack, vignette_facts(self.pack, v), v.as_of)) for v in own]
        self._faults = frozenset(faults(self.pack, self.base))

    def look(self, kind: str, slipped: Pack) -> str:
        """What notices that `slipped` stands in place of the pack."""
        if self._vignette(kind, slipped):
            return VIGNETTE
        if set(faults(slipped, self.base)) - self._faults:
            return LINTED
        if kind in WAYS:
            try:
                return self._way(slipped)
            except Unsettled:
                return UNNOTICED
        return CHECKED if kind == DATA else UNNOTICED

    def elsewhere(self, slipped: Pack) -> Iterator[tuple[str, Term]]:
        """(need, who has it and is sent elsewhere) for every need whose routes differ for somebody.

        Raises:
            Unsettled: the solver did not find out in its time.
        """
        for need in self.pack.needs:
            if self._rows(self.pack, need) != self._rows(slipped, need):
                found = (term for term in self._differ(slipped, need) if self.prover.exists(term))
                first = next(found, None)
                if first is not None:
                    yield need, first

    def _vignette(self, kind: str, slipped: Pack) -> bool:
        """Whether some vignette no longer reads what it expects.

        Only clocks are a part of what is said of a person, who is then looked at again.
        """
        clock = kind in CLOCKS
        for vignette, was in self._told:
            keys = _speaks(vignette.expect, clock=clock)
            now = (
                assess(slipped, vignette_facts(slipped, vignette), vignette.as_of)
                if keys and clock
                else was
            )
            for key in keys:
                wanted = vignette.expect[key]
                if output_word(slipped, now, key, whole=";" in wanted) != wanted:
                    return True
        return False

    def _way(self, slipped: Pack) -> str:
        """Whether some person has nobody for a need, and whether anybody is sent elsewhere at all."""
        routed = [row for row in self.pack.invariants.values() if row.form == "routed"]
        other = self.prover.beside(slipped)
        if any(next(iter(check_of(row)(other)), None) for row in routed):
            return INVARIANT
        return SAME if next(self.elsewhere(slipped), None) is None else UNNOTICED

    def _rows(self, pack: Pack, need: str) -> tuple[Route, ...]:
        return tuple(row for row in pack.routes if row.need == need)

    def _differ(self, slipped: Pack, need: str) -> Iterator[Term]:
        """Persons with the need for whom the two packs ask other bodies, by the profiles that count."""
        before, after = self._rows(self.pack, need), self._rows(slipped, need)
        waits = tuple(dict.fromkeys(str(r.only_if) for r in (*before, *after) if _profile(r)))
        for standing in product((True, False), repeat=len(waits)):
            so = dict(zip(waits, standing, strict=True))
            words = [
                way_words(pack, [r for r in rows if so.get(str(r.only_if), True)])
                for pack, rows in ((self.pack, before), (slipped, after))
            ]
            if words[0] != words[1]:
                yield self._somebody(need, so)

    def _somebody(self, need: str, so: Mapping[str, bool]) -> Term:
        """Who has the need and just these profiles."""
        terms = [self.prover.now.needs[need]]
        for wait, stands in so.items():
            _, code, word = wait.split(" ")
            term = self.prover.now.grades[code][0][_LEVELS.index(word) - 1]
            terms.append(term if stands else no(term))
        return self.prover.terms.both(terms)


def _profile(row: Route) -> bool:
    return row.only_if is not None and row.only_if.kind == "profile"


def _speaks(expect: Mapping[str, str], *, clock: bool | None = None) -> list[str]:
    """Keys of `expect` that speak of the country: of its clocks, of all else, or (None) of either."""
    wanted = {None: (*BOOK, "deadline"), True: ("deadline", "due"), False: BOOK}[clock]
    return [key for key in expect if key.partition(" ")[0] in wanted]
