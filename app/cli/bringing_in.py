"""`serai pack bring-in FILE`: a published file becomes a draft, signed by an account of this deployment."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.opening import OneLine, data_option, opened
from app.work import utc_now
from workflows import publishing
from workflows.accounts import SYSTEM_ACTOR, actor_named
from workflows.errors import SignInFailed
from workflows.packs import open_shelf
from workflows.policy import Actor
from workflows.publishing import BringInArchive, Signature
from workflows.rules import canonical, signatures
from workflows.rules.pack_files import read_bytes
from workflows.work import begin

_CONSOLE = "console"


@click.command("bring-in")
@data_option
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "name", required=True, help="The account that brings it in and signs.")
@click.option("--note", required=True, help="What changes, and why. Write no name.")
@click.option(
    "--signatures",
    "signed",
    type=click.Path(path_type=Path),
    help="Who signed the file (default: signatures.json beside it, if there is one).",
)
@click.option("--password-file", type=click.Path(path_type=Path), help="Else it is asked for.")
def bring_in_command(
    data: Path | None,
    file: Path,
    name: str,
    note: str,
    signed: Path | None,
    password_file: Path | None,
) -> None:
    """Make a file that `export` wrote a draft; another account publishes it on the page of versions."""
    with opened(data) as (settings, storage):
        shelf = open_shelf(settings)
        raw = read_bytes(file, str(file), publishing.MOST_BYTES)
        beside = signed or file.parent / signatures.FILE
        command = BringInArchive(
            pack=canonical.load(raw, name=str(file)).code,
            content=raw,
            signatures=read_bytes(beside, str(beside)) if signed or beside.exists() else b"",
            note=note,
            signature=Signature(password=_password(password_file), address=_CONSOLE),
        )
        with begin(storage, SYSTEM_ACTOR, now=utc_now(), settings=settings, shelf=shelf) as work:
            actor: Actor = actor_named(work, name)
        with begin(storage, actor, now=utc_now(), settings=settings, shelf=shelf) as work:
            try:
                made = publishing.bring_in_archive(work, command)
            except SignInFailed:
                # The failed try is kept, as at the door.
                made = None
    if made is None:
        raise OneLine("the password is not the account's")
    click.echo(f"draft {made}")


def _password(file: Path | None) -> str:
    if file is None:
        return str(click.prompt("Password", hide_input=True, err=True))
    return read_bytes(file, str(file), 1000).decode(errors="replace").strip()
