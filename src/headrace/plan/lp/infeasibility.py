"""Why no plan keeps every limit: the smallest relaxation that helps, and the limits that clash, by
name.

Every row gets a slack that costs 1 per part of its own size; the cheapest set of slacks is the
cheapest relaxation, and the rows whose price is positive in that LP are the limits that clash.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, hstack

from headrace.core.arrays import Floats
from headrace.core.errors import Infeasible
from headrace.plan.lp.extensive_form import Extensive, NodeMatrix, node_matrix, window_starts
from headrace.plan.lp.linear_program import LinearProgram, run
from headrace.plan.lp.problem import NodeBlock, Problem


@dataclass(frozen=True)
class Label:
    """What a row of the extensive form is called: node, family name and hour (or window)."""

    node: str
    name: str
    at: str

    def __str__(self) -> str:
        return " ".join(
            part for part in (f"node {self.node}:" if self.node else "", self.name, self.at) if part
        )


def explain(problem: Problem, form: Extensive) -> Infeasible:
    """The error that names the clashing limits of an infeasible problem and its cheapest
    relaxation.
    """
    first = sum(len(block.template.borders) for block in problem.nodes)
    labels = [Label("", name, "") for name in problem.master.rows]
    for block, node in zip(problem.nodes, form.nodes):
        labels += row_labels(block, node)
    return _relax(
        form.matrix, form.lower, form.upper, (form.row_lower, form.row_upper), first, labels
    )


def explain_node(block: NodeBlock, x: Floats) -> Infeasible:
    """The same for one node whose capacities are held at x. x: [unit of the border]."""
    node = node_matrix(block)
    rhs = node.rhs + node.border @ x
    bounds = (np.full(len(rhs), -np.inf), rhs)
    return _relax(
        csc_array(node.hourly),
        np.zeros(len(node.upper)),
        node.upper,
        bounds,
        0,
        row_labels(block, node),
    )


def row_labels(block: NodeBlock, node: NodeMatrix) -> list[Label]:
    """Names of a node's rows in the order of `NodeMatrix`."""
    template, hours = block.template, range(block.hours)
    named = [
        *template.rows,
        *template.chains,
        *(f"upper limit of {template.columns[j]}" for j in node.bounded),
    ]
    labels = [Label(block.name, name, f"hour {t}") for name in named for t in hours]
    starts = window_starts(block)
    for family, (a, b) in zip(template.windows, pairwise(starts)):
        labels += [Label(block.name, family, f"window {w}") for w in range(b - a)]
    return labels


def _relax(
    matrix: csc_array,
    lower: Floats,
    upper: Floats,
    bounds: tuple[Floats, Floats],
    first: int,
    labels: list[Label],
) -> Infeasible:
    """Solve the elastic LP over rows from `first` on and tell what it had to give."""
    rows, columns = matrix.shape
    soft = np.arange(first, rows)
    size = np.maximum(abs(csr_array(matrix)).max(axis=1).toarray().ravel()[first:], 1e-12)
    size = np.maximum(
        size, np.where(np.isfinite(bounds[1][first:]), np.abs(bounds[1][first:]), 0.0)
    )
    slack = coo_array((-np.ones(len(soft)), (soft, np.arange(len(soft)))), shape=(rows, len(soft)))
    program = LinearProgram(
        matrix=csc_array(hstack([matrix, slack], format="csc")),
        cost=np.concatenate([np.zeros(columns), 1.0 / size]),
        lower=np.concatenate([lower, np.zeros(len(soft))]),
        upper=np.concatenate([upper, np.full(len(soft), np.inf)]),
        row_lower=bounds[0],
        row_upper=bounds[1],
        integer=np.zeros(0, dtype=np.int64),
    )
    answer = run(program)
    given = answer.values[columns:]
    clash = np.flatnonzero(answer.prices[first:] * size > 1e-6)
    clash = clash[np.argsort(-answer.prices[first:][clash] * size[clash])]
    names = tuple(dict.fromkeys(str(labels[i]) for i in clash[:200]))[:8]
    largest = int(np.argmax(given / size))
    cheapest = (
        f"{labels[largest]} would have to give {given[largest]:.6g}" if given[largest] > 0 else ""
    )
    told = "; ".join(names) if names else "no single row stands out"
    return Infeasible(
        f"no plan keeps every limit: {told}. Cheapest relaxation: {cheapest or 'none found'}",
        names,
        cheapest,
    )
