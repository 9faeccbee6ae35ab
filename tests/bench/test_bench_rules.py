"""What `bench rules` compares is the same thing: tables say what the rules say, and forms miss nobody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from bench.rules_interviews import OFFICIAL, by_form, by_goals
from bench.rules_people import KINDS, people
from bench.rules_tables import as_words, expressible, is_bound, tables, truths
from config.settings import PACKS
from workflows.rules.answers import facts_from_raw
from workflows.rules.assess import decide
from workflows.rules.computed import with_computed
from workflows.rules.packs import Pack, load_pack

DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(PACKS, "int", DAY)


def holds(cells: tuple[tuple[str, tuple[object, ...]], ...], person: Mapping[str, object]) -> bool:
    for column, cell in cells:
        value = person[column]
        if is_bound(cell):
            word, bound = cell
            assert isinstance(value, int)
            assert isinstance(bound, int)
            good = value >= bound if word == ">=" else value <= bound
        else:
            good = value in cell
        if not good:
            return False
    return True


def test_the_tables_given_to_other_engines_say_what_the_rules_say(pack: Pack) -> None:
    table = tables(pack)
    assert len(table.rules) + len(table.left_out) == len(pack.rules)
    assert len(table.left_out) < len(pack.rules) / 10
    for vignette in pack.vignettes[::4]:
        facts = facts_from_raw(pack.facts, vignette.raw_facts)
        known = with_computed(pack, facts, DAY)
        if not expressible(known):
            continue
        person = as_words(known, table.columns)
        hits = [f"{row.rail} {row.rule}" for row in table.rows if holds(row.cells, person)]
        ours = dict(zip(pack.rules, decide(pack, facts, DAY).rules, strict=True))
        assert truths(hits, table.rules) == {rule: ours[rule] for rule in table.rules}


def test_the_invented_people_have_an_answer_to_everything_and_are_the_same_again(
    pack: Pack,
) -> None:
    crowd = list(people(pack, 30, DAY))
    assert crowd == list(people(pack, 30, DAY))
    for _, truth in crowd:
        assert {f.id for f in pack.facts.values() if f.askable and not f.decided_by} <= set(truth)
    for kind in KINDS.values():
        assert set(kind.shares) <= set(pack.facts), "a share for a fact that the pack has not"


def test_both_ways_of_asking_reach_every_stop(pack: Pack) -> None:
    (kind, truth), *_ = people(pack, 1, DAY)
    form = by_form(pack, kind, truth, DAY, gate=True)
    ours = by_goals(pack, kind, truth, DAY, gate=True, screens=False)
    for asked in (form, ours):
        assert {"urgent", "complete", f"{OFFICIAL.value} urgent"} <= set(asked.stops)
        assert asked.stops[f"{OFFICIAL.value} urgent"] <= asked.stops["complete"]
    assert ours.stops["complete"] < form.stops["complete"]
