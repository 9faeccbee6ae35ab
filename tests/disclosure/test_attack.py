"""The attackers lose against the plan, and win as soon as one rule is switched off."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import main
from workflows.disclosure.attack import EXACT_RULES, RULES, report
from workflows.disclosure.attack_odds import share_at_least, share_at_most
from workflows.disclosure.attack_world import STRICT
from workflows.disclosure.attackers import SLACK, known_others
from workflows.disclosure.plan import lean

PLAN = lean()
#: What each switched-off rule gives to whom.
WINNERS = {
    "closed-periods": "known others: one of many",
    "own-label": "equality of cells",
    "empty-cells": "known others: somebody alone",
    "threshold": "small cells shown",
    "noise": "subtraction and differencing",
    "comparing-files": "exact files: all together",
    "covering-cells": "exact files: subtraction",
}


@lru_cache
def attacked(without: str | None) -> dict[str, Any]:
    return report(PLAN, persons=6_000, runs=500, without=without)


def winners(found: dict[str, Any]) -> set[str]:
    return {one["attack"] for one in found["attacks"] if one["won"]}


def test_nobody_wins_against_the_plan(figure: Callable[[str], None]) -> None:
    found = attacked(None)
    assert winners(found) == set()
    assert (found["exact_small_cells"], found["singletons_proven"]) == (0, 0)
    assert found["releases"] == 72
    assert found["exact_files"] > found["exact_files_refused"] > 0
    figure(
        f"figures attacked: {found['figures']} figures of {found['releases']} releases, "
        f"{found['exact_small_cells']} small cells told, {found['singletons_proven']} persons proven"
    )


def test_the_measured_advantage_is_what_the_ledger_says(figure: Callable[[str], None]) -> None:
    found = known_others(PLAN, STRICT, 20_000, others=40)
    assert found.advantage is not None
    assert found.bound is not None
    assert abs(2 * found.right / found.claims - 1 - found.bound) < SLACK
    assert found.advantage <= found.bound + SLACK
    figure(f"figures attacked: advantage at most {found.advantage} (theory {found.bound})")


@pytest.mark.parametrize("rule", [*RULES, *EXACT_RULES])
def test_with_a_rule_switched_off_an_attacker_wins(rule: str) -> None:
    found = attacked(rule)
    assert WINNERS[rule] in winners(found)
    assert not found["held"]


def test_without_noise_single_persons_are_proven() -> None:
    found = report(PLAN, persons=400, runs=100, without="noise")
    assert found["singletons_proven"] > 0


def test_the_command_prints_the_report_and_fails_when_it_is_not_held() -> None:
    few = ["figures", "attack", "--json", "--persons", "500", "--tries", "100"]
    result = CliRunner().invoke(main, [*few, "--without", "threshold"])
    found = json.loads(result.output)
    assert result.exit_code == 1
    assert {"releases", "exact_small_cells", "singletons_proven", "advantage", "bound"} <= set(
        found
    )
    assert found["rule_switched_off"] == "threshold"
    assert CliRunner().invoke(main, ["figures", "attack", "--without", "luck"]).exit_code == 2


def test_bounds_of_a_share() -> None:
    """Clopper and Pearson's own example: 3 of 10 (table of Bland, Altman)."""
    assert share_at_least(3, 10) == pytest.approx(0.0667, abs=1e-4)
    assert share_at_most(3, 10) == pytest.approx(0.6525, abs=1e-4)
    assert (share_at_least(0, 5), share_at_most(5, 5)) == (0, 1)
    for hits in range(0, 40, 7):
        assert share_at_least(hits, 40) <= hits / 40 <= share_at_most(hits, 40)
