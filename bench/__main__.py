"""`python3 dev.py bench`: the whole product; `bench names`: the name index; `bench rules`: the rules.

`bench referrals`: days of referrals with a third of agencies silent.
`bench timing`: whether the time of an answer tells what its words do not. `bench export`: long tables.
`bench family`: a family of five by the keyboard, in pages, fields and keys.
`bench hands`: keystrokes and presses of an official, in Chromium.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import (
    export,
    family,
    hands,
    names_index,
    names_pairs,
    referral_command,
    rules_speed,
    timing,
    vault_speed,
)
from bench.figures import as_dict
from bench.measuring import measure, tell
from bench.places import DATABASES
from bench.tables import report

SIZES = (1_000, 10_000)
FULL = (1_000, 10_000, 100_000)


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(int(part) for part in text.split(","))
    if not sizes or min(sizes) < 20:
        raise argparse.ArgumentTypeError("sizes are whole numbers from 20, with commas")
    return sizes


def _databases(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if not set(names) <= set(DATABASES):
        raise argparse.ArgumentTypeError(f"databases are {', '.join(DATABASES)}")
    return names


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dev.py bench",
        description="Measure the product as deployed. `bench names` and `bench rules` measure parts.",
    )
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="persons, as 1000,10000")
    parser.add_argument("--full", action="store_true", help="1,000, 10,000 and 100,000 persons")
    parser.add_argument(
        "--databases", type=_databases, default=DATABASES, help="sqlite,postgres or one of them"
    )
    parser.add_argument("--samples", type=int, default=40, help="requests of each kind (40)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--keep", type=Path, help="keep the registers here; one that is there is filled further"
    )
    return parser


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="serai-bench-") as made:
        # PostgreSQL may run as another user, who must be able to pass through.
        Path(made).chmod(0o711)
        yield Path(made)


def main(words: list[str]) -> None:
    """Read the command line and measure."""
    parts = {
        "names": names_index.main,
        "pairs": names_pairs.main,
        "rules": rules_speed.main,
        "referrals": referral_command.main,
        "vault": vault_speed.main,
        "timing": timing.main,
        "export": export.main,
        "family": family.main,
        "hands": hands.main,
    }
    if words and words[0] in parts:
        parts[words[0]](words[1:])
        return
    options = _parser().parse_args(words)
    sizes = FULL if options.full else options.sizes
    with _folder(options.keep) as folder:
        runs = measure(folder, sizes, options.databases, max(options.samples, 1), tell)
    if options.json:
        print(json.dumps(as_dict(runs), indent=1))
    else:
        print(report(runs))


if __name__ == "__main__":
    main(sys.argv[1:])
