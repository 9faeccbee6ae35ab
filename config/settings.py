"""Typed settings. `config.loading` reads them from the environment; a wrong one stops the start."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

#: The languages of the interface; how far each is: docs/reference/languages.md.
LANGUAGES = (
    *("en", "ru", "fa_AF"),
    *("kk", "ky", "tg", "uz", "tk", "ps", "fa", "tr", "az", "zh"),
)
#: The packs and code lists that ship with the product.
PACKS = Path(__file__).parent / "packs"
CODE_LISTS = Path(__file__).parent / "data"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that a deployment may decide. Every field is described in docs/reference/settings.md."""

    #: Where the embedded databases, the keyring and the passphrase file live.
    data_dir: Path
    #: SQLAlchemy URL of the main database. In production one on another machine needs
    #: `sslmode=verify-full`.
    database_url: str = field(repr=False)
    #: SQLAlchemy URL of the database of wrapped data keys, with its own short-lived backups.
    keys_url: str = field(repr=False)
    #: `development` serves plain HTTP on loopback; `production` demands secure cookies.
    environment: Literal["development", "production"] = "development"
    #: Where purpose keys come from: `file` (a keyring under a passphrase), `env`, `vault` (HashiCorp
    #: Vault's or OpenBao's transit engine), `aws-kms`, or `pkcs11` (a hardware module).
    key_provider: Literal["file", "env", "vault", "aws-kms", "pkcs11"] = "file"
    #: The keyring file of provider `file`.
    keyring: Path
    #: A file that holds the keyring's passphrase; read once at the start.
    passphrase_file: Path | None = None
    #: Key material of provider `env`, as `serai keys env-material` prints it.
    key_material: str | None = field(default=None, repr=False)
    #: Whether provider `env` may be used in production, where /proc shows it to root.
    allow_env_keys: bool = False
    #: Where the keys are elsewhere: the address of `vault` as https://..., an endpoint of `aws-kms` other
    #: than Amazon's, or the library of `pkcs11` as a path.
    key_service: str | None = None
    #: A file that holds the token of `vault`, or the PIN of `pkcs11`; read once at the start.
    key_service_secret_file: Path | None = None
    #: What the names of our keys begin with at `vault`, `aws-kms` or in the token of `pkcs11`.
    key_prefix: str = "serai"
    #: The mount of transit at `vault`, the region of `aws-kms`, or the label of the token of `pkcs11`.
    key_place: str | None = None
    #: Purposes that open only while a member they were given to is signed in, as protection,medical.
    member_purposes: tuple[str, ...] = ()
    #: Purposes of which this machine has the public half only: it writes and cannot read back.
    drop_box_purposes: tuple[str, ...] = ()
    #: The folder of packs.
    packs: Path = PACKS
    #: A file of trusted public keys; when set, a pack of the folder counts only with two signatures by them.
    pack_trust: Path | None = None
    #: Whether packs that nobody signed may be used in production.
    allow_unsigned_packs: bool = False
    #: Languages offered to officers, as Babel locales, the default first. Dari is `fa_AF` (decision 0008).
    #: One that is not whole yet is offered as *in preparation*.
    languages: tuple[str, ...] = LANGUAGES
    #: A session without a request for this long is ended (ASVS 7.3.1).
    idle_limit: timedelta = timedelta(minutes=15)
    #: No session lives longer (ASVS 7.3.2).
    absolute_limit: timedelta = timedelta(hours=12)
    #: How long ago its owner may have proved who they are, before an act of weight asks again (ASVS 7.5.3).
    step_up_limit: timedelta = timedelta(minutes=5)
    #: The address of these pages, as https://serai.example.org: passkeys and the OpenID provider are bound
    #: to it. Without it, passkeys work under http://localhost only.
    origin: str | None = None
    #: The domain of passkeys: that of `origin`, or one above it that is yours.
    passkey_domain: str | None = None
    #: An OpenID provider through which accounts may sign in, by its issuer, as https://login.example.org.
    oidc_issuer: str | None = None
    #: How this deployment is known to the provider.
    oidc_client_id: str | None = None
    #: A file that holds the secret of `oidc_client_id`; read at each sign-in.
    oidc_secret_file: Path | None = None
    #: What the sign-in page calls the provider.
    oidc_name: str = "OpenID"
    #: Words of `amr` or `acr`, of which the provider must say one: that it asked for more than a password.
    oidc_factors: tuple[str, ...] = ("mfa", "otp", "hwk", "swk", "phr", "phrh")
    #: Failed sign-ins in 15 minutes, for an account or an address, before a wait.
    sign_in_limit: int = 5
    #: Searches by name for an officer in an hour; the search box is the bribed insider's tool.
    search_limit: int = 60
    #: Days for which what a desk has verified of its services holds; afterwards it is shown as not verified.
    service_valid_days: int = 90
    #: Whom to tell that something here cannot be used: an address or a telephone, shown on the page about
    #: accessibility.
    accessibility_contact: str | None = None
    #: The smallest count that an export shows (statistics.md 3.1).
    smallest_cell: int = 5
    #: The largest request, in bytes.
    largest_request: int = 512 * 1024
    #: The largest file that may be attached to a case, in bytes.
    largest_file: int = 10 * 1024 * 1024
    #: Looks for malware: `clamd:/socket`, `clamd:host:port`, `command:/path ...`. Set and silent: no file
    #: is kept. In production clamd is on this machine.
    scanner: str | None = None
    #: `debug`, `info`, `warning` or `error`.
    log_level: str = "info"
    #: Whether the person pages show that the persons are invented, and sign-ins are printed. Refused in
    #: production.
    demonstration: bool = False
    #: Whether this is the training ground: a banner on each page, scenarios, help beside questions. Its data
    #: lies in a folder of its own, and nothing leaves by itself.
    training: bool = False

    #: The folder that takes every checkpoint of the log; best on another disk or machine (default:
    #: `checkpoints` in the data folder).
    checkpoints: Path | None = None
    #: Where a witness of the log takes checkpoints (C2SP tlog-witness), as https://.../add-checkpoint.
    witness_url: str | None = None
    #: The witness's public key, as it says it itself: `name+hash+base64`.
    witness_key: str | None = None

    @property
    def checkpoints_folder(self) -> Path:
        """Where checkpoints of the log are kept outside the database."""
        return self.checkpoints or self.data_dir / "checkpoints"

    @property
    def secure(self) -> bool:
        """Whether cookies are Secure and HSTS is sent."""
        return self.environment == "production"
