"""`serai keys`: make the keyring. Rotation, drills and custodians are issue 4."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.opening import data_option, faults_in_one_line, settings_of
from models.session import read_passphrase
from models.vault.providers import EnvProvider, FileProvider


@click.group()
def keys() -> None:
    """Purpose keys."""


@keys.command()
@data_option
def create(data: Path | None) -> None:
    """Make the keyring file under the passphrase in SERAI_PASSPHRASE_FILE. Never overwrites."""
    with faults_in_one_line():
        settings = settings_of(data)
        FileProvider.create(settings.keyring, read_passphrase(settings.passphrase_file))
    click.echo(
        f"Made {settings.keyring}. Without its passphrase nothing can be opened: keep both apart."
    )


@keys.command("env-material")
def env_material() -> None:
    """Print fresh key material for SERAI_KEY_MATERIAL (provider `env`)."""
    click.echo(EnvProvider.create())
