"""One contract, every provider: file, environment, OpenBao, KMS, a PKCS#11 token, and the guard over one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from models.vault import device_kms, device_pkcs11, device_vault
from models.vault.contract import INDEX, MAC_IDS, KekRef
from models.vault.errors import (
    KeyringExists,
    Locked,
    NotAllowed,
    NotHeld,
    ProviderDown,
    Tampered,
    VaultError,
)
from models.vault.guarded import GuardedProvider
from models.vault.keys import KeyStore
from models.vault.members import Members
from models.vault.pairs import PairBook
from models.vault.providers import EnvProvider, FileProvider
from models.vault.remote import RemoteProvider
from models.vocabulary import Purpose
from tests.vault.services import PIN, TOKEN, openbao, softhsm

PHRASE = "nine herons over the Panj"
KEY, CONTEXT = bytes(range(32)), b"one person, one purpose"
Again = Callable[[], Any]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Again]:
    path = tmp_path_factory.mktemp("ring") / "keyring"
    return FileProvider.create(path, PHRASE), lambda: FileProvider.open(path, PHRASE)


@pytest.fixture(scope="module")
def env() -> tuple[Any, Again]:
    value = EnvProvider.create()

    def again() -> EnvProvider:
        return EnvProvider.open(value, production=False)

    return again(), again


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Again]]:
    with openbao(tmp_path_factory.mktemp("bao")) as (url, tokens):

        def again(who: str = "operator") -> RemoteProvider:
            return RemoteProvider(device_vault.open_device(url, None, "serai", tokens[who]))

        RemoteProvider.create(device_vault.open_device(url, None, "serai", tokens["operator"]))
        yield again(), again


@pytest.fixture(scope="module")
def kms() -> Iterator[tuple[Any, Again]]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_ACCESS_KEY_ID", "none")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "none")

        def device() -> device_kms.KmsDevice:
            return device_kms.open_device(None, "eu-central-1", "serai", "")

        yield RemoteProvider.create(device()), lambda: RemoteProvider(device())


@pytest.fixture(scope="module")
def hsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Again]]:
    with pytest.MonkeyPatch.context() as patch:
        library = softhsm(tmp_path_factory.mktemp("hsm"), patch)
        opened = device_pkcs11.open_device(library, TOKEN, "serai", PIN)
        # A module knows one log-in for a process, so the same session is seen anew.
        yield RemoteProvider.create(opened), lambda: RemoteProvider(opened)


@pytest.fixture(scope="module")
def guarded(
    env: tuple[Any, Again], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Any, Again]]:
    url = f"sqlite:///{tmp_path_factory.mktemp('guard') / 'keys.db'}"
    store = KeyStore.open(url, production=False)

    def again() -> GuardedProvider:
        base = env[1]()
        return GuardedProvider(base, PairBook(store.engine, base), Members(store.engine, base))

    yield again(), again
    store.close()


@pytest.fixture(
    scope="module",
    params=[
        "file",
        "env",
        "vault",
        "kms",
        pytest.param("hsm", marks=pytest.mark.softhsm),
        "guarded",
    ],
)
def both(request: pytest.FixtureRequest) -> tuple[Any, Again]:
    """A provider, and how another process would open the same keys."""
    found: tuple[Any, Again] = request.getfixturevalue(request.param)
    return found


def test_what_one_process_wraps_another_unwraps(both: tuple[Any, Again]) -> None:
    one, other = both[0], both[1]()
    for purpose in Purpose:
        kek = one.primary(str(purpose))
        assert KekRef.parse(str(kek)) == kek
        assert other.unwrap(kek, one.wrap(kek, KEY, CONTEXT), CONTEXT) == KEY
        assert one.can_unwrap(str(purpose))


def test_wrapping_twice_gives_different_bytes(both: tuple[Any, Again]) -> None:
    kek = both[0].primary("identity")
    assert both[0].wrap(kek, KEY, CONTEXT) != both[0].wrap(kek, KEY, CONTEXT)


def test_a_wrapped_key_opens_in_its_context_alone(both: tuple[Any, Again]) -> None:
    kek = both[0].primary("identity")
    blob = both[0].wrap(kek, KEY, CONTEXT)
    for wrong in (b"", b"another", CONTEXT + b"x", CONTEXT[:-1]):
        with pytest.raises(Tampered):
            both[0].unwrap(kek, blob, wrong)


def test_a_wrapped_key_opens_under_its_own_purpose_alone(both: tuple[Any, Again]) -> None:
    blob = both[0].wrap(both[0].primary("identity"), KEY, CONTEXT)
    for purpose in Purpose:
        if purpose is not Purpose.IDENTITY:
            with pytest.raises(Tampered):
                both[0].unwrap(both[0].primary(str(purpose)), blob, CONTEXT)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_changed_or_cut_blob_never_opens(both: tuple[Any, Again], data: st.DataObject) -> None:
    """But for what a provider's own head says twice: then it is the same blob written otherwise."""
    kek = both[0].primary("identity")
    blob = bytearray(both[0].wrap(kek, KEY, CONTEXT))
    at = data.draw(st.integers(len(blob) // 2, len(blob) - 4))
    if data.draw(st.booleans()):
        # Base64 and bytes alike: another letter in the second half is another tag or ciphertext.
        blob[at] = ord("A") if blob[at] != ord("A") else ord("B")
    else:
        del blob[at:]
    with pytest.raises(Tampered):
        both[0].unwrap(kek, bytes(blob), CONTEXT)


@pytest.mark.parametrize("rubbish", [b"", b"short", bytes(60), b"vault:v1:AAAA", b"\xff" * 89])
def test_rubbish_is_refused(both: tuple[Any, Again], rubbish: bytes) -> None:
    with pytest.raises(Tampered):
        both[0].unwrap(both[0].primary("identity"), rubbish, CONTEXT)


def test_a_key_that_is_not_there_is_not_held_and_never_made(both: tuple[Any, Again]) -> None:
    for attempt in (
        lambda: both[0].primary("unheard"),
        lambda: both[0].wrap(KekRef("identity", 99), KEY, CONTEXT),
        lambda: both[0].unwrap(
            KekRef("identity", 99), both[0].wrap(both[0].primary("identity"), KEY, CONTEXT), CONTEXT
        ),
        lambda: both[0].mac("unheard", b""),
        lambda: both[0].macs(99, [b"x"]),
    ):
        with pytest.raises(NotHeld) as refused:
            attempt()
        assert "SERAI_" in str(refused.value)
    assert not both[0].can_unwrap("unheard")


def test_tokens_are_the_same_in_every_process_and_differ_by_key(both: tuple[Any, Again]) -> None:
    one, other = both[0], both[1]()
    tokens = {key_id: one.mac(key_id, b"Zarifa") for key_id in MAC_IDS}
    assert {key_id: other.mac(key_id, b"Zarifa") for key_id in MAC_IDS} == tokens
    assert len(set(tokens.values())) == len(MAC_IDS)
    assert {len(token) for token in tokens.values()} == {32}
    epoch = one.epochs()[-1]
    assert one.macs(epoch, [b"Zarifa", b"", b"Zarifa"])[::2] == [tokens[INDEX]] * 2


def test_what_belongs_to_nobody_opens_at_its_place_alone(both: tuple[Any, Again]) -> None:
    blob = both[0].seal_blob("name_segment/1", b"names")
    assert both[1]().open_blob("name_segment/1", blob) == b"names"
    for at, value in (("name_segment/2", blob), ("name_segment/1", blob[:-1])):
        with pytest.raises(Tampered):
            both[0].open_blob(at, value)


def test_threads_share_a_provider(both: tuple[Any, Again]) -> None:
    kek = both[0].primary("medical")

    def work(number: int) -> bool:
        key, context = os.urandom(32), b"%d" % number
        return bool(both[0].unwrap(kek, both[0].wrap(kek, key, context), context) == key)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(24)))


@pytest.mark.parametrize("which", ["file", "vault", "kms", "hsm"])
@pytest.mark.parametrize("name", ["identity", INDEX])
def test_a_new_version_is_used_and_the_old_one_serves_until_it_is_destroyed(
    request: pytest.FixtureRequest, which: str, name: str
) -> None:
    """Keys of the environment do not rotate, and the guard leaves it to its provider."""
    provider = request.getfixturevalue(which)[0]
    old = provider.versions(name)[-1]
    kek = provider.primary("identity")
    blob, token = provider.wrap(kek, KEY, CONTEXT), provider.macs(provider.epochs()[-1], [b"x"])
    new = provider.add_version(name)
    assert (new, provider.versions(name)[-1]) == (old + 1, old + 1)
    if name == INDEX:
        assert provider.epochs()[-2:] == (old, new)
        assert provider.macs(old, [b"x"]) == token != provider.macs(new, [b"x"])
    else:
        assert provider.primary(name) == KekRef(name, new)
        assert provider.unwrap(kek, blob, CONTEXT) == KEY
    with pytest.raises(NotAllowed):
        provider.destroy_version(name, new)
    provider.destroy_version(name, old)
    with pytest.raises(NotHeld):
        provider.macs(old, [b"x"]) if name == INDEX else provider.unwrap(kek, blob, CONTEXT)


def test_nothing_shows_in_a_representation(both: tuple[Any, Again]) -> None:
    assert repr(both[0]).endswith("open>") or "over <" in repr(both[0])


@pytest.mark.parametrize("which", ["file", "env", "vault", "kms", "guarded"])
def test_locked_is_locked(request: pytest.FixtureRequest, which: str) -> None:
    again = request.getfixturevalue(which)[1]
    provider = again()
    kek = provider.primary("identity")
    blob = provider.wrap(kek, KEY, CONTEXT)
    provider.mac("log", b"")
    provider.seal_blob("x", b"")
    provider.lock()
    assert not provider.can_unwrap("identity")
    for attempt in (
        lambda: provider.primary("identity"),
        lambda: provider.wrap(kek, KEY, CONTEXT),
        lambda: provider.unwrap(kek, blob, CONTEXT),
        lambda: provider.mac("log", b""),
        lambda: provider.mac(INDEX, b""),
        provider.epochs,
        lambda: provider.seal_blob("x", b""),
    ):
        with pytest.raises(Locked):
            attempt()


def test_keys_are_made_once(kms: tuple[Any, Again]) -> None:
    with pytest.raises(KeyringExists, match="SERAI_KEY_PLACE"):
        RemoteProvider.create(device_kms.open_device(None, "eu-central-1", "serai", ""))


@pytest.mark.asvs("13.2.2", "13.3.2")
def test_the_servers_own_token_uses_keys_and_neither_makes_nor_destroys_them(
    vault: tuple[Any, Again],
) -> None:
    server = vault[1]("server")
    newest = server.primary("legal")
    assert server.unwrap(newest, server.wrap(newest, KEY, CONTEXT), CONTEXT) == KEY
    for attempt in (
        lambda: server.add_version("legal"),
        lambda: server.wrap(KekRef("legal", 7), KEY, CONTEXT),
    ):
        with pytest.raises(NotHeld):
            attempt()
    assert server.versions("legal") == (newest.version,)


@pytest.mark.asvs("16.5.2")
def test_a_provider_that_is_down_opens_nothing_and_says_so(tmp_path: Path) -> None:
    with openbao(tmp_path) as (url, tokens):
        device = device_vault.open_device(url, None, "serai", tokens["operator"])
        provider = RemoteProvider.create(device)
        kek = provider.primary("identity")
        blob = provider.wrap(kek, KEY, CONTEXT)
        provider.mac("log", b"")
        token = tokens["server"]
    for attempt in (
        lambda: provider.unwrap(kek, blob, CONTEXT),
        lambda: provider.wrap(kek, KEY, CONTEXT),
        lambda: provider.mac(INDEX, b"x"),
        lambda: RemoteProvider(device_vault.open_device(url, None, "serai", token)).epochs(),
    ):
        with pytest.raises(ProviderDown) as refused:
            attempt()
        said = str(refused.value)
        assert "SERAI_KEY_SERVICE" in said
        assert url not in said
        assert token not in said
    assert issubclass(ProviderDown, VaultError)
    assert ProviderDown.status == 503
