"""All attackers on an invented deployment, as one report: the figure of how reliable the protection is.

`report(...)["held"]` says whether the worst measured advantage stays within what the ledger promises, and
nobody was proven to be there. With a rule switched off it must not hold: an attacker that never wins proves
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from workflows.disclosure.attack_audit import audit
from workflows.disclosure.attack_exact import Partners, exact_audit, exact_subtraction, partners
from workflows.disclosure.attack_world import STRICT, Guard, world
from workflows.disclosure.attackers import (
    SLACK,
    Finding,
    equality,
    known_others,
    planting,
    presence_claims,
    subtraction,
)
from workflows.disclosure.exact import ALL, Compare
from workflows.disclosure.exact_files import Ground
from workflows.disclosure.plan import HOUSEHOLD, Plan

#: What can be switched off, by the name of the rule.
RULES: Mapping[str, Guard] = {
    "closed-periods": replace(STRICT, closed=False),
    "own-label": replace(STRICT, own_label=False),
    "empty-cells": replace(STRICT, empty_too=False),
    "threshold": replace(STRICT, threshold=False),
    "noise": replace(STRICT, noise=False),
}
#: The same of exact files for partners.
EXACT_RULES: Mapping[str, Compare] = {
    "comparing-files": Compare(earlier=False),
    "covering-cells": Compare(earlier=False, cover=False),
}
#: Persons of the world whose exact files are attacked: more of them only take longer.
_MOST_EXACT = 6_000
#: Of how many others the target is one, where it is not alone.
_OTHERS = 40
#: The budget at which sigma is a third of a person and the threshold ten.
_AS_GOOD_AS_NONE = 46.0


def report(
    plan: Plan, *, persons: int, runs: int, seed: int = 7, without: str | None = None
) -> dict[str, Any]:
    """Attack everything that an invented deployment of `persons` would publish in two years.

    `runs`: tries of each attack that measures an advantage. `without`: the rule of `RULES` to switch off.
    Raises KeyError for another rule, SolverMissing.
    """
    guard = STRICT if without in EXACT_RULES else RULES[without] if without else STRICT
    promised = plan.advantage()
    if not guard.noise:
        # What many publish: exact figures from ten persons on.
        plan = replace(plan, base=1, rho=_AS_GOOD_AS_NONE)
    made = world(plan, persons, seed, guard)
    findings = [
        subtraction(made),
        audit(made),
        equality(made),
        presence_claims(made),
        planting(made, runs // 2),
    ]
    files = Partners(Ground({}), ())
    if without is None or without in EXACT_RULES:
        files = partners(min(persons, _MOST_EXACT), seed, EXACT_RULES.get(without or "", ALL))
        findings += [exact_subtraction(files), exact_audit(files)]
    if guard.noise:
        findings += [
            known_others(plan, guard, runs, others=_OTHERS),
            known_others(plan, guard, runs, others=0),
            known_others(plan, guard, runs // 2, others=_OTHERS, household=HOUSEHOLD),
        ]
    summed = _summed(plan, made.books.settled, findings, persons, without, promised)
    return {**summed, "exact_files": len(files.files), "exact_files_refused": files.refused}


def _summed(
    plan: Plan,
    settled: Mapping[Any, Any],
    findings: list[Finding],
    persons: int,
    without: str | None,
    promised: float,
) -> dict[str, Any]:
    single = [one for one in findings if one.bound is not None and "household" not in one.attack]
    # With no noise presence is read off the page.
    worst = max((one.advantage or 0.0 for one in single), default=1.0)
    bound = round(promised, 4)
    exact, proven = sum(one.exact for one in findings), sum(one.proven for one in findings)
    figures = sum(len(table.figures) for table in settled.values())
    return {
        "plan": plan.version,
        "epsilon": round(plan.epsilon, 3),
        "sigma": float(plan.sigma),
        "threshold": plan.threshold,
        "rule_switched_off": without,
        "persons": persons,
        "releases": len(settled),
        "figures": figures,
        "withheld": sum(table.withheld for table in settled.values()),
        "exact_small_cells": exact,
        "singletons_proven": proven,
        "advantage": worst,
        "bound": bound,
        "attacks": [asdict(one) for one in findings],
        "held": not any(one.won for one in findings)
        and proven == 0
        and exact == 0
        and worst <= bound + SLACK,
    }
