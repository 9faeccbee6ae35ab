"""The real gate and the real differences, through the function that the worker runs."""

from __future__ import annotations

import pytest

from models.vocabulary import PackState
from tests.publishing.conftest import Office
from workflows import rule_checks
from workflows.errors import NotAllowedNow


def examined(office: Office) -> None:
    """As the worker does it, with nothing in the place of the solver."""
    assert rule_checks.examine_waiting(office.world.work)
    assert not rule_checks.examine_waiting(office.world.work)


def test_a_weakened_hold_is_refused_and_the_person_who_would_suffer_is_said(office: Office) -> None:
    """In the hold that keeps children from return one number is lower by two years."""
    in_force = office.published()
    office.edit("int/holds.yaml", lambda text: text.replace("maybe under 18", "maybe under 16", 1))
    version = office.bring_in()
    office.test(version)
    examined(office)

    row = office.row(version)
    assert not row.passed
    said = [finding["en"] for finding in row.checks["findings"]]
    broken = next(text for text in said if text.startswith("INV-06"))
    assert "may be a child is not returned without a best-interests determination" in broken
    assert "Age in years: from 16" in broken
    assert "questions not answered" in broken
    assert row.differences
    lost = [one for one in row.differences["found"] if one["way"] == "loses"]
    assert "hold H.child" in {one["output"] for one in lost}
    assert all(one["words"]["en"] and one["words"]["ru"] for one in lost)
    with pytest.raises(NotAllowedNow):
        office.publish(version)
    assert office.row(in_force).state is PackState.IN_FORCE


def test_a_harmless_change_passes_and_is_published(office: Office) -> None:
    """A text is said otherwise and an office has a new telephone: nobody gains or loses."""
    office.edit(
        "kaz/agencies.yaml", lambda text: text.replace("ambulance 103", "ambulance 103, 112")
    )
    version = office.bring_in()
    office.test(version)
    examined(office)

    row = office.row(version)
    assert row.passed, row.checks
    assert row.differences
    assert row.differences["found"] == []
    office.publish(version)
    assert office.row(version).state is PackState.IN_FORCE
