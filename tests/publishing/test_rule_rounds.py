"""The worker's rounds for the rules, and the commands that an operator gives."""

from __future__ import annotations

import json

from click.testing import CliRunner

from app.cli import main
from app.jobs.rules import RuleRounds
from models.cases import Assessment
from models.log import LogEntry
from models.publication import PackArchive
from tests.publishing.conftest import Office, without_hold


def rounds(office: Office) -> RuleRounds:
    world = office.world
    return RuleRounds(world.storage, world.settings, world.shelf, world.clock)


def test_a_round_archives_assesses_again_and_rechecks_at_night(office: Office) -> None:
    number = office.world.child()
    worker = rounds(office)
    worker.run()
    assert office.world.rows(PackArchive)
    before = len(office.world.of(Assessment, number))
    without_hold(office, "H.medical")
    office.published()
    # The worker is another process: it looks every half minute.
    office.world.clock.forward(minutes=1)
    worker.run()
    assert len(office.world.of(Assessment, number)) == before + 1
    assert office.world.rows(LogEntry, LogEntry.act == "recheck") == []
    office.world.clock.forward(hours=14)
    worker.run()
    worker.run()
    assert len(office.world.rows(LogEntry, LogEntry.act == "recheck")) == 1


def run(office: Office, *words: str) -> tuple[int, str]:
    """A command on the office's databases."""
    settings = office.world.settings
    material = settings.key_material
    assert material is not None
    environ = {
        "SERAI_KEY_PROVIDER": "env",
        "SERAI_KEY_MATERIAL": material,
        "SERAI_DATABASE_URL": settings.database_url,
        "SERAI_KEYS_URL": settings.keys_url,
    }
    data = ("--data", str(settings.data_dir))
    found = CliRunner(env=environ).invoke(main, ["pack", words[0], *data, *words[1:]])
    return found.exit_code, found.output


def test_recheck_says_how_many_match_and_fails_where_one_does_not(office: Office) -> None:
    number = office.world.child()
    code, text = run(office, "recheck")
    assert code == 1
    assert "MISMATCH" in text
    assert number not in text
    rounds(office).run()
    made = len(office.world.rows(Assessment))
    assert run(office, "recheck", "--sample", "50") == (0, f"{made} of {made} the same\n")


def test_shadow_counts_and_lists_for_an_account(office: Office) -> None:
    for i in range(6):
        office.world.child(f"Zarifa {i}")
    without_hold(office, "H.medical")
    code, text = run(office, "shadow", str(office.folder / "kaz"), "--as", "supervisor", "--json")
    assert code == 0, text
    found = json.loads(text)
    assert found["cases"] == 6
    assert len(found["review"]) == 6
    assert {"lost", "gained"} == {line["change"] for line in found["outputs"]}
    code, text = run(office, "shadow", str(office.folder / "kaz"), "--as", "abroad")
    assert "open cases to review: 0" in text
    assert run(office, "shadow", str(office.folder / "kaz"), "--as", "nobody")[0] == 1
