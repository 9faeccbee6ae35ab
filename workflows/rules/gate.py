"""The gate before a pack may be put in force: all that can be checked without a person's decision.

Order of rules.md 4.5, from cheap to dear. Loading has checked form, references and dates already;
two signatures and the report of differences are asked for by the publishing workflow.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import process_time

from workflows.rules.cases import check
from workflows.rules.pack import Pack
from workflows.rules.proof_solver import Effort
from workflows.rules.prove import Finding, prove


@dataclass(frozen=True, slots=True)
class GateReport:
    """Whether the pack may go on, what stands in its way, and processor seconds."""

    passed: bool
    findings: tuple[Finding, ...]
    seconds: float


def gate(
    pack: Pack, base: Pack | None, *, slips: bool = False, effort: Effort | None = None
) -> GateReport:
    """Vignettes, invariants, protection never below `base`, lint; with `slips` also those.

    Raises:
        NoSolver: z3-solver is not installed: packs cannot be published here.
    """
    start = process_time()
    findings = [*_vignettes(pack), *prove(pack, base, effort)]
    if slips:
        from workflows.rules.slips import unnoticed  # a minute more: only where it is wanted

        findings += unnoticed(pack, base)
    return GateReport(not findings, tuple(findings), process_time() - start)


def _vignettes(pack: Pack) -> list[Finding]:
    own = [vignette for vignette in pack.vignettes if vignette.pack == pack.code]
    return [
        Finding("vignette", row.person, f"{row.person}: {row.kind} {row.item}, found {row.found}")
        for row in check({pack.code: pack}, own)
        if not row.hit
    ]
