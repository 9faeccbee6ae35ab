"""Finds the words of the interface for `dev.py i18n`: what gettext is given in code, and what errors say.

An error is raised in rooms that know no languages; its `message` stands in its class and is translated where
it is shown. Babel looks for calls only, so the classes are read here.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Collection, Iterator, Mapping
from typing import Any, BinaryIO

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
