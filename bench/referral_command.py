"""Options of `bench referrals`, and its one JSON object."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from bench.referral_days import simulate


def main(words: list[str]) -> None:
    """Read the command line, run, print one JSON object."""
    parser = argparse.ArgumentParser(
        prog="dev.py bench referrals",
        description="Days of referrals through the real workflows, a third of agencies silent.",
    )
    parser.add_argument("--referrals", type=int, default=5_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args(words)
    print(json.dumps(asdict(simulate(given.referrals, given.days, given.seed)), indent=1))
