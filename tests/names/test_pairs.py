"""`serai names compare`: a list of pairs, each judged as the product does, and how often that is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from app.cli import main
from workflows.names.pairs import Pair, judge, report

SAMPLE = Path(__file__).parent / "sample.csv"


def run(file: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["names", "compare", "--csv", file], input=typed)


def printed(file: str, typed: str | None = None) -> Any:
    result = run(file, typed)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_the_development_sample_is_judged_row_by_row() -> None:
    found = printed(str(SAMPLE))
    assert found["pairs"] == found["with_match"] == len(found["rows"]) == 80
    assert found["precision"] >= 0.97
    assert found["recall"] >= 0.97
    row = found["rows"][0]
    assert (row["name_a"], row["name_b"]) == ("Каримов Шавкат", "Karimov Shavkat")
    assert (row["decision"], row["likely"], row["match"]) == ("likely", True, 1)
    assert row["found_by_index"]
    assert 0.9 <= row["score"] <= 1


def test_without_matches_there_is_no_precision() -> None:
    found = printed("-", "name_a,name_b\nZarifa Karimi,ظریفه کریمی\nA B,C D\n")
    assert [row["decision"] for row in found["rows"]] == ["likely", "unlikely"]
    assert found["precision"] is found["recall"] is None
    assert "match" not in found["rows"][0]


def test_a_match_that_nobody_said_is_not_counted() -> None:
    found = printed("-", "match,name_b,name_a\n1,Karimi Zarifa,Zarifa Karimi\n,x,y\n0,Bek,Nur\n")
    assert (found["pairs"], found["with_match"], found["recall"]) == (3, 2, 1.0)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "line 1: no column name_a, name_b"),
        ("name_a,other\nx,y\n", "line 1: no column name_b"),
        ("name_a,name_b\nx\n", "line 2: not as many fields"),
        ("name_a,name_b\nx,y,z\n", "line 2: not as many fields"),
        ("name_a,name_b,match\nx,y,yes\n", "line 2: match is 1, 0 or nothing"),
        ("name_a,name_b\nx," + "y" * 2000 + "\n", "line 2: a name of more than"),
        ('name_a,name_b\nx,"y\n', "unexpected end of data"),
    ],
)
def test_a_list_that_cannot_be_read_says_where(typed: str, says: str) -> None:
    result = run("-", typed)
    assert result.exit_code == 2
    assert says in result.output


def test_files_that_are_none(tmp_path: Path) -> None:
    assert run(str(tmp_path / "none.csv")).exit_code == 2
    (tmp_path / "latin.csv").write_bytes(b"name_a,name_b\n\xe9,x\n")
    result = run(str(tmp_path / "latin.csv"))
    assert (result.exit_code, "not UTF-8" in result.output) == (2, True)


@given(st.text(max_size=60), st.text(max_size=60))
def test_every_pair_has_an_answer_and_the_order_does_not_matter(one: str, other: str) -> None:
    there, back = judge(Pair(one, other)), judge(Pair(other, one))
    assert 0 <= there.likeness.score <= 1
    assert there.likeness.decision is back.likeness.decision
    assert json.dumps(report([there]))
