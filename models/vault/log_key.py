"""The key that signs checkpoints of the log: Ed25519, derived from the provider's log key.

Derived, so that there is no further secret to keep, and so that it is where the other keys are. Whoever holds
the provider of a running installation can sign: that is why witnesses keep what was signed before.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.vault.contract import KeyProvider
from models.vault.signing import SigningKey

_SEED = b"serai checkpoints of the log, Ed25519, 1"


def log_key(provider: KeyProvider) -> SigningKey:
    """The signing key of this installation's log (RFC 8032; the seed is an HMAC-SHA-256)."""
    return SigningKey(Ed25519PrivateKey.from_private_bytes(provider.mac("log", _SEED)))
