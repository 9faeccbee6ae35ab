"""The development sample: figures that a change of the folding must not make worse."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from workflows.names.compare import Decision, compare
from workflows.names.keys import keys_of, query_keys


class Figures(NamedTuple):
    precision: float
    recall: float


def rows() -> list[dict[str, str]]:
    with (Path(__file__).parent / "sample.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def figures(decides: Callable[[str, str], bool]) -> Figures:
    found = [(decides(row["name_a"], row["name_b"]), row["match"] == "1") for row in rows()]
    hits = sum(said and true for said, true in found)
    said_yes = sum(said for said, _ in found)
    return Figures(hits / said_yes, hits / sum(true for _, true in found))


def test_the_sample_is_whole() -> None:
    assert [row["match"] for row in rows()].count("1") == 40
    assert len(rows()) == 80


def test_pairs_find_nearly_everybody_and_three_of_four_are_right() -> None:
    found = figures(lambda a, b: bool(keys_of([a]) & query_keys(b).pairs))

    assert found.recall >= 0.97
    assert found.precision >= 0.74


def test_after_ranking_nearly_all_that_is_shown_is_right() -> None:
    found = figures(lambda a, b: compare(a, b).decision is Decision.LIKELY)

    assert found.recall >= 0.97
    assert found.precision >= 0.97
