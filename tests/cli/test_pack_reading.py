"""`serai pack show`, `doubts`, `facts`, `import`: what experts and machines read of a pack."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from app.cli import main
from config.settings import PACKS

Run = Callable[..., Result]
TESTS = Path(__file__).resolve().parents[1] / "rules_core" / "packs"
AS_OF = ("--as-of", "2026-03-01")


@pytest.fixture
def run() -> Run:
    def invoke(*words: str, status: int = 0) -> Result:
        result = CliRunner().invoke(main, ["pack", *words])
        assert result.exit_code == status, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        if status:
            assert len(result.output.strip().splitlines()) == 1
        return result

    return invoke


def test_a_pack_is_read_aloud_with_its_sources(run: Run) -> None:
    text = run("show", "--packs", str(TESTS), "--pack", "lan", *AS_OF).output
    assert "asylum procedure: de facto - A commission decides" in text
    assert (
        "treaty REFUGEE-1951: party with limits since 1999-01-15 (No article 24) [S.1; V]" in text
    )
    assert re.search(r"UAC\.1 \(key\): .*; when all of \(age: under 18; Is a parent here: no", text)
    assert re.search(r"hold H\.refoulement \(shuts RETURN, locked\)", text)
    assert "lan: Local practice" in text, "what the country changed, and why"
    for line in text.splitlines():
        if line.startswith("  ") and not line.startswith("    "):
            assert line.endswith("]"), "every rule names its source"


def test_the_house_can_be_read_in_three_languages(run: Run) -> None:
    for language, word in (("en", "one or more of"), ("ru", "хотя бы одно из"), ("fa_AF", "اگر")):
        assert word in run("show", "--pack", "kaz", "--language", language).output
    assert "allowed: en, ru" in run("show", "--pack", "kaz", "--language", "xx", status=1).output
    assert "no such pack" in run("show", "--pack", "zzz", status=1).output


def test_doubts_name_file_line_and_reason(run: Run) -> None:
    lines = run("doubts", "--packs", str(TESTS), "--pack", "lan", *AS_OF).output.splitlines()
    assert "lan/agencies.yaml:2: agency help_ngo: basis ?" in lines
    assert "lan/agencies.yaml:2: agency help_ngo: never verified" in lines
    assert "lan/treaties.csv:4: treaty CRC: a party, but nobody wrote since when" in lines
    assert "lan/overlay.yaml:2: overlay tighten ASY.3: basis ?" in lines
    assert "lan/routes.csv:2: route guardian to help_ngo: basis K" in lines
    assert any(
        line.startswith("lan/calendar.yaml:1: calendar Asia/Almaty: basis K") for line in lines
    )
    assert lines[-1].startswith("lan: ")
    assert int(lines[-1].split()[1]) == len(lines) - 1


def test_what_was_verified_or_ended_long_ago_is_doubtful(run: Run) -> None:
    words = ("doubts", "--packs", str(TESTS), "--as-of", "2027-06-01")
    text = run(*words).output
    assert "agency guardian_office: verified 2026-01-10, more than a year ago" in text
    assert "calendar Asia/Almaty: ended on 2026-12-31" in text
    assert re.search(r"bas/rules/main\.yaml:\d+: rule VOT\.old: ended on 2021-12-31", text)
    rows = json.loads(run(*words, "--json").output)
    assert {row["pack"] for row in rows} == {"bas", "lan"}
    assert all(row["file"] and row["line"] and row["kind"] and row["why"] for row in rows)


def test_every_fact_says_what_may_be_answered_and_by_whom(run: Run) -> None:
    rows = {row["fact"]: row for row in json.loads(run("facts", "--pack", "kaz", "--json").output)}
    assert rows["age"]["least"] == 0
    assert rows["age"]["most"] == 130
    assert rows["age"]["unit"] == "years"
    assert rows["sex"]["allowed"] == ["F", "M", "X", "U"]
    assert set(rows["sex"]["options"]) == set(rows["sex"]["allowed"])
    assert rows["citizenship"]["allowed"] == "countries"
    assert rows["fear_of_return"]["protective"] == ["yes"]
    assert "RETURN" in rows["fear_of_return"]["mandatory_for"]
    assert rows["final_negative"]["decided_by"] == "asylum"
    assert rows["mandatory_answered"]["computed"]
    assert all(row["kind"] and row["values"] for row in rows.values())
    assert all(row["who"] for row in rows.values() if row["asked"])
    russian = json.loads(run("facts", "--pack", "kaz", "--language", "ru", "--json").output)
    assert [row["fact"] for row in russian] == list(rows)
    assert any(row["ask"] != rows[row["fact"]]["ask"] for row in russian)


def test_a_list_says_what_binds_the_country(run: Run, tmp_path: Path) -> None:
    text = run("list", "--packs", str(TESTS)).output
    assert "party to 3 of 13 treaties, asylum procedure: de facto" in text
    shutil.copytree(PACKS / "int", tmp_path / "int")
    assert "treaties" not in run("list", "--packs", str(tmp_path)).output


def test_a_spreadsheet_becomes_a_table(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["need", "order", "says"], ["guardian", 1, 'a "b", c'], [None, None, None]):
        book.active.append(row)
    raw = io.BytesIO()
    book.save(raw)
    source, target = tmp_path / "t.xlsx", tmp_path / "t.csv"
    source.write_bytes(raw.getvalue())
    assert "1 rows, 3 columns" in run("import", str(source), "--to", str(target)).output
    assert target.read_text("utf-8") == 'need,order,says\nguardian,1,"a ""b"", c"\n'
    assert "FileExistsError" in run("import", str(source), "--to", str(target), status=1).output
    book.active["B2"] = "=1+1"
    book.save(source)
    again = run("import", str(source), "--to", str(tmp_path / "u.csv"), status=1).output
    assert "t.xlsx (sheet Sheet, column B):2: found a formula" in again
    assert not (tmp_path / "u.csv").exists()
    assert (
        "cannot be read" in run("import", "none", "--to", str(tmp_path / "u.csv"), status=1).output
    )
