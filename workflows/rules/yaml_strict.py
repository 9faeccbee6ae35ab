"""YAML as packs may use it: maps, lists, words and whole numbers, with the line of everything.

PyYAML's own defaults are traps for policy files: `no` is false, `NO` (Norway) too, a repeated key
silently wins, `2026.10` loses its zero. Here all of that is text or refused. Not a general reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from workflows.rules.faults import PackError

#: Where something stands inside a document: keys and indices from the top.
Place = tuple[str | int, ...]

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,8})\Z")
#: The largest file of a pack.
MOST_BYTES = 2_000_000
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


#: libyaml when PyYAML was built with it (ten times faster), else PyYAML's own. Only its events are
#: used, never its constructors.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: What no text of a pack holds: control characters, and halves of characters.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")


def text_of(raw: bytes, file: str) -> str:
    """The text of a pack file. Raises `PackError` when it is huge or no UTF-8 text."""
    if len(raw) > MOST_BYTES:
        raise PackError(file, 0, f"{len(raw)} bytes", f"at most {MOST_BYTES} bytes")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise PackError(file, line, "bytes that are no UTF-8 text", "UTF-8") from error


def unfit(text: str) -> str | None:
    """The first character of `text` that no pack may hold, named, or None."""
    found = _UNFIT.search(text)
    return f"the character U+{ord(found[0]):04X}" if found else None


def parse_yaml(text: str, file: str) -> Document:
    """Parse YAML text strictly; `file` is the name used in errors.

    Raises `PackError`, never anything of PyYAML.
    """
    lines: dict[Place, int] = {}
    events = _events(text, file)
    first = next(events, None)
    data = None if first is None else _plain(first, events, (), lines, file)
    for _ in events:  # the rest of the file is read for its faults
        continue
    return Document(file, data, lines)


def _events(text: str, file: str) -> Iterator[yaml.Event]:
    """The events that carry content; anchors, aliases, tags and second documents are refused."""
    documents = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            anchored = getattr(event, "anchor", None)
            if anchored is not None:
                found = f"the anchor or alias {anchored}"
                raise PackError(file, _line(event), found, "text written out")
            tag = getattr(event, "tag", None)
            if tag is not None:
                raise PackError(file, _line(event), f"the tag {tag}", "no tags")
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise PackError(file, _line(event), "a second document", "YAML (one document)")
            if isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                yield event
    except yaml.YAMLError as error:
        raise _from_yaml(error, file) from error


def _from_yaml(error: yaml.YAMLError, file: str) -> PackError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "characters that YAML does not know"
    return PackError(file, int(mark.line) + 1 if mark else 0, str(problem), "YAML (one document)")


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _plain(
    event: Any, events: Iterator[yaml.Event], place: Place, lines: dict[Place, int], file: str
) -> Any:
    lines.setdefault(place, _line(event))
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event, file)
    if len(place) > _DEEPEST:
        raise PackError(file, _line(event), "deep nesting", f"at most {_DEEPEST} levels")
    if isinstance(event, yaml.MappingStartEvent):
        return _plain_map(events, place, lines, file)
    items: list[Any] = []
    for item in events:
        if isinstance(item, yaml.SequenceEndEvent):
            break
        items.append(_plain(item, events, (*place, len(items)), lines, file))
    return items


def _scalar(event: Any, file: str) -> str | int | None:
    value = str(event.value)
    if event.style:
        found = unfit(value)
        if found:
            raise PackError(file, _line(event), found, "text")
        return value
    if value == "":
        return None
    return int(value) if _WHOLE.match(value) else value


def _plain_map(
    events: Iterator[yaml.Event], place: Place, lines: dict[Place, int], file: str
) -> dict[str | int, Any]:
    result: dict[str | int, Any] = {}
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        line = _line(event)
        if not isinstance(event, yaml.ScalarEvent):
            raise PackError(file, line, "a list or map as a key", "a word as a key")
        key = _scalar(event, file)
        if key is None:
            raise PackError(file, line, "an empty key", "a word as a key")
        if key in result:
            raise PackError(file, line, f"{key} a second time", "each key once")
        lines[(*place, key)] = line
        result[key] = _plain(next(events), events, (*place, key), lines, file)
    return result
