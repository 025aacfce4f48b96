"""HiGHS as the second opinion: the whole plan as one sparse LP or MILP, and one node at fixed
capacities.

Large problems go to HiPO without crossover with the augmented system (capacity columns with an
entry in every hour make the normal equations dense); small ones and integers to simplex and branch
and bound. Prices are minus the row duals, hence >= 0 like everywhere in `blocks`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import highspy
import numpy as np
from scipy.sparse import csc_array

from headrace.core.arrays import Floats, Ints
from headrace.plan.lp.extensive_form import (
    Extensive,
    NodeMatrix,
    extensive,
    node_matrix,
    window_starts,
)
from headrace.plan.lp.infeasibility import explain, explain_node
from headrace.plan.lp.linear_program import (
    Answer,
    LinearProgram,
    NotFeasibleError,
    answered,
    highs_model,
    priced,
)
from headrace.plan.lp.problem import NodeBlock, NodeSolution, Problem, Solution

Log = Callable[[str], None]


def solve(
    problem: Problem, *, threads: int = 1, time_limit: float | None = None, log: Log | None = None
) -> Solution:
    """Minimise the whole plan as one LP (MILP when a master column has a unit).

    threads: of HiGHS. time_limit [s]. log receives one line at the start and one at the end. For a
        MILP the prices are those of the LP with the integers fixed at the best plan found. Raises
        Infeasible (named clashes), InputError when the cost falls for ever, StoppedEarly at the
        time limit.
    """
    began = time.perf_counter()
    form = extensive(problem)
    program = program_of(form, np.flatnonzero(problem.master.unit > 0))
    say = log or (lambda _: None)
    rows, columns = form.matrix.shape
    say(f"HiGHS: {rows} rows, {columns} columns, {form.matrix.nnz} entries")
    try:
        model = highs_model(program, threads, time_limit, None)
        answer = answered(model, integer=bool(len(program.integer)), names=problem.master.columns)
    except NotFeasibleError:
        raise explain(problem, form) from None
    if len(program.integer):
        answer = priced(program, answer, threads)
    say(f"HiGHS: {answer.value + problem.constant:.8g} by {answer.solver}")
    return split(problem, form, answer, time.perf_counter() - began)


def solve_fixed(
    problem: Problem, master: Floats, *, threads: int = 1, solver: str | None = None
) -> Solution:
    """The best operation of every node when the master columns are held at `master`; nodes solved
    one by one.

    Raises Infeasible when some node cannot be operated with these capacities. master: orders [their
    units].
    """
    began = time.perf_counter()
    answers = [FixedNode(block, threads=threads, solver=solver) for block in problem.nodes]
    solved = [
        node.solve(block.start + block.map @ master) for node, block in zip(answers, problem.nodes)
    ]
    return Solution(
        master=np.asarray(master, dtype=np.float64),
        nodes=tuple(solution for solution, _ in solved),
        seconds=time.perf_counter() - began,
        iterations=sum(node.iterations for node in answers),
        solver="highs-fixed",
    )


class FixedNode:
    """One node at fixed capacities, kept alive: a second solve after a small move of x starts warm.

    Bounds of columns are column bounds here (compact). The first solve of a large node uses HiPO;
    later ones the dual simplex from the stored basis when there is one.
    """

    def __init__(self, block: NodeBlock, *, threads: int = 1, solver: str | None = None) -> None:
        self.block = block
        self.matrix: NodeMatrix = node_matrix(block)
        hours = block.hours
        template = block.template
        self._first = (len(template.rows) + len(template.chains)) * hours
        self._last = self._first + len(self.matrix.bounded) * hours
        keep = np.r_[0 : self._first, self._last : self.matrix.hourly.shape[0]]
        self._keep = keep
        self._hourly = csc_array(self.matrix.hourly[keep])
        self._threads, self._solver = threads, solver
        self.iterations = 0
        self._model: highspy.Highs | None = None

    def limits(self, x: Floats) -> tuple[Floats, Floats]:
        """Row right-hand sides (without the bounded columns) and column uppers at capacities x. x:
        [unit of the border]; returns [unit of the row] and [unit of the column].
        """
        moved = self.matrix.rhs + self.matrix.border @ x
        upper = self.matrix.upper.copy().reshape(-1, self.block.hours)
        upper[self.matrix.bounded] = moved[self._first : self._last].reshape(-1, self.block.hours)
        return moved[self._keep], np.maximum(upper.ravel(), 0.0)

    def program(self, x: Floats) -> LinearProgram:
        """The node at capacities x [unit of the border], all columns continuous: rows, chains and
        windows in the order of its block, columns hour after hour.
        """
        rhs, upper = self.limits(x)
        below, none = np.full(len(rhs), -np.inf), np.zeros(0, dtype=np.int64)
        still = np.zeros(len(upper))
        return LinearProgram(self._hourly, self.matrix.cost, still, upper, below, rhs, integer=none)

    def solve(self, x: Floats) -> tuple[NodeSolution, float]:
        """Operation and prices at capacities x, and its cost in the plan's weighted USD. x: [unit
        of the border]; the cost is in [kUSD].
        """
        if self._model is None:
            self._model = highs_model(self.program(x), self._threads, None, self._solver)
            # its operation stands in certified plans
            self._model.setOptionValue("primal_feasibility_tolerance", 1e-9)
        else:
            rhs, upper = self.limits(x)
            rows, columns = (
                np.arange(len(rhs), dtype=np.int32),
                np.arange(len(upper), dtype=np.int32),
            )
            self._model.changeRowsBounds(len(rhs), rows, np.full(len(rhs), -np.inf), rhs)
            self._model.changeColsBounds(len(upper), columns, np.zeros(len(upper)), upper)
        try:
            answer = answered(self._model, integer=False, names=())
        except NotFeasibleError:
            raise explain_node(self.block, x) from None
        self.iterations += answer.iterations
        prices = np.zeros(self.matrix.hourly.shape[0])
        prices[self._keep] = answer.prices
        bounded = len(self.matrix.bounded)
        return _node_solution(self.block, answer.values, prices, bounded), answer.value


def program_of(form: Extensive, integer: Ints) -> LinearProgram:
    """The whole plan's program; `integer` are the columns that are counted."""
    return LinearProgram(
        form.matrix, form.cost, form.lower, form.upper, form.row_lower, form.row_upper, integer
    )


def split(problem: Problem, form: Extensive, answer: Answer, seconds: float) -> Solution:
    """Cut the long vectors of the extensive form back into nodes; further columns and rows at their
    ends are left out. seconds: wall time [s].
    """
    nm = len(problem.master.columns)
    nx = sum(len(block.template.borders) for block in problem.nodes)
    column, row = nm + nx, nx + len(problem.master.rhs)
    nodes = []
    for block, matrix in zip(problem.nodes, form.nodes):
        values = answer.values[column : column + matrix.hourly.shape[1]]
        prices = answer.prices[row : row + matrix.hourly.shape[0]]
        nodes.append(_node_solution(block, values, prices, len(matrix.bounded)))
        column += matrix.hourly.shape[1]
        row += matrix.hourly.shape[0]
    return Solution(
        answer.values[:nm] * form.unit,
        tuple(nodes),
        seconds,
        answer.iterations,
        f"highs-{answer.solver}",
    )


def _node_solution(block: NodeBlock, values: Floats, prices: Floats, bounded: int) -> NodeSolution:
    """Values and prices of one node in the shapes of `blocks.NodeSolution`."""
    hours, template = block.hours, block.template
    nr, ns = len(template.rows), len(template.chains)
    first = (nr + ns + bounded) * hours
    starts = window_starts(block)
    windows = tuple(prices[first + a : first + b] for a, b in pairwise(starts))
    return NodeSolution(
        columns=values.reshape(len(template.columns), hours),
        rows=prices[: nr * hours].reshape(nr, hours),
        chains=prices[nr * hours : (nr + ns) * hours].reshape(ns, hours),
        windows=windows,
    )
