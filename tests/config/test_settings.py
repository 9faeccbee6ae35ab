"""Settings: every wrong one is named at once, and no key material is ever repeated."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from config.codes import countries, region_of
from config.loading import _SEALED_PURPOSES, SettingsError, load
from config.logging import ALLOWED, set_up
from config.settings import Settings
from models.vocabulary import PERSON_PURPOSES

SECRET = "c2VjcmV0IGtleSBtYXRlcmlhbCBvZiAzMiBieXRlcw=="


def refused(tmp_path: Path, **environ: str) -> str:
    """What is said of settings that cannot be used."""
    with pytest.raises(SettingsError) as error:
        load({f"SERAI_{name}": value for name, value in environ.items()}, tmp_path)
    return str(error.value)


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = load({}, tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'serai.db'}"
    assert (settings.environment, settings.key_provider) == ("development", "file")
    assert not settings.secure


def test_the_folder_of_the_command_line_wins(tmp_path: Path) -> None:
    settings = load({"SERAI_DATA_DIR": "elsewhere"}, tmp_path)
    assert settings.data_dir == tmp_path
    assert load({"SERAI_DATA_DIR": "elsewhere"}).data_dir == Path("elsewhere")


def test_every_setting_is_read_from_its_variable(tmp_path: Path) -> None:
    given_ = {
        "SERAI_DATABASE_URL": "postgresql+psycopg://serai@db/serai?sslmode=verify-full",
        "SERAI_KEYS_URL": "postgresql+psycopg://serai@db/keys?sslmode=verify-full",
        "SERAI_ENVIRONMENT": "production",
        "SERAI_KEY_PROVIDER": "env",
        "SERAI_KEYRING": str(tmp_path / "ring"),
        "SERAI_PASSPHRASE_FILE": str(tmp_path / "pass"),
        "SERAI_KEY_MATERIAL": SECRET,
        "SERAI_ALLOW_ENV_KEYS": "1",
        "SERAI_KEY_SERVICE": "https://vault.example:8200",
        "SERAI_KEY_SERVICE_SECRET_FILE": str(tmp_path / "token"),
        "SERAI_KEY_PREFIX": "border",
        "SERAI_KEY_PLACE": "transit",
        "SERAI_MEMBER_PURPOSES": "protection, medical",
        "SERAI_DROP_BOX_PURPOSES": "legal",
        "SERAI_PACKS": str(tmp_path),
        "SERAI_PACK_TRUST": str(tmp_path / "trust.json"),
        "SERAI_ALLOW_UNSIGNED_PACKS": "1",
        "SERAI_LANGUAGES": "ru, en",
        "SERAI_IDLE_LIMIT": "5",
        "SERAI_ABSOLUTE_LIMIT": "60",
        "SERAI_STEP_UP_LIMIT": "2",
        "SERAI_ORIGIN": "https://serai.example.org",
        "SERAI_PASSKEY_DOMAIN": "example.org",
        "SERAI_OIDC_ISSUER": "https://login.example.org",
        "SERAI_OIDC_CLIENT_ID": "serai",
        "SERAI_OIDC_SECRET_FILE": str(tmp_path / "secret"),
        "SERAI_OIDC_NAME": "The ministry's sign-in",
        "SERAI_OIDC_FACTORS": "mfa",
        "SERAI_SIGN_IN_LIMIT": "3",
        "SERAI_SEARCH_LIMIT": "10",
        "SERAI_SMALLEST_CELL": "10",
        "SERAI_SERVICE_VALID_DAYS": "120",
        "SERAI_LARGEST_REQUEST": "100000",
        "SERAI_CHECKPOINTS": str(tmp_path / "checkpoints"),
        "SERAI_WITNESS_URL": "https://witness.example.org/add-checkpoint",
        "SERAI_WITNESS_KEY": "witness.example.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
        "SERAI_LARGEST_FILE": "1000000",
        "SERAI_SCANNER": "clamd:/run/clamd.sock",
        "SERAI_ACCESSIBILITY_CONTACT": "room 12, or access@serai.example",
        "SERAI_LOG_LEVEL": "debug",
        "SERAI_DEMONSTRATION": "0",
        "SERAI_TRAINING": "0",
    }
    (tmp_path / "trust.json").write_text("{}", encoding="utf-8")
    settings = load(given_, tmp_path)
    assert settings.secure
    assert settings.languages == ("ru", "en")
    assert settings.idle_limit == timedelta(minutes=5)
    changed = {f"SERAI_{f.name.upper()}" for f in fields(Settings)} - {"SERAI_DATA_DIR"}
    assert set(given_) == changed, "this test names every setting"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "prod"),
        ("KEY_PROVIDER", "hsm"),
        ("MEMBER_PURPOSES", "account"),
        ("DROP_BOX_PURPOSES", "protection,names"),
        ("LOG_LEVEL", "loud"),
        ("STEP_UP_LIMIT", "0"),
        ("ORIGIN", "serai.example.org"),
        ("ORIGIN", "http://serai.example.org"),
        ("ORIGIN", "https://serai.example.org/path"),
        ("PASSKEY_DOMAIN", "example.org"),
        ("PASSKEY_DOMAIN", "https://example.org"),
        ("OIDC_ISSUER", "http://login.example.org"),
        ("OIDC_FACTORS", " , "),
        ("IDLE_LIMIT", "0"),
        ("IDLE_LIMIT", "-5"),
        ("IDLE_LIMIT", "1.5"),
        ("IDLE_LIMIT", "\u0665"),
        ("IDLE_LIMIT", "9" * 40),
        ("ABSOLUTE_LIMIT", ""),
        ("SIGN_IN_LIMIT", "0"),
        ("SEARCH_LIMIT", "many"),
        ("SMALLEST_CELL", "2"),
        ("SERVICE_VALID_DAYS", "14"),
        ("LARGEST_REQUEST", "10"),
        ("ALLOW_ENV_KEYS", "yes"),
        ("DEMONSTRATION", "true"),
        ("LANGUAGES", ""),
        ("LANGUAGES", " , "),
        ("LANGUAGES", "en;ru"),
        ("PACKS", "/nowhere/at/all"),
        ("DATABASE_URL", "not a url"),
        ("DATABASE_URL", "mysql://somewhere"),
        ("KEYS_URL", ""),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(tmp_path: Path, name: str, value: str) -> None:
    said = refused(tmp_path, **{name: value})
    assert said.startswith(f"SERAI_{name} ")
    assert ";" not in said.replace(repr(value), "")


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    said = refused(tmp_path, IDLE_LIMIT="x", LOG_LEVEL="loud", SMALLEST_CELL="1", NEW="1")
    for name in ("IDLE_LIMIT", "LOG_LEVEL", "SMALLEST_CELL", "NEW"):
        assert f"SERAI_{name}" in said


@pytest.mark.parametrize("name", ["DATABSE_URL", "SECRET_KEY", "", "secure"])
def test_a_variable_that_is_no_setting_is_refused(tmp_path: Path, name: str) -> None:
    """A misspelt name would silently leave the default in force."""
    assert f"SERAI_{name} is not a setting" in refused(tmp_path, **{name: "1"})


def test_keys_in_the_environment_must_be_there_and_be_allowed_in_production(
    tmp_path: Path,
) -> None:
    assert "SERAI_KEY_MATERIAL is missing" in refused(tmp_path, KEY_PROVIDER="env")
    said = refused(tmp_path, KEY_PROVIDER="env", KEY_MATERIAL=SECRET, ENVIRONMENT="production")
    assert "SERAI_ALLOW_ENV_KEYS" in said
    assert SECRET not in said


@pytest.mark.parametrize(
    ("provider", "missing"),
    [
        ("vault", {"KEY_SERVICE", "KEY_SERVICE_SECRET_FILE"}),
        ("aws-kms", {"KEY_PLACE"}),
        ("pkcs11", {"KEY_SERVICE", "KEY_SERVICE_SECRET_FILE", "KEY_PLACE"}),
    ],
)
def test_keys_that_are_elsewhere_need_to_be_found(
    tmp_path: Path, provider: str, missing: set[str]
) -> None:
    said = refused(tmp_path, KEY_PROVIDER=provider)
    assert {part.split(" ")[0] for part in said.split("; ")} == {f"SERAI_{m}" for m in missing}


@pytest.mark.parametrize("address", ["http://vault.example:8200", "vault:8200", "https://"])
def test_a_key_service_is_reached_over_tls(tmp_path: Path, address: str) -> None:
    secret = str(tmp_path / "token")
    where = {"KEY_SERVICE": address, "KEY_SERVICE_SECRET_FILE": secret}
    assert "SERAI_KEY_SERVICE is no address" in refused(tmp_path, KEY_PROVIDER="vault", **where)
    load(
        {
            "SERAI_KEY_PROVIDER": "vault",
            "SERAI_KEY_SERVICE": "http://127.0.0.1:8200",
            "SERAI_KEY_SERVICE_SECRET_FILE": secret,
        },
        tmp_path,
    )


def test_a_purpose_has_one_strength(tmp_path: Path) -> None:
    said = refused(tmp_path, MEMBER_PURPOSES="medical,legal", DROP_BOX_PURPOSES="legal")
    assert "both name legal" in said


def test_purposes_whose_strength_may_be_chosen_are_those_of_persons() -> None:
    assert tuple(purpose.value for purpose in PERSON_PURPOSES) == _SEALED_PURPOSES


REMOTE = "postgresql+psycopg://serai_web:k7Qm-long@db.example.org/serai"


def production(**more: str) -> dict[str, str]:
    return {"ENVIRONMENT": "production", "ALLOW_UNSIGNED_PACKS": "1", **more}


@pytest.mark.asvs("12.3.1", "12.3.3")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", REMOTE),
        ("KEYS_URL", REMOTE),
        ("DATABASE_URL", f"{REMOTE}?sslmode=prefer"),
        ("DATABASE_URL", f"{REMOTE}?sslmode=require"),
        ("DATABASE_URL", f"{REMOTE}?sslmode=verify-ca"),
        ("DATABASE_URL", "postgresql+psycopg:///serai?host=db.example.org"),
        ("DATABASE_URL", "postgresql+psycopg:///serai?host=/run/postgresql,db.example.org"),
        ("SCANNER", "clamd:scanner.example.org:3310"),
        ("OIDC_ISSUER", "http://login.example.org"),
        ("WITNESS_URL", "http://witness.example.org/add-checkpoint"),
    ],
)
def test_nothing_of_a_person_travels_to_another_machine_in_the_clear(
    tmp_path: Path, name: str, value: str
) -> None:
    said = refused(tmp_path, **production(**{name: value}))
    assert said.startswith(f"SERAI_{name} ")
    assert "k7Qm" not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"{REMOTE}?sslmode=verify-full&sslrootcert=/etc/serai/ca.pem"),
        ("DATABASE_URL", "postgresql+psycopg://serai_web:k7Qm-long@127.0.0.1/serai"),
        ("DATABASE_URL", "postgresql+psycopg:///serai?host=/run/postgresql"),
        ("SCANNER", "clamd:/run/clamav/clamd.ctl"),
        ("SCANNER", "clamd:127.0.0.1:3310"),
        ("SCANNER", "command:/usr/bin/scan --host=elsewhere"),
    ],
)
def test_what_is_on_this_machine_or_checked_in_full_may_be_used(
    tmp_path: Path, name: str, value: str
) -> None:
    given_ = {f"SERAI_{key}": text for key, text in production(**{name: value}).items()}
    assert load(given_, tmp_path).secure


@pytest.mark.asvs("13.2.3")
@pytest.mark.parametrize("who", ["postgres:postgres", "serai:serai", "x:Admin", "x:changeme"])
def test_a_password_that_a_database_is_delivered_with_is_refused(tmp_path: Path, who: str) -> None:
    url = f"postgresql+psycopg://{who}@127.0.0.1/serai"
    assert "everybody guesses" in refused(tmp_path, **production(KEYS_URL=url))
    assert load({"SERAI_KEYS_URL": url}, tmp_path), "for trying out it does"


@pytest.mark.asvs("15.2.3")
def test_a_demonstration_does_not_start_in_production(tmp_path: Path) -> None:
    assert "SERAI_DEMONSTRATION" in refused(tmp_path, **production(DEMONSTRATION="1"))


@given(wrong=st.text(min_size=1, max_size=40).filter(lambda text: "\x00" not in text))
def test_key_material_and_addresses_of_databases_are_never_repeated(wrong: str) -> None:
    environ = {
        "SERAI_KEY_PROVIDER": "env",
        "SERAI_KEY_MATERIAL": SECRET,
        "SERAI_DATABASE_URL": f"mysql://serai:{SECRET}@db/serai",
        "SERAI_LOG_LEVEL": f"x{wrong}",
    }
    with pytest.raises(SettingsError) as error:
        load(environ, Path("data"))
    assert SECRET not in str(error.value)


def test_the_representation_of_settings_holds_no_secret(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://serai:{SECRET}@db/serai"
    settings = load(
        {
            "SERAI_KEY_PROVIDER": "env",
            "SERAI_KEY_MATERIAL": SECRET,
            "SERAI_DATABASE_URL": url,
            "SERAI_KEYS_URL": url,
        },
        tmp_path,
    )
    assert SECRET not in repr(settings)


@pytest.mark.asvs("16.2.4", "16.2.5")
def test_the_programs_log_drops_every_field_that_is_not_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up("info")
    structlog.get_logger("test").info("round", delivered=2, name="Zarifa", case="22222222")
    structlog.get_logger("test").debug("round", delivered=3)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert len(lines) == 1
    assert set(lines[0]) == {"event", "level", "timestamp", "delivered"}
    assert {"name", "case", "person", "url", "path"}.isdisjoint(ALLOWED)


@pytest.mark.asvs("16.2.2", "16.4.1")
def test_an_event_is_one_line_with_its_moment_in_utc_whatever_is_in_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up("info")
    told = 'x"}\n{"event": "forged", "level": "error"}\r\u2028\x1b[2J\x00'
    structlog.get_logger("test").info(told, code=told, reference=told)
    text = capsys.readouterr().err
    assert text.count("\n") == 1
    assert text.isascii()
    assert not set(text[:-1]) & {chr(n) for n in range(32)}
    line = json.loads(text)
    assert (line["event"], line["code"]) == (told, told)
    moment = datetime.fromisoformat(line["timestamp"])
    assert moment.utcoffset() == timedelta(0)


def test_a_region_is_coarse_and_unknown_stays_unknown() -> None:
    assert region_of(["AFG"]) == "Southern-Asia"
    assert region_of([]) == region_of(["XXA"]) == region_of(["nowhere"]) == "unknown"
    assert region_of(["XXA", "KAZ"]) == countries()["KAZ"].subregion.replace(" ", "-")
