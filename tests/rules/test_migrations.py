"""Migrations are numbered and form one line, so that two branches conflict in git, not in production."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest


def value(tree: ast.Module, name: str) -> object:
    """What a module-level name is set to, read without running the migration."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        for target in targets:
            if isinstance(target, ast.Name) and target.id == name:
                return ast.literal_eval(node.value)  # type: ignore[attr-defined]  # both kinds have one
    return None


@pytest.fixture(scope="module")
def migrations(root: Path) -> list[Path]:
    versions = root / "migrations" / "versions"
    return sorted(path for path in versions.glob("*.py") if path.name != "__init__.py")


def test_migrations_are_numbered_without_a_gap(migrations: list[Path]) -> None:
    numbers = [
        int(match[1])
        for path in migrations
        if (match := re.match(r"(\d{4})_[a-z_]+\.py", path.name))
    ]

    assert migrations
    assert numbers == list(range(1, len(migrations) + 1))


def test_each_migration_follows_the_one_before(migrations: list[Path]) -> None:
    before = None
    for path in migrations:
        tree = ast.parse(path.read_text(encoding="utf-8"))

        assert value(tree, "revision") == path.name[:4]
        assert value(tree, "down_revision") == before
        before = path.name[:4]


def test_each_migration_can_be_taken_back(migrations: list[Path]) -> None:
    for path in migrations:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        down = [
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name == "downgrade"
        ]

        assert len(down) == 1
        assert any(
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
            for node in ast.walk(down[0])
        )
