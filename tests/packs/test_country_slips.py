"""Every single change in what a country says is noticed: by a person, the lint, or an invariant.

The tool makes the changes; whether it makes those that matter is asked here by hand.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from tests.packs.conftest import CODES
from workflows.rules.country_lint import faults
from workflows.rules.country_slips import DATA, KINDS, changes
from workflows.rules.pack_figures import confirmed
from workflows.rules.packs import Pack
from workflows.rules.proposals import propose
from workflows.rules.slips import UNNOTICED, Examiner

COUNTRIES = tuple(code for code in CODES if code != "int")


@pytest.mark.parametrize("code", COUNTRIES)
def test_nothing_that_a_country_says_is_implausible(packs: Mapping[str, Pack], code: str) -> None:
    assert list(faults(packs[code], packs["int"])) == []


def test_every_single_change_of_a_country_is_noticed(packs: Mapping[str, Pack]) -> None:
    """One that stands for all, in seconds: `serai pack slips --all` tries the others."""
    found = list(Examiner(packs["uzb"], packs["int"]).examine())
    assert [str(one.slip) for one in found if one.by == UNNOTICED] == []
    kinds = Counter(one.slip.kind for one in found)
    assert all(kinds[kind] for kind in (*KINDS, "route", "deadline"))


def _check(pack: Pack, base: Pack, **fields: Any) -> set[str]:
    """Which checks find something in the pack with these fields."""
    return {check for check, _ in faults(dataclasses.replace(pack, **fields), base)}


def _row(rows: Mapping[str, Any], id_: str, **fields: Any) -> Mapping[str, Any]:
    return MappingProxyType({**rows, id_: dataclasses.replace(rows[id_], **fields)})


def test_a_post_in_another_country_or_off_its_border_is_found(packs: Mapping[str, Pack]) -> None:
    pack, base = packs["kaz"], packs["int"]
    exchanged = _row(pack.posts, "korday", lat=74.71, lon=43.02)
    assert _check(pack, base, posts=exchanged) == {"posts"}
    far = _row(pack.posts, "korday", facing="RUS")  # within the country, and nowhere near Russia
    assert _check(pack, base, posts=_row(far, "korday", lat=40.7, lon=68.0)) == {"posts"}
    assert _check(pack, base, posts=_row(pack.posts, "korday", lat=None)) == {"posts"}


def test_a_body_verified_tomorrow_or_marked_without_a_day_is_found(
    packs: Mapping[str, Pack],
) -> None:
    pack, base = packs["kaz"], packs["int"]
    tomorrow = pack.on + timedelta(days=1)
    assert _check(pack, base, agencies=_row(pack.agencies, "unhcr_kaz", verified=tomorrow)) == {
        "bodies"
    }
    assert _check(pack, base, agencies=_row(pack.agencies, "unhcr_kaz", verified=None)) == {
        "bodies"
    }
    verified = _row(pack.agencies, "kaz_health", basis="V", verified=date(2026, 1, 1))
    assert _check(pack, base, agencies=verified) == {"marks"}


def test_where_there_is_no_procedure_the_state_may_not_come_first(
    packs: Mapping[str, Pack],
) -> None:
    pack, base = packs["uzb"], packs["int"]
    assert "procedure" in _check(pack, base, asylum_procedure="statutory")
    said = MappingProxyType({**pack.texts, "ru": base.texts["ru"]})
    assert {"procedure", "untranslated"} <= _check(pack, base, texts=said)
    assert "procedure" in _check(packs["kaz"], base, asylum_procedure="none")


def test_a_feast_is_not_confirmed_before_it_is_announced(packs: Mapping[str, Pack]) -> None:
    pack, base = packs["uzb"], packs["int"]
    assert pack.calendar is not None
    early = dataclasses.replace(pack.calendar, confirmed_until=date(2027, 12, 31))
    assert _check(pack, base, calendar=early) == {"calendar"}


def test_changes_of_the_address_book_are_a_class_of_their_own(packs: Mapping[str, Pack]) -> None:
    made = Counter(kind for kind, _ in changes(packs["tkm"], packs["int"]))
    assert set(made) == set(KINDS)
    assert made[DATA] < sum(made.values()) / 2


def test_the_missing_vignettes_of_a_country_are_proposed_as_persons(
    packs: Mapping[str, Pack],
) -> None:
    whole, base = packs["irn"], packs["int"]
    bare = dataclasses.replace(whole, vignettes=tuple(v for v in whole.vignettes if confirmed(v)))
    examiner = Examiner(bare, base)
    examiner.slips = examiner.slips[::15]  # every kind, in a second
    missed = [one.slip for one in examiner.examine() if one.by == UNNOTICED]
    assert missed

    proposed = tuple(propose(examiner))

    assert not any(map(confirmed, proposed))
    after = Examiner(dataclasses.replace(bare, vignettes=bare.vignettes + proposed), base)
    assert [str(slip) for slip in missed if after.look(slip).by == UNNOTICED] == []
    kinds = {key.partition(" ")[0] for vignette in proposed for key in vignette.expect}
    assert {"asks", "body", "post", "treaty", "calendar"} <= kinds
