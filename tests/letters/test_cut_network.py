"""Whoever carries the files loses, repeats and mixes them: both ends stay sound, and agree in the end."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from models.referrals import Letter as OutboxLetter
from models.vocabulary import LetterKind, OutcomeCode, OutsideState, ReferralState
from tests.letters.conftest import Pair
from workflows import referrals
from workflows.errors import SeraiError

#: In which order states may be seen at either end: none is ever left for an earlier one.
_STEPS = {state: place for place, state in enumerate(OutsideState)}


def tried(act: Callable[[], bytes], box: list[bytes]) -> None:
    try:
        box.append(act())
    except SeraiError:
        return


@pytest.mark.parametrize("seed", range(4))
def test_a_carrier_who_loses_repeats_and_mixes_files(pair: Pair, seed: int) -> None:
    chance = Random(seed)
    _, number = pair.post.sent()
    first = pair.seal(number)
    out, back = [first], []
    withdrawn = seed % 2 == 1
    for turn in range(24):
        if withdrawn and turn == 8:
            tried(lambda: _withdraw(pair, number), [])
        acts: tuple[Callable[[], None], ...] = (
            lambda: tried(lambda: pair.seal(number), out),
            lambda: tried(lambda: pair.answer(first, "accepted"), back),
            lambda: tried(lambda: _outcome(pair, first), back),
            lambda: tried(lambda: pair.answer(first, "receipt"), back),
            lambda: _carry(pair, chance.choice(out), away=True),
            lambda: _carry(pair, chance.choice(back), away=False) if back else None,
        )
        before = [_STEPS[state] for state in pair.state(number)[1:] if state is not None]
        chance.choice(acts)()
        after = [_STEPS[state] for state in pair.state(number)[1:] if state is not None]
        assert all(a <= b for a, b in zip(before, after, strict=False))
    _settle(pair, number, first)
    referral, mine, theirs = pair.state(number)
    ends = {
        ReferralState.OUTCOME_REPORTED: (OutsideState.OUTCOME_REPORTED,) * 2,
        ReferralState.WITHDRAWN: (OutsideState.RECEIPTED,) * 2,
    }
    assert ends[referral] == (mine, theirs)
    decisions = pair.post.rows(OutboxLetter, OutboxLetter.kind == LetterKind.DECISION)
    assert len(decisions) == (referral is ReferralState.OUTCOME_REPORTED)


def _withdraw(pair: Pair, number: str) -> bytes:
    with pair.post.work("officer") as work:
        referrals.withdraw(work, number)
    return b""


def _outcome(pair: Pair, first: bytes) -> bytes:
    return pair.answer(first, "outcome", outcome=OutcomeCode.SERVICE_PROVIDED)


def _carry(pair: Pair, raw: bytes, *, away: bool) -> None:
    try:
        pair.take(pair.away if away else pair.post, raw)
    except SeraiError:
        return


def _settle(pair: Pair, number: str, first: bytes) -> None:
    """In the end somebody carries every letter once more, in order."""
    for kind in ("accepted", "outcome", "receipt"):
        box: list[bytes] = []
        tried(lambda: pair.seal(number), box)
        for raw in box:
            _carry(pair, raw, away=True)
        answers: list[bytes] = []
        act = _outcome if kind == "outcome" else None
        tried(lambda k=kind, a=act: a(pair, first) if a else pair.answer(first, k), answers)  # type: ignore[misc]  # bound now
        for raw in answers:
            _carry(pair, raw, away=False)
