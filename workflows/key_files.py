"""The private key of an agency that opens letters in a browser: a small file under a passphrase.

PBKDF2-HMAC-SHA-256 and AES-256-GCM, since these two are what WebCrypto has (the opener needs no library).
"""

from __future__ import annotations

import json

from models.vault.envelope import AgencyPrivate, under_passphrase

FORM = 1


def key_file(agency: str, halves: AgencyPrivate, passphrase: str) -> bytes:
    """The file's text. Raises `SigningKeyUnusable` for a short passphrase."""
    sealed = under_passphrase(halves.seal_seed + halves.sign_seed, passphrase)
    body = {"serai_key": FORM, "agency": agency, "kid": halves.public.kid.hex(), **sealed}
    return json.dumps(body, indent=1).encode() + b"\n"
