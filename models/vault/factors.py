"""What proves who signs in: passwords under Argon2id (RFC 9106) and time-based codes (RFC 6238).

Limits on trying, and whose factor it is, are decided in `workflows.accounts`.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.twofactor.totp import TOTP

#: OWASP's and ASVS's set m=46 MiB, t=1, p=1 (security.md 3.1: 70 ms).
_MEMORY_KIB = 47_104
_STEP = 30
_DIGITS = 6
#: A clock may be off by one step either way.
_DRIFT = (0, -1, 1)


def hash_password(password: str) -> str:
    """The password's Argon2id hash in PHC form, with its parameters inside."""
    kdf = Argon2id(
        salt=secrets.token_bytes(16), length=32, iterations=1, lanes=1, memory_cost=_MEMORY_KIB
    )
    return kdf.derive_phc_encoded(password.encode())


def password_fits(password: str, phc: str) -> bool:
    """Whether the password belongs to the hash; costs the same either way."""
    try:
        Argon2id.verify_phc_encoded(password.encode(), phc)
    except (InvalidKey, ValueError):
        return False
    return True


def is_outdated(phc: str) -> bool:
    """Whether the hash was made with other parameters than today's; it is made anew at the next sign-in."""
    return not phc.startswith(f"$argon2id$v=19$m={_MEMORY_KIB},t=1,p=1$")


def new_secret() -> str:
    """A fresh secret for an authenticator app, in base32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def new_token() -> str:
    """A fresh 256-bit token, URL-safe: a session's or a machine's."""
    return secrets.token_urlsafe(32)


def code_at(secret: str, at: datetime) -> str:
    """The code of this moment, as an authenticator app shows it."""
    return _totp(secret).generate(int(at.timestamp())).decode()


def step_of_code(secret: str, code: str, at: datetime, used: int) -> int | None:
    """The time step whose code this is, later than the last `used` one; None where it does not fit.

    A step's code opens once (ASVS 6.5.1): callers keep the step that is given back.
    """
    if len(code) != _DIGITS or not code.isascii() or not code.isdigit():
        return None
    totp, now = _totp(secret), int(at.timestamp())
    found = None
    for drift in _DRIFT:
        moment = now + drift * _STEP
        if hmac.compare_digest(totp.generate(moment), code.encode()):
            found = moment // _STEP
    return found if found is not None and found > used else None


def enrolment_uri(secret: str, name: str) -> str:
    """What an authenticator app reads from a QR code. Holds the sign-in name, no real name."""
    return f"otpauth://totp/Serai:{quote(name)}?secret={secret}&issuer=Serai&digits={_DIGITS}"


def _totp(secret: str) -> TOTP:
    # SHA-1 is what every authenticator app speaks; HMAC-SHA-1 is not broken (RFC 6238 section 1.2).
    return TOTP(base64.b32decode(secret), _DIGITS, SHA1(), _STEP)  # noqa: S303
