"""Which pack a case is judged by: the stored version in force where there is one, else the folder's.

A process looks at the database for it every half minute, and at once after it has published something itself.
A unit of work keeps to what it began with. Where nothing is stored, that one look is all it costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from models.publication import PackArchive, PackSlice, PackVersion
from models.vocabulary import PackState
from workflows.packs import Shelf
from workflows.rules import canonical
from workflows.rules.faults import PackError
from workflows.rules.pack import Pack

#: How long a process goes on with what it knows, so that a version is noticed within a minute.
LOOK_EVERY = timedelta(seconds=30)


@dataclass(frozen=True)
class _Version:
    """A version in force or in testing: from which day it says what, soonest first."""

    id: UUID
    pack: str
    state: PackState
    days: tuple[tuple[date, str], ...]

    def sha256(self, on: date) -> str:
        """The hash of what it says on a day; before its first day, what it says on that."""
        return next((sha for day, sha in reversed(self.days) if day <= on), self.days[0][1])


@dataclass(frozen=True)
class _Seen:
    """What a process knows of one database."""

    at: datetime
    versions: tuple[_Version, ...]
    shelf: Shelf


class StoredShelf(Shelf):
    """The packs of the folder, with stored versions before them. Made anew when these change."""

    def __init__(
        self, folder: Shelf, versions: Sequence[_Version], archives: Mapping[str, Pack]
    ) -> None:
        super().__init__(folder.root)
        self.folder = folder
        self._archives = archives
        self._in_force = {v.pack: v for v in versions if v.state is PackState.IN_FORCE}
        self._testing = [v for v in versions if v.state is PackState.TESTING]

    def codes(self) -> tuple[str, ...]:
        """The codes of all packs, of the folder or stored, sorted."""
        return tuple(sorted({*self.folder.codes(), *self._in_force}))

    def get(self, code: str, on: date) -> Pack:
        """The pack as effective on a day; the stored version where one is in force."""
        version = self._in_force.get(code)
        return self.folder.get(code, on) if version is None else self._archives[version.sha256(on)]

    def of_folder(self, code: str, on: date) -> Pack:
        """The folder's pack, whatever is stored."""
        return self.folder.of_folder(code, on)

    def version_in_force(self, code: str) -> UUID | None:
        """The id of the stored version in force."""
        version = self._in_force.get(code)
        return None if version is None else version.id

    def testing(self, code: str, on: date) -> tuple[tuple[UUID, Pack], ...]:
        """The versions of a pack that run beside the one in force, with what they say on the day."""
        return tuple((v.id, self._archives[v.sha256(on)]) for v in self._testing if v.pack == code)


def noticed(shelf: Shelf, engine: Engine, session: Session, now: datetime) -> Shelf:
    """The shelf for a unit of work that begins now: `shelf` itself where no version is stored."""
    seen: _Seen | None = shelf.noticed.get(engine)
    if seen is None or not timedelta(0) <= now - seen.at < LOOK_EVERY:
        seen = _look(shelf, session, now, seen)
        shelf.noticed[engine] = seen
    return seen.shelf


def forget_after_commit(shelf: Shelf, session: Session) -> None:
    """Let this process look again as soon as the work at hand is committed."""
    folder = shelf.folder if isinstance(shelf, StoredShelf) else shelf

    def forget(_session: Session) -> None:
        folder.noticed.clear()

    event.listen(session, "after_commit", forget, once=True)


def _look(shelf: Shelf, session: Session, now: datetime, before: _Seen | None) -> _Seen:
    rows = session.execute(
        select(PackVersion.id, PackVersion.pack, PackVersion.state, PackSlice)
        .join(PackSlice, PackSlice.version_id == PackVersion.id)
        .where(PackVersion.state.in_([PackState.IN_FORCE, PackState.TESTING]))
        .order_by(PackVersion.pack, PackVersion.created_at, PackSlice.from_day)
    ).all()
    days: dict[tuple[UUID, str, PackState], list[tuple[date, str]]] = {}
    for version_id, pack, state, slice_ in rows:
        days.setdefault((version_id, pack, state), []).append((slice_.from_day, slice_.sha256))
    versions = tuple(_Version(*key, tuple(found)) for key, found in days.items())
    if before is not None and before.versions == versions:
        return _Seen(now, versions, before.shelf)
    if not versions:
        return _Seen(now, (), shelf)
    wanted = {sha for version in versions for _, sha in version.days}
    return _Seen(now, versions, StoredShelf(shelf, versions, _archives(shelf, session, wanted)))


def _archives(shelf: Shelf, session: Session, wanted: set[str]) -> dict[str, Pack]:
    found = {}
    for sha in wanted:
        pack = archived(shelf, session, sha)
        if pack is None:  # A foreign key keeps the archive of every slice.
            raise LookupError(sha)
        found[sha] = pack
    return found


def archived(shelf: Shelf, session: Session, sha256: str) -> Pack | None:
    """The pack of a hash from the archive; read once a process.

    Raises:
        PackError: the archive is not what its hash says.
    """
    folder = shelf.folder if isinstance(shelf, StoredShelf) else shelf
    pack: Pack | None = folder.by_hash.get(sha256)
    if pack is None:
        content = session.scalar(select(PackArchive.content).where(PackArchive.sha256 == sha256))
        if content is None:
            return None
        pack = folder.keep(canonical.load(content.encode()))
        if pack.sha256 != sha256:
            raise PackError(f"archive {sha256[:12]}", 0, "other content", "what its hash says")
    return pack
