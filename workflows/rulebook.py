"""The rule packs for whoever may read them: which are in force, and one of them whole. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.errors import NotFound
from workflows.policy import Act
from workflows.rules.faults import PackError
from workflows.rules.pack import Pack
from workflows.work import Work


@dataclass(frozen=True)
class PackLine:
    """A pack in the list; `pack` is None where it does not load."""

    code: str
    pack: Pack | None


def packs(work: Work) -> tuple[PackLine, ...]:
    """All packs of this deployment, as effective today."""
    work.allow(Act.VIEW_PACKS)
    return tuple(PackLine(code, _loaded(work, code)) for code in work.shelf.codes())


def _loaded(work: Work, code: str) -> Pack | None:
    try:
        return work.shelf.get(code, work.now.date())
    except PackError:
        # The health page of the administrator says what is wrong with it; a reader sees the others.
        return None


def pack(work: Work, code: str) -> Pack:
    """One pack.

    Raises:
        NotFound: there is none of this code.
        PackError: it does not load.
    """
    work.allow(Act.VIEW_PACKS, detail={"pack": code[:8]})
    if code not in work.shelf.codes():
        raise NotFound
    return work.shelf.get(code, work.now.date())
