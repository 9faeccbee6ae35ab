"""Look for what must not be there: canaries in files, in every encoding in which a value may lie about."""

from __future__ import annotations

import mmap
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote, quote_plus


@dataclass(frozen=True)
class Finding:
    """One canary, how it was written, in which file and where."""

    canary: str
    encoding: str
    path: Path
    offset: int


def forms(canary: str) -> dict[str, bytes]:
    """Every way of writing a canary that is looked for, by name."""
    found: dict[str, bytes] = {}
    for shape in ("NFC", "NFD"):
        text = normalize(shape, canary)
        raw = text.encode()
        found |= {
            f"{shape} utf-8": raw,
            f"{shape} utf-16-le": text.encode("utf-16-le"),
            f"{shape} utf-16-be": text.encode("utf-16-be"),
            f"{shape} hex": raw.hex().encode(),
            f"{shape} HEX": raw.hex().upper().encode(),
            f"{shape} percent": quote(text, safe="").encode(),
            f"{shape} form": quote_plus(text).encode(),
            f"{shape} json": dumps(text)[1:-1].encode(),
        }
        found |= {f"{shape} {name}": part for name, part in _base64_forms(raw)}
    return {name: form for name, form in found.items() if len(form) >= 6}


def _base64_forms(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Base64 of the canary at each of the three offsets within a longer text, less the unsure ends."""
    for offset in range(3):
        for name, encode in (("base64", b64encode), ("base64url", urlsafe_b64encode)):
            coded = encode(b"\x00" * offset + raw).rstrip(b"=")
            sure_end = len(coded) if (offset + len(raw)) % 3 == 0 else len(coded) - 1
            yield f"{name}+{offset}", coded[(offset * 8 + 5) // 6 : sure_end]


def scan_for(canaries: Iterable[str], paths: Iterable[Path]) -> list[Finding]:
    """Search files, and folders with all that is in them. A path that does not exist is an error."""
    wanted = [(canary, name, form) for canary in canaries for name, form in forms(canary).items()]
    return [finding for path in paths for file in _files(path) for finding in _search(file, wanted)]


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (file for file in sorted(path.rglob("*")) if file.is_file())
    elif path.exists():
        yield path
    else:
        raise FileNotFoundError(path)


def _search(path: Path, wanted: list[tuple[str, str, bytes]]) -> Iterator[Finding]:
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for canary, name, form in wanted:
            offset = data.find(form)
            if offset >= 0:
                yield Finding(canary, name, path, offset)
