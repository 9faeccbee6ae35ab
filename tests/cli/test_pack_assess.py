"""`serai assess`: what machines send and get; whatever is wrong is one line, exit 2, and never a "no"."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from config.settings import PACKS
from workflows.rules import canonical
from workflows.rules.packs import load_pack, pack_codes

Assess = Callable[..., Result]
DAY = "2026-11-24"
ACTIONS = ["CLOSE", "DETAIN", "DISCLOSE", "RETURN"]


@pytest.fixture
def ask(tmp_path: Path) -> Assess:
    """Assess the text of a file of facts."""

    def run(text: str | bytes, *words: str, pack: str = "kaz", day: str = DAY) -> Result:
        file = tmp_path / "facts.json"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        given = ("--pack", pack) if pack else ()
        line = ["assess", *given, "--facts", str(file), "--as-of", day, *words]
        return CliRunner().invoke(main, line)

    return run


def found(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    data = json.loads(result.output)
    assert isinstance(data, dict)
    return data


def refused(result: Result, *parts: str) -> None:
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == "", "nothing is said of the person"
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("Error: ")
    for part in parts:
        assert part in lines[0]


@pytest.mark.parametrize("code", pack_codes(PACKS))
def test_somebody_who_answered_nothing_is_fully_protected(ask: Assess, code: str) -> None:
    now = found(ask("{}", "--json", pack=code))
    assert now["shut"] == ACTIONS
    assert set(now["profiles"].values()) <= {"open", "not_indicated"}
    assert now["next"]
    assert not now["complete"]


def test_all_that_an_assessment_says_is_there(ask: Assess) -> None:
    now = found(ask('{"fear_of_return": "yes", "age": 14, "with_parent": "no"}', "--json"))
    assert now["profiles"]["ASY"] == "presumed"
    assert now["holds"]["H.child"]["by"] == "evidence"
    assert now["holds"]["H.child"]["says"]
    assert now["shut"] == ACTIONS
    assert now["urgency"] == "now"
    need = now["needs"]["asylum_procedure"]
    assert need["says"]
    assert [one["order"] for one in need["agencies"]] == sorted(
        one["order"] for one in need["agencies"]
    )
    assert all(one["name"] and one["source"] and one["basis"] for one in need["agencies"])
    assert {row["id"] for row in now["deadlines"]} >= {"REF.answer"}
    assert all(row["says"] and row["source"] for row in now["deadlines"])
    assert [row["fact"] for row in now["questions"]] == now["next"]
    assert all(row["ask"] and row["values"] and row["decides"] for row in now["questions"])
    because = now["trace"]["profiles"]["ASY"]["because"]
    assert because[0]["answers"][0] == {
        "fact": "fear_of_return",
        "value": "yes",
        "statements": [],
        "restricted": "",
    }
    assert set(because[0]["source"]) <= set(now["sources"])
    assert all(source["title"] for source in now["sources"].values())


def test_it_can_be_read_and_in_other_languages(ask: Assess) -> None:
    text = ask('{"fear_of_return": "yes"}').stdout
    assert "profile ASY: presumed - Asylum-seeker" in text
    assert "need asylum_procedure: now" in text
    russian = ask('{"fear_of_return": "yes"}', "--language", "ru").stdout
    assert any("\u0430" <= letter <= "\u044f" for letter in russian)
    refused(ask("{}", "--language", "tlh"), "tlh", "en, ru")


def test_who_asks_and_where_decides_what_is_asked(ask: Assess) -> None:
    alone, beside = found(ask("{}", "--json")), found(ask("{}", "--json", "--not-private"))
    assert alone["shut"] == beside["shut"]
    assert set(alone["elsewhere"]) <= set(beside["elsewhere"])
    officer = found(ask("{}", "--json", "--role", "protection_officer"))
    assert officer["profiles"] == alone["profiles"]
    refused(ask("{}", "--role", "spy"), "border_official")


def test_facts_may_come_through_a_pipe() -> None:
    words = ["assess", "--pack", "kaz", "--facts", "-", "--as-of", DAY, "--json"]
    piped = CliRunner().invoke(main, words, input='{"fear_of_return": true}')
    assert found(piped)["profiles"]["ASY"] == "presumed"
    refused(CliRunner().invoke(main, words, input="{"), "stdin:1", "no JSON")


FORMS = [
    ({"age": 14}, {"age": "14"}),
    ({"age": "14..16"}, {"age": {"least": 14, "most": 16}}),
    ({"age": "14..16"}, {"age": [14, 16]}),
    ({"age": "18.."}, {"age": {"least": 18}}),
    ({"birth": "2011"}, {"birth": 2011}),
    ({"birth": "2010..2012"}, {"birth": ["2010-01-01", "2012-12-31"]}),
    ({"birth": {"age": 15, "on": DAY}}, {"birth": {"age": "15..15", "on": DAY}}),
    ({"fear_of_return": "yes"}, {"fear_of_return": True}),
    ({"fear_of_return": "no"}, {"fear_of_return": False}),
    ({}, {"fear_of_return": None}),
    ({}, {"fear_of_return": "not_asked"}),
    ({"sex": "F"}, {"sex": ["F"]}),
    ({"sex": ["F", "X"]}, {"sex": {"one of": ["X", "F"]}}),
]


@pytest.mark.parametrize(("one", "other"), FORMS)
def test_a_value_may_be_written_in_several_forms(
    ask: Assess, one: dict[str, Any], other: dict[str, Any]
) -> None:
    first, second = (found(ask(json.dumps(facts), "--json")) for facts in (one, other))
    assert first == second


@pytest.mark.parametrize(
    "word", ["does_not_know", "declined", "contradictory", "withdrawn", "restricted"]
)
def test_every_word_for_not_known_protects(ask: Assess, word: str) -> None:
    facts = json.dumps({"fear_of_return": word, "birth": word, "sex": word, "age": word})
    now = found(ask(facts, "--json"))
    assert now["shut"] == ACTIONS
    assert now["profiles"]["ASY"] == "open"


BAD = [
    ("", "facts.json:1", "no JSON"),
    ("{", "facts.json:1", "no JSON"),
    ("[1]", "JSON object"),
    ("null", "JSON object"),
    ('"fear"', "JSON object"),
    ("{'age': 14}", "no JSON"),
    ('{"age": 14} {}', "no JSON"),
    ('{"age": 14,\n "age": 15}', "facts.json:2", "second time"),
    ('{"zzz": 1}', "facts.json:1", "zzz", "no fact"),
    ('{"fear_of_retrun": "yes"}', "near: fear_of_return"),
    ('{"fear_of_return": "perhaps"}', "fear_of_return", "yes, no"),
    ('{"fear_of_return": "Yes"}', "fear_of_return", "yes, no"),
    ('{"fear_of_return": 1}', "fear_of_return", "yes, no"),
    ('{"fear_of_return": ""}', "fear_of_return"),
    ('{"fear_of_return": ["yes", "no"]}', "fear_of_return", "yes, no"),
    ('{"fear_of_return": {"value": "yes"}}', "fear_of_return"),
    ('{\n\n"age": -1}', "facts.json:3", "age", "from 0"),
    ('{"age": 131}', "age", "130"),
    ('{"age": 14.0}', "14.0", "whole numbers"),
    ('{"age": 1e1}', "1e1", "whole numbers"),
    ('{"age": NaN}', "NaN"),
    ('{"age": -Infinity}', "Infinity"),
    ('{"age": "16..14"}', "age", "span"),
    ('{"age": {"least": 16, "most": 14}}', "age", "span"),
    ('{"age": {"from": 14}}', "age"),
    ('{"age": true}', "age"),
    ('{"age": ' + "9" * 5000 + "}", "facts.json"),
    ('{"birth": "2011-02-30"}', "birth", "a day as"),
    ('{"birth": "14.3.2011"}', "birth", "a day as"),
    ('{"birth": "2030"}', "birth", "after the day"),
    ('{"birth": {"age": 15, "on": "0001"}}', "birth"),
    ('{"birth": "1980", "age": 15}', "birth and age", "contradict"),
    ('{"arrived_on": "2027-01-01"}', "arrived_on", "after the day"),
    ('{"sex": "man"}', "sex", "F, M"),
    ('{"sex": []}', "sex"),
    ('{"citizenship": "Afghanistan"}', "citizenship", "three"),
    ('{"citizenship": "QQQ"}', "citizenship", "three letters"),
    ('{"mandatory_answered": "yes"}', "mandatory_answered", "worked out"),
    ('{"age": ' + "[" * 5000 + "]" * 5000 + "}", "facts.json"),
    (b'{"age": "\xff"}', "facts.json:1", "UTF-8"),
    (b"{" + b" " * 1_000_000 + b"}", "at most"),
]


@pytest.mark.parametrize("case", BAD, ids=lambda case: str(case[0])[:40])
def test_what_cannot_be_judged_is_refused_with_its_place(
    ask: Assess, case: tuple[Any, ...]
) -> None:
    refused(ask(case[0], "--json", pack="int"), *case[1:])


def test_no_answer_is_repeated_in_an_error(ask: Assess) -> None:
    result = ask('{"fear_of_return": "of-my-uncle"}')
    assert "uncle" not in result.stderr


def test_wrong_packs_days_and_files_are_refused(ask: Assess, tmp_path: Path) -> None:
    refused(ask("{}", pack="zzz"), "no such pack", "int", "kaz")
    refused(ask("{}", pack="../kaz"), "three small letters")
    refused(ask("{}", pack=""), "--pack and --archive")
    refused(ask("{}", day="1999-12-31"), "kaz/pack.yaml", "days from")
    refused(ask("{}", day="24.11.2026"), "--as-of", "a day as 2026-03-01")
    refused(ask("{}", day="2026-02-30"), "--as-of")
    base = ["assess", "--pack", "kaz", "--facts"]
    refused(CliRunner().invoke(main, [*base, str(tmp_path / "none.json")]), "no such file")
    refused(CliRunner().invoke(main, [*base, str(tmp_path)]), "no such file")
    refused(CliRunner().invoke(main, [*base, "a\0b"]), "no such file")
    empty = ["assess", "--packs", str(tmp_path), "--pack", "kaz", "--facts", "-"]
    refused(CliRunner().invoke(main, empty, input="{}"), "no such pack")


def test_an_archive_is_assessed_as_its_pack(ask: Assess, tmp_path: Path) -> None:
    pack = load_pack(PACKS, "kaz", date.fromisoformat(DAY))
    archive = tmp_path / "kaz.json"
    archive.write_bytes(canonical.dump(pack))
    facts = '{"fear_of_return": "yes", "age": 14}'
    old = ask(facts, "--json", "--archive", str(archive), pack="")
    assert found(old) == found(ask(facts, "--json"))
    refused(ask(facts, "--archive", str(archive)), "--pack and --archive")
    archive.write_bytes(archive.read_bytes().replace(b"presumed", b"persumed"))
    refused(ask(facts, "--archive", str(archive), pack=""), "kaz.json")
