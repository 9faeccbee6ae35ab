"""An effective pack as canonical JSON, and back: what is hashed, signed, published and kept for ever.

RFC 8785 in form: UTF-8, no spaces, keys sorted by UTF-16 units, no floats (degrees are text). Rows
stand in lists in their order, since the order of questions and reasons is theirs. Left out are the day
it was read for, from when until when rows stand, places in files (moving a row is no change of the rules) and
vignettes. A field that
holds its default is left out too, so that a field added later changes no byte of an older pack.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, cast

from workflows.rules import conditions
from workflows.rules.faults import PackError
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Origin
from workflows.rules.pack_references import check_references

FORMAT = "serai-pack-1"
#: The largest archive.
MOST_BYTES = 16_000_000
_LEFT_OUT = {"on", "sha256", "vignettes", "spans"}
#: Maps of the pack whose order matters: they are written as lists of rows; the row names its key.
_KEYS = {
    "facts": "id",
    "cards": "id",
    "profiles": "code",
    "rules": "id",
    "needs": "id",
    "holds": "id",
    "packets": "need",
    "agencies": "id",
    "posts": "id",
    "sources": "id",
    "invariants": "id",
}
_CONDITIONS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in typing.get_args(conditions.Condition)
}


def dump(pack: Pack) -> bytes:
    """The pack as canonical JSON; `sha256` of a pack is the hash of these bytes."""
    data: dict[str, Any] = {"format": FORMAT}
    for field in dataclasses.fields(pack):
        value = getattr(pack, field.name)
        if field.name in _LEFT_OUT or value == field.default:
            continue
        if field.name in _KEYS:
            value = tuple(value.values())
        elif field.name == "derived":
            value = tuple(value.items())
        data[field.name] = _plain(value)
    return to_json(data)


def sha256(raw: bytes) -> str:
    """The hash by which a pack is known, as 64 hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()


def to_json(data: Any) -> bytes:
    """Canonical JSON of maps, lists, texts, whole numbers, booleans and null."""
    return json.dumps(
        _sorted(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def _sorted(data: Any) -> Any:
    if isinstance(data, dict):
        keys = sorted(data, key=None if all(map(str.isascii, data)) else _utf16)
        return {key: _sorted(data[key]) for key in keys}
    return [_sorted(item) for item in data] if isinstance(data, list) else data


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


def _fields_of(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    """(name, default) of what is written of a row of the class `kind`."""
    named: list[tuple[str, Any]] = []
    for field in dataclasses.fields(kind):
        made = field.default_factory
        if kind is not Origin or field.name not in {"file", "line"}:
            named.append((field.name, field.default if made is dataclasses.MISSING else made()))
    return tuple(named)


_fields = cast("Callable[[type[Any]], tuple[tuple[str, Any], ...]]", cache(_fields_of))


def _plain(value: Any) -> Any:
    """A value of a pack as JSON without floats, its maps not yet sorted."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted((_plain(item) for item in value), key=str)
    if isinstance(value, Mapping):
        return {_plain_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, date | float):
        return value.isoformat() if isinstance(value, date) else repr(value)
    return _plain_row(value)


def _plain_row(row: Any) -> dict[str, Any]:
    plain = {"is": type(row).__name__} if type(row).__name__ in _CONDITIONS else {}
    for name, default in _fields(type(row)):
        value = getattr(row, name)
        if value is not default and value != default:
            plain[name] = _plain(value)
    return plain


def _plain_key(key: Any) -> str:
    return key.isoformat() if isinstance(key, date) else str(key)


def load(raw: bytes, on: date | None = None, name: str = "archive") -> Pack:
    """The pack that `dump` wrote, with the hash of `raw`; `on` (default: its first day) is kept.

    Raises:
        PackError: anything else: not canonical to the last byte, unknown or missing keys, words or
            rows that do not exist. `name` stands for the file.
    """
    try:
        pack = _pack(_parsed(raw), name)
        check_references(pack, name)
        exact = dump(pack) == raw
    except _Refused as fault:
        raise PackError(name, 0, f"{fault.place}: {fault.found}", fault.allowed) from fault
    except RecursionError as fault:
        raise PackError(name, 0, "nesting without end", "a published pack") from fault
    if not exact:
        raise PackError(name, 0, "JSON that is not canonical", "the bytes as they were published")
    first = pack.valid_from or date.min
    if on is not None and on < first:
        raise PackError(name, 0, f"the day {on.isoformat()}", f"days from {first} on")
    return dataclasses.replace(pack, on=on or first, sha256=sha256(raw))


class _Refused(Exception):
    """Something in the JSON does not fit; `place` is its path."""

    def __init__(self, place: str, found: str, allowed: str) -> None:
        self.place, self.found, self.allowed = place or "the file", found, allowed
        super().__init__(place)


def _parsed(raw: bytes) -> Any:
    if len(raw) > MOST_BYTES:
        raise _Refused("", f"{len(raw)} bytes", f"at most {MOST_BYTES} bytes")
    try:
        return json.loads(
            raw.decode(),
            object_pairs_hook=_once,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except ValueError as error:
        raise _Refused("", "no JSON in UTF-8", "a published pack") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Refused("", "a key a second time", "each key once")
    return made


def _no_number(text: str) -> Any:
    raise _Refused("", text, "whole numbers")


def _pack(data: Any, name: str) -> Pack:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        found = repr(data.get("format"))[:40] if isinstance(data, dict) else "no map"
        raise _Refused("format", found, FORMAT)
    hints = _hints(Pack)
    values: dict[str, Any] = {"on": date.min, "sha256": "", "vignettes": ()}
    for key, given in data.items():
        if key == "format":
            continue
        if key not in hints or key in _LEFT_OUT:
            raise _Refused(key, "an unknown key", "the keys of a published pack")
        values[key] = _value(key, given, hints[key], name)
    try:
        return Pack(**values)
    except TypeError as error:
        raise _Refused("", "a missing key", "all keys of a published pack") from error


def _value(key: str, given: Any, hint: Any, name: str) -> Any:
    if key in _KEYS:
        rows = _read(given, tuple[typing.get_args(hint)[1], ...], key, name)  # type: ignore[misc]  # a type made at run time
        table = {getattr(row, _KEYS[key]): row for row in rows}
    elif key == "derived":
        rows = _read(given, tuple[tuple[str, conditions.Condition], ...], key, name)
        table = dict(rows)
    else:
        return _read(given, hint, key, name)
    if len(table) != len(rows):
        raise _Refused(key, "an id a second time", "each id once")
    return MappingProxyType(table)


def _hints_of(kind: type[Any]) -> dict[str, Any]:
    names = {**vars(conditions), "Mapping": Mapping}
    hints = typing.get_type_hints(kind, localns=names)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


_hints = cast("Callable[[type[Any]], dict[str, Any]]", cache(_hints_of))


def _read(given: Any, hint: Any, place: str, name: str) -> Any:
    """`given` as a value of the type `hint`. Raises `_Refused` with its path."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in {UnionType, typing.Union}:
        return _one_of(given, parts, place, name)
    if origin is tuple:
        return _tuple(given, parts, place, name)
    if origin is frozenset:
        items = _list(given, place)
        return frozenset(_read(item, parts[0], place, name) for item in items)
    if origin is not None and issubclass(origin, Mapping):
        return MappingProxyType(dict(_items(given, parts, place, name)))
    if dataclasses.is_dataclass(hint):
        return _row(given, cast("type[Any]", hint), place, name)
    return _scalar(given, hint, place)


def _one_of(given: Any, parts: tuple[Any, ...], place: str, name: str) -> Any:
    if given is None and NoneType in parts:
        return None
    rest = [part for part in parts if part is not NoneType]
    kinds = {kind.__name__: kind for kind in rest if kind.__name__ in _CONDITIONS}
    if not kinds:
        return _read(given, rest[0], place, name)
    word = given.get("is") if isinstance(given, dict) else None
    if word not in kinds:
        raise _Refused(place, repr(word)[:40], f"a condition: {', '.join(kinds)}")
    return _row(given, kinds[word], place, name)


def _tuple(given: Any, parts: tuple[Any, ...], place: str, name: str) -> tuple[Any, ...]:
    items = _list(given, place)
    kinds = [parts[0]] * len(items) if parts[-1] is Ellipsis else list(parts)
    if len(kinds) != len(items):
        raise _Refused(place, f"{len(items)} items", f"{len(kinds)} items")
    pairs = enumerate(zip(items, kinds, strict=True))
    return tuple(_read(item, kind, f"{place}.{i}", name) for i, (item, kind) in pairs)


def _list(given: Any, place: str) -> list[Any]:
    if not isinstance(given, list):
        raise _Refused(place, type(given).__name__, "a list")
    return given


def _items(given: Any, parts: tuple[Any, ...], place: str, name: str) -> Iterator[tuple[Any, Any]]:
    if not isinstance(given, dict):
        raise _Refused(place, type(given).__name__, "a map")
    for key, value in given.items():
        where = f"{place}.{key}"
        yield _scalar(key, parts[0], where), _read(value, parts[1], where, name)


def _row(given: Any, kind: type[Any], place: str, name: str) -> Any:
    if not isinstance(given, dict):
        raise _Refused(place, type(given).__name__, "a map")
    hints = _hints(kind)
    values = {"file": name, "line": 0} if kind is Origin else {}
    for key, value in given.items():
        if key == "is" and kind.__name__ in _CONDITIONS:
            continue
        if key not in hints or key in values:
            raise _Refused(f"{place}.{key}", "an unknown key", f"keys of {kind.__name__}")
        values[key] = _read(value, hints[key], f"{place}.{key}", name)
    try:
        return kind(**values)
    except TypeError as error:
        raise _Refused(place, "a missing key", f"all keys of {kind.__name__}") from error


def _degrees(text: str) -> float:
    number = float(text)
    if not -360 <= number <= 360:
        raise ValueError(text)
    return number


_FROM_TEXT: dict[type[Any], Callable[[str], Any]] = {
    date: date.fromisoformat,
    float: _degrees,
    str: str,
}


def _scalar(given: Any, hint: Any, place: str) -> Any:
    if hint in (int, bool) and type(given) is hint:
        return given
    maker = None
    if isinstance(given, str) and isinstance(hint, type):
        maker = hint if issubclass(hint, Enum) else _FROM_TEXT.get(hint)
    try:
        return maker(given) if maker else _wrong(given, hint, place)
    except ValueError:
        return _wrong(given, hint, place)


def _wrong(given: Any, hint: Any, place: str) -> Any:
    words = ", ".join(hint) if isinstance(hint, type) and issubclass(hint, Enum) else hint.__name__
    raise _Refused(place, repr(given)[:60], words)
