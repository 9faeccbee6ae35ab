"""Proofs about a pack: what its invariants demand holds for every possible person, or here is one.

All questions are Boolean, so each is decided; a solver that gives up in its time has proven nothing.
The proof is about the pack, not about the world, the interviewer or the formulas of `computed.py`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from time import process_time

from workflows.rules.conditions import Condition
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Invariant, Need, Route
from workflows.rules.proof_encoding import Encoding, Protection
from workflows.rules.proof_growth import growing, grows, lost, matches_more, protects, unchanged
from workflows.rules.proof_person import Person, Vocabulary, conditions_of
from workflows.rules.proof_solver import Effort, Solver, Unsettled
from workflows.rules.proof_terms import FALSE, TRUE, Crowd, Term, Terms, no
from workflows.rules.proof_words import becomes, in_words
from workflows.rules.values import Answer, Facts
from workflows.rules.words import GRADES

#: So many random people are asked before the solver is.
CROWD = 2048

#: How a check ended.
PROVEN, BY_TEST, OPEN = "proven", "by property test", "open"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be. `person` is the smallest whom it concerns, if any.

    `then`: for two people compared, the answers in which the second differs (None: no answer).
    `words`: both in English; `show` has other languages.
    """

    check: str
    about: str
    says: str
    person: Facts | None = None
    then: Facts | None = None
    words: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.check}: {self.says}", self.words) if part)

    def show(self, pack: Pack, language: str = "en") -> str:
        """The finding as lines; facts in the words of `language`."""
        lines = [f"{self.check}: {self.says}"]
        if self.person is not None:
            lines.append(in_words(pack, self.person, language))
        if self.then is not None:
            lines.append(becomes(pack, self.then, list(self.then), language))
        return "\n    ".join(lines)


@dataclass(frozen=True, slots=True)
class Proof:
    """One check: id, what it says, how it ended, milliseconds of processor time, what was found."""

    check: str
    says: str
    how: str
    ms: float
    findings: tuple[Finding, ...] = ()


@dataclass
class Prover:
    """One pack (and its base) over one free person, with one solver for all questions."""

    pack: Pack
    base: Pack | None = None
    effort: Effort = field(default_factory=Effort)
    #: Conditions of further packs that will be asked about (`on`).
    more: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        packs = [self.pack] if self.base is None else [self.base, self.pack]
        facts = {id_: fact for pack in packs for id_, fact in pack.facts.items()}
        own = [condition for pack in packs for condition in conditions_of(pack)]
        vocabulary = Vocabulary.of([*own, *self.more])
        self.terms = Terms()
        self.person = Person(self.terms, facts, vocabulary)
        self.now = Encoding(self.pack, self.person)
        self.solver = Solver(self.terms, self.effort)
        self.crowds = [Crowd.random(self.terms, CROWD)]
        #: Terms that the solver found to be true of nobody; shared with `on`.
        self.impossible: set[Term] = {FALSE}
        self._twins: dict[tuple[str, ...], Person] = {}
        self._afters: dict[tuple[int, tuple[str, ...]], Encoding] = {}
        #: Where only some rows are looked at (a slip of a pack that was looked at whole): their ids.
        self.focus: frozenset[str] | None = None
        #: Whether it is enough that there is somebody, and nobody asks for the smallest.
        self.anybody_will_do = False

    def on(self, pack: Pack) -> Prover:
        """The same person, solver and crowd for a pack that differs little."""
        other = copy.copy(self)
        other.pack, other.anybody_will_do = pack, True
        other.now = now = Encoding(pack, self.person, like=self.now)
        old = self.now
        other.focus = frozenset(
            [id_ for id_, rails in now.rules.items() if old.rules.get(id_) != rails]
            + [id_ for id_, term in now.needs.items() if old.needs.get(id_) != term]
            + [id_ for id_, term in now.holds.items() if old.holds.get(id_) != term]
            + [slot for slot, c in pack.derived.items() if self.pack.derived.get(slot) is not c]
        )
        return other

    def beside(self, pack: Pack) -> Prover:
        """The same for a pack that differs only in what no condition reads, such as routes."""
        other = copy.copy(self)
        other.pack = pack
        return other

    def looks_at(self, id_: str) -> bool:
        """Whether the row is to be looked at."""
        return self.focus is None or id_ in self.focus

    def found(
        self, check: str, about: str, says: str, person: Facts, then: Facts | None = None
    ) -> Finding:
        """A finding about a person, said in English."""
        words = in_words(self.pack, person)
        if then is not None:
            words += " " + becomes(self.pack, then, list(then))
        return Finding(check, about, says, person, then, words)

    def anybody(self, asked: Iterable[Term]) -> bool:
        """Whether some person makes all of these true; the solver then holds one."""
        return self.solver.possible(asked)

    def exists(self, term: Term) -> bool:
        """The same, asked of a random crowd first and of the solver only when nobody is found."""
        if term in self.impossible:
            return False
        found = any(crowd.bits(term) for crowd in self.crowds) or self.solver.possible([term])
        if not found:
            self.impossible.add(term)
        return found

    def twin(self, free: Iterable[str]) -> Person:
        """A second person who may differ from the first in the facts `free` only; always the same."""
        key = tuple(free)
        if key not in self._twins:
            self._twins[key] = self.person.twin(key)
        return self._twins[key]

    def after(self, other: Person, exchanged: tuple[str, ...]) -> Encoding:
        """What the pack says of a twin, who keeps the grades of the profiles `exchanged`."""
        key = (id(other), exchanged)  # twins are kept, and so their identity
        kept = (self.now, frozenset(exchanged))
        found = Encoding(self.pack, other, like=self._afters.get(key), kept=kept)
        self._afters.setdefault(key, found)
        return found

    def smallest(self, asked: Iterable[Term], person: Person | None = None) -> Facts | None:
        """The person with the fewest answers for whom all are true; None when there is none."""
        if self.anybody_will_do:
            return {}
        person = person or self.person
        kept = list(asked)
        if not self.solver.possible(kept):
            return None
        ids = sorted(person.answered, key=lambda fact: bool(person.facts[fact].computed))
        self.settle(kept, [no(person.answered[fact]) for fact in ids])
        return person.read(self.solver.value)

    def settle(self, kept: list[Term], wishes: list[Term]) -> None:
        """Add to `kept` as many of `wishes`, early ones first, as can be true together with it."""
        if self.anybody_will_do:
            return
        if all(self.solver.value(wish) for wish in wishes) or self.solver.possible(
            [*kept, *wishes]
        ):
            kept.extend(wishes)
        elif len(wishes) > 1:
            half = len(wishes) // 2
            self.settle(kept, wishes[:half])
            self.settle(kept, wishes[half:])


def prove(
    pack: Pack, base: Pack | None = None, effort: Effort | None = None
) -> tuple[Finding, ...]:
    """All that is not proven of `pack`; with `base`, also where it protects less than its base.

    Raises:
        NoSolver: z3-solver is not installed.
    """
    return tuple(f for proof in proofs(pack, base, effort) for f in proof.findings)


def proofs(pack: Pack, base: Pack | None = None, effort: Effort | None = None) -> Iterator[Proof]:
    """Each invariant of the pack, the comparison with its base, and the lint, one by one."""
    from workflows.rules.proof_lint import LINT  # it builds upon this module

    prover = Prover(pack, base, effort or Effort())
    for invariant in pack.invariants.values():
        if invariant.form == "workflow":
            yield Proof(invariant.id, invariant.says, BY_TEST, 0.0)
        else:
            yield timed(prover, invariant.id, invariant.says, check_of(invariant))
    if base is not None:
        yield timed(prover, "base", "Nobody is protected less than by the base", below_base)
    for check, (says, look) in LINT.items():
        yield timed(prover, check, says, look)


def timed(
    prover: Prover, check: str, says: str, look: Callable[[Prover], Iterable[Finding]]
) -> Proof:
    """Run one check. What the solver could not settle is open, as a finding."""
    start = process_time()
    try:
        found = tuple(look(prover))
    except Unsettled:
        found = (Finding(check, "", f"not proven in time: {says}"),)
    ms = (process_time() - start) * 1000
    return Proof(check, says, OPEN if found else PROVEN, ms, found)


def check_of(invariant: Invariant) -> Callable[[Prover], Iterable[Finding]]:
    """How to look whether an invariant holds. Raises KeyError for one that a workflow holds."""
    forms: dict[str, Callable[[Prover, Invariant], Iterable[Finding]]] = {
        "never": _never,
        "whenever": _never,
        "monotone": _monotone,
        "only_adds": _only_adds,
        "indifferent": _indifferent,
        "routed": _routed,
    }
    return lambda prover: forms[invariant.form](prover, invariant)


def _never(prover: Prover, invariant: Invariant) -> Iterator[Finding]:
    """`never` and `whenever ... then`, both on the certain rail, as `cases.broken` reads them."""
    assert invariant.condition is not None
    asked = [prover.now.rails(invariant.condition)[0]]
    if invariant.then is not None:
        asked.append(no(prover.now.rails(invariant.then)[0]))
    broken = prover.terms.both(asked)
    if prover.exists(broken):
        person = prover.smallest([broken]) or {}
        yield prover.found(invariant.id, "", invariant.says, person)


def _monotone(prover: Prover, invariant: Invariant) -> Iterator[Finding]:
    """Growing in the protective direction loses nothing.

    Both people have, or have not, answered the complete screen: that answering all ends the
    precaution for the unanswered is what INV-12 wants. Profiles that the invariant excepts (they give
    way to another, as old age to childhood) are read as if they stayed, so that only what hangs on
    them alone is let go.
    """
    free = growing(prover.pack)
    other = prover.twin(free)
    facts = prover.person.facts
    wanted = [grows(prover.person, other, facts[f]) for f in free if f in other.answered]
    terms = prover.terms
    complete = [person.complete(prover.pack)[0] for person in (prover.person, other)]
    wanted.append(terms.same(*complete))
    yield from _compared(prover, invariant, other, wanted, free, exchanged=invariant.names)


def _only_adds(prover: Prover, invariant: Invariant) -> Iterator[Finding]:
    """What matches conditions about these facts better loses nothing."""
    other = prover.twin(invariant.names)
    facts = prover.person.facts
    known = [fact for fact in invariant.names if fact in other.answered]
    wanted = [matches_more(prover.person, other, facts[fact]) for fact in known]
    yield from _compared(prover, invariant, other, wanted, invariant.names)


def _indifferent(prover: Prover, invariant: Invariant) -> Iterator[Finding]:
    """These facts change nothing: with them free, nothing is lost either way."""
    other = prover.twin(invariant.names)
    yield from _compared(prover, invariant, other, [], invariant.names, every=True)


def _compared(
    prover: Prover,
    invariant: Invariant,
    other: Person,
    wanted: list[Term],
    free: Iterable[str],
    *,
    every: bool = False,
    exchanged: tuple[str, ...] = (),
) -> Iterator[Finding]:
    """One finding for each protection that `other` has lost, with as few changed facts as can be."""
    terms = prover.terms
    before = prover.now.protections().items()
    after = prover.after(other, exchanged).protections()
    fair = terms.both(wanted)
    gone = {
        given: terms.both([fair, term])
        for given, term in lost(before, after, terms).items()
        if every or protects(prover.pack, given)
    }
    gone = {given: term for given, term in gone.items() if term not in prover.impossible}
    facts = [prover.person.facts[fact] for fact in free if fact in other.answered]
    done: Term = TRUE
    while prover.anybody([done, terms.either(gone.values())]):
        given = next(given for given, term in gone.items() if prover.solver.value(term))
        same = {fact.id: unchanged(prover.person, other, fact) for fact in facts}
        asked = [gone[given]]
        prover.anybody(asked)
        prover.settle(asked, list(same.values()))
        prover.settle(asked, [no(term) for term in prover.person.answered.values()])
        value = prover.solver.value
        then = other.read(value)
        moved = {f: then.get(f, Answer(None)) for f, equal in same.items() if not value(equal)}
        says = f"{invariant.says}: lost is {given}"
        yield prover.found(invariant.id, str(given), says, prover.person.read(value), moved)
        done = terms.both([done, no(gone[given])])
    if done == TRUE:
        prover.impossible.update(gone.values())


def _routed(prover: Prover, invariant: Invariant) -> Iterator[Finding]:
    """Every need that can open has a body in the country. The base has no country, so no bodies."""
    pack = prover.pack
    for need in pack.needs.values() if pack.country else ():
        routes = [route for route in pack.routes if route.need == need.id]
        unmet = prover.terms.both([prover.now.needs[need.id], no(_met(prover, routes))])
        if prover.exists(unmet):
            person = prover.smallest([unmet]) or {}
            says = f"{invariant.says}: nobody in {pack.country} for {_named(need)}"
            yield prover.found(invariant.id, need.id, says, person)


def _met(prover: Prover, routes: list[Route]) -> Term:
    """Whether a route is open that does not wait for another body to fail."""
    ways = []
    for route in routes:
        if route.only_if is None:
            ways.append(TRUE)
        elif route.only_if.kind == "profile":
            now, _ = prover.now.grades[route.only_if.id]
            levels = [grade.value for grade in GRADES]
            ways.append(now[levels.index(route.only_if.word) - 1])
    return prover.terms.either(ways)


def _named(need: Need) -> str:
    return f"{need.id} ({need.says})"


def below_base(prover: Prover) -> Iterator[Finding]:
    """Everything that the base gives a person, the country gives, too."""
    assert prover.base is not None
    base = Encoding(prover.base, prover.person)
    after = prover.now.protections()
    gone = {
        given: term
        for given, term in lost(base.protections().items(), after, prover.terms).items()
        if protects(prover.base, given)
    }
    told: Term = TRUE
    while prover.anybody([told, prover.terms.either(gone.values())]):
        given = next(given for given, term in gone.items() if prover.solver.value(term))
        person = prover.smallest([gone[given]]) or {}
        says = f"the base gives it, this pack does not: {given}"
        yield prover.found("base", str(given), says, person)
        told = prover.terms.both([told, no(gone[given])])


__all__ = ["Encoding", "Finding", "Proof", "Protection", "Prover", "proofs", "prove"]
