"""Whether every hold that answers carry is brought to the body that alone may lift it.

A hold by evidence ends only by a named decision (rules.md 3.3). Where no need of the person leads to a desk
of the body that decides, the hold is a dead end: nobody who could lift it is ever told of the person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.rules.conditions import AtLeast, Condition, Maybe, NotEstablished, ProfileIs
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Hold, Need, Route
from workflows.rules.proof_terms import FALSE, TRUE, Term, no
from workflows.rules.prove import Finding, Prover
from workflows.rules.reading import strictly
from workflows.rules.words import GRADES


def dead_ends(prover: Prover) -> Iterator[Finding]:
    """For each hold and body that decides on it, the smallest person whom no need brings there."""
    pack = prover.pack
    for hold in pack.holds.values():
        carried = prover.terms.both([prover.now.holds[hold.id], _carried(prover, hold)])
        bodies = _deciding(pack, hold)
        for body in bodies or ("",):
            stuck = prover.terms.both([carried, no(_brought(prover, body))])
            if prover.exists(stuck):
                who = f"{body} body" if body else "no body at all"
                says = f"{hold.id} may be lifted by {who}, and no need brings the case there"
                yield prover.found("dead end", hold.id, says, prover.smallest([stuck]) or {})


def _deciding(pack: Pack, hold: Hold) -> tuple[str, ...]:
    """Functions of the bodies that must act: who records the decision, and who lifts."""
    fact = pack.facts.get(hold.lifted_by_decision)
    named = (fact.decided_by if fact else "", hold.lifted_by_body)
    return tuple(dict.fromkeys(body for body in named if body))


def _carried(prover: Prover, hold: Hold) -> Term:
    """Whether answers, not their absence, carry a hold: what a walk calls evidence."""
    return _parts(prover, strictly(hold.when))[1]


def _parts(prover: Prover, condition: Condition) -> tuple[Term, Term]:
    """(certainly true, and that by an answer). No decision of a body counts as one: the body has the case."""
    terms, now = prover.terms, prover.now
    match condition:
        case AtLeast():
            pairs = [_parts(prover, part) for part in condition.parts]
            sure = terms.at_least(condition.n, [certain for certain, _ in pairs])
            return sure, terms.both([sure, terms.either([by for _, by in pairs])])
        case NotEstablished():
            certain, possible = now.rails(condition.leaf)
            fact = prover.pack.facts[condition.leaf.slot.partition(".")[0]]
            return no(certain), FALSE if fact.decided_by else no(possible)
        case Maybe() | ProfileIs():
            certain = now.rails(condition)[0]
            return certain, certain
        case _:
            certain = now.rails(condition)[0]
            return certain, certain


def _brought(prover: Prover, body: str) -> Term:
    """Whether a need of this function is open, for which the country has a body that decides."""
    needs = [need for need in prover.pack.needs.values() if need.function == body]
    return prover.terms.either(
        [prover.terms.both([prover.now.needs[need.id], _met(prover, need)]) for need in needs]
    )


def _met(prover: Prover, need: Need) -> Term:
    """Whether some body that decides is asked. The base has no country, so there any need will do."""
    pack = prover.pack
    if not pack.country:
        return TRUE
    return prover.terms.either(_ways(prover, _competent(pack, need)))


def _competent(pack: Pack, need: Need) -> Iterable[Route]:
    for route in pack.routes:
        agency = pack.agencies.get(route.agency)
        if route.need == need.id and agency and need.function in agency.competent:
            yield route


def _ways(prover: Prover, routes: Iterable[Route]) -> Iterator[Term]:
    """A route that waits for another body to fail does not count."""
    levels = [grade.value for grade in GRADES]
    for route in routes:
        if route.only_if is None:
            yield TRUE
        elif route.only_if.kind == "profile":
            now, _ = prover.now.grades[route.only_if.id]
            yield now[levels.index(route.only_if.word) - 1]
