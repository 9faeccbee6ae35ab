"""Rebuild what Serai vendors for the browser: stylesheet, overlay, script bundle, fonts.

Maintainers run it (it needs Node); nobody who installs or runs Serai does. It installs the locked
packages without running their scripts, builds into `app/static/vendor/`, and rewrites
`app/static/vendor.lock.toml`, whose hashes a test recomputes. Standard library only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
STATIC = ROOT / "app" / "static"
MODULES = HERE / "node_modules"

LOCK_HEAD = """\
# Everything in app/static/vendor and tests/journeys that was made by others.
# Written by tools/ui/build.py; a test recomputes every hash. Do not edit by hand.
"""


@dataclass(frozen=True, kw_only=True)
class Vendored:
    """One vendored file: where it came from, how it was made, under which licence."""

    path: str
    package: str
    version: str
    integrity: str
    made: str
    licence: str


def run(*command: str) -> None:
    """Run one command in this folder; its failure stops the build."""
    subprocess.run(command, cwd=HERE, check=True)


def installed(package: str) -> tuple[str, str]:
    """The locked version and sha-512 integrity of one npm package."""
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    entry = lock["packages"][f"node_modules/{package}"]
    return entry["version"], entry["integrity"]


def place(
    package: str, files: dict[str, tuple[Path, str]], licence: str, folder: Path
) -> list[Vendored]:
    """Copy files of one package into `folder`; `files` maps name -> (source, how it was made)."""
    version, integrity = installed(package)
    folder.mkdir(parents=True, exist_ok=True)
    placed = []
    for name, (source, made) in sorted(files.items()):
        shutil.copyfile(source, folder / name)
        path = (folder / name).relative_to(ROOT).as_posix()
        placed.append(
            Vendored(
                path=path,
                package=package,
                version=version,
                integrity=integrity,
                made=made,
                licence=licence,
            )
        )
    return placed


def place_govuk(build: Path) -> list[Vendored]:
    """Our cut of GOV.UK Frontend, built by build.mjs into `build`."""
    version, _ = installed("govuk-frontend")
    return place(
        "govuk-frontend",
        {
            "govuk.css": (build / "govuk.css", "sass"),
            "govuk.rtl.css": (build / "govuk.rtl.css", "rtl-overlay"),
            "govuk.js": (build / "govuk.js", "bundled"),
            "LICENSE.txt": (HERE / "LICENSE.govuk-frontend.txt", "copied"),
        },
        "MIT",
        STATIC / "vendor" / f"govuk-frontend-{version}",
    )


def place_font(build: Path) -> list[Vendored]:
    """Vazirmatn, the letters our languages use: fetched for Arabic letters only; browsers embolden it."""
    version, _ = installed("@fontsource/vazirmatn")
    origin = MODULES / "@fontsource" / "vazirmatn"
    files = {
        f"vazirmatn-arabic-{weight}.woff2": (
            build / f"vazirmatn-arabic-{weight}.woff2",
            "subset",
        )
        for weight in (400,)
    }
    files["LICENSE.txt"] = (origin / "LICENSE", "copied")
    folder = STATIC / "vendor" / f"vazirmatn-{version}"
    return place("@fontsource/vazirmatn", files, "OFL-1.1", folder)


def place_qr(build: Path) -> list[Vendored]:
    """The decoder of QR codes, for browsers that have none of their own."""
    version, _ = installed("qr")
    return place(
        "qr",
        {
            "qr-decode.js": (build / "qr-decode.js", "bundled"),
            "LICENSE.txt": (MODULES / "qr" / "LICENSE-MIT", "copied"),
        },
        "MIT",
        STATIC / "vendor" / f"qr-{version}",
    )


def place_axe() -> list[Vendored]:
    """The accessibility checker: tests only, never served."""
    return place(
        "axe-core",
        {
            "axe.min.js": (MODULES / "axe-core" / "axe.min.js", "copied"),
            "axe.LICENSE.txt": (MODULES / "axe-core" / "LICENSE", "copied"),
        },
        "MPL-2.0",
        ROOT / "tests" / "journeys",
    )


def write_lock(files: list[Vendored]) -> None:
    """Write the lock: one table a file, in the order of the paths."""
    lines = [LOCK_HEAD]
    for item in sorted(files, key=lambda one: one.path):
        digest = hashlib.sha256((ROOT / item.path).read_bytes()).hexdigest()
        lines.append(
            f'[[file]]\npath = "{item.path}"\npackage = "{item.package}"\n'
            f'version = "{item.version}"\nintegrity = "{item.integrity}"\n'
            f'made = "{item.made}"\nsha256 = "{digest}"\nlicence = "{item.licence}"\n'
        )
    (STATIC / "vendor.lock.toml").write_text("\n".join(lines), encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Install, build, place and lock; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="use node_modules as installed")
    options = parser.parse_args(arguments)
    if shutil.which("npm") is None:
        print("vendor: npm was not found; Node 20 or newer is needed", file=sys.stderr)
        return 1
    if not options.keep:
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    build = MODULES / ".serai-build"
    build.mkdir(exist_ok=True)
    run("node", "build.mjs", str(build))
    shutil.rmtree(STATIC / "vendor", ignore_errors=True)
    write_lock(place_govuk(build) + place_font(build) + place_qr(build) + place_axe())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
