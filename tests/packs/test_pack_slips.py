"""Every single change of the base is noticed, and what the tool says of it is what a vignette would say.

`serai pack slips --pack int` tries all of them; here those that take out a row, and some of the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from workflows.rules.cases import check
from workflows.rules.packs import Pack
from workflows.rules.slip_report import counts, line, place, sample
from workflows.rules.slips import SAME, UNNOTICED, VIGNETTE, Examiner

#: So many are tried, and so many of them by running every vignette.
SOME, RUN = 250, 8


@pytest.fixture(scope="module")
def examiner(packs: Mapping[str, Pack]) -> Examiner:
    return Examiner(packs["int"])


@pytest.mark.parametrize("part", ["rule", "need", "hold"])
def test_taking_out_any_row_is_noticed_by_a_vignette(examiner: Examiner, part: str) -> None:
    gone = [s for s in examiner.slips if s.kind == "row deleted" and s.about.startswith(part)]
    assert len(gone) == len(getattr(examiner.pack, f"{part}s"))
    assert {str(one.slip): one.by for one in examiner.examine(gone) if one.by != VIGNETTE} == {}


def test_some_of_all_changes_are_noticed(examiner: Examiner) -> None:
    found = list(examiner.examine(sample(examiner.slips, SOME, seed=3)))
    unnoticed = [f"{place(examiner.pack, n.slip)} {n.slip}" for n in found if n.by == UNNOTICED]
    assert unnoticed == []
    assert not any(noticed.unsettled for noticed in found)
    assert sum(counts(found).values()) == SOME
    assert "100.0 % noticed" in line(examiner.pack, found, 1.0)


def test_every_kind_of_row_is_tried(examiner: Examiner) -> None:
    tables = Counter(slip.about.partition(" ")[0] for slip in examiner.slips)
    wanted = {"rule", "need", "hold", "fact", "profile", "thresholds", "deadline", "packet"}
    assert set(tables) == wanted
    pack = examiner.pack
    for table, rows in (("rule", pack.rules), ("need", pack.needs), ("profile", pack.profiles)):
        tried = {s.about.partition(" ")[2] for s in examiner.slips if s.about.startswith(table)}
        assert tried == set(rows)


def test_what_the_terms_say_is_what_a_run_of_the_vignettes_says(examiner: Examiner) -> None:
    own = [one for one in examiner.pack.vignettes if one.pack == examiner.pack.code]
    fields = {"packet", "question", "group", "lift", "consent", "deadline", "clock"}
    logic = [slip for slip in examiner.slips if slip.kind not in fields]
    for slip in sample(logic, RUN, seed=5):
        hit = all(row.hit for row in check({slip.pack.code: slip.pack}, own))
        assert hit is (examiner.look(slip).by == SAME), slip


def test_nothing_that_a_slip_asked_stays_with_the_solver(examiner: Examiner) -> None:
    same = [slip for slip in examiner.slips if slip.says == "strength key becomes strong"][:3]
    assert {examiner.look(slip).by for slip in same} == {SAME}
    known = examiner.prover.solver.known
    assert {examiner.look(slip).by for slip in same} == {SAME}
    assert examiner.prover.solver.known == known
