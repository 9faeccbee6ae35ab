"""Exact files put together: nothing small is told by one, by several, or by their difference."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workflows.disclosure.attack_exact import exact_subtraction, partners
from workflows.disclosure.cubes import Fact
from workflows.disclosure.dimensions import Dimension, dimension
from workflows.disclosure.errors import FiguresMoved, WouldDisclose
from workflows.disclosure.exact import Compare, Decided, Wanted, decide
from workflows.disclosure.exact_atoms import system_of
from workflows.disclosure.exact_cliques import cliques_of, links_of
from workflows.disclosure.exact_files import ExactFile, Ground, as_json, of_json
from workflows.disclosure.exact_solver import Model, ranges
from workflows.disclosure.grids import Policy

POSTS = ("east", "north", "south", "west")
SEX = dimension("sex")
POLICY = Policy(k=10)
GROUND = Ground({"time": ("2026-01/", "2026-02/", "2026-03/"), "post": POSTS, "sex": SEX.codes})


def facts(*rows: tuple[str, str, str, int]) -> list[Fact]:
    return [Fact({"time": f"{t}/", "post": p, "sex": s}, n) for t, p, s, n in rows]


def quarter(extra: int = 4) -> list[Fact]:
    """Two months with many persons, and one with `extra` women at each post."""
    found = []
    for post in POSTS:
        found += [("2026-01", post, "F", 60), ("2026-01", post, "M", 70)]
        found += [("2026-02", post, "F", 40), ("2026-02", post, "M", 50)]
        found += [("2026-03", post, "F", extra), ("2026-03", post, "M", 30)]
    return facts(*found)


def ask(
    months: tuple[str, ...],
    earlier: list[ExactFile],
    population: list[Fact],
    columns: Dimension | None = SEX,
    posts: tuple[str, ...] = POSTS,
    compare: Compare | None = None,
) -> Decided:
    within = {"time": frozenset(f"{m}/" for m in months), "post": frozenset(posts)}
    wanted = Wanted(within, ((Dimension("post", posts), columns),))
    made = decide(wanted, earlier, GROUND, population, POLICY, compare or Compare())
    earlier.append(made.file)
    return made


def test_what_a_longer_period_leaves_of_shorter_ones_is_not_told() -> None:
    """March has four women at each post: the quarter less January and February would tell it."""
    earlier: list[ExactFile] = []
    population = quarter()
    for month in ("2026-01", "2026-02"):
        assert ask((month,), earlier, population).tables[0].cells["east", "F"] is not None
    alone: list[ExactFile] = []
    told = ask(("2026-01", "2026-02", "2026-03"), alone, population).tables[0]
    assert told.cells["east", "F"] == 104

    try:
        made = ask(("2026-01", "2026-02", "2026-03"), earlier, population)
    except WouldDisclose:
        return
    assert made.repaired > 0
    assert all(made.tables[0].cells[post, "F"] is None for post in POSTS)


def test_a_month_with_a_few_persons_alone_is_refused() -> None:
    earlier: list[ExactFile] = []
    few = [one for one in quarter() if one.codes["time"] != "2026-03/"]
    few += facts(("2026-03", "east", "F", 3))
    ask(("2026-01", "2026-02"), earlier, few, None)
    with pytest.raises(WouldDisclose):
        ask(("2026-01", "2026-02", "2026-03"), earlier, few, None)


def test_all_but_one_post_does_not_tell_of_the_post() -> None:
    earlier: list[ExactFile] = []
    population = [one for one in quarter() if one.codes["post"] != "west"]
    population += facts(("2026-01", "west", "F", 2), ("2026-01", "west", "M", 3))
    ask(("2026-01",), earlier, population, SEX)
    with pytest.raises(WouldDisclose):
        ask(("2026-01",), earlier, population, None, posts=POSTS[:3])


def test_what_has_changed_since_is_not_told_again() -> None:
    earlier: list[ExactFile] = []
    ask(("2026-01",), earlier, quarter())
    ask(("2026-01",), earlier, quarter())
    corrected = [*quarter(), *facts(("2026-01", "east", "F", 1))]
    with pytest.raises(FiguresMoved):
        ask(("2026-01",), earlier, corrected)


def test_files_of_other_persons_change_nothing() -> None:
    earlier: list[ExactFile] = []
    population = quarter()
    first = ask(("2026-01",), [], population)
    ask(("2026-02",), earlier, population)
    again = ask(("2026-01",), earlier, population)
    assert (again.tables, again.compared) == (first.tables, 0)


def test_a_file_is_kept_and_opened_as_it_was() -> None:
    made = ask(("2026-01",), [], quarter())
    assert of_json(as_json(made.file)) == made.file


def test_no_small_group_is_pinned_by_all_files_together(figure: Callable[[str], None]) -> None:
    made = partners(3_000, 11)
    assert exact_subtraction(made).right == 0
    system = system_of(made.files, made.ground, made.facts, POLICY)
    wide = [high - low for low, high in ranges(Model(system), system.groups)]
    assert wide
    assert min(wide) >= 1
    figure(f"exact files attacked: {len(made.files)} made, {made.refused} refused")


def test_a_ring_of_tables_is_one_clique_and_a_chain_is_not() -> None:
    chain, ring = cliques_of(["ab", "bc", "cd"]), cliques_of(["ab", "bc", "ca"])
    assert sorted(map(sorted, chain)) == [["a", "b"], ["b", "c"], ["c", "d"]]
    assert ring == [frozenset("abc")]
    linked = [chain[a] & chain[b] for a, b in links_of(chain)]
    assert sorted(map(sorted, linked)) == [["b"], ["c"]]
