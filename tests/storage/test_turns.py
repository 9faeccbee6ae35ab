"""Threads take turns at the embedded database in the order in which they came."""

from __future__ import annotations

from threading import Barrier, Event, Thread

import pytest

from models.turns import NoTurn, Turns


def test_those_who_wait_are_served_in_their_order() -> None:
    turns, order, waiting = Turns(), [], []

    def come(number: int, waits: Event) -> None:
        waits.set()
        with turns.turn():
            order.append(number)

    with turns.turn():
        for number in range(5):
            waits = Event()
            thread = Thread(target=come, args=(number, waits))
            thread.start()
            waits.wait()
            while len(turns._waiting) <= number:
                pass
            waiting.append(thread)
    for thread in waiting:
        thread.join()

    assert order == [0, 1, 2, 3, 4]


def test_never_two_at_once() -> None:
    turns, inside, most = Turns(), [0], [0]
    start = Barrier(8)

    def work() -> None:
        start.wait()
        for _ in range(200):
            with turns.turn():
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == [1]


@pytest.mark.asvs("15.2.2")
def test_whoever_waits_too_long_is_told_and_holds_nobody_up() -> None:
    turns = Turns()

    with turns.turn(), pytest.raises(NoTurn), turns.turn(patience=0.01):
        pass

    with turns.turn(patience=0.01):
        assert not turns._waiting
