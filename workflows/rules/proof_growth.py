"""What protects, and two people who differ only in how far they are protected.

"Growing" follows the direction that each fact names as protective: from no over not answered to yes,
from older over unknown to younger, from other words to the words named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.rules.conditions import OneOf
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Fact
from workflows.rules.proof_encoding import Protection
from workflows.rules.proof_person import Person, Rails
from workflows.rules.proof_terms import TRUE, Term, Terms, no

#: Functions of needs that give no protection by themselves: they follow a wish, or guard others.
NO_PROTECTION = frozenset({"security", "police", "border", "returns", "consular"})


def protects(pack: Pack, given: Protection) -> bool:
    """Whether losing `given` is a loss of protection (and not of another reading)."""
    if given.kind == "profile":
        return given.id in pack.profiles and pack.profiles[given.id].group == "protection"
    if given.kind == "need":
        return given.id in pack.needs and pack.needs[given.id].function not in NO_PROTECTION
    return True


def growing(pack: Pack) -> tuple[str, ...]:
    """Facts that name a protective direction."""
    return tuple(f.id for f in pack.facts.values() if f.protective and not f.derived)


def _slots(person: Person, fact: Fact) -> Iterator[tuple[str, str]]:
    """(item, slot) of a yes-no or several fact."""
    if fact.kind == "several":
        yield from ((item, f"{fact.id}.{item}") for item in fact.options)
    elif fact.id in person.slots:
        yield "", fact.id


def grows(one: Person, other: Person, fact: Fact) -> Term:
    """`other` is at least as protected by `fact` as `one`."""
    terms = one.terms
    if fact.kind in {"yes-no", "several"}:
        ways = []
        for item, slot in _slots(one, fact):
            up = "yes" in fact.protective or item in fact.protective
            down = "no" in fact.protective
            ways.append(_ordered(terms, one.yes(slot), other.yes(slot), up=up, down=down))
        return terms.both(ways)
    if fact.kind == "choice":
        return _words_grow(one, other, fact)
    return _span_grows(one, other, fact)


def _ordered(terms: Terms, one: Rails, other: Rails, *, up: bool, down: bool) -> Term:
    ways = []
    for was, now in zip(one, other, strict=True):
        ways += [] if down else [terms.implies(was, now)]
        ways += [] if up else [terms.implies(now, was)]
    return terms.both(ways)


def _span_grows(one: Person, other: Person, fact: Fact) -> Term:
    terms, was, now = one.terms, one.spans[fact.id], other.spans[fact.id]
    low, high = "low" in fact.protective, "high" in fact.protective
    ways = [TRUE]
    for i in range(len(was.cuts)):
        # above: at least the cut for certain; below: under it for certain.
        rails = ((was.above[i], no(was.below[i])), (now.above[i], no(now.below[i])))
        ways.append(_ordered(terms, *rails, up=high, down=low))
    return terms.both(ways)


def _words_grow(one: Person, other: Person, fact: Fact) -> Term:
    """The same words; or not certainly a protective one before, and certainly one after."""
    terms, was, now = one.terms, one.choices[fact.id], other.choices[fact.id]
    others = [word for word in was.open if word not in fact.protective]
    sure = [
        terms.both([words.known, *(no(words.open[word]) for word in others)])
        for words in (was, now)
    ]
    return terms.either([unchanged(one, other, fact), terms.both([no(sure[0]), sure[1]])])


def matches_more(one: Person, other: Person, fact: Fact) -> Term:
    """Whatever conditions ask of `fact`, `other` matches at least as well as `one`."""
    terms = one.terms
    if fact.kind in {"yes-no", "several"}:
        pairs = [(one.yes(slot), other.yes(slot)) for _, slot in _slots(one, fact)]
        return terms.both([_ordered(terms, *pair, up=True, down=False) for pair in pairs])
    if fact.kind == "choice":
        leaves = [OneOf(fact.id, words) for words in one.vocabulary.sets.get(fact.id, ())]
        pairs = [(one.one_of(leaf), other.one_of(leaf)) for leaf in leaves]
        return terms.both([_ordered(terms, *pair, up=True, down=False) for pair in pairs])
    return unchanged(one, other, fact)


def unchanged(one: Person, other: Person, fact: Fact) -> Term:
    """Both said the same to `fact`."""
    terms = one.terms
    pairs = [(one.answered[fact.id], other.answered[fact.id])]
    for _, slot in _slots(one, fact):
        pairs += zip(one.yes(slot), other.yes(slot), strict=True)
    if fact.id in one.spans:
        was, now = one.spans[fact.id], other.spans[fact.id]
        pairs += zip((*was.above, *was.below), (*now.above, *now.below), strict=True)
    if fact.id in one.choices:
        words, new = one.choices[fact.id], other.choices[fact.id]
        pairs += [(words.open[word], new.open[word]) for word in words.open]
    return terms.both([terms.same(was, now) for was, now in pairs])


def lost(
    before: Iterable[tuple[Protection, Term]], after: dict[Protection, Term], terms: Terms
) -> dict[Protection, Term]:
    """For each protection: given before and not after. What cannot get lost is left out."""
    found = {}
    for given, term in before:
        gone = terms.both([term, no(after[given])]) if given in after else term
        if gone != 1:
            found[given] = gone
    return found
