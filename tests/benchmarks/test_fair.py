"""The rule by which peers are judged: own prices, own orders, our certificate."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.builders.problems import daily_engine

from headrace.plan.lp import highs

SCRIPTS = Path(__file__).parents[2] / "benchmarks"
PROBLEM = daily_engine(3)


@pytest.fixture(scope="module")
def fair():
    """The module as the benchmark imports it; what it sets in the environment is taken back."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            patch.setenv(name, "1")
        patch.syspath_prepend(str(SCRIPTS))
        yield importlib.import_module("fair")


def test_the_optimum_has_no_gap_and_wrong_prices_or_orders_have_one(fair):
    best = highs.solve(PROBLEM)
    assert fair.judged(PROBLEM, best.master, best.nodes)["gap"] == pytest.approx(0, abs=1e-7)
    nodes = tuple(replace(n, rows=0.9 * n.rows) for n in best.nodes)
    assert fair.judged(PROBLEM, best.master, nodes)["gap"] > 1e-3
    assert fair.judged(PROBLEM, 0.9 * best.master, best.nodes)["gap"] > 1e-3


def test_orders_alone_are_judged_under_the_best_bound(fair):
    best = highs.solve(PROBLEM)
    told = fair.judged(PROBLEM, best.master, best.nodes)
    assert fair.gap_of_orders(told, told["lower"]) == pytest.approx(0, abs=1e-7)
    assert fair.gap_of_orders({"upper": None}, 0.0) == np.inf
    assert fair.gap_of_orders({"upper": 110.0}, 99.0) == pytest.approx(0.1)


def test_the_fastest_run_that_is_good_enough_counts(fair):
    runs = [{"cpu_s": 9.0}, {"cpu_s": 1.0}, {"cpu_s": 3.0}]
    assert fair.fastest_at(runs, [1e-5, 1e-2, 1e-4], 1e-3) == {"cpu_s": 3.0}
    assert fair.fastest_at(runs, [1.0, 1.0, 1.0], 1e-3) is None


def test_runs_end_with_the_one_that_needs_more_than_its_time(fair):
    spent = iter([{"wall_s": 1.0}, {"wall_s": 400.0}])
    told = fair.tried(lambda *_: next(spent), "hipdlp", 50.0)
    assert [run["wall_s"] for run in told] == [1.0, 400.0]


def test_another_solver_than_the_named_one_is_no_row(fair):
    form = fair.extensive(PROBLEM)
    with pytest.raises(RuntimeError, match="did not answer"):
        fair._highs(form, {"solver": "hipdlp", "presolve": "on", "pdlp_iteration_limit": 0}, 5.0)


def test_a_seed_moves_costs_and_nothing_else(fair):
    moved = fair.seeded(PROBLEM, 1)
    assert fair.seeded(PROBLEM, 0) is PROBLEM
    assert not np.array_equal(moved.master.cost, PROBLEM.master.cost)
    assert np.abs(moved.master.cost / PROBLEM.master.cost - 1).max() <= 0.05
    assert moved.nodes[0].row_rhs is PROBLEM.nodes[0].row_rhs
