"""Two signatures over the canonical bytes: what counts, and every reason why something does not."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vault.errors import SigningKeyUnusable
from models.vault.signing import SigningKey, is_signed, make_key, read_key
from workflows.rules.canonical import dump, sha256
from workflows.rules.faults import PackError
from workflows.rules.packs import Pack
from workflows.rules.signatures import (
    DOMAIN,
    Signature,
    Trusted,
    fault,
    message,
    read_signatures,
    read_trust,
    write_signatures,
)

Signer = Callable[..., Signature]
BOTH = ("author", "reviewer")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SigningKey]:
    folder = tmp_path_factory.mktemp("keys")
    return {name: make_key(folder / name, "a long passphrase") for name in ("Aigul", "Bek", "Cy")}


@pytest.fixture
def trusted(keys: dict[str, SigningKey]) -> tuple[Trusted, ...]:
    return tuple(Trusted(name, key.public, BOTH) for name, key in keys.items())


@pytest.fixture
def signer(keys: dict[str, SigningKey], country: Pack) -> Signer:
    raw = dump(country)

    def sign(role: str, name: str, key: str = "", over: bytes = raw) -> Signature:
        used = keys[key or name]
        row = Signature("lan", "2026.2", sha256(over), role, name, used.public, "2026-03-01")
        return dataclasses.replace(row, signature=used.sign(message(over, row)))

    return sign


def test_an_author_and_a_reviewer_are_enough(
    signer: Signer, trusted: tuple[Trusted, ...], country: Pack
) -> None:
    rows = [signer("author", "Aigul"), signer("reviewer", "Bek")]
    assert fault(dump(country), rows, trusted, is_signed) == ""
    assert fault(dump(country), [*rows, signer("author", "Bek")], trusted, is_signed) == ""


def test_every_reason_is_said(signer: Signer, trusted: tuple[Trusted, ...], country: Pack) -> None:
    raw = dump(country)
    author, reviewer = signer("author", "Aigul"), signer("reviewer", "Bek")

    def why(*rows: Signature, over: bytes = raw, by: tuple[Trusted, ...] = trusted) -> str:
        return fault(over, rows, by, is_signed)

    assert why() == "no signature of an author"
    assert why(author) == "no signature of a reviewer"
    assert why(reviewer) == "no signature of an author"
    assert "changed since" in why(author, reviewer, over=raw + b" ")
    assert "one person" in why(author, signer("reviewer", "Aigul"))
    assert "is not trusted" in why(author, reviewer, by=trusted[:1])
    assert "not of Bek" in why(author, signer("reviewer", "Bek", key="Cy"))
    only = tuple(dataclasses.replace(one, roles=("author",)) for one in trusted)
    assert why(author, reviewer, by=only) == "Bek may not sign as a reviewer"
    for change in (
        {"signature": "00" * 64},
        {"signature": reviewer.signature},
        {"at": "2026-03-02"},
        {"version": "2026.3"},
        {"pack": "bas"},
    ):
        assert "is not valid" in why(dataclasses.replace(author, **change), reviewer)


def test_a_signature_stands_for_one_role_only(
    signer: Signer, trusted: tuple[Trusted, ...], country: Pack
) -> None:
    author = signer("author", "Aigul")
    turned = dataclasses.replace(signer("author", "Bek"), role="reviewer")
    assert "is not valid" in fault(dump(country), [author, turned], trusted, is_signed)


def test_one_person_with_two_keys_is_one_person(
    keys: dict[str, SigningKey], signer: Signer, country: Pack
) -> None:
    trusted = (
        Trusted("Aigul", keys["Aigul"].public, BOTH),
        Trusted(" AIGUL", keys["Bek"].public, BOTH),
    )
    rows = [signer("author", "Aigul"), signer("reviewer", "aigul", key="Bek")]
    assert "one person" in fault(dump(country), rows, trusted, is_signed)


def test_what_is_signed_begins_with_its_domain(signer: Signer) -> None:
    row = signer("author", "Aigul")
    text = message(b"{}", row)
    assert text.startswith(DOMAIN)
    head, _, rest = text.removeprefix(DOMAIN).partition(b"\n")
    assert rest == b"{}"
    assert json.loads(head)["name"] == "Aigul"


@given(st.binary(max_size=80))
def test_no_other_bytes_are_signed_by_a_signature(country: Pack, raw: bytes) -> None:
    assert not is_signed(b"\x01" * 32, b"\x02" * 64, raw)
    assert not is_signed(raw, raw, raw)


def test_the_file_comes_back_as_it_was(signer: Signer) -> None:
    rows = (signer("author", "Aigul"), signer("reviewer", "Bek"))
    raw = write_signatures(rows)
    assert set(read_signatures(raw, "f")) == set(rows)
    assert write_signatures(read_signatures(raw, "f")) == raw


ROW = {
    "pack": "lan",
    "version": "2026.2",
    "sha256": "0" * 64,
    "role": "author",
    "name": "Aigul",
    "key": "0" * 64,
    "at": "2026-03-01",
    "signature": "0" * 128,
}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({**ROW, "colour": "blue"}, "entry 1"),
        ({k: v for k, v in ROW.items() if k != "at"}, "entry 1"),
        ({**ROW, "role": "editor"}, "author|reviewer"),
        ({**ROW, "key": "zz"}, "key"),
        ({**ROW, "key": 7}, "key"),
        ({**ROW, "at": "2026-02-30"}, "at"),
        ({**ROW, "name": " Aigul"}, "name"),
        ({**ROW, "name": "a\nb"}, "name"),
        ({**ROW, "signature": "0" * 127}, "signature"),
        ([], "entry 1"),
    ],
)
def test_a_damaged_entry_is_named(entry: object, said: str) -> None:
    raw = json.dumps({"format": "serai-signatures-1", "signatures": [entry]}).encode()
    with pytest.raises(PackError, match=said.replace("|", r"\|")) as caught:
        read_signatures(raw, "kaz/signatures.json")
    assert caught.value.file == "kaz/signatures.json"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"format": "serai-signatures-1"}',
        b'{"format": "serai-signatures-2", "signatures": []}',
        b'{"format": "serai-signatures-1", "signatures": {}}',
        b"[" * 100_000,
        b" " * 1_000_001,
    ],
)
def test_what_is_no_file_of_signatures_is_refused(raw: bytes) -> None:
    with pytest.raises(PackError):
        read_signatures(raw, "f")


def trust(*rows: object) -> bytes:
    return json.dumps({"format": "serai-trust-1", "keys": list(rows)}).encode()


def test_the_file_of_trusted_keys() -> None:
    one = {"name": "Aigul", "key": "a" * 64, "roles": ["author"]}
    assert read_trust(trust(one), "f") == (Trusted("Aigul", "a" * 64, ("author",)),)
    for rows, said in (
        ([{**one, "roles": ["king"]}], "author, reviewer"),
        ([{**one, "roles": []}], "author, reviewer"),
        ([{**one, "key": "A" * 64}], "key"),
        ([one, {**one, "name": "Bek"}], "a key a second time"),
        ([one, {**one, "name": "AIGUL", "key": "b" * 64}], "a name a second time"),
        (["Aigul"], "roles"),
    ):
        with pytest.raises(PackError, match=said):
            read_trust(trust(*rows), "f")


def test_a_key_file_is_its_owners_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    made = make_key(file, "a long passphrase")
    assert file.stat().st_mode & 0o077 == 0
    assert read_key(file, "a long passphrase").public == made.public
    assert b"ENCRYPTED" in file.read_bytes()
    for passphrase in ("another passphrase", ""):
        with pytest.raises(SigningKeyUnusable):
            read_key(file, passphrase)
    with pytest.raises(SigningKeyUnusable, match="FileExistsError"):
        make_key(file, "a long passphrase")
    with pytest.raises(SigningKeyUnusable, match="fewer than 12"):
        make_key(tmp_path / "other", "short")
    (tmp_path / "other").write_text("no key", encoding="utf-8")
    with pytest.raises(SigningKeyUnusable):
        read_key(tmp_path / "other", "a long passphrase")
    with pytest.raises(SigningKeyUnusable, match="cannot be read"):
        read_key(tmp_path / "none", "a long passphrase")
