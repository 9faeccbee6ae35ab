"""What a version of a pack must pass before it may be published, and what it changes.

The worker does it beside the pages: proofs take seconds, and no unit of work may stay open so long. Where the
solver is not installed nothing passes, and all else works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from models.publication import PackVersion
from models.vocabulary import PackState
from workflows.in_force import archived
from workflows.policy import Act
from workflows.rules.cases import check
from workflows.rules.faults import PackError
from workflows.rules.pack import Pack
from workflows.rules.proof_solver import NoSolver
from workflows.rules.proof_words import in_words
from workflows.work import Work

#: The base pack, below which no country's pack may fall.
BASE = "int"


class GateReport(Protocol):
    """What the gate says: whether all is proven, and what is not."""

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""

    @property
    def findings(self) -> Iterable[Any]:
        """What was found."""


Gate = Callable[[Pack, Pack | None], GateReport]
Differences = Callable[[Pack, Pack], Iterable[Any]]


@dataclass(frozen=True)
class Waiting:
    """A version that is to be looked at, the pack in force, and the base."""

    id: UUID
    pack: Pack
    present: Pack
    base: Pack | None


@dataclass(frozen=True)
class Report:
    """What was found: sentences that speak against publishing, and what changes for whom."""

    against: str
    #: Language -> text.
    findings: tuple[dict[str, str], ...]
    #: {way: gains | loses, output, words: language -> the smallest person}.
    differences: tuple[dict[str, Any], ...]

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against publishing."""
        return not self.findings


def examine_waiting(
    opened: Callable[[], AbstractContextManager[Work]],
    gate: Gate | None = None,
    differences: Differences | None = None,
) -> bool:
    """Look at one version that waits for it. Returns whether there was one.

    `opened` begins a unit of work of the system. `gate` and `differences` are the solver's where none is
    given.
    """
    with opened() as work:
        waiting = _next(work)
    if waiting is None:
        return False
    report = examine(waiting, gate, differences)
    with opened() as work:
        _keep(work, waiting, report)
    return True


def _next(work: Work) -> Waiting | None:
    rows = work.session.scalars(
        select(PackVersion)
        .where(PackVersion.state.in_([PackState.DRAFT, PackState.TESTING]))
        .order_by(PackVersion.created_at)
    )
    for row in rows:
        present = work.shelf.get(row.pack, work.now.date())
        if row.checked_at is not None and (row.differences or {}).get("against") == present.sha256:
            continue
        pack = archived(work.shelf, work.session, row.sha256)
        if pack is not None:
            base = None if pack.code == BASE else work.shelf.get(BASE, work.now.date())
            return Waiting(row.id, _with_persons(work, pack), present, base)
    return None


def _with_persons(work: Work, pack: Pack) -> Pack:
    """The folder's pack where it is the same: it has the vignettes, which an archive has not."""
    try:
        folder = work.shelf.of_folder(pack.code, work.now.date())
    except PackError:
        return pack
    return folder if folder.sha256 == pack.sha256 else pack


def examine(
    waiting: Waiting, gate: Gate | None = None, differences: Differences | None = None
) -> Report:
    """What speaks against publishing, and what changes. Takes seconds."""
    pack, present = waiting.pack, waiting.present
    findings = [{"en": text} for text in (*kept(pack, present), *vignettes(pack))]
    try:
        report = (gate or _solver("gate"))(pack, waiting.base)
        findings += [_said(finding, pack) for finding in report.findings]
        if not report.passed and not findings:
            findings.append({"en": "the gate is not green"})
        found = (differences or _solver("differences"))(present, pack)
        changes = [_changed(one, pack) for one in found]
    except (ImportError, NoSolver):
        findings.append({"en": "the solver is not installed here"})
        return Report(present.sha256, tuple(findings), ())
    return Report(present.sha256, tuple(findings), tuple(changes))


def _said(found: Any, pack: Pack) -> dict[str, str]:
    """What was found, in the pack's languages where it can say it so."""
    if not hasattr(found, "show"):
        return {"en": str(found)}
    return {language: found.show(pack, language) for language in pack.languages}


def _changed(found: Any, pack: Pack) -> dict[str, Any]:
    """Who gains or loses what. The person in words, in the pack's languages."""
    if getattr(found, "person", None) is None:
        return {"way": "", "output": "", "words": {"en": str(found)}}
    words = {language: in_words(pack, found.person, language) for language in pack.languages}
    return {"way": found.way, "output": str(found.output), "words": words}


def _solver(name: str) -> Any:
    # Imported when asked for: a border post runs without the solver.
    return getattr(import_module(f"workflows.rules.{name}"), name)


def kept(new: Pack, present: Pack) -> list[str]:
    """What open cases could not be read by any more: needs and profiles stay, questions keep their kind."""
    found = [f"the need {id_} is gone; keep it" for id_ in present.needs if id_ not in new.needs]
    found += [
        f"the profile {c} is gone; keep it" for c in present.profiles if c not in new.profiles
    ]
    for fact in present.facts.values():
        again = new.facts.get(fact.id)
        if again is not None and again.kind != fact.kind:
            found.append(f"the question {fact.id} was {fact.kind} and is {again.kind}")
    return found


def vignettes(pack: Pack) -> list[str]:
    """The expectations of the pack's own persons that it misses."""
    own = [vignette for vignette in pack.vignettes if vignette.pack == pack.code]
    try:
        rows = check({pack.code: pack}, own)
    except PackError as fault:
        return [str(fault)]
    return [f"{row.person}: {row.kind} {row.item}: {row.found}" for row in rows if not row.hit]


def _keep(work: Work, waiting: Waiting, report: Report) -> None:
    row = work.session.get_one(PackVersion, waiting.id)
    work.allow(Act.CHECK_PACKS, detail={"pack": row.pack, "passed": report.passed})
    row.checked_at, row.passed = work.now, report.passed
    row.checks = {"findings": list(report.findings)}
    row.differences = {"against": report.against, "found": list(report.differences)}
