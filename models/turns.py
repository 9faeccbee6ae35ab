"""Taking turns at the embedded database, first come, first served.

SQLite has one writer, and whoever finds it busy sleeps and tries again: a thread that writes much can
keep another out for seconds. Threads of one process wait here instead, and are woken in their order.
Processes beside each other still meet at SQLite's own lock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

#: Seconds after which whoever waits is told to try again later.
PATIENCE = 30.0


class NoTurn(Exception):
    """The database was busy for longer than anybody should wait."""


class Turns:
    """A fair lock. Not for taking twice by one thread: SQLite could not give it either."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[Event] = deque()
        self._taken = False

    @contextmanager
    def turn(self, patience: float = PATIENCE) -> Iterator[None]:
        """Hold the turn for the length of the block.

        Raises:
            NoTurn: others kept it for `patience` seconds.
        """
        self._take(patience)
        try:
            yield
        finally:
            self._pass_on()

    def _take(self, patience: float) -> None:
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            mine = Event()
            self._waiting.append(mine)
        if mine.wait(patience):
            return
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
                raise NoTurn
        # It was handed over at the very moment the patience ended: take it, so that it is not lost.

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
