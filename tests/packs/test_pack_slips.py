"""Every single rule, need and hold of the base is missed by some vignette when it is taken out.

Finer slips (a flipped word, a lower grade) belong to the publishing gate, not here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pytest

from workflows.rules.cases import check
from workflows.rules.pack_model import Vignette
from workflows.rules.packs import Pack

PARTS = ("rules", "needs", "holds")


def _without(pack: Pack, part: str, id_: str) -> Pack:
    rest = {key: row for key, row in getattr(pack, part).items() if key != id_}
    # the hash names the compiled program, so the slipped pack must not carry the old one
    other = f"{pack.sha256}-without-{id_}"
    changes: dict[str, object] = {part: MappingProxyType(rest), "sha256": other}
    return dataclasses.replace(pack, **changes)  # type: ignore[arg-type]  # one field by name


def _noticed(pack: Pack, vignettes: Iterable[Vignette]) -> bool:
    return any(not row.hit for vignette in vignettes for row in check({"int": pack}, [vignette]))


@pytest.mark.parametrize("part", PARTS)
def test_taking_out_any_row_is_noticed_by_a_vignette(packs: Mapping[str, Pack], part: str) -> None:
    pack = packs["int"]
    vignettes = [dataclasses.replace(v, pack="int") for v in pack.vignettes]
    unnoticed = [
        id_
        for id_, row in getattr(pack, part).items()
        if not _noticed(
            _without(pack, part, id_),
            # the likeliest to notice first, so that most rows need few vignettes
            sorted(vignettes, key=lambda v: getattr(row, "profile", id_) not in str(v.expect)),
        )
    ]
    assert unnoticed == []
