"""One round of the worker: letters, clocks, and now and then the name index."""

from __future__ import annotations

import time
from itertools import count

import structlog

from app.jobs.posting import PostRounds
from app.jobs.rules import RuleRounds
from app.jobs.sealing import LogRounds
from app.work import utc_now
from config.settings import Settings
from models.session import Storage
from workflows import closing, deadlines, letters, once, restoring, retention
from workflows.accounts import SYSTEM_ACTOR
from workflows.packs import Shelf, open_shelf
from workflows.work import begin

log = structlog.get_logger("serai.worker")


#: With a round every ten seconds, once an hour.
_TIDY_EVERY = 360
#: Once a day, and soon after a start.
_RETAIN_EVERY = 8640


def rounds(storage: Storage, settings: Settings, seconds: float) -> None:
    """Rounds for ever, with a pause of `seconds` between them."""
    shelf = open_shelf(settings)
    rules = RuleRounds(storage, settings, shelf, utc_now)
    sealing = LogRounds(storage, settings, shelf, utc_now)
    posting = PostRounds(storage, settings, shelf, utc_now)
    for number in count(1):
        time.sleep(seconds)
        run_round(storage, settings, shelf)
        if not settings.training:
            posting.run()
        rules.run()
        sealing.run()
        if number % _TIDY_EVERY == 0:
            tidy(storage, settings, shelf)
        if number % _RETAIN_EVERY == 1:
            retain(storage, settings, shelf)


def run_round(storage: Storage, settings: Settings, shelf: Shelf) -> None:
    """Deliver what waits and move clocks, each in its own transaction. A fault is logged; the next
    round comes.
    """
    for job in (letters.deliver, deadlines.tick):
        try:
            with begin(
                storage, SYSTEM_ACTOR, now=utc_now(), settings=settings, shelf=shelf
            ) as work:
                job(work)
        except Exception as fault:  # noqa: BLE001  # a worker outlives any one fault; it says so and goes on
            # Without the traceback: its messages may hold values.
            log.error("round", error=type(fault).__name__)  # noqa: TRY400


def tidy(storage: Storage, settings: Settings, shelf: Shelf) -> None:
    """What needs no hurry: merge small segments of the name index, so that a start reads few; forget old
    keys of writes; close the books of a month whose time has come.
    """
    with begin(storage, SYSTEM_ACTOR, now=utc_now(), settings=settings, shelf=shelf) as work:
        work.index.compact(work.session, on=work.now.date())
        once.forget(work)
        restoring.write_files(work, settings.data_dir / restoring.FOLDER)
    with begin(storage, SYSTEM_ACTOR, now=utc_now(), settings=settings, shelf=shelf) as work:
        closing.close_due(work)


def retain(storage: Storage, settings: Settings, shelf: Shelf) -> None:
    """Look through all files for those whose time is over, each step in its own transaction."""
    after = None
    while True:
        with begin(storage, SYSTEM_ACTOR, now=utc_now(), settings=settings, shelf=shelf) as work:
            after = retention.look(work, after).after
        if after is None:
            return
