"""A bill of materials of all that runs: `python -m tools.sbom [FILE]` writes CycloneDX 1.6 as JSON.

Every library that the product asks for in `setup.cfg`, what each of them brings, and the vendored files of
the browser, as they are installed here and now: made at each release, and compared with lists of known
faults by whoever deploys (`docs/security/operation.md`).
"""

from __future__ import annotations

import configparser
import json
import re
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENDORED = ROOT / "app" / "static" / "vendor"
#: Extras of whoever develops, not of an installation.
_NEVER_RUN = frozenset(("bench", "test", "dev"))
_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_CHOSEN = re.compile(r"\[\s*([A-Za-z0-9._-]+)\s*\]")
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")


def asked() -> list[str]:
    """Names of what `setup.cfg` asks for, also for the extras of the product; not what only tests need."""
    return sorted({name for line in _lines() if (name := _name(line))})


def _lines() -> list[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = config["options"]["install_requires"].splitlines()
    for extra, wanted in config["options.extras_require"].items():
        if extra not in _NEVER_RUN:
            lines += wanted.splitlines()
    return lines


def libraries() -> dict[str, Distribution]:
    """All that is installed for the product, by name: what is asked for, and what that brings."""
    found: dict[str, Distribution] = {}
    waiting, followed = _lines(), set[str]()
    while waiting:
        line = waiting.pop()
        name = _name(line)
        if not name or line in followed:
            continue
        followed.add(line)
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            # For another system or an older Python, or an extra that was left out: it is not here.
            continue
        extras = set(_CHOSEN.findall(line.partition(";")[0].replace(",", "][")))
        waiting += [one for one in found[name].requires or () if _is_wanted(one, extras)]
    return dict(sorted(found.items()))


def _is_wanted(line: str, extras: set[str]) -> bool:
    """Whether a requirement is for everybody, or for an extra that was asked for."""
    named = _EXTRA.search(line)
    return named is None or named[1] in extras


def bill() -> dict[str, Any]:
    """The whole bill. The same installation gives the same bill."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "serai"}},
        "components": [*map(_library, libraries().values()), *_vendored()],
    }


def _library(one: Distribution) -> dict[str, Any]:
    name, told = _name(one.metadata["Name"]), one.metadata
    licence = told.get("License-Expression") or (told.get("License") or "").partition("\n")[0]
    component: dict[str, Any] = {
        "type": "library",
        "name": name,
        "version": one.version,
        "purl": f"pkg:pypi/{name}@{one.version}",
    }
    return component | ({"licenses": [{"license": {"name": licence}}]} if licence else {})


def _vendored() -> Iterator[dict[str, Any]]:
    for path in sorted(VENDORED.rglob("*")):
        if path.is_file():
            name, _, version = path.relative_to(VENDORED).parts[0].rpartition("-")
            yield {
                "type": "file",
                "name": str(path.relative_to(VENDORED)),
                "version": version,
                "group": name,
                "hashes": [{"alg": "SHA-256", "content": sha256(path.read_bytes()).hexdigest()}],
            }


def _name(line: str) -> str:
    found = _NAME.match(line)
    return re.sub(r"[-_.]+", "-", found[1]).lower() if found else ""


def main(words: list[str]) -> int:
    """Write it to a file, or to standard output."""
    text = json.dumps(bill(), indent=1, ensure_ascii=False) + "\n"
    if words:
        Path(words[0]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
