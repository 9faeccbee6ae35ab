"""Passkeys (WebAuthn level 2): registered, asked for, checked, listed, taken away.

The protocol is `webauthn`'s; ours are the challenge, whose credential it is, and what follows. A challenge
is a nonce and an end under a key of the vault, bound to its use and session: nothing is written before
somebody has answered, and each is answered once. Users are always verified (PIN, finger, face): a passkey
is both factors.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from models.accounts import Passkey, UsedChallenge, User
from models.vault.sealed import load_sealed
from models.vocabulary import Factor, Purpose
from workflows import attempts, sessions
from workflows.accounts import end_sessions
from workflows.errors import InvalidCommand, NotFound, SignInFailed
from workflows.policy import Act
from workflows.sessions import SignedIn
from workflows.work import Work

Use = Literal["sign_in", "prove", "register"]
#: An answer as the browser's script sends it: JSON of the credential (WebAuthn's own `toJSON`).
Answer = str

MOST_PASSKEYS = 10
LONGEST_LABEL = 60
_LONGEST_ANSWER = 20_000
_LASTS = timedelta(minutes=5)
_NONCE, _END, _MAC = 16, 8, 16
_VERIFIED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True)
class Site:
    """What passkeys are bound to: the domain, and the address of the pages (scheme, host, port)."""

    domain: str
    origin: str


@dataclass(frozen=True)
class OwnPasskey:
    """One of one's own passkeys."""

    id: UUID
    label: str
    created_at: datetime
    used_at: datetime | None


def register_options(work: Work, site: Site) -> str:
    """What the browser needs to make a passkey, as JSON. Says the sign-in name, no real name."""
    work.allow(Act.USE_OWN_SESSION, detail={"view": "passkeys"})
    user = work.session.get_one(User, work.actor.user_id)
    made = generate_registration_options(
        rp_id=site.domain,
        rp_name="Serai",
        user_id=user.id.bytes,
        user_name=user.name,
        user_display_name=user.name,
        challenge=_challenge(work, "register"),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=_VERIFIED,
        ),
        exclude_credentials=_own_descriptors(work),
    )
    return options_to_json(made)


def register(work: Work, site: Site, answer: Answer, label: str) -> UUID:
    """Keep a passkey that the browser has made for the account that is signed in.

    Raises:
        InvalidCommand: the answer does not fit, or there are ten already.
    """
    work.allow(Act.CHANGE_OWN_ACCOUNT, detail={"set": "passkey"})
    if len(_own_rows(work)) >= MOST_PASSKEYS:
        raise InvalidCommand(field="passkey")
    try:
        credential: RegistrationCredential = parse_registration_credential_json(_short(answer))
        challenge = _answered(work, "register", credential.response.client_data_json)
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, SignInFailed, ValueError):
        raise InvalidCommand(field="passkey") from None
    row = Passkey(
        id=uuid4(),
        user_id=work.actor.user_id,
        credential_sha256=sha256(made.credential_id).hexdigest(),
        sign_count=made.sign_count,
        created_at=work.now,
    )
    work.session.add(row)
    row.credential = {
        "id": bytes_to_base64url(made.credential_id),
        "key": bytes_to_base64url(made.credential_public_key),
    }
    row.label = label.strip()[:LONGEST_LABEL]
    # Whoever sits in another session may not be its owner (ASVS 7.4.3).
    end_sessions(work, row.user_id, but=work.actor.session_id)
    return row.id


def request_options(work: Work, site: Site, use: Use) -> str:
    """What the browser needs to ask for a passkey, as JSON. At sign-in nobody is named: it offers its own."""
    asked = generate_authentication_options(
        rp_id=site.domain,
        challenge=_challenge(work, use),
        allow_credentials=_own_descriptors(work) if use == "prove" else [],
        user_verification=_VERIFIED,
    )
    return options_to_json(asked)


def sign_in(work: Work, site: Site, answer: Answer, address: str, device: str = "") -> SignedIn:
    """Open a session with a passkey alone.

    Raises:
        SignInFailed: whatever is wrong; the door keeps the failed try under the address.
        TooManyAttempts: from this address.
    """
    attempts.check(work, address)
    user = _proved(work, site, answer, "sign_in").user
    if user.disabled_on is not None:
        raise SignInFailed
    return sessions.open_session(work, user, Factor.PASSKEY, address, device)


def prove(work: Work, site: Site, answer: Answer) -> None:
    """That the owner of the session sits there.

    Raises:
        SignInFailed: it does not fit, or is somebody else's.
    """
    if _proved(work, site, answer, "prove").user_id != work.actor.user_id:
        raise SignInFailed


def _proved(work: Work, site: Site, answer: Answer, use: Use) -> Passkey:
    """The passkey that made this answer to a challenge of ours, for the first time."""
    try:
        credential: AuthenticationCredential = parse_authentication_credential_json(_short(answer))
        challenge = _answered(work, use, credential.response.client_data_json)
        row = _row_of(work, credential)
        with work.computing(row.user_id, Purpose.ACCOUNT):
            kept: Mapping[str, str] = row.credential or {}
        checked = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(kept["key"]),
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError):
        raise SignInFailed from None
    row.sign_count = checked.new_sign_count
    row.used_at = work.now
    return row


def _row_of(work: Work, credential: AuthenticationCredential) -> Passkey:
    row = work.session.scalar(
        select(Passkey)
        .where(Passkey.credential_sha256 == sha256(credential.raw_id).hexdigest())
        .options(
            selectinload(Passkey.user).selectinload(User.desks), *load_sealed(Passkey.credential)
        )
        # Two answers at once must not both be later than the counter that was kept.
        .with_for_update()
    )
    if row is None:
        raise SignInFailed
    handle = credential.response.user_handle
    if handle is not None and handle != row.user_id.bytes:
        raise SignInFailed
    return row


def own(work: Work) -> tuple[OwnPasskey, ...]:
    """One's own passkeys, the oldest first."""
    work.allow(Act.USE_OWN_SESSION, detail={"view": "passkeys"})
    work.vault.grant(work.actor.user_id, Purpose.ACCOUNT)
    return tuple(
        OwnPasskey(row.id, row.label or "", row.created_at, row.used_at) for row in _own_rows(work)
    )


def remove(work: Work, passkey_id: UUID) -> None:
    """Take one of one's own passkeys away (ASVS 6.5.6).

    Raises:
        NotFound: there is none, or it is somebody else's.
        InvalidCommand: it is the last one of an account that opens by passkey only.
    """
    work.allow(Act.CHANGE_OWN_ACCOUNT, detail={"remove": "passkey"})
    rows = _own_rows(work)
    row = next((row for row in rows if row.id == passkey_id), None)
    if row is None:
        raise NotFound
    if len(rows) == 1 and work.session.get_one(User, row.user_id).needs_passkey:
        raise InvalidCommand(field="passkey")
    work.session.delete(row)
    end_sessions(work, row.user_id, but=work.actor.session_id)


def _own_rows(work: Work) -> list[Passkey]:
    query = select(Passkey).where(Passkey.user_id == work.actor.user_id)
    sealed = load_sealed(Passkey.credential, Passkey.label)
    return list(work.session.scalars(query.options(*sealed).order_by(Passkey.created_at)))


def _own_descriptors(work: Work) -> list[PublicKeyCredentialDescriptor]:
    rows = _own_rows(work)
    with work.computing(work.actor.user_id, Purpose.ACCOUNT):
        kept: list[Mapping[str, Any]] = [row.credential or {} for row in rows]
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(str(one["id"]))) for one in kept]


def _short(answer: Answer) -> Answer:
    if len(answer) > _LONGEST_ANSWER:
        raise ValueError
    return answer


def _challenge(work: Work, use: Use) -> bytes:
    end = int((work.now + _LASTS).timestamp()).to_bytes(_END, "big")
    body = secrets.token_bytes(_NONCE) + end
    return body + _mac(work, use, body)


def _mac(work: Work, use: Use, body: bytes) -> bytes:
    session = work.actor.session_id.bytes if work.actor.session_id and use != "sign_in" else b""
    return work.provider.mac("web", b"challenge|" + use.encode() + b"|" + session + body)[:_MAC]


def _answered(work: Work, use: Use, client_data: bytes) -> bytes:
    """The challenge in an answer: ours, for this use and session, in time, and answered only now.

    Raises:
        SignInFailed: otherwise.
    """
    challenge: bytes = parse_client_data_json(client_data).challenge
    body, mac = challenge[: _NONCE + _END], challenge[_NONCE + _END :]
    if len(body) != _NONCE + _END or not hmac.compare_digest(mac, _mac(work, use, body)):
        raise SignInFailed
    end = datetime.fromtimestamp(int.from_bytes(body[_NONCE:], "big"), UTC)
    if end < work.now:
        raise SignInFailed
    nonce = sha256(body[:_NONCE]).hexdigest()
    used = select(UsedChallenge.id).where(UsedChallenge.nonce_sha256 == nonce)
    if work.session.scalar(used) is not None:
        raise SignInFailed
    # Of two at the same moment the database lets one commit: the nonce is unique.
    work.session.add(UsedChallenge(id=uuid4(), nonce_sha256=nonce, expires_at=end))
    work.session.execute(delete(UsedChallenge).where(UsedChallenge.expires_at < work.now))
    return challenge
