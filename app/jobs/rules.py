"""What the worker does for the rules: archive, look at versions, run them beside, assess again, recompute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import structlog

from app.jobs.base import Rounds
from config.settings import Settings
from models.session import Storage
from workflows import archives, reassess, recheck, rule_checks, shadowing
from workflows.packs import Shelf

log = structlog.get_logger("serai.worker")

#: Batches of open cases in one round, so that letters and clocks are not kept waiting.
_BATCHES = 25
#: From this hour (UTC) on, once a day: quiet in Central Asia.
_NIGHT = 20


class RuleRounds(Rounds):
    """The rounds of one worker. It remembers only what it has done, so a second worker does no harm."""

    event = "rules"

    def __init__(
        self, storage: Storage, settings: Settings, shelf: Shelf, clock: Callable[[], datetime]
    ) -> None:
        super().__init__(storage, settings, shelf, clock)
        self._archived: date | None = None
        self._assessed: tuple[str, ...] = ()
        self._rechecked: date | None = None

    def jobs(self) -> tuple[Callable[[], None], ...]:
        return self._archive, self._examine, self._beside, self._reassess, self._recheck

    def _archive(self) -> None:
        today = self._clock().date()
        if self._archived != today:
            with self._work() as work:
                archives.keep_used(work)
            self._archived = today

    def _examine(self) -> None:
        while rule_checks.examine_waiting(self._work):
            pass

    def _beside(self) -> None:
        for _ in range(_BATCHES):
            with self._work() as work:
                if shadowing.run_waiting(work) < shadowing.BATCH:
                    return

    def _reassess(self) -> None:
        with self._work() as work:
            rules = reassess.rules_of_today(work)
        if rules == self._assessed:
            return
        for _ in range(_BATCHES):
            with self._work() as work:
                if reassess.run_waiting(work) < reassess.BATCH:
                    self._assessed = rules
                    return

    def _recheck(self) -> None:
        now = self._clock()
        if now.hour < _NIGHT or self._rechecked == now.date():
            return
        with self._work() as work:
            found = recheck.recheck(work)
        self._rechecked = now.date()
        log.info("recheck", tried=found.tried, matched=found.matched)
        for case, sequence, outcome in found.mismatches:
            log.error("recheck", case=case, sequence=sequence, outcome=outcome.value)
