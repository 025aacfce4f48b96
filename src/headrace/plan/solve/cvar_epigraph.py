"""CVaR inside the interior point: the cost of every node becomes a window whose right-hand side is
an order.

    min  (1 - omega) sum_n (cost_n . z_n + orders_n)  +  omega (eta + sum_l p_l u_l / (1 - alpha))

    cost window of node n    cost_n . z_n               <=  theta_n
    leaf l                   sum_{n on its path} (theta_n + orders_n) / p_n  -  eta  -  u_l  <=  0

The price of a cost window is the weight that the tail gives to the node beyond its mean, so the
Newton system finds the worst odds together with the plan, in the iterations of the plan itself
(docs/theory/cvar.md). theta and eta count from below what any plan can earn, so that they are not
negative; should that floor be wrong, the bounds, which are proved on the plan without these
columns, would not meet, but they would hold.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from headrace.core.arrays import Floats, Ints
from headrace.plan.interior_point.typical_sizes import typical_sizes
from headrace.plan.lp.measured_windows import weighed_profiles, with_window
from headrace.plan.lp.problem import Master, NodeBlock, Problem, RiskMeasure, Values
from headrace.plan.lp.risk_measure import leaves, owner, paths, spent


@dataclass(frozen=True)
class Epigraph:
    """The problem with its cost windows. floor: what theta_n counts from [USD of the objective],
    one per node; base: eta's.
    """

    problem: Problem
    floor: Floats
    base: float


def epigraph(problem: Problem, risk: RiskMeasure, below: float) -> Epigraph:
    """The risk-averse problem as one more `Problem`: the judged one's columns, rows and borders
    come first.

    below: how many times what hours earn at typical sizes theta counts from below it [1].
    """
    floor = below * np.array([typical_earnings(block) for block in problem.nodes]) + 1e-3
    on, ends = paths(problem), leaves(problem)
    per = on.multiply(1.0 / problem.probability[None, :]).tocsr()
    leaf_floor = np.asarray(per @ floor)
    base = float(leaf_floor.max())
    known: dict[int, tuple[Floats, Ints]] = {}
    width = len(problem.master.cost) + len(problem.nodes) + 1 + len(ends)
    nodes = tuple(
        _block(problem, n, risk, -floor[n], width, known) for n in range(len(problem.nodes))
    )
    room = leaf_floor - base - np.asarray(per @ spent(problem))
    return Epigraph(
        dataclasses.replace(problem, nodes=nodes, master=_master(problem, risk, per, room)),
        floor,
        base,
    )


def typical_earnings(block: NodeBlock) -> float:
    """What a node's hours earn at typical sizes of its columns [kUSD]."""
    gain = np.maximum(-block.cost.hourly(block.profiles), 0.0) @ block.weights
    return float(block.weight * (gain @ typical_sizes(block).column))


def _block(
    problem: Problem,
    n: int,
    risk: RiskMeasure,
    start: float,
    width: int,
    known: dict[int, tuple[Floats, Ints]],
) -> NodeBlock:
    """Node n with its cost window as the last family and theta behind it as the last border."""
    block, orders = problem.nodes[n], len(problem.master.cost)
    profiles, (number, factor) = weighed_profiles(block, known)
    old = csr_array(block.map)
    wider = csr_array((old.data, old.indices, old.indptr), shape=(old.shape[0], width))
    amounts = Values(block.cost.scale * block.weight * factor, number[block.cost.profile])
    cheaper = Values(block.cost.scale * (1.0 - risk.omega), block.cost.profile)
    shown = dataclasses.replace(block, profiles=profiles, map=wider, cost=cheaper)
    return with_window(shown, "cost", amounts, start, orders + n)


def _master(problem: Problem, risk: RiskMeasure, per: csr_array, rhs: Floats) -> Master:
    """The judged master with theta, eta and u, and one row per leaf."""
    master, ends = problem.master, leaves(problem)
    nodes, count = len(problem.nodes), len(ends)
    spent = csr_array(per @ owner(problem))
    minus = csr_array(-np.ones((count, 1)))
    short = csr_array((-np.ones(count), (np.arange(count), np.arange(count))), shape=(count, count))
    wide = nodes + 1 + count
    top = hstack([csr_array(master.matrix), csr_array((len(master.rhs), wide))], format="csr")
    low = hstack([spent, per, minus, short], format="csr")
    tail = risk.omega * problem.probability[ends] / max(1.0 - risk.alpha, 1e-12)
    return dataclasses.replace(
        master,
        columns=(
            *master.columns,
            *(f"cost of node {n}" for n in range(nodes)),
            "value at risk",
            *(f"excess at leaf {n}" for n in ends),
        ),
        node=np.concatenate([master.node, np.arange(nodes), [0], ends]).astype(np.int64),
        cost=np.concatenate(
            [(1.0 - risk.omega) * master.cost, np.zeros(nodes), [risk.omega], tail]
        ),
        upper=np.concatenate([master.upper, np.full(wide, np.inf)]),
        unit=np.concatenate([master.unit, np.zeros(wide)]),
        rows=(*master.rows, *(f"cost at leaf {n}" for n in ends)),
        matrix=csr_array(vstack([top, low], format="csr")),
        rhs=np.concatenate([master.rhs, rhs]),
    )
