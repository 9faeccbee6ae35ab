"""What writing very long tables costs: `python3 dev.py bench export --rows 5000000 --formats csv,json,xlsx`.

Each format is written by a process of its own from a stream of invented rows, into a file that is thrown
away; its peak of memory is that process's. Linux and macOS.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from bench.measuring import tell
from workflows.disclosure.sheets import Row, Sheet, write_csv, write_json, write_workbook

FORMATS = ("csv", "json", "xlsx")
#: The goal: megabytes of memory for five million rows.
MOST_MB = 200
_HEADS = ("period", "province", "sex_age", "persons")
_TAGS = ("#date", "#adm1+code", "#indicator+sex_age+code", "#affected+persons+num")


def rows() -> Iterator[Row]:
    """Invented rows without end, some figures withheld."""
    number = 0
    while True:
        figure: int | str = "c" if number % 7 == 0 else number % 5000
        month = f"20{number % 89 + 10}-{number % 12 + 1:02d}"
        yield month, f"province {number % 97}", "F 18-59", figure
        number += 1


def write(kind: str, number: int) -> int:
    """Write `number` rows in a format; returns the bytes of the file."""
    sheet = Sheet("long", _HEADS, islice(rows(), number), 3, _TAGS)
    with tempfile.TemporaryDirectory(prefix="serai-export-") as folder:
        path = Path(folder) / f"long.{kind}"
        if kind == "xlsx":
            with path.open("wb") as out:
                write_workbook(out, [sheet], [("A bench", "")], "BENCH")
        else:
            with path.open("w", encoding="utf-8", newline="") as text:
                if kind == "csv":
                    write_csv(text, sheet, "BENCH")
                else:
                    write_json(text, {"release": "BENCH"}, [sheet])
        return path.stat().st_size


def _alone(kind: str, number: int) -> None:
    """In a process of its own: print what it cost as JSON."""
    began = time.perf_counter()
    size = write(kind, number)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = {
        "format": kind,
        "rows": number,
        "seconds": round(time.perf_counter() - began, 1),
        "peak_mb": round(peak / (1024 if sys.platform == "linux" else 1024**2), 1),
        "file_mb": round(size / 1e6, 1),
    }
    sys.stdout.write(json.dumps(found) + "\n")


def main(words: Sequence[str]) -> None:
    """Measure the formats one after the other; exits 1 where one needs more memory than the goal."""
    parser = argparse.ArgumentParser(prog="bench export", description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--formats", default=",".join(FORMATS), help="csv,json,xlsx")
    parser.add_argument("--alone", choices=FORMATS, help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    if options.alone:
        _alone(options.alone, options.rows)
        return
    kinds = options.formats.split(",")
    if not set(kinds) <= set(FORMATS):
        parser.error(f"formats are {', '.join(FORMATS)}")
    kept = True
    for kind in kinds:
        command = ["-m", "bench", "export", "--rows", str(options.rows), "--alone", kind]
        made = subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, check=True
        )
        found = json.loads(made.stdout)
        kept &= found["peak_mb"] <= MOST_MB
        tell(
            f"{kind}: {found['rows']:,} rows in {found['seconds']} s, at most {found['peak_mb']} MB of "
            f"memory, a file of {found['file_mb']} MB"
        )
    if not kept:
        sys.exit(1)
