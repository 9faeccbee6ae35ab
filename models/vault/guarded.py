"""The provider of a running process: any provider, with the strengths of purposes laid over it.

* *operational*: the provider below holds the key; this is the rule.
* *member-unlocked*: data keys are sealed to a pair, whose private half is open only while a member who
  was given it is signed in (`models.vault.members`).
* *drop-box*: only the public half of a pair is here. What is written cannot be read back. Travel mode makes
  a drop-box of every purpose whose key was taken out of the keyring.

It also obeys the mark `locked` in the data folder: from then on every process has forgotten its keys.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from models.vault.contract import KekRef, KeyProvider
from models.vault.errors import Locked, NotHeld, PurposeClosed, VaultError
from models.vault.format import SealedBytes
from models.vault.members import Members
from models.vault.pairs import Pair, PairBook, PrivateHalf, wrap_info


class GuardedProvider:
    """Thread-safe. `member` and `drop_box` name the purposes of these strengths; `mark` ends everything."""

    def __init__(
        self,
        base: KeyProvider,
        book: PairBook,
        members: Members,
        *,
        member: Collection[str] = (),
        drop_box: Collection[str] = (),
        mark: Path | None = None,
    ) -> None:
        self.base = base
        self.book = book
        self.members = members
        self.member_purposes = frozenset(member)
        self.drop_box_purposes = frozenset(drop_box)
        self._mark = mark

    def primary(self, purpose: str) -> KekRef:
        """The key for new wraps: the provider's, or the newest pair's public half."""
        self._obey()
        if purpose in self.member_purposes or purpose in self.drop_box_purposes:
            return self._newest(purpose).ref
        try:
            return self.base.primary(purpose)
        except NotHeld as absent:
            pair = self.book.newest(purpose)
            if pair is None:
                raise absent from None
            return pair.ref

    def wrap(self, kek: KekRef, data_key: bytes, context: bytes) -> bytes:
        """Seal to the provider's key, or to a pair."""
        self._obey()
        if not kek.pair:
            return self.base.wrap(kek, data_key, context)
        return self._pair(kek).public.seal(data_key, wrap_info(kek, context))

    def wraps(
        self, kek: KekRef, data_keys: Sequence[bytes], contexts: Sequence[bytes]
    ) -> list[bytes]:
        """Seal many to the provider's key, or to a pair."""
        self._obey()
        if not kek.pair:
            return self.base.wraps(kek, data_keys, contexts)
        pairs = zip(data_keys, contexts, strict=True)
        return [self.wrap(kek, key, context) for key, context in pairs]

    def unwrap(self, kek: KekRef, blob: bytes, context: bytes) -> bytes:
        """Open. Raises `PurposeClosed` where a pair's private half is not here, or not now."""
        self._obey()
        if not kek.pair:
            return self.base.unwrap(kek, blob, context)
        return self.private(kek).open(blob, wrap_info(kek, context))

    def private(self, kek: KekRef) -> PrivateHalf:
        """A pair's private half, held here or by somebody who is signed in. Raises `PurposeClosed`."""
        pair = self._pair(kek)
        found = self._held_here(pair) or self.members.private(kek)
        if found is None:
            raise PurposeClosed(
                f"what is kept for {kek.purpose!r} cannot be opened on this machine now",
                purpose=kek.purpose,
            )
        return found

    def can_unwrap(self, purpose: str) -> bool:
        """Whether values of the purpose that are written now could be opened now."""
        try:
            kek = self.primary(purpose)
            if kek.pair:
                self.private(kek)
        except VaultError:
            return False
        return kek.pair or self.base.can_unwrap(purpose)

    def mac(self, key_id: str, data: bytes) -> bytes:
        """As the provider's."""
        self._obey()
        return self.base.mac(key_id, data)

    def macs(self, epoch: int, data: Sequence[bytes]) -> list[bytes]:
        """As the provider's."""
        self._obey()
        return self.base.macs(epoch, data)

    def epochs(self) -> tuple[int, ...]:
        """As the provider's."""
        self._obey()
        return self.base.epochs()

    def seal_blob(self, at: str, data: bytes) -> SealedBytes:
        """As the provider's."""
        self._obey()
        return self.base.seal_blob(at, data)

    def open_blob(self, at: str, blob: bytes) -> bytes:
        """As the provider's."""
        self._obey()
        return self.base.open_blob(at, blob)

    def lock(self) -> None:
        """Forget all keys of this process."""
        self.base.lock()
        self.members.forget()

    def __repr__(self) -> str:
        return f"<GuardedProvider over {self.base!r}>"

    def _obey(self) -> None:
        if self._mark is not None and self._mark.exists():
            self.lock()
            raise Locked("the keys of this machine were locked: `serai keys unlock`, then restart")

    def _newest(self, purpose: str) -> Pair:
        pair = self.book.newest(purpose)
        if pair is None:
            raise NotHeld(
                f"there is no key pair for {purpose!r}: run `serai keys strengthen {purpose}`",
                key=purpose,
            )
        return pair

    def _pair(self, kek: KekRef) -> Pair:
        pair = self.book.get(kek)
        if pair is None:
            raise NotHeld(f"there is no key pair {str(kek)!r} here", key=str(kek))
        return pair

    def _held_here(self, pair: Pair) -> PrivateHalf | None:
        try:
            return self.book.private_here(pair)
        except NotHeld:
            return None


def members_of(provider: KeyProvider) -> Members | None:
    """Where members' openings are kept; None where the settings name no member-unlocked purpose."""
    guard = guards_of(provider)
    return guard.members if guard is not None and guard.member_purposes else None


def guards_of(provider: KeyProvider) -> GuardedProvider | None:
    """The strengths laid over a provider, if there are any."""
    return provider if isinstance(provider, GuardedProvider) else None
