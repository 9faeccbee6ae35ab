"""The commands from end to end in two data folders: cards, paper, an acceptance, the identity."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.documents import letter_codes
from tests.letters.conftest import Pair
from tests.world import BORDER, GUARDIANS, World


def run(world: World, *words: str, stdin: str | None = None) -> Result:
    env = {
        "SERAI_KEY_PROVIDER": "env",
        "SERAI_KEY_MATERIAL": world.settings.key_material,
        "SERAI_DATABASE_URL": world.settings.database_url,
        "SERAI_KEYS_URL": world.settings.keys_url,
    }
    data = ("--data", str(world.settings.data_dir))
    return CliRunner(env=env).invoke(main, [*words, *data], input=stdin)


#: An operator who has nobody to ask; four eyes are in tests/cli/test_key_orders.py.
ALONE = ("--alone", "nobody_else", "--as", "administrator")


@pytest.fixture
def done() -> Callable[..., str]:
    def check(world: World, *words: str, stdin: str | None = None) -> str:
        result = run(world, *words, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.output

    return check


def test_a_referral_goes_and_comes_back_by_commands(
    pair: Pair, done: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = pair.post.clock
    monkeypatch.setattr("app.cli.opening.utc_now", now)
    _, number = pair.post.sent()
    first, yes, second = (str(tmp_path / name) for name in ("first", "yes", "second"))
    sheet = tmp_path / "sheet.html"
    said = done(
        pair.post,
        "letter",
        "seal",
        number,
        "--to",
        GUARDIANS,
        "--out",
        first,
        "--paper",
        str(sheet),
    )
    assert said.startswith("referral ")
    assert sheet.read_text().count("<svg") == len(letter_codes.lines(Path(first).read_bytes()))

    shown = done(pair.away, "letter", "open", first)
    assert '"need": "guardian"' in shown
    assert "Zarifa" not in shown
    done(pair.away, "letter", "accept", first, "--out", yes)
    assert done(pair.post, "letter", "open", yes).startswith("answer ")
    done(pair.post, "letter", "seal", number, "--to", GUARDIANS, "--out", second)
    codes = tmp_path / "codes.txt"
    codes.write_text("\n".join(reversed(letter_codes.lines(Path(second).read_bytes()))))
    assert "Zarifa" in done(pair.away, "letter", "open", str(codes))
    assert "again" in done(pair.away, "letter", "open", second)

    assert " accepted " in done(pair.post, "letter", "list")
    assert f"receiver - {shown.split()[1]} {BORDER} identified " in done(
        pair.away, "letter", "list"
    )
    refused = run(pair.post, "letter", "open", second)
    assert refused.exit_code == 1
    assert "other_recipient" in refused.output
    there = run(pair.post, "letter", "seal", number, "--to", GUARDIANS, "--out", second)
    assert "cannot be made" in there.output


def test_keys_by_commands(pair: Pair, done: Callable[..., str], tmp_path: Path) -> None:
    card, private = tmp_path / "card", tmp_path / "private"
    words = (
        "agency",
        "key",
        "make",
        GUARDIANS,
        "--card",
        str(card),
        "--browser",
        "--key-file",
        str(private),
        *ALONE,
    )
    said = done(pair.away, *words, stdin="nine herons over\nnine herons over\n")
    heard = said.splitlines()[-1]
    kid = json.loads(private.read_text())["kid"]
    assert private.stat().st_mode & 0o077 == 0
    assert "unconfirmed" in done(pair.post, "agency", "key", "add", str(card))
    assert "active" in done(pair.post, "agency", "key", "confirm", kid, "--heard", heard, *ALONE)
    assert f"{GUARDIANS} {kid} theirs x25519 active" in done(pair.post, "agency", "key", "list")
    assert "0 letters" in done(pair.post, "agency", "key", "revoke", kid, *ALONE)
    assert "0 letters" in done(pair.post, "agency", "key", "exposure", kid)
    assert BORDER in done(pair.post, "agency", "key", "list")


def test_codes_that_are_missing_or_misread_are_named() -> None:
    raw = bytes(range(256)) * 9
    lines = letter_codes.lines(raw)
    assert letter_codes.gather("\n".join(lines + lines).encode()) == raw
    assert re.search("missing: 2, 4 of 4", said(f"{lines[0]}\n{lines[2]}"))
    assert said("\n".join(lines)[:-9] + "AAAAAAAAA") == "a code was misread"
    assert (
        said("\n".join([*lines, letter_codes.lines(raw[1:])[0]])) == "codes of more than one letter"
    )
    page = html.unescape(letter_codes.paper(raw).decode())
    assert "4 / 4" in page


def said(text: str) -> str:
    with pytest.raises(ValueError) as fault:
        letter_codes.gather(text.encode())
    return str(fault.value)
