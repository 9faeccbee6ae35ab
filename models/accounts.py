"""Officers' accounts and factors, their sessions on the server, limits on sign-in, and machines' tokens."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Versioned
from models.network import Agency, Desk, Post
from models.types import UtcDateTime, Word, words
from models.vault.sealed import Sealed
from models.vocabulary import Factor, Purpose, Role

user_desk = Table(
    "user_desk",
    Base.metadata,
    Column("user_id", ForeignKey("user_account.id"), primary_key=True),
    Column("desk_id", ForeignKey("desk.id"), primary_key=True),
)


class User(Base, Versioned):
    """Somebody who may sign in. `name` is the sign-in name, chosen by an administrator, not a real name."""

    __tablename__ = "user_account"
    __table_args__ = (
        words("role", Role),
        CheckConstraint(
            "role <> 'border_official' OR post_id IS NOT NULL", name="official_has_post"
        ),
    )

    name: Mapped[str] = mapped_column(String(60), unique=True)
    role: Mapped[Role] = mapped_column(Word(Role))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    #: Argon2id in PHC form (RFC 9106), its parameters inside, so that they can be raised later.
    password_phc: Mapped[str] = mapped_column(String(200))
    #: The last time step whose code was taken: a code opens once (ASVS 6.5.1).
    totp_step: Mapped[int] = mapped_column(default=0)
    #: The password is one that somebody else has seen: its owner chooses another before anything else.
    must_change_password: Mapped[bool] = mapped_column(default=False)
    #: The administrator demands a passkey: enrolled before anything else, and from then on the only way in.
    needs_passkey: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(8), default="en")
    disabled_on: Mapped[date | None]
    created_on: Mapped[date]
    #: Keyed token of the staff number: accounts that share it are one human's (`workflows.holders`).
    holder_mac: Mapped[str | None] = mapped_column(String(64))

    display_name = Sealed[str](Purpose.ACCOUNT)
    totp_secret = Sealed[str](Purpose.ACCOUNT)

    agency: Mapped[Agency] = relationship()
    post: Mapped[Post | None] = relationship()
    desks: Mapped[list[Desk]] = relationship(secondary=user_desk)

    @property
    def sealed_owner(self) -> UUID:
        """Whose keys seal this row."""
        return self.id


class FocalPoint(Base, Versioned):
    """The human whom an agency has named for what nobody has moved; a supervisor of it."""

    __tablename__ = "focal_point"

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    named_on: Mapped[date]


class SignIn(Base):
    """A session on the server. Only the token's SHA-256 is kept; ending it here ends it everywhere."""

    __tablename__ = "user_session"
    __table_args__ = (
        Index("ix_user_session_user", "user_id", "ended_at"),
        words("factor", Factor),
    )

    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    authenticated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    locked: Mapped[bool] = mapped_column(default=False)
    factor: Mapped[Factor] = mapped_column(Word(Factor), default=Factor.CODE)
    #: Keyed token of account and address: where an account has signed in before, strangers' failures
    #: elsewhere do not shut it out.
    address_mac: Mapped[str | None] = mapped_column(String(64))

    #: The kind of browser, for the list of one's own sessions.
    device = Sealed[str](Purpose.ACCOUNT)

    user: Mapped[User] = relationship()

    @property
    def sealed_owner(self) -> UUID:
        """Whose keys seal this row."""
        return self.user_id


class Passkey(Base):
    """A WebAuthn credential. Its public key is sealed to account and row: who can write this database but has
    no key of the vault cannot put a key of their own in its place, nor move one to another account.
    """

    __tablename__ = "passkey"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    #: SHA-256 of the credential's id, which may be 1,023 bytes long.
    credential_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    #: Credential id and public key (base64url), as WebAuthn gives them.
    credential = Sealed[dict[str, str]](Purpose.ACCOUNT, as_json=True)
    #: What the owner calls it.
    label = Sealed[str](Purpose.ACCOUNT)

    user: Mapped[User] = relationship()

    @property
    def sealed_owner(self) -> UUID:
        """Whose keys seal this row."""
        return self.user_id


class RecoveryCode(Base):
    """One of ten codes on paper, for who has lost the authenticator. Only a keyed token is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_mac"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    code_mac: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UsedChallenge(Base):
    """A WebAuthn challenge that was answered: a second answer to it is a replay."""

    __tablename__ = "used_challenge"

    nonce_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ExternalIdentity(Base):
    """A subject of an OpenID provider that stands for an account. Nobody is made an account by signing in.

    Found by a keyed token of issuer and subject; the sealed subject, bound to account and row, must agree.
    """

    __tablename__ = "external_identity"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    subject_mac: Mapped[str] = mapped_column(String(64), unique=True)
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    subject = Sealed[str](Purpose.ACCOUNT)

    user: Mapped[User] = relationship()

    @property
    def sealed_owner(self) -> UUID:
        """Whose keys seal this row."""
        return self.user_id


class Draft(Base):
    """What was typed when a screen was locked: sealed for the account, the page's address with it."""

    __tablename__ = "draft"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)

    #: Page (path and query) and fields, in the order of the form.
    content = Sealed[dict[str, object]](Purpose.ACCOUNT, as_json=True)

    @property
    def sealed_owner(self) -> UUID:
        """Whose keys seal this row."""
        return self.user_id


class Attempt(Base):
    """A failed sign-in, so that limits hold across processes and restarts. `subject` is a keyed token."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_subject_at", "subject", "at"),)

    subject: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MachineToken(Base, Versioned):
    """A machine's right to the API, as one user and no more. Only the token's SHA-256 is kept."""

    __tablename__ = "machine_token"

    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    label: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()


class Idempotency(Base):
    """That a write with this key was already done, and what it answered (case numbers, no content).

    `request_mac` is keyed: a plain hash of a short request could be guessed from it.
    """

    __tablename__ = "idempotency"

    key_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    request_mac: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    answer: Mapped[dict[str, object]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
