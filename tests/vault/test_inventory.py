"""The inventory of keys and algorithms names all that the code has, and no more (ASVS 11.1.1, 11.1.2)."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from models.vault.contract import MAC_IDS, PURPOSES
from models.vault.errors import VaultError
from models.vault.inventory import KEYS, PRIMITIVES
from models.vault.providers import FileProvider

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


@pytest.mark.asvs("11.1.2", "11.2.1", "11.3.1", "11.3.2", "11.6.1")
def test_every_primitive_is_named_and_only_those() -> None:
    assert imported() == set(PRIMITIVES)


def test_no_line_leaves_a_question_open() -> None:
    for key in KEYS:
        told = (key.name, key.purpose, key.algorithm, key.bits, key.held, key.rotation, key.source)
        assert all(told), key.name
    assert len({key.name for key in KEYS}) == len(KEYS)


@pytest.mark.asvs("11.2.3")
def test_every_key_is_worth_128_bits_or_more() -> None:
    """X25519 and Ed25519 (255) and ML-KEM-768 are worth 128 and 192 (NIST SP 800-57, FIPS 203)."""
    for key in KEYS:
        parts = re.split(r" and |; ", key.bits)
        assert parts
        for part in parts:
            assert part == "ML-KEM-768" or int(part) >= 128, key.name


@pytest.mark.asvs("11.4.4")
def test_keys_from_passwords_are_stretched_as_owasp_says(tmp_path: Path) -> None:
    """And a file that was altered to ask for less does not open."""
    path = tmp_path / "keyring"
    FileProvider.create(path, "a passphrase that is long")
    head = json.loads(path.read_text(encoding="utf-8"))
    assert head["memory_kib"] * head["passes"] >= 19_456 * 2
    path.write_text(json.dumps({**head, "memory_kib": 8}), encoding="utf-8")
    with pytest.raises(VaultError):
        FileProvider.open(path, "a passphrase that is long")
    stretched = ast.parse((ROOT / "models/vault/envelope.py").read_text(encoding="utf-8"))
    rounds = {
        ast.unparse(node.targets[0]): node.value
        for node in stretched.body
        if isinstance(node, ast.Assign)
    }["_ROUNDS"]
    assert ast.literal_eval(rounds) >= 600_000
