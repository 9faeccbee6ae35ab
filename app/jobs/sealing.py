"""What the worker does for the log: heartbeats, checkpoints, the folder they are kept in, the witness."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from app.jobs.base import Rounds
from config.settings import Settings
from models.session import Storage
from workflows import alerts, breakglass, checkpoints, witnesses
from workflows.notes import NoteKey
from workflows.packs import Shelf

log = structlog.get_logger("serai.worker")

#: How often a witness is asked: its proof is computed from the whole log.
_WITNESS_EVERY = timedelta(hours=1)
_WATCH_EVERY = timedelta(minutes=5)


class LogRounds(Rounds):
    """The rounds of one worker. With two, of two checkpoints with one number one stays, and all goes on."""

    event = "log"

    def __init__(
        self, storage: Storage, settings: Settings, shelf: Shelf, clock: Callable[[], datetime]
    ) -> None:
        super().__init__(storage, settings, shelf, clock)
        self._asked: datetime | None = None
        self._watched: datetime | None = None

    def jobs(self) -> tuple[Callable[[], None], ...]:
        return self._beat, self._seal, self._keep, self._witness, self._watch

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
