"""What every one of the twelve country packs must hold: treaties, routes, calendar, posts, persons, texts.

Nothing is skipped: a country without a pack fails here.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from models.vocabulary import Action
from workflows.rules.assess import assess
from workflows.rules.cases import check
from workflows.rules.packs import Pack, load_pack

PACKS = Path(__file__).resolve().parents[2] / "config" / "packs"
DATA = PACKS.parent / "data"
DAY = date(2026, 11, 24)
TWELVE = ("afg", "aze", "chn", "irn", "kaz", "kgz", "pak", "rus", "tjk", "tkm", "tur", "uzb")

#: the treaties whose standing is known for all twelve; packs may say more
NINE = frozenset(
    "REFUGEE-1951 REFUGEE-1967 STATELESS-1954 STATELESS-1961 PALERMO-2000 SMUGGLING-2000 "
    "CRC CAT ICCPR".split()
)

#: south, north, west and east of a box that holds the land of the country and the error of the coordinates
BOXES = {
    "afg": (29.3, 38.6, 60.4, 75.0),
    "aze": (38.3, 42.0, 44.7, 50.9),
    "chn": (18.0, 53.7, 73.4, 135.2),
    "irn": (25.0, 39.9, 44.0, 63.4),
    "kaz": (40.4, 55.5, 46.4, 87.4),
    "kgz": (39.1, 43.4, 69.2, 80.3),
    "pak": (23.6, 37.2, 60.8, 77.9),
    "rus": (41.1, 81.9, 19.6, 180.0),
    "tjk": (36.6, 41.1, 67.3, 75.2),
    "tkm": (35.1, 42.9, 52.4, 66.7),
    "tur": (35.8, 42.2, 25.6, 44.9),
    "uzb": (37.1, 45.6, 55.9, 73.2),
}

#: days before and after the bodies of some countries changed
PAST = (date(2021, 6, 1), date(2024, 6, 1), date(2025, 2, 4))


@pytest.fixture(scope="module")
def base() -> Pack:
    """The international base alone."""
    return load_pack(PACKS, "int", DAY)


@pytest.fixture(scope="module")
def twelve() -> Mapping[str, Pack]:
    """Every country's pack on one fixed day. A missing folder or a refused file is an error of every test."""
    return {code: load_pack(PACKS, code, DAY) for code in TWELVE}


@pytest.fixture(scope="module")
def neighbours() -> Mapping[str, frozenset[str]]:
    """The neighbours of each country among the twelve, from the list of jurisdictions (codes in capitals)."""
    known = {code.upper() for code in TWELVE}
    with (DATA / "jurisdictions.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["country"].lower(): frozenset(row["neighbours"].split()) & known
            for row in csv.DictReader(file)
        }


def test_the_countries_of_the_process_and_no_others_have_a_pack() -> None:
    assert {path.parent.name for path in PACKS.glob("*/pack.yaml")} == {"int", *TWELVE}


@pytest.mark.parametrize("code", TWELVE)
def test_each_is_a_country_under_test_with_a_word_on_its_asylum_procedure(
    twelve: Mapping[str, Pack], code: str
) -> None:
    pack = twelve[code]
    assert pack.country == code.upper()
    assert pack.status == "testing"
    assert pack.asylum_procedure
    assert pack.asylum_procedure_note


@pytest.mark.parametrize("code", TWELVE)
def test_each_says_how_its_country_stands_to_the_nine_treaties(
    twelve: Mapping[str, Pack], code: str
) -> None:
    own = {row.treaty: row for row in twelve[code].treaties}
    assert set(own) >= NINE
    for treaty in NINE:
        assert own[treaty].status.startswith("party") == bool(own[treaty].since), treaty


@pytest.mark.parametrize("code", TWELVE)
def test_the_packs_and_the_list_of_treaties_say_the_same(
    twelve: Mapping[str, Pack], code: str
) -> None:
    names = {"1951_1967": "REFUGEE-1951", "1954": "STATELESS-1954", "1961": "STATELESS-1961"}
    names |= {"trafficking_protocol": "PALERMO-2000", "smuggling_protocol": "SMUGGLING-2000"}
    own = {row.treaty: row for row in twelve[code].treaties}
    with (DATA / "treaties.csv").open(encoding="utf-8", newline="") as file:
        listed = [row for row in csv.DictReader(file) if row["country"] == code.upper()]
    assert listed
    for row in listed:
        found = own[names.get(row["treaty"], row["treaty"])]
        standing = found.status.removesuffix(" with limits").replace(" ", "_")
        assert (standing, found.since[:4]) == (row["status"], row["year"]), found.treaty


@pytest.mark.parametrize("code", TWELVE)
def test_each_routes_every_need_without_a_condition_to_a_body_that_serves_it(
    twelve: Mapping[str, Pack], code: str
) -> None:
    pack = twelve[code]
    assert {route.need for route in pack.routes if not route.only_if} == set(pack.needs)
    for route in pack.routes:
        assert pack.needs[route.need].function in pack.agencies[route.agency].functions


@pytest.mark.parametrize("day", PAST, ids=str)
@pytest.mark.parametrize("code", TWELVE)
def test_no_need_is_left_without_a_body_on_a_day_when_bodies_changed(code: str, day: date) -> None:
    pack = load_pack(PACKS, code, max(day, _valid_from(code)))
    assert {route.need for route in pack.routes if not route.only_if} == set(pack.needs)


def _valid_from(code: str) -> date:
    """The first day for which the pack may be loaded, read from its head."""
    text = (PACKS / code / "pack.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("valid from:"))
    return date.fromisoformat(line.removeprefix("valid from:").strip())


@pytest.mark.parametrize("code", TWELVE)
def test_where_the_state_has_no_procedure_the_route_leads_to_unhcr_and_the_need_says_so(
    twelve: Mapping[str, Pack], base: Pack, code: str
) -> None:
    pack = twelve[code]
    first = min(
        (route for route in pack.routes if route.need == "asylum_procedure" and not route.only_if),
        key=lambda route: route.order,
    )
    if pack.asylum_procedure == "none":
        assert first.agency == f"unhcr_{code}"
        for language in ("en", "ru", "fa_AF"):
            own = pack.text("need.asylum_procedure", language)
            assert own != base.text("need.asylum_procedure", language)
    else:
        assert pack.agencies[first.agency].country == code.upper()


@pytest.mark.parametrize("code", TWELVE)
def test_each_has_a_calendar_for_this_year(twelve: Mapping[str, Pack], code: str) -> None:
    calendar = twelve[code].calendar
    assert calendar is not None
    assert 1 <= len(calendar.weekend) <= 2
    assert len([day for day in calendar.holidays if day.year == DAY.year]) >= 5


@pytest.mark.parametrize("code", TWELVE)
def test_no_day_is_called_confirmed_that_follows_the_moon_and_is_still_open(
    twelve: Mapping[str, Pack], code: str
) -> None:
    calendar = twelve[code].calendar
    assert calendar is not None
    until = calendar.confirmed_until
    still_open = [day for day, says in calendar.holidays.items() if "confirm)" in says]
    assert until is None or until.year <= DAY.year
    assert until is None or all(day > until for day in still_open if day > DAY)


@pytest.mark.parametrize("code", TWELVE)
def test_each_has_a_post_at_a_border_with_another_of_the_twelve(
    twelve: Mapping[str, Pack], neighbours: Mapping[str, frozenset[str]], code: str
) -> None:
    facing = {post.facing for post in twelve[code].posts.values() if post.facing}
    assert neighbours[code]
    assert facing & neighbours[code]


def test_a_border_has_a_post_on_both_sides_or_on_none(twelve: Mapping[str, Pack]) -> None:
    known = {code.upper() for code in TWELVE}
    pairs = {
        (code.upper(), post.facing)
        for code, pack in twelve.items()
        for post in pack.posts.values()
        if post.facing in known
    }
    assert {(there, here) for here, there in pairs} == pairs


@pytest.mark.parametrize("code", TWELVE)
def test_coordinates_lie_in_the_country_and_are_marked_as_doubtful(
    twelve: Mapping[str, Pack], code: str
) -> None:
    south, north, west, east = BOXES[code]
    for post in twelve[code].posts.values():
        if post.lat is not None and post.lon is not None:
            assert south <= post.lat <= north, post.id
            assert west <= post.lon <= east, post.id
            assert post.basis == "?", post.id


def test_agencies_and_posts_are_named_once_over_all_packs(twelve: Mapping[str, Pack]) -> None:
    agencies = [id_ for pack in twelve.values() for id_ in pack.agencies]
    posts = [id_ for pack in twelve.values() for id_ in pack.posts]
    assert len(agencies) == len(set(agencies))
    assert len(posts) == len(set(posts))


@pytest.mark.parametrize("code", TWELVE)
def test_each_agency_has_a_desk_a_name_in_russian_and_an_honest_mark(
    twelve: Mapping[str, Pack], code: str
) -> None:
    for agency in twelve[code].agencies.values():
        assert {"en", "ru"} <= set(agency.names), agency.id
        assert agency.languages, agency.id
        assert (agency.verified is not None) == (agency.basis == "V"), agency.id


@pytest.mark.parametrize("code", TWELVE)
def test_each_has_five_invented_persons_or_more_and_all_come_out_as_expected(
    twelve: Mapping[str, Pack], code: str
) -> None:
    vignettes = twelve[code].vignettes
    assert len(vignettes) >= 5
    assert [row for row in check(twelve, vignettes) if not row.hit] == []


@pytest.mark.parametrize("code", TWELVE)
def test_the_persons_of_a_country_show_its_main_ways(twelve: Mapping[str, Pack], code: str) -> None:
    """An asylum-seeker, a trafficked person and a child, each kept from return."""
    required = {profile for row in twelve[code].vignettes for profile in row.require}
    assert required & {"ASY", "REF"}
    assert required & {"VOT-A", "VOT-C"}
    assert required & {"UAC", "SPC", "CHF"}
    assert any(Action.RETURN in row.forbid for row in twelve[code].vignettes)


@pytest.mark.parametrize("language", ["ru", "fa_AF"])
@pytest.mark.parametrize("code", TWELVE)
def test_no_text_of_its_own_is_missing_in_russian_or_dari(
    twelve: Mapping[str, Pack], base: Pack, code: str, language: str
) -> None:
    own = set(twelve[code].texts["en"]) - set(base.texts["en"])
    assert own
    assert own & set(twelve[code].missing(language)) == set()


@pytest.mark.parametrize("code", TWELVE)
def test_no_translation_is_in_the_script_of_the_other_language(
    twelve: Mapping[str, Pack], code: str
) -> None:
    texts = twelve[code].texts
    ru = [i for i, t in texts["ru"].items() if any("\u0600" <= c <= "\u06ff" for c in t)]
    fa = [i for i, t in texts["fa_AF"].items() if any("\u0400" <= c <= "\u04ff" for c in t)]
    assert (ru, fa) == ([], [])


@pytest.mark.parametrize("code", ["aze", "tur"])
def test_reflection_of_thirty_days_is_the_countrys_own_where_the_convention_binds(
    twelve: Mapping[str, Pack], base: Pack, code: str
) -> None:
    def reflection(pack: Pack, id_: str) -> tuple[int | None, str, str]:
        row = next(row for row in pack.deadlines if row.id == id_)
        return row.amount, row.unit, row.origin.pack

    for id_ in ("VOT.reflection", "VOT-C.reflection"):
        assert reflection(twelve[code], id_) == (30, "calendar days", code)
        assert reflection(base, id_) == (30, "calendar days", "int")
    assert next(r for r in twelve[code].treaties if r.treaty == "COE-THB").status == "party"


def test_the_terms_of_six_countries_are_those_of_their_sources(
    twelve: Mapping[str, Pack], base: Pack
) -> None:
    common = {row.id for row in base.deadlines}
    found = {
        (code, row.id): (row.amount, row.unit, row.clock.value)
        for code in ("aze", "chn", "irn", "pak", "rus", "tur")
        for row in twelve[code].deadlines
        if row.id not in common
    }
    assert found == {
        ("aze", "ASY.decision"): (3, "months", "authority"),
        ("aze", "VOT.handover"): (24, "hours", "authority"),
        ("aze", "VOT-C.handover"): (24, "hours", "authority"),
        ("chn", "DETAIN.question"): (24, "hours", "authority"),
        ("chn", "DETAIN.end"): (30, "calendar days", "authority"),
        ("irn", "DETAIN.judge"): (24, "hours", "authority"),
        ("pak", "DETAIN.magistrate"): (24, "hours", "authority"),
        ("rus", "ASY.file.irregular"): (24, "hours", "person"),
        ("rus", "ASY.preliminary"): (5, "working days", "authority"),
        ("rus", "ASY.decision"): (3, "months", "authority"),
        ("rus", "ASY.temporary"): (3, "months", "authority"),
        ("rus", "ASY.appeal"): (1, "months", "person"),
        ("rus", "DETAIN.court"): (48, "hours", "authority"),
        ("tur", "ASY.interview"): (30, "calendar days", "authority"),
        ("tur", "ASY.decision"): (6, "months", "authority"),
        ("tur", "ASY.appeal.commission"): (10, "calendar days", "person"),
        ("tur", "ASY.appeal.short"): (15, "calendar days", "person"),
        ("tur", "ASY.appeal.court"): (30, "calendar days", "person"),
        ("tur", "RETURN.appeal"): (7, "calendar days", "person"),
        ("tur", "DETAIN.decision"): (48, "hours", "authority"),
    }


@pytest.mark.parametrize("code", TWELVE)
def test_nobody_asked_means_all_four_actions_are_shut_in_every_country(
    twelve: Mapping[str, Pack], code: str
) -> None:
    nobody = assess(twelve[code], {}, DAY)
    assert nobody.shut == frozenset(Action)
    assert nobody.needs == {}
