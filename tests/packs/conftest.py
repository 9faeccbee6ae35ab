"""The packs as they stand in the house, loaded once for this folder's tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from workflows.rules.packs import Pack, load_pack

CONFIG = Path(__file__).resolve().parents[2] / "config"
CODES = tuple(sorted(head.parent.name for head in (CONFIG / "packs").glob("*/pack.yaml")))
DAY = date(2026, 11, 24)


@pytest.fixture(scope="session")
def packs() -> Mapping[str, Pack]:
    """Every pack of the house by its code, on one fixed day."""
    return {code: load_pack(CONFIG / "packs", code, DAY) for code in CODES}


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of code lists."""
    return CONFIG / "data"
