"""The files of a pack's folder: read once, bounded, and turned into documents by their ending.

It knows names and bytes; what a file means is asked by who reads its document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from workflows.rules.faults import PackError
from workflows.rules.pack_sheets import sheet_document
from workflows.rules.pack_tables import table_document
from workflows.rules.yaml_strict import MOST_BYTES, Document, parse_yaml, text_of

_CODE = re.compile(r"[a-z]{3}\Z")
_MOST_FILES = 5_000


@dataclass(frozen=True)
class Folder:
    """The files of one pack by their name within it (`rules/main.yaml`), in order of name."""

    code: str
    files: Mapping[str, bytes]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that makes rules: every name and content but vignettes and signatures."""
        whole = hashlib.sha256()
        for name, raw in self.files.items():
            if not name.startswith(("vignettes/", "signatures.json")):
                whole.update(f"{name}\0{len(raw)}\0".encode())
                whole.update(raw)
        return whole.hexdigest()

    def names(self, pattern: str) -> list[str]:
        """Names that fit a pattern of the format. A table may also be a sheet (`.xlsx`)."""
        patterns = [pattern]
        if pattern.endswith(".csv"):
            patterns.append(pattern.removesuffix(".csv") + ".xlsx")
        depth = pattern.count("/")
        return [
            name
            for name in self.files
            if name.count("/") == depth and any(fnmatchcase(name, p) for p in patterns)
        ]

    def documents(self, pattern: str) -> Iterator[Document]:
        """The documents of a pattern, in order of name. Raises `PackError`."""
        names = self.names(pattern)
        if len(names) > 1 and "*" not in pattern:
            raise PackError(f"{self.code}/{names[1]}", 0, f"{' and '.join(names)}", "one of them")
        for name in names:
            yield self.document(name)

    def document(self, name: str) -> Document:
        """One file as a document. Raises `PackError`."""
        raw, file = self.files[name], f"{self.code}/{name}"
        if name.endswith(".xlsx"):
            return sheet_document(raw, file)
        if name.endswith(".csv"):
            return table_document(text_of(raw, file), file)
        return parse_yaml(text_of(raw, file), file)


def pack_codes(root: Path) -> tuple[str, ...]:
    """Codes of all packs under `root`, sorted."""
    return tuple(sorted(p.parent.name for p in root.glob("*/pack.yaml")))


def read_folder(root: Path, code: str) -> Folder:
    """The files of the pack `code`. Raises `PackError` for what is no pack or cannot be read."""
    file = f"{code}/pack.yaml"
    if not _CODE.match(code):
        raise PackError(file, 0, repr(code), "a pack code of three small letters")
    folder = root / code
    if not (folder / "pack.yaml").is_file():
        known = ", ".join(pack_codes(root)) or "none"
        raise PackError(file, 0, "no such pack", f"one of: {known}")
    paths = sorted(path for path in folder.rglob("*") if not path.is_dir())
    if len(paths) > _MOST_FILES:
        raise PackError(code, 0, f"{len(paths)} files", f"at most {_MOST_FILES} files")
    names = ((path.relative_to(folder).as_posix(), path) for path in paths)
    return Folder(code, {name: read_bytes(path, f"{code}/{name}") for name, path in names})


def read_bytes(path: Path, file: str, most: int = MOST_BYTES) -> bytes:
    """The bytes of a pack file. Raises `PackError` when it is absent, no file, or huge."""
    try:
        if not path.is_file():
            raise FileNotFoundError
        size = path.stat().st_size
        if size > most:
            raise PackError(file, 0, f"{size} bytes", f"at most {most} bytes")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        found = f"cannot be read ({type(error).__name__})"
        raise PackError(file, 0, found, "a readable file") from error
