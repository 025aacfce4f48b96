"""The problem of a finished plan as plain arrays, for a check that imports nothing of this package.

    model.npz     names, and which of the arrays a0, a1, ... each is: equal ones are stored once
    certify.py    the check (solve/certify_run.py), a copy of it beside the run

How the numbers are meant stands in `plan/lp/problem.py` and, in a few lines, in the check itself.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array

from headrace.core.arrays import save_arrays
from headrace.core.run_folder import RunFolder
from headrace.plan.lp.problem import NodeBlock, Pattern, Values
from headrace.plan.lp.risk_measure import spent
from headrace.plan.model.formulate import Formulation
from headrace.plan.solve.kept_files import CHECK, MODEL

MOST_BYTES = 2**28
"""A problem that takes more is not kept [byte]."""

Arrays = dict[str, np.ndarray]  # type: ignore[type-arg]
PLACED = (
    *("row_entries", "row_border", "chain_now"),
    *("chain_next", "upper_border", "window_entries"),
)
"""Numbers that have a place in a matrix; the others stand in a row each."""
LISTED = ("cost", "upper", "row_rhs", "chain_rhs")


def keep_model(folder: RunFolder, formulation: Formulation) -> int:
    """Write `model.npz` and the check into a folder; returns the bytes of the model, 0 where it
    would be larger than `MOST_BYTES` and is left out. Raises DiskFull.
    """
    named = model_arrays(formulation)
    which: list[int] = []
    known: dict[bytes, int] = {}
    stored: Arrays = {}
    for array in named.values():
        key = sha256(array.tobytes()).digest() + f"{array.shape}{array.dtype}".encode()
        if key not in known:
            known[key] = len(known)
            stored[f"a{known[key]}"] = array
        which.append(known[key])
    stored |= {"names": np.array(list(named)), "which": np.array(which)}
    if sum(array.nbytes for array in stored.values()) > MOST_BYTES:
        return 0

    def fill(path: Path) -> None:
        save_arrays(path, stored)

    script = files("headrace.plan.solve") / "certify_run.py"
    folder.write(CHECK, script.read_text(encoding="utf-8"))
    return folder.replace(MODEL, fill).stat().st_size


def model_arrays(formulation: Formulation) -> Arrays:
    """Every number of a problem by name, in the solver's units."""
    problem, risk = formulation.problem, formulation.problem.risk
    master = problem.master
    assets = [formulation.system.assets[order.asset] for order in formulation.orders]
    found: Arrays = {
        "parent": problem.parent,
        "probability": problem.probability,
        "constant": np.array(problem.constant),
        "spent": spent(problem),
        "risk": np.zeros(2) if risk is None else np.array([risk.alpha, risk.omega]),
        "master.cost": master.cost,
        "master.node": master.node,
        "master.upper": master.upper,
        "master.unit": master.unit,
        "master.rhs": master.rhs,
        "order.scale": formulation.order_scales,
        "order.price": np.array([asset.price for asset in assets]),
        "order.now": np.array([float(order.date == 0) for order in formulation.orders]),
    }
    found |= _entries("master", coo_array(master.matrix))
    for n, block in enumerate(problem.nodes):
        found |= {f"{n}.{name}": np.asarray(array) for name, array in _node(block).items()}
    return found


def _node(block: NodeBlock) -> Arrays:
    counts = np.array([len(rhs) for rhs in block.window_rhs], dtype=np.int64)
    found: Arrays = {
        "weight": np.array(block.weight),
        "hours": block.weights,
        "next_hour": block.next_hour,
        "profiles": block.profiles,
        "start": block.start,
        "window_of": block.window_of,
        "window_counts": counts,
        "window_rhs": np.concatenate([np.zeros(0), *block.window_rhs]),
        "window_border.row": block.template.window_border.row,
        "window_border.column": block.template.window_border.column,
        "window_border.value": block.window_border,
    }
    for name in (*PLACED, *LISTED):
        values: Values = getattr(block, name)
        found |= {f"{name}.scale": values.scale, f"{name}.profile": values.profile}
    for name in PLACED:
        pattern: Pattern = getattr(block.template, name)
        found |= {f"{name}.row": pattern.row, f"{name}.column": pattern.column}
    return found | _entries("map", coo_array(block.map))


def _entries(name: str, matrix: coo_array) -> Arrays:
    return {f"{name}.row": matrix.row, f"{name}.column": matrix.col, f"{name}.value": matrix.data}
