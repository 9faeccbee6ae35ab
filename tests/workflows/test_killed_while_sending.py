"""Processes that send referrals are killed at random: what was said to be sent is there, whole and once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from models.cases import Case, Need
from models.network import Reservation
from models.referrals import Letter, Packet, Referral
from models.vocabulary import LetterKind, NeedState, Purpose
from tests.world import World

CASES, ROOT = 12, Path(__file__).parents[2]


def killed(world: World, folder: Path, cases: list[str], chance: Random) -> list[str]:
    """Let a process send for these cases, kill it at some moment, and give back what it said it had sent."""
    settings = world.settings
    environ = {
        **os.environ,
        "SERAI_KEY_PROVIDER": "env",
        "SERAI_KEY_MATERIAL": settings.key_material or "",
        "SERAI_DATABASE_URL": settings.database_url,
        "SERAI_KEYS_URL": settings.keys_url,
    }
    command = [sys.executable, "-m", "tests.workflows.sender", str(folder), *cases]
    said = []
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for _ in range(chance.randrange(1, 4)):
            line = process.stdout.readline().strip()
            said += [line] if line else []
        # Somewhere within the next one.
        time.sleep(chance.random() * 0.15)
        process.kill()
        said += process.stdout.read().split()
    return said


def check_whole(world: World, said: list[str]) -> set[str]:
    """Each referral has its packet, letter and place, and its need is with the desk; nothing is left over."""
    rows = world.rows(Referral)
    ids = [row.id for row in rows]
    assert set(said) <= {row.number for row in rows}, "lost"
    assert len({row.case_id for row in rows}) == len(rows), "once"
    sent = world.rows(Letter, Letter.kind == LetterKind.REFERRAL)
    assert sorted(letter.referral_id for letter in sent) == sorted(ids), "with one letter each"
    packets = world.rows(Packet)
    for kept in (packets, world.rows(Reservation)):
        assert sorted(row.referral_id for row in kept) == sorted(ids)
    needs = world.rows(Need, Need.state == NeedState.REFERRED)
    assert sorted(need.id for need in needs) == sorted(row.need_id for row in rows)
    with world.work() as work:
        for packet in packets:
            work.vault.grant(packet.person_id, Purpose.PROTECTION, Purpose.IDENTITY)
            assert work.session.get_one(Packet, packet.id).needs, "its keys were kept first"
    cases = {row.id: row.number for row in world.rows(Case)}
    return {cases[row.case_id] for row in rows}


def test_no_referral_is_lost_or_without_letter_when_senders_are_killed(
    any_world: World, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    world, chance = any_world, Random(20)
    cases = [world.child(f"Zarifa {chr(97 + n)}") for n in range(CASES)]
    said: list[str] = []
    done: set[str] = set()
    kills = 0
    while len(done) < CASES and kills < 2 * CASES:
        said += killed(world, tmp_path, [one for one in cases if one not in done], chance)
        kills += 1
        done = check_whole(world, said)
    assert done == set(cases)
    figure(
        f"senders killed on {world.storage.engine.name}: {kills} times, {len(done)} of {CASES} referrals "
        "there once, 0 lost, 0 without letter"
    )
