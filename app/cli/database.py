"""`serai db`: bring the schema up or down."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.opening import data_option, faults_in_one_line, settings_of
from models import schema
from models.session import open_storage


@click.group("db")
def database() -> None:
    """The databases' schema."""


@database.command()
@data_option
@click.option("--to", "revision", default="head", help="A revision, as 0003 (default: the newest).")
def upgrade(data: Path | None, revision: str) -> None:
    """Migrate up."""
    with faults_in_one_line():
        storage = open_storage(settings_of(data))
        schema.upgrade(storage.engine, revision)
        storage.close()
    click.echo("The schema is up to date.")


@database.command()
@data_option
@click.option("--to", "revision", required=True, help="A revision, as 0003, or `base`.")
@click.confirmation_option(prompt="This deletes what later revisions hold. Go on?")
def downgrade(data: Path | None, revision: str) -> None:
    """Migrate down."""
    with faults_in_one_line():
        storage = open_storage(settings_of(data))
        schema.downgrade(storage.engine, revision)
        storage.close()
    click.echo(f"The schema is at {revision}.")
