"""Least times on line and off and long starts, beside the textbook's inequalities solved apart."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog
from tests.builders.nouns import asset, circle, context, parameters, plant, table
from tests.builders.studies import UNITS, on_a_circle, study

from headrace.core.components import Commitment
from headrace.core.errors import InputError
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.constraints import conversion, unit_commitment
from headrace.plan.model.constraints.least_times import sliding_windows
from headrace.plan.model.formulate import formulate
from headrace.plan.solve.solve import solve

PLANT = asset()
ALONE = UNITS.replace("    spinning_reserve: largest unit\n", "")


def asked(times: str) -> str:
    return ALONE.replace("start_cost: 30 USD/MW", f"start_cost: 30 USD/MW, {times}")


def textbook(load, up, down, hours):
    """The best profit of a plant of up to 8 MW [USD a year], written for itself.

    Of a MWh 50 - 20 - 18 are left, 2 USD an hour go for a MW on line, 30 for its start, 1,000 for
    having it. on[t], start[t] (on line in t + 1) and output[t] by hour, and the size at the end.
    """
    n, weight = len(load), 8760 / len(load)
    width = 3 * n + 1
    cost = np.concatenate([np.full(n, 2.0), np.full(n, 30.0), np.full(n, -12.0), [0.0]]) * weight
    cost[-1] = 1000.0
    rows, limits = [], []

    def at_most(limit, **terms):
        row = np.zeros(width)
        for name, pairs in terms.items():
            first = {"on": 0, "start": n, "output": 2 * n, "size": 3 * n}[name]
            for t, value in pairs:
                row[first + t] += value
        rows.append(row)
        limits.append(limit)

    for t in range(n):
        at_most(0, on=[(t, 1.0)], size=[(0, -1.0)])
        at_most(0, start=[(t, 1.0)], size=[(0, -1.0)])
        at_most(0, on=[((t + 1) % n, 1.0), (t, -1.0)], start=[(t, -1.0)])
        starting = [(k, 1.0) for k in range(t - hours, t)] if t >= hours else []
        at_most(0, output=[(t, 1.0)], on=[(t, -1.0)], start=starting)
        if t >= hours:
            early = [(k, -0.4) for k, _ in starting]
            at_most(0, output=[(t, -1.0)], on=[(t, 0.4)], start=early)
        if up > 1 and t >= up:
            at_most(0, start=[(k, 1.0) for k in range(t - up, t)], on=[(t, -1.0)])
        if down > 1 and t >= down:
            since = [(k, 1.0) for k in range(t - down, t)]
            at_most(0, start=since, on=[(t - down, 1.0)], size=[(0, -1.0)])
    bounds = [(0, None)] * (2 * n) + [(0, float(x)) for x in load] + [(0, 8.0)]
    found = linprog(cost, A_ub=np.array(rows), b_ub=limits, bounds=bounds, method="highs")
    assert found.status == 0
    return -found.fun


def ours(load, up, down, hours, method="auto"):
    text = asked(f"least_up: {up} h, least_down: {down} h, start_hours: {hours} h")
    problem = formulate(on_a_circle(text, tuple(load))).problem
    return solve(problem, SolverOptions(method=method, gap=1e-7))


def test_windows_slide_over_every_run_of_hours_and_not_over_its_end():
    """Two circles of five and three hours, windows of three: 3 + 1 of them, each ends elsewhere."""
    following = np.array([1, 2, 3, 4, 0, 6, 7, 5])
    cuts = [of.tolist() for of, _ in sliding_windows(following, 3)]
    assert cuts == [
        [0, 0, 0, -1, -1, 1, 1, 1],
        [-1, 0, 0, 0, -1, -1, -1, -1],
        [-1, -1, 0, 0, 0, -1, -1, -1],
    ]
    place = next(sliding_windows(following, 3))[1]
    assert place.tolist() == [0, 1, 2, -1, -1, 0, 1, 2]


def test_a_least_time_on_line_by_hand():
    """On for two hours: what was started in the two hours before stands beside what is on line."""
    here = context([PLANT], parameters(), circle(4))
    of = plant(PLANT, commitment=Commitment(least_up=2))
    conversion.add(here, of, 0, {})
    unit_commitment.add(here, of, 0)
    windows = table(here, "windows")
    assert windows[("least", "start")] == [0.0, 1.0, 1.0, 0.0]  # the family cut one hour later
    assert windows[("least", "running")] == [0.0, 0.0, 0.0, -1.0]


def test_nothing_is_written_where_nothing_is_asked():
    here = context([PLANT], parameters(), circle(4))
    of = plant(PLANT, commitment=Commitment(start_cost=3.0, least_up=1, least_down=1))
    conversion.add(here, of, 0, {})
    unit_commitment.add(here, of, 0)
    assert not here.windows
    assert "off" not in {label.kind for label in here.columns}


def test_a_start_of_two_hours_by_hand():
    """8 MW in four hours of eight, nothing else asked: on line two hours before, they burn 2 x 8 x
    2 USD more, 8,760 / 8 = 1,095 times a year.
    """
    load = np.array([0.0, 0, 0, 8, 8, 8, 8, 0])
    quick, slow = (ours(load, 0, 0, hours).low for hours in (0, 2))
    assert quick - slow == pytest.approx(2 * 8 * 2 * 1095)


@pytest.mark.parametrize("times", [(3, 0, 0), (0, 4, 0), (0, 0, 2), (3, 3, 1)])
@pytest.mark.parametrize("method", ["highs", "interior"])
def test_both_solvers_find_the_textbook_value(times, method):
    load = np.array([8, 8, 2, 8, 8, 0, 0, 2, 2, 0, 8, 8] * 2, dtype=float)
    plan, best = ours(load, *times, method=method), textbook(load, *times)
    assert plan.low == pytest.approx(best, rel=2e-7)
    assert plan.high == pytest.approx(best, rel=2e-7)


def test_least_times_cost_something_where_they_bind():
    load = np.array([8, 8, 8, 8, 0] * 4, dtype=float)
    free = ours(load, 0, 0, 0).low
    for times in ((5, 0, 0), (0, 5, 0), (0, 0, 2)):
        assert ours(load, *times).low < free - 1.0


@pytest.mark.slow
def test_300_random_systems_are_those_of_the_textbook():
    rng = np.random.default_rng(7)
    for k in range(300):
        load = rng.uniform(0, 8, int(rng.integers(8, 30))) * (rng.random() < 0.8)
        load = np.where(rng.random(len(load)) < 0.4, 0.0, load)
        times = (int(rng.integers(0, 6)), int(rng.integers(0, 6)), int(rng.integers(0, 3)))
        plan = ours(load, *times, method="interior" if k % 3 == 0 else "highs")
        assert plan.low == pytest.approx(textbook(load, *times), rel=1e-6, abs=1e-3), (load, times)


def test_hours_that_are_not_whole_are_refused():
    with pytest.raises(InputError, match="whole number of hours"):
        study(asked("least_up: 90 min"))
