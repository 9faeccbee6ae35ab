"""YAML as packs may use it: maps, lists, words and whole numbers, with the line of everything.

PyYAML's own defaults are traps for policy files: `no` is false, `NO` (Norway) too, a repeated key
silently wins, `2026.10` loses its zero. Here all of that is text or refused. Not a general reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from workflows.rules.faults import PackError

#: Where something stands inside a document: keys and indices from the top.
Place = tuple[str | int, ...]

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,8})\Z")
_MOST_BYTES = 2_000_000
_DEEPEST = 40


@dataclass(frozen=True)
class Document:
    """Plain data of one file and the line of every place in it; of a table also its columns."""

    file: str
    data: Any
    lines: dict[Place, int]
    columns: tuple[str, ...] = ()

    def line(self, place: Place) -> int:
        """The line of `place`, or of the nearest thing that holds it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 0)

    def error(self, place: Place, found: str, allowed: str) -> PackError:
        """A `PackError` at `place`."""
        return PackError(self.file, self.line(place), found, allowed)


#: libyaml when PyYAML was built with it (ten times faster), else PyYAML's own. Only its nodes are
#: used, never its constructors.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_text(path: Path, file: str) -> str:
    """The text of a pack file. Raises `PackError` when it is absent, huge, or no UTF-8 text."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        found = f"cannot be read ({type(error).__name__})"
        raise PackError(file, 0, found, "a readable file") from error
    if len(raw) > _MOST_BYTES:
        raise PackError(file, 0, f"{len(raw)} bytes", f"at most {_MOST_BYTES} bytes")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise PackError(file, line, "bytes that are no UTF-8 text", "UTF-8") from error


def read_yaml(path: Path, file: str) -> Document:
    """Read one YAML file strictly. Raises `PackError`, never anything of PyYAML."""
    return parse_yaml(read_text(path, file), file)


def parse_yaml(text: str, file: str) -> Document:
    """Parse YAML text strictly; `file` is the name used in errors."""
    _refuse_aliases(text, file)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
    except yaml.YAMLError as error:
        raise _from_yaml(error, file) from error
    except RecursionError as error:
        raise PackError(file, 0, "nesting without end", f"at most {_DEEPEST} levels") from error
    finally:
        loader.dispose()
    lines: dict[Place, int] = {}
    data = None if node is None else _plain(node, (), lines, file)
    return Document(file, data, lines)


def _refuse_aliases(text: str, file: str) -> None:
    try:
        for event in yaml.parse(text, Loader=_Loader):
            anchored = getattr(event, "anchor", None)
            if anchored is not None:
                found = f"the anchor or alias {anchored}"
                raise PackError(file, _line(event.start_mark), found, "text written out")
            tag = getattr(event, "tag", None)
            if tag is not None:
                raise PackError(file, _line(event.start_mark), f"the tag {tag}", "no tags")
    except yaml.YAMLError as error:
        raise _from_yaml(error, file) from error


def _from_yaml(error: yaml.YAMLError, file: str) -> PackError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "characters that YAML does not know"
    return PackError(file, _line(mark) if mark else 0, str(problem), "YAML (one document)")


def _line(mark: Any) -> int:
    return int(mark.line) + 1


def _plain(node: yaml.Node, place: Place, lines: dict[Place, int], file: str) -> Any:
    line = _line(node.start_mark)
    lines.setdefault(place, line)
    if len(place) > _DEEPEST:
        raise PackError(file, line, "deep nesting", f"at most {_DEEPEST} levels")
    if isinstance(node, yaml.MappingNode):
        return _plain_map(node, place, lines, file)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*place, i), lines, file) for i, item in enumerate(node.value)]
    bare = not getattr(node, "style", None)
    if bare and node.value == "":
        return None
    if bare and _WHOLE.match(node.value):
        return int(node.value)
    return str(node.value)


def _plain_map(
    node: yaml.MappingNode, place: Place, lines: dict[Place, int], file: str
) -> dict[str | int, Any]:
    result: dict[str | int, Any] = {}
    for key_node, value_node in node.value:
        line = _line(key_node.start_mark)
        if not isinstance(key_node, yaml.ScalarNode):
            raise PackError(file, line, "a list or map as a key", "a word as a key")
        key = _plain(key_node, (*place, key_node.value), lines, file)
        if key is None:
            raise PackError(file, line, "an empty key", "a word as a key")
        if key in result:
            raise PackError(file, line, f"{key} a second time", "each key once")
        lines[(*place, key)] = line
        result[key] = _plain(value_node, (*place, key), lines, file)
    return result
