"""The base pack beside its rules: who is asked what, who may lift what, the published lists as they are."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from models.vocabulary import Action, HoldCause, Role
from workflows.rules.answers import facts_from_raw
from workflows.rules.ask import interview
from workflows.rules.assess import assess
from workflows.rules.pack_model import Fact
from workflows.rules.packs import Pack

DAY = date(2026, 3, 1)
INDICATORS = Path(__file__).resolve().parents[2] / "config" / "packs" / "int" / "indicators.csv"

#: The few signs of trafficking that a border official asks for (border threshold of the design).
GATE = {
    "says_exploited",
    "deceived_about_job",
    "recruited_by_violence",
    "work_low_or_no_pay",
    "forced_tasks",
    "papers_kept_by_other",
    "phone_taken",
    "debt_with_threats",
    "locked_up",
    "violence_by_exploiter",
}

#: The core questions of a border post and the facts that hold their answers.
QUESTIONS = {
    "A1": ["birth", "sex", "interpreter_needed"],
    "A2": ["has_own_passport", "no_documents", "papers_kept_by_other", "refugee_document"],
    "A3": ["injuries_seen", "mental_distress", "disability_seen", "may_be_child"],
    "A4": ["needs_doctor_now", "needs_food_water", "needs_shelter"],
    "B1": ["with_parent", "with_relative", "with_other_adult", "link_proven", "travels_alone"],
    "B2": ["paid_facilitator", "entry_irregular", "debt_with_threats"],
    "B3": ["address_unknown", "job_implausible"],
    "B4": ["refugee_elsewhere", "unhcr_card_claimed"],
    "C1": ["left_for_work_or_family"],
    "C2": ["fear_of_return", "harmed_at_home"],
    "C3": ["asks_for_asylum"],
    "C4": ["afraid_of_embassy"],
    "C5": ["left_for_conflict", "left_for_disaster"],
    "D1": ["with_parent", "with_responsible_adult", "family_missing"],
    "D2": ["link_denied"],
    "D3": ["wants_family_found"],
    "E1": ["papers_kept_by_other", "phone_taken", "locked_up"],
    "E2": ["deceived_about_job", "work_low_or_no_pay"],
    "E3": ["hurt_by_someone", "violence_by_exploiter"],
    "E4": ["debt_with_threats"],
    "E5": ["escorted_or_controlled", "fear_of_companion", "story_memorised"],
    "F1": ["no_citizenship_known", "embassy_no_answer"],
    "F2": ["birth_not_registered", "parents_nationality_gap", "ussr_document_only"],
    "F3": ["refused_as_citizen"],
    "G1": ["seeing", "hearing", "walking", "remembering", "self_care", "communicating"],
    "G2": ["serious_illness", "treatment_interrupted", "pregnant_or_nursing"],
    "G3": ["ill_treated_by_officials"],
    "G4": ["unsafe_among_companions"],
    "H1": ["armed_or_uniformed"],
    "H2": ["served_in_forces"],
    "I1": ["wants_to_return", "consular_requested", "something_new_said"],
}


@pytest.fixture(scope="module")
def base(packs: Mapping[str, Pack]) -> Pack:
    return packs["int"]


def _list(name: str) -> list[dict[str, str]]:
    with INDICATORS.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["list"] == name]


@pytest.mark.parametrize("question", sorted(QUESTIONS))
def test_every_core_question_has_words_in_three_languages(base: Pack, question: str) -> None:
    for id_ in QUESTIONS[question]:
        fact = base.facts[id_]
        assert fact.askable or fact.observed, id_
        assert fact.card in base.cards, id_
        assert fact.cost in {1, 2, 3}, id_
        for language in ("en", "ru", "fa_AF"):
            assert base.texts[language][f"fact.{id_}"], (id_, language)
            if not fact.observed and id_ != "sex":
                assert base.texts[language][f"text.say.{id_}"], (id_, language)


def test_the_labour_lists_have_all_published_rows() -> None:
    rows = _list("ilo")
    adult = Counter(row["dimension"] for row in rows if row["adult"] in {"S", "M", "W"})
    child = Counter(row["dimension"] for row in rows if row["child"] in {"S", "M", "W"})

    assert adult == {"1": 10, "2": 10, "3": 16, "4": 9, "5": 15, "6": 7}
    assert child == {"1": 10, "2": 10, "3": 15, "4": 8, "5": 15, "6": 7}
    assert "W" not in {row["child"] for row in rows}
    assert len({row["fact"] for row in rows}) == len(rows)


def test_of_the_lists_on_sexual_exploitation_only_what_is_known_stands_and_is_marked() -> None:
    assert [(r["fact"], r["adult"], r["child"], r["basis"]) for r in _list("ilo_sexual")] == [
        ("forced_tasks", "S", "S", "?")
    ]


def _specialists(fact: Fact) -> bool:
    return fact.who == {Role.PROTECTION_OFFICER} and fact.private and fact.cost == 3


def test_the_lists_are_for_protection_officers_and_the_gate_is_for_officials(base: Pack) -> None:
    listed = {row["fact"] for row in _list("ilo")}

    assert [id_ for id_ in sorted(listed - GATE) if not _specialists(base.facts[id_])] == []
    assert [id_ for id_ in sorted(GATE) if Role.BORDER_OFFICIAL not in base.facts[id_].who] == []
    assert {base.facts[id_].card for id_ in GATE} == {"control"}
    assert all(base.facts[id_].private for id_ in GATE)


def _answer_all(base: Pack, raw: dict[str, object], role: Role) -> bool:
    """Answer whatever is proposed with the least protective word; whether the urgent was settled."""
    for _ in range(60):
        facts = facts_from_raw(base.facts, raw)
        state = interview(base, facts, role, private=True, as_of=DAY)
        if state.card is None:
            return state.urgent_settled
        for item in state.card.items:
            fact = base.facts[item.fact]
            plain = fact.options[0] if fact.options else "TJK"
            raw[item.fact] = "no" if fact.kind == "yes-no" else plain
    raise AssertionError("the interview does not end")


def test_an_official_comes_to_an_end_and_the_safeguards_wait_for_the_private_talk(
    base: Pack,
) -> None:
    raw: dict[str, object] = {"age": 30, "sex": "M", "wants_to_return": "yes", "birth": "declined"}
    assert _answer_all(base, raw, Role.BORDER_OFFICIAL)
    asked = {id_ for id_ in raw if id_ in base.facts}
    assert asked & {row["fact"] for row in _list("ilo")} <= GATE

    now = assess(base, facts_from_raw(base.facts, raw), DAY)
    assert now.holds["H.trafficked"].by is HoldCause.PRECAUTION
    assert {Action.RETURN, Action.DETAIN, Action.DISCLOSE} <= now.shut
    assert "specialist_screening" in now.needs


def test_every_hold_names_the_decision_and_the_body_that_may_end_it(base: Pack) -> None:
    without = {hold.id for hold in base.holds.values() if not hold.lifted_by_decision}
    # Answers alone end it: no decision stands for an answer that nobody gave.
    assert without == {"H.unscreened"}
    for hold in base.holds.values():
        if hold.lifted_by_decision:
            decided_by = base.facts[hold.lifted_by_decision].decided_by
            assert decided_by == hold.lifted_by_body, hold.id


def test_all_forty_safeguards_are_in_the_pack(base: Pack) -> None:
    assert list(base.invariants) == [f"INV-{n:02}" for n in range(1, 41)]


def test_a_safeguard_of_the_project_is_never_the_only_source_of_a_profile_rule_or_hold(
    base: Pack,
) -> None:
    cited = {row.code: row.source for row in base.profiles.values()}
    cited |= {row.id: row.source for row in base.rules.values()}
    cited |= {row.id: row.source for row in base.holds.values()}
    assert [id_ for id_, found in cited.items() if all(s.startswith("INV-") for s in found)] == []


def test_no_answer_about_the_state_of_origin_makes_a_security_concern(base: Pack) -> None:
    raw = {"age": 40, "may_be_child": "no", "wanted_by_origin": "yes", "served_in_forces": "yes"}
    raw |= {"watchlist_name_fits": "no", "serious_crime_said": "no", "armed_or_uniformed": "no"}
    now = assess(base, facts_from_raw(base.facts, raw), DAY)

    assert {now.profiles[code].grade.value for code in ("SEC-1F", "SEC-ARM", "SEC-OTH")} == {
        "not_indicated"
    }
    assert now.profiles["ASY"].grade.value == "possible"
    assert "security_handover" not in now.needs
