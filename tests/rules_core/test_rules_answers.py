"""Values, statements and what is known when they are put together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.rules.answers import Source, Statement, combine, merge, parse_value
from workflows.rules.faults import AnswerError
from workflows.rules.packs import Pack
from workflows.rules.values import (
    Choice,
    Days,
    Interval,
    Several,
    Value,
    WhyUnknown,
    value_from_json,
    value_to_json,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def said(
    fact: str,
    value: Value | None,
    *,
    name: str = "",
    source: Source = Source.SELF,
    why: WhyUnknown | None = None,
    minutes: int = 0,
    supersedes: str | None = None,
) -> Statement:
    at = NOON + timedelta(minutes=minutes)
    return Statement(fact, value, why, source, at, "officer-1", name, supersedes)


@pytest.mark.parametrize(
    ("fact", "raw", "value"),
    [
        ("fear", "yes", True),
        ("fear", "no", False),
        ("hours", 14, Interval(14, 14)),
        ("hours", "14", Interval(14, 14)),
        ("hours", "12..16", Interval(12, 16)),
        ("hours", "12..", Interval(12, None)),
        ("hours", {"most": 9}, Interval(None, 9)),
        ("birth", "2011-03-04", Days(date(2011, 3, 4), date(2011, 3, 4))),
        ("birth", 2012, Days(date(2012, 1, 1), date(2012, 12, 31))),
        ("birth", "2012-02", Days(date(2012, 2, 1), date(2012, 2, 29))),
        ("birth", "2010..2012", Days(date(2010, 1, 1), date(2012, 12, 31))),
        ("birth", {"age": 15, "on": "2026-03-01"}, Days(date(2010, 3, 2), date(2011, 3, 1))),
        ("birth", {"age": "14..16", "on": "2026-03-01"}, Days(date(2009, 3, 2), date(2012, 3, 1))),
        ("origin", "AFG", Choice(frozenset({"AFG"}))),
        ("link", ["parent", "relative"], Choice(frozenset({"parent", "relative"}))),
        ("needs_now", ["doctor"], Several(frozenset({"doctor"}), frozenset())),
        ("needs_now", "none", Several(frozenset(), frozenset({"doctor", "food", "shelter"}))),
        ("needs_now", {"food": "no"}, Several(frozenset(), frozenset({"food"}))),
    ],
)
def test_raw_answers_become_values(base: Pack, fact: str, raw: object, value: Value) -> None:
    assert parse_value(base.facts[fact], raw) == (value, None)


@pytest.mark.parametrize("why", list(WhyUnknown))
def test_every_reason_for_not_knowing_is_taken(base: Pack, why: WhyUnknown) -> None:
    assert parse_value(base.facts["hours"], why.value) == (None, why)


@pytest.mark.parametrize(
    ("fact", "raw"),
    [
        ("fear", "maybe"),
        ("fear", 1),
        ("fear", ["yes"]),
        ("hours", 25),
        ("hours", -1),
        ("hours", True),
        ("hours", "9..3"),
        ("hours", ".."),
        ("hours", {"least": "x"}),
        ("hours", "٣"),
        ("birth", "2026-02-31"),
        ("birth", "31.02.2026"),
        ("birth", "0000"),
        ("birth", "2012..2010"),
        ("birth", {"age": 15}),
        ("birth", {"age": 500, "on": "2026-03-01"}),
        ("birth", [2012]),
        ("origin", "Afghanistan"),
        ("origin", []),
        ("origin", [["AFG"]]),
        ("link", "cousin"),
        ("needs_now", ["money"]),
        ("needs_now", [["doctor"]]),
        ("needs_now", {"doctor": "perhaps"}),
        ("needs_now", 3),
        ("fear", "<script>" * 1000),
    ],
)
def test_what_does_not_fit_is_refused_without_repeating_it(
    base: Pack, fact: str, raw: object
) -> None:
    with pytest.raises(AnswerError) as caught:
        parse_value(base.facts[fact], raw)
    assert caught.value.params["fact"] == fact
    assert "<script>" not in str(caught.value)
    assert caught.value.allowed


def test_sources_that_disagree_make_the_fact_unknown_and_contradictory() -> None:
    known = merge(
        [said("fear", True, name="1"), said("fear", False, name="2", source=Source.DOCUMENT)]
    )
    assert known["fear"].value is None
    assert known["fear"].why is WhyUnknown.CONTRADICTORY
    assert known["fear"].statements == ("1", "2")


def test_a_later_word_of_the_same_person_replaces_nothing_by_itself() -> None:
    first, later = said("fear", True, name="1"), said("fear", False, name="2", minutes=5)
    assert merge([first, later])["fear"].value is None
    corrected = said("fear", False, name="2", minutes=5, supersedes="1")
    assert merge([first, corrected])["fear"].value is False


def test_a_decision_outweighs_other_sources() -> None:
    known = merge(
        [said("age", Interval(15, 15)), said("age", Interval(19, 19), source=Source.DECISION)]
    )
    assert known["age"].value == Interval(19, 19)


def test_a_fact_that_a_body_decides_listens_to_decisions_only(base: Pack) -> None:
    assert "final_negative" not in merge([said("final_negative", True)], base.facts)
    decided = merge([said("final_negative", True, source=Source.DECISION)], base.facts)
    assert decided["final_negative"].value is True


def test_the_latest_reason_for_not_knowing_counts() -> None:
    asked = said("fear", None, why=WhyUnknown.DOES_NOT_KNOW)
    later = said("fear", None, why=WhyUnknown.DECLINED, minutes=3)
    assert merge([later, asked])["fear"].why is WhyUnknown.DECLINED


@pytest.mark.parametrize(
    ("values", "together", "agree"),
    [
        ([Interval(14, 18), Interval(16, 17)], Interval(16, 17), True),
        ([Interval(14, 16), Interval(16, 19)], Interval(14, 19), False),
        ([Interval(10, 12), Interval(30, 40), Interval(20, 25)], Interval(10, 40), False),
        ([Interval(None, 17), Interval(15, None)], Interval(None, None), False),
        ([Choice(frozenset("ab")), Choice(frozenset("a"))], Choice(frozenset("a")), True),
        ([Choice(frozenset("ab")), Choice(frozenset("bc"))], Choice(frozenset("abc")), False),
        (
            [Several(frozenset("a"), frozenset("b")), Several(frozenset("b"), frozenset("c"))],
            Several(frozenset("a"), frozenset("c")),
            False,
        ),
        (
            [Days(date(2010, 1, 1), date(2010, 12, 31)), Days(date(2010, 3, 4), date(2010, 3, 4))],
            Days(date(2010, 3, 4), date(2010, 3, 4)),
            True,
        ),
        ([True, Interval(1, 1)], None, False),
    ],
)
def test_values_put_together(values: list[Value], together: Value | None, agree: bool) -> None:
    assert combine(values) == (together, agree)


spans = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda t: Interval(min(t), max(t)))


@given(st.lists(spans, min_size=1, max_size=5), st.lists(spans, min_size=1, max_size=5))
def test_an_age_that_one_copy_allows_for_sure_stays_possible_in_the_union(
    here: list[Interval], there: list[Interval]
) -> None:
    alone, _ = combine(here)
    union, _ = combine([*here, *there])
    assert isinstance(alone, Interval)
    assert isinstance(union, Interval)
    if alone.hi is not None and alone.hi < 18:
        assert union.lo is not None
        assert union.lo < 18


@given(st.lists(spans, min_size=1, max_size=5), st.randoms())
def test_the_order_of_statements_does_not_matter(values: list[Interval], random: object) -> None:
    statements = [said("age", v, name=str(i), minutes=i) for i, v in enumerate(values)]
    shuffled = list(statements)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert merge(statements) == merge([*shuffled, *statements])


values = st.one_of(
    st.none(),
    st.booleans(),
    spans,
    st.dates().map(lambda d: Days(d, d)),
    st.dates().map(lambda d: Days(None, d)),
    st.frozensets(st.sampled_from("abc"), min_size=1).map(Choice),
    st.frozensets(st.sampled_from("abc")).map(lambda s: Several(s, frozenset("xy"))),
)
KIND = {bool: "yes-no", Interval: "years", Days: "date", Choice: "choice", Several: "several"}


@given(values)
def test_values_and_statements_survive_json(value: Value | None) -> None:
    kind = KIND.get(type(value), "yes-no")
    assert value_from_json(kind, value_to_json(value)) == value
    statement = said("f", value, name="7", why=None if value is not None else WhyUnknown.DECLINED)
    assert Statement.from_dict(kind, statement.as_dict()) == statement


def test_json_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="not a value"):
        value_from_json("yes-no", [1, 2])


def test_impossible_values_cannot_be_made() -> None:
    for make in (
        lambda: Interval(3, 2),
        lambda: Days(date(2026, 1, 2), date(2026, 1, 1)),
        lambda: Choice(frozenset()),
        lambda: Several(frozenset("a"), frozenset("a")),
    ):
        with pytest.raises(ValueError):
            make()
