"""Changes the strength of a purpose: to members, to a drop-box before a journey, and back.

Every change is the same work: a key pair is made or opened, and every data key of the purpose is wrapped anew
(`models.vault.rotation`). What must not stay on the machine is written to a bundle first, and only then taken
out of the keyring.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import LargeBinary, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from models.vault.contract import BLOB, INDEX, KekRef, KeyProvider
from models.vault.custody import seal_half
from models.vault.errors import NotAllowed, Tampered
from models.vault.format import lp
from models.vault.guarded import GuardedProvider
from models.vault.keyring import KeyMaterial, read_keyring, write_keyring
from models.vault.keys import KeysBase, KeyStore
from models.vault.local import epoch_of, is_index
from models.vault.members import MemberOpening, MemberWrap
from models.vault.pairs import Pair, PrivateHalf, PublicHalf
from models.vault.providers import FileProvider

_SEED = "seed "
_WRAPS = "member wraps"
_BUNDLE, _BUNDLE_PHRASE = "the bundle", "the passphrase of the bundle"


class CustodyRow(KeysBase):
    """The public half of the custodians' pair, vouched for by a token key."""

    __tablename__ = "custody"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    vouched: Mapped[bytes] = mapped_column(LargeBinary)


def custody_of(store: KeyStore, base: KeyProvider) -> PublicHalf | None:
    """To what recovery copies are sealed, if there are custodians. Raises `Tampered`."""
    with store.engine.connect() as connection:
        row = connection.execute(select(CustodyRow.public, CustodyRow.vouched)).first()
    if row is None:
        return None
    if not hmac.compare_digest(row.vouched, _vouch(base, row.public)):
        raise Tampered("the custodians' key is not the one that was made here")
    return PublicHalf(row.public)


def set_custody(store: KeyStore, guard: GuardedProvider, public: PublicHalf) -> int:
    """Seal everything that can be opened now to new custodians. Returns how many pairs it was done for."""
    base = guard.base
    with store.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        connection.execute(delete(CustodyRow))
        connection.execute(
            insert(CustodyRow).values(number=1, public=public.raw, vouched=_vouch(base, public.raw))
        )
    if isinstance(base, FileProvider):
        base.change(lambda held: replace(held, recovery=public.raw))
    done = 0
    for pair in guard.book.all():
        private = guard.book.private_here(pair) or guard.members.private(pair.ref)
        if private is not None:
            guard.book.set_recovery(pair.ref, seal_half(public, private))
            done += 1
    return done


def give_to_members(
    store: KeyStore, guard: GuardedProvider, purpose: str, members: Sequence[UUID]
) -> Pair:
    """A new pair for a member-unlocked purpose; its private half goes to the members and custodians alone.

    Raises:
        NotAllowed: one member and no custodians: who forgets their password would lose everything.
        KeyGone: one of them has never signed in with a password since.
    """
    custody = custody_of(store, guard.base)
    if not members or (len(set(members)) < 2 and custody is None):
        raise NotAllowed(
            f"{purpose!r} needs two members, or one and custodians: a lost password would lose it all"
        )
    private = PrivateHalf.fresh()
    recovery = None if custody is None else seal_half(custody, private)
    # To the members first: data keys must not be sealed to a pair that nobody can open.
    ref = KekRef(purpose, guard.book.next_number(purpose), pair=True)
    for member in dict.fromkeys(members):
        guard.members.give(member, ref, private)
    return guard.book.add(purpose, private, recovery=recovery)


@dataclass(frozen=True, slots=True)
class Travelled:
    """Purposes that are drop-boxes now."""

    purposes: tuple[str, ...]


def _packed(
    held: KeyMaterial,
    going: tuple[str, ...],
    seeds: dict[str, bytes],
    wraps: object,
    *,
    whole: bool,
) -> KeyMaterial:
    """What goes into the bundle. `whole`: also everybody's identity, and the keys of the index of names."""
    return KeyMaterial(
        keks={name: held.keks[name] for name in (*going, *((BLOB,) if whole else ()))},
        primary={name: held.primary[name] for name in going},
        macs={**{key: raw for key, raw in held.macs.items() if whole and is_index(key)}, **seeds},
        parcels={_WRAPS: json.dumps(wraps)},
    )


def _leave(base: FileProvider, going: tuple[str, ...], *, whole: bool) -> None:
    """Take the keys out of this machine's keyring, once the bundle has been read back."""
    if whole:
        base.add_version(INDEX)
        base.add_version(BLOB)
    base.change(lambda now: _without(now, going, index=whole))


def travel(
    store: KeyStore,
    guard: GuardedProvider,
    bundle: Path,
    passphrase: str,
    purposes: Collection[str],
) -> Travelled:
    """Take the keys of purposes off this machine into a bundle; from now on it writes and cannot read back.

    The index of names goes along: names that were registered before are no longer found here.

    Raises:
        NotAllowed: the keys are not in a keyring file, or the purposes are in a bundle already.
        KeyringExists: the bundle is never overwritten.
    """
    base = _file(guard)
    held = base.material()
    going = tuple(name for name in purposes if name in held.keks and name in held.primary)
    pairs = {pair.ref: pair for pair in guard.book.all()}
    wraps = _wraps(store, purposes)
    if not going and not wraps:
        raise NotAllowed("the keys of these purposes are not on this machine")
    custody, seeds = custody_of(store, base), {purpose: PrivateHalf.fresh() for purpose in going}
    whole = set(going) >= {name for name in held.primary if name == "identity"}
    kept_seeds = {
        f"{_SEED}{KekRef(purpose, guard.book.next_number(purpose), pair=True)}": half.seed
        for purpose, half in seeds.items()
    }
    packed = _packed(held, going, kept_seeds, wraps, whole=whole)
    write_keyring(bundle, passphrase, packed, setting=_BUNDLE)
    read_keyring(bundle, passphrase, setting=_BUNDLE, passphrase_setting=_BUNDLE_PHRASE)
    for purpose, half in seeds.items():
        recovery = None if custody is None else seal_half(custody, half)
        guard.book.add(purpose, half, recovery=recovery)
    _leave(base, going, whole=whole)
    _forget_wraps(store, purposes)
    for ref in (ref for ref, pair in pairs.items() if pair.held is not None):
        if ref.purpose in purposes:
            guard.book.hold(ref, None)
    return Travelled(tuple(sorted({*going, *(row[1] for row in wraps)})))


def come_back(
    store: KeyStore, guard: GuardedProvider, bundle: Path, passphrase: str
) -> tuple[str, ...]:
    """Bring back what `travel` took away. Returns the purposes whose data keys are to be wrapped anew.

    Raises:
        KeyringMissing, KeyringDamaged, WrongPassphrase: of the bundle.
    """
    base = _file(guard)
    packed = read_keyring(bundle, passphrase, setting=_BUNDLE, passphrase_setting=_BUNDLE_PHRASE)
    seeds = {
        KekRef.parse(name.removeprefix(_SEED)): PrivateHalf(raw)
        for name, raw in packed.macs.items()
        if name.startswith(_SEED)
    }

    def joined(now: KeyMaterial) -> KeyMaterial:
        keks = {
            name: {**now.keks.get(name, {}), **packed.keks.get(name, {})}
            for name in {*now.keks, *packed.keks}
        }
        macs = {key: raw for key, raw in packed.macs.items() if not key.startswith(_SEED)}
        return replace(
            now, keks=keks, primary={**packed.primary, **now.primary}, macs={**macs, **now.macs}
        )

    base.change(joined)
    for ref, private in seeds.items():
        if guard.book.get(ref) is not None:
            guard.book.hold(ref, private)
    _restore_wraps(store, json.loads(packed.parcels.get(_WRAPS, "[]")))
    return tuple(sorted(packed.primary))


def forget_pairs(guard: GuardedProvider, purpose: str, used: Iterable[str]) -> int:
    """Remove the pairs of an operational purpose to which nothing is sealed any more."""
    names = set(used)
    gone = [
        pair.ref
        for pair in guard.book.all()
        if pair.ref.purpose == purpose and str(pair.ref) not in names
    ]
    for ref in gone:
        guard.book.remove(ref)
    return len(gone)


def _file(guard: GuardedProvider) -> FileProvider:
    if not isinstance(guard.base, FileProvider):
        raise NotAllowed(
            "the purpose keys are not in a keyring file: take this machine's right to use them away where"
            " they are held"
        )
    return guard.base


def _without(held: KeyMaterial, purposes: Collection[str], *, index: bool) -> KeyMaterial:
    """The keyring of a machine that travels: only the newest keys of the index, none of the purposes."""
    keks = {name: versions for name, versions in held.keks.items() if name not in purposes}
    macs = dict(held.macs)
    if index:
        newest = max(epoch_of(key) for key in macs if is_index(key))
        macs = {k: raw for k, raw in macs.items() if not is_index(k) or epoch_of(k) == newest}
        keks[BLOB] = {held.primary[BLOB]: keks[BLOB][held.primary[BLOB]]}
    primary = {name: number for name, number in held.primary.items() if name not in purposes}
    return replace(held, keks=keks, primary=primary, macs=macs)


def _wraps(store: KeyStore, purposes: Collection[str]) -> list[list[str]]:
    with store.engine.connect() as connection:
        rows = connection.execute(
            select(
                MemberWrap.member_id, MemberWrap.purpose, MemberWrap.number, MemberWrap.wrapped
            ).where(MemberWrap.purpose.in_(list(purposes)))
        ).all()
    return [
        [row.member_id.hex, row.purpose, str(row.number), b64encode(row.wrapped).decode()]
        for row in rows
    ]


def _forget_wraps(store: KeyStore, purposes: Collection[str]) -> None:
    with store.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        connection.execute(delete(MemberWrap).where(MemberWrap.purpose.in_(list(purposes))))
        connection.execute(delete(MemberOpening))


def _restore_wraps(store: KeyStore, rows: list[list[str]]) -> None:
    with store.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        for member, purpose, number, wrapped in rows:
            mine = (
                (MemberWrap.member_id == UUID(member))
                & (MemberWrap.purpose == purpose)
                & (MemberWrap.number == int(number))
            )
            connection.execute(delete(MemberWrap).where(mine))
            connection.execute(
                insert(MemberWrap).values(
                    member_id=UUID(member),
                    purpose=purpose,
                    number=int(number),
                    wrapped=b64decode(wrapped),
                )
            )


def _vouch(base: KeyProvider, public: bytes) -> bytes:
    return base.mac("log", lp(b"custody", public))
