"""The code lists of `config/data`, read once: countries with their regions, languages, relationships."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from config.settings import CODE_LISTS

#: The language of the same script whose words are read where a language has none. Who reads Cyrillic in
#: Central Asia reads Russian; who reads Pashto or Persian reads the letters of Dari. All others read English.
_NEXT = {"kk": "ru", "ky": "ru", "tg": "ru", "ps": "fa_AF", "fa": "fa_AF"}


@dataclass(frozen=True)
class Country:
    """A row of countries.csv. `kind` is `country`, or `icao` for codes that name no state (XXA, UNO, ...)."""

    alpha3: str
    alpha2: str
    kind: str
    region: str
    subregion: str
    name: str


def read_in(language: str) -> tuple[str, ...]:
    """The locales in which a reader of `language` reads a text, the first that has it; last is English."""
    after = _NEXT.get(language)
    return (language,) if after is None else (language, after)


@cache
def countries() -> dict[str, Country]:
    """All rows of countries.csv by alpha-3 code."""
    return {
        row["alpha3"]: Country(
            row["alpha3"], row["alpha2"], row["kind"], row["region"], row["subregion"], row["name"]
        )
        for row in rows("countries")
    }


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """All rows of `config/data/<name>.csv` as dictionaries of text."""
    with (CODE_LISTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def language_codes() -> frozenset[str]:
    """The ISO 639-3 codes of languages.csv."""
    return frozenset(row["code"] for row in rows("languages"))


def region_of(nationalities: list[str]) -> str:
    """The coarse region (UN M49 sub-region) of the first nationality, for statistics; else `unknown`."""
    for code in nationalities:
        country = countries().get(code)
        if country is not None and country.kind == "country" and country.subregion:
            return country.subregion.replace(" ", "-")
    return "unknown"


@cache
def _by_locale() -> dict[str, str]:
    return {row["locale"]: row["code"] for row in rows("languages") if row["locale"]}


def plain_language(code: str) -> str:
    """The list's own code of a language: packs write `kk`, persons have `kaz`."""
    return _by_locale().get(code, code)
