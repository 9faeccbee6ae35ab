"""How a command opens what it needs: settings, storage, a unit of work. A fault is one line, not a
traceback.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from app.work import utc_now
from config.loading import SettingsError, load
from config.settings import Settings
from models import schema
from models.session import Storage, open_storage
from models.vault.errors import VaultError
from workflows.accounts import SYSTEM_ACTOR
from workflows.errors import ApprovalMissing, SeraiError
from workflows.key_orders import Alone, Leave
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
    except ApprovalMissing:
        raise OneLine(
            "another administrator must approve exactly this first: Keys, in the browser; "
            "who has nobody to ask: --alone and --as"
        ) from None
    except SeraiError as fault:
        where = " ".join(f"{name}={value}" for name, value in fault.params.items())
        raise OneLine(f"{fault.code}: {fault.message} {where}".strip()) from None
    except DBAPIError as fault:
        raise OneLine(f"the database cannot be used: {type(fault.orig).__name__}") from None


#: Options of a command that is under four eyes, for somebody who has nobody to ask.
def alone_options(command: Any) -> Any:
    """`--alone REASON` and `--as NAME`."""
    reasons = click.Choice([reason.value for reason in Alone])
    named = click.option("--as", "name", help="With --alone: your own sign-in name.")
    reason = click.option(
        "--alone", type=reasons, help="Without a second administrator: why. They are all told."
    )
    return reason(named(command))


def leave_of(alone: str | None, name: str | None) -> Leave | None:
    """By what right a command goes on without an approval. Raises where half of it was said."""
    if (alone is None) != (name is None):
        raise click.UsageError("--alone and --as belong together")
    return None if alone is None or name is None else Leave(Alone(alone), name)


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
