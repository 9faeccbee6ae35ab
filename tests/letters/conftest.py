"""Two installations that know each other's keys, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models.agency_keys import OutsideThread
from models.vocabulary import LetterSuite, OutsideSide, OutsideState, ReferralState
from tests.conftest import Template, postgres_copy, sqlite_copy
from tests.world import BORDER, GUARDIANS, World
from workflows import agency_keys, outside
from workflows.outside import Answer
from workflows.packs import Shelf


@dataclass
class Pair:
    """The post's installation, and the guardians' own."""

    post: World
    away: World

    def seal(self, number: str) -> bytes:
        with self.post.work() as work:
            return outside.seal(work, number, GUARDIANS).raw

    def take(self, world: World, raw: bytes) -> outside.TakenIn:
        with world.work() as work:
            return outside.take_in(work, raw)

    def answer(self, raw: bytes, kind: str, **more: Any) -> bytes:
        with self.away.work() as work:
            return outside.answer(work, raw, Answer(kind=kind, **more)).raw

    def state(self, number: str) -> tuple[ReferralState, OutsideState, OutsideState | None]:
        """Referral and thread at the post, thread away."""
        referral = self.post.referral(number)
        mine = self.post.rows(OutsideThread, OutsideThread.referral_id == referral.id)[0]
        theirs = self.away.rows(
            OutsideThread,
            OutsideThread.thread == mine.thread,
            OutsideThread.side == OutsideSide.RECEIVER,
        )
        return referral.state, mine.state, theirs[0].state if theirs else None


def acquainted(post: World, away: World, suite: LetterSuite = LetterSuite.SERVER) -> Pair:
    """Each makes a key, gives its card to the other, and the fingerprints are read out."""
    for here, there, agency in ((post, away, BORDER), (away, post, GUARDIANS)):
        with here.work() as work:
            card, _ = agency_keys.make(work, agency, suite)
        with there.work() as work:
            kid = agency_keys.add(work, card).kid
            agency_keys.confirm(work, kid, agency_keys.fingerprint_of_card(card).words)
    return Pair(post, away)


@pytest.fixture
def pair(sqlite_template: Template, shelf: Shelf, tmp_path: Path) -> Iterator[Pair]:
    """Both on SQLite."""
    folders = [tmp_path / "post", tmp_path / "away"]
    for folder in folders:
        folder.mkdir()
    worlds = [sqlite_copy(sqlite_template, shelf, folder) for folder in folders]
    yield acquainted(*[next(world) for world in worlds])
    for world in worlds:
        next(world, None)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_pair(request: pytest.FixtureRequest, tmp_path: Path, shelf: Shelf) -> Iterator[Pair]:
    """The post on each database, the agency outside on SQLite."""
    if request.param == "sqlite":
        yield request.getfixturevalue("pair")
        return
    folder = tmp_path / "away"
    folder.mkdir()
    template = request.getfixturevalue("sqlite_template")
    away = sqlite_copy(template, shelf, folder)
    server = request.getfixturevalue("postgres_url")
    post = postgres_copy(server, request.getfixturevalue("postgres_template"), shelf, tmp_path)
    yield acquainted(next(post), next(away))
    for world in (post, away):
        next(world, None)
