"""`serai pack figures` prints the numbers that reports use."""

from __future__ import annotations

import json

from click.testing import CliRunner

from app.cli import main


def test_every_pack_has_a_row_and_a_country_counts_what_it_inherits() -> None:
    result = CliRunner().invoke(main, ["pack", "figures", "--json"])
    assert result.exit_code == 0
    rows = {row["pack"]: row for row in json.loads(result.output)}
    assert len(rows) == 13
    assert all(row["rules"] >= rows["int"]["rules"] for row in rows.values())
    assert rows["int"]["routes"] == 0
    assert all(row["confirmed"] >= 5 for row in rows.values())
    assert all(row["confirmed"] < row["vignettes"] for code, row in rows.items() if code != "int")


def test_slips_are_counted_when_asked_for() -> None:
    result = CliRunner().invoke(main, ["pack", "figures", "--pack", "irn", "--slips", "--json"])
    assert result.exit_code == 0
    (row,) = json.loads(result.output)
    assert row["missed"] == 0
    assert row["changes"] == row["noticed"] > 500
    assert row["by source"] < row["book"]


def test_a_table_has_a_heading_once() -> None:
    result = CliRunner().invoke(main, ["pack", "figures"])
    lines = result.output.splitlines()
    assert len(lines) == 14
    assert lines[0].split()[:3] == ["pack", "profiles", "questions"]


def test_an_unknown_pack_is_one_line() -> None:
    result = CliRunner().invoke(main, ["pack", "figures", "--pack", "xyz"])
    assert result.exit_code != 0
    assert "xyz" in result.output
