"""Offers under guarantees: optimum, prices, conflicts, and the online version."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import Infeasible, InputError
from headrace.rights.offering.allocation import Allocation, aggregate, allocate, groups_of
from headrace.rights.offering.conflict import smallest_conflict
from headrace.rights.offering.offers import Group, Offers, feasible
from headrace.rights.offering.online import run_online
from headrace.rights.terms_yaml import parse_licences


def offers(utility: list[list[float]], slots: list[float], groups: tuple[Group, ...]) -> Offers:
    values = np.array(utility)
    names = (
        tuple(f"s{i}" for i in range(values.shape[0])),
        tuple(f"w{i}" for i in range(values.shape[1])),
    )
    return Offers(
        *names, np.array(slots, dtype=float), values, np.ones(values.shape, dtype=bool), groups
    )


def made(seed: int, groups: int = 6) -> Offers:
    """A month of 2.4 million slots in 12 segments, 40 works in groups of some."""
    draw = np.random.default_rng(seed)
    utility, slots = (
        draw.lognormal(0, 1, (12, 40)),
        draw.integers(100_000, 300_000, 12).astype(float),
    )
    each = [tuple(int(w) for w in np.flatnonzero(draw.random(40) < 0.15)) for _ in range(groups)]
    some = tuple(
        Group(f"g{i}", works, slots.sum() * draw.uniform(0.01, 0.08), slots.sum() * 0.3)
        for i, works in enumerate(each)
        if works
    )
    eligible = draw.random((12, 40)) < 0.8
    return replace(offers(utility.tolist(), slots.tolist(), some), eligible=eligible)


def test_by_hand() -> None:
    """10 slots, works worth 5 and 3.

    A guarantee of 4 for the second costs 4 x (5 - 3) = 8: 50 becomes 42, price 2.
    """
    done = allocate(offers([[5.0, 3.0]], [10.0], (Group("b", (1,), 4.0),)))
    assert done.offers.tolist() == [[6.0, 4.0]]
    assert (done.value, done.guarantee_price.tolist(), done.slot_price.tolist()) == (
        42.0,
        [2.0],
        [5.0],
    )
    capped = allocate(offers([[5.0, 3.0]], [10.0], (Group("a", (0,), 0.0, 7.0),)))
    assert (capped.value, capped.cap_price.tolist()) == (44.0, [2.0])


def value_at(problem: Offers, group: int, at_least: float) -> float:
    groups = tuple(
        replace(g, at_least=at_least) if i == group else g for i, g in enumerate(problem.groups)
    )
    return allocate(replace(problem, groups=groups)).value


@pytest.mark.parametrize("seed", range(6))
def test_a_price_is_the_finite_difference(seed: int) -> None:
    """Value lost by one more guaranteed offer and gained by one less bracket the price; to 1e-6."""
    problem = made(seed)
    done = allocate(problem)
    for i, group in enumerate(problem.groups):
        assert done.exposure[i] >= group.at_least - 1e-6
        gained = value_at(problem, i, group.at_least - 1.0) - done.value
        lost = done.value - value_at(problem, i, group.at_least + 1.0)
        assert gained - 1e-6 <= done.guarantee_price[i] <= lost + 1e-6
        assert done.guarantee_price[i] == pytest.approx(lost, abs=1e-6)


def test_whole_numbers_come_by_themselves_where_groups_do_not_overlap() -> None:
    draw = np.random.default_rng(4)
    groups = tuple(
        Group(f"g{i}", tuple(range(4 * i, 4 * i + 4)), 3_000.0 + i, 40_000.0) for i in range(5)
    )
    done = allocate(
        offers(draw.random((8, 20)).tolist(), draw.integers(5_000, 20_000, 8).tolist(), groups)
    )
    assert np.abs(done.offers - np.rint(done.offers)).max() < 1e-9


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(1.0, 60.0), min_size=2, max_size=5), st.integers(0, 2**16))
def test_the_conflict_is_the_smallest_one(wanted: list[float], seed: int) -> None:
    """Against all subsets, smallest first."""
    draw = np.random.default_rng(seed)
    eligible = draw.random((3, len(wanted))) < 0.6
    problem = replace(
        offers(
            draw.random((3, len(wanted))).tolist(),
            [20.0, 25.0, 30.0],
            tuple(Group(f"g{i}", (i,), m) for i, m in enumerate(wanted)),
        ),
        eligible=eligible,
    )
    found = smallest_conflict(problem)
    sizes = [
        k
        for k in range(1, len(wanted) + 1)
        for some in combinations(problem.groups, k)
        if not feasible(problem, some)
    ]
    if not sizes:
        assert found == ()
        assert isinstance(allocate(problem), Allocation)
        return
    assert len(found) == min(sizes)
    assert not feasible(problem, found)
    for some in combinations(found, len(found) - 1):
        assert feasible(problem, some)
    with pytest.raises(Infeasible) as caught:
        allocate(problem)
    assert len(caught.value.clashes) == min(sizes)


def test_a_conflict_through_a_cap() -> None:
    """The guarantee of 9 for a is at odds with a's own cap of 8, and with no other guarantee."""
    groups = (Group("a", (0,), 9.0), Group("cap of a", (0,), 0.0, 8.0), Group("b", (1,), 5.0))
    with pytest.raises(Infeasible) as caught:
        allocate(offers([[1.0, 1.0]], [100.0], groups))
    assert caught.value.clashes == ("a",)


def test_what_is_refused() -> None:
    for bad in (
        Group("g", (9,), 1.0),
        Group("g", (0, 0), 1.0),
        Group("g", (0,), -1.0),
        Group("g", (0,), float("nan")),
        Group("g", (0,), 0.0, -1.0),
    ):
        with pytest.raises(InputError):
            allocate(offers([[1.0]], [1.0], (bad,)))
    for utility, slots in (([[float("nan")]], [1.0]), ([[1.0]], [-1.0]), ([[1.0]], [1.0, 2.0])):
        with pytest.raises(InputError):
            allocate(offers(utility, slots, ()))


def test_online_keeps_guarantees_and_caps_and_comes_near_the_optimum() -> None:
    """20,000 slots drawn from the segments; the optimum knows them all beforehand."""
    draw = np.random.default_rng(1)
    utility = draw.random((5, 12))
    arrivals = draw.integers(0, 5, 20_000)
    groups = (
        Group("fear", (3,), 2_000.0),
        Group("few", (5, 6), 1_000.0, 3_000.0),
        Group("star", (int(utility.sum(axis=0).argmax()),), 0.0, 4_000.0),
    )
    problem = offers(
        utility.tolist(), np.bincount(arrivals, minlength=5).astype(float).tolist(), groups
    )
    best, online = allocate(problem), run_online(problem, arrivals)
    assert (online.owed == 0).all()
    assert all(e <= g.at_most for e, g in zip(online.exposure, groups))
    assert 0.98 * best.value <= online.value <= best.value + 1e-6
    assert online.guarantee_price == pytest.approx(best.guarantee_price, abs=0.1)


def test_guarantees_come_from_the_register() -> None:
    found = parse_licences(
        "licences:\n"
        "- {id: fox, work: Fox, holder: a, term: 2026-01..2026-12, min_exposure: 2 %/month}\n"
        "- {id: owl, work: Owl, holder: b, term: 2026-01..2026-12}\n"
    )
    assert groups_of(found, ("Owl", "Fox"), 50_000.0) == (Group("fox", (1,), 1_000.0),)


def test_users_who_are_alike_aggregate() -> None:
    total, mean = aggregate(
        np.array([0, 1, 0]), np.array([2, 3, 4]), np.array([[1.0], [5.0], [1.0]]), 2
    )
    assert total.tolist() == [6.0, 3.0]
    assert mean.tolist() == [[1.0], [5.0]]
