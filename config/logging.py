"""The program's own log: events and numbers as JSON lines on standard error, never a value of a person.

What somebody did or read is not here but in the tamper-evident log (`workflows.log`).
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

#: The only fields an event may carry. What is not listed is dropped: a name cannot slip in.
ALLOWED = frozenset({
    "event", "level", "timestamp", "reference", "error", "places", "count", "delivered", "stuck",
    "warned", "overdue", "timed_out", "port", "setting", "seconds", "worker", "code", "status", "actor",
})  # fmt: skip


def only_allowed(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list."""
    return {name: value for name, value in event.items() if name in ALLOWED}


def set_up(level: str) -> None:
    """Write events of `level` and above to standard error as JSON lines."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
