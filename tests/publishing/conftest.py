"""A world whose packs can be changed, and verbs for versions."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from config.settings import PACKS
from models.publication import PackVersion
from tests.world import PASSWORD, World
from workflows import publishing, rule_checks
from workflows.packs import Shelf
from workflows.publishing import BringIn, Sign, Signature

SIGNED = Signature(password=PASSWORD)


@dataclass(frozen=True)
class Found:
    """A gate's answer."""

    passed: bool = True
    findings: tuple[str, ...] = ()


@dataclass
class Office:
    """An installation whose folder of packs is a copy of its own."""

    world: World
    folder: Path

    def edit(self, file: str, change: Callable[[str], str]) -> None:
        """Change a file of a pack as somebody would who writes rules."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        changed = change(text)
        assert changed != text, file
        path.write_text(changed, encoding="utf-8")
        self.world.shelf = Shelf(self.folder)

    def bring_in(self, who: str = "administrator", pack: str = "kaz", **given: Any) -> UUID:
        command = BringIn(pack=pack, note="a reason", signature=given.pop("signature", SIGNED))
        with self.world.work(who) as work:
            return publishing.bring_in(work, command)

    def examine(self, findings: Iterable[str] = (), differences: Iterable[str] = ()) -> bool:
        found = Found(not tuple(findings), tuple(findings))
        return rule_checks.examine_waiting(
            self.world.work, lambda *_: found, lambda *_: tuple(differences)
        )

    def test(self, version: UUID, who: str = "administrator") -> None:
        page = self.row(version).version
        with self.world.work(who) as work:
            publishing.start_testing(work, version, page)

    def publish(self, version: UUID, who: str = "supervisor", **given: Any) -> None:
        signature = given.pop("signature", SIGNED)
        page = given.pop("page", self.row(version).version)
        with self.world.work(who) as work:
            publishing.publish(work, Sign(id=version, version=page, signature=signature))

    def published(self, pack: str = "kaz") -> UUID:
        """Bring in what is in the folder, and put it in force by two accounts."""
        version = self.bring_in(pack=pack)
        self.test(version)
        while self.examine():
            pass
        self.publish(version)
        return version

    def row(self, version: UUID) -> PackVersion:
        found: PackVersion = self.world.rows(PackVersion, PackVersion.id == version)[0]
        return found

    def pack(self) -> Any:
        with self.world.work() as work:
            return work.shelf.get("kaz", work.now.date())


def _office(world: World, folder: Path) -> Office:
    shutil.copytree(PACKS, folder)
    world.shelf = Shelf(folder)
    return Office(world, folder)


@pytest.fixture
def office(world: World, tmp_path: Path) -> Office:
    """On SQLite."""
    return _office(world, tmp_path / "packs")


@pytest.fixture
def any_office(any_world: World, tmp_path: Path) -> Office:
    """On each database."""
    return _office(any_world, tmp_path / "packs")


def without_hold(office: Office, code: str) -> None:
    """Put another hold with the same condition in the place of one: its rule is gone entirely."""
    other = f"{code}_2"
    for name in ("holds.yaml", "i18n/ru.yaml", "i18n/fa_AF.yaml"):
        office.edit(f"int/{name}", lambda text: text.replace(f"{code}:", f"{other}:"))
    for path in office.folder.glob("*/vignettes/*.yaml"):
        if code in path.read_text(encoding="utf-8"):
            path.unlink()
