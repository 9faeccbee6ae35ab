"""The key that signs certificates of erasure: Ed25519, derived from the installation's log key.

Derived, so that there is no further secret to keep; its public half stands in every certificate.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.vault.providers import KeyProvider
from models.vault.signing import SigningKey, is_signed

_SEED = b"serai certificates of erasure, Ed25519, 1"


def certificate_key(provider: KeyProvider) -> SigningKey:
    """The signing key of this installation (RFC 8032; the seed is an HMAC-SHA-256)."""
    return SigningKey(Ed25519PrivateKey.from_private_bytes(provider.mac("log", _SEED)))


def is_certified(public: str, signature: str, message: bytes) -> bool:
    """Whether `signature` is that of the key `public` over `message`; both hexadecimal."""
    try:
        return is_signed(bytes.fromhex(public), bytes.fromhex(signature), message)
    except ValueError:
        return False
