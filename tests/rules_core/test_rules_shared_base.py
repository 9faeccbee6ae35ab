"""A base is read once for all its countries: nothing leaks between them, and nothing is ever stale."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from workflows.rules import canonical
from workflows.rules.faults import PackError
from workflows.rules.packs import Pack, load_pack

DAY = date(2026, 3, 1)
Spoil = Callable[[str, str, str], Path]


def test_a_country_leaves_nothing_in_its_base(copy_of_packs: Path, base: Pack) -> None:
    before = canonical.dump(load_pack(copy_of_packs, "bas", DAY))
    country = load_pack(copy_of_packs, "lan", DAY)
    assert canonical.dump(load_pack(copy_of_packs, "bas", DAY)) == before == canonical.dump(base)
    assert set(country.agencies) - set(base.agencies)
    assert country.texts["en"] != base.texts["en"]


def test_a_changed_base_is_seen_at_once_also_with_its_old_time(
    copy_of_packs: Path, country: Pack, spoil: Spoil
) -> None:
    assert load_pack(copy_of_packs, "lan", DAY).sha256 == country.sha256
    file = copy_of_packs / "bas" / "rules" / "main.yaml"
    times = file.stat()
    spoil("bas/rules/main.yaml", "age: under 18", "age: under 17")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    changed = load_pack(copy_of_packs, "lan", DAY)
    assert changed.rules["UAC.1"].when != country.rules["UAC.1"].when
    spoil("bas/rules/main.yaml", "age: under 17", "age: under 18")
    assert load_pack(copy_of_packs, "lan", DAY).sha256 == country.sha256


def test_a_broken_base_stops_its_countries_until_it_is_mended(
    copy_of_packs: Path, country: Pack, spoil: Spoil
) -> None:
    spoil("bas/needs.yaml", "function: child", "function: children")
    for _ in range(2):
        with pytest.raises(PackError, match=r"bas/needs\.yaml:1"):
            load_pack(copy_of_packs, "lan", DAY)
    spoil("bas/needs.yaml", "function: children", "function: child")
    assert load_pack(copy_of_packs, "lan", DAY).sha256 == country.sha256


def test_every_day_has_its_own_rows(copy_of_packs: Path) -> None:
    days = [date(2021, 12, 31), date(2022, 1, 1), date(2021, 12, 31)]
    assert ["VOT.old" in load_pack(copy_of_packs, "lan", day).rules for day in days] == [
        True,
        False,
        True,
    ]


def test_threads_get_the_same_packs(copy_of_packs: Path, base: Pack, country: Pack) -> None:
    wanted = {"bas": base.sha256, "lan": country.sha256}
    work = [("bas", "lan")[n % 2] for n in range(24)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda code: load_pack(copy_of_packs, code, DAY), work))
    assert [pack.sha256 for pack in found] == [wanted[code] for code in work]


def test_many_versions_of_a_base_are_forgotten_again(copy_of_packs: Path, spoil: Spoil) -> None:
    """More contents than are kept: the oldest are read again, and read right."""
    hashes = [load_pack(copy_of_packs, "bas", DAY).sha256]
    for n in range(10):
        spoil("bas/pack.yaml", f"owner: Tests{n or ''}", f"owner: Tests{n + 1}")
        hashes.append(load_pack(copy_of_packs, "bas", DAY).sha256)
    assert len(set(hashes)) == 11
    spoil("bas/pack.yaml", "owner: Tests10", "owner: Tests")
    assert load_pack(copy_of_packs, "bas", DAY).sha256 == hashes[0]
