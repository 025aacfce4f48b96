"""Menus: the lottery optimum, its residuals, packs against it, and the tariffs beside it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.market.menus import (
    Types,
    best_menu,
    chosen,
    ordered_packs,
    quadratic_types,
    searched_packs,
)
from headrace.market.tariffs import PeopleSpread, compare, types_of


def random_types(seed: int, people=6, steps=5) -> Types:
    """Types in no order: values rise and flatten, differently for each."""
    rng = np.random.default_rng(seed)
    gains = np.sort(rng.exponential(size=(people, steps)), axis=1)[:, ::-1]
    values = np.concatenate([np.zeros((people, 1)), gains.cumsum(axis=1)], axis=1)
    return Types(rng.dirichlet(np.ones(people)), np.arange(steps + 1.0), values)


@given(st.integers(0, 10_000), st.floats(0.05, 1.5))
@settings(max_examples=25, deadline=None)
def test_no_menu_earns_more_than_the_best_and_nobody_would_rather_be_another(seed, cost):
    types = random_types(seed)
    best = best_menu(types, cost)
    assert best.ic <= 1e-6
    assert best.ir <= 1e-6
    assert best.surplus >= -1e-9
    first_best = types.shares @ (types.values - cost * types.quantities).max(axis=1)
    assert best.profit + best.surplus <= first_best + 1e-9
    packs = [one.outcome.profit for one in searched_packs(types, cost, 3)]
    assert packs == sorted(packs)  # one more pack never earns less
    assert packs[-1] <= best.profit + 1e-9
    rng = np.random.default_rng(seed)
    for _ in range(5):
        places = rng.choice(np.arange(1, 6), 2, replace=False)
        payments = rng.uniform(0, 4, 2)
        assert chosen(types, places, payments, cost).profit <= best.profit + 1e-9


def test_a_single_type_pays_all_it_is_worth():
    types = Types(np.ones(1), np.array([0.0, 1, 2]), np.array([[0.0, 3, 4]]))
    best = best_menu(types, 1.5)
    assert best.profit == pytest.approx(1.5)  # the second use is worth 1 and costs 1.5
    assert best.surplus == pytest.approx(0.0)


def test_what_people_choose_is_what_they_like_best_ties_to_the_seller():
    types = Types(np.array([0.5, 0.5]), np.array([0.0, 1, 2]), np.array([[0, 2, 3], [0, 1, 1.5]]))
    found = chosen(types, np.array([1, 2]), np.array([1.0, 2.0]), 0.1)
    # the first likes both equally (a surplus of 1), and takes the one that earns more
    assert found.taken.tolist() == [0.5, 0.5]
    assert found.profit == pytest.approx(0.5 * (2 - 0.2) + 0.5 * (1 - 0.1))
    assert found.surplus == pytest.approx(0.5)
    nobody = chosen(types, np.array([1]), np.array([5.0]), 0.1)
    assert (nobody.buyers, nobody.profit, nobody.surplus) == (0.0, 0.0, 0.0)
    for free in (chosen(types, np.array([0, 2]), np.zeros(2), 0.1),):
        assert free.profit == pytest.approx(-0.2)
        assert free.buyers == 1.0


@pytest.mark.parametrize("seed", range(5))
def test_dynamic_programming_and_search_agree_on_types_in_order(seed):
    rng = np.random.default_rng(seed)
    thetas = np.sort(rng.uniform(0.1, 1, 12))
    types = quadratic_types(thetas, rng.dirichlet(np.ones(12)), np.linspace(0, 1, 13))
    exact = ordered_packs(types, 0.15, 3)
    searched = [one.outcome.profit for one in searched_packs(types, 0.15, 3)]
    assert searched == pytest.approx(exact, rel=0.02)
    assert (np.array(searched) <= exact + 1e-12).all()
    assert exact[-1] <= best_menu(types, 0.15).profit + 1e-12


def test_types_without_an_order_are_refused_where_order_is_needed():
    crossing = Types(np.array([0.5, 0.5]), np.array([0.0, 1, 2]), np.array([[0, 1, 5], [0, 2, 3]]))
    with pytest.raises(InputError, match="single crossing"):
        ordered_packs(crossing, 0.1, 2)


@pytest.mark.parametrize(
    ("shares", "grid", "values", "told"),
    [
        ([0.5, 0.4], [0, 1], [[0, 1], [0, 2]], "do not add up"),
        ([1.0], [1, 2], [[0, 1]], "rising from 0"),
        ([1.0], [0, 1], [[0, 1, 2]], "values of shape"),
        ([1.0], [0, 1], [[1, 2]], "nothing has a value"),
    ],
)
def test_types_that_cannot_be_are_refused(shares, grid, values, told):
    with pytest.raises(InputError, match=told):
        Types(np.array(shares), np.array(grid, float), np.array(values, float))


def test_too_many_types_for_the_program_are_refused():
    with pytest.raises(InputError, match="at most 250"):
        best_menu(quadratic_types(np.ones(251), np.full(251, 1 / 251), np.array([0, 1.0])), 0.1)


@pytest.fixture(scope="module")
def types() -> Types:
    worth, wanted = (PeopleSpread("lognormal", *n) for n in ((0.10, 1.3), (12.0, 1.6)))
    return types_of(worth, wanted, 5, [300.0])


@pytest.mark.parametrize("cost", [0.05, 0.26, 1.3])
def test_every_tariff_is_a_share_of_the_best(types, cost):
    found = compare(types, cost, packs=2, free_cap=300.0, ad=0.0)
    rows = {row.name: row for row in found.rows}
    assert max(found.ic, found.ir) <= 1e-6
    for row in found.rows:
        assert row.share <= 1 + 1e-9
        assert row.welfare <= found.first_best + 1e-9
        assert row.surplus >= -1e-12
    assert rows["per use at cost"].welfare == pytest.approx(found.first_best)
    assert rows["two-part"].profit >= rows["per use"].profit - 1e-12
    assert rows["2 packs"].profit >= rows["one pack"].profit
    assert rows["free with a cap"].profit < 0


def test_ads_pay_for_what_is_free(types):
    plain, ads = (
        compare(types, 0.05, packs=1, free_cap=300.0, ad=a).rows[0].profit for a in (0.0, 0.06)
    )
    assert plain < 0 < ads


def test_at_a_cost_above_all_worth_nobody_buys_and_that_is_said(types):
    found = compare(types, 1e6, packs=1, free_cap=None, ad=0.0)
    assert "no tariff earns anything" in " ".join(found.notes)
    assert any("nobody takes it" in note for note in found.notes)
    assert all(math.isnan(row.share) for row in found.rows)


def test_parts_keep_the_mean_and_an_infinite_one_is_refused():
    values, shares = PeopleSpread("lognormal", 12.0, 1.0).parts(12)
    assert shares @ values == pytest.approx(12 * math.exp(0.5), rel=1e-3)
    values, shares = PeopleSpread("pareto", 3.0, 3.0).parts(12)
    assert shares @ values == pytest.approx(4.5, rel=0.1)
    with pytest.raises(InputError, match="its mean is infinite"):
        PeopleSpread("pareto", 3.0, 1.0).parts(8)
    with pytest.raises(InputError, match="above 0"):
        PeopleSpread("lognormal", 0.0, 1.0).parts(8)
    with pytest.raises(InputError, match="cost"):
        compare(random_types(0), 0.0, packs=1, free_cap=None, ad=0.0)


def test_creators_make_a_use_dearer(types):
    """A seller who keeps 75 % at 0.12 USD a use chooses as one of 0.16 who keeps all, and earns
    three quarters of it; a third of that and a third of the cost are the creators'.
    """
    paid = compare(types, 0.12, packs=2, free_cap=300.0, ad=0.06, creators=0.25)
    whole = compare(types, 0.16, packs=2, free_cap=300.0, ad=0.06)
    for one, other in zip(paid.rows, whole.rows):
        assert one.terms == other.terms
        assert one.profit == pytest.approx(0.75 * other.profit, abs=1e-12)
        taken = other.profit + 0.16 * other.use  # what users and advertisers pay
        assert one.profit + one.creators + 0.12 * one.use == pytest.approx(taken, abs=1e-9)
        assert one.creators == pytest.approx(0.25 * taken, abs=1e-9)
        if "free" not in one.name:
            assert one.welfare <= paid.first_best + 1e-9
    with pytest.raises(InputError, match="below 100 %"):
        compare(types, 0.12, packs=1, free_cap=None, ad=0.0, creators=1.0)
