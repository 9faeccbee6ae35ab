"""Which decisions still count on a day. Nothing is deleted: one that lapsed is only not listened to.

A check of all safeguards before a return counts for 72 hours (INV-37), reckoned from the start of its day.
A final negative decision does not answer a fear that was told after it: the claim is new until it is decided
on (INV-37). Both only ever take weight from a decision that opens something, so they can only protect more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from workflows.rules.answers import Source, Statement, live

#: Decisions that lapse: fact of the base pack, and for how many days from its own they count.
LASTS: dict[str, int] = {"recheck_done": 3}
#: Decisions that new elements reopen, and the facts that are such elements when they are told with a yes.
REOPENED_BY: dict[str, tuple[str, ...]] = {
    "final_negative": ("fear_of_return", "asks_for_asylum", "fear_spoken_by_other"),
}


def standing(statements: Iterable[Statement], on: date) -> list[Statement]:
    """The statements without the decisions that no longer count on the day `on`."""
    given = list(statements)
    told = [s for s in live(given) if s.source is not Source.DECISION and s.value is True]
    return [s for s in given if not (_lapsed(s, on) or _reopened(s, told))]


def lapses_on(fact: str, made_on: date) -> date | None:
    """The first day on which a decision of the day `made_on` no longer counts; None: it does not lapse."""
    days = LASTS.get(fact)
    return None if days is None else made_on + timedelta(days=days)


def _lapsed(said: Statement, on: date) -> bool:
    if said.source is not Source.DECISION:
        return False
    end = lapses_on(said.fact, said.on or said.at.date())
    return end is not None and on >= end


def _reopened(said: Statement, told: list[Statement]) -> bool:
    if said.source is not Source.DECISION or said.value is not True:
        return False
    made_on = said.on or said.at.date()
    return any(
        new.fact in REOPENED_BY.get(said.fact, ()) and (new.at > said.at or new.at.date() > made_on)
        for new in told
    )
