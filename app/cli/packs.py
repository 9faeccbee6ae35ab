"""`serai pack`: read packs, for people and machines."""

from __future__ import annotations

import json
from pathlib import Path

import click

from app.cli.opening import data_option, faults_in_one_line, working
from app.work import utc_now
from config.settings import PACKS
from workflows import packs as workflow
from workflows.packs import Shelf
from workflows.rules.pack import Pack
from workflows.rules.report import described
from workflows.rules.words import TREATIES

_folder = click.option(
    "--packs", "folder", type=click.Path(path_type=Path, exists=True), default=PACKS
)
_code = click.option("--pack", "code", required=True, help="int, kaz, tjk, ...")
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def pack() -> None:
    """The rules in force."""


@pack.command("list")
@_folder
def list_command(folder: Path) -> None:
    """Each pack with its version, hash and what it holds."""
    with faults_in_one_line():
        shelf = Shelf(folder)
        for code in shelf.codes():
            found = shelf.get(code, utc_now().date())
            click.echo(
                f"{found.name:<14} {found.sha256[:12]} {len(found.profiles)} profiles, "
                f"{len(found.facts)} facts, {len(found.rules)} rules, {len(found.needs)} needs, "
                f"{len(found.holds)} holds, {len(found.deadlines)} deadlines, "
                f"{len(found.vignettes)} vignettes{_state(found)}"
            )


def _state(found: Pack) -> str:
    if not found.country:
        return ""
    party = sum(row.status.startswith("party") for row in found.treaties)
    procedure = found.asylum_procedure or "not said"
    return f"; party to {party} of {len(TREATIES)} treaties, asylum procedure: {procedure}"


@pack.command()
@_folder
@_code
@_as_json
def facts(folder: Path, code: str, as_json: bool) -> None:  # noqa: FBT001  # a flag of the command line
    """Every fact with its kind, allowed values and wording."""
    with faults_in_one_line():
        found = Shelf(folder).get(code, utc_now().date())
    rows = [described(found, fact) for fact in found.facts.values()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['fact']:<32} {row['kind']:<9} {row['ask']}")


@pack.command()
@data_option
@click.argument("codes", nargs=-1, required=True)
def sync(data: Path | None, codes: tuple[str, ...]) -> None:
    """Bring agencies, desks, services and posts of these packs into the database."""
    with working(data) as work:
        for code in codes:
            workflow.sync_network(work.session, work.shelf.get(code, work.now.date()))
    click.echo(f"Brought in: {', '.join(codes)}")
