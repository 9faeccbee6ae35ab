"""What a new version of a pack changes for whom: per output the smallest person who gains or loses.

These are the release notes that a second signatory reads. The counts on stored cases are elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.rules.pack import Pack
from workflows.rules.proof_encoding import Encoding, Protection
from workflows.rules.proof_solver import Effort, Unsettled
from workflows.rules.proof_terms import FALSE, Term, no
from workflows.rules.proof_words import in_words
from workflows.rules.prove import Prover
from workflows.rules.values import Facts

GAINS, LOSES, UNSETTLED = "gains", "loses", "not settled in time"


@dataclass(frozen=True, slots=True)
class Difference:
    """`gains` or `loses` an output under the new pack, and the smallest person who does.

    `words` is the person in English; `show` has other languages.
    """

    way: str
    output: Protection
    person: Facts | None
    words: str = ""

    def __str__(self) -> str:
        return f"{self.way} {self.output}: {self.words}".rstrip(": ")

    def show(self, pack: Pack, language: str = "en") -> str:
        """The difference as one line, facts in the words of `language`."""
        if self.person is None:
            return f"{self.way} {self.output}"
        return f"{self.way} {self.output}: {in_words(pack, self.person, language)}"


def differences(old: Pack, new: Pack, effort: Effort | None = None) -> tuple[Difference, ...]:
    """Every output that somebody gains or loses, losses first.

    A fact that only one pack knows is not answered in the other.

    Raises:
        NoSolver: z3-solver is not installed.
    """
    prover = Prover(new, old, effort or Effort())
    before = Encoding(old, prover.person).protections()
    after = prover.now.protections()
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    found = [*_of(prover, LOSES, keys, before, after), *_of(prover, GAINS, keys, after, before)]
    return tuple(found)


def _of(
    prover: Prover,
    way: str,
    keys: list[Protection],
    there: dict[Protection, Term],
    not_there: dict[Protection, Term],
) -> Iterator[Difference]:
    for key in keys:
        term = prover.terms.both([there.get(key, FALSE), no(not_there.get(key, FALSE))])
        try:
            if prover.exists(term):
                person = prover.smallest([term]) or {}
                yield Difference(way, key, person, in_words(prover.pack, person))
        except Unsettled:
            yield Difference(f"{UNSETTLED}: {way}", key, None)
