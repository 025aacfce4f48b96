"""The border between formulating and solving: a plan as a tree of hourly blocks.

    minimise    cost . m  +  sum_n weight_n * sum_t weights_n[t] * cost_n[:, t] . z_n[:, t]

    master      G m <= h,   0 <= m <= upper     m: orders at every tree node, and node-local sizes
    border      x_n = start_n + map_n m         x_n: what stands at node n (MW, MWh, accelerators,
                                                peaks), the linking variables of the tree

    hour t of node n, z = z_n[:, t] >= 0:
      row       sum_j a[r, j, t] z[j]                          <=  rhs[r, t]
                                                                     + sum_k b[r, k, t] x_n[k]
      chain     sum_j now[s, j, t] z[j]
                  + sum_j next[s, j, t] z_n[j, next_hour[t]]   <=  rhs[s, t]
      upper     z[j]                                           <=  upper[j, t]
                                                                     + sum_k u[j, k, t] x_n[k]
      window w  sum_{t in w} sum_j v[f, j, t] z_n[j, t]        <=  rhs[f][w] + sum_k b[f, k] x_n[k]

In the textbooks' words a border is a linking variable, a chain an intertemporal constraint with its
state, a window a period budget (a day's quota, a year's).

Every row is written as <= so that every price is >= 0 (docs/decisions/0006). Nodes touch each other
only through the master. The pattern of an hour is the same in all hours of a node (`HourTemplate`,
shared between nodes); the numbers are `scale * profile[t]`, so memory grows with nodes times
profiles, not with nodes times coefficients.

Levels of stores are columns: the level at the *start* of hour t is a column, and the store's chain
row reads `level[next] - keep * level[now] - efficiency * charge + discharge / efficiency <= 0`:
energy may be thrown away. `next_hour` closes the circle (the last hour of a segment points at its
first). A ramp is a chain whose level keeps nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Flags, Floats, Ints


@dataclass(frozen=True)
class Pattern:
    """Where the entries of one small matrix stand: entry i is at (`row[i]`, `column[i]`)."""

    row: Ints
    column: Ints

    def __len__(self) -> int:
        return len(self.row)


NOWHERE = Pattern(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
"""A pattern without entries."""


@dataclass(frozen=True)
class Values:
    """Numbers by hour: entry i at hour t is `scale[i] * profiles[profile[i], t]`."""

    scale: Floats
    profile: Ints

    def hourly(self, profiles: Floats) -> Floats:
        """All numbers, shape (entry, hour).

        For checks and small problems; kernels read scale and profile. profiles: [1]; returns [unit
        of the scale].
        """
        return self.scale[:, None] * profiles[self.profile]


@dataclass(frozen=True)
class HourTemplate:
    """The structure of one hour: names of columns, rows, chains, borders and windows, and where
    entries stand.

    levels[s]: the column of chain s that carries its state into the next hour.
    upper_border: (column, border) pairs; a column may have several (an asset that arrives inside
        the node is a second border whose profile is masked to the hour); its bound is `upper[j, t]
        + sum over its pairs of value[t] * x[border]`. A column with a pair has `upper` scale 0
        unless a fixed part is meant; scale inf and no pair means unbounded here, and then every
        hour of the column lies in some window with a positive coefficient, which closes it.
    at_rest: columns that stand at their upper bound where nothing is ordered and nothing is done:
        broken promises, and what is switched off.
    measured: whether the last window only measures what the hours take, and the last border rises
        to it (plan/lp/measured_windows.py).
    """

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    chains: tuple[str, ...]
    borders: tuple[str, ...]
    windows: tuple[str, ...]
    row_entries: Pattern
    row_border: Pattern
    chain_now: Pattern
    chain_next: Pattern
    levels: Ints
    upper_border: Pattern
    window_entries: Pattern
    window_border: Pattern = NOWHERE
    at_rest: tuple[int, ...] = ()
    measured: bool = False


@dataclass(frozen=True)
class NodeBlock:
    """The hours of one tree node.

    weight: USD of the plan's objective per USD of this node's own year (probability x discount x
        years).
    weights: how often each snapshot counts in the node's year, shape (hour,); enters the cost only.
    next_hour: successor of each hour along every chain, shape (hour,); each segment is a circle.
    profiles: shape (profile, hour); row 0 is all ones. May be one array shared by many nodes.
    upper: fixed part of the upper bounds; scale inf means none (then a border or a window must
        close the column).
    window_border: number of each (family, border) pair, the same for every window of the family.
    window_of: window that an hour belongs to, shape (window family, hour); -1 is none.
    window_rhs: right-hand sides, one array per window family.
    start, map: x = start + map @ m, shapes (border,) and (border, master column).
    """

    name: str
    weight: float
    template: HourTemplate
    weights: Floats
    next_hour: Ints
    profiles: Floats
    cost: Values
    upper: Values
    upper_border: Values
    row_entries: Values
    row_rhs: Values
    row_border: Values
    chain_now: Values
    chain_next: Values
    chain_rhs: Values
    window_entries: Values
    window_of: Ints
    window_rhs: tuple[Floats, ...]
    start: Floats
    map: csr_array
    window_border: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def hours(self) -> int:
        """Number of snapshots."""
        return len(self.weights)


@dataclass(frozen=True)
class Master:
    """Orders and node-local sizes: cost [USD of the objective], box, unit sizes and the rows
    between them.

    unit: 0 for a continuous column, else the size of one indivisible unit (the column is a multiple
        of it).
    node: tree node to which each column belongs, shape (column,).
    relief: columns that stand in no hour and fill what is missing in rows, shape (column,); None:
        there are none.
    """

    columns: tuple[str, ...]
    node: Ints
    cost: Floats
    upper: Floats
    unit: Floats
    rows: tuple[str, ...]
    matrix: csr_array
    rhs: Floats
    relief: Flags | None = None


@dataclass(frozen=True)
class RiskMeasure:
    """alpha: share of outcomes that are not in the tail, in [0, 1); omega: weight of CVaR against
    the mean, in [0, 1].
    """

    alpha: float
    omega: float


@dataclass(frozen=True)
class Problem:
    """A whole plan. `constant` is added to the minimised cost; parent[0] is -1 and parents come
    before children.

    risk: what is minimised instead of the mean over branches (plan/lp/risk_measure.py); None is the
        mean. spent: the part of `constant` that was spent at each node on orders held outside the
        master, shape (node,), as `Master.cost` weighs it; only risk, which looks at every branch,
        asks at which node. None is nothing.
    """

    master: Master
    nodes: tuple[NodeBlock, ...]
    parent: Ints
    probability: Floats
    constant: float = 0.0
    risk: RiskMeasure | None = None
    spent: Floats | None = None


@dataclass(frozen=True)
class NodeSolution:
    """One node's primal and prices. Prices are per unit of row in that node's own weighted USD
    (already multiplied by `weight * weights`), all >= 0.

    columns (column, hour); rows (row, hour); chains (chain, hour); windows: one array per family.
    """

    columns: Floats
    rows: Floats
    chains: Floats
    windows: tuple[Floats, ...]


@dataclass(frozen=True)
class Solution:
    """A primal point with prices; nothing here is trusted, `plan/lp/dual_bound.py` bounds it from
    both sides.
    """

    master: Floats
    nodes: tuple[NodeSolution, ...]
    seconds: float
    iterations: int
    solver: str
