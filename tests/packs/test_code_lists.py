"""The code lists of config/data: well formed, unique, and agreeing with each other and the packs."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from babel import Locale

from workflows.rules.packs import Pack

KEYS = {
    "countries": ("alpha3",),
    "languages": ("code",),
    "needs_codes": ("code",),
    "relationships": ("code",),
    "age_bands": ("code",),
    "referral_reasons": ("code",),
    "link_states": ("code",),
    "treaties": ("country", "treaty"),
    "jurisdictions": ("country",),
    "retention": ("id",),
    "alerts": ("kind",),
    "answering": ("urgency",),
    "ladder": ("clock", "percent"),
    "pictograms": ("kind", "code"),
    "triage": ("sign", "source", "code"),
}


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_folder_holds_these_lists_and_no_others(data_folder: Path) -> None:
    assert {path.stem for path in data_folder.glob("*.csv")} == set(KEYS)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_every_row_is_whole_and_its_key_is_unique(data_folder: Path, name: str) -> None:
    rows = _rows(data_folder, name)
    keys = [tuple(row[column] for column in KEYS[name]) for row in rows]
    assert len(keys) == len(set(keys))
    assert all(None not in row and None not in row.values() for row in rows)
    assert all(all(key) for key in keys)


def test_countries_have_their_region_and_the_extra_codes_their_kind(data_folder: Path) -> None:
    rows = {row["alpha3"]: row for row in _rows(data_folder, "countries")}
    countries = [row for row in rows.values() if row["kind"] == "country"]
    assert len(countries) == 249
    assert all(
        row["alpha2"] and row["m49"] and row["region"] and row["subregion"] for row in countries
    )
    assert rows["KAZ"]["subregion"] == rows["TJK"]["subregion"] == "Central Asia"
    # All of them codes of ICAO Doc 9303-3, the third too: nationality not specified.
    assert (rows["XXA"]["kind"], rows["XXB"]["kind"], rows["XXX"]["kind"], rows["UNO"]["kind"]) == (
        "stateless",
        "refugee",
        "unspecified",
        "organisation",
    )


def test_languages_name_a_locale_that_exists_and_runs_the_same_way(data_folder: Path) -> None:
    for row in _rows(data_folder, "languages"):
        if row["locale"] in {"", "uz_Arab"}:
            continue
        assert Locale.parse(row["locale"]).text_direction == row["direction"], row["code"]


def test_age_bands_follow_each_other_without_gap(data_folder: Path) -> None:
    bands = [row for row in _rows(data_folder, "age_bands") if row["from_years"]]
    assert [row["code"] for row in bands] == ["0-4", "5-11", "12-17", "18-59", "60+"]
    for lower, upper in pairwise(bands):
        assert int(lower["to_years"]) + 1 == int(upper["from_years"])


def test_needs_codes_used_as_tags_exist(data_folder: Path, packs: Mapping[str, Pack]) -> None:
    codes = {row["code"] for row in _rows(data_folder, "needs_codes")}
    pack = packs["int"]
    used = {tag for fact in pack.facts.values() for tag in fact.specific_need}
    used |= {tag for profile in pack.profiles.values() for tag in profile.specific_need}
    assert used
    assert used <= codes


def test_every_refusal_that_leaves_the_need_unmet_reopens_it(data_folder: Path) -> None:
    rows = {row["code"]: row for row in _rows(data_folder, "referral_reasons")}
    assert {row["reopens_need"] for row in rows.values()} == {"yes", "no"}
    for code in ("no_mandate", "no_capacity", "outside_area", "unsafe", "no_response"):
        assert rows[code]["reopens_need"] == "yes", code


def test_neighbours_are_mutual_and_the_packs_countries_are_listed(
    data_folder: Path, packs: Mapping[str, Pack]
) -> None:
    rows = {row["country"]: row for row in _rows(data_folder, "jurisdictions")}
    languages = {row["code"] for row in _rows(data_folder, "languages")}
    for country, row in rows.items():
        assert set(row["languages"].split()) <= languages
        for other in row["neighbours"].split():
            assert country in rows[other]["neighbours"].split(), (country, other)
    for code in sorted(set(packs) - {"int"}):
        row = rows[code.upper()]
        assert (packs[code].asylum_procedure == "statutory") == (
            row["has_asylum_procedure"] == "yes"
        ), code
        facing = {post.facing for post in packs[code].posts.values()} - {"", None}
        assert facing <= set(row["neighbours"].split()), code


def test_treaty_rows_carry_a_year_exactly_when_party(data_folder: Path) -> None:
    for row in _rows(data_folder, "treaties"):
        assert (row["status"] == "party") == bool(row["year"]), row
        assert row["basis"] in {"V", "K", "?"}


#: rows of the list -> treaties of the packs
_SAME = {
    "1951_1967": ("REFUGEE-1951", "REFUGEE-1967"),
    "1954": ("STATELESS-1954",),
    "1961": ("STATELESS-1961",),
    "trafficking_protocol": ("PALERMO-2000",),
    "smuggling_protocol": ("SMUGGLING-2000",),
    "CRC": ("CRC",),
    "CAT": ("CAT",),
    "ICCPR": ("ICCPR",),
}


@pytest.mark.parametrize("code", ["kaz", "kgz", "tjk", "tkm", "uzb", "afg"])
def test_the_packs_treaties_agree_with_the_list(
    data_folder: Path, packs: Mapping[str, Pack], code: str
) -> None:
    own = {row.treaty: row for row in packs[code].treaties}
    listed = [row for row in _rows(data_folder, "treaties") if row["country"] == code.upper()]
    assert len(listed) == len(_SAME)
    for row in listed:
        for treaty in _SAME[row["treaty"]]:
            assert own[treaty].status.split(" with")[0].replace(" ", "_") == row["status"], treaty
            assert own[treaty].since[:4] == row["year"], treaty
