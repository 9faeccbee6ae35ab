"""What every set of rounds shares: jobs one after the other, faults logged, work as the system."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import ClassVar

import structlog

from config.settings import Settings
from models.session import Storage
from workflows.accounts import SYSTEM_ACTOR
from workflows.packs import Shelf
from workflows.work import Work, begin

log = structlog.get_logger("serai.worker")


class Rounds(ABC):
    """The rounds of one worker. A subclass says its jobs, and remembers only what it has done."""

    #: The name under which a fault is logged.
    event: ClassVar[str]

    def __init__(
        self, storage: Storage, settings: Settings, shelf: Shelf, clock: Callable[[], datetime]
    ) -> None:
        self._storage, self._settings, self._shelf = storage, settings, shelf
        self._clock = clock

    @abstractmethod
    def jobs(self) -> tuple[Callable[[], None], ...]:
        """What one round does, in order."""

    def run(self) -> None:
        """One round. A fault in one job is logged; the other jobs and the next round come."""
        for job in self.jobs():
            try:
                job()
            except Exception as fault:  # noqa: BLE001  # a worker outlives any one fault
                # Without the traceback: its messages may hold values.
                log.error(self.event, job=job.__name__, error=type(fault).__name__)  # noqa: TRY400

    def _work(self) -> AbstractContextManager[Work]:
        return begin(
            self._storage,
            SYSTEM_ACTOR,
            now=self._clock(),
            settings=self._settings,
            shelf=self._shelf,
        )
