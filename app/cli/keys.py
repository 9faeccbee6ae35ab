"""`serai keys`: make, list, rotate, share out, take along, drill, lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.cli.opening import (
    OneLine,
    alone_options,
    data_option,
    faults_in_one_line,
    leave_of,
    opened,
    settings_of,
)
from app.work import utc_now
from models.session import DEVICES, lock_mark, open_device, open_provider, read_passphrase
from models.vault.contract import INDEX
from models.vault.custody import CUSTODIANS, NEEDED, join, read_recovery, recovery_file
from models.vault.errors import NotAllowed
from models.vault.providers import EnvProvider, FileProvider
from models.vault.remote import RemoteProvider
from models.vocabulary import PERSON_PURPOSES, Purpose
from workflows.keeping_keys import Keeping
from workflows.key_orders import DATA_KEYS, Leave, Operation, Order, carried_out
from workflows.packs import open_shelf

_ROTATED = [purpose.value for purpose in Purpose]
_SHARED = [purpose.value for purpose in PERSON_PURPOSES]
_NEW_FILE = click.Path(path_type=Path, dir_okay=False)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def keys() -> None:
    """Purpose keys, data keys, the index key; custodians; travel."""


@contextmanager
def _keeping(data: Path | None) -> Iterator[Keeping]:
    with opened(data) as (settings, storage):
        yield Keeping(storage, settings, open_shelf(settings), utc_now)


@contextmanager
def _ordered(data: Path | None, order: Order, leave: Leave | None) -> Iterator[Keeping]:
    """The same for what two administrators decide; see `workflows.key_orders`."""
    with _keeping(data) as keeping, carried_out(keeping.working, order, leave):
        yield keeping


@keys.command()
@data_option
def create(data: Path | None) -> None:
    """Make the keys: a keyring file, or with `vault`, `aws-kms` and `pkcs11` there. Never overwrites."""
    with faults_in_one_line():
        settings = settings_of(data)
        if settings.key_provider in DEVICES:
            RemoteProvider.create(open_device(settings))
            click.echo(f"Made the keys at {settings.key_provider}.")
            return
        FileProvider.create(settings.keyring, read_passphrase(settings.passphrase_file))
    click.echo(
        f"Made {settings.keyring}. Without its passphrase nothing can be opened: keep both apart."
    )


@keys.command("env-material")
def env_material() -> None:
    """Print fresh key material for SERAI_KEY_MATERIAL (provider `env`)."""
    click.echo(EnvProvider.create())


@keys.command("list")
@data_option
def list_keys(data: Path | None) -> None:
    """Each key: its strength, how many data keys are under it, whether it opens here and now."""
    with _keeping(data) as keeping:
        found = keeping.listed()
    click.echo(f"{'key':<22} {'strength':<16} {'data keys':>10}  opens here")
    for line in found.lines:
        number = "" if line.strength == "token" else str(line.data_keys)
        click.echo(
            f"{line.name:<22} {line.strength:<16} {number:>10}  {'yes' if line.open else 'no'}"
        )
    custodians = f"{NEEDED} of {CUSTODIANS}" if found.custodians else "none"
    drilled = found.drilled_on or "never"
    click.echo(f"provider {found.provider}; custodians: {custodians}; last drill: {drilled}")


@keys.command()
@data_option
@click.option(
    "--purpose", "purposes", multiple=True, type=click.Choice(_ROTATED), help="A purpose's key."
)
@click.option("--all", "every", is_flag=True, help="The keys of all purposes.")
@click.option("--data-keys", "data_keys", is_flag=True, help="The data keys of all persons.")
@click.option("--index", "index", is_flag=True, help="The key of the name index.")
@click.option("--keep-old", is_flag=True, help="Do not destroy the old keys yet.")
@alone_options
def rotate(
    data: Path | None,
    purposes: tuple[str, ...],
    alone: str | None,
    name: str | None,
    *,
    every: bool,
    data_keys: bool,
    index: bool,
    keep_old: bool,
) -> None:
    """Rotate keys while people work. One that was killed goes on when it is typed again."""
    if not (purposes or every or data_keys or index):
        raise click.UsageError("say which: --purpose, --all, --data-keys or --index")
    chosen = tuple(_ROTATED) if every else purposes
    more = [key for key, wanted in ((DATA_KEYS, data_keys), (INDEX, index)) if wanted]
    order = Order(operation=Operation.ROTATE, keys=(*chosen, *more))
    with _ordered(data, order, leave_of(alone, name)) as keeping:
        for purpose in chosen:
            found = keeping.rotate_purpose(purpose, keep_old=keep_old)
            click.echo(f"{purpose}: {found.done} data keys, {found.left} left under an older key")
        if data_keys:
            sealed = keeping.rotate_data_keys()
            click.echo(
                f"data keys: {sealed.made} made, {sealed.values} values sealed anew, "
                f"{sealed.destroyed} old ones destroyed"
            )
        if index:
            indexed = keeping.rotate_index(keep_old=keep_old)
            click.echo(f"{INDEX}: {indexed.persons} persons, {indexed.segments} segments")


@keys.command()
@data_option
@click.argument("purpose", type=click.Choice(_SHARED))
@click.option("--member", "members", multiple=True, required=True, help="A sign-in name.")
@alone_options
def strengthen(
    data: Path | None, purpose: str, members: tuple[str, ...], alone: str | None, name: str | None
) -> None:
    """Give a purpose of SERAI_MEMBER_PURPOSES to members alone; the server can no longer open it."""
    order = Order(operation=Operation.STRENGTHEN, keys=(purpose,), whom=members)
    with _ordered(data, order, leave_of(alone, name)) as keeping:
        found = keeping.strengthen(purpose, members)
    click.echo(f"{purpose}: {found.done} data keys for {len(members)} members, {found.left} left")


@keys.command()
@data_option
@click.argument("purpose", type=click.Choice(_SHARED))
@click.option("--to", "member", required=True, help="Who gets it: a sign-in name.")
@click.option("--by", "giver", required=True, help="Who has it and gives it: a sign-in name.")
@click.password_option(confirmation_prompt=False, help="The giver's password; asked for.")
@alone_options
def give(
    data: Path | None,
    purpose: str,
    member: str,
    giver: str,
    password: str,
    alone: str | None,
    name: str | None,
) -> None:
    """Give a member-unlocked purpose to a further member."""
    order = Order(operation=Operation.GIVE, keys=(purpose,), whom=(member,))
    with _ordered(data, order, leave_of(alone, name)) as keeping:
        keeping.give(purpose, member, giver, password)
    click.echo(f"{purpose} is given to {member}, from their next sign-in on.")


@keys.command("take-back")
@data_option
@click.argument("member")
def take_back(data: Path | None, member: str) -> None:
    """Take every member-unlocked purpose back from a member, at once."""
    with _keeping(data) as keeping:
        keeping.take_back(member)
    click.echo("Taken back. Rotate the purpose: they may have kept a copy.")


@keys.command()
@data_option
@click.option(
    "--to", "bundle", required=True, type=_NEW_FILE, help="The bundle: not on this machine."
)
@click.option(
    "--purpose",
    "purposes",
    multiple=True,
    type=click.Choice(_SHARED),
    help="Only these (default: all).",
)
@click.password_option("--passphrase", help="The bundle's; asked for twice.")
def travel(data: Path | None, bundle: Path, purposes: tuple[str, ...], passphrase: str) -> None:
    """Before a border: this machine goes on writing, and can read nothing back until `return`."""
    with _keeping(data) as keeping:
        if bundle.resolve().is_relative_to(keeping.settings.data_dir.resolve()):
            raise OneLine("the bundle must not lie in the data folder: it would travel along")
        gone = keeping.travel(bundle, passphrase, purposes)
    click.echo(f"Write-only from now on: {', '.join(gone)}. Keep {bundle} away from this machine.")


@keys.command("return")
@data_option
@click.option("--from", "bundle", required=True, type=_FILE, help="The bundle of `travel`.")
@click.password_option("--passphrase", confirmation_prompt=False, help="The bundle's; asked for.")
def come_back(data: Path | None, bundle: Path, passphrase: str) -> None:
    """After the journey: bring the keys back, and what was written meanwhile under them."""
    with _keeping(data) as keeping:
        done = keeping.come_back(bundle, passphrase)
    click.echo(f"The keys are back; {done} data keys of the journey are under them.")


@keys.command()
@data_option
@alone_options
def custodians(data: Path | None, alone: str | None, name: str | None) -> None:
    """Make words for three custodians, shown once; any two of them recover everything."""
    order = Order(operation=Operation.CUSTODIANS)
    with _ordered(data, order, leave_of(alone, name)) as keeping:
        shares = keeping.custodians()
    for number, words in enumerate(shares, 1):
        click.echo(f"\nCustodian {number} of {CUSTODIANS} (any {NEEDED} open):\n\n{words}")
    click.echo("\nEach on paper, to a different person, and nowhere else. Then: serai keys drill")


@keys.command()
@data_option
def drill(data: Path | None) -> None:
    """Two custodians type their words: do the recovery copies open, and are they what is in use?"""
    with _keeping(data) as keeping:
        found = keeping.drill(_ask_shares())
    click.echo(f"Passed: {found.keys} keys of the keyring and {found.pairs} key pairs.")


@keys.command()
@data_option
def recover(data: Path | None) -> None:
    """The passphrase is lost: two custodians make a new keyring under SERAI_PASSPHRASE_FILE."""
    with faults_in_one_line():
        settings = settings_of(data)
        if settings.key_provider != "file":
            raise NotAllowed(
                "SERAI_KEY_PROVIDER is not `file`: recover the keys where they are held"
            )
        private = join(_ask_shares())
        material = read_recovery(recovery_file(settings.keyring), private)
        FileProvider.restore(settings.keyring, read_passphrase(settings.passphrase_file), material)
    click.echo(f"Made {settings.keyring} again.")


def _ask_shares() -> list[str]:
    return [
        click.prompt(f"Words of custodian {number}", hide_input=True)
        for number in range(1, NEEDED + 1)
    ]


@keys.command()
@data_option
def lock(data: Path | None) -> None:
    """Panic: end every session, and have every process of this machine forget its keys at once."""
    with _keeping(data) as keeping:
        ended = keeping.lock()
    click.echo(f"Locked; {ended} sessions ended. `serai keys unlock`, then restart.")


@keys.command()
@data_option
def unlock(data: Path | None) -> None:
    """Take the lock away, if the keys can be opened. Then restart what serves."""
    with faults_in_one_line():
        settings = settings_of(data)
        open_provider(settings).lock()
        lock_mark(settings).unlink(missing_ok=True)
    click.echo("Unlocked. Restart what serves.")
