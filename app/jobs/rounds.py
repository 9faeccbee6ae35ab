"""One round of the worker: letters, clocks, and now and then the name index."""

from __future__ import annotations

import structlog

from app.work import utc_now
from config.settings import Settings
from models.session import Storage
from workflows import deadlines, letters
from workflows.accounts import SYSTEM_ACTOR
from workflows.packs import Shelf
from workflows.work import begin

log = structlog.get_logger("serai.worker")


def run_round(storage: Storage, settings: Settings, shelf: Shelf) -> None:
    """Deliver what waits and move clocks, each in its own transaction. A fault is logged; the next round comes."""
    for job in (letters.deliver, deadlines.tick):
        try:
            with begin(
                storage, SYSTEM_ACTOR, now=utc_now(), settings=settings, shelf=shelf
            ) as work:
                job(work)
        except Exception as fault:  # noqa: BLE001  # a worker outlives any one fault; it says so and goes on
            log.error("round", error=type(fault).__name__)


def compact_index(storage: Storage, settings: Settings, shelf: Shelf) -> None:
    """Merge small segments of the name index, so that a start reads few."""
    with begin(storage, SYSTEM_ACTOR, now=utc_now(), settings=settings, shelf=shelf) as work:
        work.index.compact(work.session, on=work.now.date())
