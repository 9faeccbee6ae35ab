"""`serai figures`: what the publication plan protects, attacked."""

from __future__ import annotations

import json
from typing import Any

import click

from app.cli.opening import OneLine
from workflows.disclosure.attack import EXACT_RULES, RULES, report
from workflows.disclosure.attack_audit import SolverMissing
from workflows.disclosure.plan import lean

#: Enough tries for the interval of a measured advantage to be narrower than what it may be above theory.
_TRIES = 40_000


@click.group()
def figures() -> None:
    """Published figures."""


@figures.command()
@click.option(
    "--persons", default=6_000, type=click.IntRange(100, 1_000_000), help="Invented persons."
)
@click.option(
    "--tries", default=_TRIES, type=click.IntRange(100, 1_000_000), help="Of each attack."
)
@click.option("--epsilon", default=1.0, type=click.FloatRange(0.05, 10), help="The plan's budget.")
@click.option("--seed", default=7, type=int, help="Another invented deployment.")
@click.option(
    "--without",
    type=click.Choice([*RULES, *EXACT_RULES]),
    help="Switch a rule off: an attacker wins.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def attack(
    persons: int,
    tries: int,
    epsilon: float,
    seed: int,
    without: str | None,
    as_json: bool,  # noqa: FBT001  # a flag of the command line
) -> None:
    """Attack all that an invented deployment publishes in two years; exit 1 if somebody could be told of."""
    try:
        found = report(lean(epsilon), persons=persons, runs=tries, seed=seed, without=without)
    except SolverMissing:
        raise OneLine("the solver is missing: install the extra `prove`") from None
    if as_json:
        click.echo(json.dumps(found, indent=1))
    else:
        for line in _lines(found):
            click.echo(line)
    if not found["held"]:
        raise SystemExit(1)


def _lines(found: dict[str, Any]) -> list[str]:
    rows = [
        "{persons:,} persons, {releases} releases, {figures:,} figures, {withheld:,} withheld".format(
            **found
        ),
        "exact files for partners: {exact_files} made, {exact_files_refused} refused".format(
            **found
        ),
        "epsilon {epsilon}, sigma {sigma}; small cells told exactly {exact_small_cells}, "
        "single persons proven {singletons_proven}, worst advantage {advantage:.4f} "
        "(theory {bound:.4f})".format(**found),
    ]
    for one in found["attacks"]:
        told = f"{one['right']:,} of {one['claims']:,} right (guessing {one['guess']:.2f})"
        if one["advantage"] is not None:
            told += f", advantage at most {one['advantage']:.4f} (theory {one['bound']:.4f})"
        rows.append(f"  {one['attack']}: {told}{', WON' if one['won'] else ''}")
    return [*rows, "held" if found["held"] else "NOT HELD"]
