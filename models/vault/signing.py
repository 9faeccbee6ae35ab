"""Ed25519 keys of those who sign packs: made, kept in a file under a passphrase, used, checked.

The file is PKCS#8 in PEM, encrypted as the library does best. What is signed is not known here
(`workflows.rules.signatures`).
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from models.vault.errors import SigningKeyUnusable

#: The shortest passphrase taken, in characters.
SHORTEST = 12


class SigningKey:
    """A private key in memory. It signs, and shows its public half; it never gives itself out."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @property
    def public(self) -> str:
        """The public key: 32 bytes, hexadecimal."""
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        return self._key.public_key().public_bytes(*raw).hex()

    def sign(self, message: bytes) -> str:
        """The signature over `message`: 64 bytes, hexadecimal."""
        return self._key.sign(message).hex()


def make_key(file: Path, passphrase: str) -> SigningKey:
    """Make a key and write it to a new file that its owner alone can read.

    Raises:
        SigningKeyUnusable: the passphrase is short, or the file is there or cannot be written.
    """
    if len(passphrase) < SHORTEST:
        raise SigningKeyUnusable(f"the passphrase has fewer than {SHORTEST} characters")
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise SigningKeyUnusable(f"{file}: cannot be made ({type(error).__name__})") from None
    with os.fdopen(opened, "wb") as written:
        written.write(pem)
    return SigningKey(key)


def read_key(file: Path, passphrase: str) -> SigningKey:
    """Open a key file.

    Raises:
        SigningKeyUnusable: there is none, the passphrase is wrong, or it is another kind of key.
    """
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), passphrase.encode())
    except OSError as error:
        raise SigningKeyUnusable(f"{file}: cannot be read ({type(error).__name__})") from None
    except (ValueError, TypeError):
        found = f"{file}: no signing key, or another passphrase"
        raise SigningKeyUnusable(found) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyUnusable(f"{file}: no Ed25519 key")
    return SigningKey(key)


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` is that of the key `public` (32 bytes) over `message`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
