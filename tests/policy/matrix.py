"""The expected answers of every route as data: read, write, and the way to make the file anew."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from config.settings import PACKS
from tests.conftest import sqlite_copy, sqlite_template_in
from tests.policy.surface import COLUMNS, Cell, Surface
from workflows.packs import Shelf

FILE = Path(__file__).with_name("matrix.csv")
HEAD = ("method", "path", "thing", *COLUMNS)


def read() -> dict[Cell, dict[str, int]]:
    """Cell -> column -> expected status."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {
            Cell(row["method"], row["path"], row["thing"]): {c: int(row[c]) for c in COLUMNS}
            for row in csv.DictReader(file)
        }


def write(found: dict[Cell, dict[str, int]]) -> None:
    """Keep what was answered; somebody must read the difference."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(HEAD)
        for cell, row in found.items():
            out.writerow([cell.method, cell.path, cell.thing, *(row[c] for c in COLUMNS)])


def asked(surface: Surface) -> dict[Cell, dict[str, int]]:
    """Ask everything."""
    return {cell: {c: surface.ask(cell, c) for c in COLUMNS} for cell in surface.cells()}


def main() -> None:
    """Write the file anew from what the application answers now."""
    shelf = Shelf(PACKS)
    with tempfile.TemporaryDirectory() as folder:
        made, copied = Path(folder, "made"), Path(folder, "copied")
        made.mkdir()
        copied.mkdir()
        for world in sqlite_copy(sqlite_template_in(made, shelf), shelf, copied):
            write(asked(Surface(world)))


if __name__ == "__main__":
    main()
