"""A version from a published file: by workflow and by command, signed where the deployment asks for it."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.log import LogEntry
from models.publication import PackVersion
from models.vault.signing import SigningKey, make_key
from models.vocabulary import PackState
from tests.publishing.conftest import SIGNED, Office
from tests.publishing.test_rule_rounds import run
from tests.world import PASSWORD
from workflows import publishing
from workflows.errors import InvalidCommand, NotAllowed, NotFound, SignInFailed
from workflows.publishing import BringInArchive, Signature
from workflows.rules import canonical, signatures
from workflows.rules.faults import PackError
from workflows.rules.packs import load_pack


def published_file(office: Office, code: str = "kaz") -> bytes:
    """What `serai pack export` writes of a pack whose hours somebody has changed."""
    path = office.folder / f"{code}/pack.yaml"
    text = path.read_text(encoding="utf-8")
    changed = "\n".join(
        'version: "2031.7"' if line.startswith("version:") else line for line in text.splitlines()
    )
    path.write_text(changed + "\n", encoding="utf-8")
    raw = canonical.dump(load_pack(office.folder, code, office.world.now.date()))
    path.write_text(text, encoding="utf-8")
    return raw


def bring_in(
    office: Office, content: bytes, who: str = "administrator", **given: Any
) -> PackVersion:
    told = {"pack": "kaz", "note": "From the ministry.", "signature": SIGNED, **given}
    with office.world.work(who) as work:
        made = publishing.bring_in_archive(work, BringInArchive(content=content, **told))
    return office.row(made)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SigningKey]:
    folder = tmp_path_factory.mktemp("keys")
    return {name: make_key(folder / name, "a long passphrase") for name in ("Aigul", "Bek")}


def signed(raw: bytes, keys: dict[str, SigningKey], *roles: str) -> bytes:
    """A file of signatures over a published file."""
    pack, rows = canonical.load(raw), []
    for name, role in zip(keys, roles or signatures.ROLES, strict=False):
        row = signatures.Signature(
            pack.code, pack.version, pack.sha256, role, name, keys[name].public, "2026-11-24"
        )
        rows.append(
            dataclasses.replace(row, signature=keys[name].sign(signatures.message(raw, row)))
        )
    return signatures.write_signatures(rows)


def trusting(office: Office, keys: dict[str, SigningKey], folder: Path) -> None:
    """From now on the deployment asks for two signatures of files."""
    file = folder / "trust.json"
    rows = [{"name": n, "key": k.public, "roles": list(signatures.ROLES)} for n, k in keys.items()]
    file.write_text(json.dumps({"format": "serai-trust-1", "keys": rows}), encoding="utf-8")
    office.world.settings = dataclasses.replace(office.world.settings, pack_trust=file)


def test_a_published_file_becomes_a_draft_with_the_same_content(office: Office) -> None:
    raw = published_file(office)
    row = bring_in(office, raw)
    assert (row.state, row.label, row.sha256) == (PackState.DRAFT, "2031.7", canonical.sha256(raw))
    office.test(row.id)
    assert office.examine()
    office.publish(row.id)
    assert office.pack().version == "2031.7"


def test_a_changed_byte_another_pack_and_garbage_are_refused_with_what_was_found(
    office: Office,
) -> None:
    raw = published_file(office)
    for wrong, found in (
        (b"", "no JSON"),
        (b"{}", "None"),
        (b"\xff\xfe", "no JSON in UTF-8"),
        (raw[:-2], "no JSON"),
        (raw + b" ", "not canonical"),
        (raw.replace(b'"format":"serai-pack-1"', b'"format":"serai-pack-9"'), "serai-pack-9"),
        (b" " * (publishing.MOST_BYTES + 1), f"{publishing.MOST_BYTES + 1} bytes"),
    ):
        with pytest.raises(PackError) as refusal:
            bring_in(office, wrong)
        assert refusal.value.file == publishing.ARCHIVE
        assert found in refusal.value.found
    with pytest.raises(InvalidCommand) as other:
        bring_in(office, raw, pack="tjk")
    assert other.value.params["field"] == "file"
    with pytest.raises(NotFound):
        bring_in(office, raw, pack="nowhere")
    with pytest.raises(InvalidCommand):
        bring_in(office, raw, note=" ")
    with pytest.raises(SignInFailed):
        bring_in(office, raw, signature=Signature(password="a passphrase that is wrong"))
    assert office.world.rows(PackVersion) == []


@pytest.mark.parametrize("who", ["officer", "guardian", "monitor", "abroad"])
def test_others_bring_in_no_file(office: Office, who: str) -> None:
    with pytest.raises(NotAllowed):
        bring_in(office, published_file(office), who)
    assert office.world.rows(LogEntry, LogEntry.act == "refused")


def test_where_signatures_are_asked_for_a_file_without_two_trusted_ones_is_refused(
    office: Office, keys: dict[str, SigningKey], tmp_path: Path
) -> None:
    raw = published_file(office)
    trusting(office, keys, tmp_path)
    other = raw.replace(b"ambulance 103", b"ambulance 104")
    assert other != raw
    stranger = {"Cy": make_key(tmp_path / "cy", "a long passphrase"), "Bek": keys["Bek"]}
    for content, given, found in (
        (raw, b"", "no signature"),
        (raw, b"{", "no JSON"),
        (raw, signed(raw, keys, "author"), "no signature of a reviewer"),
        (raw, signed(raw, stranger), "not trusted"),
        (other, signed(raw, keys), "it was changed since"),
    ):
        with pytest.raises(PackError) as refusal:
            bring_in(office, content, signatures=given)
        assert refusal.value.file == publishing.SIGNATURES
        assert found in refusal.value.found, refusal.value.found
    assert bring_in(office, raw, signatures=signed(raw, keys)).state is PackState.DRAFT


def test_the_command_brings_in_a_file_for_an_account_that_shows_its_password(
    office: Office, tmp_path: Path
) -> None:
    raw = published_file(office)
    file, secret = tmp_path / "kaz.json", tmp_path / "secret"
    file.write_bytes(raw)
    words = ("bring-in", str(file), "--note", "From the ministry.", "--password-file", str(secret))
    secret.write_text("a passphrase that is wrong\n", encoding="utf-8")
    code, text = run(office, *words, "--as", "administrator")
    assert (code, text) == (1, "Error: the password is not the account's\n")
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    assert run(office, *words, "--as", "nobody")[0] == 1
    code, text = run(office, *words, "--as", "officer")
    assert code == 1
    assert "not_allowed" in text
    code, text = run(office, *words, "--as", "administrator")
    assert code == 0, text
    assert text.startswith("draft ")
    assert [row.label for row in office.world.rows(PackVersion)] == ["2031.7"]
    file.write_bytes(raw[:-1])
    code, text = run(office, *words, "--as", "administrator")
    assert code == 1
    assert "kaz.json: found" in text


def test_a_day_before_the_packs_first_validity_is_refused(office: Office) -> None:
    pack = load_pack(office.folder, "kaz", office.world.now.date())
    later = dataclasses.replace(pack, valid_from=date(2031, 1, 1))
    with pytest.raises(PackError) as refusal:
        bring_in(office, canonical.dump(later))
    assert "days from 2031-01-01 on" in refusal.value.allowed
