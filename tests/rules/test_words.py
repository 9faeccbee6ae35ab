"""What may not stand in our texts: nameless rooms, unfinished work, swallowed errors, machines, people."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "service"}
#: Names that would be mistaken for a sibling of app/.
MISTAKEN = {"app/models.py", "app/config.py", "app/workflows.py", "models/config.py"}

# The marks are written in parts, so that this file does not find itself.
UNFINISHED = re.compile(
    r"\b(?:TO" r"DO|FIX" r"ME)\b|#.*\bXX" r"X\b|\b(?:NotImplemented" r"Error|pragma: no " r"cover"
    r"|mark\.sk" r"ip|mark\.xf" r"ail|pytest\.sk" r"ip|importorsk" r"ip|type: ign" r"ore(?!\[))"
)  # fmt: skip
UNREASONED = re.compile(r"# type: ign" r"ore\[[\w, -]+\](?!\s*#\s*\w)")
# Markup of a literal is ours; of anything else it may be somebody's.
UNESCAPED = re.compile(r"\|\s*sa" r"fe\b|\bMark" r"up\((?![\"'\)])")
MACHINE = re.compile(
    r"(?<![\w.:/])/(?:wo" r"rk|fa" r"rm|ho" r"me/[a-z]|ro" r"ot/|tm" r"p/(?!\{))[\w./-]+"
)
REGISTRY = re.compile(
    r"(?:pypi|registry|index|mirror|artifactory|nexus)[\w.-]*\.(?!org\b)(?:internal|corp|lan|local)\b"
)
ADDRESS = re.compile(
    r"[\w.+-]+@(?!(?:[\w-]+\.)*(?:example(?:\.\w+)?|test|invalid|localhost)\b)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b"
)
PHONE = re.compile(r"(?<![\w.+-])\+\d(?:[ ()-]?\d){9,14}(?![\w.])")


def whole_lines(texts: dict[Path, str], pattern: re.Pattern[str]) -> Iterator[str]:
    for path, text in texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                yield f"{path}:{number}: {line.strip()}"


def findings(texts: dict[Path, str], pattern: re.Pattern[str]) -> Iterator[str]:
    return (line[:120] for line in whole_lines(texts, pattern))


@pytest.mark.parametrize(
    ("pattern", "sample"),
    [
        pytest.param(UNFINISHED, "x = 1  # TO" + "DO later", id="unfinished"),
        pytest.param(
            UNREASONED, "x = y  # type: ign" + "ore[misc]", id="type-ignore-without-reason"
        ),
    ],
)
def test_no_python_file_holds(
    pattern: re.Pattern[str], sample: str, sources: dict[Path, str]
) -> None:
    assert pattern.search(sample)
    assert list(findings(sources, pattern)) == []


@pytest.mark.parametrize(
    ("pattern", "sample"),
    [
        pytest.param(UNESCAPED, "{{ name | sa" + "fe }}", id="unescaped-output"),
        pytest.param(MACHINE, "open('/ho" + "me/somebody/file')", id="path-of-one-machine"),
        pytest.param(REGISTRY, "pypi.example.int" + "ernal", id="package-host"),
    ],
)
def test_no_text_holds(pattern: re.Pattern[str], sample: str, texts: dict[Path, str]) -> None:
    """Documents may speak of unescaped output; no other text may have it."""
    read = {
        path: text
        for path, text in texts.items()
        if not (pattern is UNESCAPED and path.suffix == ".md")
    }

    reasoned = "# noqa: S704  # "  # where the linter's own rule is answered with a reason
    found = [line for line in whole_lines(read, pattern) if reasoned not in line]

    assert pattern.search(sample)
    assert found == []


@pytest.mark.parametrize(
    ("pattern", "sample", "invented"),
    [
        pytest.param(ADDRESS, "a.b@mail.kz", "officer@example.org", id="address"),
        pytest.param(PHONE, "+7 701 234 56 78", "+7 000", id="phone"),
    ],
)
def test_no_text_holds_what_may_belong_to_somebody(
    pattern: re.Pattern[str], sample: str, invented: str, texts: dict[Path, str]
) -> None:
    """Packs name public offices; everybody else in this repository is invented and looks it."""
    read = {path: text for path, text in texts.items() if path.parts[:2] != ("config", "packs")}
    found = [
        line
        for line in findings(read, pattern)
        if "0000" not in line.replace(" ", "") and "tests/rules" not in line
    ]

    assert pattern.search(sample)
    assert not pattern.search(invented)
    assert found == []


def test_no_module_has_a_name_that_says_nothing(sources: dict[Path, str]) -> None:
    nameless = [str(path) for path in sources if {path.stem, *path.parts[:-1]} & NAMELESS]

    assert nameless == []
    assert MISTAKEN.isdisjoint(path.as_posix() for path in sources)


def test_an_import_inside_a_function_says_why(sources: dict[Path, str]) -> None:
    """Only heavy, optional libraries may wait; the comment beside or above the import gives the reason."""
    silent = []
    product = {path: text for path, text in sources.items() if path.parts[0] != "tests"}
    for path, text in product.items():
        lines = text.splitlines()
        for node in late_imports(ast.parse(text)):
            beside, above = lines[node.lineno - 1], lines[node.lineno - 2]
            if "#" not in beside and not above.strip().startswith("#"):
                silent.append(f"{path}:{node.lineno}: {beside.strip()}")

    assert silent == []


def test_no_error_is_swallowed(sources: dict[Path, str]) -> None:
    """Who catches everything raises again or says why not; who catches one error does something."""
    swallowed = []
    for path, text in sources.items():
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ExceptHandler) and (is_broad(node) or is_empty(node)):
                raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
                said = "".join(lines[node.lineno - 2 : node.body[0].lineno])
                if not raises and "#" not in said:
                    swallowed.append(f"{path}:{node.lineno}: {lines[node.lineno - 1].strip()}")

    assert swallowed == []


def is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    broad = {"Exception", "BaseException"}
    return caught is None or (isinstance(caught, ast.Name) and caught.id in broad)


def is_empty(handler: ast.ExceptHandler) -> bool:
    return all(isinstance(node, ast.Pass) for node in handler.body)


def late_imports(tree: ast.AST) -> Iterator[ast.stmt]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield node


def test_tests_are_no_package(root: Path) -> None:
    """Some libraries drop a package `tests` into site-packages; ours must not be mistaken for it."""
    assert list((root / "tests").rglob("__init__.py")) == []
