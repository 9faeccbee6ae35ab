"""Vignettes and published cases: every expectation one row, hit or miss."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from models.vocabulary import Action
from workflows.rules.cases import check
from workflows.rules.faults import PackError
from workflows.rules.packs import Pack, load_pack, pack_codes

REAL = Path(__file__).parents[2] / "config" / "packs"
TODAY = date(2026, 11, 24)


def test_every_expectation_is_a_row(base: Pack) -> None:
    rows = check({"bas": base}, base.vignettes)
    assert {(r.kind, r.item) for r in rows} >= {
        ("require", "UAC"),
        ("referrals", "child"),
        ("forbid", "RETURN"),
        ("must_not_label", "LMW"),
        ("expect", "urgency: now"),
    }
    assert all(row.hit for row in rows)


def test_a_miss_says_what_was_found(base: Pack) -> None:
    wrong = dataclasses.replace(
        base.vignettes[0],
        raw_facts={**base.vignettes[0].raw_facts, "needs_now": "none"},
        require=("MED",),
        referrals=("health",),
        forbid=(Action.CLOSE,),
        must_not_label=("UAC",),
        expect={"profile UAC": "possible", "profile ASY": "possible+", "profile MED": "open-"},
    )
    rows = check({"bas": base}, [wrong])
    assert [(r.kind, r.hit, r.found) for r in rows] == [
        ("require", False, "not_indicated"),
        ("referrals", False, "no such need"),
        ("forbid", False, "open"),
        ("must_not_label", False, "presumed"),
        ("expect", False, "presumed"),
        ("expect", False, "open"),
        ("expect", True, "not_indicated"),
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pack": "xyz"}, "the pack xyz"),
        ({"raw_facts": {"nothing": "yes"}}, "the fact nothing"),
        ({"raw_facts": {"fear": "perhaps"}}, "fear: 'perhaps'"),
    ],
)
def test_a_vignette_that_does_not_fit_is_refused(
    base: Pack, change: dict[str, object], said: str
) -> None:
    wrong = dataclasses.replace(base.vignettes[0], **change)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(PackError, match=said):
        check({"bas": base}, [wrong])


def test_the_packs_in_use_do_right_by_all_their_vignettes() -> None:
    packs = {code: load_pack(REAL, code, TODAY) for code in pack_codes(REAL)}
    rows = check(packs, [v for pack in packs.values() for v in pack.vignettes])
    assert [row for row in rows if not row.hit] == []
    assert {row.case for row in rows} >= {"V03", "V04", "V07", "V11", "V12", "V13"}
