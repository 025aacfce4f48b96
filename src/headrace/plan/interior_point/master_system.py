"""The master of the interior point: orders m, their rows, and the small dense system that ties the
nodes together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.linalg
from scipy.sparse import coo_array, csr_array, vstack

from headrace.core.arrays import Floats, Ints
from headrace.plan.lp.dual_bound import implied_upper
from headrace.plan.lp.problem import Master, Problem


@dataclass
class MasterState:
    """Values of the master: orders and their reduced costs, row slacks and their duals."""

    orders: Floats
    orders_dual: Floats
    slack: Floats
    dual: Floats


@dataclass(frozen=True)
class Orders:
    """cost.m minimised over rows @ m <= rhs, m >= 0: the master with its boxes as rows where no row
    implies them.

    An order whose box is 0 has no interior and is not there: nonzero are the others, by their
    number in the master. number: of every kept row in the master, boxes counted on. Rows are
    divided by `size`, their largest entry.
    touched[n]: master columns that node n's borders read; maps[n]: the
    dense (border, touched column) part of the node's map.
    """

    nonzero: Ints
    number: Ints
    cost: Floats
    rows: csr_array
    rhs: Floats
    size: Floats
    touched: tuple[Ints, ...]
    maps: tuple[Floats, ...]
    start: tuple[Floats, ...]
    width: int

    def full(self, m: Floats) -> Floats:
        """All orders of the master, those that are not there 0. m: [unit of the order]."""
        whole = np.zeros(self.width)
        whole[self.nonzero] = m
        return whole

    def borders(self, m: Floats) -> list[Floats]:
        """x of every node. m: [unit of the order]; returns [unit of the border]."""
        return [
            start + part @ m[columns]
            for start, part, columns in zip(self.start, self.maps, self.touched)
        ]

    def border_moves(self, dm: Floats) -> list[Floats]:
        """dx of every node. dm: [unit of the order]; returns [unit of the border]."""
        return [part @ dm[columns] for part, columns in zip(self.maps, self.touched)]

    def adjoint(self, gradients: list[Floats]) -> Floats:
        """Sum over nodes of map' gradient. gradients: [kUSD/unit of the border]; returns [kUSD/unit
        of the order].
        """
        total = np.zeros(len(self.cost))
        for part, columns, gradient in zip(self.maps, self.touched, gradients):
            total[columns] += part.T @ gradient
        return total

    def normal_matrix(self, schur: list[Floats], diagonal: Floats, row_weight: Floats) -> Floats:
        """H = sum map' M map + diag + rows' D rows, dense. All in [kUSD/unit squared]."""
        weighted = self.rows.copy()
        weighted.data *= np.repeat(row_weight, np.diff(weighted.indptr))
        h = (
            (self.rows.T @ weighted).toarray()
            if len(row_weight)
            else np.zeros((len(diagonal),) * 2)
        )
        for part, columns, block in zip(self.maps, self.touched, schur):
            h[columns[:, None], columns] += part.T @ block @ part
        h[np.diag_indices(len(diagonal))] += diagonal
        return np.asarray(h)


@dataclass(frozen=True)
class CholeskyFactor:
    """Cholesky factor of H after scaling its diagonal to one."""

    factor: tuple[Floats, bool]
    scale: Floats

    def __call__(self, rhs: Floats) -> Floats:
        """H^-1 rhs."""
        return np.asarray(
            self.scale * scipy.linalg.cho_solve(self.factor, self.scale * rhs, check_finite=False)
        )


def cholesky(h: Floats) -> CholeskyFactor:
    """Factor H; a pivot lost to rounding is helped by 1e-14, 1e-12, ... of the diagonal. h:
    [kUSD/unit of an order squared].

    An order whose own curvature was lost - the difference of what its node knows and what its hours
    take back, not positive any more - stays where it is for this step.
    """
    diagonal = np.diag(h)
    lost = diagonal <= 0.0
    scale = np.where(lost, 0.0, 1.0 / np.sqrt(np.where(lost, 1.0, diagonal)))
    h *= scale[:, None]
    h *= scale
    h[lost, lost] = 1.0
    for help_ in (0.0, 1e-14, 1e-12, 1e-10, 1e-8):
        try:
            trial = h + help_ * np.eye(len(h)) if help_ else h
            return CholeskyFactor(
                scipy.linalg.cho_factor(trial, lower=True, check_finite=True), scale
            )
        except (scipy.linalg.LinAlgError, ValueError):
            continue
    raise FloatingPointError("the master system lost its definiteness")


def make_orders(problem: Problem) -> Orders:
    """The master of a problem as the interior point sees it."""
    master = problem.master
    nonzero = np.flatnonzero(master.upper > 0)
    rows, rhs, size, number = _rows(master, nonzero)
    touched, maps = [], []
    for block in problem.nodes:
        part = csr_array(csr_array(block.map)[:, nonzero])
        columns = np.unique(part.indices).astype(np.int64)
        touched.append(columns)
        maps.append(
            np.ascontiguousarray(part[:, columns].toarray())
            if len(columns)
            else np.zeros((part.shape[0], 0))
        )
    start = tuple(np.asarray(block.start, dtype=np.float64) for block in problem.nodes)
    cost = master.cost[nonzero].astype(np.float64)
    return Orders(
        nonzero, number, cost, rows, rhs, size, tuple(touched), tuple(maps), start, len(master.cost)
    )


def _rows(master: Master, nonzero: Ints) -> tuple[csr_array, Floats, Floats, Ints]:
    """Master rows, and the boxes that no row implies, each scaled to largest entry 1; empty rows
    are dropped.
    """
    boxed = replace(master, upper=np.full(len(master.cost), np.inf))
    box = np.flatnonzero(
        np.isfinite(master.upper) & (master.upper > 0) & (master.upper < implied_upper(boxed))
    )
    eye = csr_array(
        coo_array(
            (np.ones(len(box)), (np.arange(len(box)), box)), shape=(len(box), len(master.cost))
        )
    )
    matrix = csr_array(csr_array(vstack([csr_array(master.matrix), eye], format="csr"))[:, nonzero])
    rhs = np.concatenate([master.rhs, master.upper[box]]).astype(np.float64)
    number = np.concatenate([np.arange(len(master.rhs)), len(master.rhs) + box])
    full = np.diff(matrix.indptr) > 0
    matrix, rhs, number = csr_array(matrix[full]), rhs[full], number[full]
    size = abs(matrix).max(axis=1).toarray().ravel() if matrix.shape[0] else np.ones(0)
    scaled = (
        csr_array(coo_array((1.0 / size, (np.arange(len(size)),) * 2), shape=(len(size),) * 2))
        @ matrix
    )
    return csr_array(scaled), rhs / size, size, number
