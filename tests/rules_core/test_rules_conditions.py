"""The frozen grammar: what parses, what is refused, and both rails of every leaf."""

from __future__ import annotations

import itertools

import pytest

from workflows.rules.answers import facts_from_raw
from workflows.rules.conditions import (
    Grammar,
    all_of,
    any_of,
    mixed_direction,
    parse_condition,
)
from workflows.rules.faults import PackError
from workflows.rules.indicators import dimension_positive
from workflows.rules.packs import Pack
from workflows.rules.reading import View, explain, strictly, truth
from workflows.rules.values import Answer
from workflows.rules.yaml_strict import parse_yaml

NO, POSSIBLY, CERTAINLY = 0, 1, 2


def read(pack: Pack, text: str, raw: dict[str, object], *, modal: bool = False) -> int:
    grammar = Grammar(pack.facts, frozenset(pack.profiles) if modal else frozenset(), modal=modal)
    document = parse_yaml(text, "f")
    condition = parse_condition(grammar, document, (), document.data)
    levels = {"ASY": (3, 3), "UAC": (1, 2), "VOT": (1, 3), "MED": (0, 0), "LMW": (2, 3)}
    return truth(condition, View(facts_from_raw(pack.facts, raw), pack.derived, levels))


@pytest.mark.parametrize(
    ("text", "raw", "expected"),
    [
        ("fear: yes", {"fear": "yes"}, CERTAINLY),
        ("fear: yes", {}, POSSIBLY),
        ("fear: yes", {"fear": "declined"}, POSSIBLY),
        ("fear: no", {"fear": "yes"}, NO),
        ("fear: no", {}, POSSIBLY),
        ("age: under 18", {"age": "14..16"}, CERTAINLY),
        ("age: under 18", {"age": "17..18"}, POSSIBLY),
        ("age: under 18", {"age": 18}, NO),
        ("age: over 59", {"age": 60}, CERTAINLY),
        ("age: over 59", {"age": 59}, NO),
        ("age: between 15 and 17", {"age": "15..17"}, CERTAINLY),
        ("age: between 15 and 17", {"age": "17..20"}, POSSIBLY),
        ("age: between 15 and 17", {"age": "18.."}, NO),
        ("birth: before 2008-03-02", {"birth": "2008-03-01"}, CERTAINLY),
        ("birth: after 2008-03-01", {"birth": "2008"}, POSSIBLY),
        ("birth: before 2008-03-01", {"birth": "2008-03-01"}, NO),
        ("origin: [AFG, SYR]", {"origin": "SYR"}, CERTAINLY),
        ("origin: [AFG, SYR]", {"origin": ["SYR", "KAZ"]}, POSSIBLY),
        ("origin: AFG", {"origin": "KAZ"}, NO),
        ("origin: AFG", {}, POSSIBLY),
        ("needs_now: doctor", {"needs_now": ["doctor"]}, CERTAINLY),
        ("needs_now: [food, shelter]", {"needs_now": {"food": "no"}}, POSSIBLY),
        ("needs_now: none", {"needs_now": "none"}, CERTAINLY),
        ("needs_now: none", {"needs_now": ["food"]}, NO),
        ("all: [{fear: yes}, {asks: yes}]", {"fear": "no"}, NO),
        ("all: [{fear: yes}, {asks: yes}]", {"fear": "yes"}, POSSIBLY),
        ("any: [{fear: yes}, {asks: yes}]", {"fear": "yes"}, CERTAINLY),
        ("at least: {2: [{fear: yes}, {asks: yes}, {war: yes}]}", {"fear": "yes"}, POSSIBLY),
        (
            "at least: {2: [{fear: yes}, {asks: yes}, {war: yes}]}",
            {"fear": "no", "war": "no"},
            NO,
        ),
        ("bound: yes", {"locked": "yes"}, CERTAINLY),
        ("bound: no", {"locked": "no", "papers": "no"}, CERTAINLY),
        ("bound: no", {"locked": "no"}, POSSIBLY),
    ],
)
def test_both_rails_of_every_leaf(
    base: Pack, text: str, raw: dict[str, object], expected: int
) -> None:
    assert read(base, text, raw) == expected


@pytest.mark.parametrize(
    ("text", "raw", "expected"),
    [
        ("fear: not ruled out", {}, CERTAINLY),
        ("fear: not ruled out", {"fear": "no"}, NO),
        ("fear: not established", {}, CERTAINLY),
        ("fear: not established", {"fear": "yes"}, NO),
        ("age: maybe under 18", {}, CERTAINLY),
        ("age: maybe under 18", {"age": "18.."}, NO),
        ("profile ASY: presumed", {}, CERTAINLY),
        ("profile VOT: presumed", {}, POSSIBLY),
        ("profile UAC: presumed", {}, NO),
        ("profile UAC: open", {}, CERTAINLY),
        ("profile UAC: possible", {}, POSSIBLY),
        ("profile MED: open", {}, NO),
        ("profile LMW: possible", {}, CERTAINLY),
    ],
)
def test_modal_words_and_profiles(
    base: Pack, text: str, raw: dict[str, object], expected: int
) -> None:
    assert read(base, text, raw, modal=True) == expected


@pytest.mark.parametrize(
    ("text", "line", "allowed"),
    [
        ("all:\n  - fear: yes\n  - feer: no\n", 3, "near: fear"),
        ("fear: maybe", 1, "yes, no"),
        ("fear: not ruled out", 1, "yes, no"),
        ("age: 18", 1, "under 18"),
        ("age: under eighteen", 1, "under 18"),
        ("age: between 9 and 3", 1, "between"),
        ("age: maybe under 18", 1, "under 18"),
        ("birth: before 2026-02-31", 1, "before"),
        ("origin: Kazakhstan", 1, "ISO 3166"),
        ("link: cousin", 1, "parent, relative"),
        ("needs_now: []", 1, "doctor, food"),
        ("profile ASY: open", 1, "rules do not read profiles"),
        ("need guardian: yes", 1, "invariants only"),
        ("all: []", 1, "at least one"),
        ("all: {fear: yes}", 1, "a list"),
        ("at least: {3: [{fear: yes}, {asks: yes}]}", 1, "1 to 2"),
        ("at least: [fear]", 1, "a number"),
        ("not: {fear: yes}", 1, "a fact of this pack"),
        ("{fear: yes, asks: yes}", 1, "one key"),
        ("fear", 1, "a map with one key"),
        ("18: yes", 1, "all, any"),
    ],
)
def test_what_is_no_condition_names_line_and_words(
    base: Pack, text: str, line: int, allowed: str
) -> None:
    document = parse_yaml(text, "rules.yaml")
    with pytest.raises(PackError) as caught:
        parse_condition(Grammar(base.facts), document, (), document.data)
    assert caught.value.line == line
    assert allowed in caught.value.allowed


def parsed(base: Pack, text: str) -> object:
    document = parse_yaml(text, "f")
    return parse_condition(Grammar(base.facts), document, (), document.data)


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("any: [{fear: yes}, {all: [{fear: no}, {asks: yes}]}]", "fear"),
        ("any: [{age: under 18}, {age: over 59}]", "age"),
        ("any: [{origin: AFG}, {origin: SYR}]", "origin"),
        ("any: [{needs_now: none}, {needs_now: food}]", "needs_now.food"),
        ("all: [{bound: yes}, {papers: no}]", "papers"),
        ("all: [{bound: no}, {papers: no}]", None),
        ("all: [{bound: yes}, {papers: yes}]", None),
        ("any: [{age: under 18}, {age: under 16}]", None),
        ("all: [{fear: yes}, {asks: no}]", None),
    ],
)
def test_a_fact_read_in_two_directions_is_found(base: Pack, text: str, slot: str | None) -> None:
    assert mixed_direction(parsed(base, text), base.derived) == slot  # type: ignore[arg-type]  # parsed gives a condition


def support(base: Pack, text: str, raw: dict[str, object]) -> tuple[int, set[str], set[str]]:
    view = View(facts_from_raw(base.facts, raw), base.derived, {})
    found = explain(parsed(base, text), view)  # type: ignore[arg-type]  # parsed gives a condition
    return found.truth, set(found.used), set(found.missing)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"asks": "no", "fear": "no"}, (NO, {"fear"}, set())),
        ({"asks": "yes"}, (POSSIBLY, {"asks"}, {"fear"})),
        ({"asks": "yes", "fear": "yes"}, (CERTAINLY, {"asks", "fear"}, set())),
        ({}, (POSSIBLY, set(), {"asks", "fear"})),
    ],
)
def test_support_of_all(
    base: Pack, raw: dict[str, object], expected: tuple[int, set[str], set[str]]
) -> None:
    assert support(base, "all: [{fear: yes}, {asks: yes}]", raw) == expected


def test_support_of_any_takes_the_shortest_way(base: Pack) -> None:
    text = "any: [{all: [{fear: yes}, {asks: yes}]}, {war: yes}]"
    everything = {"fear": "yes", "asks": "yes", "war": "yes"}
    assert support(base, text, everything) == (CERTAINLY, {"war"}, set())
    nothing = {"fear": "no", "asks": "no", "war": "no"}
    assert support(base, text, nothing) == (NO, {"fear", "war"}, set())


def published(strong: int, medium: int, weak: int) -> bool:
    return (
        strong >= 2
        or (strong >= 1 and medium + weak >= 1)
        or medium >= 3
        or (medium >= 2 and weak >= 1)
    )


def test_the_ilo_arithmetic_is_the_published_one_for_every_count() -> None:
    names = {"S": ["s1", "s2", "s3"], "M": ["m1", "m2", "m3"], "W": ["w1", "w2"]}
    condition = dimension_positive(names["S"], names["M"], names["W"])
    assert condition is not None
    for s, m, w in itertools.product(range(4), range(4), range(3)):
        counted = zip("SMW", (s, m, w), strict=True)
        facts = {name: Answer(i < n) for kind, n in counted for i, name in enumerate(names[kind])}
        expected = CERTAINLY if published(s, m, w) else NO
        assert truth(condition, View(facts, {}, {})) == expected, (s, m, w)


def test_a_dimension_that_cannot_be_positive_is_no_condition() -> None:
    assert dimension_positive([], ["m1", "m2"], []) is None
    assert dimension_positive(["s1"], [], []) is None


def test_one_part_needs_no_joint(base: Pack) -> None:
    leaf = parsed(base, "fear: yes")
    assert all_of(leaf) is leaf  # type: ignore[arg-type]  # parsed gives a condition
    assert any_of(leaf) is leaf  # type: ignore[arg-type]  # parsed gives a condition


def test_evidence_reads_modal_words_strictly(base: Pack) -> None:
    condition = strictly(base.holds["H.refoulement"].when)
    open_profile = {"ASY": (1, 3)}
    nobody_asked = View({}, base.derived, open_profile)
    assert truth(condition, nobody_asked) == POSSIBLY
    fear = View({"fear": Answer(value=True)}, base.derived, {"ASY": (3, 3)})
    assert truth(condition, fear) == CERTAINLY
