"""The law of the noise is exact, and a plan costs what it says."""

from __future__ import annotations

import hmac
from decimal import Decimal, localcontext
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.disclosure.errors import UnknownDimension
from workflows.disclosure.noise import BITS, keyed, label, law
from workflows.disclosure.plan import (
    LEAN,
    Plan,
    Planned,
    Span,
    ends_with,
    epsilon_of,
    lean,
    months_of,
    period_of,
    rho_of,
)

SIGMAS = [Decimal("0.5"), Decimal("1.4"), Decimal("19.46")]


def mac(data: bytes) -> bytes:
    return hmac.digest(b"a key", data, "sha256")


@pytest.mark.parametrize("sigma", SIGMAS)
def test_the_law_is_the_discrete_gaussian_to_the_last_bit_but_ten(sigma: Decimal) -> None:
    found = law(sigma)
    with localcontext() as context:
        context.prec = 80
        reach = found.most + 200
        weights = {x: (-(Decimal(x) ** 2) / (2 * sigma**2)).exp() for x in range(-reach, reach + 1)}
        total, below = sum(weights.values()), Decimal(0)
        for x in range(-reach, found.least):
            below += weights[x]
        assert below / total < Decimal(2) ** -118
        for at, cumulative in enumerate(found.cumulative):
            below += weights[found.least + at]
            share = Decimal(cumulative) / (Decimal(2) ** BITS)
            assert abs(share - below / total) < Decimal(2) ** -117
    assert found.cumulative[-1] == 1 << BITS


@pytest.mark.parametrize("sigma", SIGMAS)
def test_draws_follow_the_law(sigma: Decimal) -> None:
    """Chi squared over the middle of the law; the draws are always the same, so this is no matter of luck."""
    number, found = 20_000, law(sigma)
    draws = [keyed(mac, sigma, "draw", n) for n in range(number)]
    middle = range(-int(2 * sigma), int(2 * sigma) + 1)
    expected = [number * found.chance(x) for x in middle]
    seen = [draws.count(x) for x in middle]
    squared = sum((s - e) ** 2 / e for s, e in zip(seen, expected, strict=True))
    freedom = len(middle)
    assert squared < freedom + 4 * sqrt(2 * freedom)
    assert abs(sum(draws) / number) < 4 * float(sigma) / sqrt(number)
    assert sum(found.chance(x) for x in range(found.least, found.most + 1)) == pytest.approx(1)


def test_the_smallest_and_the_largest_digest() -> None:
    found = law(Decimal(3))
    assert found.draw(bytes(32)) == found.least
    assert found.draw(b"\xff" * 32) == found.most
    with pytest.raises(ValueError, match="shorter"):
        found.draw(b"short")
    for sigma in (Decimal("0.1"), Decimal(0), Decimal(-1), Decimal(20_000)):
        with pytest.raises(ValueError, match="sigma"):
            law(sigma)


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_labels_of_different_parts_differ(one: list[str], other: list[str]) -> None:
    assert (label(*one) == label(*other)) == (one == other)


@given(st.floats(0.01, 10))
def test_epsilon_and_rho_are_the_same_budget(epsilon: float) -> None:
    assert epsilon_of(rho_of(epsilon)) == pytest.approx(epsilon)


@pytest.mark.parametrize(
    ("epsilon", "rho", "person", "household"),
    [(0.5, 0.0033, 0.033, 0.16), (1, 0.0132, 0.065, 0.32), (2, 0.0515, 0.128, 0.58), (4, 0.196, 0.246, 0.88)],
)  # fmt: skip
def test_a_plan_costs_what_the_design_says(
    epsilon: float, rho: float, person: float, household: float
) -> None:
    plan = lean(epsilon)
    assert plan.rho == pytest.approx(rho, rel=0.02)
    assert plan.advantage() == pytest.approx(person, abs=0.002)
    assert plan.advantage(5) == pytest.approx(household, abs=0.01)


@pytest.mark.parametrize("epsilon", [0.5, 1, 2])
def test_all_tables_together_stay_within_the_budget(epsilon: float) -> None:
    plan = lean(epsilon)
    spent = sum(table.most / (2 * float(plan.sigma) ** 2) for table in plan.tables)
    assert spent <= plan.rho
    assert spent > 0.99 * plan.rho
    assert plan.threshold >= max(10, 3 * plan.sigma)


def test_a_plan_of_few_tables_has_less_noise() -> None:
    small = Plan("one", LEAN[:1], rho_of(1))
    assert small.sigma < lean().sigma / 3
    assert small.error < lean().error


def test_periods() -> None:
    assert months_of(Span.QUARTER, "2026-Q2") == ("2026-04", "2026-05", "2026-06")
    assert len(months_of(Span.YEAR, "2026")) == 12
    for span in Span:
        for month in months_of(Span.YEAR, "2026"):
            period = period_of(span, month)
            assert month in months_of(span, period)
            assert ends_with(span, month) == (months_of(span, period)[-1] == month)


def test_a_table_of_nothing_or_of_something_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match="dimension"):
        Planned("x", Span.MONTH, ())
    with pytest.raises(UnknownDimension):
        Planned("x", Span.MONTH, ("surname",))
