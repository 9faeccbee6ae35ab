"""Files and functions stay small enough to be read in one go."""

from __future__ import annotations

import ast
from pathlib import Path

LINES_OF_A_FILE = 400
LINES_OF_A_TEST_FILE = 500
LINES_OF_A_FUNCTION = 40
#: A journey reads best in one piece.
LINES_OF_A_TEST = 60


def test_no_file_is_longer_than_its_ceiling(sources: dict[Path, str]) -> None:
    long = {
        str(path): len(text.splitlines())
        for path, text in sources.items()
        if len(text.splitlines())
        > (LINES_OF_A_TEST_FILE if path.parts[0] == "tests" else LINES_OF_A_FILE)
    }

    assert long == {}


def test_no_function_is_longer_than_its_ceiling(sources: dict[Path, str]) -> None:
    """A migration lists tables in one function; everything else can be parted."""
    long = {
        f"{path}:{node.lineno} {node.name}": length
        for path, text in sources.items()
        if path.parts[:2] != ("migrations", "versions")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1)
        > (LINES_OF_A_TEST if path.parts[0] == "tests" else LINES_OF_A_FUNCTION)
    }

    assert long == {}


def test_every_module_below_the_doors_says_what_it_is_for(sources: dict[Path, str]) -> None:
    silent = [
        str(path)
        for path, text in sources.items()
        if path.parts[0] in {"app", "config", "models", "workflows"} and text.strip()
        if not ast.get_docstring(ast.parse(text))
    ]

    assert silent == []
