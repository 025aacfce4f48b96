"""Bounds that trust nobody: what any prices prove, and what a point really costs and violates.

For one node and any prices y >= 0 of its rows and chains (docs/theory/dual-bound.md), let the
reduced cost of a column be r = cost + A'y + V'(window prices). Completing the dual in closed form
- window prices just high enough for columns that only a window closes, rents (-r)+ on the upper
bounds - gives for *every* x

    cost_n(x)  >=  constant + slope . x .

Sum over nodes, minimise over the master in a small LP, and complete the master's own dual in closed
form again: the bound does not depend on the tolerance of any solver. Everything here is plain numpy
over the numbers of `blocks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

from headrace.core.arrays import Flags, Floats
from headrace.core.errors import Infeasible, InputError
from headrace.plan.lp.problem import Master, NodeBlock, NodeSolution, Pattern, Problem, Values
from headrace.plan.lp.residuals import (
    Evaluation,
    MatrixEntry,
    Residuals,
    entries,
    evaluate,
    operating_cost,
    unbounded,
)

__all__ = [
    "Cut",
    "Evaluation",
    "Prices",
    "Residuals",
    "close_windows",
    "cut",
    "evaluate",
    "implied_upper",
    "lower_bound",
    "master_bound",
    "operating_cost",
    "prices",
    "reduced_costs",
    "rents",
    "transfer",
]


@dataclass(frozen=True)
class Cut:
    """cost_n(x) >= constant + slope . x, in weighted USD; slope[k] is minus the rent one unit of
    border k earns.
    """

    constant: float
    slope: Floats

    def at(self, x: Floats) -> float:
        """The bound at capacities x. x: [unit of the border]; returns [kUSD]."""
        return self.constant + float(self.slope @ x)


def reduced_costs(block: NodeBlock, rows: Floats, chains: Floats) -> Floats:
    """cost + A'y of every column and hour, before windows; in weighted USD. rows, chains: duals
    [kUSD/unit of the row]; returns [kUSD/unit of the column], shape (column, hour).
    """
    template, profiles = block.template, block.profiles
    reduced = block.cost.hourly(profiles)
    reduced *= block.weight * block.weights
    for e in entries(template.row_entries, block.row_entries, profiles):
        reduced[e.column] += e.number * rows[e.row]
    for e in entries(template.chain_now, block.chain_now, profiles):
        reduced[e.column] += e.number * chains[e.row]
    for e in entries(template.chain_next, block.chain_next, profiles):
        reduced[e.column, block.next_hour] += e.number * chains[e.row]
    return reduced


def close_windows(
    block: NodeBlock, reduced: Floats, given: Sequence[Floats]
) -> tuple[list[Floats], float]:
    """Add window prices to `reduced` in place; return the prices and the cost of what stays
    negative (rounding).

    A family whose columns are closed by nothing else takes the smallest price that keeps them from
    paying; any other family keeps the given price, raised where such a column needs it. reduced,
    given: [kUSD/unit of the column], [kUSD/unit of the window]; the cost of what stays negative is
    in [kUSD].
    """
    template, count = block.template, len(block.template.windows)
    found = list(entries(template.window_entries, block.window_entries, block.profiles))
    families = [[e for e in found if e.row == f] for f in range(count)]
    needy = set(np.flatnonzero(unbounded(block)).tolist())
    belongs = np.bincount(template.window_entries.column, minlength=len(template.columns))
    bought = set(template.window_border.row.tolist())
    closing = [
        [e for e in family if np.min(e.number) >= 0 < np.max(e.number)] for family in families
    ]
    prices = []
    for f, family in enumerate(families):
        own = len(closing[f]) == len(family) and all(
            belongs[e.column] == 1 and e.column in needy for e in family
        )
        prices.append(np.zeros(len(given[f])) if own else np.maximum(given[f], 0.0))
        _charge(block, reduced, family, prices[f])
    for f, family in enumerate(families):
        more = np.zeros_like(prices[f])
        inside = block.window_of[f] >= 0
        room = (block.window_rhs[f] > 0) | _given_room(block, family, f)
        for e in closing[f]:
            number = np.broadcast_to(e.number, inside.shape)
            need = np.divide(
                -reduced[e.column], number, out=np.zeros(block.hours), where=number > 0
            )
            where = block.window_of[f][inside]
            # no room: charges at no cost
            free = e.column in needy or (f not in bought and ~room[where])
            np.maximum.at(more, where, np.where(free, need[inside], 0.0))
            # no limit stands behind these: rounding must not leave them open
            if f in bought and e.column in needy:
                more[more > 0] += 1e-12 * float(np.abs(reduced[e.column]).max())
        _charge(block, reduced, family, more)
        prices[f] = prices[f] + more
    return prices, sum(_left_open(block, families, j, reduced[j]) for j in needy)


def _given_room(block: NodeBlock, family: list[MatrixEntry], number: int) -> Flags:
    """Windows of a family in which some column makes room for others, shape (window,)."""
    found = np.zeros(len(block.window_rhs[number]), dtype=bool)
    for e in family:
        found[block.window_of[number][(block.window_of[number] >= 0) & (e.number < 0)]] = True
    return found


def _charge(block: NodeBlock, reduced: Floats, family: list[MatrixEntry], price: Floats) -> None:
    """Add a window family's price to the reduced costs of its columns, in place."""
    for e in family:
        # -1, no window, reads the 0
        reduced[e.column] += e.number * np.append(price, 0.0)[block.window_of[e.row]]


def _left_open(
    block: NodeBlock, families: list[list[MatrixEntry]], column: int, reduced: Floats
) -> float:
    """Most that a column without a bound can still earn: (-r)+ times the limit its window implies;
    inf if none does.
    """
    short = np.maximum(-reduced, 0.0)
    if not short.any():
        return 0.0
    limit = np.full(block.hours, np.inf)
    bought = set(block.template.window_border.row.tolist())
    for f, family in enumerate(families):
        if f in bought or any(np.any(np.asarray(e.number) < 0) for e in family):
            continue
        inside = block.window_of[f] >= 0
        for e in family:
            if e.column == column:
                number = np.broadcast_to(e.number, inside.shape)
                use = inside & (number > 0)
                limit[use] = np.minimum(
                    limit[use], block.window_rhs[f][block.window_of[f][use]] / number[use]
                )
    hit = short > 0
    return float((short[hit] * limit[hit]).sum())


def cut(block: NodeBlock, prices: NodeSolution) -> Cut:
    """The best closed-form completion of the given row, chain and window prices (negative ones
    count as 0).
    """
    template, profiles = block.template, block.profiles
    rows, chains = np.maximum(prices.rows, 0.0), np.maximum(prices.chains, 0.0)
    reduced = reduced_costs(block, rows, chains)
    window_prices, rest = close_windows(block, reduced, prices.windows)
    rent = np.maximum(-reduced, 0.0, out=reduced)
    constant = -rest
    for values, price in ((block.upper, rent), (block.row_rhs, rows), (block.chain_rhs, chains)):
        constant -= sum(
            s * float(profiles[p] @ each)
            for s, p, each in zip(values.scale, values.profile, price)
            if np.isfinite(s)
        )
    constant -= sum(float(rhs @ price) for rhs, price in zip(block.window_rhs, window_prices))
    slope = np.zeros(len(template.borders))
    _earn(slope, template.row_border, block.row_border, profiles, rows)
    _earn(slope, template.upper_border, block.upper_border, profiles, rent)
    for f, k, b in zip(
        template.window_border.row, template.window_border.column, block.window_border
    ):
        slope[k] -= float(b * window_prices[f].sum())
    return Cut(constant, slope)


def _earn(slope: Floats, pattern: Pattern, values: Values, profiles: Floats, price: Floats) -> None:
    """Take from every border's slope what one unit of it earns at these prices, in place."""
    for i, k, s, p in zip(pattern.row, pattern.column, values.scale, values.profile):
        slope[k] -= s * float(profiles[p] @ price[i])


def rents(block: NodeBlock, prices: NodeSolution) -> Floats:
    """Price of every upper bound, shape (column, hour), completed in closed form from the other
    prices. Returns [kUSD/unit of the column].
    """
    reduced = reduced_costs(block, np.maximum(prices.rows, 0.0), np.maximum(prices.chains, 0.0))
    close_windows(block, reduced, prices.windows)
    return np.maximum(-reduced, 0.0)


def transfer(prices: NodeSolution, source: NodeBlock, target: NodeBlock) -> NodeSolution:
    """The same hourly prices in another node's weighted USD; target must have the template and
    hours of source.
    """
    ratio = target.weight / source.weight
    return NodeSolution(
        prices.columns,
        prices.rows * ratio,
        prices.chains * ratio,
        tuple(w * ratio for w in prices.windows),
    )


def lower_bound(problem: Problem, prices: Sequence[NodeSolution]) -> float:
    """A value that no plan can undercut, whatever prices are given (-inf when they prove nothing)
    [USD, minimised].

    prices: one per node; only rows, chains and windows are read. Integers are relaxed.
    """
    return master_bound(problem, [cut(block, price) for block, price in zip(problem.nodes, prices)])


def master_bound(problem: Problem, cuts: Sequence[Cut]) -> float:
    """Least of cost.m + sum of cuts over the master's rows and box, certified by its own completed
    dual. Returns [kUSD].
    """
    found = prices(problem, cuts, implied_upper(problem.master))
    return -np.inf if found is None else found.value


@dataclass(frozen=True)
class Prices:
    """Prices of a master at given cuts, in the solver's money.

    reduced: cost of one more unit of each order at these prices (below 0: it pays, and only its box
        stops it), shape (column,).
    rows: price of each master row, >= 0. value: what no plan can undercut. slopes: of each node's
        cut, by border.
    """

    reduced: Floats
    rows: Floats
    value: float
    slopes: tuple[Floats, ...]


def prices(problem: Problem, cuts: Sequence[Cut], upper: Floats) -> Prices | None:
    """Row prices and reduced costs of the master at these cuts; None where they prove nothing.

    upper: boxes of the orders while prices are sought; those that rows imply leave less of a price
        to the rows.
    upper: [unit of the order].
    """
    master = problem.master
    cost = master.cost.astype(np.float64).copy()
    constant = problem.constant
    for block, each in zip(problem.nodes, cuts):
        cost += block.map.T @ each.slope
        constant += each.at(block.start)
    rows = _row_prices(master, cost, upper) if np.isfinite(constant) else None
    if rows is None:
        return None
    reduced = cost + master.matrix.T @ rows
    with np.errstate(invalid="ignore"):
        earned = np.where(reduced < 0, reduced * implied_upper(master), 0.0)
    value = constant - float(master.rhs @ rows) + float(earned.sum())
    return Prices(reduced, rows, value, tuple(each.slope for each in cuts))


def _row_prices(master: Master, cost: Floats, upper: Floats) -> Floats | None:
    """Row prices of the master LP, >= 0; None when it is unbounded."""
    from headrace.plan.lp.linear_program import LinearProgram, run

    if not len(master.rhs):
        return np.zeros(0)
    named = tuple(name for name, rhs in zip(master.rows, master.rhs) if rhs < 0)[:8]
    words = ", ".join(named) or "no single row stands out"
    clash = Infeasible(f"the limits on the orders contradict each other: {words}", named)
    program = LinearProgram(
        matrix=csc_array(master.matrix),
        cost=cost,
        lower=np.zeros(len(cost)),
        upper=upper,
        row_lower=np.full(len(master.rhs), -np.inf),
        row_upper=master.rhs,
        integer=np.zeros(0, dtype=np.int64),
    )
    try:
        return np.maximum(run(program, infeasible=clash).prices, 0.0)
    except InputError:
        return None


def implied_upper(master: Master) -> Floats:
    """Box of every master column, tightened by rows that have no negative entry. Returns [unit of
    the order], inf where nothing limits one.
    """
    upper = master.upper.astype(np.float64).copy()
    matrix = csr_array(master.matrix)
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    tight = master.rhs >= 0
    tight[row[matrix.data <= 0]] = False
    at = tight[row]
    np.minimum.at(upper, matrix.indices[at], master.rhs[row[at]] / matrix.data[at])
    return upper
