"""The clocks of one person under a pack whose clocks alone differ, as `assess` finds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import chain, product

from workflows.rules.assess import _fairer
from workflows.rules.assessment import Assessment
from workflows.rules.country_words import clock_words, row_words
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Deadline, Starter
from workflows.rules.values import NOT_ASKED, Facts
from workflows.rules.words import GRADES


def clock_of(
    pack: Pack, deadline: str, now: Assessment, known: Facts, *, whole: bool = False
) -> str:
    """The word of a vignette for a deadline of somebody who is otherwise as `now` says."""
    standing = [
        row
        for row in pack.deadlines
        if row.id == deadline and all(_stands(one, now, known) for one in (row.starts, row.only_if))
    ]
    if not standing:
        return "not running"
    row = reduce(_fairer, standing)
    return row_words(row) if whole else clock_words(row)


def situations(pack: Pack, slipped: Pack, deadline: str) -> Iterator[Mapping[Starter, bool]]:
    """What may stand of all that a clock waits for, wherever the two packs then do not say the same."""
    rows = [[row for row in one.deadlines if row.id == deadline] for one in (pack, slipped)]
    waits = dict.fromkeys(
        one for row in chain(*rows) for one in (row.starts, row.only_if) if one is not None
    )
    for standing in product((True, False), repeat=len(waits)):
        so = dict(zip(waits, standing, strict=True))
        if _word(rows[0], so) != _word(rows[1], so):
            yield so


def _word(rows: list[Deadline], so: Mapping[Starter, bool]) -> str:
    standing = [row for row in rows if so[row.starts] and (row.only_if is None or so[row.only_if])]
    return row_words(reduce(_fairer, standing)) if standing else "not running"


def _stands(starter: Starter | None, now: Assessment, known: Facts) -> bool:
    match starter:
        case Starter("profile", code, word):
            levels = [grade.value for grade in GRADES]
            return GRADES.index(now.grade(code)) >= levels.index(word)
        case Starter("need", id_):
            return id_ in now.needs
        case Starter("hold", id_):
            return id_ in now.holds
        case Starter("fact", id_, word):
            return known.get(id_, NOT_ASKED).value is (word == "yes")
        case _:
            return True
