"""Keys in the transit engine of HashiCorp Vault or OpenBao.

One transit key for each of ours, `serai-identity-1`: AES-256-GCM, derived, so that the context is part of the
key and a wrapped data key opens for nobody else; token keys without derivation, for HMAC. The engine's own
log counts every data key that was asked for. See docs/deployment.md for the policy that its token needs.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import hvac
from hvac import exceptions

from models.vault.errors import NotHeld, ProviderDown, Tampered

_TIMEOUT = 5
_SETTING = "SERAI_KEY_SERVICE"
_REFUSED = (exceptions.Forbidden, exceptions.Unauthorized, exceptions.InvalidPath)
#: Many HMACs travel in one call, but not without end.
_BATCH = 1000


def open_device(service: str | None, place: str | None, prefix: str, secret: str) -> TransitDevice:
    """Connect to `service` with the token `secret`; `place` is the mount, else `transit`."""
    # A service that sends us elsewhere would get the token there (ASVS 15.3.2).
    client = hvac.Client(url=service, token=secret, timeout=_TIMEOUT, allow_redirects=False)
    return TransitDevice(client, place or "transit", prefix)


class TransitDevice:
    """The engine behind the interface of `models.vault.remote`. Thread-safe: each call is one request."""

    setting = _SETTING

    def __init__(self, client: Any, mount: str, prefix: str) -> None:
        self._client = client
        self._transit = client.secrets.transit
        self._mount = mount
        self._prefix = prefix

    def names(self) -> set[str]:
        """The keys there are, under our names."""
        try:
            with _told("list"):
                listed = self._transit.list_keys(mount_point=self._mount)["data"]["keys"]
        except NotHeld:
            # An engine without any key answers like one that is not there; making the first one tells.
            return set()
        mine = f"{self._prefix}-"
        return {
            "/".join(name.removeprefix(mine).rsplit("-", 1))
            for name in listed
            if name.startswith(mine)
        }

    def make(self, name: str) -> None:
        """Make a transit key."""
        with _told(name):
            self._transit.create_key(
                self._name(name),
                key_type="aes256-gcm96",
                derived=not name.startswith("mac-"),
                exportable=False,
                mount_point=self._mount,
            )

    def encrypt(self, name: str, plaintext: bytes, context: bytes) -> bytes:
        """One request."""
        with _told(name):
            # `update` alone would make a key that is missing: then what it wrapped would be lost with it.
            answer = self._transit.encrypt_data(
                self._name(name),
                plaintext=_b64(plaintext),
                context=_b64(context),
                mount_point=self._mount,
            )
            return str(answer["data"]["ciphertext"]).encode()

    def decrypt(self, name: str, blob: bytes, context: bytes) -> bytes:
        """One request."""
        try:
            text = blob.decode("ascii")
        except UnicodeDecodeError:
            raise Tampered("a wrapped data key was changed, or belongs elsewhere") from None
        with _told(name, wrong="a wrapped data key was changed, or belongs elsewhere"):
            answer = self._transit.decrypt_data(
                self._name(name), ciphertext=text, context=_b64(context), mount_point=self._mount
            )
            return b64decode(answer["data"]["plaintext"])

    def macs(self, name: str, data: Sequence[bytes]) -> list[bytes]:
        """One request for every thousand."""
        found: list[bytes] = []
        for start in range(0, len(data), _BATCH):
            batch = [{"input": _b64(one)} for one in data[start : start + _BATCH]]
            with _told(name):
                answer = self._client.adapter.post(
                    url=f"/v1/{self._mount}/hmac/{self._name(name)}/sha2-256",
                    json={"batch_input": batch},
                )
                results = answer["data"]["batch_results"]
            found += [b64decode(one["hmac"].rsplit(":", 1)[1]) for one in results]
        return found

    def destroy(self, name: str) -> None:
        """Allow the deletion, and delete."""
        with _told(name):
            self._transit.update_key_configuration(
                self._name(name), deletion_allowed=True, mount_point=self._mount
            )
            self._transit.delete_key(self._name(name), mount_point=self._mount)

    def close(self) -> None:
        """Forget the token and end the connections."""
        self._client.token = None
        self._client.adapter.close()

    def _name(self, name: str) -> str:
        return f"{self._prefix}-{name.replace('/', '-')}"


@contextmanager
def _told(name: str, *, wrong: str | None = None) -> Iterator[None]:
    """Turn the library's errors into ours. Theirs name addresses and paths; ours name a key and a setting."""
    try:
        yield
    except _REFUSED:
        raise NotHeld(f"{_SETTING} gives us no key {name!r}", setting=_SETTING, key=name) from None
    except exceptions.InvalidRequest as error:
        text = str(error)
        if "not found" in text:
            missing = f"{_SETTING} holds no key {name!r}"
            raise NotHeld(missing, setting=_SETTING, key=name) from None
        if wrong is None:
            raise ProviderDown(f"{_SETTING} refused a request", setting=_SETTING) from None
        raise Tampered(wrong) from None
    except (TypeError, KeyError, IndexError):
        # No answer of the engine: another server, or one that sends us elsewhere.
        raise ProviderDown(f"{_SETTING} answers what cannot be read", setting=_SETTING) from None
    except (exceptions.VaultError, OSError):
        # What the connection raises is an OSError, of whatever library hvac speaks through.
        raise ProviderDown(f"{_SETTING} does not answer", setting=_SETTING) from None


def _b64(data: bytes) -> str:
    return b64encode(data).decode()
