"""Assessments: profiles, holds, needs, urgency, clocks, trace; and what two of them differ in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from models.vocabulary import Action, Grade, HoldCause, Urgency
from workflows.rules.answers import facts_from_raw
from workflows.rules.assess import Assessment, assess, compare, decide, walk
from workflows.rules.packs import Pack, load_pack
from workflows.rules.values import Answer

DAY = date(2026, 3, 1)


def say(pack: Pack, **raw: object) -> Assessment:
    return assess(pack, facts_from_raw(pack.facts, raw), DAY)


def test_a_person_nobody_has_asked_is_fully_protected(base: Pack) -> None:
    now = say(base)
    assert {reading.grade for reading in now.profiles.values()} == {Grade.OPEN}
    assert now.shut == set(Action)
    assert {hold.by for hold in now.holds.values()} == {HoldCause.PRECAUTION}
    assert now.needs == {}
    assert now.urgency is Urgency.ROUTINE
    assert now.holds["H.refoulement"].missing == ("fear",)
    assert "fear" in now.not_asked


@pytest.mark.parametrize("unknown", ["not_asked", "declined", "does_not_know", "contradictory"])
def test_an_answer_that_is_not_known_protects_like_no_answer(base: Pack, unknown: str) -> None:
    assert Action.RETURN in say(base, fear=unknown, age=30, asks="no").shut


def test_fear_makes_a_hold_by_evidence_and_opens_the_procedure(base: Pack) -> None:
    now = say(base, fear="yes")
    assert now.grade("ASY") is Grade.PRESUMED
    assert now.holds["H.refoulement"].by is HoldCause.EVIDENCE
    assert now.needs["asylum_procedure"].because == ("profile ASY",)
    assert now.urgency is Urgency.NOW
    assert now.profiles["ASY"].would_need == ()


def test_a_medium_sign_is_possible_and_two_are_presumed(base: Pack) -> None:
    assert say(base, war="yes").grade("ASY") is Grade.POSSIBLE
    one = say(base, papers="yes")
    assert one.grade("VOT") is Grade.POSSIBLE
    two = say(base, papers="yes", hours=16, unpaid="yes")
    assert two.grade("VOT") is Grade.PRESUMED


def test_one_weak_sign_alone_is_nothing_and_evidence_of_more_counts_as_less(base: Pack) -> None:
    closed = {"papers": "no", "locked": "no", "unpaid": "no", "violence": "no", "hours": 8}
    assert say(base, debt="yes", **closed).grade("VOT") is Grade.NOT_INDICATED


def test_a_hold_is_on_unless_its_condition_is_certainly_false(base: Pack) -> None:
    assert say(base).holds["H.care"].by is HoldCause.PRECAUTION
    assert say(base, needs_now=["food"]).holds["H.care"].missing == ("needs_now",)
    assert say(base, needs_now=["doctor"]).holds["H.care"].by is HoldCause.EVIDENCE
    assert "H.care" not in say(base, needs_now="none").holds


def test_stronger_evidence_counts_as_weaker_under_any_thresholds(
    spoil: Callable[[str, str, str], Path],
) -> None:
    thresholds = "thresholds: {presumed: {medium: 2}, possible: {weak: 1}}\nlicence:"
    pack = load_pack(spoil("bas/pack.yaml", "licence:", thresholds), "bas", DAY)
    assert say(pack, fear="yes").grade("ASY") is Grade.POSSIBLE
    assert say(pack, fear="yes", war="yes").grade("ASY") is Grade.PRESUMED
    facts = facts_from_raw(pack.facts, {"fear": "yes", "war": "yes"})
    assert walk(pack, facts, DAY) == decide(pack, facts, DAY)


def test_profiles_are_cumulative(base: Pack) -> None:
    now = say(base, age=15, with_parent="no", with_adult="no", fear="yes", needs_now=["doctor"])
    assert now.indicated() == ("ASY", "UAC", "MED")


def test_published_arithmetic_is_used(base: Pack) -> None:
    assert say(base, papers="yes", unpaid="yes").grade("VOT") is Grade.PRESUMED
    reading = say(base, papers="yes", unpaid="yes").profiles["VOT"]
    assert "VOT.1" in [rule.rule for rule in reading.because]


def test_everything_answered_without_a_sign_opens_the_actions(base: Pack) -> None:
    no = dict.fromkeys(
        ["fear", "asks", "war", "papers", "debt", "locked", "unpaid", "violence"], "no"
    )
    now = say(base, age=30, link="parent", needs_now="none", hours=8, seen_by="yes", **no)
    assert now.shut == frozenset()
    assert now.grade("LMW") is Grade.PRESUMED
    assert now.not_asked == ()


def test_an_age_that_may_be_under_18_holds(base: Pack) -> None:
    assert Action.DETAIN in say(base, age="16..19").shut
    assert say(base, age="16..17").holds["H.child"].by is HoldCause.EVIDENCE
    assert "H.child" not in say(base, age="18..19", link="relative", with_adult="yes").holds


def test_the_authority_gets_the_shorter_limit_and_the_person_the_longer(base: Pack) -> None:
    child = say(base, age=15, with_parent="no", with_adult="no", fear="yes")
    limits = {d.id: (d.amount, d.unit) for d in child.deadlines}
    assert limits == {"UAC.notify": (4, "hours"), "ASY.file": (5, "calendar days")}


def test_a_country_replaces_a_limit(country: Pack) -> None:
    child = say(country, age=15, with_parent="no", with_adult="no")
    assert [(d.id, d.amount) for d in child.deadlines] == [("UAC.notify", 2)]
    assert child.needs["guardian"].route == ("guardian_office", "help_ngo")


def test_the_trace_names_rules_answers_and_articles(base: Pack) -> None:
    facts = {
        **facts_from_raw(base.facts, {"age": 14, "with_adult": "no"}),
        "with_parent": Answer(value=False, statements=("121",)),
    }
    trace = assess(base, facts, DAY).trace()
    (rule,) = trace["profiles"]["UAC"]["because"]
    assert rule["rule"] == "UAC.1"
    assert rule["from_pack"] == "bas"
    assert rule["source"] == ["S.1"]
    assert {"fact": "with_parent", "value": "no", "statements": ["121"], "restricted": ""} in rule[
        "answers"
    ]
    assert trace["pack"] == "BAS@2026.1"
    json.dumps(trace)


def test_a_restricted_answer_is_withheld_from_the_trace(base: Pack) -> None:
    now = say(base, violence="yes")
    (used,) = now.trace()["profiles"]["VOT"]["because"][0]["answers"]
    assert used["value"] == "a restricted answer"
    (shown,) = now.trace(show_restricted=True)["profiles"]["VOT"]["because"][0]["answers"]
    assert shown["value"] == "yes"


def test_what_is_not_indicated_is_not_in_the_trace(base: Pack) -> None:
    assert "MED" not in say(base, needs_now="none").trace()["profiles"]


def test_an_assessment_survives_json_bit_for_bit(country: Pack) -> None:
    now = say(country, age=15, with_parent="no", with_adult="no", war="yes", origin="AFG")
    again = Assessment.from_dict(json.loads(now.canonical()))
    assert again == now
    assert again.canonical() == now.canonical()
    assert hash(again) == hash(now)


def test_the_same_answers_give_the_same_bytes(base: Pack) -> None:
    one = say(base, fear="yes", age=20)
    other = say(base, age=20, fear="yes")
    assert one.canonical() == other.canonical()
    assert say(base, age=21, fear="yes").facts_sha256 != one.facts_sha256


def test_a_first_assessment_gains_everything(base: Pack) -> None:
    changes = compare(None, say(base, fear="yes"))
    assert ("profile", "ASY") in {(c.kind, c.id) for c in changes.gained}
    assert ("action", "RETURN") in {(c.kind, c.id) for c in changes.gained}
    assert changes.lost == changes.liftable == changes.released == ()


def test_precaution_that_is_answered_releases_itself(base: Pack) -> None:
    answered = {"fear": "no", "asks": "no", "war": "no"}
    changes = compare(say(base), say(base, **answered))
    assert changes.released == ("H.refoulement",)
    assert changes.liftable == ()


def test_evidence_that_goes_is_liftable_and_not_released(base: Pack) -> None:
    answered = {"asks": "no", "war": "no"}
    before, after = say(base, fear="yes", **answered), say(base, fear="no", **answered)
    changes = compare(before, after)
    assert changes.liftable == ("H.refoulement",)
    assert changes.released == ()
    assert ("need", "asylum_procedure") in {(c.kind, c.id) for c in changes.lost}


def test_a_hold_once_carried_by_evidence_stays_liftable_over_a_time_of_doubt(base: Pack) -> None:
    answered = {"asks": "no", "war": "no"}
    doubt, after = say(base, **answered), say(base, fear="no", **answered)
    assert compare(doubt, after).released == ("H.refoulement",)
    assert compare(doubt, after, evidenced=["H.refoulement"]).liftable == ("H.refoulement",)
    assert compare(after, after, evidenced=["H.refoulement"]).liftable == ("H.refoulement",)


def test_precaution_that_evidence_takes_over_is_a_gain(base: Pack) -> None:
    changes = compare(say(base), say(base, fear="yes"))
    assert ("hold", "H.refoulement", "precaution", "evidence") in {
        (c.kind, c.id, c.was, c.now) for c in changes.gained
    }
    back = compare(say(base, fear="yes"), say(base))
    assert "H.refoulement" not in {c.id for c in (*back.gained, *back.lost)}


def test_actions_that_open_are_named(base: Pack) -> None:
    before = say(base)
    after = say(base, age=30, link="parent")
    assert ("action", "DETAIN", "shut", "open") in {
        (c.kind, c.id, c.was, c.now) for c in compare(before, after).lost
    }
