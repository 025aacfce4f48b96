"""One linear or mixed-integer program through HiGHS, and every ending but an optimum as one clear
word. It knows nothing of plans: whoever asks explains what cannot be.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csc_array

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import HeadraceError, Infeasible, InputError, StoppedEarly

LARGE = 20_000  # rows + columns above which HiPO beats the simplex method on chains of hours


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


class NotFeasibleError(Exception):
    """HiGHS found no point; the caller says which limits clash."""


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
    model = highs_model(program, threads, time_limit, None)
    if mip_gap is not None:
        model.setOptionValue("mip_rel_gap", mip_gap)
    if mip_abs_gap is not None and np.isfinite(mip_abs_gap):
        model.setOptionValue("mip_abs_gap", mip_abs_gap)
    try:
        return answered(model, integer=bool(len(program.integer)), names=names)
    except NotFeasibleError:
        raise (infeasible or Infeasible("no point keeps every row")) from None


def highs_model(
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


def answered(
    model: highspy.Highs, *, integer: bool, names: tuple[str, ...], anytime: bool = False
) -> Answer:
    """Run and read; a HiPO that ends without an answer is followed by ipx and then simplex.

    anytime: whether the best point of a MILP is an answer when its time is up, with its bound.
    """
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
    info, solution = model.getInfo(), model.getSolution()
    known = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if not (anytime and known and status == highspy.HighsModelStatus.kTimeLimit):
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
        raise NotFeasibleError
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
