"""The one door to the solver (Z3). Only publishing a pack and CI need it, never a border post."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from workflows.rules.proof_terms import FALSE, TRUE, Term, Terms

#: Milliseconds for one question. All are Boolean, so this is far more than any has needed.
TIMEOUT = 20_000


class NoSolver(ImportError):  # named after the fact
    """The solver is not installed; everything but proofs works without it."""

    def __init__(self) -> None:
        super().__init__("proofs need the solver: pip install 'serai[prove]' (z3-solver)")


class Unsettled(Exception):  # named after the fact
    """The solver gave no answer in its time. It counts as not proven."""


@dataclass(frozen=True)
class Effort:
    """How long one question may take: milliseconds, and (0: no bound) steps of the solver."""

    milliseconds: int = TIMEOUT
    steps: int = 0


def _z3() -> Any:
    try:
        import z3  # 59 MB, and no border post has it
    except ImportError as error:
        raise NoSolver from error
    return z3


class Solver:
    """Questions about terms of one table: is there an assignment that makes all of them true?"""

    def __init__(self, terms: Terms, effort: Effort | None = None) -> None:
        """Raises `NoSolver` where Z3 is missing."""
        effort = effort or Effort()
        self._z3 = _z3()
        self._terms = terms
        self._solver = self._z3.SolverFor("QF_FD")
        self._solver.set("timeout", effort.milliseconds)
        if effort.steps:
            self._solver.set("rlimit", effort.steps)
        self._nodes: dict[int, Any] = {0: self._z3.BoolVal(val=True)}
        self._model: Any = None

    def require(self, term: Term) -> None:
        """From now on only assignments with `term`."""
        self._solver.add(self._literal(term))

    @property
    def known(self) -> int:
        """How many terms are read in."""
        return len(self._nodes)

    def know(self, terms: Iterable[Term]) -> None:
        """Read these terms in now, so that a later `scope` has only its own to read."""
        for term in terms:
            self._literal(term)

    @contextmanager
    def scope(self) -> Iterator[None]:
        """What is read in inside is forgotten at the end: thousands of questions leave nothing behind.

        Scopes do not nest.
        """
        before = len(self._nodes)
        self._solver.push()
        try:
            yield
        finally:
            self._solver.pop()
            self._model = None
            while len(self._nodes) > before:
                self._nodes.popitem()  # the last come first

    def possible(self, terms: Iterable[Term]) -> bool:
        """Whether all of `terms` can be true together; `value` then reads such an assignment.

        Raises:
            Unsettled: the solver did not find out.
        """
        asked = list(dict.fromkeys(term for term in terms if term != TRUE))
        if FALSE in asked:
            return False
        answer = self._solver.check(*[self._literal(term) for term in asked])
        if answer == self._z3.unknown:
            raise Unsettled(self._solver.reason_unknown())
        if answer == self._z3.unsat:
            return False
        self._model = None  # fetched when asked for: that costs more than many a question
        return True

    def value(self, term: Term) -> bool:
        """Whether `term` is true in the last assignment found; free variables read false."""
        if self._model is None:
            self._model = self._solver.model()
        found = self._z3.is_true(
            self._model.eval(self._literal(term & ~1), model_completion=True),
        )
        return bool(found) != bool(term & 1)

    def _literal(self, term: Term) -> Any:
        node = self._nodes.get(term >> 1)
        if node is None:
            node = self._define(term >> 1)
        return self._z3.Not(node) if term & 1 else node

    def _define(self, wanted: int) -> Any:
        stack = [wanted]
        while stack:
            node = stack[-1]
            if node in self._nodes:
                stack.pop()
                continue
            parts = self._terms.parts[node]
            open_ = [part >> 1 for part in parts or () if part >> 1 not in self._nodes]
            if open_:
                stack.extend(open_)
                continue
            self._nodes[node] = self._z3.Bool(f"n{node}")
            if parts is not None:
                inner = [self._literal(part) for part in parts]
                self._solver.add(self._nodes[node] == self._z3.And(*inner))
            stack.pop()
        return self._nodes[wanted]
