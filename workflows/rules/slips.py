"""Is everything that a pack says said twice? Each single-place slip must be noticed by something.

Invariants forbid harm; they do not say what should happen. That vignettes do: for a slip that nothing
notices the solver finds the smallest person whom pack and slip treat differently (`proposals.py`).

The cheap are asked first: vignettes (all their persons at once), then whether anybody is treated
differently at all, then lint and invariants. What one slip asked the solver is forgotten after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.vocabulary import Action
from workflows.rules import country_slips
from workflows.rules.conditions import Condition
from workflows.rules.country_examiner import CountryExaminer
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Invariant, Starter
from workflows.rules.proof_encoding import Encoding, Protection
from workflows.rules.proof_lint import LINT
from workflows.rules.proof_person import conditions_of
from workflows.rules.proof_solver import Effort, Unsettled
from workflows.rules.proof_terms import FALSE, TRUE, Term, no
from workflows.rules.prove import Finding, Prover, below_base, check_of
from workflows.rules.row_words import ledger_word
from workflows.rules.slip_clocks import situations
from workflows.rules.slip_kinds import Slip, slips_of
from workflows.rules.witnesses import Outputs, Witnesses
from workflows.rules.words import GRADES

#: What noticed a slip first, in the order of asking; SAME is no slip at all.
SAME, VIGNETTE, LINTED, INVARIANT, UNNOTICED = (
    "same meaning",
    "vignette",
    "lint",
    "invariant",
    "unnoticed",
)

#: What a row says that no condition reads, so that no term differs: only what is done.
_NO_TERMS = frozenset(
    {"consent", "packet", "route", "deadline", "clock", "lift", "question", "group"}
)
#: By what a row is: the keys of vignettes that say it again.
_SAID: Mapping[str, tuple[str, ...]] = {
    "need": ("function", "consent", "urgency"),
    "packet": ("packet",),
    "route": ("route",),
    "hold": ("lift",),
    "profile": ("group",),
}
_CLOCKS = frozenset({"deadline", "clock"})
#: What only a country has, and is looked at in its own way.
COUNTRY = frozenset({*country_slips.KINDS, "route"})


@dataclass(frozen=True, slots=True)
class Noticed:
    """A slip and what noticed it first. `unsettled`: nobody found out whether it changes anything."""

    slip: Slip
    by: str
    changed: Mapping[Protection, Term]
    unsettled: bool = False


class Examiner:
    """Everything that can notice a slip of one pack."""

    def __init__(self, pack: Pack, base: Pack | None = None, effort: Effort | None = None) -> None:
        self.pack = pack
        self.slips = tuple(slips_of(pack, base))
        more = _new_conditions(pack, self.slips)
        self.prover = Prover(pack, base, effort or Effort(), more=more)
        self.outputs: Outputs = self.prover.now.outputs()
        self.witnesses = Witnesses(pack, self.prover.now)
        self.prover.crowds.append(self.witnesses.crowd)
        self.prover.solver.know(self.outputs.values())
        self._lint: set[tuple[str, str]] | None = None
        self.country = CountryExaminer(self.prover) if pack.country else None

    def examine(self, slips: Iterable[Slip] | None = None) -> Iterator[Noticed]:
        """Each slip (of `slips`, by default all), in the order of the pack."""
        yield from (self.look(slip) for slip in (self.slips if slips is None else slips))

    def look(self, slip: Slip) -> Noticed:
        """What notices one slip."""
        if self.country is not None and slip.kind in COUNTRY:
            return Noticed(slip, self.country.look(slip.kind, slip.pack), {})
        changed = {} if slip.kind in _NO_TERMS else self.changed(slip)
        real, unsettled = bool(changed), False
        if self.told(slip, changed):
            return Noticed(slip, VIGNETTE, changed)
        keys = differing(self.pack, slip)
        self._prepare()
        with self.prover.solver.scope():
            try:
                real = real and self.prover.exists(self.differs(changed))
            except Unsettled:
                unsettled = True
            by = self._logic(slip) if real else SAME
        if slip.kind in _CLOCKS:
            by = self._clock(slip)
        elif by in {SAME, UNNOTICED} and keys:
            by = self._routes(slip) if slip.kind == "route" else UNNOTICED
        return Noticed(slip, by, changed, unsettled)

    def told(self, slip: Slip, changed: Mapping[Protection, Term]) -> bool:
        """Whether a vignette tells it: by what it expects of its person, or by what it says again."""
        keys = differing(self.pack, slip)
        return self.witnesses.notice(changed) or self.witnesses.notice_beside(slip.pack, keys)

    def changed(self, slip: Slip) -> dict[Protection, Term]:
        """Outputs whose terms differ: all others are the same for everybody."""
        if slip.kind in country_slips.KINDS:
            return {}
        new = Encoding(slip.pack, self.prover.person, like=self.prover.now).outputs()
        return {
            key: new.get(key, FALSE)
            for key in {**self.outputs, **new}
            if new.get(key, FALSE) != self.outputs.get(key, FALSE)
        }

    def differs(self, changed: Mapping[Protection, Term]) -> Term:
        """Whether anything is not as the pack has it."""
        terms = self.prover.terms
        return terms.either(
            no(terms.same(self.outputs.get(key, FALSE), term)) for key, term in changed.items()
        )

    def _logic(self, slip: Slip) -> str:
        """What notices a slip that some person feels and no vignette does. A time-out notices nothing."""
        other = self.prover.on(slip.pack)
        if self._settled(lambda: bool(self._lints(other) - (self._lint or set()))):
            return LINTED
        return INVARIANT if self._refuted(other) else UNNOTICED

    def _prepare(self) -> None:
        """Before the first slip is asked of lint and invariants: what they say of the pack as it is."""
        if self._lint is None:
            self._lint = self._lints(self.prover)
            self._refuted(self.prover)

    def _settled(self, found: Callable[[], bool]) -> bool:
        try:
            return found()
        except Unsettled:
            return False

    def _lints(self, prover: Prover) -> set[tuple[str, str]]:
        return {(f.check, f.about) for _, look in LINT.values() for f in look(prover)}

    def _refuted(self, prover: Prover) -> bool:
        """Whether an invariant that holds for the pack does not for the slip."""
        checks = [check_of(invariant) for invariant in self._cheap_first()]
        checks += [below_base] if prover.base is not None else []
        return any(
            self._settled(lambda: next(iter(check(prover)), None) is not None)  # noqa: B023
            for check in checks
        )

    def _cheap_first(self) -> Iterable[Invariant]:
        rows = [row for row in self.pack.invariants.values() if row.form != "workflow"]
        return sorted(rows, key=lambda row: row.form == "monotone")

    def _routes(self, slip: Slip) -> str:
        other = self.prover.beside(slip.pack)
        routed = (row for row in self.pack.invariants.values() if row.form == "routed")
        if any(next(iter(check_of(row)(other)), None) for row in routed):
            return INVARIANT
        return UNNOTICED

    def _clock(self, slip: Slip) -> str:
        if not any(map(self.prover.exists, self.clock_differs(slip))):
            return SAME
        deadline = slip.about.removeprefix("deadline ")
        return VIGNETTE if self.witnesses.notice_clock(slip.pack, deadline) else UNNOTICED

    def clock_differs(self, slip: Slip) -> Iterator[Term]:
        """For each situation in which the clock of a slip is another one: who is in it."""
        terms = self.prover.terms
        for so in situations(self.pack, slip.pack, slip.about.removeprefix("deadline ")):
            found = [(self._stands(starter), stands) for starter, stands in so.items()]
            yield terms.both(term if stands else no(term) for term, stands in found)

    def _stands(self, starter: Starter) -> Term:
        """Whether what a clock waits for is so; an event may have happened to anybody, and stands."""
        now = self.prover.now
        match starter.kind:
            case "profile":
                levels = [grade.value for grade in GRADES]
                return now.grades[starter.id][0][levels.index(starter.word) - 1]
            case "need":
                return now.needs.get(starter.id, FALSE)
            case "hold":
                return now.holds.get(starter.id, FALSE)
            case "fact":
                certain, possible = now.person.yes(starter.id)
                return certain if starter.word == "yes" else no(possible)
            case _:
                return TRUE


def said_again(slip: Slip) -> list[str]:
    """Keys of vignettes that say again what the row of a slip says beside its condition."""
    kind, _, id_ = slip.about.partition(" ")
    if slip.kind == "question":
        return [f"question {id_}"]
    if slip.kind == "mandatory":
        return [f"screen {Action.RETURN.value}"]
    return [f"{word} {id_}" for word in _SAID.get(kind, ())]


def differing(pack: Pack, slip: Slip) -> list[str]:
    """Those of the keys that read otherwise after the slip."""
    return [key for key in said_again(slip) if said(slip.pack, key) != said(pack, key)]


def said(pack: Pack, key: str) -> str:
    """The word of such a key."""
    kind, _, id_ = key.partition(" ")
    return ledger_word(pack, kind, id_)


def _new_conditions(pack: Pack, slips: Iterable[Slip]) -> tuple[Condition, ...]:
    """Conditions that only the slips have: their limits and words count for a person, too."""
    seen = {id(condition) for condition in conditions_of(pack)}
    new: list[Condition] = []
    for slip in slips:
        for condition in conditions_of(slip.pack):
            if id(condition) not in seen:
                seen.add(id(condition))
                new.append(condition)
    return tuple(new)


def slips(
    pack: Pack, base: Pack | None = None, effort: Effort | None = None
) -> tuple[Noticed, ...]:
    """Every slip of the rows that `pack` wrote, and what noticed it.

    Raises:
        NoSolver: z3-solver is not installed.
    """
    return tuple(Examiner(pack, base, effort).examine())


def unnoticed(pack: Pack, base: Pack | None = None) -> list[Finding]:
    """Slips that nothing would notice, as findings of the gate."""
    return [
        Finding("slip", found.slip.about, f"nothing would notice: {found.slip}")
        for found in slips(pack, base)
        if found.by == UNNOTICED
    ]
