"""What a new assessment gives and takes against the one before.

It only names differences. That evidence keeps a hold until a named decision, and that a sent referral
is never withdrawn by a re-evaluation, is done by the workflow that reads them (rules.md 3.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.vocabulary import Action, Grade, HoldCause
from workflows.rules.assessment import Assessment
from workflows.rules.words import GRADES


@dataclass(frozen=True, slots=True)
class Change:
    """Something that differs: kind profile, need, hold or action; what it was and is."""

    kind: str
    id: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs, for tasks, letters and the state of holds.

    `liftable`: holds that evidence carried and no longer does; they stay until a named decision.
    `released`: holds of precaution that are answered; they end by themselves.
    """

    gained: tuple[Change, ...]
    lost: tuple[Change, ...]
    liftable: tuple[str, ...]
    released: tuple[str, ...]


def compare(before: Assessment | None, after: Assessment, evidenced: Iterable[str] = ()) -> Changes:
    """What changed. `evidenced`: ids of stored holds that were once carried by evidence."""
    once = dict.fromkeys(evidenced)
    old_holds = before.holds if before else {}
    off = [id_ for id_ in dict.fromkeys([*old_holds, *once]) if id_ not in after.holds]
    for id_, hold in old_holds.items():
        if hold.by is HoldCause.EVIDENCE:
            once[id_] = None
    changes = [
        *_profiles(before, after),
        *_needs(before, after),
        *_holds(before, after),
        *_actions(before, after),
    ]
    return Changes(
        gained=tuple(change for higher, change in changes if higher),
        lost=tuple(change for higher, change in changes if not higher),
        liftable=tuple(id_ for id_ in off if id_ in once),
        released=tuple(id_ for id_ in off if id_ not in once),
    )


def _profiles(before: Assessment | None, after: Assessment) -> Iterator[tuple[bool, Change]]:
    nothing = Grade.NOT_INDICATED
    old = {code: r.grade for code, r in before.profiles.items()} if before else {}
    new = {code: r.grade for code, r in after.profiles.items()}
    for code in dict.fromkeys([*old, *new]):
        was, now = old.get(code, nothing), new.get(code, nothing)
        if was is not now:
            change = Change("profile", code, was.value, now.value)
            yield GRADES.index(now) > GRADES.index(was), change


def _needs(before: Assessment | None, after: Assessment) -> Iterator[tuple[bool, Change]]:
    old = before.needs if before else {}
    for need in after.needs:
        if need not in old:
            yield True, Change("need", need, "", "open")
    for need in old:
        if need not in after.needs:
            yield False, Change("need", need, "open", "")


def _holds(before: Assessment | None, after: Assessment) -> Iterator[tuple[bool, Change]]:
    """New holds, and holds of precaution that evidence now carries. Ends are told apart above."""
    old = before.holds if before else {}
    for id_, hold in after.holds.items():
        cause = old[id_].by.value if id_ in old else ""
        if cause not in {hold.by.value, HoldCause.EVIDENCE.value}:
            yield True, Change("hold", id_, cause, hold.by.value)


def _actions(before: Assessment | None, after: Assessment) -> Iterator[tuple[bool, Change]]:
    old = before.shut if before else frozenset[Action]()
    for action in Action:
        if (action in after.shut) != (action in old):
            shut = action in after.shut
            words = ("open", "shut") if shut else ("shut", "open")
            yield shut, Change("action", action.value, *words)
