"""Opens the two databases and the keys, and makes the sessions of units of work.

What a unit of work means is decided in `workflows.work`; what may be opened, in `workflows.policy`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.settings import Settings
from models.accounts import SignIn
from models.scope import SYSTEM
from models.turns import Turns
from models.vault.engine import prepare_engine
from models.vault.errors import KeyringMissing, ProviderDown
from models.vault.guarded import GuardedProvider
from models.vault.index import NameIndex
from models.vault.keys import KeyStore
from models.vault.members import Members
from models.vault.pairs import PairBook
from models.vault.providers import EnvProvider, FileProvider, KeyProvider
from models.vault.remote import Device, RemoteProvider
from models.vault.vault import Vault

#: Providers whose keys are elsewhere: the module of the device, and the extra it needs.
DEVICES = {
    "vault": ("models.vault.device_vault", "vault"),
    "aws-kms": ("models.vault.device_kms", "aws"),
    "pkcs11": ("models.vault.device_pkcs11", "pkcs11"),
}


@dataclass(frozen=True)
class Storage:
    """The databases and keys of one process. Thread-safe; sessions and vaults made here are not."""

    engine: Engine
    keys: KeyStore
    provider: KeyProvider
    index: NameIndex
    turns: Turns = field(default_factory=Turns)

    @contextmanager
    def open_session(self) -> Iterator[tuple[Session, Vault]]:
        """A session with its vault. Rolls back and forgets all keys at the end; the caller commits.

        On SQLite the transaction begins with the write lock: every unit of work writes the log at its
        end, and a reader that turns writer halfway would be refused if somebody wrote meanwhile. So
        threads take turns.

        Raises:
            NoTurn: others kept the embedded database too long.
        """
        if self.engine.dialect.name != "sqlite":
            with self._session(self.engine) as opened:
                yield opened
            return
        with self.turns.turn(), self._session(_writing(self.engine)) as opened:
            yield opened

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[tuple[Session, Vault]]:
        vault = Vault(self.provider, self.keys)
        # The storage's own scope; a unit of work narrows it to its actor's.
        info = {"vault": vault, "scope": SYSTEM}
        with Session(engine, info=info, expire_on_commit=False) as session:
            try:
                yield session, vault
            finally:
                session.rollback()
                vault.close()

    def close(self) -> None:
        """Give back connections and forget the keys."""
        self.engine.dispose()
        self.keys.close()
        self.provider.lock()


def _writing(engine: Engine) -> Engine:
    return engine.execution_options(sqlite_begin="IMMEDIATE")


def open_storage(settings: Settings) -> Storage:
    """Connect to what the settings name.

    Raises:
        VaultError: from `models.vault.errors`, each naming the setting to mend.
    """
    production = settings.environment == "production"
    options = {} if settings.database_url.startswith("sqlite") else {"pool_pre_ping": True}
    base = open_provider(settings)
    keys = KeyStore.open(settings.keys_url, production=production)
    engine = prepare_engine(settings.database_url, production=production, **options)
    provider = guard(settings, engine, base, keys)
    return Storage(
        engine=engine,
        keys=keys,
        provider=provider,
        index=NameIndex(provider),
    )


def guard(settings: Settings, engine: Engine, base: KeyProvider, keys: KeyStore) -> GuardedProvider:
    """Lay the strengths of purposes that the settings name over a provider."""

    def alive(sessions: Collection[str]) -> Collection[str]:
        with engine.connect() as connection:
            found = select(SignIn.token_sha256).where(
                SignIn.token_sha256.in_(list(sessions)), SignIn.ended_at.is_(None)
            )
            return set(connection.scalars(found))

    return GuardedProvider(
        base,
        PairBook(keys.engine, base),
        Members(keys.engine, base, alive=alive),
        member=settings.member_purposes,
        drop_box=settings.drop_box_purposes,
        mark=lock_mark(settings),
    )


def lock_mark(settings: Settings) -> Path:
    """The file whose presence says that the keys of this machine are locked."""
    return settings.data_dir / "locked"


def open_provider(settings: Settings) -> KeyProvider:
    """The key provider that the settings name, unlocked, without strengths.

    Raises:
        VaultError: from `models.vault.errors`, each naming the setting to mend.
    """
    if settings.key_provider in DEVICES:
        return RemoteProvider(open_device(settings))
    if settings.key_provider == "env":
        return EnvProvider.open(
            settings.key_material,
            production=settings.environment == "production",
            allowed=settings.allow_env_keys,
        )
    return FileProvider.open(settings.keyring, read_passphrase(settings.passphrase_file))


def open_device(settings: Settings) -> Device:
    """Where the keys are, if they are elsewhere. Its library is an extra, so it is imported here alone.

    Raises:
        ProviderDown: it does not answer, or its extra is not installed.
    """
    module, extra = DEVICES[settings.key_provider]
    try:
        device = import_module(module)
    except ImportError:
        raise ProviderDown(
            f"SERAI_KEY_PROVIDER is `{settings.key_provider}`: install the extra `{extra}`"
        ) from None
    secret = read_secret(settings.key_service_secret_file)
    opened: Device = device.open_device(
        settings.key_service, settings.key_place, settings.key_prefix, secret
    )
    return opened


def read_secret(path: Path | None) -> str:
    """The token or PIN in `path`; empty where no file is named.

    Raises:
        KeyringMissing: it cannot be read.
    """
    try:
        return "" if path is None else path.read_text(encoding="utf-8").strip()
    except OSError:
        setting = "SERAI_KEY_SERVICE_SECRET_FILE"
        raise KeyringMissing(f"{setting} cannot be read", setting=setting) from None


def read_passphrase(path: Path | None) -> str:
    """The passphrase in `path`.

    Raises:
        KeyringMissing: no file is named, or it cannot be read.
    """
    if path is None:
        raise KeyringMissing("SERAI_PASSPHRASE_FILE names no file", setting="SERAI_PASSPHRASE_FILE")
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        raise KeyringMissing(
            "SERAI_PASSPHRASE_FILE cannot be read", setting="SERAI_PASSPHRASE_FILE"
        ) from None
