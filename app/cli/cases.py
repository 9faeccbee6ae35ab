"""`serai cases`: do the packs do right by the published cases?"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from app.cli.opening import faults_in_one_line
from app.work import utc_now
from config.settings import PACKS
from workflows.packs import Shelf
from workflows.rules.cases import Row, check
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Vignette


@click.group()
def cases() -> None:
    """Published cases and vignettes."""


@cases.command("check")
@click.option("--packs", "folder", type=click.Path(path_type=Path, exists=True), default=PACKS)
@click.option(
    "--all", "everything", is_flag=True, help="Also the invented persons of the vignettes."
)
def check_command(folder: Path, everything: bool) -> None:  # noqa: FBT001  # a flag of the command line
    """Print case x expectation with hit or miss; exit 1 on a miss."""
    with faults_in_one_line():
        shelf = Shelf(folder)
        day = utc_now().date()
        packs = {code: shelf.get(code, day) for code in shelf.codes()}
        rows = check(packs, _vignettes(packs.values(), everything=everything))
    _print(rows)
    if any(not row.hit for row in rows):
        raise SystemExit(1)


def _vignettes(packs: Iterable[Pack], *, everything: bool) -> list[Vignette]:
    seen = {}
    for pack in packs:
        for vignette in pack.vignettes:
            if everything or vignette.case:
                seen[vignette.file, vignette.pack] = vignette
    return list(seen.values())


def _print(rows: list[Row]) -> None:
    width = max((len(row.case or row.person) for row in rows), default=4)
    for row in rows:
        mark = "hit " if row.hit else "MISS"
        who = row.case or row.person
        click.echo(
            f"{mark}  {who:<{width}}  {row.pack:<4} {row.kind:<15} {row.item:<16} {row.found}"
        )
    for kind in dict.fromkeys(row.kind for row in rows):
        of_kind = [row for row in rows if row.kind == kind]
        hits = sum(row.hit for row in of_kind)
        click.echo(f"{kind}: {hits} of {len(of_kind)}")
