"""Purposes that open only while somebody they were given to is signed in on this server.

Each member has a key pair, whose private half lies under their password (Argon2id) and a token key of the
server, so that a stolen database cannot be guessed at. The private half of a purpose is sealed to each
member it was given to. Signing in opens it, for all processes of the server: sealed again under the session's
token, which lies nowhere but in the cookie, it waits in `member_opening` for the process that serves the
next page. When the last such session ends or falls idle, every process forgets it (after `STALE` seconds).

Who may be given a purpose is decided elsewhere; what an actor may open, by the policy: an open purpose is
open for the server, not for everybody.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Delete, Engine, LargeBinary, String, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models.vault.contract import KekRef, KeyProvider
from models.vault.errors import KeyGone, PurposeClosed
from models.vault.format import KEY_BYTES, NONCE_BYTES, lp
from models.vault.keys import KeysBase
from models.vault.pairs import STALE, PrivateHalf, PublicHalf

#: As for signing in (models.vault.factors): m=46 MiB, t=1, p=1.
_MEMORY_KIB = 47_104
_SALT_BYTES = 16
#: An opening is renewed when this share of its time is gone, so not every page writes.
_RENEW_AFTER = 0.2
#: So long after signing in a session may still be missing from the database, in seconds.
_OPENING = 30.0


class MemberKey(KeysBase):
    """A member's pair: the public half, and the private one under their password."""

    __tablename__ = "member_key"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    locked: Mapped[bytes] = mapped_column(LargeBinary)


class MemberWrap(KeysBase):
    """The private half of a purpose's pair, sealed to one member."""

    __tablename__ = "member_wrap"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class MemberOpening(KeysBase):
    """What one session has open, sealed under the token in its cookie. Gone with the session."""

    __tablename__ = "member_opening"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(index=True)
    expires: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(slots=True, repr=False)
class _Open:
    """What this process holds for one session."""

    expires: float
    #: Until when a session that is still being opened is believed; None: it was seen in the database.
    believed: float | None
    halves: Mapping[KekRef, PrivateHalf]


class Members:
    """Openings of one process over the keys database. Thread-safe.

    `alive` says which sessions, by the SHA-256 of their tokens, have not been ended: however a session ends,
    what it had open is closed. `clock` gives seconds since 1970.
    """

    def __init__(
        self,
        engine: Engine,
        base: KeyProvider,
        *,
        alive: Callable[[Collection[str]], Collection[str]] = lambda sessions: sessions,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="IMMEDIATE")
        self._base = base
        self._alive = alive
        self._clock = clock
        self._open: dict[str, _Open] = {}
        self._checked = 0.0
        self._turn = Lock()

    # --- a session -----------------------------------------------------------------------

    def sign_in(self, member: UUID, password: str, token: str, *, idle: float) -> int:
        """Open what the member was given, for `idle` seconds. Returns how many keys were opened.

        Makes the member's pair at the first sign-in. A password that does not open it was set anew by
        somebody else: the pair is replaced, and what they were given must be given again.
        """
        private = self._own(member, password)
        halves = self._given(member, private)
        if not halves:
            return 0
        expires = self._clock() + idle
        with self._writing.begin() as connection:
            connection.execute(delete(MemberOpening).where(MemberOpening.expires < self._clock()))
            connection.execute(
                insert(MemberOpening).values(
                    token_sha256=digest(token),
                    member_id=member,
                    expires=int(expires),
                    sealed=_seal_under(token, halves),
                )
            )
        self._open[digest(token)] = _Open(expires, self._clock() + _OPENING, halves)
        return len(halves)

    def seen(self, token: str, *, idle: float, renew: bool = True) -> None:
        """A page of this session is being served here: take up what it has open, and keep it open.

        Without `renew` (its screen is locked) it is taken up, and its time runs on.
        """
        name, now = digest(token), self._clock()
        here = self._open.get(name)
        if here is not None and (not renew or here.expires - now > idle * (1 - _RENEW_AFTER)):
            return
        with self._writing.begin() as connection:
            row = connection.execute(
                select(MemberOpening.expires, MemberOpening.sealed).where(
                    MemberOpening.token_sha256 == name
                )
            ).first()
            if row is None or row.expires <= now:
                self._open.pop(name, None)
                return
            halves = here.halves if here else _open_under(token, row.sealed)
            expires = now + idle if renew else float(row.expires)
            connection.execute(
                update(MemberOpening)
                .where(MemberOpening.token_sha256 == name)
                .values(expires=int(expires))
            )
        self._open[name] = _Open(expires, None, halves)

    def move(self, token_sha256: str, token: str) -> None:
        """The session has a new token: what it had open goes along, if this process knows it."""
        opening = self._open.pop(token_sha256, None)
        if opening is None:
            return
        with self._writing.begin() as connection:
            connection.execute(
                update(MemberOpening)
                .where(MemberOpening.token_sha256 == token_sha256)
                .values(token_sha256=digest(token), sealed=_seal_under(token, opening.halves))
            )
        believed = self._clock() + _OPENING
        self._open[digest(token)] = _Open(opening.expires, believed, opening.halves)

    def sign_out(self, token_sha256: str) -> None:
        """Close what a session had open, here at once, in other processes after `STALE` seconds."""
        self._open.pop(token_sha256, None)
        with self._writing.begin() as connection:
            connection.execute(
                delete(MemberOpening).where(MemberOpening.token_sha256 == token_sha256)
            )

    def end(self, member: UUID | None = None) -> None:
        """Close what all sessions of a member had open; of everybody for None."""
        chosen = delete(MemberOpening)
        if member is not None:
            chosen = chosen.where(MemberOpening.member_id == member)
        with self._writing.begin() as connection:
            connection.execute(chosen)
        self._checked = 0.0

    # --- keys ----------------------------------------------------------------------------

    def private(self, ref: KekRef) -> PrivateHalf | None:
        """The private half of a pair, while somebody who was given it is signed in here."""
        now = self._clock()
        if abs(now - self._checked) >= STALE:
            self._check(now)
        for opening in list(self._open.values()):
            if opening.expires > now and ref in opening.halves:
                return opening.halves[ref]
        return None

    def has_key(self, member: UUID) -> bool:
        """Whether the member has signed in since members' keys are in use, and so can be given one."""
        with self._engine.connect() as connection:
            found = select(MemberKey.member_id).where(MemberKey.member_id == member)
            return connection.execute(found).first() is not None

    def holders(self, ref: KekRef) -> list[UUID]:
        """Who was given a pair's private half."""
        with self._engine.connect() as connection:
            chosen = select(MemberWrap.member_id).where(
                MemberWrap.purpose == ref.purpose, MemberWrap.number == ref.version
            )
            return list(connection.execute(chosen).scalars())

    def give(self, member: UUID, ref: KekRef, private: PrivateHalf) -> None:
        """Seal a pair's private half to a member.

        Raises:
            KeyGone: the member has no key of their own yet: they must sign in once.
        """
        with self._writing.begin() as connection:
            row = connection.execute(
                select(MemberKey.public).where(MemberKey.member_id == member)
            ).first()
            if row is None:
                raise KeyGone("this member has no key yet: they must sign in once with a password")
            wrapped = PublicHalf(row.public).seal(private.seed, _gift(member, ref))
            connection.execute(_wraps_of(member, ref))
            connection.execute(
                insert(MemberWrap).values(
                    member_id=member, purpose=ref.purpose, number=ref.version, wrapped=wrapped
                )
            )

    def take_back(self, member: UUID, ref: KekRef | None = None) -> None:
        """Take a purpose back from a member (all of them for None) and close what they have open.

        They may have kept a copy: rotate the purpose's pair afterwards.
        """
        with self._writing.begin() as connection:
            connection.execute(_wraps_of(member, ref))
        self.end(member)

    def change_password(self, member: UUID, old: str, new: str) -> None:
        """Put the member's private half under another password. Nothing happens if `old` does not open it."""
        private = self._unlock(member, old)
        if private is not None:
            self._keep(member, private, new, replacing=True)

    def open_with(self, member: UUID, password: str) -> Mapping[KekRef, PrivateHalf]:
        """What a member was given, without a session: for commands. Raises `PurposeClosed`."""
        private = self._unlock(member, password)
        if private is None:
            raise PurposeClosed("the password does not open this member's key")
        return self._given(member, private)

    def forget(self) -> None:
        """Forget all that is open in this process."""
        self._open.clear()

    # --- within --------------------------------------------------------------------------

    def _own(self, member: UUID, password: str) -> PrivateHalf:
        private = self._unlock(member, password)
        if private is not None:
            return private
        made, replacing = PrivateHalf.fresh(), self.has_key(member)
        if replacing:
            self.take_back(member)
        self._keep(member, made, password, replacing=replacing)
        return made

    def _unlock(self, member: UUID, password: str) -> PrivateHalf | None:
        with self._engine.connect() as connection:
            row = connection.execute(
                select(MemberKey.salt, MemberKey.locked).where(MemberKey.member_id == member)
            ).first()
        if row is None:
            return None
        nonce, sealed = row.locked[:NONCE_BYTES], row.locked[NONCE_BYTES:]
        try:
            key = self._stretch(password, row.salt)
            return PrivateHalf(AESGCM(key).decrypt(nonce, sealed, lp(b"member", member.bytes)))
        except InvalidTag:
            return None

    def _keep(self, member: UUID, private: PrivateHalf, password: str, *, replacing: bool) -> None:
        salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self._stretch(password, salt)).encrypt(
            nonce, private.seed, lp(b"member", member.bytes)
        )
        values = {"public": private.public.raw, "salt": salt, "locked": nonce + sealed}
        with self._writing.begin() as connection:
            if replacing:
                mine = update(MemberKey).where(MemberKey.member_id == member)
                connection.execute(mine.values(**values))
            else:
                connection.execute(insert(MemberKey).values(member_id=member, **values))

    def _stretch(self, password: str, salt: bytes) -> bytes:
        """Argon2id, then a key that only this server has."""
        stretched = Argon2id(
            salt=salt, length=KEY_BYTES, iterations=1, lanes=1, memory_cost=_MEMORY_KIB
        ).derive(password.encode())
        return self._base.mac("web", lp(b"member key", salt, stretched))

    def _given(self, member: UUID, private: PrivateHalf) -> dict[KekRef, PrivateHalf]:
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(MemberWrap.purpose, MemberWrap.number, MemberWrap.wrapped).where(
                    MemberWrap.member_id == member
                )
            ).all()
        found = {}
        for row in rows:
            ref = KekRef(row.purpose, row.number, pair=True)
            found[ref] = PrivateHalf(private.open(row.wrapped, _gift(member, ref)))
        return found

    def _check(self, now: float) -> None:
        """Forget sessions that were ended elsewhere or fell idle."""
        with self._turn:
            if self._open:
                with self._engine.connect() as connection:
                    rows = connection.execute(
                        select(MemberOpening.token_sha256, MemberOpening.expires).where(
                            MemberOpening.token_sha256.in_(list(self._open))
                        )
                    ).all()
                live = {row.token_sha256: row.expires for row in rows if row.expires > now}
                alive = self._alive(list(live))
                for name, opening in list(self._open.items()):
                    if name in live and name in alive:
                        opening.expires, opening.believed = live[name], None
                    elif name not in live or opening.believed is None or opening.believed < now:
                        self._open.pop(name, None)
            self._checked = now


def digest(token: str) -> str:
    """How a session's token is known: its SHA-256, as for signing in."""
    return hashlib.sha256(token.encode()).hexdigest()


def _wraps_of(member: UUID, ref: KekRef | None) -> Delete:
    chosen = delete(MemberWrap).where(MemberWrap.member_id == member)
    if ref is not None:
        chosen = chosen.where(MemberWrap.purpose == ref.purpose, MemberWrap.number == ref.version)
    return chosen


def _gift(member: UUID, ref: KekRef) -> bytes:
    return lp(b"member wrap", member.bytes, str(ref).encode())


def _token_key(token: str) -> AESGCM:
    hkdf = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"serai member opening")
    return AESGCM(hkdf.derive(token.encode()))


def _seal_under(token: str, halves: Mapping[KekRef, PrivateHalf]) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    plain = {str(ref): b64encode(half.seed).decode() for ref, half in halves.items()}
    return nonce + _token_key(token).encrypt(nonce, json.dumps(plain).encode(), None)


def _open_under(token: str, sealed: bytes) -> dict[KekRef, PrivateHalf]:
    plain = json.loads(_token_key(token).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None))
    return {KekRef.parse(ref): PrivateHalf(b64decode(seed)) for ref, seed in plain.items()}
