"""The rival is dated, sourced, scaled, and cut to what the study allows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from tests.builders.analysed import CAMPUS, TREE, analysed
from tests.builders.problems import random_problem

from headrace.core.ids import AssetKind
from headrace.plan.analysis.deep.regret import regret
from headrace.plan.analysis.deep.rival import (
    dated_orders,
    first_to_arrive,
    hall_power,
    nearest_feasible,
    rival_orders,
    timeline,
)
from headrace.plan.lp.fix_orders import held
from headrace.plan.results.dispatch import ordered
from headrace.plan.solve.solve import solve


def test_the_rival_s_timeline_is_dated_and_sourced() -> None:
    states = timeline()
    halls = [s.share for s in states if s.asset == "hall"]
    assert halls == sorted(halls)
    assert halls[-1] == 1
    assert all(s.source and s.status in ("fact", "estimate", "assumption") for s in states)
    assert max(s.month for s in states) == 29


def test_the_rival_is_copied_within_the_limits_and_never_beats_the_plan() -> None:
    g = analysed(CAMPUS)
    problem = g.formulation.problem
    found = rival_orders(g.formulation, g.plan)
    assert found is not None
    assert 20 <= found.size <= 60
    assert (found.values <= problem.master.upper[found.columns] + 1e-9).all()
    orders, assets = g.formulation.orders, g.formulation.system.assets
    placed = {
        assets[orders[i].asset].id.name: v for i, v in zip(found.columns, found.values) if v > 0
    }
    assert placed["engines"] == pytest.approx(min(10.0, 0.428 * found.size), rel=1e-6)
    lost = regret(g, "rival")
    assert lost.regret is not None
    assert lost.regret.low >= 0
    assert lost.regret.high > 0
    assert len(lost.leaves) == 1


def test_the_nearest_orders_keep_every_limit() -> None:
    g = analysed(TREE)
    problem = g.formulation.problem
    columns = np.flatnonzero(problem.master.node == 0)
    near = nearest_feasible(problem, columns, np.full(len(columns), 1000.0))
    assert solve(held(problem, columns, near)).low <= g.plan.high
    assert near.max() <= 8 + 1e-9


def test_the_rival_orders_as_late_as_the_lead_time_allows():
    """Halls of 100 MW with a lead of 12 months, 20 MW of which stand: each state of the timeline
    beyond 20 % is ordered a year before its date, in the node that has begun by then.
    """
    g = analysed(CAMPUS)
    assets = g.formulation.system.assets
    k = first_to_arrive(g.formulation, "here", AssetKind.HALL)
    placed = dated_orders(g.formulation, "hall", assets[k], 100.0)
    assert sum(placed.values()) == pytest.approx(100.0 - 20.0)
    assert set(placed) <= {n.start for n in g.formulation.nodes}
    early = max(s.share for s in timeline() if s.asset == "hall" and s.month - 12 < 12)
    assert placed[0.0] == pytest.approx(100 * early - 20)
    assert first_to_arrive(g.formulation, "nowhere", AssetKind.HALL) is None


def test_hall_power_is_the_mean_over_the_branches():
    """What stands and what is ordered on the only branch: between the 20 MW there and the 60
    allowed.
    """
    g = analysed(CAMPUS)
    amounts = ordered(g.formulation, g.plan.solution)
    halls = [
        a
        for a, o in zip(amounts, g.formulation.orders)
        if g.formulation.system.assets[o.asset].kind is AssetKind.HALL
    ]
    assert hall_power(g.formulation, g.plan) == {"here": pytest.approx(20.0 + sum(halls))}


@given(st.lists(st.floats(0.0, 50.0), min_size=2, max_size=2))
def test_orders_that_are_allowed_are_their_own_nearest(wanted):
    """In a box of 100 with no rows, what is wanted is what is found."""
    problem = random_problem(3)
    master = replace(
        problem.master,
        upper=np.full(len(problem.master.cost), 100.0),
        unit=np.zeros(len(problem.master.cost)),
        rows=(),
        matrix=csr_array((0, len(problem.master.cost))),
        rhs=np.zeros(0),
    )
    found = nearest_feasible(replace(problem, master=master), np.array([0, 1]), np.array(wanted))
    assert found == pytest.approx(wanted, abs=1e-6)
