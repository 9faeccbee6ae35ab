"""A process of its own that sends a referral for each case that it is given, until a test kills it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from config.loading import load
from config.settings import PACKS
from models.session import open_storage
from tests.world import World
from workflows.packs import Shelf


def main(folder: Path, cases: list[str]) -> None:
    settings = load(dict(os.environ), folder)
    world = World(open_storage(settings), settings, Shelf(PACKS), {})
    for case in cases:
        sys.stdout.write(f"{world.send(case)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
