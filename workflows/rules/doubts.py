"""What nobody has confirmed: rows of a pack's folder that rest on memory or doubt, are old, or have ended.

It reads the files themselves, since a row that has ended is no part of the pack any more. Doubt changes
no assessment; it says where an expert should look next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from workflows.rules.pack_files import read_folder
from workflows.rules.packs import load_pack
from workflows.rules.words import BASIS
from workflows.rules.yaml_strict import Document, Place

#: How long a verification counts.
_FRESH = timedelta(days=365)
_ROWS = (".yaml", ".csv", ".xlsx")
#: What holds no rows with a basis.
_NOT_READ = ("pack.yaml", "cards.yaml", "invariants.yaml", "i18n/", "vignettes/")
_KINDS = {
    "rules": "rule",
    "treaties": "treaty",
    "agencies": "agency",
    "facts": "fact",
    "calendar": "calendar",
}
#: A fact has no basis of its own: it is as doubtful as its best source.
_UNSURE = BASIS[1:]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One row and one reason. `why` is basis K, basis ?, old, never verified, ended, since or sources."""

    pack: str
    file: str
    line: int
    kind: str
    id: str
    why: str
    detail: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind} {self.id}: {self.detail}"


def doubts(root: Path, code: str, on: date) -> list[Doubt]:
    """The doubtful rows of one folder, file by file (a base's own stand under the base).

    Raises:
        PackError: the pack does not load on the day.
    """
    bases = {row.id: row.basis for row in load_pack(root, code, on).sources.values()}
    folder = read_folder(root, code)
    found: list[Doubt] = []
    for name in folder.files:
        if name.endswith(_ROWS) and not name.startswith(_NOT_READ):
            document = folder.document(name)
            for place, id_, row in _rows(name, document):
                kind = _kind(name)
                found.extend(
                    Doubt(code, document.file, document.line(place), kind, id_, why, detail)
                    for why, detail in _reasons(kind, row, bases, on)
                )
    return found


def _kind(name: str) -> str:
    stem = PurePosixPath(name).parts[0].partition(".")[0]
    return _KINDS.get(stem, stem.removesuffix("s"))


def _rows(name: str, document: Document) -> Iterator[tuple[Place, str, Mapping[str, Any]]]:
    data = document.data
    if name == "calendar.yaml":
        yield (), str(data["zone"]), data
    elif name == "overlay.yaml":
        for operation, changes in (data or {}).items():
            yield from (
                ((operation, key), f"{operation} {key}", row) for key, row in changes.items()
            )
    elif isinstance(data, list):
        yield from (((i,), _id(row), row) for i, row in enumerate(data))
    else:
        yield from (((key,), str(key), row) for key, row in (data or {}).items())


def _id(row: Mapping[str, Any]) -> str:
    keys = ("rule", "id", "treaty", "need", "fact")
    first = next((str(row[key]) for key in keys if key in row), "row")
    return f"{first} to {row['agency']}" if "agency" in row else first


def _reasons(
    kind: str, row: Mapping[str, Any], bases: Mapping[str, str], on: date
) -> Iterator[tuple[str, str]]:
    basis = row.get("basis")
    if basis in _UNSURE:
        yield f"basis {basis}", f"basis {basis}"
    if kind == "fact" and "source" in row:
        sources = _words(row["source"])
        if all(bases.get(source) in _UNSURE for source in sources):
            yield "sources", f"rests on {', '.join(f'{s} ({bases[s]})' for s in sources)} only"
    if kind == "agency":
        verified = row.get("verified")
        if verified is None:
            yield "never verified", "never verified"
        elif date.fromisoformat(verified) < on - _FRESH:
            yield "old", f"verified {verified}, more than a year ago"
    until = row.get("until") or row.get("confirmed until")
    if until and date.fromisoformat(until) < on:
        yield "ended", f"ended on {until}"
    party = kind == "treaty" and str(row.get("status")).startswith("party")
    if party and not row.get("since"):
        yield "since", "a party, but nobody wrote since when"


def _words(given: Any) -> list[str]:
    if isinstance(given, list):
        return [str(item) for item in given]
    return str(given).split("|")
