"""What the worker does for letters to installations outside: seal what is due, send what waits."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any

import structlog

from app.jobs.base import Rounds
from config.settings import Settings
from models.session import Storage
from workflows import outside_post
from workflows.envelopes import Reason
from workflows.errors import SeraiError
from workflows.outside_post import Due, Parcel
from workflows.packs import Shelf

log = structlog.get_logger("serai.worker")

#: Where every installation takes letters.
PATH = "/letters"
_SECONDS = 20
_LONGEST_ANSWER = 4096
#: What cannot be sealed now (a key is missing, the person has objected) is tried again after so long.
_PAUSE = timedelta(minutes=10)

#: Sends a parcel; returns None where it was taken, else a word for why not.
Carrier = Callable[[Parcel], str | None]


class _NoWayRound(urllib.request.HTTPRedirectHandler):
    """A letter goes to the address that was given, and to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def by_https(parcel: Parcel) -> str | None:
    """Send a letter over the network."""
    request = urllib.request.Request(  # noqa: S310  # the scheme was checked when the address was set
        parcel.url + PATH,
        data=parcel.raw,
        method="POST",
        headers={"Content-Type": "application/octet-stream"},
    )
    try:
        with urllib.request.build_opener(_NoWayRound).open(request, timeout=_SECONDS) as answer:
            answer.read(_LONGEST_ANSWER)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refused_with(refusal.code, refusal.read(_LONGEST_ANSWER))
    except (OSError, HTTPException):
        return "unreachable"
    return None


def refused_with(status: int, body: bytes) -> str:
    """The word for an answer that was no yes: the other side's reason, if it is one of ours."""
    try:
        reason = json.loads(body)["reason"]
        return Reason(reason).value
    except (ValueError, TypeError, KeyError):
        return f"http_{status}"


class PostRounds(Rounds):
    """The rounds of one worker. It remembers only what could not be sealed just now."""

    event = "post"

    def __init__(
        self,
        storage: Storage,
        settings: Settings,
        shelf: Shelf,
        clock: Callable[[], datetime],
        carrier: Carrier = by_https,
    ) -> None:
        super().__init__(storage, settings, shelf, clock)
        self._carrier = carrier
        self._not_before: dict[Due, datetime] = {}

    def jobs(self) -> tuple[Callable[[], None], ...]:
        return self._seal, self._send

    def _seal(self) -> None:
        now = self._clock()
        self._not_before = {one: at for one, at in self._not_before.items() if at > now}
        with self._work() as work:
            wanted = [one for one in outside_post.due(work) if one not in self._not_before]
        for one in wanted:
            try:
                with self._work() as work:
                    outside_post.prepare(work, one)
            except SeraiError as refusal:
                self._not_before[one] = now + _PAUSE
                log.warning("letter not sealed", error=refusal.code)

    def _send(self) -> None:
        with self._work() as work:
            parcels = outside_post.lease(work)
        for parcel in parcels:
            # No transaction is open while the network takes its time.
            refused = self._carrier(parcel)
            with self._work() as work:
                outside_post.settle(work, parcel.id, refused)
