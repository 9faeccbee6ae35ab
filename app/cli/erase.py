"""`serai erase`: files whose time is over, restored backups, certificates. Nobody is erased from here:
two humans do that on the pages.
"""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.opening import OneLine, data_option, working
from workflows import erasure, restoring, retention

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def erase() -> None:
    """Erasure of persons: what the schedule finds, restored backups, certificates."""


@erase.command()
@data_option
def look(data: Path | None) -> None:
    """Look for files whose time is over, and propose them to humans; the worker does so by itself."""
    looked = proposed = emptied = 0
    after = None
    while True:
        with working(data) as work:
            found = retention.look(work, after)
        looked += found.looked
        proposed += found.proposed
        emptied += found.emptied
        if found.after is None:
            break
        after = found.after
    click.echo(f"{looked} files looked at, {proposed} proposed, {emptied} contacts emptied")


@erase.command()
@data_option
@click.option(
    "--certificates", "folder", type=_FOLDER, help="A folder of certificates kept elsewhere."
)
def reconcile(data: Path | None, folder: Path | None) -> None:
    """After a restore: erase again whoever was erased. Every start does so, too."""
    with working(data) as work:
        outside = [*restoring.read_files(work.settings.data_dir / restoring.FOLDER)]
        outside += [] if folder is None else restoring.read_files(folder)
        found = erasure.reconcile(work, outside)
    click.echo(f"{found.rows} persons and the keys of {found.keys} had come back, and are gone")


@erase.command()
@data_option
@click.option("--to", "folder", type=_FOLDER, required=True, help="The folder to write them to.")
def certificates(data: Path | None, folder: Path) -> None:
    """Write the certificates of all erasures to a folder: keep it apart from the databases."""
    with working(data) as work:
        made = restoring.write_files(work, folder)
    click.echo(f"{made} certificates written to {folder}")


@erase.command()
@click.argument("files", type=_FILE, nargs=-1, required=True)
def verify(files: tuple[Path, ...]) -> None:
    """Check certificates without any secret; exit 1 where one is not what its key has signed."""
    wrong = 0
    for file in files:
        try:
            made = restoring.read_file(file)
        except ValueError:
            raise OneLine(f"{file.name}: no certificate") from None
        genuine = erasure.is_genuine(made.body, made.signature)
        wrong += not genuine
        said = "genuine" if genuine else "NOT GENUINE"
        click.echo(
            f"{made.number}: {said}, {made.body.get('erased_at')}, key {made.body.get('key')}"
        )
    if wrong:
        raise SystemExit(1)
