"""What the tests about the code itself share: the checkout and the texts in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: What nobody here wrote, or what a run makes.
NOT_OURS = {"vendor", "node_modules", "build", "dist", "data", "__pycache__", "serai.egg-info"}
TEXT = {
    ".py", ".js", ".mjs", ".css", ".scss", ".html", ".txt", ".md", ".cfg", ".toml", ".yaml", ".yml",
    ".json", ".csv", ".sh", ".po", ".ini", ".mako", "",
}  # fmt: skip


def walk(folder: Path) -> Iterator[Path]:
    """Files below a folder, without what is hidden, vendored or made. config/data is ours."""
    for path in sorted(folder.iterdir()):
        hidden = path.name.startswith(".") and path.name not in {
            ".ci",
            ".gitignore",
            ".editorconfig",
        }
        made = path.name in NOT_OURS and path != ROOT / "config" / "data"
        if hidden or made:
            continue
        if path.is_dir():
            yield from walk(path)
        else:
            yield path


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def texts() -> dict[Path, str]:
    """Every text we wrote, by its path inside the checkout."""
    paths = [
        path
        for path in walk(ROOT)
        if path.suffix in TEXT and not path.name.endswith(("-lock.json", ".min.js"))
    ]
    return {path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in paths}


@pytest.fixture(scope="session")
def sources(texts: dict[Path, str]) -> dict[Path, str]:
    """Every Python file we wrote."""
    return {path: text for path, text in texts.items() if path.suffix == ".py"}
