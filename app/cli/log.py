"""`serai log`: check that nothing was edited, deleted or reordered; checkpoints and their key."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.cli.opening import OneLine, data_option, faults_in_one_line, working
from models.vault.engine import prepare_engine
from workflows import checkpoints, log_check, witnesses
from workflows.log import NO_CHAIN
from workflows.log_check import Checked, Outside
from workflows.notes import NoteKey


@click.group()
def log() -> None:
    """The tamper-evident log."""


@log.command()
@data_option
@click.option("--db", help="SQLAlchemy URL of a copy; then no setting and no secret is read.")
@click.option("--key", help="The public key of checkpoints (`serai log key`), or a file with it.")
@click.option(
    "--checkpoints",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder of checkpoints that was kept outside.",
)
@click.option("--against-data", "data_too", is_flag=True, help="Compare every sealed value too.")
@click.option("--complete", is_flag=True, help="Every entry must be under a checkpoint.")
def verify(
    data: Path | None,
    db: str | None,
    key: str | None,
    folder: Path | None,
    *,
    data_too: bool,
    complete: bool,
) -> None:
    """Check every entry, chain and checkpoint; exit 1 and name what is wrong."""
    with faults_in_one_line():
        if db is None:
            found = _at_home(data, _key(key), folder, data_too=data_too, complete=complete)
        else:
            outside = Outside(key=_key(key), notes=_notes(folder), data=data_too, complete=complete)
            engine = prepare_engine(db, production=False)
            with Session(engine) as session:
                found = log_check.check(session, outside)
            engine.dispose()
    _say(found)


def _at_home(
    data: Path | None, key: NoteKey | None, folder: Path | None, *, data_too: bool, complete: bool
) -> Checked:
    with working(data) as work:
        own = folder or work.settings.checkpoints_folder
        outside = Outside(
            key=key or checkpoints.public_key(work),
            notes=_notes(own if own.is_dir() else None),
            macs=work.provider,
            data=data_too,
            complete=complete,
        )
        return log_check.check(work.session, outside)


def _say(found: Checked) -> None:
    for one in found.findings:
        where = f"writer {one.stream}, entry" if one.stream != NO_CHAIN else "number"
        click.echo(f"{one.kind}: {where} {one.counter}")
    click.echo(
        f"{found.entries} entries, {found.writers} writers, {found.checkpoints} checkpoints, "
        f"{found.kept_outside} kept outside, {found.values} values, {found.waiting} waiting, "
        f"{len(found.findings)} findings"
    )
    if found.findings:
        raise SystemExit(1)


def _key(told: str | None) -> NoteKey | None:
    if told is None:
        return None
    text = Path(told).read_text(encoding="utf-8") if Path(told).is_file() else told
    try:
        return NoteKey.parse(text)
    except ValueError:
        raise OneLine("--key is no public key as `serai log key` prints it") from None


def _notes(folder: Path | None) -> tuple[str, ...]:
    return () if folder is None else tuple(witnesses.in_folder(folder))


@log.command()
@data_option
def key(data: Path | None) -> None:
    """Print the public key that checks this installation's checkpoints."""
    with working(data) as work:
        click.echo(str(checkpoints.public_key(work)))


@log.command()
@data_option
def seal(data: Path | None) -> None:
    """Make a checkpoint now, and keep it where checkpoints are kept: before a backup or an inspection."""
    with working(data) as work:
        checkpoints.beat(work)
    with working(data) as work:
        while checkpoints.seal(work).added == checkpoints.MOST:
            pass
    with working(data) as work:
        witnesses.catch_up(work, work.settings.checkpoints_folder)
        newest = checkpoints.newest(work)
    click.echo(newest.note if newest is not None else "no entries yet")
