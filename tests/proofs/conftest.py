"""The packs of the house and the small ones of the rules core, loaded once for this folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from workflows.rules.pack import Pack
from workflows.rules.packs import load_pack

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 24)


@pytest.fixture(scope="session")
def house() -> Callable[[str], Pack]:
    """A pack of the house by its code."""
    known: dict[str, Pack] = {}

    def get(code: str) -> Pack:
        if code not in known:
            known[code] = load_pack(ROOT / "config" / "packs", code, DAY)
        return known[code]

    return get


@pytest.fixture(scope="session")
def small() -> Pack:
    return load_pack(ROOT / "tests" / "rules_core" / "packs", "bas", DAY)


@pytest.fixture(scope="session")
def small_country() -> Pack:
    return load_pack(ROOT / "tests" / "rules_core" / "packs", "lan", DAY)
