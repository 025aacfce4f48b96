"""A linear program collected column by column and row by row, solved by HiGHS through SciPy.

Every column belongs to a node of the tree and has a value there [USD of today]; the program
maximises (1 - omega) E[NPV] + omega CVaR_alpha[NPV], where the NPV of a leaf is the sum of the
values on its path (Rockafellar and Uryasev 2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Columns = NDArray[np.int64]
LARGE = 50_000
"""Columns beyond which an interior point solves the program."""


class Infeasible(ValueError):
    """No plan keeps every row."""


@dataclass(frozen=True)
class Solution:
    """objective [USD], amounts of the columns, and the NPV of each leaf in the order given
    [USD]."""

    objective: float
    amounts: Floats
    leaf_npv: tuple[float, ...]


@dataclass
class LinearProgram:
    """Columns x >= 0 with `value` at `node`; rows sum a x <= limit."""

    value: list[Floats] = field(default_factory=list)
    node: list[Columns] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)
    entries: list[tuple[Columns, Columns, Floats]] = field(default_factory=list)
    limits: list[Floats] = field(default_factory=list)
    constant: dict[int, float] = field(default_factory=dict)
    columns: int = 0
    rows: int = 0
    cost: Floats = field(default_factory=lambda: np.zeros(0))
    fixed: float = 0.0

    def add_columns(
        self, count: int, node: int, value: float | Floats = 0.0, upper: float | Floats = np.inf
    ) -> Columns:
        """`count` columns at `node`, each worth `value` [USD of today per unit], at most
        `upper`."""
        self.value.append(np.broadcast_to(value, count).astype(float))
        self.upper.append(np.broadcast_to(upper, count).astype(float))
        self.node.append(np.full(count, node))
        self.columns += count
        return np.arange(self.columns - count, self.columns)

    def add_rows(
        self,
        terms: Sequence[tuple[int | Columns, float | Floats]],
        limit: Floats | float,
        count: int,
    ) -> None:
        """`count` rows at once: the sum of coefficient x column over `terms` is at most `limit`."""
        rows = np.arange(self.rows, self.rows + count)
        for columns, coefficients in terms:
            self.entries.append(
                (
                    rows,
                    np.broadcast_to(columns, count),
                    np.broadcast_to(coefficients, count).astype(float),
                )
            )
        self.limits.append(np.broadcast_to(limit, count).astype(float))
        self.rows += count

    def add_window(self, columns: Columns, coefficients: float | Floats, limit: float) -> None:
        """One row: the sum of coefficient x column over `columns` is at most `limit`."""
        row = np.full(len(columns), self.rows)
        weights = np.broadcast_to(coefficients, len(columns)).astype(float)
        self.entries.append((row, columns, weights))
        self.limits.append(np.array([limit]))
        self.rows += 1

    def equals(self, other: LinearProgram) -> bool:
        """Whether both are the same program, column for column and row for row."""
        if (self.columns, self.rows, self.constant) != (other.columns, other.rows, other.constant):
            return False
        mine, theirs = (
            np.concatenate([*one.value, *one.upper, *one.limits]) for one in (self, other)
        )
        return np.array_equal(mine, theirs) and (self.matrix() != other.matrix()).nnz == 0

    def add_constant(self, node: int, value: float) -> None:
        """Cash at `node` that no decision moves [USD of today]."""
        self.constant[node] = self.constant.get(node, 0.0) + value

    def maximise(
        self,
        probability: Floats,
        paths: Sequence[Sequence[int]],
        alpha: float,
        omega: float,
    ) -> Solution:
        """The best plan. probability: of each node; paths: the nodes down to each leaf."""
        value, node = np.concatenate(self.value), np.concatenate(self.node)
        constant = np.array([self.constant.get(n, 0.0) for n in range(len(probability))])
        mean = probability[node] * value
        if omega > 0:
            self._add_tail(value, node, constant, probability, paths, alpha, omega)
            cost = np.concatenate(self.value)
            cost[: len(mean)] = (1 - omega) * mean
        else:
            cost = mean
        self.cost, self.fixed = cost, (1 - omega) * float(probability @ constant)
        amounts = self._solve(cost)
        cash = constant + np.bincount(
            node, weights=value * amounts[: len(value)], minlength=len(probability)
        )
        objective = float(cost @ amounts) + self.fixed
        return Solution(objective, amounts, tuple(float(cash[list(p)].sum()) for p in paths))

    def _solve(self, cost: Floats) -> Floats:
        """The columns that maximise `cost`."""
        free = np.isneginf(np.concatenate(self.upper))
        upper = np.where(free, np.inf, np.concatenate(self.upper))
        lower = np.where(free, -np.inf, 0.0)
        if self.columns > LARGE:
            return self._by_interior_point(cost, lower, upper)
        found = linprog(
            -cost / max(1.0, float(np.abs(cost).max())),
            A_ub=self.matrix(),
            b_ub=np.concatenate(self.limits),
            bounds=np.column_stack([lower, upper]),
            method="highs",
            options={"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9},
        )
        if found.status != 0:
            raise Infeasible(found.message)
        return found.x

    def _by_interior_point(self, cost: Floats, lower: Floats, upper: Floats) -> Floats:
        """The same by HiGHS's interior point."""
        matrix = self.matrix().tocsc()
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.columns, self.rows
        lp.col_cost_ = -cost / max(1.0, float(np.abs(cost).max()))
        lp.col_lower_, lp.col_upper_ = lower, upper
        lp.row_lower_ = np.full(self.rows, -np.inf)
        lp.row_upper_ = np.concatenate(self.limits)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
        lp.a_matrix_.value_ = matrix.data
        # a vertex is sought only where the interior point alone ends short of its tolerance
        for crossover in ("off", "on"):
            solver = highspy.Highs()
            solver.setOptionValue("output_flag", False)
            solver.setOptionValue("solver", "ipm")
            solver.setOptionValue("run_crossover", crossover)
            solver.passModel(lp)
            solver.run()
            if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                return np.array(solver.getSolution().col_value)
        raise Infeasible(solver.modelStatusToString(solver.getModelStatus()))

    def ranges(self, columns: Sequence[Sequence[int]], least: float) -> list[tuple[float, float]]:
        """Least and most of each sum of columns, among the points worth at least `least` [USD]."""
        scale = max(1.0, float(np.abs(self.cost).max()))
        self.add_window(np.arange(self.columns), -self.cost / scale, (self.fixed - least) / scale)
        found = []
        for chosen in columns:
            ends = []
            for sign in (-1.0, 1.0):
                cost = np.zeros(self.columns)
                cost[list(chosen)] = sign
                ends.append(float(self._solve(cost)[list(chosen)].sum()))
            found.append((ends[0], ends[1]))
        return found

    def matrix(self) -> csr_matrix:
        """All rows, one column each."""
        rows, columns, values = (np.concatenate(part) for part in zip(*self.entries, strict=True))
        return csr_matrix((values, (rows, columns)), shape=(self.rows, self.columns))

    def _add_tail(
        self,
        value: Floats,
        node: Columns,
        constant: Floats,
        probability: Floats,
        paths: Sequence[Sequence[int]],
        alpha: float,
        omega: float,
    ) -> None:
        """CVaR = max over t of t - E[(t - NPV)+] / (1 - alpha); at alpha 1 the least NPV of all."""
        (threshold,) = self.add_columns(1, 0, omega, upper=-np.inf)
        for walked in paths:
            leaf_chance = probability[walked[-1]]
            if alpha < 1:
                short = self.add_columns(1, 0, -omega * leaf_chance / (1 - alpha))
            here = np.flatnonzero(np.isin(node, walked))
            columns = np.append(here, threshold)
            weights = np.append(-value[here], 1.0)
            if alpha < 1:
                columns, weights = np.append(columns, short), np.append(weights, -1.0)
            self.add_window(columns, weights, float(constant[list(walked)].sum()))
