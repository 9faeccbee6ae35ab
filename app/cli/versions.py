"""`serai pack recheck`, `serai pack shadow`: do old assessments hold; what would a new pack say?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from app.cli.opening import data_option, working
from workflows import recheck as rechecking
from workflows import shadowing
from workflows.rules import canonical
from workflows.rules.pack import Pack
from workflows.rules.packs import load_pack
from workflows.work import Work


@click.command()
@data_option
@click.option("--sample", default=rechecking.SAMPLE, show_default=True, help="How many at most.")
def recheck(data: Path | None, sample: int) -> None:
    """Compute stored assessments again, taken at random: each must be the same to the last byte."""
    with working(data) as work:
        found = rechecking.recheck(work, sample)
    click.echo(f"{found.matched} of {found.tried} the same")
    for case, sequence, outcome in found.mismatches:
        click.echo(f"MISMATCH  case {case}  assessment {sequence}: {outcome.value}")
    if found.mismatches:
        raise SystemExit(1)


@click.command()
@data_option
@click.argument("new", type=click.Path(path_type=Path, exists=True))
@click.option("--as", "name", help="Account whose cases are listed for review by number.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def shadow(data: Path | None, new: Path, name: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Run a pack (folder or published file) over the stored cases; changes nothing.

    Counts what is gained and lost by country, age and sex. Small figures, and those that would tell
    them, are withheld.
    """
    with working(data) as work:
        found = list(shadowing.run_over(work, _pack(new, work)))
        counted = shadowing.counts(work, found)
        listed = shadowing.listed(work, found, name) if name else None
    if as_json:
        click.echo(json.dumps({**counted, "review": listed}, ensure_ascii=False, indent=1))
        return
    _print(counted, listed)


def _pack(new: Path, work: Work) -> Pack:
    if new.is_dir():
        return load_pack(new.parent, new.resolve().name, work.now.date())
    return canonical.load(new.read_bytes(), name=new.name)


def _print(counted: dict[str, Any], listed: list[str] | None) -> None:
    click.echo(f"cases: {_figure(counted['cases'])}")
    for line in counted["outputs"]:
        click.echo(f"{line['change']:<7} {line['output']:<34} {_figure(line['total'])}")
        for name in ("country", "age_band", "sex"):
            cells = "  ".join(f"{code} {_figure(n)}" for code, n in line[name].items() if n != 0)
            click.echo(f"        {name:<9} {cells or '-'}")
    if listed is None:
        click.echo("For the numbers of open cases to review: --as ACCOUNT")
        return
    click.echo(f"open cases to review: {len(listed)}")
    for number in listed:
        click.echo(f"  {number}")


def _figure(value: int | None) -> str:
    return "withheld" if value is None else str(value)
