"""What a new version of the rules would take from a case, and does not (rules.md 3.3).

Answers may end a hold of precaution; rules alone may not. A hold that the rules of the last assessment would
keep on today stays, becomes liftable, and waits for a named decision; whatever else is less becomes a task to
look at.
"""

from __future__ import annotations

from models.cases import Case
from models.vocabulary import Role, TaskKind, Urgency
from workflows import effects
from workflows.holds import bodies_of
from workflows.in_force import archived
from workflows.rules.assess import assess, compare
from workflows.rules.assessment import Assessment as Reading
from workflows.rules.pack import Pack
from workflows.rules.values import Facts
from workflows.work import Work


def kept_by_old_rules(
    work: Work, before: Reading | None, pack: Pack, facts: Facts
) -> dict[str, tuple[str, ...]]:
    """Holds that the rules of the last assessment would keep on today, with the bodies that may lift each.

    Empty where the rules are the same, which costs nothing. Where the old pack cannot be loaded, every hold
    of the last assessment counts as kept.
    """
    if before is None or before.sha256 == pack.sha256:
        return {}
    old = archived(work.shelf, work.session, before.sha256)
    if old is None:
        return {code: _deciding(pack, code, None) for code in before.holds}
    known = {fact: answer for fact, answer in facts.items() if fact in old.facts}
    then = assess(old, known, work.now.date())
    return {code: _deciding(pack, code, old) for code in then.holds}


def _deciding(pack: Pack, code: str, old: Pack | None) -> tuple[str, ...]:
    """Who may lift a hold: as the pack says, else as the old one said, else who lifts its like."""
    named = bodies_of(pack, code) or (bodies_of(old, code) if old else ())
    if named:
        return named
    shut = old.holds[code].shuts if old and code in old.holds else frozenset()
    others = [h.lifted_by_body for h in pack.holds.values() if not shut or h.shuts & shut]
    return tuple(dict.fromkeys(body for body in others if body))


def become_tasks(work: Work, case: Case, before: Reading | None, now: Reading) -> None:
    """Ask a supervisor to look at a case of which a new version says less. Nothing was taken from it."""
    if before is None or before.sha256 == now.sha256:
        return
    changes = compare(before, now)
    if changes.lost or changes.released or changes.liftable:
        effects.open_task(work, case, TaskKind.STILL_NEEDED, Role.SUPERVISOR, Urgency.ROUTINE)
