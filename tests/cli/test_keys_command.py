"""`serai keys` over a prepared world on a keyring file: rotate, share out, travel, drill, recover, lock."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url

from app.cli import main
from config.loading import load
from models.session import open_storage
from models.vault.errors import Locked
from models.vault.providers import EnvProvider, FileProvider, _derive, _root
from tests.conftest import Template

PHRASE = "nine herons over the Panj"
Keys = Callable[..., Result]


@pytest.fixture(scope="module")
def moved(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prepared world with its data keys under a keyring file instead of the environment."""
    folder = tmp_path_factory.mktemp("moved")
    for url in (sqlite_template.main_url, sqlite_template.keys_url):
        shutil.copy(str(make_url(url).database), folder)
    (folder / "passphrase").write_text(PHRASE)
    material = _derive(_root(sqlite_template.material, "test"))
    FileProvider.restore(folder / "keyring", PHRASE, material)
    return folder


@pytest.fixture
def data(moved: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(moved, folder)
    return folder


@pytest.fixture
def keys(data: Path) -> Keys:
    def run(*words: str, input: str | None = None, **environ: str) -> Result:  # noqa: A002  # click's own name
        env = {"SERAI_KEY_PROVIDER": None, "SERAI_KEY_MATERIAL": None, **environ}
        return CliRunner(env=env).invoke(main, ["keys", *words, "--data", str(data)], input=input)

    return run


#: An operator who has nobody to ask; four eyes are in test_key_orders.
ALONE = ("--alone", "nobody_else", "--as", "administrator")


def done(result: Result, *parts: str) -> str:
    assert result.exit_code == 0, result.output
    for part in parts:
        assert part in result.output, result.output
    return result.output


def refused(result: Result, *parts: str) -> None:
    assert result.exit_code in {1, 2}, result.output
    assert "Traceback" not in result.output
    for part in parts:
        assert part in result.output, result.output


def test_every_key_is_listed_with_what_is_under_it(keys: Keys) -> None:
    said = done(keys("list"), "provider file; custodians: none; last drill: never")
    assert re.search(r"account/1 +operational +[1-9]\d* +yes", said)
    assert re.search(r"index/1 +token", said)


def test_all_keys_are_rotated_and_nothing_is_left(keys: Keys) -> None:
    done(
        keys("rotate", "--all", "--data-keys", "--index", *ALONE),
        "0 left under an older key",
        "index:",
    )
    said = done(keys("list"), "account/2", "index/2")
    assert "account/1 " not in said
    assert "index/1 " not in said
    done(keys("rotate", "--purpose", "account", *ALONE), "account: ")
    done(keys("list"), "account/3")


def test_what_to_rotate_must_be_said(keys: Keys) -> None:
    refused(keys("rotate"), "say which")
    refused(
        keys(
            "rotate",
            "--all",
            *ALONE,
            SERAI_KEY_PROVIDER="env",
            SERAI_KEY_MATERIAL=EnvProvider.create(),
        )
    )


def test_two_of_three_custodians_recover_a_lost_keyring(keys: Keys, data: Path) -> None:
    said = done(keys("custodians", *ALONE), "Custodian 3 of 3")
    words = [line for line in said.splitlines() if len(line.split()) == 33]
    assert len(words) == 3
    done(keys("drill", input=f"{words[2]}\n{words[0]}\n"), "Passed: ")
    assert not re.search(r"last drill: never", done(keys("list"), "custodians: 2 of 3"))
    done(keys("rotate", "--purpose", "identity", *ALONE))
    done(keys("drill", input=f"{words[0].upper()}\n  {words[1]}\n"), "Passed: ")
    (data / "keyring").unlink()
    (data / "passphrase").write_text("another phrase that is long")
    refused(keys("list"), "there is no keyring")
    done(keys("recover", input=f"{words[1]}\n{words[2]}\n"), "again")
    done(keys("list"), "identity/2")
    refused(keys("recover", input=f"{words[1]}\n{words[2]}\n"), "never overwritten")


def test_one_custodian_or_a_slip_opens_nothing(keys: Keys) -> None:
    said = done(keys("custodians", *ALONE))
    words = [line for line in said.splitlines() if len(line.split()) == 33]
    refused(keys("drill", input=f"{words[0]}\n{words[0]}\n"), "do not open")
    slipped = " ".join(["academic", *words[0].split()[1:]])
    refused(keys("drill", input=f"{slipped}\n{words[1]}\n"), "do not open")
    later = done(keys("custodians", *ALONE))
    fresh = [line for line in later.splitlines() if len(line.split()) == 33]
    refused(keys("drill", input=f"{words[0]}\n{words[1]}\n"), "do not open")
    done(keys("drill", input=f"{fresh[0]}\n{fresh[1]}\n"), "Passed")


def test_a_locked_machine_has_forgotten_its_keys_until_it_is_unlocked(
    keys: Keys, data: Path
) -> None:
    running = open_storage(load({}, data))
    assert running.provider.primary("identity")
    done(keys("lock"), "Locked;")
    with pytest.raises(Locked):
        running.provider.primary("identity")
    running.close()
    refused(keys("list"), "locked")
    (data / "passphrase").write_text("wrong")
    refused(keys("unlock"), "does not open")
    assert (data / "locked").exists()
    (data / "passphrase").write_text(PHRASE)
    done(keys("unlock"))
    done(keys("list"), "identity/1")


def test_a_bundle_does_not_travel_along_nor_overwrite(
    keys: Keys, data: Path, tmp_path: Path
) -> None:
    asked = {"input": "the words of the bundle\nthe words of the bundle\n"}
    refused(
        keys("travel", "--to", str(data / "bundle"), **asked), "must not lie in the data folder"
    )
    bundle = tmp_path / "bundle"
    bundle.write_text("something")
    refused(keys("travel", "--to", str(bundle), **asked), "never overwritten")
    done(keys("list"), "identity/1")


def test_strengths_need_the_setting_and_enough_members(keys: Keys) -> None:
    refused(
        keys("strengthen", "protection", "--member", "guardian", *ALONE), "SERAI_MEMBER_PURPOSES"
    )
    refused(
        keys(
            "strengthen",
            "protection",
            "--member",
            "guardian",
            *ALONE,
            SERAI_MEMBER_PURPOSES="protection",
        ),
        "needs two members",
    )
    refused(
        keys(
            "strengthen",
            "protection",
            "--member",
            "nobody",
            *ALONE,
            SERAI_MEMBER_PURPOSES="protection",
        ),
        "name",
    )
    refused(keys("take-back", "nobody"), "name")
