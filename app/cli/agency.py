"""`serai agency`: whom an agency has named; keys of agencies outside: make, add, list, revoke."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.opening import OneLine, alone_options, data_option, leave_of, working
from models.vocabulary import LetterSuite
from workflows import agency_keys, focal_points, outside_post
from workflows.agency_keys import Exposed, Fingerprint
from workflows.errors import InvalidCommand
from workflows.key_files import key_file
from workflows.key_orders import Operation, Order, begin
from workflows.rules.pack_files import read_bytes

_NEW = click.Path(path_type=Path, dir_okay=False)
_MOST = 20_000


@click.group()
def agency() -> None:
    """Agencies: whom they have named, and keys of those outside this installation."""


@agency.command()
@data_option
@click.argument("code")
@click.argument("url", required=False)
@click.option("--none", "away", is_flag=True, help="Letters to it are carried by hand again.")
def address(data: Path | None, code: str, url: str | None, *, away: bool) -> None:
    """Where the installation of an agency takes letters, as https://host; they then leave by themselves."""
    if (url is None) != away:
        raise click.UsageError("give an address, or --none")
    with working(data) as work:
        outside_post.set_address(work, code, url)
    click.echo("by hand" if url is None else f"sent to {url}")


@agency.command("focal-point")
@data_option
@click.argument("code")
@click.argument("account")
def focal_point(data: Path | None, code: str, account: str) -> None:
    """Name the supervisor of an agency who is told at one and a half of a clock's time."""
    try:
        with working(data) as work:
            focal_points.name(work, focal_points.NameFocalPoint(agency=code, account=account))
    except InvalidCommand as error:
        raise click.ClickException(
            "There is no such agency."
            if error.params["field"] == "agency"
            else "There is no open account of a supervisor of this agency with that name."
        ) from None
    click.echo(f"{account} is the focal point of {code}.")


@agency.group("key")
def key() -> None:
    """Keys for sealed letters to and from agencies outside."""


@key.command()
@data_option
@click.argument("code")
@click.option("--card", required=True, type=_NEW, help="The public card: a new file to give away.")
@click.option("--browser", is_flag=True, help="For an agency that opens letters in a browser.")
@click.option(
    "--key-file",
    "private",
    type=_NEW,
    help="With --browser: the private key goes into this new file, under a passphrase, and stays not here.",
)
@alone_options
def make(
    data: Path | None,
    code: str,
    card: Path,
    private: Path | None,
    alone: str | None,
    name: str | None,
    *,
    browser: bool,
) -> None:
    """Make a key of an agency: kept sealed here, or in a file for an agency that has no Serai."""
    if private is not None and not browser:
        raise click.UsageError("--key-file is for --browser")
    phrase = ""
    if private is not None:
        phrase = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    suite = LetterSuite.BROWSER if browser else LetterSuite.SERVER
    leave = leave_of(alone, name)
    with working(data) as work:
        begin(work, Order(operation=Operation.AGENCY_MAKE, whom=(code,)), leave)
        made, halves = agency_keys.make(work, code, suite, keep=private is None)
        if private is not None:
            write_new(private, key_file(code, halves, phrase))
        write_new(card, made)
    _say(agency_keys.fingerprint_of_card(made))


@key.command()
@data_option
@click.argument("card", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def add(data: Path | None, card: Path) -> None:
    """Take an agency's card into the directory; nothing is sealed to it before `confirm`."""
    raw = read_bytes(card, card.name, _MOST)
    with working(data) as work:
        found = agency_keys.add(work, raw)
    click.echo(f"{found.agency} {found.kid} {found.state.value}")
    if found.state.value == "unconfirmed":
        click.echo(
            f"Let them read out their fingerprint, and type it: serai agency key confirm {found.kid}"
        )


@key.command()
@data_option
@click.argument("kid")
@click.option("--heard", prompt="The fingerprint, as it was read out", help="Words or digits.")
@alone_options
def confirm(data: Path | None, kid: str, heard: str, alone: str | None, name: str | None) -> None:
    """Trust a key once its fingerprint was heard by voice."""
    leave = leave_of(alone, name)
    with working(data) as work:
        whole = agency_keys.whole_kid(work, kid)
        begin(work, Order(operation=Operation.AGENCY_CONFIRM, whom=(whole,)), leave)
        found = agency_keys.confirm(work, kid, heard)
    click.echo(f"{found.agency} {found.kid} {found.state.value}")


@key.command("list")
@data_option
def list_command(data: Path | None) -> None:
    """All keys, with fingerprint, state and last day."""
    with working(data) as work:
        rows = agency_keys.listed(work)
    for row in rows:
        whose = "ours" if row.own else "theirs"
        until = row.valid_to.date()
        click.echo(
            f"{row.agency} {row.kid} {whose} {row.suite.value} {row.state.value} until {until}"
        )
        click.echo(f"    {row.fingerprint.words}\n    {row.fingerprint.digits}")


@key.command()
@data_option
@click.argument("kid")
@alone_options
def revoke(data: Path | None, kid: str, alone: str | None, name: str | None) -> None:
    """Revoke a key at once, and list what was sealed to it."""
    leave = leave_of(alone, name)
    with working(data) as work:
        whole = agency_keys.whole_kid(work, kid)
        begin(work, Order(operation=Operation.AGENCY_REVOKE, whom=(whole,)), leave)
        rows = agency_keys.revoke(work, kid)
    _list(rows)


@key.command()
@data_option
@click.argument("kid")
def exposure(data: Path | None, kid: str) -> None:
    """List what was sealed to a key: what whoever has it can read."""
    with working(data) as work:
        rows = agency_keys.exposure(work, kid)
    _list(rows)


def write_new(file: Path, raw: bytes) -> None:
    """Write a file that is not there yet; only its owner may read it."""
    try:
        file.touch(mode=0o600, exist_ok=False)
        file.write_bytes(raw)
    except OSError as error:
        raise OneLine(f"{file}: cannot be made ({type(error).__name__})") from None


def _say(found: Fingerprint) -> None:
    click.echo(f"Fingerprint, to be read out on the telephone:\n{found.words}\n{found.digits}")


def _list(rows: tuple[Exposed, ...]) -> None:
    for row in rows:
        click.echo(f"{row.thread} {row.kind} {row.at:%Y-%m-%d %H:%M}")
    click.echo(f"{len(rows)} letters were sealed to this key")
