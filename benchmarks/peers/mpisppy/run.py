"""Progressive hedging of mpi-sppy on scenarios that `benchmarks/hedging.py` wrote: each a linear
program of one branch, with the columns that branches share by node of the tree.

`python run.py SCENARIOS.npz SECONDS RESULT.npz`: without MPI, one process, HiGHS by its persistent
interface, proximal terms linearised (HiGHS solves no large quadratic programs), penalties
proportional to cost.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pyomo.environ as pyo
from mpisppy.opt.ph import PH
from mpisppy.scenario_tree import ScenarioNode
from pyomo.core.expr import LinearExpression
from scipy.sparse import csr_array

RHO = 0.1
"""Penalty over the cost of a column [1/unit]."""


def model(data: dict[str, np.ndarray], leaf: int) -> pyo.ConcreteModel:
    """One branch as a Pyomo model, with the nodes at which it shares columns."""
    part = {key.partition(".")[2]: data[key] for key in data if key.startswith(f"{leaf}.")}
    cost, lower, upper = (part[name] for name in ("cost", "lower", "upper"))
    m = pyo.ConcreteModel()
    m.v = pyo.Var(
        range(len(cost)),
        bounds=lambda _, j: (lower[j], None if np.isinf(upper[j]) else float(upper[j])),
        initialize=0.0,
    )
    columns = [m.v[j] for j in range(len(cost))]
    matrix = csr_array(
        (part["value"], part["index"], part["pointer"]), shape=(len(part["row_upper"]), len(cost))
    )
    m.rows = pyo.ConstraintList()
    for r in range(matrix.shape[0]):
        at = slice(matrix.indptr[r], matrix.indptr[r + 1])
        terms = LinearExpression(
            linear_coefs=matrix.data[at].tolist(),
            linear_vars=[columns[j] for j in matrix.indices[at]],
        )
        low, high = part["row_lower"][r], part["row_upper"][r]
        if at.start == at.stop:
            continue
        m.rows.add((None if np.isinf(low) else low, terms, None if np.isinf(high) else high))
    used = np.flatnonzero(cost)
    m.cost = pyo.Expression(
        expr=LinearExpression(
            linear_coefs=cost[used].tolist(), linear_vars=[columns[j] for j in used]
        )
    )
    m.total = pyo.Objective(expr=m.cost)
    path, name, nodes = data[f"{leaf}.path"].tolist(), "ROOT", []
    for stage, node in enumerate(path[:-1], start=1):
        shared = [columns[j] for j in np.flatnonzero(data["node"] == node)]
        odds = 1.0 if stage == 1 else float(data["odds"][node] / data["odds"][path[stage - 2]])
        nodes.append(ScenarioNode(name, odds, stage, pyo.Expression(expr=0.0), shared, m))
        name = f"{name}_{place(data, path[stage])}"
    m._mpisppy_node_list = nodes
    m._mpisppy_probability = float(data["odds"][path[-1]])
    return m


def place(data: dict[str, np.ndarray], node: int) -> int:
    """Position of a node among the children of its parent."""
    return int(np.flatnonzero(data["parent"] == data["parent"][node]).tolist().index(node))


def names(data: dict[str, np.ndarray]) -> list[str]:
    """Every node of the tree as mpi-sppy calls it."""
    found = {0: "ROOT"}
    for node in range(1, len(data["parent"])):
        found[node] = f"{found[int(data['parent'][node])]}_{place(data, node)}"
    return list(found.values())


def main() -> None:
    data = dict(np.load(sys.argv[1]))
    seconds = float(sys.argv[2])
    began = time.process_time()
    leaves = data["leaves"].tolist()
    until = time.monotonic() + seconds

    class Timed(PH):
        """Progressive hedging that stops when its time is up."""

        def is_converged(self) -> bool:
            return time.monotonic() > until or bool(super().is_converged())

    def rhos(m: pyo.ConcreteModel) -> list[tuple[int, float]]:
        first = {id(m.v[j]): j for j in range(len(data["node"]))}
        shared = [v for node in m._mpisppy_node_list for v in node.nonant_vardata_list]
        price = data["price"]
        return [(id(v), max(RHO * abs(float(price[first[id(v)]])), 1e-4)) for v in shared]

    options = {
        "solver_name": "appsi_highs",
        "PHIterLimit": 200,
        "defaultPHrho": 1.0,
        "convthresh": 1e-4,
        "verbose": False,
        "display_progress": False,
        "display_timing": False,
        "iter0_solver_options": {},
        "iterk_solver_options": {},
        "linearize_proximal_terms": True,
        "toc": False,
    }
    hedging = Timed(
        options,
        [str(leaf) for leaf in leaves],
        lambda name, **_: model(data, int(name)),
        all_nodenames=names(data),
        rho_setter=rhos,
    )
    _, _, trivial = hedging.ph_main(finalize=False)
    iterations = int(hedging._PHIter)
    hedging._disable_prox()  # the odds' own sum of penalties is zero: a Lagrangian bound
    hedging.solve_loop(solver_options={})
    bound = max(float(trivial), float(hedging.Ebound()))
    orders = np.zeros(len(data["node"]))
    for name, m in hedging.local_scenarios.items():
        for node in m._mpisppy_node_list:
            for i, v in enumerate(node.nonant_vardata_list):
                orders[v.index()] = pyo.value(m._mpisppy_model.xbars[node.name, i])
        last = data[f"{name}.path"][-1]
        for j in np.flatnonzero(data["node"] == last):
            orders[j] = pyo.value(m.v[int(j)])
    spent = time.process_time() - began
    np.savez(
        sys.argv[3],
        orders=orders,
        bound=bound,
        iterations=iterations,
        cpu_s=spent,
        conv=hedging.conv,
    )


if __name__ == "__main__":
    main()
