"""What is left when the passphrase is lost: two of three custodians together open the recovery copy.

The custodians share the private half of a pair as words on paper (SLIP-39, Shamir's scheme over GF(256), with
a check sum); no copy of it is kept. Everything is sealed to its public half: each state of the keyring, in a
file beside it, and the private halves of purposes' pairs. One custodian's words tell nothing.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

from models.vault.errors import KeyringDamaged, KeyringMissing, SharesUnusable, Tampered
from models.vault.format import KEY_BYTES, lp
from models.vault.keyring import KeyMaterial
from models.vault.pairs import PrivateHalf, PublicHalf

CUSTODIANS, NEEDED = 3, 2
_KIND = "serai recovery"
_INFO = lp(b"serai recovery", b"1")
#: SLIP-39's own stretching protects words under an extra passphrase, which we do not use.
_EXPONENT = 0


def new_custody() -> tuple[PublicHalf, list[str]]:
    """A new pair: its public half, and the words of each custodian (33 each). Nothing else keeps them."""
    private = PrivateHalf.fresh()
    groups = generate_mnemonics(
        1, [(NEEDED, CUSTODIANS)], private.seed, b"", iteration_exponent=_EXPONENT
    )
    return private.public, list(groups[0])


def join(shares: Sequence[str]) -> PrivateHalf:
    """The pair's private half from two custodians' words.

    Raises:
        SharesUnusable: too few, mistyped (the check sum tells), or of different sets.
    """
    try:
        seed = combine_mnemonics([" ".join(share.lower().split()) for share in shares])
    except (MnemonicError, ValueError, KeyError):
        raise SharesUnusable(
            f"these words do not open: {NEEDED} shares of one set are needed, without a slip"
        ) from None
    if len(seed) != KEY_BYTES:
        raise SharesUnusable("these words are of another kind of secret")
    return PrivateHalf(seed)


def recovery_file(keyring: Path) -> Path:
    """Where the copy for the custodians lies."""
    return keyring.with_name(f"{keyring.name}.recovery")


def write_recovery(keyring: Path, material: KeyMaterial) -> None:
    """Seal what the keyring holds to the custodians, if there are any. Replaces the copy before it."""
    if not material.recovery:
        return
    sealed = PublicHalf(material.recovery).seal(material.to_json(), _INFO)
    body = {"kind": _KIND, "format": 1, "sealed": b64encode(sealed).decode()}
    target = recovery_file(keyring)
    beside = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(body, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as problem:
        raise KeyringMissing(f"cannot write {target}: {problem.strerror}") from None


def read_recovery(file: Path, private: PrivateHalf) -> KeyMaterial:
    """Open the copy.

    Raises:
        KeyringMissing: there is none.
        KeyringDamaged: it is no such file.
        SharesUnusable: it is of another set of custodians.
    """
    try:
        body = json.loads(file.read_bytes())
        sealed = b64decode(body["sealed"], validate=True)
        if body["kind"] != _KIND or body["format"] != 1:
            raise KeyringDamaged(f"{file} is no copy for the custodians")
    except OSError as problem:
        raise KeyringMissing(f"cannot read {file}: {problem.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise KeyringDamaged(f"{file} is no copy for the custodians") from None
    try:
        return KeyMaterial.from_json(private.open(sealed, _INFO))
    except Tampered:
        raise SharesUnusable(
            f"these words do not open {file}: another set, or it was changed"
        ) from None


def seal_half(custody: PublicHalf, private: PrivateHalf) -> bytes:
    """A purpose's private half, sealed to the custodians."""
    return custody.seal(private.seed, _INFO)


def open_half(custody: PrivateHalf, sealed: bytes) -> PrivateHalf:
    """The reverse of `seal_half`. Raises `SharesUnusable`."""
    try:
        return PrivateHalf(custody.open(sealed, _INFO))
    except Tampered:
        raise SharesUnusable("these words do not open the recovery copy of a purpose") from None


def same(one: KeyMaterial, other: KeyMaterial) -> bool:
    """Whether two keyrings hold the same keys, compared in constant time."""
    return hmac.compare_digest(_canonical(one), _canonical(other))


def _canonical(material: KeyMaterial) -> bytes:
    return json.dumps(json.loads(material.to_json()), sort_keys=True).encode()
