"""The formulas of the theory pages, written down densely and compared with the code.

The Newton system of the interior point is assembled densely in tests/plan/interior_point.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.problems import random_problem

from headrace.models.fleet.kernel.stepping import end_of, steps_within
from headrace.plan.lp.dual_bound import cut
from headrace.plan.lp.problem import NodeBlock, NodeSolution
from headrace.plan.lp.residuals import entries, unbounded
from headrace.plan.lp.risk_measure import worst_odds


class Dense:
    """A, B, U, b, u and c of a node as its theory page has them: every row of every hour is one row
    of A, every column of every hour one column.
    """

    def __init__(self, block: NodeBlock) -> None:
        t = block.template
        self.block, self.hours, self.columns = block, block.hours, len(t.columns)
        self.borders = len(t.borders)
        rows, chains = len(t.rows) * self.hours, len(t.chains) * self.hours
        firsts = np.cumsum([rows + chains, *(len(rhs) for rhs in block.window_rhs)])
        self.A = np.zeros((firsts[-1], self.columns * self.hours))
        self.B = np.zeros((firsts[-1], self.borders))
        self.U = np.zeros((self.A.shape[1], self.borders))
        hour = np.arange(self.hours)
        for e in entries(t.row_entries, block.row_entries, block.profiles):
            self.A[self._at(e.row, hour), self._at(e.column, hour)] += e.number
        for e in entries(t.chain_now, block.chain_now, block.profiles):
            self.A[rows + self._at(e.row, hour), self._at(e.column, hour)] += e.number
        for e in entries(t.chain_next, block.chain_next, block.profiles):
            after = self._at(e.column, block.next_hour)
            self.A[rows + self._at(e.row, hour), after] += e.number
        for e in entries(t.window_entries, block.window_entries, block.profiles):
            of, number = block.window_of[e.row], np.broadcast_to(e.number, self.hours)
            for at in hour[of >= 0]:
                self.A[firsts[e.row] + of[at], self._at(e.column, at)] += number[at]
        for e in entries(t.row_border, block.row_border, block.profiles):
            self.B[self._at(e.row, hour), e.column] += e.number
        for e in entries(t.upper_border, block.upper_border, block.profiles):
            self.U[self._at(e.row, hour), e.column] += e.number
        for f, k, value in zip(t.window_border.row, t.window_border.column, block.window_border):
            self.B[firsts[f] : firsts[f] + len(block.window_rhs[f]), k] += value
        parts = [block.row_rhs.hourly(block.profiles), block.chain_rhs.hourly(block.profiles)]
        self.b = np.concatenate([*(part.ravel() for part in parts), *block.window_rhs])
        self.u = block.upper.hourly(block.profiles).ravel()
        self.c = (block.cost.hourly(block.profiles) * block.weight * block.weights).ravel()

    def _at(self, item: int, hour: np.ndarray) -> np.ndarray:
        return item * self.hours + hour

    def prices(self, y: np.ndarray) -> NodeSolution:
        """The same prices in the shapes of the code."""
        t = self.block.template
        ends = np.cumsum([len(t.rows) * self.hours, len(t.chains) * self.hours])
        rows, chains, rest = np.split(y, ends)
        ends = np.cumsum([len(rhs) for rhs in self.block.window_rhs])[:-1]
        windows = tuple(np.split(rest, ends)) if self.block.window_rhs else ()
        return NodeSolution(
            np.zeros((self.columns, self.hours)),
            rows.reshape(-1, self.hours),
            chains.reshape(-1, self.hours),
            windows,
        )


BLOCKS = [
    block
    for seed in range(60)
    for block in random_problem(seed).nodes
    if not unbounded(block).any()
    and set(block.template.window_entries.row) == set(range(len(block.template.windows)))
]


def test_there_are_blocks_of_every_kind():
    assert len(BLOCKS) > 30
    assert any(len(block.template.chains) for block in BLOCKS)
    assert any(len(block.template.windows) for block in BLOCKS)


@pytest.mark.parametrize("number", range(0, 30))
def test_a_cut_is_what_the_proposition_says(number):
    """kappa = -b'y - u'rho, lambda = -B'y - U'rho, rho = max(-(c + A'y), 0)."""
    dense = Dense(BLOCKS[number])
    y = np.random.default_rng(number).exponential(size=len(dense.b))
    rho = np.maximum(-(dense.c + dense.A.T @ y), 0.0)
    found = cut(dense.block, dense.prices(y))
    assert found.constant == pytest.approx(-dense.b @ y - dense.u @ rho, rel=1e-9, abs=1e-9)
    assert found.slope == pytest.approx(-dense.B.T @ y - dense.U.T @ rho, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("number", range(0, 30))
def test_no_operation_costs_less_than_a_cut(number):
    """Any z inside its bounds is feasible once the right-hand sides are loosened to what it uses;
    loosening by e costs the cut y'e.
    """
    dense, rng = Dense(BLOCKS[number]), np.random.default_rng(number)
    x = rng.uniform(0.0, 3.0, dense.borders)
    z = rng.random(len(dense.c)) * np.maximum(dense.u + dense.U @ x, 0.0)
    y = rng.exponential(size=len(dense.b))
    loosened = np.maximum(dense.A @ z - dense.b - dense.B @ x, 0.0)
    assert dense.c @ z >= cut(dense.block, dense.prices(y)).at(x) - y @ loosened - 1e-9


@given(
    st.lists(st.tuples(st.floats(-100, 100), st.floats(0.01, 1)), min_size=1, max_size=8),
    st.floats(0.0, 0.95),
)
def test_the_tail_mean_and_the_worst_odds_are_dual(leaves, alpha):
    """min over eta of eta + E[(C - eta)+] / (1 - alpha) = max over admissible odds of their mean.

    The minimum lies at one of the costs, since the function is piecewise linear between them.
    """
    cost = np.array([each for each, _ in leaves])
    odds = np.array([each for _, each in leaves])
    odds /= odds.sum()
    tail = worst_odds(cost, odds, alpha)
    above = np.maximum(cost[None, :] - cost[:, None], 0.0) @ odds
    assert tail @ cost == pytest.approx(np.min(cost + above / (1.0 - alpha)), rel=1e-9, abs=1e-9)
    assert tail.sum() == pytest.approx(1.0)
    assert (tail <= odds / (1.0 - alpha) + 1e-12).all()


@given(
    fixed=st.floats(1e-4, 1e-1),
    per_token=st.floats(0.0, 1e-6),
    cached=st.integers(0, 10**6),
    batch=st.integers(1, 512),
    steps=st.integers(1, 400),
)
def test_a_stretch_of_decode_steps_is_its_sum(fixed, per_token, cached, batch, steps):
    """t(k) = sum of T + a (N + i b) = A k + B k (k - 1), and the inverse finds k again."""
    replica = SimpleNamespace(
        begun=0.0, rate=fixed + per_token * cached, growth=0.5 * per_token * batch
    )
    took = sum(fixed + per_token * (cached + i * batch) for i in range(steps))
    assert end_of.py_func(replica, steps) == pytest.approx(took, rel=1e-9)
    assert steps_within.py_func(replica, took) == pytest.approx(steps, rel=1e-9)
