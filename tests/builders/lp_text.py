"""A formulation as text that one can check by eye: every column, row, intertemporal row and window
of a node, and the master, with names and plain numbers.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.sparse import csr_array

from headrace.plan.lp.problem import Master, NodeBlock, Pattern, Values
from headrace.plan.model.formulate import Formulation


def lp_text(found: Formulation) -> str:
    """The whole problem; costs in thousands of dollars, accelerators in thousands."""
    problem = found.problem
    lines = [*_master(problem.master), f"constant {_number(problem.constant)}"]
    for block in problem.nodes:
        lines += ["", f"node {block.name}: weight {_number(block.weight)}", *_node(block)]
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:.6g}".replace("-0", "0") if value == 0 else f"{value:.6g}"


def _series(values: np.ndarray) -> str:
    """One number where all are alike, else one by hour."""
    told = [_number(float(v)) for v in values]
    return told[0] if len(set(told)) == 1 else f"({' '.join(told)})"


def _sum(terms: Iterable[tuple[str, str]]) -> str:
    return " + ".join(f"{value} [{name}]" for value, name in terms) or "0"


def _master(master: Master) -> list[str]:
    lines = ["master"]
    for name, cost, most, unit in zip(master.columns, master.cost, master.upper, master.unit):
        whole = f", in units of {_number(unit)}" if unit else ""
        lines.append(f"  [{name}] costs {_number(cost)}, at most {_number(most)}{whole}")
    matrix = csr_array(master.matrix)
    for r, name in enumerate(master.rows):
        row = matrix[[r]]
        terms = [(_number(v), master.columns[c]) for c, v in zip(row.indices, row.data)]
        lines.append(f"  {name}: {_sum(terms)} <= {_number(master.rhs[r])}")
    return lines


def _node(block: NodeBlock) -> list[str]:
    t, p = block.template, block.profiles
    lines = [f"  hours {_series(block.weights)}"]
    for k, name in enumerate(t.borders):
        row = csr_array(block.map)[[k]]
        terms = [(_number(v), f"order {c}") for c, v in zip(row.indices, row.data)]
        lines.append(f"  standing [{name}] = {_number(block.start[k])} + {_sum(terms)}")
    cost, upper = block.cost.hourly(p), block.upper.hourly(p)
    for j, name in enumerate(t.columns):
        bound = _of(t.upper_border, block.upper_border, p, j, t.borders)
        fixed = [] if np.all(upper[j] == 0) and bound else [(_series(upper[j]), "1")]
        lines.append(f"  [{name}] costs {_series(cost[j])}, at most {_sum([*fixed, *bound])}")
    rhs = block.row_rhs.hourly(p)
    for r, name in enumerate(t.rows):
        left = _of(t.row_entries, block.row_entries, p, r, t.columns)
        right = [(_series(rhs[r]), "1"), *_of(t.row_border, block.row_border, p, r, t.borders)]
        lines.append(f"  {name}: {_sum(left)} <= {_sum(right)}")
    for s, name in enumerate(t.chains):
        now = _of(t.chain_now, block.chain_now, p, s, t.columns)
        after = _of(t.chain_next, block.chain_next, p, s, t.columns)
        later = [(value, f"next {column}") for value, column in after]
        lines.append(f"  {name}: {_sum([*later, *now])} <= 0")
    for f, name in enumerate(t.windows):
        left = _of(t.window_entries, block.window_entries, p, f, t.columns)
        of = " ".join(map(str, block.window_of[f]))
        right = " ".join(_number(float(v)) for v in block.window_rhs[f])
        lines.append(f"  {name}: hours in windows {of}: sum {_sum(left)} <= {right}")
    return lines


def _of(
    pattern: Pattern, values: Values, profiles: np.ndarray, row: int, names: tuple[str, ...]
) -> list[tuple[str, str]]:
    numbers = values.hourly(profiles)
    return [
        (_series(numbers[e]), names[c])
        for e, (r, c) in enumerate(zip(pattern.row, pattern.column))
        if r == row
    ]
