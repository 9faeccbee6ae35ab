"""Many persons read at once are each read as the plain walk reads them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.settings import PACKS
from tests.rules_core.test_rules_laws import BASE, DAY, conditions, packs, people, with_rule
from workflows.rules.assess import decide, walk
from workflows.rules.cases import vignette_facts
from workflows.rules.conditions import Condition
from workflows.rules.crowd import TOGETHER, decide_many
from workflows.rules.packs import Pack, load_pack, pack_codes
from workflows.rules.values import Facts

TODAY = date(2026, 11, 24)


@given(packs, st.lists(people(), max_size=6))
@settings(max_examples=150, deadline=None)
def test_each_of_many_is_read_as_alone(pack: Pack, crowd: list[Facts]) -> None:
    found = [one for some in decide_many(pack, crowd, DAY) for one in some.decisions()]
    assert found == [walk(pack, person, DAY) for person in crowd]


@given(conditions, st.lists(people(), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_any_condition_is_read_so(condition: Condition, crowd: list[Facts]) -> None:
    pack = with_rule(condition)
    found = [one for some in decide_many(pack, crowd, DAY) for one in some.decisions()]
    assert found == [walk(pack, person, DAY) for person in crowd]


@pytest.mark.parametrize("code", pack_codes(PACKS))
def test_the_vignettes_of_every_pack(code: str) -> None:
    pack = load_pack(PACKS, code, TODAY)
    crowd = [vignette_facts(pack, vignette) for vignette in pack.vignettes]
    found = [one for some in decide_many(pack, crowd, TODAY) for one in some.decisions()]
    assert found == [decide(pack, person, TODAY) for person in crowd]


def test_more_than_fit_together_keep_their_order() -> None:
    crowd: list[Facts] = [{}] * (TOGETHER + 3)
    found = list(decide_many(BASE, crowd, DAY))
    assert [some.number for some in found] == [TOGETHER, 3]
    assert all(set(some.urgency) == {0} for some in found)


def test_nobody_is_no_outcome() -> None:
    assert list(decide_many(BASE, [], DAY)) == []
