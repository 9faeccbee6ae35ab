"""How well names are compared, on a public list of name groups: `python3 dev.py bench pairs --groups FILE`.

The list is `rigour/data/names/persons.txt` of the package rigour before 2.0 (OpenSanctions, MIT; made from
Wikidata): one group of spellings a line, `a, b, c => Q1`. Nothing of it was used to make our rules. Two
groups make a full name: a true pair spells both otherwise, perhaps in another script; a false one differs in
one of the two, taken from names that begin alike. Beside ours RapidFuzz on anyascii's transliteration: with
the threshold that is best for it on these very pairs, and with the one at which it is as precise as ours.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

from bench.tables import table
from workflows.names.compare import Decision, compare
from workflows.names.keys import keys_of, query_keys

SEED = 11
_SCRIPTS = {"Latn": ("a", "ɏ"), "Cyrl": ("\u0400", "\u052f"), "Arab": ("\u0600", "\u06ff")}
_FEWEST_LETTERS = 3


class Group(NamedTuple):
    """Spellings of one name, by script."""

    forms: dict[str, list[str]]


class Pair(NamedTuple):
    """Two full names, the scripts they are in, and whether they are one name."""

    one: str
    other: str
    scripts: str
    match: bool


def read_groups(lines: Iterator[str]) -> list[Group]:
    """The groups with spellings in two scripts or more than one spelling, single words only."""
    found = []
    for line in lines:
        spelt = [form.strip() for form in line.partition("=>")[0].split(",")]
        forms: dict[str, list[str]] = {}
        for form in spelt:
            script = script_of(form)
            if script and len(form) >= _FEWEST_LETTERS:
                forms.setdefault(script, []).append(form)
        if sum(map(len, forms.values())) > 1:
            found.append(Group(forms))
    return found


def script_of(word: str) -> str | None:
    """The script of a word of one script; None for others and for more than one word."""
    for script, (low, high) in _SCRIPTS.items():
        if word and all(low <= letter <= high for letter in word.casefold()):
            return script
    return None


def pairs(groups: list[Group], number: int, seed: int = SEED) -> list[Pair]:
    """As many true as false pairs, by turns of the scripts, the same for the same seed."""
    luck = random.Random(seed)  # a sample
    near: dict[str, list[Group]] = {}
    for group in groups:
        for forms in group.forms.values():
            near.setdefault(forms[0][:2], []).append(group)
    wanted = [(a, b) for a in _SCRIPTS for b in _SCRIPTS if a <= b]
    found: list[Pair] = []
    while len(found) < number:
        a, b = wanted[len(found) // 2 % len(wanted)]
        given, family = (_with(luck, groups, a, b) for _ in range(2))
        one = f"{luck.choice(given.forms[a])} {luck.choice(family.forms[a])}"
        true = f"{luck.choice(given.forms[b])} {luck.choice(family.forms[b])}"
        like = [g for g in near[given.forms[a][0][:2]] if b in g.forms and g is not given]
        if one == true or not like:
            continue
        false = f"{luck.choice(luck.choice(like).forms[b])} {luck.choice(family.forms[b])}"
        found += [
            Pair(one, true, f"{a}-{b}", match=True),
            Pair(one, false, f"{a}-{b}", match=False),
        ]
    return found


def _with(luck: random.Random, groups: list[Group], a: str, b: str) -> Group:
    while True:
        group = luck.choice(groups)
        if a in group.forms and b in group.forms and (a != b or len(group.forms[a]) > 1):
            return group


def measured(found: list[Pair], says: Callable[[Pair], bool]) -> dict[str, Any]:
    """Precision and recall in all and by scripts, and milliseconds of CPU a pair."""
    began = process_time()
    told = [says(pair) for pair in found]
    took = (process_time() - began) / len(found) * 1e3
    rows = {
        scripts: _shares(
            [(t, p.match) for t, p in zip(told, found, strict=True) if p.scripts == scripts]
        )
        for scripts in dict.fromkeys(pair.scripts for pair in found)
    }
    whole = _shares([(t, p.match) for t, p in zip(told, found, strict=True)])
    return {"all": whole, **rows, "ms_a_pair": round(took, 3)}


def _shares(told: list[tuple[bool, bool]]) -> dict[str, float]:
    hits = sum(said and true for said, true in told)
    said, true = sum(said for said, _ in told), sum(true for _, true in told)
    return {
        "precision": round(hits / said, 3) if said else 0.0,
        "recall": round(hits / true, 3) if true else 0.0,
    }


def ours(pair: Pair) -> bool:
    """Shown as perhaps the same."""
    return compare(pair.one, pair.other).decision is Decision.LIKELY


def indexed(pair: Pair) -> bool:
    """Named by the index."""
    return bool(keys_of([pair.one]) & query_keys(pair.other).pairs)


def library(found: list[Pair], least: float) -> dict[str, Callable[[Pair], bool]]:
    """RapidFuzz on anyascii at its best threshold (of F1), and at the lowest one with precision `least`.

    Empty where they are not installed.
    """
    try:
        from anyascii import anyascii  # lazily: an extra
        from rapidfuzz.fuzz import token_sort_ratio  # lazily: an extra
    except ImportError:
        return {}

    def score(pair: Pair) -> float:
        return float(token_sort_ratio(anyascii(pair.one).lower(), anyascii(pair.other).lower()))

    def from_on(threshold: float) -> Callable[[Pair], bool]:
        return lambda pair: score(pair) >= threshold

    scores = sorted((score(pair), pair.match) for pair in found)
    true = hits = sum(match for _, match in scores)
    said, best, at, precise = len(scores), 0.0, 100.0, 100.0
    for value, match in scores:
        if hits / said >= least:
            precise = min(precise, value)
        if 2 * hits / (said + true) > best:
            best, at = 2 * hits / (said + true), value
        hits, said = hits - match, said - 1
    return {"RapidFuzz, best": from_on(at), "RapidFuzz, as precise": from_on(precise)}


def main(words: list[str]) -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="dev.py bench pairs", description=__doc__)
    parser.add_argument("--groups", type=Path, required=True, help="rigour/data/names/persons.txt")
    parser.add_argument("--pairs", type=int, default=6_000)
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args(words)
    with given.groups.open(encoding="utf-8") as lines:
        groups = read_groups(lines)
    found = pairs(groups, given.pairs)
    rows = {"Serai, likely": measured(found, ours), "Serai, index": measured(found, indexed)}
    for name, says in library(found, rows["Serai, likely"]["all"]["precision"]).items():
        rows[name] = measured(found, says)
    if given.json:
        print(json.dumps({"groups": len(groups), "pairs": len(found), **rows}, indent=1))
        return
    print(f"{len(groups):,} groups, {len(found):,} pairs, half of them true; precision / recall")
    heads = ["", *[key for key in rows["Serai, likely"] if key != "ms_a_pair"], "ms a pair"]
    told = [[name, *(_told(value) for value in row.values())] for name, row in rows.items()]
    print(table([heads, *told]))


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['precision']:.2f} / {value['recall']:.2f}"
    return str(value)
