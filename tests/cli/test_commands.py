"""`serai ...`: what each command does, and that what goes wrong is one line and leaves nothing half-done."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import event, make_url

from app.cli import main
from config.settings import PACKS
from models.cases import Case
from models.people import Person
from models.session import Storage, open_storage
from models.vault.providers import EnvProvider
from tests.conftest import Template
from tests.world import PASSWORD, POST, World
from workflows.errors import StorageFull

Serai = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def serai(data: Path, sqlite_template: Template) -> Serai:
    """Run a command on `data`, with keys from the environment unless told otherwise."""

    def run(*words: str, input: str | None = None, **environ: str) -> Result:  # noqa: A002  # click's own name
        base = {"SERAI_KEY_PROVIDER": "env", "SERAI_KEY_MATERIAL": sqlite_template.material}
        takes_data = words[0] not in {"cases", "assess", "--help"} and words[:2] not in {
            ("pack", "list"),
            ("pack", "facts"),
            ("keys", "env-material"),
        }
        words = (*words, "--data", str(data)) if takes_data else words
        env = {**base, **environ}
        env_ = {name: value or None for name, value in env.items()}
        return CliRunner(env=env_).invoke(main, list(words), input=input)

    return run


@pytest.fixture
def filled(data: Path, sqlite_template: Template) -> Path:
    """`data` with the prepared world."""
    for url in (sqlite_template.main_url, sqlite_template.keys_url):
        shutil.copy(str(make_url(url).database), data)
    return data


def one_line(result: Result, *parts: str, code: int = 1) -> None:
    """A fault: exit 1 (2 where the question itself is wrong), one line, without a traceback."""
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert len(result.output.strip().splitlines()) == 1, result.output
    assert result.output.startswith("Error: ")
    for part in parts:
        assert part in result.output


def test_every_command_explains_itself(serai: Serai) -> None:
    def leaves(command: click.Command, words: tuple[str, ...]) -> list[tuple[str, ...]]:
        if not isinstance(command, click.Group):
            return [words]
        return [x for name, sub in command.commands.items() for x in leaves(sub, (*words, name))]

    found = leaves(main, ())
    assert len(found) >= 15
    for words in found:
        result = CliRunner().invoke(main, [*words, "--help"])
        assert result.exit_code == 0, words
        assert len(result.output.splitlines()) > 3


def test_a_deployment_is_set_up_from_nothing_with_a_keyring_file(serai: Serai, data: Path) -> None:
    file = {"SERAI_KEY_PROVIDER": "", "SERAI_KEY_MATERIAL": ""}
    one_line(serai("keys", "create", **file), "SERAI_PASSPHRASE_FILE")
    (data / "passphrase").write_text("a passphrase of some length", encoding="utf-8")
    one_line(serai("db", "upgrade", **file), "SERAI_KEYRING")
    made = serai("keys", "create", **file)
    assert made.exit_code == 0, made.output
    assert (data / "keyring").stat().st_mode & 0o077 == 0
    one_line(serai("keys", "create", **file), "SERAI_KEYRING")
    one_line(serai("tick", **file), "serai db upgrade")
    assert serai("db", "upgrade", **file).exit_code == 0
    assert serai("tick", **file).exit_code == 0
    (data / "passphrase").write_text("another passphrase", encoding="utf-8")
    one_line(serai("tick", **file), "SERAI_PASSPHRASE_FILE")
    (data / "passphrase").unlink()
    one_line(serai("tick", **file), "SERAI_PASSPHRASE_FILE")


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe\x00", b"not json", "cut"])
def test_a_damaged_keyring_is_said_in_one_line(
    serai: Serai, data: Path, damage: bytes | str
) -> None:
    file = {"SERAI_KEY_PROVIDER": "", "SERAI_KEY_MATERIAL": ""}
    (data / "passphrase").write_text("a passphrase of some length", encoding="utf-8")
    serai("keys", "create", **file)
    ring = data / "keyring"
    ring.write_bytes(ring.read_bytes()[:-40] if isinstance(damage, str) else damage)
    one_line(serai("db", "upgrade", **file), "SERAI_KEYRING")


def test_a_wrong_setting_is_said_in_one_line_without_key_material(serai: Serai) -> None:
    one_line(serai("tick", SERAI_IDLE_LIMIT="soon"), "SERAI_IDLE_LIMIT")
    one_line(serai("tick", SERAI_TYPO="1"), "SERAI_TYPO is not a setting")
    result = serai("tick", SERAI_KEY_MATERIAL="bm90IDMyIGJ5dGVz")
    one_line(result, "SERAI_KEY_MATERIAL")
    assert "bm90IDMyIGJ5dGVz" not in result.output


def test_fresh_key_material_is_printed_and_works(serai: Serai) -> None:
    printed = serai("keys", "env-material").output.strip()
    assert EnvProvider.open(printed, production=False)
    assert serai("keys", "env-material").output.strip() != printed


def test_the_schema_goes_down_only_when_it_is_confirmed(serai: Serai, filled: Path) -> None:
    assert serai("db", "downgrade", "--to", "0003", input="n\n").exit_code == 1
    assert serai("tick").exit_code == 0
    assert serai("db", "downgrade", "--to", "0003", "--yes").exit_code == 0
    one_line(serai("tick"), "serai db upgrade")
    assert serai("db", "upgrade").exit_code == 0
    assert serai("tick").exit_code == 0
    assert filled.exists()


def test_a_file_that_is_no_database_is_said_in_one_line(serai: Serai, data: Path) -> None:
    (data / "serai.db").write_bytes(b"this is no database at all" * 100)
    result = serai("db", "upgrade")
    one_line(result, "database")


def test_a_folder_that_is_not_there_is_said_in_one_line(serai: Serai, data: Path) -> None:
    shutil.rmtree(data)
    one_line(serai("db", "upgrade"), "database")


def test_the_network_of_a_pack_is_brought_in_and_again_changes_nothing(
    serai: Serai, data: Path
) -> None:
    serai("db", "upgrade")
    assert serai("pack", "sync", "kaz").exit_code == 0
    before = dump(data)
    assert serai("pack", "sync", "kaz").exit_code == 0
    assert dump(data) == before
    assert len(before["post"]) == 18
    one_line(serai("pack", "sync", "kaz", "zzz"), "invalid", "field=pack")


def dump(data: Path) -> dict[str, list[object]]:
    with sqlite3.connect(data / "serai.db") as connection:
        return {
            name: connection.execute(f"SELECT code, names FROM {name} ORDER BY code").fetchall()
            for name in ("agency", "desk", "post")
        }


def test_an_account_and_its_machine_are_made(serai: Serai, filled: Path) -> None:
    words = ("user", "create", "new.officer", "--role", "border_official", "--post", POST)
    given = (*words, "--agency", "kaz.kaz_border_service", "--password", PASSWORD)
    made = serai(*given)
    assert made.exit_code == 0, made.output
    assert re.search(r"shown once\): [A-Z2-7]{32}$", made.output.strip())
    assert PASSWORD not in made.output
    one_line(serai(*given), "invalid", "field=name")
    token = serai("user", "token", "new.officer", "--label", "a machine").output.strip()
    assert len(token) >= 32
    assert token.encode() not in (filled / "serai.db").read_bytes()
    one_line(serai("user", "token", "nobody", "--label", "x"), "no such account")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (("--password", "too short"), "password"),
        (("--agency", "no.such"), "agency"),
        (("--post", "nowhere"), "post"),
        (("--desk", "nowhere"), "desks"),
    ],
)
def test_a_wrong_account_is_said_in_one_line_and_not_made(
    serai: Serai, filled: Path, changed: tuple[str, str], field: str
) -> None:
    given = {"--agency": "kaz.kaz_border_service", "--post": POST, "--password": PASSWORD}
    given |= dict([changed])
    words = [word for pair in given.items() for word in pair]
    result = serai("user", "create", "new.officer", "--role", "border_official", *words)
    one_line(result, f"field={field}")
    with sqlite3.connect(filled / "serai.db") as connection:
        row = connection.execute("SELECT 1 FROM user_account WHERE name = 'new.officer'")
        assert row.fetchone() is None


def test_tick_and_deliver_say_what_they_did(serai: Serai, filled: Path) -> None:
    assert serai("tick").output == "0 warned, 0 overdue, 0 without an answer\n"
    assert serai("deliver").output == "0 delivered, 0 stuck\n"
    assert filled.exists()


def test_the_log_verifies_and_tampering_is_named_with_exit_1(serai: Serai, filled: Path) -> None:
    serai("tick")
    sound = serai("log", "verify")
    assert sound.exit_code == 0
    assert sound.output.endswith("0 findings\n")
    with sqlite3.connect(filled / "serai.db") as connection:
        connection.execute("UPDATE log_entry SET act = 'read' WHERE act = 'tick'")
    found = serai("log", "verify")
    assert found.exit_code == 1
    assert re.search(r"^edited: writer [0-9a-f-]{36}, entry \d+$", found.output, re.MULTILINE)


def test_the_published_cases_are_all_hit(serai: Serai) -> None:
    result = serai("cases", "check")
    assert result.exit_code == 0, result.output
    assert "MISS" not in result.output
    for kind in ("require", "forbid"):
        hits = re.search(rf"^{kind}: (\d+) of (\d+)$", result.output, re.MULTILINE)
        assert hits is not None
        assert hits[1] == hits[2] != "0"


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A copy of the packs to be spoilt."""
    return Path(shutil.copytree(PACKS, tmp_path / "packs"))


def test_a_miss_is_shown_and_ends_with_exit_1(serai: Serai, packs: Path) -> None:
    """A pack that no longer shuts the return of the persecuted is found by the published cases."""
    path = packs / "int" / "holds.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"shuts: .*", "shuts: CLOSE", text), encoding="utf-8")
    result = serai("cases", "check", "--packs", str(packs))
    assert result.exit_code == 1
    assert "MISS" in result.output


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("int/facts.yaml", "kind: yes-no", "kind: maybe"),
        ("int/holds.yaml", "shuts:", "shut:"),
        ("kaz/deadlines.csv", "authority", "nobody"),
        ("kaz/posts.yaml", "country:", "\tcountry:"),
    ],
)
def test_a_slip_in_a_pack_is_named_with_file_and_line(
    serai: Serai, packs: Path, file: str, old: str, new: str
) -> None:
    path = packs / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = serai("pack", "list", "--packs", str(packs))
    assert result.exit_code == 1
    fault = result.output.splitlines()[-1]
    assert fault.startswith(f"Error: {file}:"), fault
    assert re.match(rf"Error: {re.escape(file)}:\d+: found .+; allowed: .+", fault)


def test_what_is_no_pack_is_said_in_one_line(serai: Serai, tmp_path: Path) -> None:
    one_line(serai("pack", "facts", "--pack", "zzz"), "field=pack")
    empty = tmp_path / "empty" / "kaz"
    empty.mkdir(parents=True)
    (empty / "pack.yaml").write_text("\x00\x01", encoding="utf-8")
    one_line(serai("pack", "list", "--packs", str(empty.parent)), "kaz/pack.yaml")


def test_facts_are_listed_and_assessed_as_json(serai: Serai, tmp_path: Path) -> None:
    facts = json.loads(serai("pack", "facts", "--pack", "kaz", "--json").output)
    assert {"fact", "kind", "ask"} <= set(facts[0])
    file = tmp_path / "facts.json"
    file.write_text('{"fear_of_return": "yes"}', encoding="utf-8")
    ask = ("assess", "--pack", "kaz", "--facts", str(file), "--as-of", "2026-11-24")
    result = json.loads(serai(*ask, "--json").output)
    assert result["profiles"]["ASY"] == "presumed"
    assert "RETURN" in result["shut"]
    for text, said in (
        ("[1]", "JSON object"),
        ("{", "no JSON"),
        ('{"zzz": 1}', "zzz"),
        ('{"fear_of_return": "perhaps"}', "fear_of_return"),
    ):
        file.write_text(text, encoding="utf-8")
        one_line(serai(*ask), said, code=2)


def full(storage: Storage) -> None:
    """A disk that takes not one page more."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    storage.engine.dispose()
    event.listen(storage.engine, "connect", limit)


def test_on_a_full_disk_it_is_said_and_nothing_is_half_written(world: World) -> None:
    world.child()
    before = len(world.rows(Case)), len(world.rows(Person))
    full(world.storage)
    with pytest.raises(StorageFull):
        fill(world)
    left = len(world.rows(Case)), len(world.rows(Person))
    assert left[0] - before[0] == left[1] - before[1] < 50


def fill(world: World) -> None:
    for _ in range(50):
        world.register("Zarifa Ahmadi")


def test_a_command_on_a_full_disk_says_it_in_one_line(
    serai: Serai, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(settings: object) -> Storage:
        storage = open_storage(settings)  # type: ignore[arg-type]  # the settings of the command
        full(storage)
        return storage

    monkeypatch.setattr("app.cli.opening.open_storage", opened)
    for _ in range(200):
        result = serai("tick")
        if result.exit_code:
            break
    one_line(result, "storage_full", "Nothing was written")
    assert filled.exists()
