"""What a country may do to its base, and every way in which it may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from workflows.rules import canonical
from workflows.rules.conditions import AtLeast
from workflows.rules.faults import PackError
from workflows.rules.packs import Pack, load_pack

DAY = date(2026, 3, 1)
Overlay = Callable[..., Pack]
WHY = "base version: 2026.1, reason: Local practice, source: [S.2], basis: K"


@pytest.fixture
def overlay(copy_of_packs: Path) -> Overlay:
    """The country `lan` with this overlay and nothing else of its own that speaks of the base."""

    def load(text: str, on: date = DAY) -> Pack:
        (copy_of_packs / "lan" / "overlay.yaml").write_text(text, encoding="utf-8")
        return load_pack(copy_of_packs, "lan", on)

    return load


def test_tightening_adds_a_way_and_keeps_the_sources(overlay: Overlay, base: Pack) -> None:
    found = overlay(f"tighten: {{ASY.1: {{also when: {{violence: yes}}, {WHY}}}}}").rules["ASY.1"]
    assert isinstance(found.when, AtLeast)
    assert found.when.n == 1
    assert found.when.parts[0] == base.rules["ASY.1"].when
    assert found.source == (*base.rules["ASY.1"].source, "S.2")
    assert (found.origin.pack, found.origin.reason) == ("lan", "Local practice")
    assert found.origin.file == "lan/overlay.yaml"


def test_replacing_takes_new_words_and_strength(overlay: Overlay) -> None:
    text = f"replace: {{ASY.1: {{when: {{war: yes}}, says: War, strength: weak, {WHY}}}}}"
    pack = overlay(text)
    found = pack.rules["ASY.1"]
    assert (found.says, found.strength, found.source) == ("War", "weak", ("S.2",))
    assert pack.text("rule.ASY.1", "ru") == "War", "the old words are not said of the new rule"
    assert "rule.ASY.1" in pack.missing("ru")


def test_needs_and_holds_may_be_changed_too(overlay: Overlay, base: Pack) -> None:
    pack = overlay(f"tighten: {{doctor: {{also when: {{violence: not ruled out}}, {WHY}}}}}")
    assert pack.needs["doctor"].when != base.needs["doctor"].when
    free = next(hold.id for hold in base.holds.values() if not hold.origin.locked)
    pack = overlay(f"tighten: {{{free}: {{also when: {{war: not ruled out}}, {WHY}}}}}")
    assert pack.holds[free].shuts == base.holds[free].shuts


def test_what_is_retired_takes_along_what_hangs_on_it(overlay: Overlay) -> None:
    pack = overlay(f"retire: {{doctor: {{{WHY}}}, VOT.3: {{{WHY}}}}}")
    assert "doctor" not in pack.needs
    assert "doctor" not in pack.packets
    assert "VOT.3" not in pack.rules
    assert "need.doctor" not in pack.texts["en"]
    assert canonical.dump(canonical.load(canonical.dump(pack))) == canonical.dump(pack)


def test_a_change_has_its_time(overlay: Overlay, base: Pack) -> None:
    text = f"retire: {{VOT.3: {{from: 2026-02-01, until: 2026-02-28, {WHY}}}}}"
    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1)]
    assert ["VOT.3" in overlay(text, day).rules for day in days] == [True, False, False, True]


def test_a_row_of_the_base_that_is_not_in_force_is_left(overlay: Overlay) -> None:
    text = f"replace: {{VOT.old: {{when: {{war: yes}}, {WHY}}}}}"
    assert "VOT.old" not in overlay(text).rules
    assert overlay(text, date(2021, 12, 31)).rules["VOT.old"].origin.pack == "lan"


NO = {
    "a locked hold tightened": ("tighten", "H.refoulement", "also when: {war: yes}, ", "locked"),
    "a locked hold replaced": ("replace", "H.refoulement", "when: {war: yes}, ", "locked"),
    "a locked hold retired": ("retire", "H.refoulement", "", "locked"),
    "an unknown id": ("retire", "ASY.77", "", "a rule, need or hold of the base"),
    "a fact": ("retire", "fear", "", "a rule, need or hold of the base"),
    "a profile": ("retire", "UAC", "", "a rule, need or hold of the base"),
    "an own row": ("retire", "ASY.9", "", "of this pack itself"),
    "nothing to tighten": ("tighten", "ASY.3", "", "tighten without also when"),
    "nothing to replace": ("replace", "ASY.3", "says: War, ", "replace without when"),
    "when to tighten": ("tighten", "ASY.3", "when: {war: yes}, ", "tighten with when"),
    "also when to replace": ("replace", "ASY.3", "also when: {war: yes}, ", "with also when"),
    "a retired row with words": ("retire", "ASY.3", "says: War, ", "retire with says"),
    "strength to tighten": (
        "tighten",
        "ASY.3",
        "also when: {war: yes}, strength: key, ",
        "tighten with strength",
    ),
    "strength of a need": (
        "replace",
        "doctor",
        "when: {violence: yes}, strength: key, ",
        "strength of the need doctor",
    ),
    "modal words in a rule": ("replace", "ASY.3", "when: {war: not ruled out}, ", "yes, no"),
    "an unknown fact": ("replace", "ASY.3", "when: {wars: yes}, ", "near: war"),
    "two directions": (
        "replace",
        "ASY.3",
        "when: {any: [{war: yes}, {war: no}]}, ",
        "one direction",
    ),
    "both directions by tightening": ("tighten", "ASY.3", "also when: {war: 5}, ", "yes, no"),
    "an unknown key": ("retire", "ASY.3", "because: x, ", "the key because"),
    "an end before its beginning": (
        "retire",
        "ASY.3",
        "from: 2026-03-01, until: 2026-02-01, ",
        "a day from 2026-03-01 on",
    ),
    "what an invariant names": ("retire", "guardian", "", "INV-27"),
}


@pytest.mark.parametrize("name", NO)
def test_what_may_not_be_done_is_named_with_its_line(overlay: Overlay, name: str) -> None:
    operation, id_, keys, said = NO[name]
    with pytest.raises(PackError) as caught:
        overlay(f"{operation}:\n  {id_}: {{{keys}{WHY}}}\n")
    assert caught.value.file == "lan/overlay.yaml"
    assert caught.value.line == 2
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("base version: 2026.1, ", "base version"),
        ("reason: Local practice, ", "reason"),
        ("source: [S.2], ", "source"),
        (", basis: K", "basis"),
    ],
)
def test_every_change_has_reason_source_and_the_version_it_changes(
    overlay: Overlay, missing: str, said: str
) -> None:
    with pytest.raises(PackError, match=f"no key {said}"):
        overlay(f"retire: {{ASY.3: {{{WHY.replace(missing, '')}}}}}")


def test_a_row_is_changed_once(overlay: Overlay) -> None:
    text = f"tighten: {{ASY.3: {{also when: {{violence: yes}}, {WHY}}}}}\n"
    with pytest.raises(PackError, match="a row of the base, once"):
        overlay(text + f"retire: {{ASY.3: {{{WHY}}}}}\n")


def test_another_version_or_source_than_there_is_is_refused(overlay: Overlay) -> None:
    with pytest.raises(PackError, match=r"base version 2026\.2; allowed: 2026\.1"):
        overlay(f"retire: {{ASY.3: {{{WHY.replace('2026.1', '2026.2')}}}}}")
    with pytest.raises(PackError, match=r"overlay\.yaml.*the source S\.99"):
        overlay(f"retire: {{ASY.3: {{{WHY.replace('S.2', 'S.99')}}}}}")


@pytest.mark.parametrize("text", ["[]", "tighten: []", "weaken: {}", "tighten: {ASY.3: 5}", "7"])
def test_another_form_is_refused(overlay: Overlay, text: str) -> None:
    with pytest.raises(PackError, match=r"lan/overlay\.yaml"):
        overlay(text)


def test_a_base_has_no_overlay_and_a_country_no_thresholds(copy_of_packs: Path) -> None:
    pack = copy_of_packs / "lan" / "pack.yaml"
    text = pack.read_text(encoding="utf-8")
    counts = "{presumed: {key: 9}, possible: {key: 9}}"
    pack.write_text(f"{text}thresholds: {counts}\n", encoding="utf-8")
    with pytest.raises(PackError, match="those of the base hold"):
        load_pack(copy_of_packs, "lan", DAY)
    (copy_of_packs / "bas" / "overlay.yaml").write_text("{}", encoding="utf-8")
    with pytest.raises(PackError, match="overlays over a base"):
        load_pack(copy_of_packs, "bas", DAY)


def test_what_a_country_adds_needs_a_reason(copy_of_packs: Path) -> None:
    row = "asked: {ask: Really?, kind: yes-no, card: who, record only: yes}\n"
    (copy_of_packs / "lan" / "facts.yaml").write_text(row, encoding="utf-8")
    with pytest.raises(PackError, match=r"lan/facts\.yaml:1: found no key reason"):
        load_pack(copy_of_packs, "lan", DAY)


def test_a_row_of_the_base_cannot_be_written_again(copy_of_packs: Path) -> None:
    row = "fear: {ask: Really?, kind: yes-no, card: who, record only: yes, reason: x}\n"
    (copy_of_packs / "lan" / "facts.yaml").write_text(row, encoding="utf-8")
    with pytest.raises(PackError, match="fear a second time"):
        load_pack(copy_of_packs, "lan", DAY)
    (copy_of_packs / "lan" / "facts.yaml").unlink()
    rows = "list,dimension,fact,adult,child,source,basis\nilo,5,papers,W,W,S.1,V\n"
    (copy_of_packs / "lan" / "indicators.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(PackError, match="papers a second time"):
        load_pack(copy_of_packs, "lan", DAY)
