"""Loading a pack: base, then country, then the whole is checked, frozen and hashed.

A folder that is no pack, and every slip inside one, is a `PackError` that names file, line, what was
found and what is allowed. Signatures and proofs belong to publishing, not to loading.
"""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any, NamedTuple

from workflows.rules import (
    canonical,
    pack_content,
    pack_invariants,
    pack_network,
    pack_schema,
    pack_tables,
    pack_treaties,
)
from workflows.rules.faults import PackError
from workflows.rules.overlay import apply_overlay
from workflows.rules.pack import Pack, Thresholds
from workflows.rules.pack_checks import check_cited, check_whole
from workflows.rules.pack_draft import Draft, Layer
from workflows.rules.pack_files import Folder, pack_codes, read_folder
from workflows.rules.words import STRENGTHS
from workflows.rules.yaml_strict import Document

__all__ = ["Pack", "PackError", "load_pack", "pack_codes"]

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
    ("treaties.csv", pack_treaties.add_treaties),
    ("posts.yaml", pack_network.add_posts),
    ("calendar.yaml", pack_network.add_calendar),
    ("invariants.yaml", pack_invariants.add_invariants),
)
_DEFAULT_THRESHOLDS: dict[str, dict[str, int]] = {
    "presumed": {"key": 1, "strong": 1, "medium": 2},
    "possible": {"medium": 1, "weak": 2},
}


_VIGNETTES = "vignettes/*.yaml"
_TEXTS = "i18n/*.yaml"


class _Read(NamedTuple):
    """A layer as read: what its pack.yaml says, and everything up to it. Never changed again."""

    head: dict[str, Any]
    layer: Layer
    draft: Draft


#: Bases as they were read, by content and day: thirteen countries share one. A changed file is another
#: content, so nothing here can be stale.
_bases: OrderedDict[tuple[str, str, date], _Read] = OrderedDict()
_bases_lock = Lock()
_MOST_BASES = 8


def load_pack(root: Path, code: str, on: date) -> Pack:
    """The pack `code` (as `kaz`) as it applies on the day `on`. Raises `PackError`."""
    folder = read_folder(root, code)
    head, layer = _head(folder, on)
    unknown = [name for name in head["inherits"] if name not in pack_codes(root)]
    if unknown:
        known = ", ".join(pack_codes(root))
        document = folder.document("pack.yaml")
        raise document.error(("inherits",), f"inherits: {unknown[0]}", f"one of: {known}")
    base = _base(root, head["inherits"][0], on) if head["inherits"] else None
    if base is None:
        head, layer, shared = _whole(folder, on)
        draft = shared.copy()
    else:
        draft = base.draft.copy()
        _read_layer(draft, layer, folder)
        check_whole(draft, code)
        head["thresholds"] = base.head.get("thresholds")
    for document in folder.documents(_VIGNETTES):
        pack_network.add_vignettes(draft, layer, document)
    check_cited(draft)
    return _frozen(draft, layer, head, base.layer.name if base else "")


def _base(root: Path, code: str, on: date) -> _Read:
    base = _whole(read_folder(root, code), on)
    if base.head["inherits"]:
        raise PackError(f"{code}/pack.yaml", 0, "a base that inherits", "inherits: []")
    return base


def _whole(folder: Folder, on: date) -> _Read:
    """A pack that inherits nothing, read once for each content and day; thread-safe."""
    key = (folder.code, folder.digest, on)
    with _bases_lock:
        if key in _bases:
            _bases.move_to_end(key)
            return _bases[key]
    head, layer = _head(folder, on)
    draft = Draft()
    if not head["inherits"]:
        _read_layer(draft, layer, folder)
        check_whole(draft, folder.code)
    with _bases_lock:
        _bases[key] = _Read(head, layer, draft)
        while len(_bases) > _MOST_BASES:
            _bases.popitem(last=False)
        return _bases[key]


def _head(folder: Folder, on: date) -> tuple[dict[str, Any], Layer]:
    code, document = folder.code, folder.document("pack.yaml")
    row: dict[str, Any] = pack_schema.check_row(pack_schema.PackRow, document, (), document.data)
    if row["pack"] != code:
        raise document.error(("pack",), row["pack"], f"{code}, as the folder is called")
    if len(row["inherits"]) > 1:
        raise document.error(("inherits",), repr(row["inherits"]), "at most one base")
    if on < row["valid_from"]:
        found = f"the day {on.isoformat()}"
        raise document.error(("valid from",), found, f"days from {row['valid_from']} on")
    if "thresholds" in row and row["inherits"]:
        raise document.error(("thresholds",), "thresholds", "none: those of the base hold")
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


def _read_layer(draft: Draft, layer: Layer, folder: Folder) -> None:
    for pattern, add in _READERS:
        if pattern == "overlay.yaml" and not layer.inherits and folder.names(pattern):
            raise PackError(f"{layer.code}/{pattern}", 0, "an overlay", "overlays over a base")
        for document in folder.documents(pattern):
            add(draft, layer, document)
        if pattern == "indicators.csv":
            pack_content.settle_indicators(draft)
    for document in folder.documents(_TEXTS):
        pack_network.add_texts(draft, document, Path(document.file).stem)
    _refuse_other_files(folder)


def _refuse_other_files(folder: Folder) -> None:
    patterns = [pattern for pattern, _ in _READERS]
    known = {"pack.yaml", "README.md", "signatures.json"}
    for pattern in [*patterns, _VIGNETTES, _TEXTS]:
        known.update(folder.names(pattern))
    for name in folder.files:
        if name not in known:
            raise PackError(f"{folder.code}/{name}", 0, "a file no pack has", ", ".join(patterns))


def _frozen(draft: Draft, layer: Layer, head: dict[str, Any], base: str) -> Pack:
    thresholds: Thresholds = head.get("thresholds") or _DEFAULT_THRESHOLDS
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
        valid_from=head["valid_from"],
        base=base,
        owner=head["owner"],
        licence=head["licence"],
        spans=tuple(draft.spans),
        texts=fixed({language: fixed(texts) for language, texts in draft.texts.items()}),
    )
    return dataclasses.replace(pack, sha256=canonical.sha256(canonical.dump(pack)))
