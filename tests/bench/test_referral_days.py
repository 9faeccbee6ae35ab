"""A small world of the simulation: nothing urgent is left to nobody, and nothing waits for ever."""

from __future__ import annotations

from collections.abc import Callable

from bench.referral_days import simulate


def test_four_days_with_a_third_of_agencies_silent(figure: Callable[[str], None]) -> None:
    found = simulate(100, 4)
    figure(
        f"simulation: {found.referrals} referrals, {found.days} days, urgent unopened and held by "
        f"nobody {found.unheld}, dead ends {found.dead_ends}, moves walked {found.moves} of "
        f"{found.of_moves}"
    )
    assert found.referrals >= 100
    assert (found.unheld, found.dead_ends) == (0, 0)
    assert found.states.get("no_answer"), "the silent were silent"
    assert found.moves >= 15
