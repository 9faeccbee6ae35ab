"""What a country says may be said a second time in a vignette: of a person, of a day, of a row."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from tests.packs.conftest import CONFIG, DAY
from workflows.rules.assess import assess
from workflows.rules.cases import check, output_word, vignette_facts
from workflows.rules.pack_model import Vignette
from workflows.rules.packs import Pack, PackError, load_pack
from workflows.rules.values import Json


def _person(pack: Pack, facts: Mapping[str, Json], day: date) -> Vignette:
    return dataclasses.replace(pack.vignettes[0], raw_facts=facts, as_of=day, expect={})


def _word(pack: Pack, facts: Mapping[str, Json], key: str, day: date = DAY) -> str:
    now = assess(pack, vignette_facts(pack, _person(pack, facts, day)), day)
    return output_word(pack, now, key)


def test_a_child_is_sent_to_another_body_than_an_adult(packs: Mapping[str, Pack]) -> None:
    boy = {"age": 14, "with_parent": "no", "with_responsible_adult": "no"}
    man = {"age": 40, "needs_shelter": "yes"}
    key = "asks safe_accommodation"
    assert _word(packs["kaz"], boy, key).startswith("kaz_minors_centre, ")
    assert "kaz_minors_centre" not in _word(packs["kaz"], man, key)
    assert _word(packs["kaz"], {}, key) == "no such need"


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2026, 6, 8), "2026-06-15"),  # the fifth day is a Saturday: the person gets the Monday
        (date(2026, 3, 16), "2026-03-26"),  # ... a day of Nauryz: the first day of work after it
    ],
)
def test_a_clock_of_the_person_ends_after_the_days_off(
    packs: Mapping[str, Pack], day: date, until: str
) -> None:
    facts = {"fear_of_return": "yes"}
    assert _word(packs["kaz"], facts, "due ASY.file", day) == until
    assert _word(packs["kaz"], {}, "due ASY.file", day) == "not running"


def test_hours_run_through_and_are_told_in_the_zone_of_the_country(
    packs: Mapping[str, Pack],
) -> None:
    word = _word(
        packs["rus"], {"entry_irregular": "yes"}, "due ASY.file.irregular", date(2026, 3, 8)
    )
    assert word == "2026-03-09 12:00"


def test_what_a_vignette_says_of_the_country_is_compared(packs: Mapping[str, Pack]) -> None:
    pack = packs["kaz"]
    wrong = {"treaty CAT": "not party", "calendar weekend": "fri", "post korday": "air"}
    vignette = dataclasses.replace(_person(pack, {}, DAY), expect=wrong)
    told = [row for row in check(packs, [vignette]) if row.kind == "expect"]
    assert [row.hit for row in told] == [False, False, False]


@pytest.mark.parametrize(
    "key",
    [
        "asks milk",
        "due ASY.none",
        "body kaz_none",
        "post nowhere",
        "treaty ROME",
        "calendar moon",
        "calendar off 26",
        "span route guardian kaz_none",
        "country colour",
    ],
)
def test_a_key_that_names_nothing_is_refused_with_its_place(tmp_path: Path, key: str) -> None:
    for code in ("int", "kaz"):
        copytree(CONFIG / "packs" / code, tmp_path / code)
    text = f'person: Somebody\nas_of: 2026-03-01\nfacts: {{}}\nexpect: {{"{key}": nothing}}\n'
    (tmp_path / "kaz" / "vignettes" / "wrong.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as refused:
        load_pack(tmp_path, "kaz", DAY)
    assert "wrong.yaml" in str(refused.value)
    assert key.partition(" ")[0] in str(refused.value)


def test_the_dates_of_rows_are_kept_and_are_no_part_of_the_hash(packs: Mapping[str, Pack]) -> None:
    pack = packs["rus"]
    ended = {span.row: span.last for span in pack.spans if span.last}
    assert ended["route asylum_procedure rus_mvd_guvm"] == date(2025, 4, 1)
    tomorrow = load_pack(CONFIG / "packs", "rus", date(2026, 11, 25))
    assert tomorrow.spans == pack.spans
    assert tomorrow.sha256 == pack.sha256
