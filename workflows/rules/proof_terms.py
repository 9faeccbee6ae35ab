"""Boolean terms by number: what the prover reasons about, and what many people are tried on at once.

A term is a whole number; its negation differs in the lowest bit. Equal terms have equal numbers, so
what a change of a pack does not touch is seen without a solver.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

Term = int

TRUE: Term = 0
FALSE: Term = 1


def no(term: Term) -> Term:
    """The negation."""
    return term ^ 1


class Terms:
    """A growing table of terms: free variables, and conjunctions of earlier terms."""

    def __init__(self) -> None:
        #: Parts of each conjunction; None stands for a variable (the first entry is "true").
        self.parts: list[tuple[Term, ...] | None] = [()]
        self.names: dict[int, str] = {}
        self._known: dict[tuple[Term, ...], Term] = {}

    def variable(self, name: str) -> Term:
        """A new free variable; the name is for readers only."""
        self.parts.append(None)
        self.names[len(self.parts) - 1] = name
        return 2 * (len(self.parts) - 1)

    def both(self, terms: Iterable[Term]) -> Term:
        """Every one of the terms; true for none."""
        parts = set(terms)
        parts.discard(TRUE)
        if FALSE in parts or any(no(term) in parts for term in parts):
            return FALSE
        if len(parts) < 2:
            return parts.pop() if parts else TRUE
        key = tuple(sorted(parts))
        found = self._known.get(key)
        if found is None:
            self.parts.append(key)
            found = self._known[key] = 2 * (len(self.parts) - 1)
        return found

    def either(self, terms: Iterable[Term]) -> Term:
        """One of the terms or more; false for none."""
        return no(self.both([no(term) for term in terms]))

    def implies(self, one: Term, other: Term) -> Term:
        """The second wherever the first."""
        return self.either([no(one), other])

    def same(self, one: Term, other: Term) -> Term:
        """Both or neither."""
        if one == other:
            return TRUE
        return self.both([self.implies(one, other), self.implies(other, one)])

    def at_least(self, n: int, terms: list[Term]) -> Term:
        """At least `n` of the terms, each counted as often as it is given."""
        if n <= 0:
            return TRUE
        if n > len(terms):
            return FALSE
        if n == 1:
            return self.either(terms)
        if n == len(terms):
            return self.both(terms)
        reached = [TRUE] + [FALSE] * n
        for term in terms:
            for k in range(n, 0, -1):
                reached[k] = self.either([reached[k], self.both([reached[k - 1], term])])
        return reached[n]


class Crowd:
    """Many assignments at once: bit `i` of each number belongs to person `i`.

    A term is worked out when asked for, and once.
    """

    def __init__(self, terms: Terms, values: Mapping[int, int], size: int) -> None:
        self.all = (1 << size) - 1
        self._terms = terms
        self._given = values
        self._bits: dict[int, int] = {}

    @classmethod
    def random(cls, terms: Terms, size: int, seed: int = 1) -> Crowd:
        """The same people each time: from nearly silent ones to those who answered everything."""
        dice = random.Random(seed)  # noqa: S311  # invented people, no secret
        share = [dice.choice((0.02, 0.1, 0.3, 0.7, 0.95)) for _ in range(size)]
        yes = [dice.choice((0.02, 0.1, 0.3, 0.6)) for _ in range(size)]
        values = {}
        for node, name in terms.names.items():
            odds = yes if name.endswith(" yes") else share
            values[node] = sum((dice.random() < odds[i]) << i for i in range(size))
        return cls(terms, values, size)

    def bits(self, term: Term) -> int:
        """Those for whom `term` is true."""
        found = self._bits.get(term >> 1)
        if found is None:
            found = self._work_out(term >> 1)
        return found ^ self.all if term & 1 else found

    def _work_out(self, wanted: int) -> int:
        parts, bits, stack = self._terms.parts, self._bits, [wanted]
        while stack:
            node = stack[-1]
            inner = parts[node]
            open_ = [part >> 1 for part in inner or () if part >> 1 not in bits]
            if open_:
                stack.extend(open_)
                continue
            stack.pop()
            found = self._given.get(node, 0) & self.all if inner is None else self.all
            for part in inner or ():
                found &= bits[part >> 1] ^ self.all if part & 1 else bits[part >> 1]
            bits[node] = found
        return bits[wanted]
