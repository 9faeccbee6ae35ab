"""Other engines on the same rules in the same run: ZEN (`zen-engine`) and the DMN of SpiffWorkflow.

They are asked for the bench only (extra `bench`). Each gets the same two-rail table; before it is timed its
answers are compared with ours.
"""

from __future__ import annotations

import importlib.util
import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from time import process_time
from typing import Any

from bench.rules_tables import Tables, is_bound, truths

#: One person as words in, names of the rows that hold out.
Engine = Callable[[Mapping[str, str | int]], list[str]]

MODULES = {"ZEN": "zen", "SpiffWorkflow DMN": "SpiffWorkflow"}


def engines(table: Tables) -> dict[str, Engine | None]:
    """The engines by name; None where one is not installed."""
    makers = {"ZEN": _zen, "SpiffWorkflow DMN": _spiff}
    there = {name: importlib.util.find_spec(module) for name, module in MODULES.items()}
    return {name: make(table) if there[name] else None for name, make in makers.items()}


def _zen(table: Tables) -> Engine:
    import zen  # in the extra `bench` only

    names = {column: f"c{i}" for i, column in enumerate(table.columns)}
    rows = []
    for i, row in enumerate(table.rows):
        cells = dict.fromkeys(names.values(), "")
        for column, cell in row.cells:
            text = _unary(cell)
            cells[names[column]] = f"{cells[names[column]]} and {text}".removeprefix(" and ")
        rows.append({"_id": str(i), **cells, "hit": json.dumps(f"{row.rail} {row.rule}")})
    content = {
        "hitPolicy": "collect",
        "inputs": [{"id": n, "name": column, "field": n} for column, n in names.items()],
        "outputs": [{"id": "hit", "name": "hit", "field": "hit"}],
        "rules": rows,
    }
    where = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", **where},
        {"id": "rules", "name": "rules", "type": "decisionTableNode", "content": content, **where},
        {"id": "out", "name": "out", "type": "outputNode", **where},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "rules", "type": "edge"},
        {"id": "2", "sourceId": "rules", "targetId": "out", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def read(person: Mapping[str, str | int]) -> list[str]:
        found = decision.evaluate({names[column]: value for column, value in person.items()})
        return [hit["hit"] for hit in found["result"]]

    return read


def p99(values: Sequence[float]) -> float:
    """The smallest value that is not exceeded by 99 of 100 (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-99 * len(ordered) // 100) - 1)]


def _unary(cell: tuple[Any, ...]) -> str:
    """A cell in ZEN's words: admitted words with commas, or a comparison."""
    if is_bound(cell):
        return f"{cell[0]} {cell[1]}"
    return ", ".join(json.dumps(word) for word in cell)


def _spiff(table: Tables) -> Engine:
    from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine  # as above
    from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine  # as above
    from SpiffWorkflow.dmn.specs import model  # as above

    decisions = model.DecisionTable("rules", "rules", "COLLECT")
    names = {column: f"c{i}" for i, column in enumerate(table.columns)}
    inputs = {name: model.Input(name, name, name, "", name) for name in names.values()}
    hit = model.Output("hit", "hit", "hit", "string")
    for i, row in enumerate(table.rows):
        rule = model.Rule(str(i))
        for k, (column, cell) in enumerate(row.cells):
            entry = model.InputEntry(f"{i}.{k}", inputs[names[column]])
            plain = is_bound(cell)
            entry.lhs = [f"? {cell[0]} {cell[1]}" if plain else f"? in {tuple(cell)!r}"]
            rule.inputEntries.append(entry)
        out = model.OutputEntry(str(i), hit)
        out.text = repr(f"{row.rail} {row.rule}")
        rule.outputEntries.append(out)
        decisions.rules.append(rule)
    engine = DMNEngine(decisions)

    class Workflow:
        script_engine = PythonScriptEngine()

    class Task:
        workflow = Workflow()

        def __init__(self, data: dict[str, Any]) -> None:
            self.data = data

    def read(person: Mapping[str, str | int]) -> list[str]:
        found = engine.result(Task({names[column]: v for column, v in person.items()}))
        return list(found.get("hit", []))

    return read


def differing(
    engine: Engine,
    table: Tables,
    people: Sequence[Mapping[str, str | int]],
    ours: Sequence[Mapping[str, int]],
) -> int:
    """How many people the engine reads otherwise than we do."""
    return sum(
        truths(engine(person), table.rules) != dict(wanted)
        for person, wanted in zip(people, ours, strict=True)
    )


def timed(engine: Engine, people: Sequence[Mapping[str, str | int]], most: float) -> dict[str, Any]:
    """Milliseconds of CPU for one person, and persons a CPU second; stops after `most` seconds."""
    times: list[float] = []
    for person in people:
        began = process_time()
        engine(person)
        times.append(process_time() - began)
        if sum(times) > most:
            break
    return {
        "persons": len(times),
        "median_ms": round(statistics.median(times) * 1e3, 4),
        "p99_ms": round(p99(times) * 1e3, 4),
        "persons_per_cpu_second": round(len(times) / sum(times)),
    }
