"""Loading packs: what is effective, and that every slip is named with its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from models.vocabulary import Action
from workflows.rules import canonical
from workflows.rules.computed import with_computed
from workflows.rules.faults import PackError
from workflows.rules.packs import Pack, load_pack, pack_codes

DAY = date(2026, 3, 1)
PACKS = Path(__file__).parent / "packs"
Spoil = Callable[[str, str, str], Path]


def test_a_country_is_its_base_and_what_differs(base: Pack, country: Pack) -> None:
    assert set(base.rules) - set(country.rules) == {"VOT.3"}
    assert set(country.rules) - set(base.rules) == {"ASY.9"}
    assert country.rules["VOT.5"].strength == "medium"
    assert country.rules["VOT.5"].origin.reason == "Debt alone is common"
    assert country.rules["ASY.3"].when != base.rules["ASY.3"].when
    assert country.country == "KAZ"
    assert country.name == "LAN@2026.2"


def test_rows_out_of_their_time_are_left_out(base: Pack) -> None:
    assert "VOT.old" not in base.rules
    assert "VOT.old" in load_pack(PACKS, "bas", date(2021, 12, 31)).rules


def test_a_pack_says_what_binds_its_country(country: Pack, base: Pack) -> None:
    first, second = date(1999, 1, 14), date(1999, 1, 15)
    assert [country.bound_by("REFUGEE-1951", day) for day in (first, second)] == [False, True]
    years = [country.bound_by("CAT", date(year, 12, 31)) for year in (1997, 1998, 1999)]
    assert years == [False, None, True]
    assert country.bound_by("CRC", DAY) is None, "a party, nobody wrote since when"
    assert country.bound_by("COE-THB", DAY) is None, "not listed is not known"
    assert country.bound_by("STATELESS-1961", DAY) is False
    assert country.bound_by("ICRMW", DAY) is False
    assert base.bound_by("CAT", DAY) is None
    assert country.treaties[0].note == "No article 24"
    assert country.asylum_procedure == "de facto"
    assert country.asylum_procedure_note == "A commission decides, no law says how"


def test_treaties_and_the_procedure_are_part_of_the_hash(country: Pack, spoil: Spoil) -> None:
    root = spoil("lan/treaties.csv", "CAT,party,1998", "CAT,party,1997")
    changed = load_pack(root, "lan", DAY)
    spoil("lan/pack.yaml", "procedure: de facto", "procedure: none")
    assert len({country.sha256, changed.sha256, load_pack(root, "lan", DAY).sha256}) == 3


def test_treaties_belong_to_a_country(copy_of_packs: Path) -> None:
    table = (copy_of_packs / "lan" / "treaties.csv").read_bytes()
    (copy_of_packs / "bas" / "treaties.csv").write_bytes(table)
    with pytest.raises(PackError, match="treaties of a country"):
        load_pack(copy_of_packs, "bas", DAY)


def test_the_treaty_status_of_the_country_can_be_a_fact(spoil: Spoil) -> None:
    row = "country_bound: {kind: yes-no, computed: bound by CAT, record only: yes}\nseen_by:"
    root = spoil("bas/facts.yaml", "seen_by:", row)
    land, sea = load_pack(root, "lan", DAY), load_pack(root, "bas", DAY)
    assert with_computed(land, {}, DAY)["country_bound"].value is True
    assert with_computed(land, {}, date(1990, 1, 1))["country_bound"].value is False
    assert with_computed(sea, {}, DAY)["country_bound"].value is None


def test_routes_stand_in_their_order(country: Pack) -> None:
    assert [route.agency for route in country.routes] == ["guardian_office", "help_ngo"]


def test_a_table_row_is_a_rule(base: Pack) -> None:
    assert base.rules["MED.2"].source == ("S.1", "S.2")
    assert base.rules["MED.2"].says == "needs_now: food|shelter; seen_by: no"


def test_a_hold_may_shut_several_actions(base: Pack) -> None:
    assert base.holds["H.child"].shuts == {Action.DETAIN, Action.RETURN}


def test_texts_fall_back_to_english_and_missing_ones_are_listed(base: Pack) -> None:
    assert base.text("rule.ASY.1", "ru") == "Боится возвращаться"
    assert base.text("rule.ASY.2", "ru") == "Asks for protection"
    assert "rule.ASY.2" in base.missing("ru")
    assert "rule.ASY.1" not in base.missing("ru")
    with pytest.raises(KeyError):
        base.text("rule.NONE.1")


def test_the_hash_is_of_the_rules_not_of_their_layout(base: Pack, spoil: Spoil) -> None:
    again = load_pack(PACKS, "bas", DAY)
    assert again.sha256 == base.sha256
    assert canonical.dump(again) == canonical.dump(base)
    moved = spoil("bas/rules/main.yaml", "- {rule: ASY.1", "# a comment\n\n- {rule: ASY.1")
    assert load_pack(moved, "bas", DAY).sha256 == base.sha256
    changed = spoil("bas/rules/main.yaml", "age: under 18", "age: under 17")
    assert load_pack(changed, "bas", DAY).sha256 != base.sha256


def test_packs_are_listed() -> None:
    assert pack_codes(PACKS) == ("bas", "lan")


@pytest.mark.parametrize("code", ["xyz", "../bas", "BAS", "", "bas/"])
def test_what_is_no_pack_is_refused(code: str) -> None:
    with pytest.raises(PackError) as caught:
        load_pack(PACKS, code, DAY)
    assert "pack" in caught.value.found + caught.value.allowed


def test_a_day_before_the_first_validity_is_refused() -> None:
    with pytest.raises(PackError, match="days from 2020-01-01"):
        load_pack(PACKS, "bas", date(2019, 12, 31))


SLIPS = [
    ("bas/pack.yaml", "pack: bas", "pack: bas\npack: bas", "a second time"),
    ("bas/pack.yaml", "status: testing", "status: ready", "draft, testing"),
    ("bas/pack.yaml", "owner: Tests", "owned: Tests", "the keys"),
    ("bas/pack.yaml", "owner: Tests\n", "", "the key owner"),
    ("bas/pack.yaml", "licence: CC-BY-4.0", "licence:", "nothing"),
    ("bas/pack.yaml", "licence:", "thresholds: {presumed: {key: 0}}\nlicence:", "1..9"),
    ("bas/pack.yaml", "inherits: []", "inherits: [bas]", "inherits"),
    ("lan/pack.yaml", "inherits: [bas]", "inherits: bas]", "lan/pack.yaml:5: found inherits: bas]"),
    ("lan/pack.yaml", "inherits: [bas]", "inherits: [xyz]", "one of: bas, lan"),
    ("bas/facts.yaml", "kind: yes-no, card: leaving", "kind: boolean, card: leaving", "yes-no"),
    ("bas/facts.yaml", "card: leaving", "card: leavin", "a card"),
    ("bas/facts.yaml", "options: countries", "options: planets", "countries"),
    ("bas/facts.yaml", "{note: never ask at the border}", "{nota: x}", "note"),
    ("bas/facts.yaml", "computed: age_from_birth", "computed: age_by_beard", "age_from_birth"),
    ("bas/facts.yaml", "birth: {ask", "birthday: {ask", "a fact birth"),
    ("bas/facts.yaml", "kind: years, computed", "kind: yes-no, computed", "years"),
    ("bas/facts.yaml", "dimension: 5", "dimension: 7", "indicators.csv"),
    ("bas/facts.yaml", "when: {any: [{papers: yes}", "when: {any: [{paper: yes}", "near: papers"),
    ("bas/facts.yaml", "seen_by:", "unread: {ask: x, kind: yes-no, card: who}\nseen_by:", "minim"),
    ("bas/facts.yaml", "restricted: gbv", "restricted: secret", "gbv, torture"),
    ("bas/rules/main.yaml", "profile: ASY, strength", "profile: ASX, strength", "a profile"),
    ("bas/rules/main.yaml", "strength: key", "strength: sure", "key, strong"),
    ("bas/rules/main.yaml", "source: [S.1]", "source: [S.9]", "sources.yaml"),
    ("bas/rules/main.yaml", "source: [S.1]", "source: []", "word"),
    ("bas/rules/main.yaml", ", source: [S.1], basis: V}", ", basis: V}", "the key source"),
    ("bas/rules/main.yaml", "basis: V", "basis: X", "V, K, ?"),
    ("bas/rules/main.yaml", "rule: ASY.2", "rule: ASY.1", "a new id"),
    ("bas/rules/main.yaml", "until: 2021-12-31", "until: 2021-02-31", "a day"),
    ("bas/rules/main.yaml", "{fear: no}, {asks", "{fear: no}, {fear: yes}, {asks", "one direction"),
    ("bas/rules/main.yaml", "when: {fear: yes}", "when: {profile ASY: open}", "profiles"),
    ("bas/rules/medical.csv", "needs_now,seen_by", "needs_now,seen", "facts"),
    ("bas/rules/medical.csv", "key,doctor", "key,surgeon", "doctor, food"),
    ("bas/rules/medical.csv", "MED.1,MED,key", "MED.1,MED", "cells"),
    ("bas/rules/medical.csv", "key,doctor", "key,", "1 to 9 facts"),
    ("bas/rules/medical.csv", "rule,profile", "rule,rule", "each once"),
    ("bas/rules/medical.csv", "MED.1,MED", '"MED.1,MED', "comma-separated"),
    ("bas/needs.yaml", "function: child", "function: children", "asylum, trafficking"),
    ("bas/needs.yaml", "profile UAC: possible", "profile UAC: maybe", "presumed, possible"),
    ("bas/holds.yaml", "shuts: RETURN", "shuts: REFUSE", "RETURN, DETAIN"),
    ("bas/holds.yaml", "decision: final_negative", "decision: fear", "decided by"),
    ("bas/packets.yaml", ", may carry: [gbv]", "", "may carry"),
    ("bas/packets.yaml", "fields: [name, age, sex]", "fields: [name, soul]", "own_script_name"),
    ("bas/packets.yaml", "doctor: {", "medic: {", "a need"),
    ("bas/deadlines.csv", "4 hours", "4 fortnights", "calendar days"),
    ("bas/deadlines.csv", "event arrived", "event landed", "arrived, asylum_request"),
    ("bas/deadlines.csv", "profile ASY possible", "profile ASY likely", "presumed"),
    ("bas/deadlines.csv", "authority,50%", "everybody,50%", "authority, person"),
    ("bas/indicators.csv", "papers,S,S", "age,S,S", "plain yes-no"),
    ("bas/indicators.csv", "papers,S,S", "papers,X,S", "S, M, W"),
    ("bas/invariants.yaml", "monotone: all}", "monotone: all, routed: all}", "exactly one"),
    ("bas/invariants.yaml", "action RETURN", "action FLY", "RETURN"),
    ("bas/invariants.yaml", "monotone: all}", "monotone: all, except: [UAC]}", "reason and source"),
    ("bas/invariants.yaml", "monotone: all}", "monotone: all, except: {UAX: {}}}", "profiles"),
    (
        "bas/invariants.yaml",
        "monotone: all}",
        "monotone: all, except: {UAC: {}}}",
        "the key reason",
    ),
    ("bas/invariants.yaml", "need guardian", "need angel", "guardian"),
    ("bas/vignettes/boy.yaml", "with_parent: no", "with_parents: no", "facts of this pack"),
    ("bas/vignettes/boy.yaml", "urgency: now", "urgency: fast", "now, soon"),
    ("bas/vignettes/boy.yaml", "require: [UAC]", "require: [UAX]", "profiles"),
    ("bas/i18n/ru.yaml", "rule.ASY.1:", "rule.ASX.1:", "an id of a text"),
    ("bas/sources.yaml", "basis: V", "basis: V, colour: red", "the keys"),
    ("lan/rules/own.yaml", ", reason: Local crossing rule", "", "a reason"),
    ("lan/overlay.yaml", "tighten:", "weaken:", "tighten, replace"),
    ("lan/overlay.yaml", "ASY.3: {also", "ASY.33: {also", "of the base"),
    ("lan/overlay.yaml", "base version: 2026.1", "base version: 2025.9", "2026.1"),
    ("lan/overlay.yaml", "also when:", "when:", "also when"),
    ("lan/overlay.yaml", "  VOT.3: {base", "  H.child: {base", "not locked"),
    ("lan/overlay.yaml", "  VOT.3: {base", "  ASY.9: {base", "of the base"),
    ("lan/routes.csv", "guardian,KAZ,help_ngo", "doctor,KAZ,help_ngo", "function health"),
    ("lan/routes.csv", "KAZ,help_ngo", "KAZ,helpers", "an agency"),
    ("lan/routes.csv", "agency 1 unavailable", "agency 1 asleep", "unavailable"),
    ("lan/agencies.yaml", "names: {en: Help", "names: {kk: Help", "en at least"),
    ("lan/agencies.yaml", "kind: ngo", "kind: club", "ngo"),
    ("lan/agencies.yaml", "kind: ngo", "decides: [health], kind: ngo", "child, trafficking"),
    ("lan/agencies.yaml", "kind: ngo", "decides: [heaven], kind: ngo", "asylum, trafficking"),
    ("lan/posts.yaml", "lat: 44.21", "lat: north", "degrees"),
    ("lan/calendar.yaml", "Asia/Almaty", "Asia/Atlantis", "time zone"),
    ("lan/calendar.yaml", "2026-01-01: New", "2026-13-01: New", "a day"),
    ("lan/deadlines.csv", "National law", "", "a reason"),
    ("lan/treaties.csv", "REFUGEE-1951,", "REFUGEE-1950,", "REFUGEE-1951, REFUGEE-1967"),
    ("lan/treaties.csv", "party with limits", "party with doubts", "party, party with limits"),
    ("lan/treaties.csv", "1999-01-15", "1999-01-32", "a day as 1999-01-15 or a year"),
    ("lan/treaties.csv", "1999-01-15", "15.1.1999", "a day as 1999-01-15 or a year"),
    ("lan/treaties.csv", "1999-01-15", "99", "a day as 1999-01-15 or a year"),
    ("lan/treaties.csv", "not party,", "not party,1999", "nothing: no party"),
    ("lan/treaties.csv", "signed,", "signed,1999", "nothing: no party"),
    ("lan/treaties.csv", "CAT,party", "REFUGEE-1951,party", "a new id"),
    ("lan/treaties.csv", "S.1,K", "S.7,K", "sources.yaml"),
    ("lan/treaties.csv", "S.1,K", ",K", "the key source"),
    ("lan/treaties.csv", "S.1,K", "S.1,L", "V, K, ?"),
    ("lan/treaties.csv", ",note,", ",remark,", "the columns treaty,status"),
    ("lan/treaties.csv", "CAT,party,", "CAT,party,,", "6 cells"),
    ("lan/pack.yaml", "country: KAZ\n", "", "the key country too"),
    ("lan/pack.yaml", "procedure: de facto", "procedure: perhaps", "statutory, none, de facto"),
    ("lan/pack.yaml", "asylum procedure: de facto\n", "", "the key asylum procedure too"),
    ("bas/pack.yaml", "licence:", "asylum procedure: none\nlicence:", "the key country too"),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), SLIPS)
def test_every_slip_is_named(spoil: Spoil, file: str, old: str, new: str, said: str) -> None:
    root = spoil(file, old, new)
    with pytest.raises(PackError) as caught:
        load_pack(root, file[:3], DAY)
    assert caught.value.file
    assert said in str(caught.value)
    assert caught.value.params["allowed"]


def test_a_file_no_pack_has_is_refused(copy_of_packs: Path) -> None:
    (copy_of_packs / "bas" / "rule.yaml").write_text("- {}\n", encoding="utf-8")
    with pytest.raises(PackError, match="a file no pack has"):
        load_pack(copy_of_packs, "bas", DAY)


def test_a_need_without_packet_is_refused(copy_of_packs: Path) -> None:
    path = copy_of_packs / "bas" / "packets.yaml"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(r for r in rows if not r.startswith("doctor")), encoding="utf-8")
    with pytest.raises(PackError, match="no packet for the need doctor"):
        load_pack(copy_of_packs, "bas", DAY)


def test_a_locked_row_cannot_be_touched(spoil: Spoil) -> None:
    change = "tighten:\n  H.refoulement: {also when: {war: yes}, base version: 2026.1, reason: x, "
    root = spoil("lan/overlay.yaml", "tighten:\n", change + 'source: [S.2], basis: "?"}\n')
    with pytest.raises(PackError, match=r"overlay\.yaml:2: found H\.refoulement is locked"):
        load_pack(root, "lan", DAY)


def test_a_binary_file_is_no_pack(copy_of_packs: Path) -> None:
    (copy_of_packs / "bas" / "facts.yaml").write_bytes(bytes(range(256)) * 40)
    with pytest.raises(PackError, match=r"bas/facts\.yaml"):
        load_pack(copy_of_packs, "bas", DAY)
    (copy_of_packs / "lan" / "pack.yaml").write_text("[]", encoding="utf-8")
    with pytest.raises(PackError, match="a map with the keys"):
        load_pack(copy_of_packs, "lan", DAY)


def test_a_file_of_vignettes_may_be_a_list_and_errors_name_the_line(copy_of_packs: Path) -> None:
    person = "- person: {}\n  as_of: 2026-03-01\n  facts: {{}}\n  expect: {{profile {}: open+}}\n"
    path = copy_of_packs / "bas" / "vignettes" / "two.yaml"
    path.write_text(person.format("A", "UAC") + person.format("B", "UAC"), encoding="utf-8")
    read = [v for v in load_pack(copy_of_packs, "bas", DAY).vignettes if "two.yaml" in v.file]
    assert [(v.file, v.person) for v in read] == [
        ("bas/vignettes/two.yaml#1", "A"),
        ("bas/vignettes/two.yaml#2", "B"),
    ]
    path.write_text(person.format("A", "UAC") + person.format("B", "UAX"), encoding="utf-8")
    with pytest.raises(PackError, match=r"two\.yaml:8: found profile UAX"):
        load_pack(copy_of_packs, "bas", DAY)


def test_a_vignette_may_be_like_another_person(copy_of_packs: Path) -> None:
    path = copy_of_packs / "bas" / "vignettes" / "brother.yaml"
    text = "person: B\nas_of: 2026-03-01\nlike: boy.yaml\nfacts: {age: 9}\nexpect: {urgency: now}\n"
    path.write_text(text, encoding="utf-8")
    found = {v.file: v.raw_facts for v in load_pack(copy_of_packs, "bas", DAY).vignettes}
    boy = found["bas/vignettes/boy.yaml"]
    assert found["bas/vignettes/brother.yaml"] == {**boy, "age": 9}
    path.write_text(text.replace("boy.yaml", "girl.yaml"), encoding="utf-8")
    with pytest.raises(PackError, match=r"brother\.yaml:3: found girl\.yaml"):
        load_pack(copy_of_packs, "bas", DAY)
