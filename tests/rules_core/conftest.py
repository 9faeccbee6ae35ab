"""Fixtures of the rules core: a small base pack and a country over it, and strategies of answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from workflows.rules.packs import Pack, load_pack

PACKS = Path(__file__).parent / "packs"
DAY = date(2026, 3, 1)


@pytest.fixture(scope="session")
def base() -> Pack:
    return load_pack(PACKS, "bas", DAY)


@pytest.fixture(scope="session")
def country() -> Pack:
    return load_pack(PACKS, "lan", DAY)


@pytest.fixture
def copy_of_packs(tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    for path in PACKS.rglob("*"):
        if path.is_file():
            target = tmp_path / path.relative_to(PACKS)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return tmp_path


@pytest.fixture
def spoil(copy_of_packs: Path) -> Callable[[str, str, str], Path]:
    """Replace text in one file of the copied packs; the root of the copy is given back."""

    def change(file: str, old: str, new: str) -> Path:
        path = copy_of_packs / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return copy_of_packs

    return change
