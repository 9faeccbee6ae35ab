"""Versions of packs as pages show them: who signed, what was found, what would change, what may follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.accounts import User
from models.publication import PackArchive, PackVersion
from models.vocabulary import PackState, Role
from workflows import publishing
from workflows.errors import NotFound
from workflows.in_force import archived
from workflows.policy import Act, Resource, allows
from workflows.rules.faults import PackError
from workflows.rules.pack import Pack
from workflows.work import Work


@dataclass(frozen=True)
class Signatory:
    """An account that signed, by its sign-in name, which is no real name."""

    name: str
    role: Role
    own: bool


@dataclass(frozen=True)
class VersionShown:
    """A version. `page`: the number that an act on it must carry. `may`: test, withdraw, publish, back."""

    id: UUID
    pack: str
    label: str
    sha256: str
    state: PackState
    note: str
    restores: str | None
    author: Signatory
    reviewer: Signatory | None
    created_at: datetime
    checked_at: datetime | None
    in_force_at: datetime | None
    retired_at: datetime | None
    passed: bool
    current: bool
    signed: bool
    findings: tuple[Mapping[str, str], ...]
    differences: tuple[Mapping[str, Any], ...]
    shadow: Mapping[str, Any] | None
    page: int
    may: frozenset[str]


@dataclass(frozen=True)
class Versions:
    """The versions of a pack, newest first; whether the folder has another, and may it be brought in."""

    code: str
    rows: tuple[VersionShown, ...]
    folder: Pack | None
    folder_is_other: bool
    may_bring_in: bool


def versions(work: Work, code: str) -> Versions:
    """The versions of a pack.

    Raises:
        NotFound: there is no such pack.
    """
    work.allow(Act.VIEW_PACKS, detail={"pack": code[:8]})
    if code not in work.shelf.codes():
        raise NotFound
    rows = work.session.scalars(
        select(PackVersion).where(PackVersion.pack == code).order_by(PackVersion.created_at.desc())
    ).all()
    folder = _folder(work, code)
    present = work.shelf.get(code, work.now.date()) if folder or rows else None
    stored = work.shelf.version_in_force(code) is not None
    other = folder is not None and not (stored and present and present.sha256 == folder.sha256)
    return Versions(
        code=code,
        rows=tuple(_shown(work, row) for row in rows),
        folder=folder,
        folder_is_other=other,
        may_bring_in=folder is not None and _may(work, Act.PROPOSE_PACK, folder.country or None),
    )


def _folder(work: Work, code: str) -> Pack | None:
    try:
        return work.shelf.of_folder(code, work.now.date())
    except PackError:
        return None


def version(work: Work, code: str, version_id: UUID) -> VersionShown:
    """One version.

    Raises:
        NotFound: there is none of this pack.
    """
    work.allow(Act.VIEW_PACKS, detail={"pack": code[:8]})
    return _shown(work, _row(work, code, version_id))


def _row(work: Work, code: str, version_id: UUID) -> PackVersion:
    row = work.session.get(PackVersion, version_id)
    if row is None or row.pack != code:
        raise NotFound
    return row


def pack_to_try(work: Work, code: str, version_id: UUID | None) -> Pack:
    """The pack that an invented person is tried on: a version, or the one in force.

    Raises:
        NotFound: there is none. PackError: the folder's does not load.
    """
    work.allow(Act.TRY_RULES, detail={"pack": code[:8]})
    if version_id is None:
        if code not in work.shelf.codes():
            raise NotFound
        return work.shelf.get(code, work.now.date())
    pack = archived(work.shelf, work.session, _row(work, code, version_id).sha256)
    if pack is None:
        raise NotFound
    return pack


def _shown(work: Work, row: PackVersion) -> VersionShown:
    differences = row.differences or {}
    return VersionShown(
        id=row.id,
        pack=row.pack,
        label=row.label,
        sha256=row.sha256,
        state=row.state,
        note=row.note,
        restores=_label(work, row.restores),
        author=_signatory(work, row.author_id),
        reviewer=_signatory(work, row.reviewed_by) if row.reviewed_by else None,
        created_at=row.created_at,
        checked_at=row.checked_at,
        in_force_at=row.in_force_at,
        retired_at=row.retired_at,
        passed=row.passed,
        current=publishing.ready(work, row),
        signed=publishing.signed_by_both(work, row) if row.reviewed_by else True,
        findings=tuple((row.checks or {}).get("findings", ())),
        differences=tuple(differences.get("found", ())),
        shadow=row.shadow,
        page=row.version,
        may=frozenset(_verbs(work, row)),
    )


def _label(work: Work, version_id: UUID | None) -> str | None:
    if version_id is None:
        return None
    return work.session.scalar(select(PackVersion.label).where(PackVersion.id == version_id))


def _signatory(work: Work, account: UUID) -> Signatory:
    user = work.session.get_one(User, account)
    return Signatory(user.name, user.role, user.id == work.actor.user_id)


def _verbs(work: Work, row: PackVersion) -> list[str]:
    country = work.session.scalar(
        select(PackArchive.country).where(PackArchive.sha256 == row.sha256)
    )
    found = []
    if _may(work, Act.PROPOSE_PACK, country):
        if row.state is PackState.DRAFT:
            found.append("test")
        if row.state in (PackState.DRAFT, PackState.TESTING):
            found.append("withdraw")
        if row.state is PackState.RETIRED and row.in_force_at is not None:
            found.append("back")
    another = row.author_id != work.actor.user_id
    if row.state is PackState.TESTING and another and _may(work, Act.PUBLISH_PACK, country):
        found.append("publish")
    return found


def _may(work: Work, act: Act, country: str | None) -> bool:
    return allows(work.actor, act, Resource(kind="system", country=country)) is not None
