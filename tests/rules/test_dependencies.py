"""What we import is declared, what is declared is used and explained, and libraries stay in their rooms."""

from __future__ import annotations

import ast
import configparser
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOMS = {"app", "config", "models", "workflows", "migrations"}
#: Used without an import of ours: by the standard library, Flask-Babel, Flask; fonts by fontpkg.
SILENT = {"tzdata", "fontpkg-noto-sans", "fontpkg-noto-sans-arabic"}
#: Library -> the only files that may import it (architecture.md 2, rule 3).
HOMES = {
    "marshmallow": ("app/schemas/*", "workflows/rules/pack*.py"),
    "webargs": ("app/api/*",),
    "yaml": ("workflows/rules/*", "config/*", "tests/*", "tools/*"),
    "z3": ("workflows/rules/proof_solver.py", "workflows/disclosure/attack_audit.py"),
    "highspy": ("workflows/disclosure/exact_solver.py",),
    "flask": ("app/*", "tests/*", "tools/*", "bench/timing.py"),
    "click": ("app/cli/*", "tests/*", "tools/*"),
    "requests": (),
    "pickle": ("tests/*",),  # to show that it is refused
}


def imports(text: str) -> Iterator[str]:
    """The top-level names that a file imports."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def plain(name: str) -> str:
    """A distribution's name as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def names(block: str) -> set[str]:
    return {
        plain(re.split(r"[\s\[<>=;~!]", line, maxsplit=1)[0])
        for line in block.split("\n")
        if line.strip()
    }


@pytest.fixture(scope="module")
def declared(root: Path) -> dict[str, set[str]]:
    """`runtime` and each extra -> the distributions that setup.cfg asks for."""
    reader = configparser.ConfigParser()
    reader.read(root / "setup.cfg", encoding="utf-8")
    found = {"runtime": names(reader["options"]["install_requires"])}
    return found | {
        extra: names(block) for extra, block in reader["options.extras_require"].items()
    }


@pytest.fixture(scope="module")
def imported(sources: dict[Path, str]) -> dict[str, set[str]]:
    """Distribution -> our files that import it; the standard library and ourselves left out."""
    distributions = packages_distributions()
    found: dict[str, set[str]] = {}
    for path, text in sources.items():
        for name in set(imports(text)) - set(sys.stdlib_module_names) - ROOMS:
            for distribution in distributions.get(name, []):
                found.setdefault(plain(distribution), set()).add(path.as_posix())
    return found


def test_every_library_that_the_product_imports_is_declared(
    declared: dict[str, set[str]], imported: dict[str, set[str]]
) -> None:
    usable = declared["runtime"] | declared["server"] | declared["postgres"] | declared["prove"]
    usable |= (
        declared["oidc"] | declared["vault"] | declared["aws"] | declared["pkcs11"] | {"serai"}
    )
    missing = {
        distribution: sorted(paths)
        for distribution, paths in imported.items()
        if distribution not in usable and any(path.split("/")[0] in ROOMS for path in paths)
    }

    assert missing == {}


def test_every_runtime_dependency_is_imported(
    declared: dict[str, set[str]], imported: dict[str, set[str]]
) -> None:
    product = {
        name
        for name, paths in imported.items()
        if any(path.split("/")[0] in ROOMS for path in paths)
    }

    assert declared["runtime"] - product - SILENT == set()


def test_every_dependency_has_its_line_in_the_documents_and_only_those(
    declared: dict[str, set[str]], root: Path
) -> None:
    text = (root / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| [")]
    explained = {plain(match[1]) for row in rows if (match := re.match(r"\s*\[([^\]]+)\]", row[0]))}

    assert explained == set.union(*declared.values())
    assert all(len(row) == 5 and all(cell.strip() for cell in row) for row in rows)


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stays_in_its_rooms(library: str, sources: dict[Path, str]) -> None:
    strays = [
        path.as_posix()
        for path, text in sources.items()
        if library in set(imports(text))
        and not any(fnmatch(path.as_posix(), home) for home in HOMES[library])
    ]

    assert strays == []
