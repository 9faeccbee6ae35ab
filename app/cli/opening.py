"""How a command opens what it needs: settings, storage, a unit of work. A fault is one line, not a
traceback.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from app.work import utc_now
from config.loading import SettingsError, load
from config.settings import Settings
from models import schema
from models.session import Storage, open_storage
from models.vault.errors import VaultError
from workflows.accounts import SYSTEM_ACTOR
from workflows.errors import SeraiError
from workflows.packs import open_shelf
from workflows.rules.faults import FactsError, PackError
from workflows.work import Work, begin

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the databases and keys (default: SERAI_DATA_DIR, or ./data).",
)


class OneLine(click.ClickException):
    """A fault of the deployment, said in one line."""


@contextmanager
def faults_in_one_line() -> Iterator[None]:
    """Turn the faults that an operator can mend into one line each."""
    try:
        yield
    except (SettingsError, VaultError, PackError, FactsError) as fault:
        raise OneLine(str(fault)) from None
    except SeraiError as fault:
        where = " ".join(f"{name}={value}" for name, value in fault.params.items())
        raise OneLine(f"{fault.code}: {fault.message} {where}".strip()) from None
    except DBAPIError as fault:
        raise OneLine(f"the database cannot be used: {type(fault.orig).__name__}") from None


def settings_of(data: Path | None) -> Settings:
    """The settings of this process."""
    return load(os.environ, data)


@contextmanager
def opened(data: Path | None) -> Iterator[tuple[Settings, Storage]]:
    """Settings and storage, closed at the end.

    Raises:
        OneLine: also where the schema is not the newest.
    """
    with faults_in_one_line():
        settings = settings_of(data)
        storage = open_storage(settings)
        try:
            if not schema.is_current(storage.engine):
                raise OneLine("the database is not up to date: run `serai db upgrade`")
            yield settings, storage
        finally:
            storage.close()


@contextmanager
def working(data: Path | None) -> Iterator[Work]:
    """A unit of work of the system, committed at the end."""
    with opened(data) as (settings, storage):
        shelf = open_shelf(settings)
        with begin(storage, SYSTEM_ACTOR, now=utc_now(), settings=settings, shelf=shelf) as work:
            yield work
