"""Reads settings from environment variables `SERAI_...`. All that is wrong is said at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from config.settings import Settings

_MINUTES = {"idle_limit", "absolute_limit", "step_up_limit"}
#: The file by which a folder of the training ground is known.
TRAINING_MARK = "training"
_CHOICES = {
    "environment": ("development", "production"),
    "key_provider": ("file", "env", "vault", "aws-kms", "pkcs11"),
    "log_level": ("debug", "info", "warning", "error"),
}
#: Beyond this a number is a slip of the keyboard, and a time limit would overflow.
_HIGHEST = 1_000_000_000
_URL = re.compile(r"(?:sqlite|postgresql\+psycopg)://\S*\Z")
_SCANNER = re.compile(r"clamd:(?:/\S+|[\w.-]+:\d{1,5})\Z|command:/\S.*\Z")
#: A key service is reached over TLS, but for one on this machine.
_SERVICE = re.compile(r"(?:https://\S+|http://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?/?)\Z")
#: Where pages are reached: no path, TLS but for this machine.
_ORIGIN = re.compile(r"(?:https://[a-z0-9.-]+|http://localhost)(?::\d{1,5})?\Z")
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
#: Passwords that databases are delivered with, or that are set while one tries something out.
_DEFAULT_PASSWORDS = frozenset(
    "postgres password passwd admin root changeme secret test serai serai_app serai_web".split()
)
_DOMAIN = re.compile(r"[a-z0-9.-]{1,253}\Z")
_KEYS_NEED = {
    "vault": ("key_service", "key_service_secret_file"),
    "aws-kms": ("key_place",),
    "pkcs11": ("key_service", "key_service_secret_file", "key_place"),
}
#: Purposes whose strength may be chosen: those of persons. A test compares them with the vocabulary.
_SEALED_PURPOSES = ("identity", "contact", "protection", "medical", "legal", "audit")
_PATHS = {
    "keyring",
    "passphrase_file",
    "key_service_secret_file",
    "packs",
    "pack_trust",
    "oidc_secret_file",
    "checkpoints",
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:_[A-Z]{2})?\Z")
_LOWEST = {
    "sign_in_limit": 1,
    "search_limit": 1,
    "service_valid_days": 15,
    "smallest_cell": 3,
    "largest_request": 65536,
    "largest_file": 65536,
}


class SettingsError(Exception):
    """One or more settings are wrong. The text names each, what it is and what it may be."""


def load(environ: Mapping[str, str], data_dir: Path | None = None) -> Settings:
    """Settings from `environ`; `data_dir` (the command line's) wins over SERAI_DATA_DIR.

    Raises:
        SettingsError: naming every variable that cannot be used. Key material is never repeated.
    """
    wrong: list[str] = []
    known = {f"SERAI_{field.name.upper()}": field.name for field in fields(Settings)}
    unknown = sorted(name for name in environ if name.startswith("SERAI_") and name not in known)
    wrong += [f"{name} is not a setting" for name in unknown]
    values: dict[str, Any] = {}
    for variable, name in known.items():
        if variable in environ and name != "data_dir":
            try:
                values[name] = _read(name, environ[variable])
            except ValueError as error:
                wrong.append(f"{variable} {error}")
    folder = data_dir or Path(environ.get("SERAI_DATA_DIR", "data"))
    values.setdefault("database_url", f"sqlite:///{folder / 'serai.db'}")
    values.setdefault("keys_url", f"sqlite:///{folder / 'keys.db'}")
    values.setdefault("keyring", folder / "keyring")
    passphrase = folder / "passphrase"
    if values.get("passphrase_file") is None and passphrase.exists():
        values["passphrase_file"] = passphrase
    wrong += _together(values) + _of_training(values, folder)
    if wrong:
        raise SettingsError("; ".join(wrong))
    return Settings(data_dir=folder, **values)


def _together(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with settings only beside each other."""
    wrong = _of_keys(values) + _of_sign_in(values) + _of_production(values)
    production = values.get("environment") == "production"
    from_environment = values.get("key_provider") == "env"
    if from_environment and not values.get("key_material"):
        wrong.append("SERAI_KEY_MATERIAL is missing: provider `env` needs it")
    if from_environment and production and not values.get("allow_env_keys"):
        wrong.append(
            "SERAI_KEY_PROVIDER is `env` in production: set SERAI_ALLOW_ENV_KEYS=1 or use `file`"
        )
    if production and not (values.get("pack_trust") or values.get("allow_unsigned_packs")):
        wrong.append(
            "SERAI_PACK_TRUST is missing in production: name the file of trusted keys, or set "
            "SERAI_ALLOW_UNSIGNED_PACKS=1"
        )
    return wrong


def _of_production(values: Mapping[str, Any]) -> list[str]:
    """What real people's data may not be run with."""
    if values.get("environment") != "production":
        return []
    wrong: list[str] = []
    if values.get("demonstration"):
        wrong.append("SERAI_DEMONSTRATION is 1 in production: it shows sign-ins to everybody")
    for name in ("database_url", "keys_url"):
        said = _of_database(values[name])
        wrong += [f"SERAI_{name.upper()} {said}"] if said else []
    kind, _, place = (values.get("scanner") or "").partition(":")
    host = place.rpartition(":")[0]
    if kind == "clamd" and host and not place.startswith("/") and host not in _HERE:
        wrong.append(
            "SERAI_SCANNER is on another machine: clamd has no TLS, so files would travel in the clear"
        )
    return wrong


def _of_database(url: str) -> str | None:
    """What is wrong with a database's address in production; says no part of it."""
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgresql"):
        return None
    asked = parse_qs(parts.query)
    hosts = [parts.hostname or "", *",".join(asked.get("host", [])).split(",")]
    away = [host for host in hosts if host and not host.startswith("/") and host not in _HERE]
    if away and asked.get("sslmode") != ["verify-full"]:
        return "is on another machine: sslmode=verify-full is needed"
    password = (parts.password or "").casefold()
    if password and (password in _DEFAULT_PASSWORDS or password == parts.username):
        return "has a password that everybody guesses"
    return None


def _of_training(values: Mapping[str, Any], folder: Path) -> list[str]:
    """Invented and real people never share a folder, a database or a server."""
    marked, training = (folder / TRAINING_MARK).exists(), bool(values.get("training"))
    if marked and not training:
        return [f"{folder} is a training ground: start it with --training, or name another folder"]
    if not training:
        return []
    wrong = []
    if values.get("environment") == "production":
        wrong.append("SERAI_TRAINING is set in production: training has a server of its own")
    if not marked and (folder / "serai.db").exists():
        wrong.append(f"{folder} holds data that is no training: name another folder")
    inside = {f"sqlite:///{folder / name}" for name in ("serai.db", "keys.db")}
    if {values["database_url"], values["keys_url"]} != inside:
        wrong.append(
            "SERAI_DATABASE_URL or SERAI_KEYS_URL is set: training keeps to its own folder"
        )
    return wrong


def _of_keys(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with the settings of keys that are held elsewhere, and with strengths."""
    wrong: list[str] = []
    provider = values.get("key_provider")
    for of, needed in _KEYS_NEED.items():
        wrong += [
            f"SERAI_{name.upper()} is missing: provider `{of}` needs it"
            for name in needed
            if provider == of and not values.get(name)
        ]
    service = values.get("key_service") or ""
    if provider == "vault" and service and not _SERVICE.match(service):
        wrong.append(
            "SERAI_KEY_SERVICE is no address as https://host:8200 (http on loopback alone)"
        )
    both = set(values.get("member_purposes", ())) & set(values.get("drop_box_purposes", ()))
    if both:
        wrong.append(
            f"SERAI_MEMBER_PURPOSES and SERAI_DROP_BOX_PURPOSES both name {', '.join(sorted(both))}"
        )
    return wrong


def _of_sign_in(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with the settings of passkeys and of the provider together."""
    wrong: list[str] = []
    host = re.sub(r"\A\w+://|:\d+\Z", "", values.get("origin") or "")
    domain = values.get("passkey_domain")
    if domain and host != domain and not host.endswith(f".{domain}"):
        wrong.append("SERAI_PASSKEY_DOMAIN is neither the host of SERAI_ORIGIN nor above it")
    needed = ("origin", "oidc_client_id", "oidc_secret_file")
    wrong += [
        f"SERAI_{name.upper()} is missing: SERAI_OIDC_ISSUER needs it"
        for name in needed
        if values.get("oidc_issuer") and not values.get(name)
    ]
    return wrong


def _purposes(text: str) -> tuple[str, ...]:
    named = tuple(part.strip() for part in text.split(",") if part.strip())
    unfit = [name for name in named if name not in _SEALED_PURPOSES]
    if unfit:
        raise ValueError(f"is {text!r}: allowed are {', '.join(_SEALED_PURPOSES)}")
    return named


def _read(name: str, text: str) -> Any:
    if name in _CHOICES:
        if text not in _CHOICES[name]:
            raise ValueError(f"is {text!r}: allowed are {', '.join(_CHOICES[name])}")
        return text
    if name in _MINUTES:
        return timedelta(minutes=_whole(text, 1))
    if name in _LOWEST:
        return _whole(text, _LOWEST[name])
    if name in {"allow_env_keys", "allow_unsigned_packs", "demonstration", "training"}:
        if text not in {"0", "1"}:
            raise ValueError(f"is {text!r}: allowed are 0 and 1")
        return text == "1"
    if name == "languages":
        return _languages(text)
    if name == "oidc_factors":
        return _words(text)
    if name in {"member_purposes", "drop_box_purposes"}:
        return _purposes(text)
    return _place(name, text)


def _words(text: str) -> tuple[str, ...]:
    named = tuple(part.strip() for part in text.split(",") if part.strip())
    if not named:
        raise ValueError("is empty: words with commas between are needed, as mfa,otp")
    return named


def _place(name: str, text: str) -> Any:
    if name == "origin" and not _ORIGIN.match(text):
        raise ValueError(
            f"is {text!r}: https://HOST is needed, without a path (http for localhost)"
        )
    if name == "passkey_domain" and not _DOMAIN.match(text):
        raise ValueError(f"is {text!r}: a domain is needed")
    if name == "oidc_issuer" and not _SERVICE.match(text):
        raise ValueError(f"is {text!r}: https://... is needed (http on loopback alone)")
    if name == "witness_url" and not _SERVICE.match(text):
        raise ValueError(f"is {text!r}: https://... is needed (http on loopback alone)")
    if name == "scanner" and not _SCANNER.match(text):
        raise ValueError(f"is {text!r}: clamd:/SOCKET, clamd:HOST:PORT or command:/PATH is needed")
    if name in {"database_url", "keys_url"} and not _URL.match(text):
        # Not repeated: it may hold a password.
        raise ValueError("is no URL that begins with sqlite:// or postgresql+psycopg://")
    if name == "packs" and not Path(text).is_dir():
        raise ValueError(f"is {text!r}: there is no such folder")
    if name == "pack_trust" and not Path(text).is_file():
        raise ValueError(f"is {text!r}: there is no such file")
    if name in _PATHS:
        return Path(text)
    return text


def _languages(text: str) -> tuple[str, ...]:
    named = tuple(part.strip() for part in text.split(",") if part.strip())
    if not named or not all(_LANGUAGE.match(part) for part in named):
        raise ValueError(f"is {text!r}: locales with commas between are needed, as en,ru,fa_AF")
    return named


def _whole(text: str, lowest: int) -> int:
    fits = text.isascii() and text.isdigit() and len(text) <= len(str(_HIGHEST))
    if not fits or not lowest <= int(text) <= _HIGHEST:
        raise ValueError(f"is {text!r}: a whole number from {lowest} to {_HIGHEST} is needed")
    return int(text)
