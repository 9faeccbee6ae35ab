"""Keyring file and environment provider: they open what they made, and every failure has its own words."""

from __future__ import annotations

import json
import stat
from base64 import b64decode, b64encode
from uuid import uuid4

import pytest

from models.vault import keyring
from models.vault.errors import (
    KeyringDamaged,
    KeyringExists,
    KeyringMissing,
    Locked,
    NotAllowed,
    NotHeld,
    Tampered,
    VaultError,
    WrongPassphrase,
)
from models.vault.providers import MAC_IDS, PURPOSES, EnvProvider, FileProvider, KekRef
from models.vocabulary import Purpose

PHRASE = "nine herons over the Panj"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "keyring"
    return path, FileProvider.create(path, PHRASE)


def _copy(made, tmp_path):
    path = tmp_path / "keyring"
    path.write_bytes(made[0].read_bytes())
    path.chmod(0o600)
    return path


def test_a_reopened_keyring_unwraps_what_was_wrapped_before(made):
    path, first = made
    second = FileProvider.open(path, PHRASE)
    for purpose in PURPOSES:
        kek = first.primary(purpose)
        wrapped = first.wrap(kek, bytes(32), b"context")
        assert second.unwrap(kek, wrapped, b"context") == bytes(32)
        assert len(wrapped) == 60
    for key_id in MAC_IDS:
        assert first.mac(key_id, b"x") == second.mac(key_id, b"x")
    assert second.open_blob("name_segment/1", first.seal_blob("name_segment/1", b"all")) == b"all"


def test_every_purpose_and_every_token_key_is_its_own_key(made):
    provider = made[1]
    tokens = {provider.mac(key_id, b"same") for key_id in MAC_IDS}
    assert len(tokens) == len(MAC_IDS)
    wrapped = provider.wrap(provider.primary("identity"), bytes(32), b"")
    for purpose in PURPOSES:
        if purpose != "identity":
            with pytest.raises(Tampered):
                provider.unwrap(provider.primary(purpose), wrapped, b"")


def test_a_wrapped_key_is_bound_to_its_context(made):
    provider, kek = made[1], made[1].primary("identity")
    with pytest.raises(Tampered):
        provider.unwrap(kek, provider.wrap(kek, bytes(32), b"one"), b"other")
    for blob in (b"", b"short", bytes(60)):
        with pytest.raises(Tampered):
            provider.unwrap(kek, blob, b"one")


def test_a_blob_of_nobody_opens_at_its_own_place_only(made):
    blob = made[1].seal_blob("name_segment/1", b"names")
    for at, value in (("name_segment/2", blob), ("name_segment/1", blob[:-1]), ("", b"names")):
        with pytest.raises(Tampered):
            made[1].open_blob(at, value)


def test_the_file_is_for_its_owner_only_and_holds_no_key_in_the_clear(made):
    path, _ = made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["keyring"]
    body = json.loads(path.read_text())
    material = keyring.read_keyring(path, PHRASE, setting="S", passphrase_setting="P")
    sealed = b64decode(body["sealed"])
    for versions in material.keks.values():
        for key in versions.values():
            assert key not in sealed
            assert b64encode(key).decode() not in path.read_text()
    assert (body["memory_kib"], body["passes"]) == (65536, 3)


def test_a_keyring_is_never_overwritten(made):
    path, before = made[0], made[0].read_bytes()
    with pytest.raises(KeyringExists, match="SERAI_KEYRING"):
        FileProvider.create(path, "another")
    assert path.read_bytes() == before
    assert len(list(path.parent.iterdir())) == 1


def test_a_wrong_passphrase_names_the_setting_and_not_the_phrase(made):
    with pytest.raises(WrongPassphrase) as refused:
        FileProvider.open(made[0], "ten herons")
    assert "SERAI_PASSPHRASE_FILE" in str(refused.value)
    assert "herons" not in str(refused.value)


def test_an_empty_passphrase_makes_no_keyring(tmp_path):
    with pytest.raises(WrongPassphrase, match="is empty"):
        FileProvider.create(tmp_path / "keyring", " \n")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_or_folder_is_said(tmp_path):
    with pytest.raises(KeyringMissing, match="SERAI_KEYRING: there is no keyring"):
        FileProvider.open(tmp_path / "keyring", PHRASE)
    with pytest.raises(KeyringMissing, match="SERAI_KEYRING: cannot write"):
        FileProvider.create(tmp_path / "nowhere" / "keyring", PHRASE)
    with pytest.raises(KeyringMissing, match="SERAI_KEYRING: cannot read"):
        FileProvider.open(tmp_path, PHRASE)


def test_a_keyring_open_to_other_users_is_refused(made, tmp_path):
    path = _copy(made, tmp_path)
    path.chmod(0o640)
    with pytest.raises(KeyringDamaged, match="chmod 600"):
        FileProvider.open(path, PHRASE)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: "",
        lambda _: "{}",
        lambda _: "[]",
        lambda _: "null",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"passes": 3', '"passes": 1'),
        lambda text: text.replace('"memory_kib": 65536', '"memory_kib": 99999999'),
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: text.replace('"nonce": "', '"nonce": "AAAA'),
        lambda text: text.replace('"sealed": "', '"sealed": "AAAA'),
        lambda _: "\x00\xff",
    ],
)
def test_a_damaged_file_is_told_from_a_wrong_passphrase(made, tmp_path, damage):
    path = _copy(made, tmp_path)
    path.write_text(damage(path.read_text()))
    with pytest.raises(KeyringDamaged, match="SERAI_KEYRING"):
        FileProvider.open(path, PHRASE)


def test_an_altered_file_with_a_mended_checksum_still_does_not_open(made, tmp_path):
    path = _copy(made, tmp_path)
    body = json.loads(path.read_text())
    body["passes"] = 4
    body["sha256"] = keyring._checksum(body, body["sealed"])
    path.write_text(json.dumps(body))
    with pytest.raises(WrongPassphrase):
        FileProvider.open(path, PHRASE)


def test_a_purpose_without_a_key_here_is_not_held_and_says_which(tmp_path):
    provider = FileProvider.create(tmp_path / "keyring", PHRASE, purposes=[Purpose.IDENTITY])
    assert provider.can_unwrap("identity")
    assert not provider.can_unwrap("medical")
    for attempt in (
        lambda: provider.primary("medical"),
        lambda: provider.unwrap(KekRef("medical", 1), bytes(60), b""),
        lambda: provider.unwrap(KekRef("identity", 2), bytes(60), b""),
        lambda: provider.mac("unheard", b""),
        lambda: provider.seal_blob("x", b""),
    ):
        with pytest.raises(NotHeld, match="SERAI_KEYRING holds no key"):
            attempt()


def test_a_locked_provider_forgets_everything():
    provider = EnvProvider.open(EnvProvider.create(), production=False)
    kek = provider.primary("identity")
    provider.lock()
    assert not provider.can_unwrap("identity")
    for attempt in (
        lambda: provider.primary("identity"),
        lambda: provider.wrap(kek, bytes(32), b""),
        lambda: provider.mac("index", b""),
        lambda: provider.seal_blob("x", b""),
    ):
        with pytest.raises(Locked):
            attempt()


def test_the_environment_gives_the_same_keys_for_the_same_value():
    value = EnvProvider.create()
    one, other = (EnvProvider.open(value, production=False) for _ in range(2))
    kek = one.primary("protection")
    assert other.unwrap(kek, one.wrap(kek, bytes(32), b"c"), b"c") == bytes(32)
    assert one.mac("web", b"x") == other.mac("web", b"x")
    stranger = EnvProvider.open(EnvProvider.create(), production=False)
    assert stranger.mac("web", b"x") != one.mac("web", b"x")


def test_the_environment_is_refused_in_production_unless_allowed():
    value = EnvProvider.create()
    with pytest.raises(NotAllowed, match="SERAI_ALLOW_ENV_KEYS=1"):
        EnvProvider.open(value, production=True)
    assert EnvProvider.open(value, production=True, allowed=True).can_unwrap("identity")


@pytest.mark.parametrize("value", ["c2hvcnQ=", "not base64!", "ключ", "x" * 44 + "=", "AAAA" * 20])
def test_unusable_key_material_is_refused_without_being_repeated(value):
    with pytest.raises(KeyringDamaged) as refused:
        EnvProvider.open(value, production=False)
    assert "SERAI_KEY_MATERIAL" in str(refused.value)
    assert value not in str(refused.value)


@pytest.mark.parametrize("value", [None, ""])
def test_absent_key_material_is_said(value):
    with pytest.raises(KeyringMissing, match="SERAI_KEY_MATERIAL is not set"):
        EnvProvider.open(value, production=False)


def test_every_failure_is_one_line_without_key_material(made, tmp_path):
    seen = []
    for attempt in (
        lambda: FileProvider.open(tmp_path / str(uuid4()), PHRASE),
        lambda: FileProvider.open(made[0], "wrong"),
        lambda: made[1].primary("unheard"),
        lambda: EnvProvider.open("AAAA", production=False),
    ):
        with pytest.raises(VaultError) as refused:
            attempt()
        seen.append(str(refused.value))
    assert all("\n" not in line and 10 < len(line) < 200 for line in seen)


@pytest.mark.parametrize("text", ["", "identity", "/1", "identity/", "identity/x", "identity/²"])
def test_a_reference_to_no_purpose_key_is_refused(text):
    with pytest.raises(Tampered):
        KekRef.parse(text)
    assert KekRef.parse(str(KekRef("identity", 3))) == KekRef("identity", 3)


def test_nothing_of_the_keys_shows_in_a_representation(made):
    material = keyring.KeyMaterial.fresh(["identity"], ["index"])
    key = material.keks["identity"][1]
    assert repr(key)[2:-1] not in repr(material)
    assert repr(made[1]) == "<FileProvider, open>"
