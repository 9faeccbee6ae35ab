"""A pack as canonical JSON: the same pack comes back, and nothing else is taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from workflows.rules import canonical
from workflows.rules.assess import assess
from workflows.rules.cases import vignette_facts
from workflows.rules.faults import PackError
from workflows.rules.packs import Pack, load_pack, pack_codes

DAY = date(2026, 3, 1)
HOUSE = Path(__file__).resolve().parents[2] / "config" / "packs"
ARCHIVES = Path(__file__).parent / "archives"


@pytest.fixture(params=["base", "country"])
def pack(request: pytest.FixtureRequest) -> Pack:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Pack)
    return found


def test_what_was_written_is_read_back(pack: Pack) -> None:
    raw = canonical.dump(pack)
    again = canonical.load(raw)
    assert canonical.dump(again) == raw
    assert again.sha256 == pack.sha256 == canonical.sha256(raw)
    for name in ("facts", "derived", "profiles", "needs", "packets", "agencies", "texts", "cards"):
        assert list(getattr(again, name)) == list(getattr(pack, name)), "in the same order"
    assert {id_: rule.when for id_, rule in again.rules.items()} == {
        id_: rule.when for id_, rule in pack.rules.items()
    }
    assert (again.treaties, again.routes, again.posts) == (pack.treaties, pack.routes, pack.posts)
    assert again.calendar == pack.calendar


def test_an_archive_judges_as_the_pack_does() -> None:
    for code in pack_codes(HOUSE):
        pack = load_pack(HOUSE, code, date(2026, 11, 24))
        again = canonical.load(canonical.dump(pack), pack.on)
        for vignette in pack.vignettes:
            if vignette.pack == code:
                facts = vignette_facts(pack, vignette)
                was, now = (assess(one, facts, vignette.as_of) for one in (pack, again))
                assert now.canonical() == was.canonical(), vignette.file


def test_the_form_is_that_of_rfc_8785(country: Pack) -> None:
    raw = canonical.dump(country)
    data = json.loads(raw)
    assert (
        raw == json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    )
    assert data["format"] == "serai-pack-1"
    assert data["posts"][0]["lat"] == "44.21", "no floats"
    # An astral letter is two units from U+D800 on: before U+FF41, though its code point is higher.
    assert canonical.to_json({"\uff41": 1, "\U00010400": 2, "a": 3}) == (
        '{"a":3,"\U00010400":2,"\uff41":1}'.encode()
    )
    assert (
        canonical.to_json({"a": '\u20ac\n\x01"\\/'}) == '{"a":"\u20ac\\n\\u0001\\"\\\\/"}'.encode()
    )


def test_an_archive_of_old_stays_loadable_for_ever() -> None:
    """These bytes were published once. If this fails, the reader has lost the past."""
    for path in sorted(ARCHIVES.glob("*.json")):
        raw = path.read_bytes()
        pack = canonical.load(raw)
        assert path.name == f"{pack.code}-{pack.sha256[:12]}.json"
        assert canonical.dump(pack) == raw
    assert pack.bound_by("REFUGEE-1951", DAY) is True


def test_the_day_is_kept_and_cannot_lie_before_the_first(base: Pack) -> None:
    raw = canonical.dump(base)
    assert canonical.load(raw, DAY).on == DAY
    assert canonical.load(raw).on == date(2020, 1, 1)
    with pytest.raises(PackError, match="days from 2020-01-01"):
        canonical.load(raw, date(2019, 12, 31), "old")


def _with(data: Any, path: str, value: Any) -> bytes:
    *keys, last = path.split(".")
    for key in keys:
        data = data[int(key) if key.isdigit() else key]
    if value is None:
        del data[last]
    else:
        data[int(last) if last.isdigit() else last] = value
    return b""


DAMAGE: Mapping[str, tuple[str, Any, str]] = {
    "another format": ("format", "serai-pack-0", "serai-pack-1"),
    "an unknown key": ("colour", "blue", "unknown key"),
    "a key that is left out": ("vignettes", [], "unknown key"),
    "a row with an unknown key": ("rules.0.colour", "blue", "rules.0.colour"),
    "a place in a file": ("rules.0.origin.file", "x", "rules.0.origin.file"),
    "no rules": ("rules", None, "a missing key"),
    "a rule without a profile": ("rules.0.profile", None, "a missing key"),
    "a rule of no profile": ("rules.0.profile", "NONE", "profile NONE"),
    "a strength that is none": ("rules.0.strength", "sure", "sure"),
    "a condition of no kind": ("rules.0.when.is", "Always", "a condition: Is, Within"),
    "a condition of no fact": ("rules.0.when.slot", "colour", "colour"),
    "a fact of no kind": ("facts.0.kind", "feeling", "feeling"),
    "a number for a text": ("facts.0.kind", 7, "facts.0.kind"),
    "a text for a list": ("rules.0.source", "S.1", "a list"),
    "a list for a map": ("texts", [], "a map"),
    "a map for a list": ("routes", {}, "a list"),
    "a row that is none": ("needs.0", 3, "a map"),
    "an action that is none": ("holds.0.shuts", ["FLY"], "RETURN, DETAIN"),
    "a yes for a truth": ("needs.0.consent", "yes", "bool"),
    "a default written out": ("facts.0.unit", "", "not canonical"),
    "a day that is none": ("valid_from", "2020-13-01", "date"),
    "a fact twice": ("facts.1.id", "fear", "a second time"),
    "no English": ("texts.en", None, "no English"),
    "a need without a packet": ("packets", [], "without a packet"),
    "no thresholds": ("thresholds.presumed", None, "thresholds"),
    "nothing to count": ("thresholds.presumed", {"sure": 1}, "sure"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named(base: Pack, name: str) -> None:
    path, value, said = DAMAGE[name]
    data = json.loads(canonical.dump(base))
    _with(data, path, value)
    with pytest.raises(PackError) as caught:
        canonical.load(canonical.to_json(data), name="old.json")
    assert caught.value.file == "old.json"
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[]", "no map"),
        (b"null", "no map"),
        (b'{"format":"serai-pack-1","format":"serai-pack-1"}', "a second time"),
        (b'{"format":1.5}', "whole numbers"),
        (b'{"format":NaN}', "whole numbers"),
        (b"[" * 100_000, "without end"),
        (b" " * 16_000_001, "at most"),
        (b'{"format":"serai-pack-1","line":' + b"9" * 5000 + b"}", "no JSON"),
    ],
)
def test_what_is_no_archive_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(PackError, match=said):
        canonical.load(raw)


def test_another_layout_of_the_same_json_is_refused(base: Pack) -> None:
    data = json.loads(canonical.dump(base))
    with pytest.raises(PackError, match="not canonical"):
        canonical.load(json.dumps(data, ensure_ascii=False).encode())


def test_circles_of_derived_facts_are_refused(base: Pack) -> None:
    data = json.loads(canonical.dump(base))
    data["derived"][0][1] = {"is": "Is", "slot": data["derived"][0][0], "yes": True}
    with pytest.raises(PackError, match="reads itself"):
        canonical.load(canonical.to_json(data))
