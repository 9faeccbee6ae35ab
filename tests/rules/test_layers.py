"""The import contracts of setup.cfg hold, and each of them can fail."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOMS = ("app", "models", "workflows", "config")
#: Contract -> a module, and a line in it that the contract must refuse.
PLANTED = {
    "layers": ("models/planted.py", "import app.factory"),
    "web": ("workflows/planted.py", "from flask import g"),
    "doors": ("app/jobs/planted.py", "import app.cli"),
    "storage": ("app/web/planted.py", "from sqlalchemy import select"),
    "facts": ("config/planted.py", "import cryptography"),
    "pure": ("workflows/names/planted.py", "from models.base import Base"),
    "secrets": ("app/web/sealing.py", "from cryptography.fernet import Fernet"),
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    environ = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [program, "--no-cache"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def contracts(root: Path) -> dict[str, str]:
    """Key of each contract in setup.cfg -> its name in the report."""
    reader = configparser.ConfigParser()
    reader.read(root / "setup.cfg", encoding="utf-8")
    mark = "importlinter:contract:"
    found = [section for section in reader.sections() if section.startswith(mark)]
    return {section.removeprefix(mark): reader[section]["name"] for section in found}


@pytest.fixture(scope="module")
def report_of_the_planted_copy(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    copy = tmp_path_factory.mktemp("planted")
    shutil.copy(root / "setup.cfg", copy)
    for room in ROOMS:
        shutil.copytree(
            root / room, copy / room, ignore=lambda folder, names: _not_python(Path(folder), names)
        )
    for module, line in PLANTED.values():
        (copy / module).write_text(f"{line}\n", encoding="utf-8")
    return lint_imports(copy).stdout


def _not_python(folder: Path, names: list[str]) -> list[str]:
    return [name for name in names if (folder / name).is_file() and not name.endswith(".py")]


def test_every_contract_is_kept(root: Path) -> None:
    result = lint_imports(root)

    assert result.returncode == 0, result.stdout + result.stderr


def test_every_contract_has_a_planted_violation(root: Path) -> None:
    assert set(PLANTED) == set(contracts(root))


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_violation_breaks_its_contract(
    contract: str, root: Path, report_of_the_planted_copy: str
) -> None:
    assert f"{contracts(root)[contract]} BROKEN" in report_of_the_planted_copy
