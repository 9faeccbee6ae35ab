"""What the worker does for the log: heartbeats, checkpoints, the folder they are kept in, the witness."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import structlog

from config.settings import Settings
from models.session import Storage
from workflows import alerts, breakglass, checkpoints, witnesses
from workflows.accounts import SYSTEM_ACTOR
from workflows.notes import NoteKey
from workflows.packs import Shelf
from workflows.work import Work, begin

log = structlog.get_logger("serai.worker")

#: How often a witness is asked: its proof is computed from the whole log.
_WITNESS_EVERY = timedelta(hours=1)
_WATCH_EVERY = timedelta(minutes=5)


class LogRounds:
    """The rounds of one worker. With two, of two checkpoints with one number one stays, and all goes on."""

    def __init__(
        self, storage: Storage, settings: Settings, shelf: Shelf, clock: Callable[[], datetime]
    ) -> None:
        self._storage, self._settings, self._shelf = storage, settings, shelf
        self._clock = clock
        self._asked: datetime | None = None
        self._watched: datetime | None = None

    def run(self) -> None:
        """One round. A fault in one part is logged; the other parts and the next round come."""
        for job in (self._beat, self._seal, self._keep, self._witness, self._watch):
            try:
                job()
            except Exception as fault:  # noqa: BLE001  # a worker outlives any one fault
                # Without the traceback: its messages may hold values.
                log.error("log", job=job.__name__, error=type(fault).__name__)  # noqa: TRY400

    def _beat(self) -> None:
        with self._work() as work:
            checkpoints.beat(work)

    def _seal(self) -> None:
        while True:
            with self._work() as work:
                done = checkpoints.seal(work)
            for stream in done.broken:
                log.error("log", job="_seal", error="chain", writer=stream.hex[:8])
            if done.added < checkpoints.MOST:
                return

    def _keep(self) -> None:
        with self._work() as work:
            witnesses.catch_up(work, self._settings.checkpoints_folder)

    def _witness(self) -> None:
        url, key, now = self._settings.witness_url, self._settings.witness_key, self._clock()
        if not url or not key or (self._asked is not None and now - self._asked < _WITNESS_EVERY):
            return
        self._asked = now
        with self._work() as work:
            witnesses.cosign_next(work, url, NoteKey.parse(key), self._settings.checkpoints_folder)

    def _watch(self) -> None:
        """What is unusual in the log, and glass that nobody has reviewed in time: every few minutes."""
        now = self._clock()
        if self._watched is not None and now - self._watched < _WATCH_EVERY:
            return
        self._watched = now
        with self._work() as work:
            alerts.look(work)
        with self._work() as work:
            breakglass.escalate(work)

    def _work(self) -> AbstractContextManager[Work]:
        return begin(
            self._storage,
            SYSTEM_ACTOR,
            now=self._clock(),
            settings=self._settings,
            shelf=self._shelf,
        )
