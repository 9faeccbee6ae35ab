"""The packs judged by persons: vignettes, invariants on many invented people, and what only adds."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from models.vocabulary import Action
from workflows.rules.answers import facts_from_raw
from workflows.rules.assess import assess
from workflows.rules.cases import broken, check, vignette_facts
from workflows.rules.conditions import slots
from workflows.rules.packs import Pack

DAY = date(2026, 3, 1)
IDENTITY = ("origin", "citizenship", "ethnicity_said", "religion_said")
PUBLISHED = {"V03", "V04", "V07", "V11", "V12", "V13"}


def test_every_vignette_comes_out_as_expected(packs: Mapping[str, Pack]) -> None:
    for code, pack in packs.items():
        rows = check(packs, pack.vignettes)
        assert rows, code
        assert [row for row in rows if not row.hit] == []


def test_the_six_published_cases_are_all_here(packs: Mapping[str, Pack]) -> None:
    cases = {vignette.case for vignette in packs["int"].vignettes} - {""}
    assert cases == PUBLISHED


def test_the_published_cases_hold_under_every_country_pack(packs: Mapping[str, Pack]) -> None:
    for pack in packs.values():
        for vignette in (one for one in packs["int"].vignettes if one.forbid):
            now = assess(pack, vignette_facts(pack, vignette), vignette.as_of)
            assert {Action(action) for action in vignette.forbid} <= now.shut, vignette.file


def test_every_profile_has_a_vignette_in_which_it_stands(packs: Mapping[str, Pack]) -> None:
    seen: set[str] = set()
    for vignette in packs["int"].vignettes:
        seen |= set(vignette.require)
        seen |= {
            key.removeprefix("profile ")
            for key, word in vignette.expect.items()
            if key.startswith("profile ") and word in {"presumed", "possible"}
        }
    assert set(packs["int"].profiles) - seen - {"NRR"} == set()


def _random_raw(pack: Pack, seed: int) -> dict[str, object]:
    """Answers of one invented person: from nothing known to everything known."""
    dice = random.Random(seed)
    share = dice.choice([0.1, 0.4, 0.8, 1.0])
    harm = dice.choice([0.0, 0.03, 0.3])
    raw: dict[str, object] = {}
    for fact in pack.facts.values():
        if fact.kind != "yes-no" or fact.id in pack.derived or fact.computed:
            continue
        if dice.random() < share:
            raw[fact.id] = "yes" if dice.random() < harm else "no"
    for fact_id in ("wants_to_return", "has_own_passport", "left_for_work_or_family"):
        raw[fact_id] = dice.choice(["yes", "no"])
    raw["age"] = dice.choice(["9", "17", "16..19", "32", "70"])
    raw["sex"] = dice.choice(["F", "M", "X", "U"])
    return raw


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_no_invented_person_breaks_an_invariant(packs: Mapping[str, Pack], seed: int) -> None:
    pack = packs["int"]
    facts = facts_from_raw(pack.facts, _random_raw(pack, seed))
    assert [rule.id for rule in broken(pack, facts, assess(pack, facts, DAY))] == []


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), fact=st.sampled_from(IDENTITY))
def test_origin_ethnicity_and_religion_take_nothing_away(
    packs: Mapping[str, Pack], seed: int, fact: str
) -> None:
    pack = packs["int"]
    raw = _random_raw(pack, seed)
    raw.pop(fact, None)
    without = assess(pack, facts_from_raw(pack.facts, raw), DAY)
    raw[fact] = "yes" if pack.facts[fact].kind == "yes-no" else "AFG"
    having = assess(pack, facts_from_raw(pack.facts, raw), DAY)
    assert without.shut <= having.shut
    assert set(without.needs) <= set(having.needs)


def test_no_rule_need_or_hold_reads_origin_ethnicity_or_religion(
    packs: Mapping[str, Pack],
) -> None:
    for pack in packs.values():
        whens = [rule.when for rule in pack.rules.values()]
        whens += [need.when for need in pack.needs.values()]
        whens += [hold.when for hold in pack.holds.values()]
        read = {slot.partition(".")[0] for when in whens for slot in slots(when, pack.derived)}
        assert "fear_of_return" in read
        assert read & set(IDENTITY) == set()
        assert all(pack.facts[fact].record_only for fact in IDENTITY)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), data=st.data())
def test_one_more_protective_answer_never_opens_an_action(
    packs: Mapping[str, Pack], seed: int, data: st.DataObject
) -> None:
    pack = packs["int"]
    raw = _random_raw(pack, seed)
    protective = sorted(f.id for f in pack.facts.values() if f.protective == ("yes",))
    assert len(protective) > 100
    before = assess(pack, facts_from_raw(pack.facts, raw), DAY)
    raw[data.draw(st.sampled_from(protective))] = "yes"
    after = assess(pack, facts_from_raw(pack.facts, raw), DAY)
    assert before.shut <= after.shut
    assert set(before.needs) <= set(after.needs)


def test_taking_back_one_answer_of_a_complete_screen_shuts_return(
    packs: Mapping[str, Pack],
) -> None:
    pack = packs["int"]
    [vignette] = [
        v for v in pack.vignettes if v.file.endswith("complete-with-protection-officer.yaml")
    ]
    mandatory = [f.id for f in pack.facts.values() if f.mandatory_for and f.id != "age"]
    assert len(mandatory) > 40
    for fact in mandatory:
        raw = {k: v for k, v in vignette.raw_facts.items() if k != fact}
        assert Action.RETURN in assess(pack, facts_from_raw(pack.facts, raw), DAY).shut, fact
