"""PURE. Asks the one table that says who may do what to what (`workflows.policy_table`).

Default deny: an act without a rule is refused. A rule's conditions come from a closed list; each becomes
a `Term` for the actor at hand. `allows` evaluates the terms on one thing in memory, `workflows.visibility`
compiles the same terms to SQL, so that a list and a page cannot disagree (tested on random worlds).
Purposes are keys in the vault besides: what no rule grants cannot be opened at all.
"""

from __future__ import annotations

from models.vocabulary import Role
from workflows.acts import Act
from workflows.errors import NotAllowed, NotFound
from workflows.policy_table import RULES
from workflows.relations import TERMS, Actor, Condition, Resource, Rule, Term

__all__ = ["RULES", "SYSTEM", "Act", "Actor", "Condition", "Resource", "Rule", "Term"]
__all__ += ["allows", "require", "role_may", "term_holds", "terms", "visible"]

#: The thing that acts without an object are done to.
SYSTEM = Resource(kind="system")

_BY_ACT: dict[tuple[Act, Role, str], tuple[Rule, ...]] = {}
for _r in RULES:
    for _a in _r.acts:
        for _role in _r.roles:
            _key = (_a, _role, _r.kind)
            _BY_ACT[_key] = (*_BY_ACT.get(_key, ()), _r)


def _rules(actor: Actor, act: Act, kind: str) -> tuple[Rule, ...]:
    found = _BY_ACT.get((act, actor.role, kind), ())
    return tuple(rule for rule in found if not rule.civil) if actor.force else found


def terms(rule: Rule, actor: Actor) -> tuple[Term, ...]:
    """The rule's conditions as comparisons with this actor's own values."""
    return tuple(TERMS[condition](actor) for condition in rule.conditions)


def term_holds(term: Term, resource: Resource) -> bool:
    """Whether one comparison holds for one thing. A missing value on either side never holds."""
    value = getattr(resource, term.field)
    if term.test == "overlaps":
        return bool(value & term.value)
    if value is None or term.value is None:
        return False
    if term.test == "in":
        return value in term.value  # type: ignore[operator]  # a frozenset by construction of TERMS
    return bool(value == term.value)


def allows(actor: Actor, act: Act, resource: Resource) -> Rule | None:
    """The first rule that allows the act, or None. Default deny."""
    for rule in _rules(actor, act, resource.kind):
        if all(term_holds(term, resource) for term in terms(rule, actor)):
            return rule
    return None


def require(actor: Actor, act: Act, resource: Resource) -> Rule:
    """The rule that allows the act.

    Raises:
        NotAllowed: where the role has no rule for the act at all.
        NotFound: where it has, but not for this thing: the same answer as for a thing that is not there,
            so that asking never tells whether somebody exists.
    """
    rule = allows(actor, act, resource)
    if rule is not None:
        return rule
    raise NotFound if role_may(actor.role, act) else NotAllowed


def role_may(role: Role, act: Act) -> bool:
    """Whether any rule could allow this act to this role; the doors ask this before a view runs."""
    return any(act in rule.acts and role in rule.roles for rule in RULES)


def visible(actor: Actor, act: Act, kind: str) -> tuple[tuple[Term, ...], ...]:
    """What the actor may do `act` to, as alternatives of terms that must all hold. Empty: nothing."""
    return tuple(terms(rule, actor) for rule in _rules(actor, act, kind))
