"""Keys in AWS KMS.

One KMS key for each of ours, found by its alias `alias/serai/identity/1`. The context, with the
key's name, goes into the EncryptionContext as its SHA-256: CloudTrail writes that in the clear, and it must
not tell a person's id.
Who we are is found by boto3 itself (the machine's role); there is no setting for secrets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from models.vault.errors import NotHeld, ProviderDown, Tampered
from models.vault.format import lp

_SETTING = "SERAI_KEY_PLACE"
_CONFIG = Config(connect_timeout=5, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})
_CHANGED = {"InvalidCiphertextException", "IncorrectKeyException"}
_REFUSED = {
    "NotFoundException",
    "AccessDeniedException",
    "DisabledException",
    "KMSInvalidStateException",
}
#: The shortest wait that KMS allows before a key is gone, in days.
_DAYS = 7


def open_device(
    service: str | None,
    place: str | None,
    prefix: str,
    secret: str,  # noqa: ARG001  # as the other devices are opened
) -> KmsDevice:
    """Connect to the region `place`; `service` is an endpoint of one's own. There is no secret."""
    client = boto3.client("kms", region_name=place, endpoint_url=service, config=_CONFIG)
    return KmsDevice(client, prefix)


class KmsDevice:
    """KMS behind the interface of `models.vault.remote`. Thread-safe, as boto3's clients are."""

    setting = _SETTING

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._mine = f"alias/{prefix}/"

    def names(self) -> set[str]:
        """The aliases there are, under our names."""
        found: set[str] = set()
        with _told("aliases"):
            for page in self._client.get_paginator("list_aliases").paginate():
                names = [alias["AliasName"] for alias in page["Aliases"]]
                found |= {
                    name.removeprefix(self._mine) for name in names if name.startswith(self._mine)
                }
        return found

    def make(self, name: str) -> None:
        """Make a KMS key and its alias."""
        token = name.startswith("mac-")
        with _told(name):
            made = self._client.create_key(
                KeySpec="HMAC_256" if token else "SYMMETRIC_DEFAULT",
                KeyUsage="GENERATE_VERIFY_MAC" if token else "ENCRYPT_DECRYPT",
                Description=f"serai {name}",
            )
            self._client.create_alias(
                AliasName=self._mine + name, TargetKeyId=made["KeyMetadata"]["KeyId"]
            )

    def encrypt(self, name: str, plaintext: bytes, context: bytes) -> bytes:
        """One call."""
        with _told(name):
            answer = self._client.encrypt(
                KeyId=self._mine + name,
                Plaintext=plaintext,
                EncryptionContext=_context(name, context),
            )
            return bytes(answer["CiphertextBlob"])

    def decrypt(self, name: str, blob: bytes, context: bytes) -> bytes:
        """One call. The key is named, so that a blob of another key is refused."""
        if not blob:
            raise Tampered("a wrapped data key is empty")
        with _told(name):
            answer = self._client.decrypt(
                KeyId=self._mine + name,
                CiphertextBlob=blob,
                EncryptionContext=_context(name, context),
            )
            return bytes(answer["Plaintext"])

    def macs(self, name: str, data: Sequence[bytes]) -> list[bytes]:
        """One call for each: KMS has no batch."""
        with _told(name):
            return [
                bytes(
                    self._client.generate_mac(
                        KeyId=self._mine + name, Message=one, MacAlgorithm="HMAC_SHA_256"
                    )["Mac"]
                )
                for one in data
            ]

    def destroy(self, name: str) -> None:
        """Take the alias away and let KMS delete the key after a week."""
        with _told(name):
            key = self._client.describe_key(KeyId=self._mine + name)["KeyMetadata"]["KeyId"]
            self._client.schedule_key_deletion(KeyId=key, PendingWindowInDays=_DAYS)
            self._client.delete_alias(AliasName=self._mine + name)

    def close(self) -> None:
        """End the connections."""
        self._client.close()


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn the library's errors into ours. Theirs name accounts and endpoints; ours a key and a setting."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _CHANGED:
            raise Tampered("a wrapped data key was changed, or belongs elsewhere") from None
        if code in _REFUSED:
            what = f"{_SETTING}: KMS gives us no key {name!r}"
            raise NotHeld(what, setting=_SETTING, key=name) from None
        raise ProviderDown(f"{_SETTING}: KMS refused a request", setting=_SETTING) from None
    except BotoCoreError:
        raise ProviderDown(f"{_SETTING}: KMS does not answer", setting=_SETTING) from None


def _context(name: str, context: bytes) -> dict[str, str]:
    return {"serai": sha256(lp(name.encode(), context)).hexdigest()}
