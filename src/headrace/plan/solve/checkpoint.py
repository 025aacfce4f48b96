"""What a run leaves for the next one in the same folder: its best plan with prices, and the iterate
to go on from.

    progress.npz    written once a minute (of a plan for the mean whose orders come in any size),
                    when the solver is stopped and when it has finished; gone once the run is
                    complete

Nothing in it is believed: it counts only for the very same numbers (a digest of the whole problem),
the plan is evaluated anew and its bound is proved anew from the stored cuts. A file that is torn,
foreign or of another size is passed over. Primal and prices are stored in full; the iterate in
single precision, since it is a place to start from and no result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path

import numpy as np
from scipy.sparse import sparray

from headrace.core.arrays import UNREADABLE, Floats, open_arrays, save_arrays
from headrace.core.errors import DiskFull, InputError
from headrace.core.run_folder import RunFolder
from headrace.plan.interior_point.certified_solution import CertifiedSolution
from headrace.plan.interior_point.kernels.layout import Iterate
from headrace.plan.interior_point.master_system import MasterState
from headrace.plan.interior_point.warm_start import WarmStart
from headrace.plan.lp.dual_bound import Cut
from headrace.plan.lp.gap import gross_of, relative_gap
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import NodeSolution, Problem
from headrace.plan.lp.residuals import evaluate
from headrace.plan.lp.risk_measure import proved, value
from headrace.plan.lp.scaling import MONEY
from headrace.plan.solve import solve as solving
from headrace.plan.solve.proof import proof_of, with_proof_of
from headrace.plan.solve.solve import CertifiedPlan, Stop, Watch
from headrace.plan.solve.strategy import SolveRequest

PROGRESS = "progress.npz"
LAYOUT = 3
MOST_BYTES = 2 * 2**30
"""Above this the iterate is not stored; a plan that is larger still is not stored at all."""
Arrays = Mapping[str, np.ndarray]  # type: ignore[type-arg]


@dataclass(frozen=True)
class Checkpoint:
    """What an earlier run left: its plan, proved anew, whether it had met its gap, and how many
    iterations it took.
    """

    plan: CertifiedPlan
    finished: bool
    iterations: int

    @property
    def words(self) -> str:
        """What a run says that begins with it."""
        if self.finished:
            began = f"the plan of the earlier run, {self.iterations} iterations,"
        else:
            began = f"from iteration {self.iterations} of the earlier run, its plan"
        return f"{began} evaluated and proved anew"


def digest(problem: Problem) -> str:
    """A name of all numbers of the problem: two problems with one digest are the same."""
    told = hashlib.sha256(str(LAYOUT).encode())
    known: dict[int, bytes] = {}
    for part in _parts(problem, known):
        told.update(part)
    return told.hexdigest()


def _parts(value: object, known: dict[int, bytes]) -> Iterator[bytes]:
    """The bytes of everything in a tree of dataclasses; arrays that are shared are read once."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield field.name.encode()
            yield from _parts(getattr(value, field.name), known)
    elif isinstance(value, np.ndarray):
        if id(value) not in known:
            known[id(value)] = (
                hashlib.sha256(np.ascontiguousarray(value).tobytes()).digest()
                + str(value.shape).encode()
            )
        yield known[id(value)]
    elif isinstance(value, sparray):
        part = value.tocsr()  # type: ignore[attr-defined]
        for array in (part.indptr, part.indices, part.data):
            yield np.ascontiguousarray(array).tobytes()
    elif isinstance(value, tuple):
        yield str(len(value)).encode()
        for each in value:
            yield from _parts(each, known)
    else:
        yield repr(value).encode()


def solve(
    folder: RunFolder,
    problem: Problem,
    kept: Checkpoint | None,
    options: SolverOptions,
    *,
    stop: Stop,
    watch: Watch,
) -> CertifiedPlan:
    """The plan of `plan.solve`, begun where an earlier run of the same problem in `folder` ended;
    what it finds is kept there.

    kept: what `recall` found. Small plans are solved at once and leave nothing.
    """
    if kept is not None and kept.finished:
        return kept.plan

    before = 0 if kept is None else kept.iterations
    known = np.inf if kept is None else -kept.plan.low / MONEY

    def leave(solution: CertifiedSolution) -> None:
        # a plan is worth telling even where it cannot be kept for a next run
        with suppress(DiskFull):
            if solution.upper <= known:
                remember(folder, problem, solution, False, before)

    if kept is None:
        found = solving.solve(
            problem, options, stop=stop, watch=watch, proof=True, checkpoint=leave
        )
    else:
        found = better(kept, _go_on(problem, kept, options, stop, watch, leave))
    if isinstance(found.solution, CertifiedSolution):
        with suppress(DiskFull):
            remember(folder, problem, found.solution, found.finished, before)
    return found


def _go_on(
    problem: Problem,
    kept: Checkpoint,
    options: SolverOptions,
    stop: Stop,
    watch: Watch,
    leave: Callable[[CertifiedSolution], None],
) -> CertifiedPlan:
    """The interior point from the stored iterate; risk and whole orders begin anew beside the
    stored plan.
    """

    def tell(iteration: int, low: float, high: float) -> None:
        watch(iteration, max(low, kept.plan.low), min(high, kept.plan.high))

    heard = solving.told(tell, kept.iterations)
    # keep: the orders' values start from it
    start = kept.plan.solution
    return solving.certified(
        problem,
        SolveRequest(options, stop, heard, start, keep="numbers", proof=True, checkpoint=leave),
    )


def better(kept: Checkpoint, found: CertifiedPlan) -> CertifiedPlan:
    """The plan that is worth more, with the tighter of the two bounds above both."""
    best = found if found.low >= kept.plan.low else replace(kept.plan, finished=found.finished)
    if isinstance(best.solution, CertifiedSolution) and isinstance(
        found.solution, CertifiedSolution
    ):
        best = replace(best, solution=replace(best.solution, memory=found.solution.memory))
    proved = found if found.high <= kept.plan.high else kept.plan
    solution = with_proof_of(best.solution, proved.solution)
    return replace(best, solution=solution, high=proved.high)


def remember(
    folder: RunFolder,
    problem: Problem,
    solution: CertifiedSolution,
    finished: bool,
    before: int = 0,
) -> int:
    """Write down what a later run may go on from; returns the bytes written, 0 where there is too
    much to keep.

    before: iterations of earlier runs. Raises DiskFull.
    """
    arrays = {
        **_plan_arrays(problem, solution, finished, before),
        **iterate_arrays(solution.memory),
    }
    if _size(arrays) > MOST_BYTES:
        arrays = _plan_arrays(problem, solution, finished, before)
    if _size(arrays) > MOST_BYTES:
        return 0

    def write(temporary: Path) -> None:
        save_arrays(temporary, arrays)

    return folder.replace(PROGRESS, write).stat().st_size


def forget(folder: RunFolder) -> None:
    """The run is complete: what was kept for the next one goes."""
    folder.path(PROGRESS).unlink(missing_ok=True)


def recall(folder: RunFolder, problem: Problem) -> Checkpoint | None:
    """What an earlier run of this very problem left, proved anew; None where there is nothing that
    can be used.
    """
    path = folder.path(PROGRESS)
    try:
        if not path.is_file() or path.stat().st_size > 2 * MOST_BYTES:
            return None
        with open_arrays(path) as stored:
            if str(stored["digest"]) != digest(problem):
                return None
            arrays = {name: stored[name] for name in stored.files}
        return _kept(problem, arrays)
    except (OSError, IndexError, InputError, *UNREADABLE):
        return None


def _size(arrays: Arrays) -> int:
    return sum(array.nbytes for array in arrays.values())


def _plan_arrays(
    problem: Problem, solution: CertifiedSolution, finished: bool, before: int
) -> dict[str, Floats]:
    """The plan, its prices and its cuts, by name."""
    found: dict[str, np.ndarray] = {  # type: ignore[type-arg]
        "digest": np.array(digest(problem)),
        "finished": np.array(finished),
        "iterations": np.array(solution.iterations + before),
        "master": solution.master,
        "constants": np.array([each.constant for each in solution.cuts]),
    }
    kept = proof_of(problem, solution).nodes
    for n, (node, proof) in enumerate(zip(kept, solution.cuts)):
        found |= {
            f"{n}.columns": solution.nodes[n].columns,
            f"{n}.rows": node.rows,
            f"{n}.chains": node.chains,
            f"{n}.slope": proof.slope,
        }
        found |= {f"{n}.window.{w}": prices for w, prices in enumerate(node.windows)}
    return found


def iterate_arrays(memory: WarmStart | None) -> Arrays:
    """The iterate in single precision, by name."""
    if memory is None:
        return {}
    found: dict[str, np.ndarray] = {
        f"master.{name}": values for name, values in vars(memory.master).items()
    }
    found |= {"orders_of_master": memory.orders, "rows_of_master": memory.rows}
    for n, (state, columns) in enumerate(zip(memory.states, memory.columns)):
        found |= {
            f"{n}.state.{name}": array.astype(np.float32) for name, array in state._asdict().items()
        }
        found[f"{n}.columns_of_state"] = columns
    return found


def _kept(problem: Problem, arrays: Arrays) -> Checkpoint:
    """The stored plan with its value and its bound computed anew.

    Raises ValueError where shapes do not fit.
    """
    count = len(problem.nodes)
    nodes = tuple(stored_node(problem, arrays, n) for n in range(count))
    cuts = tuple(Cut(float(arrays["constants"][n]), arrays[f"{n}.slope"]) for n in range(count))
    lower = proved(problem, [cuts])
    finished, iterations = bool(arrays["finished"]), int(arrays["iterations"])
    solution = CertifiedSolution(
        master=arrays["master"],
        nodes=nodes,
        seconds=0.0,
        iterations=iterations,
        solver="interior",
        lower=lower,
        upper=np.inf,
        gap=np.inf,
        cuts=cuts,
        stopped="" if finished else "stopped",
        coarse=0,
        memory=stored_iterate(arrays, count),
        pool=(cuts,),
    )
    checked = evaluate(problem, solution)
    if not np.isfinite(checked.value) or not np.isfinite(lower) or checked.residuals.largest > 1e-6:
        raise ValueError("the stored plan does not keep its limits")
    upper = value(problem, solution)
    gross = gross_of(problem, solution.master, nodes)
    gap = relative_gap(lower, upper, gross)
    solution = replace(solution, upper=upper, gap=gap, gross=gross)
    return Checkpoint(
        CertifiedPlan(solution, checked, -upper * MONEY, -lower * MONEY, finished),
        finished,
        iterations,
    )


def stored_node(problem: Problem, arrays: Arrays, n: int) -> NodeSolution:
    """One node of the stored plan; raises ValueError where it has another shape."""
    block = problem.nodes[n]
    windows = tuple(arrays[f"{n}.window.{w}"] for w in range(len(block.window_rhs)))
    node = NodeSolution(arrays[f"{n}.columns"], arrays[f"{n}.rows"], arrays[f"{n}.chains"], windows)
    wanted = [
        (len(names), block.hours)
        for names in (block.template.columns, block.template.rows, block.template.chains)
    ]
    if [node.columns.shape, node.rows.shape, node.chains.shape] != wanted:
        raise ValueError("the stored plan has another shape")
    return node


def stored_iterate(arrays: Arrays, count: int) -> WarmStart | None:
    """The stored iterate of this many nodes; None where none was kept."""
    if "master.orders" not in arrays:
        return None
    names = (each.name for each in fields(MasterState))
    master = MasterState(*(arrays[f"master.{name}"] for name in names))
    states = tuple(
        Iterate(*(arrays[f"{n}.state.{name}"].astype(np.float64) for name in Iterate._fields))
        for n in range(count)
    )
    columns = tuple(arrays[f"{n}.columns_of_state"] for n in range(count))
    return WarmStart(master, states, arrays["orders_of_master"], arrays["rows_of_master"], columns)
