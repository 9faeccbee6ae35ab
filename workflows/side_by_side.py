"""PURE. Two records beside each other: what agrees, what is near, what differs, what only one of them says.

Nothing is concluded from it: a human looks, and a second one looks again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workflows.names.compare import Candidate, Decision, Likeness, Reason, rank


class Agreement(StrEnum):
    """How one field of two records compares."""

    SAME = "same"
    NEAR = "near"
    DIFFERS = "differs"
    ONE_SIDED = "one_sided"


@dataclass(frozen=True)
class Record:
    """What is compared of a person, as it is kept (`models.people.Person`)."""

    names: tuple[str, ...]
    birth: Mapping[str, Any]
    sex: str
    nationalities: tuple[str, ...]
    languages: tuple[str, ...]
    documents: tuple[Mapping[str, Any], ...]
    years: tuple[int, ...]


@dataclass(frozen=True)
class Compared:
    """One field: its name in a packet, both values, how they compare, and why names are alike."""

    field: str
    left: Any
    right: Any
    how: Agreement
    reasons: tuple[Reason, ...] = ()


def compare(left: Record, right: Record) -> tuple[Compared, ...]:
    """The fields in the order in which they are read; those that neither record fills are left out."""
    found = [
        _names(left, right),
        Compared("birth", left.birth, right.birth, _births(left, right)),
        _field("sex", left.sex, right.sex, lambda one: one in ("", "U")),
        _sets("nationality", left.nationalities, right.nationalities),
        _sets("languages", left.languages, right.languages),
        _documents(left.documents, right.documents),
    ]
    return tuple(one for one in found if not (_blank(one.left) and _blank(one.right)))


def _blank(value: object) -> bool:
    return not value or value == "U" or (isinstance(value, Mapping) and _unknown(value))


def _unknown(birth: Mapping[str, Any]) -> bool:
    return bool(birth.get("kind", "unknown") == "unknown")


def likeness(left: Record, right: Record) -> Likeness | None:
    """How alike the names are, best form against best form; None where one has none."""
    if not left.names or not right.names:
        return None
    ranked = rank(
        list(left.names), [Candidate(0, right.names, right.years)], birth_years=left.years
    )
    return ranked[0].likeness if ranked else None


def _names(left: Record, right: Record) -> Compared:
    found = likeness(left, right)
    given = (list(left.names), list(right.names))
    if found is None:
        return Compared("name", *given, Agreement.ONE_SIDED)
    told = tuple(one for one in found.reasons if not one.code.startswith("birth_"))
    if set(left.names) & set(right.names):
        return Compared("name", *given, Agreement.SAME)
    how = Agreement.DIFFERS if found.decision is Decision.UNLIKELY else Agreement.NEAR
    return Compared("name", *given, how, told)


def _births(left: Record, right: Record) -> Agreement:
    if _unknown(left.birth) or _unknown(right.birth):
        return Agreement.ONE_SIDED
    if left.birth == right.birth:
        return Agreement.SAME
    dates = left.birth.get("kind") == right.birth.get("kind") == "date"
    near = {year + step for year in left.years for step in (-1, 0, 1)}
    return Agreement.NEAR if not dates and near & set(right.years) else Agreement.DIFFERS


def _field(name: str, left: Any, right: Any, blank: Callable[[Any], bool]) -> Compared:
    if blank(left) or blank(right):
        return Compared(name, left, right, Agreement.ONE_SIDED)
    return Compared(name, left, right, Agreement.SAME if left == right else Agreement.DIFFERS)


def _sets(name: str, left: Sequence[str], right: Sequence[str]) -> Compared:
    given = (list(left), list(right))
    if not left or not right:
        return Compared(name, *given, Agreement.ONE_SIDED)
    if set(left) == set(right):
        return Compared(name, *given, Agreement.SAME)
    how = Agreement.NEAR if set(left) & set(right) else Agreement.DIFFERS
    return Compared(name, *given, how)


def _documents(left: Sequence[Mapping[str, Any]], right: Sequence[Mapping[str, Any]]) -> Compared:
    given = (list(left), list(right))
    if not left or not right:
        return Compared("documents", *given, Agreement.ONE_SIDED)
    shared = {_number(one) for one in left} & {_number(one) for one in right} - {""}
    # Two papers of one person have two numbers: other numbers alone are no difference.
    return Compared("documents", *given, Agreement.SAME if shared else Agreement.ONE_SIDED)


def _number(document: Mapping[str, Any]) -> str:
    return "".join(one for one in str(document.get("number") or "").upper() if one.isalnum())
