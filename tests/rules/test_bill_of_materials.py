"""The bill of materials names all that runs: what is asked for, what that brings, what browsers load."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import distribution, version
from pathlib import Path

import pytest

from tools import sbom


@pytest.mark.asvs("15.1.2")
def test_every_library_and_what_it_brings_is_named_with_its_version() -> None:
    found = {one["name"]: one for one in sbom.bill()["components"] if one["type"] == "library"}
    # All that is asked for and is here; extras may be left out, and what is for another system.
    assert {name for name in sbom.asked() if name in sbom.libraries()} <= set(found)
    assert {"flask", "sqlalchemy", "cryptography", "psycopg", "psycopg-binary"} <= set(found)
    # Brought by Flask, SQLAlchemy, webauthn, pikepdf and openpyxl; asked for by nobody.
    for brought in ("itsdangerous", "typing-extensions", "cbor2", "lxml", "et-xmlfile"):
        assert brought not in sbom.asked()
        assert found[brought]["version"] == version(brought)
        assert found[brought]["purl"] == f"pkg:pypi/{brought}@{version(brought)}"
    # Nothing that only tests or builders need.
    assert not {"pytest", "ruff", "mypy", "playwright"} & set(found)
    for one in sbom.libraries().values():
        for line in one.requires or ():
            if ";" not in line:
                name = sbom._name(line)
                assert name in found, f"{one.name} brings {name}"


@pytest.mark.asvs("15.1.2")
def test_every_vendored_file_stands_there_with_its_hash(tmp_path: Path) -> None:
    out = tmp_path / "bill.json"
    command = [sys.executable, "-m", "tools.sbom", str(out)]
    subprocess.run(command, check=True, cwd=sbom.ROOT)
    told = json.loads(out.read_text("utf-8"))
    files = {one["name"] for one in told["components"] if one["type"] == "file"}
    there = {
        str(path.relative_to(sbom.VENDORED)) for path in sbom.VENDORED.rglob("*") if path.is_file()
    }
    assert files == there
    assert there
    assert distribution("flask").version in out.read_text("utf-8")
