"""Keys in a hardware module or smart card that speaks PKCS#11.

One AES-256 key for each of ours, sensitive and not extractable, labelled `serai/identity/1`; wrapping is
AES-GCM in the module with the context as associated data, token keys are generic secrets for HMAC.
A session of PKCS#11 is for one thread, so calls take turns. Open it after the process has forked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any

import pkcs11
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass
from pkcs11 import exceptions as faults

from models.vault.errors import NotHeld, ProviderDown, Tampered, WrongPassphrase
from models.vault.format import NONCE_BYTES, TAG_BYTES

_SETTING = "SERAI_KEY_SERVICE"
_HIDDEN = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
_PIN = (faults.PinIncorrect, faults.PinInvalid, faults.PinLenRange, faults.PinLocked)
#: What modules answer where a tag does not fit: the standard's word, and SoftHSM's.
_CHANGED = (
    faults.EncryptedDataInvalid,
    faults.EncryptedDataLenRange,
    faults.DataLenRange,
    faults.GeneralError,
)


def open_device(service: str | None, place: str | None, prefix: str, secret: str) -> Pkcs11Device:
    """Load the library `service` and open the token labelled `place` with the PIN `secret`."""
    try:
        token = pkcs11.lib(service or "").get_token(token_label=place)
        session = token.open(rw=True, user_pin=secret)
    except _PIN:
        raise WrongPassphrase("SERAI_KEY_SERVICE_SECRET_FILE does not open the token") from None
    except (faults.PKCS11Error, RuntimeError):
        raise ProviderDown(f"{_SETTING}: there is no such token", setting=_SETTING) from None
    return Pkcs11Device(session, prefix)


class Pkcs11Device:
    """A token behind the interface of `models.vault.remote`. Thread-safe: calls take turns."""

    setting = _SETTING

    def __init__(self, session: Any, prefix: str) -> None:
        self._session = session
        self._mine = f"{prefix}/"
        self._turn = RLock()

    def names(self) -> set[str]:
        """The keys there are, under our names."""
        with self._told("keys"):
            objects = self._session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY})
            labels = [key.label for key in objects]
        return {label.removeprefix(self._mine) for label in labels if label.startswith(self._mine)}

    def make(self, name: str) -> None:
        """Make a key that never leaves the module."""
        token = name.startswith("mac-")
        with self._told(name):
            self._session.generate_key(
                KeyType.GENERIC_SECRET if token else KeyType.AES,
                256,
                label=self._mine + name,
                store=True,
                template=_HIDDEN | ({Attribute.SIGN: True} if token else {}),
                **({"mechanism": Mechanism.GENERIC_SECRET_KEY_GEN} if token else {}),
            )

    def encrypt(self, name: str, plaintext: bytes, context: bytes) -> bytes:
        """Nonce, sealed, tag: 60 bytes for a data key."""
        nonce = os.urandom(NONCE_BYTES)
        with self._told(name):
            sealed = self._key(name).encrypt(
                plaintext,
                mechanism=Mechanism.AES_GCM,
                mechanism_param=GCMParams(nonce, context, TAG_BYTES * 8),
            )
        return nonce + bytes(sealed)

    def decrypt(self, name: str, blob: bytes, context: bytes) -> bytes:
        """The reverse of `encrypt`."""
        if len(blob) <= NONCE_BYTES + TAG_BYTES:
            raise Tampered("a wrapped data key was cut short")
        with self._told(name, wrong="a wrapped data key was changed, or belongs elsewhere"):
            return bytes(
                self._key(name).decrypt(
                    blob[NONCE_BYTES:],
                    mechanism=Mechanism.AES_GCM,
                    mechanism_param=GCMParams(blob[:NONCE_BYTES], context, TAG_BYTES * 8),
                )
            )

    def macs(self, name: str, data: Sequence[bytes]) -> list[bytes]:
        """One signature for each: PKCS#11 has no batch."""
        with self._told(name):
            key = self._key(name)
            return [bytes(key.sign(one, mechanism=Mechanism.SHA256_HMAC)) for one in data]

    def destroy(self, name: str) -> None:
        """Delete the key in the module."""
        with self._told(name):
            self._key(name).destroy()

    def close(self) -> None:
        """End the session; the module forgets the PIN."""
        with self._turn:
            self._session.close()

    def _key(self, name: str) -> Any:
        return self._session.get_key(object_class=ObjectClass.SECRET_KEY, label=self._mine + name)

    @contextmanager
    def _told(self, name: str, *, wrong: str | None = None) -> Iterator[None]:
        """One call at a time; the library's errors as ours."""
        try:
            with self._turn:
                yield
        except faults.NoSuchKey:
            what = f"{_SETTING}: the token holds no key {name!r}"
            raise NotHeld(what, setting=_SETTING, key=name) from None
        except faults.PKCS11Error as error:
            if wrong is not None and isinstance(error, _CHANGED):
                raise Tampered(wrong) from None
            raise ProviderDown(f"{_SETTING}: the token does not answer", setting=_SETTING) from None
