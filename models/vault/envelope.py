"""The sealed letter between agencies: HPKE (RFC 9180) to one agency's key, signed inside, padded.

    bytes 0-3    "SRLT"
    byte 4       version of this form (1)
    byte 5       suite: 1 = X25519 with HKDF-SHA-256, 2 = MLKEM768-X25519 with SHAKE256; both AES-256-GCM
    byte 6       size class: 0, 1, 2, 3 = 1, 4, 16, 64 KiB
    bytes 7-22   number of the letter, random
    bytes 23-38  key id of the recipient
    bytes 39-46  until when it may be taken, seconds since 1970
    bytes 47-    HPKE: encapsulated key, ciphertext, tag; of exactly the length that suite and class give

Every byte before the ciphertext is bound as HPKE's `info`. The sender's key id and Ed25519 signature are
inside, and the signature covers the header, so nobody can send a letter on to somebody else as the sender's.
"""

from __future__ import annotations

import hashlib
import secrets
import struct
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from models.vault.errors import SigningKeyUnusable, Tampered
from models.vault.format import KEY_BYTES, lp
from models.vault.pairs import PrivateHalf, PublicHalf
from models.vault.signing import SHORTEST, SigningKey, is_signed
from models.vocabulary import LetterSuite

VERSION = 1
KID_BYTES = 16
NUMBER_BYTES = 16
HEADER_BYTES = 47
#: Bytes of plaintext by size class.
SIZES = (1024, 4096, 16384, 65536)
_MAGIC = b"SRLT"
_HEAD = struct.Struct(">4sBBB16s16sQ")
_SUITES = {1: LetterSuite.BROWSER, 2: LetterSuite.SERVER}
_SUITE_NUMBERS = {suite: number for number, suite in _SUITES.items()}
#: What HPKE adds to a plaintext, and how long the public half is that it is sealed to.
_OVERHEAD = {LetterSuite.BROWSER: 48, LetterSuite.SERVER: 1136}
_PUBLIC_BYTES = {LetterSuite.BROWSER: 32, LetterSuite.SERVER: 1216}
_X25519 = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
#: OWASP's figure for PBKDF2-HMAC-SHA-256.
_ROUNDS = 600_000
_SEALED = b"serai sealed letter 1"
_SIGNED = b"serai signed letter 1"


@dataclass(frozen=True, slots=True)
class AgencyPublic:
    """The public halves of an agency: `seal` (32 or 1,216 bytes) to seal to it, `sign` (32) to know it."""

    suite: LetterSuite
    seal: bytes
    sign: bytes

    def __post_init__(self) -> None:
        if len(self.seal) != _PUBLIC_BYTES[self.suite] or len(self.sign) != KEY_BYTES:
            raise Tampered("a public key of an agency has the wrong length")

    @property
    def digest(self) -> bytes:
        """32 bytes that stand for both halves together; key id and fingerprint are cut from it."""
        return hashlib.sha256(
            lp(b"serai agency key 1", self.suite.value.encode(), self.seal, self.sign)
        ).digest()

    @property
    def kid(self) -> bytes:
        """The key id: 16 bytes."""
        return self.digest[:KID_BYTES]

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether this agency signed `message`."""
        return is_signed(self.sign, signature, message)


@dataclass(frozen=True, slots=True, repr=False)
class AgencyPrivate:
    """The private halves of an agency, as two seeds of 32 bytes. Never shown: it has no representation."""

    suite: LetterSuite
    seal_seed: bytes
    sign_seed: bytes

    @classmethod
    def fresh(cls, suite: LetterSuite) -> Self:
        """A new pair of pairs, from the operating system's randomness."""
        return cls(suite, secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES))

    @property
    def public(self) -> AgencyPublic:
        """The public halves."""
        if self.suite is LetterSuite.SERVER:
            seal = PrivateHalf(self.seal_seed).public.raw
        else:
            key = X25519PrivateKey.from_private_bytes(self.seal_seed)
            seal = key.public_key().public_bytes_raw()
        return AgencyPublic(self.suite, seal, bytes.fromhex(self._signing().public))

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature over `message`: 64 bytes."""
        return bytes.fromhex(self._signing().sign(message))

    def open(self, blob: bytes, info: bytes) -> bytes:
        """Open what was sealed to the public half with this `info`. Raises `Tampered`."""
        if self.suite is LetterSuite.SERVER:
            return PrivateHalf(self.seal_seed).open(blob, info)
        try:
            key = X25519PrivateKey.from_private_bytes(self.seal_seed)
            return _X25519.decrypt(blob, key, info)
        except (InvalidTag, ValueError):
            raise Tampered("a sealed letter was changed, or is for somebody else") from None

    def _signing(self) -> SigningKey:
        return SigningKey(Ed25519PrivateKey.from_private_bytes(self.sign_seed))


@dataclass(frozen=True, slots=True)
class Header:
    """What is readable outside: nothing that tells of whom, by whom or for what."""

    suite: LetterSuite
    size_class: int
    number: bytes
    kid: bytes
    until: int

    def raw(self) -> bytes:
        """The 47 bytes."""
        suite = _SUITE_NUMBERS[self.suite]
        return _HEAD.pack(
            _MAGIC, VERSION, suite, self.size_class, self.number, self.kid, self.until
        )

    @classmethod
    def read(cls, letter: bytes) -> Self:
        """The header of a letter. Raises `Tampered` unless form, version, suite and length fit."""
        if len(letter) < HEADER_BYTES or letter[:4] != _MAGIC:
            raise Tampered("this is not a sealed letter")
        _, version, suite, size_class, number, kid, until = _HEAD.unpack(letter[:HEADER_BYTES])
        if version != VERSION:
            raise Tampered("this sealed letter has a form that is not known here")
        if suite not in _SUITES or size_class >= len(SIZES):
            raise Tampered("this sealed letter has a suite or a size that is not known here")
        found = cls(_SUITES[suite], size_class, number, kid, until)
        if len(letter) != HEADER_BYTES + SIZES[size_class] + _OVERHEAD[found.suite]:
            raise Tampered("this sealed letter is cut short, or something was added")
        return found


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside: the sender's key id, the signature, and the two parts that it covers."""

    header: Header
    sender_kid: bytes
    signature: bytes
    statement: bytes
    payload: bytes

    def is_from(self, sender: AgencyPublic) -> bool:
        """Whether the agency of that key signed this, for this recipient and this letter."""
        return sender.signed(_message(self.header, self.statement, self.payload), self.signature)


def seal_letter(
    statement: bytes, payload: bytes, *, sender: AgencyPrivate, to: AgencyPublic, until: int
) -> bytes:
    """Sign and seal for one agency. `until`: seconds since 1970.

    Raises:
        Tampered: more than the largest size class holds.
    """
    inside = len(statement) + len(payload) + KID_BYTES + 64 + 4 * 4 + 1
    fitting = [number for number, size in enumerate(SIZES) if inside <= size]
    if not fitting:
        raise Tampered("this is too long for a sealed letter")
    number = secrets.token_bytes(NUMBER_BYTES)
    header = Header(to.suite, fitting[0], number, to.kid, until)
    signature = sender.sign(_message(header, statement, payload))
    plain = lp(sender.public.kid, signature, statement, payload) + b"\x80"
    padded = plain.ljust(SIZES[header.size_class], b"\x00")
    info = lp(_SEALED, header.raw())
    if to.suite is LetterSuite.SERVER:
        return header.raw() + PublicHalf(to.seal).seal(padded, info)
    return header.raw() + _X25519.encrypt(padded, X25519PublicKey.from_public_bytes(to.seal), info)


def open_letter(letter: bytes, private: AgencyPrivate) -> Opened:
    """Open a letter. Whose signature it has is asked of `Opened.is_from`.

    Raises:
        Tampered: anything is not exactly as it was sealed, or it is for another key.
    """
    header = Header.read(letter)
    if private.suite is not header.suite or private.public.kid != header.kid:
        raise Tampered("this sealed letter is for another key")
    padded = private.open(letter[HEADER_BYTES:], lp(_SEALED, letter[:HEADER_BYTES]))
    plain = padded.rstrip(b"\x00")
    if not plain.endswith(b"\x80"):
        raise Tampered("a sealed letter has no end mark")
    kid, signature, statement, payload = _four(plain[:-1])
    return Opened(header, kid, signature, statement, payload)


def _message(header: Header, statement: bytes, payload: bytes) -> bytes:
    return lp(_SIGNED, header.raw(), statement, hashlib.sha256(payload).digest())


def _four(plain: bytes) -> list[bytes]:
    parts = []
    while plain:
        length = int.from_bytes(plain[:4], "big")
        if len(plain) < 4 + length:
            raise Tampered("the inside of a sealed letter has no form")
        parts.append(plain[4 : 4 + length])
        plain = plain[4 + length :]
    if len(parts) != 4:
        raise Tampered("the inside of a sealed letter has no form")
    return parts


def under_passphrase(secret: bytes, passphrase: str) -> dict[str, str | int]:
    """A secret under a passphrase: `salt`, `rounds`, `nonce` and `sealed` (hexadecimal).

    Raises:
        SigningKeyUnusable: the passphrase is short.
    """
    if len(passphrase) < SHORTEST:
        raise SigningKeyUnusable(f"the passphrase has fewer than {SHORTEST} characters")
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    derived = PBKDF2HMAC(SHA256(), KEY_BYTES, salt, _ROUNDS).derive(passphrase.encode())
    sealed = AESGCM(derived).encrypt(nonce, secret, _SEALED)
    return {
        "salt": salt.hex(),
        "rounds": _ROUNDS,
        "nonce": nonce.hex(),
        "sealed": sealed.hex(),
    }
