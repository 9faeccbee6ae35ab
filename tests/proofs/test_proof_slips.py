"""Slips of a small pack: made in every place, noticed or not, and told by proposed persons."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from workflows.rules.answers import facts_from_raw
from workflows.rules.assess import assess
from workflows.rules.cases import check
from workflows.rules.conditions import AtLeast, Is, Maybe, NotEstablished, OneOf, ProfileIs, Within
from workflows.rules.differences import differences
from workflows.rules.gate import gate
from workflows.rules.pack import Pack
from workflows.rules.packs import load_pack
from workflows.rules.proof_words import as_answers
from workflows.rules.proposals import as_yaml, propose
from workflows.rules.slip_kinds import Slip, changed, slips_of
from workflows.rules.slips import SAME, UNNOTICED, VIGNETTE, Examiner


@pytest.fixture(scope="module")
def examiner(small: Pack) -> Examiner:
    return Examiner(small)


@pytest.fixture(scope="module")
def complete(small: Pack) -> Pack:
    """The small pack with all proposed vignettes, as if an expert had confirmed them."""
    proposed = tuple(propose(Examiner(small)))
    return dataclasses.replace(small, vignettes=small.vignettes + proposed)


def test_every_place_of_a_condition_is_changed() -> None:
    condition = AtLeast(
        2,
        (
            Is("a", yes=True),
            Within("age", None, 17),
            OneOf("sex", frozenset({"F", "X"})),
            ProfileIs("UAC", 2),
            Maybe(Within("age", None, 17)),
            NotEstablished(Is("b", yes=True)),
        ),
    )
    kinds = Counter(kind for kind, _, _ in changed(condition))
    assert kinds["all or any"] == 2
    assert kinds["part dropped"] == 6
    assert kinds["word"] == 3
    assert kinds["limit"] == 4
    assert kinds["grade"] == 2
    assert kinds["modal word"] == 2


def test_each_slip_changes_the_pack_and_only_in_one_place(small: Pack) -> None:
    fields = [f.name for f in dataclasses.fields(small) if f.name != "sha256"]
    for slip in slips_of(small):
        different = [
            name for name in fields if getattr(slip.pack, name) is not getattr(small, name)
        ]
        assert len(different) == 1, slip


def test_a_country_answers_for_the_rows_that_it_wrote(small_country: Pack) -> None:
    for slip in slips_of(small_country):
        kind, _, id_ = slip.about.partition(" ")
        if kind in {"rule", "need", "hold"}:
            assert getattr(small_country, f"{kind}s")[id_].origin.pack == small_country.code


def test_raising_evidence_that_suffices_already_means_the_same(examiner: Examiner) -> None:
    keyed = [
        slip
        for slip in examiner.slips
        if slip.kind == "strength" and slip.says == "strength key becomes strong"
    ]
    assert keyed
    assert {examiner.look(slip).by for slip in keyed} == {SAME}


def test_after_the_proposals_nothing_is_unnoticed(complete: Pack) -> None:
    found = list(Examiner(complete).examine())
    assert [str(noticed.slip) for noticed in found if noticed.by == UNNOTICED] == []
    assert any(noticed.by == VIGNETTE for noticed in found)


def test_proposed_vignettes_hold_for_the_pack_and_fail_for_the_slip_they_tell(
    complete: Pack,
) -> None:
    own = [dataclasses.replace(v, file="slip.yaml") for v in complete.vignettes]
    assert all(row.hit for row in check({complete.code: complete}, own))
    logic = [slip for slip in slips_of(complete) if slip.kind in {"word", "row deleted", "grade"}]
    for slip in _every(logic, 9):
        if Examiner(complete).look(slip).by == VIGNETTE:
            assert not all(row.hit for row in check({slip.pack.code: slip.pack}, own)), slip


def _every(found: list[Slip], step: int) -> Iterator[Slip]:
    yield from found[::step]


def test_a_proposed_vignette_is_a_file_that_the_loader_reads(small: Pack, tmp_path: Path) -> None:
    source = Path(__file__).parents[1] / "rules_core" / "packs" / "bas"
    for path in source.rglob("*"):
        if path.is_file():
            target = tmp_path / "bas" / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    proposed = list(propose(Examiner(small)))
    (tmp_path / "bas" / "vignettes").mkdir(exist_ok=True)
    for i, vignette in enumerate(proposed):
        file = tmp_path / "bas" / "vignettes" / f"slip-{i:03}.yaml"
        file.write_text(as_yaml(vignette), encoding="utf-8")

    read = load_pack(tmp_path, "bas", small.on)

    assert len(read.vignettes) == len(small.vignettes) + len(proposed)
    assert all(row.hit for row in check({"bas": read}, read.vignettes))


def test_the_gate_names_unnoticed_slips_when_asked(small: Pack, complete: Pack) -> None:
    assert not gate(dataclasses.replace(small, vignettes=()), None, slips=True).passed
    assert not [f for f in gate(complete, None, slips=True).findings if f.check == "slip"]


def test_differences_are_persons_who_gain_or_lose(small: Pack) -> None:
    code = next(iter(small.rules.values())).profile
    rules = {id_: row for id_, row in small.rules.items() if row.profile != code}
    less = dataclasses.replace(small, rules=MappingProxyType(rules), sha256="less")

    found = differences(small, less)

    assert {one.way for one in found} == {"loses"}
    one = next(d for d in found if d.output.kind == "profile")
    assert one.person is not None
    facts = facts_from_raw(small.facts, as_answers(small, one.person))
    assert assess(small, facts, small.on).grade(code) != assess(less, facts, small.on).grade(code)
    assert differences(small, small) == ()
    assert {one.way for one in differences(less, small)} == {"gains"}
