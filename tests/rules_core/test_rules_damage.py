"""Whatever happens to a file of a pack or of facts: it loads, or one fault names the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflows.rules import canonical
from workflows.rules.assess import assess
from workflows.rules.facts_file import read_facts
from workflows.rules.faults import FactsError, PackError
from workflows.rules.packs import Pack, load_pack

DAY = date(2026, 3, 1)
PACKS = Path(__file__).parent / "packs"
FILES = sorted(
    p.relative_to(PACKS).as_posix() for p in PACKS.rglob("*") if p.suffix in {".yaml", ".csv"}
)
SETTINGS = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
#: What people and broken editors put into files.
BITS = st.one_of(
    st.sampled_from(
        [
            *(":", "{", "}", "[", "]", ",", "|", '"', "'", "#", "-", "&a ", "*a", "!x ", "? ", "%"),
            *("\n", "\n  ", "\t", "\r", "\x00", "\ufeff", "\u200f", "---\n", "...\n", "<<: "),
            *(
                "yes",
                "no",
                "null",
                "~",
                "5",
                "-1",
                "1e9",
                "9" * 30,
                "2026-02-30",
                "fear",
                "\\ud800",
            ),
            *('"\\ud800"', '"\\0"', "profile UAC", "maybe under 18", "not ruled out"),
        ]
    ),
    st.text(max_size=4),
)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file of the small packs with a few places cut, doubled, moved or overwritten."""
    file = draw(st.sampled_from(FILES))
    raw = (PACKS / file).read_bytes().decode()
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(raw)))
        end = at + draw(st.integers(0, 12))
        bit = draw(BITS) if draw(st.booleans()) else raw[at:end] * draw(st.integers(0, 2))
        raw = raw[:at] + bit + raw[end:]
    cut = draw(st.booleans()) and draw(st.booleans())
    whole = raw.encode("utf-8", errors="surrogatepass")
    return file, whole[: draw(st.integers(0, len(whole)))] if cut else whole


@SETTINGS
@given(damage=damaged())
def test_a_damaged_pack_loads_or_says_where(copy_of_packs: Path, damage: tuple[str, bytes]) -> None:
    file, raw = damage
    path = copy_of_packs / file
    whole = path.read_bytes()
    path.write_bytes(raw)
    try:
        for code in ("bas", "lan"):
            pack = load_or_fault(copy_of_packs, code)
            if pack is not None:
                again = canonical.load(canonical.dump(pack))
                assert canonical.dump(again) == canonical.dump(pack)
                assert assess(again, {}, DAY).canonical() == assess(pack, {}, DAY).canonical()
    finally:
        path.write_bytes(whole)


def load_or_fault(root: Path, code: str) -> Pack | None:
    try:
        return load_pack(root, code, DAY)
    except PackError as fault:
        place = (fault.file, fault.line, fault.found, fault.allowed)
    assert place[0].startswith(("bas/", "lan/"))
    assert place[1] >= 0
    assert place[2]
    assert place[3]
    return None


@SETTINGS
@given(st.data())
def test_a_damaged_archive_is_refused(base: Pack, data: st.DataObject) -> None:
    raw = bytearray(canonical.dump(base))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != raw[at]))
    try:
        found = canonical.load(bytes(raw))
    except PackError:
        return
    assert found.sha256 != base.sha256, "another pack, and known as another"
    assert canonical.dump(found) == bytes(raw)


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=6),
        st.sampled_from(
            ["yes", "no", "14", "14..16", "..", "2011", "2011-02", "2010..2012", "M", "none", "KAZ"]
        ),
        st.sampled_from(["declined", "contradictory", "restricted", "not_asked", "doctor", "ru"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["least", "most", "age", "on", "one of", "doctor", "food", "x"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=4,
)


@SETTINGS
@given(st.data())
def test_any_json_is_facts_or_a_fault_and_never_opens_an_action(
    base: Pack, data: st.DataObject
) -> None:
    given_: Mapping[str, Any] = data.draw(
        st.dictionaries(st.sampled_from(sorted(base.facts)), JSON, max_size=4)
    )
    raw = json.dumps(given_).encode()
    try:
        facts = read_facts(raw, "f.json", base, DAY)
    except FactsError:
        return
    stated = {name for name, answer in facts.items() if answer.value is not None}
    nobody = assess(base, {}, DAY)
    assert not stated or set(facts) <= set(base.facts)
    if not stated:
        assert assess(base, facts, DAY).shut == nobody.shut


@SETTINGS
@given(
    st.one_of(
        st.binary(max_size=60),
        st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
    )
)
def test_any_bytes_are_facts_or_a_fault(base: Pack, raw: bytes) -> None:
    with suppress(FactsError):
        assert read_facts(raw, "f.json", base, DAY) == {}


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_change_nothing(
    copy_of_packs: Path, country: Pack, line_end: str
) -> None:
    for path in copy_of_packs.rglob("*"):
        if path.suffix in {".yaml", ".csv"}:
            path.write_bytes(path.read_bytes().replace(b"\n", line_end.encode()))
    assert load_pack(copy_of_packs, "lan", DAY).sha256 == country.sha256
