"""The packs in force, for those who may read the rules: nothing of a person is here."""

from __future__ import annotations

from workflows.errors import NotFound
from workflows.policy import Act
from workflows.rules.pack import Pack
from workflows.work import Work


def packs_in_force(work: Work) -> tuple[Pack, ...]:
    """Every pack as effective today, by code."""
    work.allow(Act.VIEW_PACKS)
    today = work.now.date()
    return tuple(work.shelf.get(code, today) for code in work.shelf.codes())


def pack_in_force(work: Work, code: str) -> Pack:
    """One pack as effective today.

    Raises:
        NotFound: there is no such pack.
    """
    work.allow(Act.VIEW_PACKS)
    if code not in work.shelf.codes():
        raise NotFound
    return work.shelf.get(code, work.now.date())
