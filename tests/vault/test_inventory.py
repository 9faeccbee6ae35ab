"""The inventory of keys and algorithms names all that the code has, and no more (ASVS 11.1.1, 11.1.2)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from models.vault.contract import MAC_IDS, PURPOSES
from models.vault.inventory import KEYS, PRIMITIVES

ROOT = Path(__file__).parents[2]
#: What is imported from `cryptography` and computes nothing by itself.
HELPERS = {
    *("InvalidTag", "InvalidKey", "InvalidSignature", "InvalidToken", "UnsupportedAlgorithm"),
    *("AEAD", "KDF", "KEM", "serialization", "Buffer"),
}


def imported() -> set[str]:
    found = set()
    for room in ("app", "models", "workflows"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                module = node.module if isinstance(node, ast.ImportFrom) else None
                if isinstance(node, ast.ImportFrom) and (module or "").startswith("cryptography"):
                    found |= {alias.name for alias in node.names}
    return found - HELPERS


@pytest.mark.asvs("11.1.2")
def test_every_purpose_and_token_key_has_its_line() -> None:
    covered = [name for key in KEYS for name in key.covers]
    assert sorted(covered) == sorted({*PURPOSES, *MAC_IDS})


@pytest.mark.asvs("11.1.2", "11.3.1", "11.3.2")
def test_every_primitive_is_named_and_only_those() -> None:
    assert imported() == set(PRIMITIVES)


def test_no_line_leaves_a_question_open() -> None:
    for key in KEYS:
        told = (key.name, key.purpose, key.algorithm, key.bits, key.held, key.rotation, key.source)
        assert all(told), key.name
    assert len({key.name for key in KEYS}) == len(KEYS)
