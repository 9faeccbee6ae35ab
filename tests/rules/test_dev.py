"""dev.py needs nothing but Python, says in one line what is missing, and belongs to this checkout."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

import pytest

VERBS = {"run", "test", "check", "bench", "screens", "vendor", "i18n", "docs", "clean", "serai"}


@pytest.fixture
def dev(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """dev.py as a module whose environment lies in a temporary folder."""
    spec = importlib.util.spec_from_file_location("dev_under_test", root / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, path in {
        "VENV": ".venv",
        "STAMP": ".venv/serai.json",
        "PYTHON": ".venv/bin/python",
    }.items():
        monkeypatch.setattr(module, name, tmp_path / path)
    return module


def bare(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """dev.py without site-packages, environment variables or the folder's own modules."""
    command = [sys.executable, "-S", "-I", str(root / "dev.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_help_needs_nothing_but_python(root: Path) -> None:
    result = bare(root, "--help")

    assert result.returncode == 0, result.stderr
    assert set(re.findall(r"^    (\w+)", result.stdout, re.MULTILINE)) == VERBS


@pytest.mark.parametrize("words", [["run", "--port", "0"], ["run", "--prot", "8000"], ["fly"], []])
def test_a_wrong_word_is_refused_and_installs_nothing(words: list[str], root: Path) -> None:
    result = bare(root, *words)

    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_an_older_python_is_refused_in_one_sentence(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 12))
    monkeypatch.setattr(sys, "version", "3.10.12 (main)")
    code = compile((root / "dev.py").read_text(encoding="utf-8"), "dev.py", "exec")

    with pytest.raises(SystemExit) as refused:
        exec(code, {"__name__": "dev", "__file__": str(root / "dev.py")})

    assert refused.value.code == "Serai needs Python 3.11 or newer; this is Python 3.10.12."


def test_a_missing_ensurepip_names_the_line_to_type(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda _name: None)
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda _name: None)

    with pytest.raises(SystemExit, match=r"^dev\.py: .*sudo apt install python3-venv$"):
        dev.create()


def test_the_environment_is_renewed_only_when_what_it_needs_changed(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[object, ...]] = []
    monkeypatch.setattr(dev, "start", lambda *words, **_environ: started.append(words) or 0)
    dev.PYTHON.parent.mkdir(parents=True)
    dev.PYTHON.touch()

    dev.environment(("server",))
    dev.environment(("server",))
    assert len(started) == 1

    dev.environment(("server", "test"))
    assert started[1][-1] == ".[server,test]"

    monkeypatch.setattr(dev, "fingerprint", lambda: "changed")
    dev.environment(("server",))
    assert len(started) == 3


def test_a_failed_installation_is_tried_again(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "start", lambda *_words, **_environ: 1)
    dev.PYTHON.parent.mkdir(parents=True)
    dev.PYTHON.touch()

    with pytest.raises(SystemExit, match="installation failed"):
        dev.environment(("server",))

    assert dev.installed() == set()


def test_a_missing_browser_is_a_failure_where_everything_is_required(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(dev, "environment", lambda _extras: None)
    monkeypatch.setattr(dev, "compile_catalogues", lambda: None)
    monkeypatch.setattr(dev, "chromium", lambda: None)
    monkeypatch.setattr(dev, "postgres", lambda: True)

    with pytest.raises(SystemExit, match="sudo apt install chromium"):
        dev.main(["test"])


def test_skipped_tests_are_read_from_the_report(dev: ModuleType, tmp_path: Path) -> None:
    report = tmp_path / "tests.xml"
    report.write_text(
        "<testsuites><testsuite><testcase name='ran'/>"
        "<testcase name='did_not'><skipped message='no'/></testcase></testsuite></testsuites>",
        encoding="utf-8",
    )

    assert dev.skipped(report) == ["did_not"]


@pytest.mark.parametrize("package", ["app", "models", "workflows", "config", "migrations", "wsgi"])
def test_our_top_level_names_are_provided_by_us_alone(package: str) -> None:
    """These are common words; another distribution that brings one would be imported instead."""
    assert set(packages_distributions().get(package, [])) <= {"serai"}
