"""An authenticator of WebAuthn in forty lines, so that what it says can be bent: the real one never lies."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One key pair. What is bent is given to `answer`; the counter is its own."""

    origin: str = "http://localhost"
    domain: str = "localhost"
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    counter: int = 0
    handle: bytes = b""

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: str, flags: int = PRESENT | VERIFIED) -> str:
        """The answer to a request to make a passkey."""
        asked = json.loads(options)
        self.handle = base64url_to_bytes(asked["user"]["id"])
        numbers = self._key.public_key().public_numbers()
        key = {
            1: 2,
            3: -7,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(key)
        data = self._data(flags | HAS_KEY, self.domain) + attested
        statement = {"fmt": "none", "attStmt": {}, "authData": data}
        return self._said(
            self._client("webauthn.create", asked["challenge"], self.origin),
            attestationObject=cbor2.dumps(statement),
        )

    def answer(
        self,
        options: str,
        *,
        flags: int = PRESENT | VERIFIED,
        origin: str | None = None,
        domain: str | None = None,
        handle: bytes | None = None,
        kind: str = "webauthn.get",
    ) -> str:
        """The answer to a request for a passkey."""
        self.counter += 1
        data = self._data(flags, domain or self.domain)
        client = self._client(kind, json.loads(options)["challenge"], origin or self.origin)
        signature = self._key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._said(
            client,
            authenticatorData=data,
            signature=signature,
            userHandle=self.handle if handle is None else handle,
        )

    def _data(self, flags: int, domain: str) -> bytes:
        return sha256(domain.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()

    def _said(self, client: bytes, **response: bytes) -> str:
        parts: dict[str, Any] = {
            name: bytes_to_base64url(value)
            for name, value in {"clientDataJSON": client, **response}.items()
        }
        named = bytes_to_base64url(self.id)
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": parts})
