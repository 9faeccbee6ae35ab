"""`serai pack export`, `keygen`, `sign`, `verify`, and a deployment that takes signed packs only."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from config.loading import SettingsError, load
from config.settings import PACKS
from workflows.packs import open_shelf
from workflows.rules import canonical
from workflows.rules.faults import PackError
from workflows.rules.packs import load_pack

Run = Callable[..., Result]
DAY = date(2026, 11, 24)
AS_OF = ("--as-of", DAY.isoformat())


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    root = tmp_path / "packs"
    for code in ("int", "kaz"):
        shutil.copytree(PACKS / code, root / code)
    return root


@pytest.fixture
def run(packs: Path) -> Run:
    def invoke(*words: str, status: int = 0) -> Result:
        result = CliRunner().invoke(main, list(words))
        assert result.exit_code == status, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return invoke


@pytest.fixture
def signed(run: Run, packs: Path, tmp_path: Path) -> Path:
    """The trust file of Aigul and Bek, who both signed kaz."""
    secret = tmp_path / "passphrase"
    secret.write_text("a long passphrase\n", encoding="utf-8")
    keys = []
    for name, role in (("Aigul", "author"), ("Bek", "reviewer")):
        file = str(tmp_path / f"{name}.pem")
        public = run("pack", "keygen", "--out", file, "--passphrase-file", str(secret)).output
        keys.append({"name": name, "key": public.strip(), "roles": [role]})
        words = ("--key", file, "--passphrase-file", str(secret), "--as", role, "--name", name)
        run("pack", "sign", "--packs", str(packs), "--pack", "kaz", *AS_OF, *words)
    trust = tmp_path / "trust.json"
    trust.write_text(json.dumps({"format": "serai-trust-1", "keys": keys}), encoding="utf-8")
    return trust


def test_a_pack_is_written_out_in_the_form_that_is_hashed(
    run: Run, packs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "kaz.json"
    words = ("pack", "export", "--packs", str(packs), "--pack", "kaz", *AS_OF, "--out", str(out))
    said = run(*words).output
    pack = load_pack(packs, "kaz", DAY)
    assert out.read_bytes() == canonical.dump(pack)
    assert pack.sha256 in said
    assert "FileExistsError" in run(*words, status=1).output


def test_two_signatures_are_verified(run: Run, packs: Path, signed: Path) -> None:
    words = ("pack", "verify", "--packs", str(packs), "--trust", str(signed), *AS_OF)
    said = run(*words, "--pack", "kaz").output
    assert "author Aigul" in said
    assert "reviewer Bek" in said
    assert "no signature of an author" in run(*words, "--pack", "int", status=1).output
    listed = run("pack", "list", "--packs", str(packs), "--trust", str(signed)).output
    assert "INT@" in listed
    assert "NOT SIGNED: no signature of an author" in listed
    assert "not checked" in run("pack", "list", "--packs", str(packs)).output


def test_signatures_last_while_rows_begin_and_end(run: Run, packs: Path, signed: Path) -> None:
    """Who signs today signs also what the pack will say on later days."""
    trust = ("--packs", str(packs), "--trust", str(signed), "--pack", "kaz")
    run("pack", "verify", *trust, "--as-of", "2028-01-01")


def test_an_altered_pack_is_refused(run: Run, packs: Path, signed: Path, tmp_path: Path) -> None:
    settings = load({"SERAI_PACKS": str(packs), "SERAI_PACK_TRUST": str(signed)}, tmp_path / "data")
    assert open_shelf(settings).get("kaz", DAY).code == "kaz"
    change(packs / "int" / "holds.yaml", "shuts: RETURN", "shuts: CLOSE")
    with pytest.raises(PackError, match=r"kaz/signatures\.json: found KAZ@.*changed since"):
        open_shelf(settings).get("kaz", DAY)
    with pytest.raises(PackError, match="no signature of an author"):
        open_shelf(settings).get("int", DAY)
    facts = tmp_path / "facts.json"
    facts.write_text("{}", encoding="utf-8")
    ask = ("assess", "--packs", str(packs), "--pack", "kaz", "--facts", str(facts), *AS_OF)
    assert "changed since" in run(*ask, "--trust", str(signed), status=2).output
    run(*ask)


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_an_archive_is_signed_beside_itself(
    run: Run, packs: Path, signed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    out = str(folder / "kaz.json")
    run("pack", "export", "--packs", str(packs), "--pack", "kaz", *AS_OF, "--out", out)
    secret = str(tmp_path / "passphrase")
    for name, role in (("Aigul", "author"), ("Bek", "reviewer")):
        key = ("--key", str(tmp_path / f"{name}.pem"), "--passphrase-file", secret)
        run("pack", "sign", "--archive", out, *key, "--as", role, "--name", name)
    assert (folder / "signatures.json").is_file()
    run("pack", "verify", "--archive", out, "--trust", str(signed))
    facts = tmp_path / "facts.json"
    facts.write_text("{}", encoding="utf-8")
    run("assess", "--archive", out, "--facts", str(facts), *AS_OF, "--trust", str(signed))
    (folder / "signatures.json").unlink()
    ask = ("assess", "--archive", out, "--facts", str(facts), *AS_OF, "--trust", str(signed))
    assert "no signature of an author" in run(*ask, status=2).output


def test_what_cannot_be_signed_is_one_line(
    run: Run, packs: Path, signed: Path, tmp_path: Path
) -> None:
    base = ["pack", "sign", "--packs", str(packs), *AS_OF]
    key = ["--key", str(tmp_path / "Aigul.pem")]
    right = ["--passphrase-file", str(tmp_path / "passphrase")]
    wrong = tmp_path / "wrong"
    wrong.write_text("another passphrase", encoding="utf-8")
    for words, said in (
        ([*key, *right, "--pack", "kaz", "--as", "king", "--name", "A"], "author, reviewer"),
        ([*key, *right, "--pack", "zzz", "--as", "author", "--name", "A"], "no such pack"),
        ([*key, *right, "--as", "author", "--name", "A"], "one of --pack and --archive"),
        ([*key, *right, "--pack", "kaz", "--as", "author", "--name", " "], "name"),
        (
            [
                *key,
                "--passphrase-file",
                str(wrong),
                "--pack",
                "kaz",
                "--as",
                "author",
                "--name",
                "A",
            ],
            "another passphrase",
        ),
        (
            ["--key", str(wrong), *right, "--pack", "kaz", "--as", "author", "--name", "A"],
            "no signing key",
        ),
    ):
        result = run(*base, *words, status=1)
        assert len(result.output.strip().splitlines()) == 1
        assert said in result.output
    trust = tmp_path / "no-trust.json"
    trust.write_text("[]", encoding="utf-8")
    verify = ("pack", "verify", "--packs", str(packs), "--pack", "kaz")
    assert "another format" in run(*verify, "--trust", str(trust), status=1).output


def test_production_asks_who_is_trusted(tmp_path: Path) -> None:
    production = {"SERAI_ENVIRONMENT": "production"}
    with pytest.raises(SettingsError, match="SERAI_PACK_TRUST is missing in production"):
        load(production, tmp_path)
    assert load({**production, "SERAI_ALLOW_UNSIGNED_PACKS": "1"}, tmp_path).secure
    with pytest.raises(SettingsError, match=r"SERAI_PACK_TRUST is .*no such file"):
        load({**production, "SERAI_PACK_TRUST": str(tmp_path / "none")}, tmp_path)
    trust = tmp_path / "trust.json"
    trust.write_text("{}", encoding="utf-8")
    settings = load({**production, "SERAI_PACK_TRUST": str(trust)}, tmp_path)
    with pytest.raises(PackError, match="another format"):
        open_shelf(settings)
