"""How quickly the rules read a person, and how little they ask: `python3 dev.py bench rules`.

CPU of one process, for the full international base pack. The persons are its vignettes and invented people
at several moments of their interviews. `assess` gives the whole reading with its trace; `decide` the outcome
of one person; `decide_many` of thousands at once, as a back-test does. Beside them ZEN and SpiffWorkflow, on
the same rules in the same run.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import cycle, islice
from time import process_time
from typing import Any

from app.work import utc_now
from bench.rules_engines import differing, engines, p99, timed
from bench.rules_interviews import compare, lines
from bench.rules_people import people, seen
from bench.rules_tables import as_words, expressible, tables
from bench.tables import table
from config.settings import PACKS
from models.vocabulary import Role
from workflows.packs import Shelf
from workflows.rules.answers import facts_from_raw
from workflows.rules.ask import interview
from workflows.rules.assess import assess, decide
from workflows.rules.compiled import program
from workflows.rules.computed import computed_answers, with_computed
from workflows.rules.crowd import TOGETHER, decide_many
from workflows.rules.pack import Pack
from workflows.rules.values import Facts

PACK = "int"
GOALS = {"assess_with_trace_ms": 0.3, "next_question_ms": 1.0, "persons_per_cpu_second": 100_000}
#: Persons whose readings the other engines must give, too, before they are timed.
CHECKED = 200
#: Seconds of CPU that each other engine gets.
_PATIENCE = 15.0


def crowd_of(pack: Pack, day: date, number: int, seed: int = 5) -> list[Facts]:
    """Vignettes, and invented people of whom a part of the answers is known: some few to nearly all."""
    luck = random.Random(seed)
    crowd = [facts_from_raw(pack.facts, vignette.raw_facts) for vignette in pack.vignettes]
    for _, truth in people(pack, number, day):
        known, share = seen(pack, truth), luck.choice((0.1, 0.2, 0.3, 0.6))
        asked = {fact: answer for fact, answer in truth.items() if luck.random() < share}
        crowd.append({**known, **asked})
    luck.shuffle(crowd)
    return crowd


def measure(pack: Pack, day: date, persons: int) -> dict[str, Any]:
    """Milliseconds of CPU for one person, and persons a CPU second."""
    crowd = crowd_of(pack, day, persons)
    compiled = program(pack)
    vectors = [compiled.encode(f, computed_answers(pack, f, day)) for f in crowd]
    return {
        "persons": len(crowd),
        "answers": round(statistics.fmean(map(len, crowd)), 1),
        "assess_with_trace_ms": _spread(lambda f: assess(pack, f, day).trace(), crowd),
        "decide_ms": _spread(lambda f: decide(pack, f, day), crowd),
        "program_alone_ms": _spread(compiled.decide, vectors),
        "next_question_ms": _spread(
            lambda f: interview(pack, f, Role.BORDER_OFFICIAL, private=True, as_of=day), crowd
        ),
        "decide_persons_per_cpu_second": _rate(lambda f: decide(pack, f, day), crowd),
        "program_alone_persons_per_cpu_second": _rate(compiled.decide, vectors),
        "together_persons_per_cpu_second": _rate_together(pack, crowd, day),
    }


def _spread(read: Callable[[Any], object], crowd: Sequence[Any]) -> dict[str, float]:
    for one in crowd[:20]:
        read(one)
    times = []
    for one in crowd:
        began = process_time()
        read(one)
        times.append((process_time() - began) * 1e3)
    return {"median": round(statistics.median(times), 4), "p99": round(p99(times), 4)}


def _rate(read: Callable[[Any], object], crowd: Sequence[Any]) -> int:
    """Persons a CPU second: the best of three rounds, since others disturb a round and never help it."""
    best = 0.0
    for _ in range(3):
        began = process_time()
        for one in crowd:
            read(one)
        best = max(best, len(crowd) / (process_time() - began))
    return round(best)


def _rate_together(pack: Pack, crowd: Sequence[Facts], day: date) -> int:
    everybody = list(islice(cycle(crowd), TOGETHER * 2))
    best = 0.0
    for _ in range(3):
        began = process_time()
        for _outcomes in decide_many(pack, everybody, day):
            pass
        best = max(best, len(everybody) / (process_time() - began))
    return round(best)


def beside(pack: Pack, day: date, persons: int) -> dict[str, Any]:
    """The other engines on the same rules, after they have agreed with ours."""
    found = tables(pack)
    known = [with_computed(pack, facts, day) for facts in crowd_of(pack, day, persons)]
    known = [facts for facts in known if expressible(facts)]
    words = [as_words(facts, found.columns) for facts in known]
    rules = list(pack.rules)
    ours = [
        {
            r: t
            for r, t in zip(rules, decide(pack, facts, day).rules, strict=True)
            if r in found.rules
        }
        for facts in known[:CHECKED]
    ]
    rows: dict[str, Any] = {}
    for name, engine in engines(found).items():
        if engine is None:
            rows[name] = "not installed"
            continue
        wrong = differing(engine, found, words[:CHECKED], ours)
        rows[name] = {"differing": wrong, "of": len(ours), **timed(engine, words, _PATIENCE)}
    return {
        "rules": len(found.rules),
        "left_out": list(found.left_out),
        "table_rows": len(found.rows),
        "engines": rows,
    }


def main(words: list[str]) -> None:
    """Measure, and print JSON or tables."""
    parser = argparse.ArgumentParser(prog="dev.py bench rules", description=__doc__)
    parser.add_argument("--persons", type=int, default=600, help="invented persons to read (600)")
    parser.add_argument("--interviews", type=int, default=400, help="persons to interview (400)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(words)
    day = utc_now().date()
    began = process_time()
    pack = Shelf(PACKS).get(PACK, day)
    found: dict[str, Any] = {
        "pack": pack.name,
        "facts": len(pack.facts),
        "rules": len(pack.rules),
        "load_ms": round((process_time() - began) * 1e3, 1),
        "speed": measure(pack, day, options.persons),
        "beside": beside(pack, day, options.persons),
    }
    if options.interviews:
        found["interviews"] = compare(pack, options.interviews, day)
    print(json.dumps(found, indent=1) if options.json else report(found))


def report(found: Mapping[str, Any]) -> str:
    """The figures as tables."""
    size = f"{found['facts']} facts, {found['rules']} rules"
    parts = [
        f"{found['pack']}: {size}; loaded in {found['load_ms']} ms CPU",
        table(_speed(found["speed"])),
        _engines(found["beside"], found["speed"]),
    ]
    if "interviews" in found:
        people_ = found["interviews"]["people"]
        parts.append(f"Interviews of {people_} invented people; mean (p90)")
        parts.append(table(lines(found["interviews"])))
    return "\n\n".join(parts)


def _speed(speed: Mapping[str, Any]) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = [
        (
            f"{speed['persons']} persons, {speed['answers']} answers each",
            "median ms",
            "p99 ms",
            "goal",
        )
    ]
    names = {
        "assess_with_trace_ms": "assess with trace",
        "decide_ms": "decide, from answers",
        "program_alone_ms": "decide, the program alone",
        "next_question_ms": "next question",
    }
    for key, name in names.items():
        goal = str(GOALS.get(key, ""))
        rows.append((name, f"{speed[key]['median']:.3f}", f"{speed[key]['p99']:.3f}", goal))
    rates: list[Sequence[str]] = [
        ("persons a CPU second", "", "", f"{GOALS['persons_per_cpu_second']:,}")
    ]
    names = {
        "together": "many at once, from answers",
        "decide": "one by one, from answers",
        "program_alone": "one by one, the program alone",
    }
    for key, name in names.items():
        rates.append((f"  {name}", f"{speed[f'{key}_persons_per_cpu_second']:,}", "", ""))
    return [*rows, *rates]


def _engines(found: Mapping[str, Any], speed: Mapping[str, Any]) -> str:
    head = (
        f"The same {found['rules']} rules as {found['table_rows']} rows of a two-rail table "
        f"(left out for all: {len(found['left_out'])})"
    )
    ours = speed["decide_persons_per_cpu_second"]
    rows: list[Sequence[str]] = [
        ("engine", "agrees", "median ms", "p99 ms", "persons a CPU second", "ours is"),
        (
            "Serai, one by one",
            "-",
            f"{speed['decide_ms']['median']:.3f}",
            f"{speed['decide_ms']['p99']:.3f}",
            f"{ours:,}",
            "",
        ),
    ]
    for name, row in found["engines"].items():
        if isinstance(row, str):
            rows.append((name, row, "", "", "", ""))
            continue
        rate = row["persons_per_cpu_second"]
        agrees = f"{row['of'] - row['differing']} of {row['of']}"
        times = (f"{row['median_ms']:.3f}", f"{row['p99_ms']:.3f}")
        rows.append((name, agrees, *times, f"{rate:,}", f"{ours / max(rate, 1):,.0f} times"))
    return f"{head}\n{table(rows)}"
