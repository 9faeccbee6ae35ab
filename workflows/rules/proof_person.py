"""Any possible person, as free variables: what may be known of them, fact by fact (answers.py).

Every assignment is a person and every person has one, as far as conditions can tell people apart: a
number lies between the cuts that conditions make, a choice among the words they name or "another".
When all variables are false nothing was answered, so that a solver's first model is a quiet one.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from models.vocabulary import Action
from workflows.rules.conditions import (
    Condition,
    Maybe,
    NotEstablished,
    OneOf,
    Within,
    leaves,
)
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Fact
from workflows.rules.proof_terms import FALSE, TRUE, Term, Terms, no
from workflows.rules.values import Answer, Choice, Days, Facts, Interval, Several, Value

#: (certainly, possibly)
Rails = tuple[Term, Term]

_SPANS = ("years", "quantity", "date")
_OTHER = "another"


def conditions_of(pack: Pack) -> Iterator[Condition]:
    """Every condition of a pack, of its derived facts and invariants, too."""
    yield from pack.derived.values()
    yield from (rule.when for rule in pack.rules.values())
    yield from (need.when for need in pack.needs.values())
    yield from (hold.when for hold in pack.holds.values())
    for invariant in pack.invariants.values():
        yield from (c for c in (invariant.condition, invariant.then) if c is not None)


@dataclass(frozen=True)
class Vocabulary:
    """What conditions ask of spans and choices: cuts (first value above) and words, by fact."""

    cuts: Mapping[str, tuple[int, ...]]
    words: Mapping[str, tuple[str, ...]]
    #: The lists of words that stand together in one leaf.
    sets: Mapping[str, frozenset[frozenset[str]]]

    @classmethod
    def of(cls, conditions: Iterable[Condition]) -> Vocabulary:
        """The vocabulary of these conditions; people of several packs need that of all."""
        cuts: dict[str, set[int]] = {}
        sets: dict[str, set[frozenset[str]]] = {}
        for condition in conditions:
            for leaf in leaves(condition):
                inner = leaf.leaf if isinstance(leaf, Maybe | NotEstablished) else leaf
                if isinstance(inner, Within):
                    found = cuts.setdefault(inner.slot, set())
                    found |= {inner.lo} if inner.lo is not None else set()
                    found |= {inner.hi + 1} if inner.hi is not None else set()
                elif isinstance(inner, OneOf):
                    sets.setdefault(inner.slot, set()).add(inner.words)
        return cls(
            {slot: tuple(sorted(found)) for slot, found in cuts.items()},
            {slot: tuple(sorted(frozenset().union(*found))) for slot, found in sets.items()},
            {slot: frozenset(found) for slot, found in sets.items()},
        )


@dataclass(frozen=True)
class _YesNo:
    settled: Term
    yes: Term


@dataclass(frozen=True)
class _Span:
    """`above[i]`: the smallest possible value is at least cut i; `below[i]`: the largest is under."""

    cuts: tuple[int, ...]
    above: tuple[Term, ...]
    below: tuple[Term, ...]


@dataclass(frozen=True)
class _Words:
    """`open[w]`: the word is possible; `known`: anything was said at all."""

    known: Term
    open: Mapping[str, Term]


class Person:
    """The variables of one person over the facts of a pack (or of several that share facts)."""

    def __init__(self, terms: Terms, facts: Mapping[str, Fact], vocabulary: Vocabulary) -> None:
        self.terms = terms
        self.vocabulary = vocabulary
        self.facts = {f.id: f for f in facts.values() if not f.derived}
        #: By name.
        self.variables: dict[str, Term] = {}
        self.slots: dict[str, _YesNo] = {}
        self.spans: dict[str, _Span] = {}
        self.choices: dict[str, _Words] = {}
        #: Whether anything was answered to the fact; none of its variables is true otherwise.
        self.answered: dict[str, Term] = {}
        for fact in self.facts.values():
            # A date that only a computed fact reads is left out: the computed fact itself is free.
            silent = fact.kind == "date" and fact.id not in vocabulary.cuts
            # What follows from the pack alone, or from the other answers, is nobody's own.
            fixed = bool(fact.computed) and fact.kind == "yes-no"
            if not silent and not fixed:
                self.add(fact)

    def twin(self, free: Iterable[str]) -> Person:
        """A second person who may differ from this one in the facts `free` only."""
        other = copy.copy(self)
        for name in ("variables", "slots", "spans", "choices", "answered"):
            setattr(other, name, dict(getattr(self, name)))
        for fact in free:
            if fact in self.answered:
                other.add(self.facts[fact])
        return other

    def _free(self, name: str) -> Term:
        term = self.variables[name] = self.terms.variable(name)
        return term

    def add(self, fact: Fact) -> None:
        """New variables for one fact."""
        vocabulary = self.vocabulary
        either = self.terms.either
        if fact.kind == "yes-no":
            self.answered[fact.id] = self._yes_no(fact.id).settled
        elif fact.kind == "several":
            said = self._free(f"{fact.id} said")
            items = [self._yes_no(f"{fact.id}.{item}") for item in fact.options]
            self.answered[fact.id] = either([said, *(item.settled for item in items)])
        elif fact.kind in _SPANS:
            span = self.spans[fact.id] = self._span(fact, vocabulary.cuts.get(fact.id, ()))
            ends = [span.above[0], span.below[-1]] if span.cuts else []
            self.answered[fact.id] = either([self._free(f"{fact.id} said"), *ends])
        else:
            words = self.choices[fact.id] = self._words(fact, vocabulary.words.get(fact.id, ()))
            self.answered[fact.id] = words.known

    def _yes_no(self, slot: str) -> _YesNo:
        pair = _YesNo(self._free(f"{slot} settled"), self._free(f"{slot} yes"))
        self.slots[slot] = pair
        return pair

    def _span(self, fact: Fact, cuts: tuple[int, ...]) -> _Span:
        """No number is said to lie below the least or above the most that the fact may hold."""
        least = 0 if fact.least is None and fact.kind != "date" else fact.least
        low = [self._free(f"{fact.id} from {cut}") for cut in cuts]
        high = [self._free(f"{fact.id} below {cut}") for cut in cuts]
        above, below = [], []
        for i, cut in enumerate(cuts):
            too_high = fact.most is not None and cut > fact.most
            too_low = least is not None and cut <= least
            above.append(FALSE if too_high else self.terms.either(low[i:]))
            under = self.terms.either(high[: i + 1])
            below.append(FALSE if too_low else self.terms.both([under, no(above[i])]))
        return _Span(cuts, tuple(above), tuple(below))

    def _words(self, fact: Fact, words: tuple[str, ...]) -> _Words:
        outside = [word for word in fact.options if word not in words]
        names = [*words, _OTHER] if fact.open_list or outside else list(words)
        said = self._free(f"{fact.id} said")
        out = {word: self._free(f"{fact.id} is not {word}") for word in names}
        # Excluding every word says nothing: somebody is always one of them.
        nothing = self.terms.both(out.values()) if out else FALSE
        possible = {w: self.terms.either([nothing, no(term)]) for w, term in out.items()}
        return _Words(self.terms.either([said, *out.values()]), possible)

    def yes(self, slot: str) -> Rails:
        """The rails of a yes-no fact or of an item."""
        pair = self.slots[slot]
        both, either = self.terms.both, self.terms.either
        return both([pair.settled, pair.yes]), either([no(pair.settled), pair.yes])

    def within(self, leaf: Within) -> Rails:
        """The rails of a number or day that lies in a range."""
        span = self.spans[leaf.slot]
        certain, possible = [], []
        if leaf.lo is not None:
            at = span.cuts.index(leaf.lo)
            certain.append(span.above[at])
            possible.append(no(span.below[at]))
        if leaf.hi is not None:
            at = span.cuts.index(leaf.hi + 1)
            certain.append(span.below[at])
            possible.append(no(span.above[at]))
        return self.terms.both(certain), self.terms.both(possible)

    def one_of(self, leaf: OneOf) -> Rails:
        """The rails of a choice that is one of some words."""
        choice = self.choices[leaf.slot]
        inside = [term for word, term in choice.open.items() if word in leaf.words]
        outside = [no(term) for word, term in choice.open.items() if word not in leaf.words]
        return self.terms.both([choice.known, *outside]), self.terms.either(inside)

    def complete(self, pack: Pack) -> Rails:
        """`mandatory_answered`: yes once every fact that is mandatory for a return is known."""
        mandatory = [f.id for f in pack.facts.values() if Action.RETURN in f.mandatory_for]
        return self.terms.both([self.answered[fact] for fact in mandatory]), TRUE

    # -- one assignment: from answers, and read back as answers ----------------------------------

    def assigned(self, facts: Facts) -> Iterator[Term]:
        """The variables that are true of somebody with these answers (computed ones included)."""
        for fact in self.facts.values():
            value = facts[fact.id].value if fact.id in facts else None
            if value is not None and fact.id in self.answered:
                yield from (self.variables[name] for name in self._true(fact, value))

    def _true(self, fact: Fact, value: Value) -> Iterator[str]:
        match value:
            case bool():
                yield f"{fact.id} settled"
                yield from [f"{fact.id} yes"] if value else []
            case Several():
                yield f"{fact.id} said"
                yield from (f"{fact.id}.{item} settled" for item in value.yes | value.no)
                yield from (f"{fact.id}.{item} yes" for item in value.yes)
            case Choice():
                yield f"{fact.id} said"
                named = [word for word in self.choices[fact.id].open if word != _OTHER]
                yield from (f"{fact.id} is not {w}" for w in named if w not in value.words)
                if value.words <= set(named) and _OTHER in self.choices[fact.id].open:
                    yield f"{fact.id} is not {_OTHER}"
            case Interval() | Days():
                yield f"{fact.id} said"
                lo, hi = (
                    end.toordinal() if isinstance(end, date) else end
                    for end in (value.lo, value.hi)
                )
                cuts = self.spans[fact.id].cuts
                yield from (f"{fact.id} from {c}" for c in cuts if lo is not None and lo >= c)
                yield from (f"{fact.id} below {c}" for c in cuts if hi is not None and hi < c)

    def read(self, value: Callable[[Term], bool]) -> dict[str, Answer]:
        """The answers of one assignment; what was not answered is left out."""
        known: dict[str, Answer] = {}
        for fact in self.facts.values():
            if fact.id in self.answered and value(self.answered[fact.id]):
                known[fact.id] = Answer(self._value(fact, value))
        return known

    def _value(self, fact: Fact, value: Callable[[Term], bool]) -> Value:
        if fact.kind == "yes-no":
            return value(self.slots[fact.id].yes)
        if fact.kind == "several":
            settled = [i for i in fact.options if value(self.slots[f"{fact.id}.{i}"].settled)]
            so = frozenset(i for i in settled if value(self.slots[f"{fact.id}.{i}"].yes))
            return Several(so, frozenset(settled) - so)
        if fact.kind == "choice":
            return self._choice(fact, value)
        lo, hi = self._ends(self.spans[fact.id], value)
        if lo is None and hi is None:  # an answer that settles nothing, as one can state it
            lo = fact.least or (1 if fact.kind == "date" else 0)
        if fact.kind == "date":
            first, last = (None if n is None else date.fromordinal(n) for n in (lo, hi))
            return Days(first, last)
        return Interval(lo, hi)

    def _ends(self, span: _Span, value: Callable[[Term], bool]) -> tuple[int | None, int | None]:
        """The ends; one number where no cut lies between them, as people state one."""
        lows = [cut for cut, term in zip(span.cuts, span.above, strict=True) if value(term)]
        highs = [cut - 1 for cut, term in zip(span.cuts, span.below, strict=True) if value(term)]
        lo, hi = (lows[-1] if lows else None), (highs[0] if highs else None)
        if lo is not None and hi is None and lo == span.cuts[-1]:
            return lo, lo
        if hi is not None and lo is None and hi == span.cuts[0] - 1:
            return hi, hi
        if lo is not None and hi is not None:
            between = [cut for cut in span.cuts if lo < cut <= hi]
            return (lo, hi) if between else (lo, lo)
        return lo, hi

    def _choice(self, fact: Fact, value: Callable[[Term], bool]) -> Choice:
        choice = self.choices[fact.id]
        words = {word for word, term in choice.open.items() if word != _OTHER and value(term)}
        if _OTHER not in choice.open or value(choice.open[_OTHER]):
            words |= set(self._others(fact, choice))
        return Choice(frozenset(words))

    @staticmethod
    def _others(fact: Fact, choice: _Words) -> list[str]:
        if _OTHER not in choice.open:
            return []
        if fact.open_list:
            samples = ("ZZZ", "YYY") if fact.open_list == "countries" else ("zxx", "und")
            return [next(word for word in samples if word not in choice.open)]
        return [word for word in fact.options if word not in choice.open]
