"""How quickly the rules of Kazakhstan read a person: `python3 dev.py bench rules`. CPU of one process.

The persons are the pack's vignettes, again and again. `assess` gives the whole reading with its trace;
`decide` only the outcome, from the compiled program.
"""

from __future__ import annotations

import argparse
import json
import statistics
from itertools import cycle, islice
from time import process_time
from typing import Any

from app.work import utc_now
from bench.figures import p95
from config.settings import PACKS
from workflows.packs import Shelf
from workflows.rules.answers import facts_from_raw
from workflows.rules.assess import assess, decide

PACK = "kaz"


def measure(persons: int) -> dict[str, Any]:
    """Milliseconds to load the pack and to assess one person, and compiled outcomes a second."""
    today = utc_now().date()
    began = process_time()
    pack = Shelf(PACKS).get(PACK, today)
    loaded = process_time() - began
    crowd = [facts_from_raw(pack.facts, vignette.raw_facts) for vignette in pack.vignettes]
    for facts in crowd:
        assess(pack, facts, today).trace()
    times = []
    for facts in islice(cycle(crowd), persons):
        began = process_time()
        assess(pack, facts, today).trace()
        times.append((process_time() - began) * 1e3)
    began = process_time()
    for facts in islice(cycle(crowd), persons * 10):
        decide(pack, facts, today)
    spent = process_time() - began
    return {
        "pack": pack.name,
        "rules": len(pack.rules),
        "vignettes": len(crowd),
        "load_ms": round(loaded * 1e3, 1),
        "assess_with_trace_ms": {
            "median": round(statistics.median(times), 3),
            "p95": round(p95(times), 3),
        },
        "decide_persons_per_cpu_second": round(persons * 10 / spent),
    }


def main(words: list[str]) -> None:
    """Measure, and print JSON or a few lines."""
    parser = argparse.ArgumentParser(prog="dev.py bench rules", description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(words)
    found = measure(options.persons)
    if options.json:
        print(json.dumps(found, indent=1))
        return
    print(f"{found['pack']}: {found['rules']} rules, {found['vignettes']} vignettes")
    print(f"load                 {found['load_ms']:>10.1f} ms CPU")
    median, most = found["assess_with_trace_ms"].values()
    print(f"assess with trace    {median:>10.3f} ms CPU median, {most:.3f} ms p95")
    print(
        f"decide, compiled     {found['decide_persons_per_cpu_second']:>10,} persons a CPU second"
    )
