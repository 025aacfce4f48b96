"""The loop with its safeguards: what ends it, and what it says then."""

import dataclasses

import numpy as np
import pytest
from tests.builders.problems import engine, random_problem
from tests.builders.studies import study

from headrace.core.errors import Infeasible, StoppedEarly
from headrace.plan.interior_point import certify, driver, solve
from headrace.plan.interior_point.driver import STOPPED, WORSE, WarmStartPolicy, _Run
from headrace.plan.lp.highs import FixedNode
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate


def test_a_plan_that_is_proved_too_dear_is_not_finished():
    problem = random_problem(5)
    best = solve(problem, SolverOptions(gap=1e-6))
    size = abs(best.upper)
    dear = solve(
        problem, SolverOptions(gap=1e-6), series=WarmStartPolicy(enough=best.lower - 0.01 * size)
    )
    assert dear.stopped == WORSE
    assert best.lower - 0.01 * size < dear.lower <= best.upper + 1e-9 * size
    assert dear.gap > best.gap
    assert (
        solve(
            problem,
            SolverOptions(gap=1e-6),
            series=WarmStartPolicy(enough=best.upper + 0.01 * size),
        ).stopped
        == ""
    )


ALIKE = """
study: alike
money: {discount: 8 %/a real}
horizon: {start: 2027-01, stages: [12 months, 24 months], terminal_value: false}
technologies: {engine: {variable: 33 USD/MWh, availability: 92 %}}
sites: {s: {build: {engines: {use: engine, at_most: 165 MW, stands: 165 MW}}}}
products:
  p: {kind: electricity, site: s, demand: 100 MW, price: 150 USD/MWh, availability: 99.9 %}
"""


def test_hours_that_are_all_alike_are_not_truncated_for_ever():
    """A flat load and one plant, 17,520 equal hours: leaving out the worst of them leaves out all,
    and the products went round for 160 iterations and more.
    """
    found = solve(formulate(expand(study(ALIKE))).problem, SolverOptions(gap=1e-3))
    assert found.stopped == ""
    assert found.iterations < 60


def test_a_watcher_hears_bounds_that_only_tighten():
    seen = []
    plan = solve(random_problem(8), SolverOptions(gap=1e-6), progress=seen.append)
    lower, upper = [s.lower for s in seen], [s.upper for s in seen]
    assert lower == sorted(lower)
    assert upper == sorted(upper, reverse=True)
    assert (seen[-1].lower, seen[-1].upper) == (plan.lower, plan.upper)
    assert [s.iteration for s in seen] == sorted(s.iteration for s in seen)


@pytest.mark.parametrize("seed", [3, 8])
def test_a_stopped_run_tells_its_own_gap(seed):
    seen = []
    options = SolverOptions(gap=1e-12)

    def enough():
        return any(np.isfinite(each.upper) for each in seen)

    plan = solve(random_problem(seed), options, progress=seen.append, stop=enough)
    assert plan.stopped == STOPPED
    assert plan.gap > 0
    assert plan.lower <= plan.upper


def test_an_iterate_is_kept_only_when_asked_for():
    problem = random_problem(8)
    assert solve(problem, SolverOptions(gap=1e-5)).memory is None
    numbers = solve(problem, SolverOptions(gap=1e-5), series=WarmStartPolicy(keep="numbers")).memory
    orders = solve(problem, SolverOptions(gap=1e-5), series=WarmStartPolicy(keep="orders")).memory
    assert numbers.nodes == ()
    assert len(orders.nodes) == len(problem.nodes)
    assert orders.curvature is not None


def test_a_start_from_a_plan_of_other_numbers_finds_the_new_plan():
    problem = random_problem(8)
    dearer = dataclasses.replace(
        problem, master=dataclasses.replace(problem.master, cost=1.05 * problem.master.cost)
    )
    options = SolverOptions(gap=1e-6)
    first = solve(problem, options, series=WarmStartPolicy(keep="numbers"))
    warm = solve(dearer, options, series=WarmStartPolicy(first.memory))
    cold = solve(dearer, options)
    assert warm.upper == pytest.approx(cold.upper, rel=1e-5)
    assert warm.gap <= 1e-6


def test_a_start_that_does_not_fit_is_passed_over():
    options = SolverOptions(gap=1e-5)
    other = solve(random_problem(3), options, series=WarmStartPolicy(keep="numbers"))
    plan = solve(random_problem(8), options, series=WarmStartPolicy(other.memory))
    assert plan.gap <= 1e-5


def test_runaway_duals_end_the_iteration_and_highs_names_the_clash():
    """7 must be served of at most 2: no plan; with the rescue the limits are named."""
    with pytest.raises(Infeasible, match="balance"):
        solve(engine(most=2.0, must=7.0), SolverOptions(runaway=10.0))


@pytest.mark.parametrize("seed", [22, 36, 88, 106])
def test_highs_operates_nothing_that_the_next_iterates_leave_to_the_fast_repair(seed, monkeypatch):
    """Asked at once (`repair_exact: [0.5, 0.5]`) HiGHS is called; later it is not needed."""
    called = []

    def counted(block):
        called.append(block.name)
        return FixedNode(block)

    monkeypatch.setattr(certify, "FixedNode", counted)
    problem = random_problem(seed)
    plan = solve(problem, SolverOptions(gap=1e-2))
    assert plan.gap <= 1e-2
    assert not called
    early = solve(problem, SolverOptions(gap=1e-2, repair_exact=(0.5, 0.5)))
    assert early.gap <= 1e-2
    assert called


@pytest.mark.parametrize(
    ("estimate", "failed", "asked"),
    [(6e-3, 20, False), (4e-3, 11, False), (4e-3, 12, True), (2e-5, 0, False), (9e-6, 0, True)],
)
def test_when_highs_operates_what_the_fast_repair_cannot(estimate, failed, asked):
    """At a gap of 1e-2: never above 5e-3, below it after 12 failures, below 1e-5 at once."""
    run = _Run.__new__(_Run)
    run.options, run.gap, run._unrepaired = SolverOptions(gap=1e-2), 1e-2, failed
    assert run.repair_exactly(estimate) is asked


def test_when_the_arithmetic_ends_highs_operates_the_last_iterate(monkeypatch):
    """The run of seed 22 near its gap, where the next iteration cannot be made any more."""
    problem, options = random_problem(22), SolverOptions(gap=1e-2, rescue_columns=0)
    whole, iterations, made = solve(problem, options), 0, driver.iterate

    def ending(tree):
        nonlocal iterations
        iterations += 1
        if iterations == whole.iterations - 2:
            raise FloatingPointError("no more")
        return made(tree)

    monkeypatch.setattr(driver, "iterate", ending)
    plan = solve(problem, options)
    assert plan.gap <= 1e-2
    assert plan.stopped == ""
    monkeypatch.setattr(_Run, "repair_last", lambda run: None)
    iterations = 0
    with pytest.raises(StoppedEarly, match="no more"):
        solve(problem, options)


def test_where_steps_spoil_the_orders_those_that_came_nearest_are_operated(monkeypatch):
    """The same run, whose last steps go wrong before the arithmetic ends: a store held from both
    sides spoilt a random study so, and it ended without a plan.
    """
    problem = random_problem(22)
    options = SolverOptions(gap=1e-2, rescue_columns=0, acceptable_gap=0.2)
    whole, iterations, made = solve(problem, options), 0, driver.iterate

    def spoiling(tree):
        nonlocal iterations
        iterations += 1
        if iterations >= whole.iterations:
            raise FloatingPointError("no more")
        report = made(tree)
        if iterations == whole.iterations - 1:
            tree.master.orders[:] = 1e9
            return dataclasses.replace(report, products=1e9 * report.products)
        return report

    monkeypatch.setattr(driver, "iterate", spoiling)
    plan = solve(problem, options)
    assert np.isfinite(plan.upper)
    assert plan.lower <= whole.upper <= plan.upper <= whole.upper + 0.2 * abs(whole.upper)
    iterations = 0
    with pytest.raises(StoppedEarly, match="no more"):
        solve(problem, options.but(acceptable_gap=0.0))
