"""Facts that are computed, each by a named function with tests; packs name them, never write code.

Unknown stays unknown: a year of birth gives two possible ages, no birth gives none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from models.vocabulary import Action
from workflows.rules.answers import combine
from workflows.rules.pack import Pack
from workflows.rules.values import NOT_ASKED, Answer, Days, Facts, Interval, WhyUnknown
from workflows.rules.words import TREATIES


def age_in_years(birth: Days, as_of: date) -> Interval | None:
    """Ages possible on `as_of` for a birth on one of `birth`'s days; None when all lie later.

    A person born on 29 February turns a year older on 1 March of common years.
    """
    if birth.lo is not None and birth.lo > as_of:
        return None
    youngest = 0 if birth.hi is None or birth.hi > as_of else _full_years(birth.hi, as_of)
    oldest = None if birth.lo is None else _full_years(birth.lo, as_of)
    return Interval(youngest, oldest)


def _full_years(born: date, as_of: date) -> int:
    before = (as_of.month, as_of.day) < (born.month, born.day)
    return as_of.year - born.year - before


def days_since(event: Days, as_of: date) -> Interval | None:
    """Whole days from an event on one of `event`'s days to `as_of`; None when all lie later."""
    if event.lo is not None and event.lo > as_of:
        return None
    least = 0 if event.hi is None or event.hi > as_of else (as_of - event.hi).days
    return Interval(least, None if event.lo is None else (as_of - event.lo).days)


def with_computed(pack: Pack, facts: Facts, as_of: date) -> Facts:
    """`facts` and the pack's computed facts. A directly stated age is put together with the birth."""
    if not computed_facts(pack):
        return facts
    return {**facts, **computed_answers(pack, facts, as_of)}


def computed_answers(pack: Pack, facts: Facts, as_of: date) -> dict[str, Answer]:
    """The computed facts alone."""
    found: dict[str, Answer] = {}
    for id_, name in computed_facts(pack):
        if name == "mandatory_answered":
            answer = _mandatory_answered(pack, facts, found)
        else:
            answer = _FORMULAS[name](pack, facts, as_of)
        stated = facts.get(id_)
        found[id_] = answer if stated is None else _together(stated, answer)
    return found


@lru_cache(maxsize=64)
def computed_facts(pack: Pack) -> tuple[tuple[str, str], ...]:
    """(fact, formula) of every computed fact of the pack.

    What is complete comes last: an age that follows from the birth is an answer, too.
    """
    found = [(fact.id, fact.computed) for fact in pack.facts.values() if fact.computed]
    return tuple(sorted(found, key=lambda pair: pair[1] == "mandatory_answered"))


def _together(stated: Answer, computed: Answer) -> Answer:
    if computed.value is None or stated.value is None:
        return stated if computed.value is None else computed
    value, agree = combine([stated.value, computed.value])
    statements = stated.statements + computed.statements
    return Answer(value, None if agree else WhyUnknown.CONTRADICTORY, statements)


def _age_from_birth(_pack: Pack, facts: Facts, as_of: date) -> Answer:
    birth = facts.get("birth")
    if birth is None:
        return NOT_ASKED
    if not isinstance(birth.value, Days):
        return Answer(None, birth.why or WhyUnknown.NOT_ASKED, birth.statements)
    age = age_in_years(birth.value, as_of)
    why = birth.why if age is not None else WhyUnknown.CONTRADICTORY
    return Answer(age, why, birth.statements)


def _days_since_arrival(_pack: Pack, facts: Facts, as_of: date) -> Answer:
    arrived = facts.get("arrived_on")
    if arrived is None:
        return NOT_ASKED
    if not isinstance(arrived.value, Days):
        return Answer(None, arrived.why or WhyUnknown.NOT_ASKED, arrived.statements)
    days = days_since(arrived.value, as_of)
    return Answer(days, arrived.why if days else WhyUnknown.CONTRADICTORY, arrived.statements)


def _mandatory_answered(pack: Pack, facts: Facts, computed: Facts) -> Answer:
    """Yes once every fact that is mandatory before a return is known (INV-12); else unknown."""
    for fact in _mandatory(pack):
        answer = computed.get(fact) or facts.get(fact)
        if answer is None or answer.value is None:
            return NOT_ASKED
    return Answer(value=True)


@lru_cache(maxsize=64)
def _mandatory(pack: Pack) -> tuple[str, ...]:
    return tuple(fact.id for fact in pack.facts.values() if Action.RETURN in fact.mandatory_for)


def _bound_by(treaty: str) -> Callable[[Pack, Facts, date], Answer]:
    """The treaty status of the pack's country on the day; unknown in a pack of no country."""

    def formula(pack: Pack, _facts: Facts, as_of: date) -> Answer:
        bound = pack.bound_by(treaty, as_of)
        return Answer(bound, WhyUnknown.DOES_NOT_KNOW if bound is None else None)

    return formula


_FORMULAS: dict[str, Callable[[Pack, Facts, date], Answer]] = {
    "age_from_birth": _age_from_birth,
    "days_since_arrival": _days_since_arrival,
    **{f"bound by {treaty}": _bound_by(treaty) for treaty in TREATIES},
}
