"""Engines for databases that hold sealed data: the main one and the keys database.

Parameters never appear in errors or logs, deleted content is overwritten, and a file is readable by its
owner only. What a session does with the engine is not decided here (`models.session`).

SQLite: the driver's own transaction handling is switched off and BEGIN is sent by us, so that reads are
repeatable and savepoints work. A unit of work that will write should begin with the lock, or a
concurrent writer makes it fail halfway: `connection.execution_options(sqlite_begin="IMMEDIATE")`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from models.vault.errors import NotAllowed

#: How long a writer waits for another one, in milliseconds.
BUSY_MS = 10_000

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # A power cut must not take back a key, nor a registration that was confirmed to somebody.
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
)
_BEGINS = frozenset({"DEFERRED", "IMMEDIATE"})


def prepare_engine(url: str, *, production: bool, echo: bool = False, **options: Any) -> Engine:
    """An engine that leaks no values. `options` go to `create_engine`.

    Raises:
        NotAllowed: `echo` in production, a URL that cannot be read, or `hide_parameters` switched off.
    """
    if echo and production:
        raise NotAllowed("echo prints statements with their values: not in production")
    if not options.pop("hide_parameters", True):
        raise NotAllowed("hide_parameters is always on: errors would carry what people told us")
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise NotAllowed("a database URL cannot be read") from None
    if parsed.get_backend_name() == "sqlite":
        _own_file(parsed.database)
    else:
        # The connection used last is used next: its statements are prepared, its pages at hand.
        options.setdefault("pool_use_lifo", True)
    engine = create_engine(parsed, echo=echo, hide_parameters=True, **options)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _configure_postgres)
        event.listen(engine, "handle_error", _hide_detail)
    return engine


def _own_file(database: str | None) -> None:
    """Make the file with mode 0600 before SQLite makes it with the umask's; `-wal` and `-shm` follow it."""
    if database and database != ":memory:" and not database.startswith("file:"):
        path = Path(database)
        if path.parent.is_dir() and not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _configure_postgres(connection: Any, _record: Any) -> None:
    """Prepare a statement at its second use, and keep as many as the product has.

    psycopg prepares at the fifth and keeps 100, which a page or two drive out again.
    """
    connection.prepare_threshold = 1
    connection.prepared_max = 500


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    if mode not in _BEGINS:
        raise NotAllowed("sqlite_begin is DEFERRED or IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _hide_detail(context: ExceptionContext) -> None:
    """Cut PostgreSQL's own DETAIL, which repeats the row; of wrong data (class 22) also the first line.

    `hide_parameters` hides what we sent, not what the server sends back. The server's own log needs
    `log_error_verbosity = terse` and `log_parameter_max_length_on_error = 0`.
    """
    error = context.original_exception
    state = getattr(error, "sqlstate", None)
    if state is None:
        return
    first = str(error).partition("\n")[0]
    shown = f"data exception {state}" if state.startswith("22") else first
    error.args = (shown,)
    wrapper = context.sqlalchemy_exception
    if wrapper is not None:
        wrapper.args = (f"({type(error).__name__}) {shown}",)
