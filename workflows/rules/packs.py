"""Loading a pack: base, then country, then the whole is checked, frozen and hashed.

A folder that is no pack, and every slip inside one, is a `PackError` that names file, line, what was
found and what is allowed. Signatures and proofs belong to publishing, not to loading.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workflows.rules import pack_content, pack_network, pack_schema, pack_tables
from workflows.rules.faults import PackError
from workflows.rules.overlay import apply_overlay
from workflows.rules.pack import Pack, Thresholds
from workflows.rules.pack_checks import check_whole
from workflows.rules.pack_draft import Draft, Layer
from workflows.rules.pack_model import Origin
from workflows.rules.words import STRENGTHS
from workflows.rules.yaml_strict import Document, read_yaml

__all__ = ["Pack", "PackError", "canonical", "load_pack", "pack_codes"]

_CODE = re.compile(r"[a-z]{3}\Z")
_Adder = Callable[[Draft, Layer, Document], None]

#: File or folder/ending, and who reads it, in the order of reading.
_READERS: tuple[tuple[str, _Adder], ...] = (
    ("sources.yaml", pack_network.add_sources),
    ("cards.yaml", pack_content.add_cards),
    ("facts.yaml", pack_content.add_facts),
    ("indicators.csv", pack_tables.add_indicators),
    ("profiles.yaml", pack_content.add_profiles),
    ("rules/*.yaml", pack_content.add_rules),
    ("rules/*.csv", pack_tables.add_rule_table),
    ("needs.yaml", pack_content.add_needs),
    ("holds.yaml", pack_content.add_holds),
    ("overlay.yaml", apply_overlay),
    ("packets.yaml", pack_content.add_packets),
    ("agencies.yaml", pack_network.add_agencies),
    ("routes.csv", pack_tables.add_routes),
    ("deadlines.csv", pack_tables.add_deadlines),
    ("treaties.csv", pack_tables.add_treaties),
    ("posts.yaml", pack_network.add_posts),
    ("calendar.yaml", pack_network.add_calendar),
    ("invariants.yaml", pack_content.add_invariants),
    ("vignettes/*.yaml", pack_network.add_vignette),
)
_DEFAULT_THRESHOLDS: dict[str, dict[str, int]] = {
    "presumed": {"key": 1, "strong": 1, "medium": 2},
    "possible": {"medium": 1, "weak": 2},
}


def pack_codes(root: Path) -> tuple[str, ...]:
    """Codes of all packs under `root`, sorted."""
    return tuple(sorted(p.parent.name for p in root.glob("*/pack.yaml")))


def load_pack(root: Path, code: str, on: date) -> Pack:
    """The pack `code` (as `kaz`) as it applies on the day `on`. Raises `PackError`."""
    head, layer = _head(root, code, on)
    draft = Draft()
    thresholds = head.get("thresholds")
    bases = head["inherits"]
    for base in bases:
        base_head, base_layer = _head(root, base, on)
        if base_head["inherits"]:
            raise PackError(f"{base}/pack.yaml", 0, "a base that inherits", "inherits: []")
        _read_layer(draft, base_layer, root)
        thresholds = thresholds or base_head.get("thresholds")
    draft.vignettes.clear()
    _read_layer(draft, layer, root)
    check_whole(draft, code)
    return _frozen(draft, layer, head, thresholds or _DEFAULT_THRESHOLDS)


def _head(root: Path, code: str, on: date) -> tuple[dict[str, Any], Layer]:
    file = f"{code}/pack.yaml"
    if not _CODE.match(code):
        raise PackError(file, 0, repr(code), "a pack code of three small letters")
    if not (root / code / "pack.yaml").is_file():
        known = ", ".join(pack_codes(root)) or "none"
        raise PackError(file, 0, "no such pack", f"one of: {known}")
    document = read_yaml(root / code / "pack.yaml", file)
    row: dict[str, Any] = pack_schema.check_row(pack_schema.PackRow, document, (), document.data)
    if row["pack"] != code:
        raise document.error(("pack",), row["pack"], f"{code}, as the folder is called")
    if len(row["inherits"]) > 1:
        raise document.error(("inherits",), repr(row["inherits"]), "at most one base")
    if on < row["valid_from"]:
        found = f"the day {on.isoformat()}"
        raise document.error(("valid from",), found, f"days from {row['valid_from']} on")
    if "thresholds" in row:
        _check_thresholds(document, row["thresholds"])
    for key in ("asylum_procedure", "asylum_procedure_note"):
        needed = "country" if key == "asylum_procedure" else "asylum_procedure"
        if key in row and needed not in row:
            name, other = key.replace("_", " "), needed.replace("_", " ")
            raise document.error((name,), f"{name} without {other}", f"the key {other} too")
    return row, Layer(code, row["version"], bool(row["inherits"]), on, row.get("country", ""))


def _check_thresholds(document: Document, given: Any) -> None:
    good = isinstance(given, dict) and set(given) == {"presumed", "possible"}
    for counts in given.values() if good else ():
        good = good and isinstance(counts, dict) and bool(counts) and set(counts) <= set(STRENGTHS)
        good = good and all(type(n) is int and 1 <= n <= 9 for n in counts.values())
    if not good:
        allowed = "presumed and possible, each a map of key, strong, medium, weak to 1..9"
        raise document.error(("thresholds",), repr(given), allowed)


def _read_layer(draft: Draft, layer: Layer, root: Path) -> None:
    folder = root / layer.code
    for pattern, add in _READERS:
        if pattern == "overlay.yaml" and not layer.inherits and (folder / pattern).exists():
            raise PackError(f"{layer.code}/{pattern}", 0, "an overlay", "overlays over a base")
        for document in _documents(folder, layer.code, pattern):
            add(draft, layer, document)
        if pattern == "indicators.csv":
            pack_content.settle_indicators(draft)
    for path in sorted(folder.glob("i18n/*.yaml")):
        document = read_yaml(path, f"{layer.code}/i18n/{path.name}")
        pack_network.add_texts(draft, document, path.stem)
    _refuse_other_files(folder, layer.code)


def _documents(folder: Path, code: str, pattern: str) -> Iterator[Document]:
    for path in sorted(folder.glob(pattern)):
        file = f"{code}/{path.relative_to(folder).as_posix()}"
        yield (
            pack_tables.read_table(path, file) if path.suffix == ".csv" else read_yaml(path, file)
        )


def _refuse_other_files(folder: Path, code: str) -> None:
    patterns = [pattern for pattern, _ in _READERS]
    known = {"pack.yaml", "README.md"}.union(
        path.relative_to(folder).as_posix()
        for pattern in [*patterns, "i18n/*.yaml"]
        for path in folder.glob(pattern)
    )
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in known:
            raise PackError(f"{code}/{name}", 0, "a file no pack has", ", ".join(patterns))


def _frozen(draft: Draft, layer: Layer, head: dict[str, Any], thresholds: Thresholds) -> Pack:
    fixed = MappingProxyType
    pack = Pack(
        code=layer.code,
        title=head["title"],
        country=head.get("country", ""),
        version=layer.version,
        status=head["status"],
        languages=head["languages"],
        on=layer.on,
        sha256="",
        thresholds=fixed({grade: fixed(dict(n)) for grade, n in thresholds.items()}),
        facts=fixed(draft.facts),
        derived=fixed(draft.derived),
        cards=fixed(draft.cards),
        profiles=fixed(draft.profiles),
        rules=fixed(draft.rules),
        needs=fixed(draft.needs),
        holds=fixed(draft.holds),
        packets=fixed(draft.packets),
        deadlines=tuple(draft.deadlines),
        routes=tuple(sorted(draft.routes, key=lambda r: (r.need, r.order, r.area))),
        agencies=fixed(draft.agencies),
        posts=fixed(draft.posts),
        calendar=draft.calendar,
        sources=fixed(draft.sources),
        invariants=fixed(draft.invariants),
        vignettes=tuple(draft.vignettes),
        treaties=tuple(draft.treaties.values()),
        asylum_procedure=head.get("asylum_procedure", ""),
        asylum_procedure_note=head.get("asylum_procedure_note", ""),
        texts=fixed({language: fixed(texts) for language, texts in draft.texts.items()}),
    )
    return dataclasses.replace(pack, sha256=hashlib.sha256(canonical(pack)).hexdigest())


def canonical(pack: Pack) -> bytes:
    """The pack as canonical JSON (sorted keys, no spaces, UTF-8), without the day and the hash.

    Files and lines are left out: moving a row within its file is no change of the rules.
    """
    plain = {
        f.name: _plain(getattr(pack, f.name))
        for f in dataclasses.fields(pack)
        if f.name not in {"on", "sha256", "vignettes"}
    }
    return json.dumps(
        plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(_plain(item)) for item in value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        skipped = {"file", "line"} if isinstance(value, Origin) else set()
        named = {
            f.name: _plain(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if f.name not in skipped
        }
        return {"is": type(value).__name__, **named}
    return value
