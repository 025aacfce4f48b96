"""What a finished run keeps of its plan beside `plan.json`: its orders, its operation and its
prices.

    solution.npz    orders of the whole tree and prices of the limits on them; odds of the branches
                    where risk counts; by node the hourly columns and the prices of rows, chains
                    and windows: hours of large plans in single precision

Prices are proofs whatever they are (docs/theory/dual-bound.md), and operation is repaired before it
is believed, so single precision loses nothing: what-ifs (plan/analysis/what_if.py) and the
stand-alone check begin with them. The prices kept are those that prove most: a blend of the last
iterates'. A digest of the whole problem says which numbers they belong to.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from headrace.core.arrays import UNREADABLE, open_arrays, save_arrays
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.plan_file import PlanFile
from headrace.core.run_folder import STUDY, RunFolder
from headrace.core.study import Study
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.lp.problem import NodeSolution, Problem, Solution
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.solve.checkpoint import digest
from headrace.plan.solve.kept_files import AGAIN, MOST_BYTES, SOLUTION, finished_plan, unread
from headrace.plan.solve.proof import Proof, precision


@dataclass(frozen=True)
class StoredPlan:
    """A finished plan as it was found, in the words of its own problem.

    file: what `plan.json` says of it. solution: its orders, operation and prices.
    """

    file: PlanFile
    study: Study
    formulation: Formulation
    solution: Solution


def keep_solution(folder: RunFolder, problem: Problem, solution: Solution, proof: Proof) -> int:
    """Write `solution.npz` into a folder; returns its bytes, 0 where it would be larger than
    `MOST_BYTES` and is left out. Raises DiskFull.
    """
    arrays: dict[str, np.ndarray] = {  # type: ignore[type-arg]
        "master": solution.master,
        "master.prices": proof.orders,
        "odds": proof.odds,
    }
    kept = precision(problem)
    for n, (node, priced) in enumerate(zip(solution.nodes, proof.nodes)):
        parts = {"columns": node.columns, "rows": priced.rows, "chains": priced.chains}
        arrays |= {f"{n}.{name}": kept(array) for name, array in parts.items()}
        arrays |= {f"{n}.window.{w}": each for w, each in enumerate(priced.windows)}
    if sum(array.nbytes for array in arrays.values()) > MOST_BYTES:
        return 0

    def fill(path: Path) -> None:
        save_arrays(path, {"digest": np.array(digest(problem)), **arrays})

    return folder.replace(SOLUTION, fill).stat().st_size


def stored_plan(folder: RunFolder) -> StoredPlan:
    """The finished plan of a run folder with its problem, written anew from the folder's study.

    Raises InputError where the run did not finish, where it kept no solution or one that cannot be
    read, and where the problem is another one by now (another version of the package, another
    catalogue).
    """
    file, path = finished_plan(folder), folder.path(SOLUTION)
    study = study_of(parse_text(folder.read(STUDY), STUDY))
    formulation = formulate(expand(study, folder.root))
    solution = _read(formulation.problem, path)
    if solution is None:
        what = "is of other numbers than the study gives today"
        raise InputError(InputFault(Place(str(path)), what, fix=AGAIN))
    return StoredPlan(file, study, formulation, solution)


def _read(problem: Problem, path: Path) -> Solution | None:
    """The solution that a file keeps of this very problem; None where it is of another one.

    Raises InputError where the file is none of ours.
    """
    try:
        with open_arrays(path) as stored:
            if str(stored["digest"]) != digest(problem):
                return None
            arrays = {name: stored[name].astype(np.float64) for name in stored.files[1:]}
        nodes = tuple(
            NodeSolution(
                columns=arrays[f"{n}.columns"],
                rows=arrays[f"{n}.rows"],
                chains=arrays[f"{n}.chains"],
                windows=tuple(arrays[f"{n}.window.{w}"] for w in range(len(block.window_rhs))),
            )
            for n, block in enumerate(problem.nodes)
        )
        return Solution(arrays["master"], nodes, 0.0, 0, "stored")
    except (OSError, *UNREADABLE) as error:
        raise unread(path, error) from None
