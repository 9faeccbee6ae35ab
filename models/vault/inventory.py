"""Every key and algorithm of the product (ASVS 11.1.1, 11.1.2); docs/reference/keys.md is written from it.

A test compares this list with the code: each purpose and token key is in it, and each primitive of the
`cryptography` library that is imported anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One kind of key. `covers`: the names in the code that it stands for."""

    name: str
    purpose: str
    algorithm: str
    bits: str
    held: str
    rotation: str
    source: str
    covers: tuple[str, ...] = ()


_KEYRING = "keyring file, or Vault, KMS, PKCS#11"
_GCM = "NIST SP 800-38D"

KEYS: tuple[Key, ...] = (
    Key(
        "keyring key",
        "seals the keyring file",
        "Argon2id (64 MiB, 3 passes, 4 lanes), then AES-256-GCM",
        "256",
        "nowhere: from the passphrase, at the start",
        "a new keyring by `serai keys recover`",
        f"RFC 9106; {_GCM}",
    ),
    Key(
        "purpose keys",
        "wrap the data keys of one purpose",
        "AES-256-GCM",
        "256",
        _KEYRING,
        "`serai keys rotate --purpose`, while people work",
        _GCM,
        ("identity", "contact", "protection", "medical", "legal", "audit", "account"),
    ),
    Key(
        "purpose pairs",
        "member-unlocked and drop-box purposes: sealed to the public half, opened by the private one",
        "HPKE: MLKEM768-X25519, SHAKE256, AES-256-GCM",
        "ML-KEM-768 and 255",
        "public half: keys database, vouched for by a token key; private half: members, bundle, custodians",
        "`serai keys strengthen` again",
        "RFC 9180; FIPS 203; RFC 7748",
    ),
    Key(
        "data keys",
        "seal the values of one person and purpose, each bound to its place",
        "AES-256-GCM; commitment by HMAC-SHA-256",
        "256",
        "keys database, wrapped",
        "`serai keys rotate --data-keys`, while people work; destroyed with the person",
        _GCM,
    ),
    Key(
        "file keys",
        "seal one document, in pieces",
        "Cobblestone-256 (AES-256-GCM, SHA-512)",
        "256",
        "sealed under a data key",
        "with the document",
        "C2SP chunked-encryption",
    ),
    Key(
        "blob key",
        "seals what belongs to nobody: segments of the name index, private halves of agencies, closed "
        "periods of figures, why a room may be over-full",
        "AES-256-GCM",
        "256",
        _KEYRING,
        "a new version before each journey",
        _GCM,
        ("blob",),
    ),
    Key(
        "index key",
        "tokens of the name index",
        "HMAC-SHA-256, 64 bits kept",
        "256",
        _KEYRING,
        "`serai keys rotate --index`, while people search",
        "FIPS 198-1",
        ("index",),
    ),
    Key(
        "token keys",
        "ends of log chains, what vouches for public keys, links of rooms and documents (log); links of "
        "statistics (figures); cookies, forms, limits of tries, keys of searches for family, who is kept "
        "from whom (web)",
        "HMAC-SHA-256",
        "256",
        _KEYRING,
        "none yet: what they made is compared for years",
        "FIPS 198-1",
        ("log", "figures", "web"),
    ),
    Key(
        "member key",
        "a member's pair, to which purposes' private halves are sealed",
        "HPKE as above; under Argon2id (46 MiB, 1 pass) and HMAC-SHA-256",
        "ML-KEM-768 and 255",
        "keys database, under the member's password and a token key of the server",
        "with the password",
        "RFC 9106; RFC 9180",
    ),
    Key(
        "member opening",
        "what a session has open, for all processes of the server",
        "HKDF-SHA-256, AES-256-GCM",
        "256",
        "keys database, under the token in the cookie",
        "ends with the session",
        f"RFC 5869; {_GCM}",
    ),
    Key(
        "agency key",
        "an agency's two pairs: letters to it are sealed to one, letters from it are signed by the other",
        "HPKE as above, or X25519 with HKDF-SHA-256 for browsers; Ed25519",
        "ML-KEM-768 and 255",
        "sealed under the blob key; a browser's in a file under PBKDF2-HMAC-SHA-256 and AES-256-GCM",
        "`serai agency key make` once a year; the key before vouches for it",
        "RFC 9180; RFC 8032; RFC 8018",
    ),
    Key(
        "custodians' key",
        "opens the recovery copies",
        "HPKE as above; words by SLIP-39, 2 of 3",
        "ML-KEM-768 and 255",
        "nowhere: three people, on paper",
        "`serai keys custodians` again",
        "SLIP-0039; RFC 9180",
    ),
    Key(
        "log signing key",
        "signs checkpoints of the log",
        "Ed25519",
        "255",
        "derived from the log's token key",
        "none: witnesses know it",
        "RFC 8032",
    ),
    Key(
        "pack signing keys",
        "authors and reviewers sign packs",
        "Ed25519; file in PKCS#8 under a passphrase",
        "255",
        "with whoever signs",
        "a new key in the file of trusted keys",
        "RFC 8032",
    ),
    Key(
        "passwords",
        "prove who signs in",
        "Argon2id (46 MiB, 1 pass, 1 lane)",
        "256",
        "main database, as PHC strings",
        "hashed anew when they are changed",
        "RFC 9106",
    ),
    Key(
        "authenticator secrets",
        "time-based codes",
        "TOTP with HMAC-SHA-1",
        "160",
        "main database, sealed for the account",
        "by the administrator",
        "RFC 6238",
    ),
)

#: A primitive of the `cryptography` library -> what we use it for. Errors and helpers are none.
PRIMITIVES: dict[str, str] = {
    "AESGCM": "sealing and wrapping",
    "Argon2id": "passwords and passphrases",
    "Cobblestone256Decryptor": "documents",
    "Cobblestone256Encryptor": "documents",
    "Ed25519PrivateKey": "signatures of packs and of the log",
    "Ed25519PublicKey": "signatures of packs and of the log",
    "HKDF": "keys from keys",
    "MLKEM768PrivateKey": "half of the hybrid KEM",
    "MLKEM768PublicKey": "half of the hybrid KEM",
    "MLKEM768X25519PrivateKey": "HPKE",
    "MLKEM768X25519PublicKey": "HPKE",
    "PBKDF2HMAC": "the key file of an agency that opens letters in a browser: WebCrypto has no Argon2",
    "SHA1": "TOTP alone",
    "SHA256": "HKDF, PBKDF2",
    "Suite": "HPKE",
    "TOTP": "codes of authenticators",
    "X25519PrivateKey": "half of the hybrid KEM",
    "X25519PublicKey": "half of the hybrid KEM",
}
