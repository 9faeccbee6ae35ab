"""Finds the words of the interface for `dev.py i18n`: in code, in errors and in code lists.

An error is raised in rooms that know no languages, and a code list is data: their words are translated where
they are shown. Babel looks for calls only, so classes and lists are read here.
"""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Collection, Iterator, Mapping
from typing import Any, BinaryIO

from babel.core import Locale, get_global
from babel.messages.extract import extract_python

Found = tuple[int, Any, Any, Any]


def extract(
    file: BinaryIO,
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Any,
) -> Iterator[Found]:
    """Babel's own findings in a module, and after them the messages of its errors."""
    source = file.read()
    for line, function, found, comments in extract_python(
        io.BytesIO(source), keywords, comment_tags, options
    ):
        yield line, function, found, comments
    for line, text in messages_of(source):
        yield line, None, text, []


def messages_of(source: bytes) -> Iterator[tuple[int, str]]:
    """(line, text) of each `message = "..."` in a class body."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef):
            continue
        for step in node.body:
            if isinstance(step, ast.Assign):
                names = [target.id for target in step.targets if isinstance(target, ast.Name)]
            elif isinstance(step, ast.AnnAssign) and isinstance(step.target, ast.Name):
                names = [step.target.id]
            else:
                continue
            value = step.value
            if "message" in names and isinstance(value, ast.Constant):
                yield step.lineno, str(value.value)


def extract_list(
    file: BinaryIO,
    keywords: Mapping[str, Any],  # noqa: ARG001  # Babel's signature
    comment_tags: Collection[str],  # noqa: ARG001
    options: Mapping[str, Any],  # noqa: ARG001
) -> Iterator[Found]:
    """The words of a code list; not those of countries and languages that CLDR names in every language."""
    names, aliases = Locale("en").languages, get_global("language_aliases")
    rows = csv.DictReader(io.StringIO(file.read().decode(), newline=""))
    for line, row in enumerate(rows, start=2):
        if "label" in row:
            yield line, None, row["label"], []
        elif not row.get("alpha2") and _key(row, aliases) not in names:
            yield line, None, row["name"], []


def _key(row: Mapping[str, str], aliases: Mapping[str, str]) -> str:
    """What CLDR calls the language of a row."""
    code = row.get("code", "")
    return aliases.get(code, code)
