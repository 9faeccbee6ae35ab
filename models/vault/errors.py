"""What the vault refuses, and with which words.

Every message is one line, safe to show and to log: it names a setting, a purpose or a place, never
a value, a key or a person. Not for the domain's own errors (`workflows.errors`); the attributes are
the same (`code`, `params`, `status`), so a door may treat both alike.
"""

from __future__ import annotations

from sqlalchemy.exc import DontWrapMixin


class VaultError(Exception):
    """Anything the vault refuses. `code` is stable, `params` hold no personal data."""

    code = "vault_error"
    status = 500

    def __init__(self, message: str, **params: str) -> None:
        super().__init__(message)
        self.params = params


class Denied(VaultError):
    """Nobody granted this person and purpose to this unit of work, or there is no vault at all."""

    code = "denied"
    status = 403


class Tampered(VaultError):
    """A stored value, or the key beside it, is not what was written at this place."""

    code = "tampered"
    status = 500


class KeyGone(VaultError):
    """There is no data key: the person was erased, or the keys database is not the right one."""

    code = "key_gone"
    status = 410


class KeyConflict(VaultError):
    """Somebody else made the same data key at the same moment; nothing was kept, so do it again."""

    code = "key_conflict"
    status = 409


class Locked(VaultError):
    """The keyring is locked: its passphrase must be given again."""

    code = "locked"
    status = 503


class NotHeld(VaultError):
    """This machine holds no key for the purpose."""

    code = "not_held"
    status = 503


class PurposeClosed(NotHeld):
    """The purpose is closed: its key opens only while somebody it was given to is signed in here."""

    code = "purpose_closed"


class ProviderDown(VaultError):
    """Whoever holds the keys does not answer. Nothing opens until they do."""

    code = "provider_down"
    status = 503


class WrongPassphrase(VaultError):
    """The passphrase does not open the keyring."""

    code = "wrong_passphrase"
    status = 503


class KeyringMissing(VaultError):
    """There is no keyring, or no key material, where the setting says."""

    code = "keyring_missing"
    status = 503


class KeyringDamaged(VaultError):
    """There is a keyring, but it cannot be read."""

    code = "keyring_damaged"
    status = 503


class KeyringExists(VaultError):
    """A keyring is never overwritten: all that was sealed under it would be lost."""

    code = "keyring_exists"
    status = 409


class SharesUnusable(VaultError):
    """The custodians' words do not fit together, are too few, or belong to another keyring."""

    code = "shares_unusable"
    status = 409


class SigningKeyUnusable(VaultError):
    """A file of a signing key cannot be made, read or opened."""

    code = "signing_key_unusable"
    status = 409


class NotAllowed(VaultError):
    """A setting that this environment must not use."""

    code = "setting_not_allowed"
    status = 503


class Unsealable(VaultError, TypeError):
    """The value has the wrong type or cannot be encoded. The value itself is not in the text."""

    code = "unsealable"
    status = 400


class NotReady(VaultError):
    """A sealed field was set before the object knew its id, its person or its session."""

    code = "not_ready"
    status = 500


class PlaintextRefused(VaultError, TypeError, DontWrapMixin):
    """Something not sealed was about to reach a sealed column.

    SQLAlchemy must not wrap it: its wrapper carries the parameters, which are the plaintext.
    """

    code = "plaintext_refused"
    status = 500


class SealedComparison(VaultError, TypeError):
    """A sealed field in a SQL comparison, LIKE or ORDER BY: it could only compare ciphertext."""

    code = "sealed_comparison"
    status = 500
