"""HiGHS as the second opinion: the whole plan as one sparse LP or MILP, and one node at fixed
capacities.

Large problems go to HiPO without crossover with the augmented system (capacity columns with an
entry in every hour make the normal equations dense); small ones and integers to simplex and branch
and bound. Prices are minus the row duals, hence >= 0 like everywhere in `blocks`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import highspy
import numpy as np
from scipy.sparse import csc_array

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import HeadraceError, Infeasible, InputError, StoppedEarly
from headrace.plan.lp.extensive_form import (
    Extensive,
    NodeMatrix,
    extensive,
    node_matrix,
    window_starts,
)
from headrace.plan.lp.problem import NodeBlock, NodeSolution, Problem, Solution

LARGE = 20_000  # rows + columns above which HiPO beats the simplex method on chains of hours

Log = Callable[[str], None]


@dataclass(frozen=True)
class LinearProgram:
    """minimise cost.v with row_lower <= matrix v <= row_upper, lower <= v <= upper and v[integer]
    whole.
    """

    matrix: csc_array
    cost: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    integer: Ints


@dataclass(frozen=True)
class Answer:
    """What HiGHS returned: the point, minus the row duals (empty for a MILP), the bound it proves,
    its effort.
    """

    values: Floats
    prices: Floats
    value: float
    bound: float
    iterations: int
    solver: str


class _NotFeasibleError(Exception):
    """HiGHS found no point; the caller says which limits clash."""


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
        model = _model(program, threads, time_limit, None)
        answer = _run(model, integer=bool(len(program.integer)), names=problem.master.columns)
    except _NotFeasibleError:
        from headrace.plan.lp.infeasibility import explain

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

    def solve(self, x: Floats) -> tuple[NodeSolution, float]:
        """Operation and prices at capacities x, and its cost in the plan's weighted USD. x: [unit
        of the border]; the cost is in [kUSD].
        """
        rhs, upper = self.limits(x)
        if self._model is None:
            below, none = np.full(len(rhs), -np.inf), np.zeros(0, dtype=np.int64)
            still = np.zeros(len(upper))
            program = LinearProgram(
                self._hourly, self.matrix.cost, still, upper, below, rhs, integer=none
            )
            self._model = _model(program, self._threads, None, self._solver)
            # its operation stands in certified plans
            self._model.setOptionValue("primal_feasibility_tolerance", 1e-9)
        else:
            rows, columns = (
                np.arange(len(rhs), dtype=np.int32),
                np.arange(len(upper), dtype=np.int32),
            )
            self._model.changeRowsBounds(len(rhs), rows, np.full(len(rhs), -np.inf), rhs)
            self._model.changeColsBounds(len(upper), columns, np.zeros(len(upper)), upper)
        try:
            answer = _run(self._model, integer=False, names=())
        except _NotFeasibleError:
            from headrace.plan.lp.infeasibility import explain_node

            raise explain_node(self.block, x) from None
        self.iterations += answer.iterations
        prices = np.zeros(self.matrix.hourly.shape[0])
        prices[self._keep] = answer.prices
        bounded = len(self.matrix.bounded)
        return _node_solution(self.block, answer.values, prices, bounded), answer.value


def run(
    program: LinearProgram,
    *,
    threads: int = 1,
    time_limit: float | None = None,
    names: tuple[str, ...] = (),
    infeasible: HeadraceError | None = None,
    mip_gap: float | None = None,
    mip_abs_gap: float | None = None,
) -> Answer:
    """Solve one LP or MILP. `names` label the first columns in the message about an unbounded ray.

    mip_gap, mip_abs_gap: at which branch and bound ends, relative to the value [1] or in the
        objective's own unit, whichever is met first (default: HiGHS's own, 1e-4 and 1e-6).

    Raises `infeasible` when no point exists, InputError when the cost falls for ever, StoppedEarly
    at the time limit.
    """
    model = _model(program, threads, time_limit, None)
    if mip_gap is not None:
        model.setOptionValue("mip_rel_gap", mip_gap)
    if mip_abs_gap is not None and np.isfinite(mip_abs_gap):
        model.setOptionValue("mip_abs_gap", mip_abs_gap)
    try:
        return _run(model, integer=bool(len(program.integer)), names=names)
    except _NotFeasibleError:
        raise (infeasible or Infeasible("no point keeps every row")) from None


def program_of(form: Extensive, integer: Ints) -> LinearProgram:
    """The whole plan's program; `integer` are the columns that are counted."""
    return LinearProgram(
        form.matrix, form.cost, form.lower, form.upper, form.row_lower, form.row_upper, integer
    )


def _model(
    program: LinearProgram, threads: int, time_limit: float | None, solver: str | None
) -> highspy.Highs:
    """A HiGHS object that holds the program and the options of its size."""
    # the number of threads is frozen otherwise by the first solve of the process
    highspy.Highs.resetGlobalScheduler(True)
    model = highspy.Highs()
    large = sum(program.matrix.shape) > LARGE
    options: dict[str, object] = {"output_flag": False, "threads": threads}
    if time_limit is not None:
        options["time_limit"] = time_limit
    if solver is not None:
        options["solver"] = solver
    elif large and not len(program.integer):
        options["solver"] = "hipo"
    if options.get("solver") in ("hipo", "ipx"):
        options |= {"run_crossover": "off", "hipo_system": "augmented"}
    for key, value in options.items():
        model.setOptionValue(key, value)
    model.passModel(highs_lp(program))
    return model


def highs_lp(program: LinearProgram) -> highspy.HighsLp:
    """The program in HiGHS's own words."""
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = program.matrix.shape
    lp.col_cost_ = program.cost
    lp.col_lower_, lp.col_upper_ = program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = program.matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = program.matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = program.matrix.data
    if len(program.integer):
        kinds = [highspy.HighsVarType.kContinuous] * program.matrix.shape[1]
        for column in program.integer:
            kinds[column] = highspy.HighsVarType.kInteger
        lp.integrality_ = kinds
    return lp


def _run(model: highspy.Highs, *, integer: bool, names: tuple[str, ...]) -> Answer:
    """Run and read; a HiPO that ends without an answer is followed by ipx and then simplex."""
    model.run()
    status = model.getModelStatus()
    solver = str(model.getOptionValue("solver")[1])
    for second in ("ipx", "simplex"):
        if (
            status in (highspy.HighsModelStatus.kUnknown, highspy.HighsModelStatus.kSolveError)
            and solver != "choose"
        ):
            model.setOptionValue("solver", second)
            model.run()
            status, solver = model.getModelStatus(), second
    _judge(model, status, names, integer)
    info, solution = model.getInfo(), model.getSolution()
    return Answer(
        values=np.maximum(np.asarray(solution.col_value), np.asarray(model.getLp().col_lower_)),
        prices=np.maximum(-np.asarray(solution.row_dual), 0.0) if not integer else np.zeros(0),
        value=float(info.objective_function_value),
        bound=float(info.mip_dual_bound if integer else info.objective_function_value),
        iterations=int(max(info.simplex_iteration_count, 0) + max(info.ipm_iteration_count, 0)),
        solver="mip" if integer else solver,
    )


def _judge(
    model: highspy.Highs, status: highspy.HighsModelStatus, names: tuple[str, ...], integer: bool
) -> None:
    """Turn every ending but an optimum into one clear word."""
    kinds = highspy.HighsModelStatus
    if status == kinds.kUnboundedOrInfeasible:
        model.setOptionValue("presolve", "off")
        model.setOptionValue("solver", "simplex")
        model.run()
        status = model.getModelStatus()
    if status == kinds.kInfeasible:
        raise _NotFeasibleError
    if status in (kinds.kUnbounded, kinds.kUnboundedOrInfeasible):
        raise InputError(
            f"the cost falls without limit{_ray(model, names)};"
            " give every order and every hourly column a limit"
        )
    if status == kinds.kTimeLimit:
        raise StoppedEarly("HiGHS reached its time limit before it had an answer")
    if status not in (kinds.kOptimal, kinds.kModelEmpty):
        raise StoppedEarly(f"HiGHS ended with: {model.modelStatusToString(status)}")


def _ray(model: highspy.Highs, names: tuple[str, ...]) -> str:
    """The three largest named columns of the unbounded ray, as text."""
    model.setOptionValue("presolve", "off")
    model.setOptionValue("solver", "simplex")
    model.run()
    try:
        found = model.getPrimalRay()
        ray = np.asarray(found[-1] if isinstance(found, tuple) else found, dtype=np.float64)
    except (TypeError, ValueError):
        return ""
    if ray.ndim != 1 or not len(ray):
        return ""
    order = np.argsort(-np.abs(ray))
    told = [names[i] if i < len(names) else f"column {i}" for i in order[:3] if abs(ray[i]) > 0]
    return f" along {', '.join(told)}" if told else ""


def priced(program: LinearProgram, answer: Answer, threads: int) -> Answer:
    """Prices of a MILP: the LP with the integers held where branch and bound left them."""
    lower, upper = program.lower.copy(), program.upper.copy()
    held = np.round(answer.values[program.integer])
    lower[program.integer] = upper[program.integer] = held
    nothing = np.zeros(0, dtype=np.int64)
    fixed = LinearProgram(
        program.matrix, program.cost, lower, upper, program.row_lower, program.row_upper, nothing
    )
    again = run(fixed, threads=threads)
    return Answer(
        again.values,
        again.prices,
        again.value,
        answer.bound,
        answer.iterations + again.iterations,
        "mip",
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
