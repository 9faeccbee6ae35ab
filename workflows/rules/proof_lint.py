"""Rows that do nothing, rows that cannot be true, and safety that is only words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from workflows.rules.conditions import Condition, mixed_direction, slots
from workflows.rules.country_lint import CHECKS
from workflows.rules.pack import Pack
from workflows.rules.pack_checks import READS
from workflows.rules.proof_encoding import Encoding
from workflows.rules.proof_lifting import dead_ends
from workflows.rules.proof_terms import Term, no
from workflows.rules.prove import Finding, Prover

Look = Callable[[Prover], Iterable[Finding]]


def _rows(pack: Pack) -> Iterator[tuple[str, str, Condition]]:
    for rule in pack.rules.values():
        yield "rule", rule.id, rule.when
    for need in pack.needs.values():
        yield "need", need.id, need.when
    for hold in pack.holds.values():
        yield "hold", hold.id, hold.when
    for slot, condition in pack.derived.items():
        yield "derived fact", slot, condition


def _dead(prover: Prover) -> Iterator[Finding]:
    """Rows that no person can make true; contradictory where not even doubt can."""
    now = prover.now
    for kind, id_, condition in _rows(prover.pack):
        if not prover.looks_at(id_):
            continue
        certain, possible = now.rails(condition)
        wanted = possible if kind == "hold" else certain
        if prover.exists(wanted):
            continue
        if prover.exists(possible):
            yield Finding("dead row", id_, f"the {kind} {id_} can never apply to anybody")
        else:
            yield Finding("dead row", id_, f"the {kind} {id_} contradicts itself")


def _unreachable(prover: Prover) -> Iterator[Finding]:
    """Some profiles have weak evidence only, on purpose: `presumed` need not be reached."""
    for code, (now, _most) in prover.now.grades.items():
        if not prover.exists(now[1]):
            yield Finding("profile never", code, f"nobody can reach {code}: possible")


def _idle(prover: Prover) -> Iterator[Finding]:
    """Rules without which their profile has the same grade for everybody."""
    rules = prover.pack.rules.values()
    touched = {rule.profile for rule in rules if prover.looks_at(rule.id)}
    for rule in rules:
        if rule.profile in touched and not prover.exists(
            _difference(prover, rule.id, rule.profile)
        ):
            says = f"without the rule {rule.id} the profile {rule.profile} is the same for all"
            yield Finding("idle rule", rule.id, says)


def _difference(prover: Prover, without: str, code: str) -> Term:
    now = prover.now
    less = now.grade(code, without=without)
    pairs = [
        (was, new)
        for one, other in zip(now.grades[code], less, strict=True)
        for was, new in zip(one, other, strict=True)
    ]
    return prover.terms.either([no(prover.terms.same(was, new)) for was, new in pairs])


def _vacuous(prover: Prover) -> Iterator[Finding]:
    used = {action.value for hold in prover.pack.holds.values() for action in hold.shuts}
    for action, term in prover.now.shut.items():
        if action in used and not prover.exists(no(term)):
            says = f"{action} is shut for everybody: every invariant about it holds in vain"
            yield Finding("vacuous safety", action, says)


def _mixed(prover: Prover) -> Iterator[Finding]:
    for kind, id_, condition in _rows(prover.pack):
        slot = None if not prover.looks_at(id_) else mixed_direction(condition, prover.pack.derived)
        if slot:
            says = f"the {kind} {id_} uses {slot} in two directions: it may stay open where it is settled"
            yield Finding("mixed direction", id_, says)


def _unused(prover: Prover) -> Iterator[Finding]:
    pack = prover.pack
    used = {s.partition(".")[0] for _, _, c in _rows(pack) for s in slots(c, {})}
    for deadline in pack.deadlines:
        for starter in (deadline.starts, deadline.only_if):
            if starter is not None and starter.kind == "fact":
                used.add(starter.id)
    used |= {hold.lifted_by_decision for hold in pack.holds.values()}
    used |= {READS[f.computed][0] for f in pack.facts.values() if f.computed in READS}
    for fact in pack.facts.values():
        if fact.id not in used and not fact.record_only and not fact.mandatory_for:
            yield Finding("unused fact", fact.id, f"{fact.id} is asked and read by nothing")


def _unserved(prover: Prover) -> Iterator[Finding]:
    pack = prover.pack
    for route in pack.routes:
        need, agency = pack.needs.get(route.need), pack.agencies.get(route.agency)
        if need is not None and agency is not None and need.function not in agency.functions:
            says = f"{route.agency} does not do {need.function}, which {need.id} asks for"
            yield Finding("unserved need", route.need, says)


def _country(check: str, prover: Prover) -> Iterator[Finding]:
    """What cannot be right of a country, whoever comes."""
    if prover.pack.country:
        _, look = CHECKS[check]
        for about, says in look(prover.pack, prover.base):
            yield Finding(check, about, f"{about}: {says}")


#: Name of a check -> what it says when all is well, and how to look.
LINT: Mapping[str, tuple[str, Look]] = {
    "dead row": ("Every rule, need, hold and derived fact can apply to somebody", _dead),
    "profile never": ("Every profile can be reached", _unreachable),
    "idle rule": ("Every rule changes a grade for somebody", _idle),
    "vacuous safety": ("No action is shut for everybody", _vacuous),
    "mixed direction": ("No condition uses a fact in two directions", _mixed),
    "unserved need": ("Every body that a need is sent to does what it asks for", _unserved),
    "dead end": ("Every hold that answers carry is brought to a body that may lift it", dead_ends),
    "unused fact": ("Every fact is read by something, or is kept on purpose", _unused),
    **{check: (says, partial(_country, check)) for check, (says, _) in CHECKS.items()},
}

__all__ = ["LINT", "Encoding"]
