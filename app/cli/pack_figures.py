"""`serai pack figures`: how much each pack says, and how much of it is said twice."""

from __future__ import annotations

import json
from pathlib import Path

import click

from app.cli.opening import OneLine, faults_in_one_line
from app.cli.packs import as_json_option, as_of_option, day_of, folder_option
from workflows.rules.pack import Pack
from workflows.rules.pack_figures import figures
from workflows.rules.pack_files import pack_codes
from workflows.rules.packs import load_pack
from workflows.rules.proof_solver import NoSolver
from workflows.rules.slip_report import shares


@click.command("figures")
@folder_option
@click.option("--pack", "code", help="Default: all packs.")
@click.option(
    "--slips", "with_slips", is_flag=True, help="Also try every slip (int: a minute and more)."
)
@as_of_option
@as_json_option
def figures_command(
    folder: Path,
    code: str | None,
    with_slips: bool,  # noqa: FBT001  # flags of the command line
    as_of: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Count profiles, questions, rules, needs, holds, clocks, routes and vignettes of each pack."""
    rows: list[dict[str, object]] = []
    with faults_in_one_line():
        for one in (code,) if code else pack_codes(folder):
            pack = load_pack(folder, one, day_of(as_of))
            row: dict[str, object] = {"pack": one, **figures(pack)}
            if with_slips:
                row |= _slips(folder, pack)
            rows.append(row)
            if not as_json:
                _print(row, first=len(rows) == 1)
    if as_json:
        click.echo(json.dumps(rows, indent=1))


def _slips(folder: Path, pack: Pack) -> dict[str, object]:
    from workflows.rules.slips import slips  # the solver is needed only here

    base = pack.base.partition("@")[0].lower()
    try:
        found = slips(pack, load_pack(folder, base, pack.on) if base else None)
    except NoSolver as missing:
        raise OneLine(str(missing)) from None
    return dict(shares(found))


def _print(row: dict[str, object], *, first: bool) -> None:
    if first:
        click.echo("  ".join(f"{name:>9}" for name in row))
    click.echo("  ".join(f"{value:>9}" for value in row.values()))
