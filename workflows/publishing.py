"""The life of a pack's version: draft, testing, in force, retired; and bringing an older one back.

Two named accounts sign: whoever brings a version in, and somebody else who publishes it. In between stand the
gate (proofs, the pack's own persons) and the differences against the version in force, worked out by the
worker. Nothing is deleted and nothing overwritten: bringing an older version back is a new version with the
same content.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from models.publication import PackArchive, PackSlice, PackVersion
from models.vocabulary import PackState
from workflows import archives, pack_trust
from workflows.errors import (
    ChangedMeanwhile,
    InvalidCommand,
    NotAllowedNow,
    NotFound,
    SameSignatory,
)
from workflows.holders import is_same_human
from workflows.in_force import archived, forget_after_commit
from workflows.policy import Act, Resource
from workflows.rules import canonical, signatures
from workflows.rules.faults import PackError
from workflows.rules.pack import Pack
from workflows.sign_in import confirm
from workflows.states import PACK_MOVES
from workflows.work import Work

_LONGEST_NOTE = 400
#: The largest published file that is taken in; one of today has half a megabyte.
MOST_BYTES = 4_000_000
#: How errors name the two files: their own names may say anything.
ARCHIVE, SIGNATURES = "the file", "the signatures"
#: From which day a version says what, by hash.
_Days = list[tuple[date, str]]


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Who signs shows that it is they: the password of their own account, and from where."""

    password: str
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class BringIn:
    """Make the deployment's folder of a pack a draft. `note` says why, for whoever publishes it."""

    pack: str
    note: str
    signature: Signature


@dataclass(frozen=True, kw_only=True)
class BringInArchive:
    """Make a published file of the named pack a draft. `signatures`: its file of signatures, if any."""

    pack: str
    content: bytes
    note: str
    signature: Signature
    signatures: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Sign:
    """Publish a version, or bring it back. `version` is that of the page: a stale page is refused."""

    id: UUID
    version: int
    signature: Signature


def bring_in(work: Work, command: BringIn) -> UUID:
    """Store the folder's pack as a draft, for each day on which it says something else.

    Raises:
        NotFound: no such pack. InvalidCommand: it does not differ from what is in force, or no note.
        SignInFailed, TooManyAttempts: the password is not the account's.
        PackError: it does not load.
    """
    if command.pack not in work.shelf.codes():
        raise NotFound
    today = work.now.date()
    # Where the deployment asks for signatures of the files, an unsigned folder goes no further.
    work.shelf.of_folder(command.pack, today)
    found = archives.days_of(work.shelf.root, command.pack, today)
    return _store(work, found, command.note, command.signature)


def bring_in_archive(work: Work, command: BringInArchive) -> UUID:
    """The same for one published file (`serai pack export`). It says the same on every day.

    Raises:
        PackError: it is no published pack of at most `MOST_BYTES`, the files of signatures cannot be read,
            or the deployment asks for two trusted signatures and they are missing or do not fit. `file` is
            ARCHIVE or SIGNATURES.
        InvalidCommand: as `bring_in`; `file` where it is another pack than the one named.
    """
    if command.pack not in work.shelf.codes():
        raise NotFound
    if len(command.content) > MOST_BYTES:
        found = f"{len(command.content)} bytes"
        raise PackError(ARCHIVE, 0, found, f"at most {MOST_BYTES} bytes")
    pack = canonical.load(command.content, work.now.date(), ARCHIVE)
    if pack.code != command.pack:
        raise InvalidCommand(field="file")
    _allow(work, Act.PROPOSE_PACK, pack)
    _trusted(work, command)
    return _store(work, [(work.now.date(), pack)], command.note, command.signature)


def _trusted(work: Work, command: BringInArchive) -> None:
    """Where the deployment asks for signatures of packs, those of a file count as those of the folder do."""
    given: tuple[signatures.Signature, ...] = ()
    if command.signatures:
        given = signatures.read_signatures(command.signatures, SIGNATURES)
    if work.settings.pack_trust is None:
        return
    trusted = pack_trust.trusted_keys(work.settings.pack_trust)
    reason = pack_trust.why_not(command.content, given, trusted)
    if reason:
        raise PackError(SIGNATURES, 0, reason, "two trusted signatures")


def _store(work: Work, found: list[tuple[date, Pack]], note: str, signature: Signature) -> UUID:
    pack = found[0][1]
    _allow(work, Act.PROPOSE_PACK, pack)
    if not note.strip() or len(note) > _LONGEST_NOTE:
        raise InvalidCommand(field="note")
    if _same_as_in_force(work, pack):
        raise InvalidCommand(field="pack")
    confirm(work, signature.password, signature.address)
    days = [(day, archives.keep(work, one)) for day, one in found]
    return _new(work, pack, days, note).id


def _same_as_in_force(work: Work, pack: Pack) -> bool:
    stored = work.shelf.version_in_force(pack.code) is not None
    return stored and work.shelf.get(pack.code, work.now.date()).sha256 == pack.sha256


def _new(
    work: Work, pack: Pack, days: _Days, note: str, restores: UUID | None = None
) -> PackVersion:
    row = PackVersion(
        id=uuid4(),
        pack=pack.code,
        label=pack.version,
        sha256=pack.sha256,
        state=PackState.DRAFT,
        note=note.strip(),
        restores=restores,
        author_id=work.actor.user_id,
        author_mac="",
        created_at=work.now,
        passed=False,
    )
    row.author_mac = _mac(work, row, days, "author", work.actor.user_id)
    work.session.add(row)
    work.session.flush()
    for day, sha in days:
        work.session.add(PackSlice(id=uuid4(), version_id=row.id, from_day=day, sha256=sha))
    return row


def _days(work: Work, version_id: UUID) -> _Days:
    rows = work.session.execute(
        select(PackSlice.from_day, PackSlice.sha256)
        .where(PackSlice.version_id == version_id)
        .order_by(PackSlice.from_day)
    )
    return [(day, sha) for day, sha in rows]


def start_testing(work: Work, version_id: UUID, version: int) -> None:
    """Let a draft run beside the version in force, unseen."""
    row = _opened(work, version_id, version, Act.PROPOSE_PACK)
    _move(row, "test")
    forget_after_commit(work.shelf, work.session)


def withdraw(work: Work, version_id: UUID, version: int) -> None:
    """End a draft or a trial. What is in force can only be followed by another version."""
    row = _opened(work, version_id, version, Act.PROPOSE_PACK)
    _move(row, "withdraw")
    row.retired_at = work.now
    forget_after_commit(work.shelf, work.session)


def publish(work: Work, command: Sign) -> None:
    """Put a version in force, and the one before out of it, in one step.

    Raises:
        NotAllowedNow: it is not in testing, the gate is not green, or the differences attached are not
            those against the version that is in force now.
        SameSignatory: the actor brought it in, by this account or by another of the same human.
        SignInFailed, TooManyAttempts: the password is not the account's.
        ChangedMeanwhile: the page is stale.
    """
    row = _opened(work, command.id, command.version, Act.PUBLISH_PACK)
    if row.state is not PackState.TESTING or not ready(work, row):
        raise NotAllowedNow
    if is_same_human(work, row.author_id, work.actor.user_id):
        raise SameSignatory
    if not signed_by_author(work, row):
        raise NotAllowedNow
    confirm(work, command.signature.password, command.signature.address)
    before = work.session.scalar(
        select(PackVersion).where(
            PackVersion.pack == row.pack, PackVersion.state == PackState.IN_FORCE
        )
    )
    if before is not None:
        _move(before, "retire")
        before.retired_at = work.now
        # Out first: the database has at most one in force.
        work.session.flush()
    signed = _mac(work, row, _days(work, row.id), "reviewer", work.actor.user_id)
    _move(row, "publish")
    row.reviewed_by, row.reviewer_mac, row.in_force_at = work.actor.user_id, signed, work.now
    work.session.flush()
    forget_after_commit(work.shelf, work.session)


def bring_back(work: Work, command: Sign) -> UUID:
    """Propose a version that was in force before again. Somebody else publishes it, as any other.

    Raises:
        NotAllowedNow: it never was in force, or it is.
    """
    old = _opened(work, command.id, command.version, Act.PROPOSE_PACK)
    if old.state is not PackState.RETIRED or old.in_force_at is None:
        raise NotAllowedNow
    confirm(work, command.signature.password, command.signature.address)
    pack = archived(work.shelf, work.session, old.sha256)
    if pack is None:
        raise NotFound
    row = _new(work, pack, _days(work, old.id), old.label, restores=old.id)
    _move(row, "test")
    forget_after_commit(work.shelf, work.session)
    return row.id


def ready(work: Work, row: PackVersion) -> bool:
    """Whether the gate is green, and the differences are those against what is in force now."""
    against = (row.differences or {}).get("against")
    present = work.shelf.get(row.pack, work.now.date()).sha256
    return row.passed and row.checked_at is not None and against == present


def signed_by_author(work: Work, row: PackVersion) -> bool:
    """Whether the row is still what its author signed."""
    wanted = _mac(work, row, _days(work, row.id), "author", row.author_id)
    return hmac.compare_digest(row.author_mac, wanted)


def signed_by_both(work: Work, row: PackVersion) -> bool:
    """Whether a version that is or was in force is what its two signatories signed."""
    if row.reviewed_by is None or row.reviewer_mac is None:
        return False
    wanted = _mac(work, row, _days(work, row.id), "reviewer", row.reviewed_by)
    return hmac.compare_digest(row.reviewer_mac, wanted) and signed_by_author(work, row)


def _mac(work: Work, row: PackVersion, days: _Days, who: str, account: UUID) -> str:
    """A keyed signature: who has the database but not the deployment's keys cannot make it."""
    content = " ".join(f"{day.isoformat()}={sha}" for day, sha in days)
    said = f"{row.id.hex}|{row.pack}|{row.label}|{row.sha256}|{content}|{who}|{account.hex}"
    return work.provider.mac("log", b"pack version|" + said.encode()).hex()


def _opened(work: Work, version_id: UUID, version: int, act: Act) -> PackVersion:
    row = work.session.get(PackVersion, version_id)
    if row is None:
        work.asked = act
        raise NotFound
    country = work.session.scalar(
        select(PackArchive.country).where(PackArchive.sha256 == row.sha256)
    )
    work.allow(act, Resource(kind="system", country=country), detail={"pack": row.pack})
    if row.version != version:
        raise ChangedMeanwhile
    return row


def _allow(work: Work, act: Act, pack: Pack) -> None:
    where = Resource(kind="system", country=pack.country or None)
    work.allow(act, where, detail={"pack": pack.code})


def _move(row: PackVersion, verb: str) -> None:
    after = PACK_MOVES.get((row.state, verb))
    if after is None:
        raise NotAllowedNow
    row.state = after
