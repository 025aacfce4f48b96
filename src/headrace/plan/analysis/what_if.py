"""A what-if with a proof and without a solve: between which bounds the best plan of a changed study
lies, told by a plan of the study before.

    low    the stored orders, operated anew under the new numbers: somebody can do this
    high   the stored prices with the new numbers: weak duality lets no plan do better

Both ends hold whatever has changed - a price, a date, a site, a demand, the tree - for prices prove
a bound in any problem (docs/theory/dual-bound.md) and what breaks a limit is repaired before it
counts. Only the width depends on the likeness: it is at most what changing the orders, and running
them better than by the stored operation, could gain.

    stored = stored_plan(open_run(folder))        # solve/stored_solution: what a run keeps
    found = what_if(stored, changed_study, folder)
    found.low, found.high, found.kind
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import HeadraceError, Infeasible
from headrace.core.ids import AssetId, ProductId
from headrace.core.study import Study
from headrace.plan.interior_point.kernels.layout import FillPattern
from headrace.plan.interior_point.operate_again import operate_again
from headrace.plan.interior_point.repair import repair_orders
from headrace.plan.lp.carry_over import Counterpart, carried_over
from headrace.plan.lp.cut_pool import completed
from headrace.plan.lp.fix_orders import alone
from headrace.plan.lp.highs import FixedNode
from headrace.plan.lp.measured_windows import ample, relieved_rows, settled
from headrace.plan.lp.options import DEFAULTS, SolverOptions
from headrace.plan.lp.problem import NodeBlock, NodeSolution, Problem, Solution
from headrace.plan.lp.risk_measure import proved, value
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results.liquidity import missing, missing_words
from headrace.plan.results.promise_check import broken, everything
from headrace.plan.scenario.counterparts import like_hours, like_nodes
from headrace.plan.solve import solve as solving
from headrace.plan.solve.stored_solution import StoredPlan

Kind = Literal["both", "bound", "none"]
"""What is known: both ends; only the bound above, where the stored orders break a limit or a
promise of the changed study; that no plan keeps its promises, or none for less than all that it
could sell.
"""

ROUNDING = 1e-9
"""Share of a unit that a whole order may lack and still be counted whole [1]."""
ROUNDS = 4
"""How often orders are rounded to whole units and brought inside their limits again."""


@dataclass(frozen=True)
class WhatIf:
    """Bounds of the best plan of a changed study, by its own measure of the NPV [USD].

    low: what the stored orders are worth there, -inf unless `kind` is "both". high: no plan is
    worth more. before: the same two bounds of the plan as it was stored. why: what keeps the stored
    orders from being operated, "" where nothing does. seconds: wall time [s].
    """

    low: float
    high: float
    kind: Kind
    before: tuple[float, float]
    why: str = ""
    seconds: float = 0.0

    @property
    def change(self) -> tuple[float, float]:
        """Between which bounds the change moves what the best plan is worth [USD]."""
        return self.low - self.before[1], self.high - self.before[0]

    @property
    def width(self) -> float:
        """Between the two ends, relative to the larger of them [1]."""
        size = max(abs(self.low), abs(self.high), 1.0)
        return (self.high - self.low) / size if np.isfinite(self.low) else np.inf


def what_if(stored: StoredPlan, changed: Study, folder: Path | None = None) -> WhatIf:
    """Bounds of the best plan of `changed`, told by a stored plan of a study much like it.

    stored: needs `solution.npz` in its run folder, which every finished run up to 1 GiB keeps.
    folder: where the files that the changed study names lie; a run folder has copies of its own.

    Raises InputError with every problem of the changed study, Infeasible where its limits on orders
    contradict each other.
    """
    began = time.perf_counter()
    found = bounds(stored, formulate(expand(changed, folder)))
    return replace(found, seconds=time.perf_counter() - began)


def bounds(stored: StoredPlan, changed: Formulation, options: SolverOptions = DEFAULTS) -> WhatIf:
    """The same for a changed study that has been formulated."""
    old, problem = stored.formulation, changed.problem
    like = counterparts(old, changed)
    nodes = [
        carried_over(stored.solution.nodes[o], Counterpart(old.problem.nodes[o], hours), block)
        for block, (o, hours) in zip(problem.nodes, like)
    ]
    pool = [completed(problem, nodes, options.threads)]
    low, high = stored.file.lower_bound_usd, stored.file.upper_bound_usd
    before = (-np.inf if low is None else low, np.inf if high is None else high)
    master = same_orders(old, stored.solution.master, changed, [o for o, _ in like])
    try:
        kept = operated_anew(problem, master, nodes, options)
    except HeadraceError as error:
        return WhatIf(-np.inf, -MONEY * proved(problem, pool), "bound", before, error.message)
    if any(new.rows is not known.rows for new, known in zip(kept.nodes, nodes)):
        pool.append(completed(problem, kept.nodes, options.threads))
    low, high = -MONEY * value(problem, kept), -MONEY * proved(problem, pool)
    if (short := broken(changed, kept)) is not None:
        kind: Kind = "none" if high < -everything(changed) else "bound"
        why = f"{short.kept} with them in stage {short.node.stage}, which promises {short.promised}"
        return WhatIf(-np.inf, high, kind, before, why)
    if (poor := missing(changed, kept)) is not None:
        return WhatIf(-np.inf, high, "bound", before, missing_words(poor))
    return WhatIf(low, max(low, high), "both", before)


def counterparts(old: Formulation, new: Formulation) -> list[tuple[int, Ints]]:
    """Of each node of the new tree the old node most like it, and of each of its hours the old
    hour.
    """
    found, known = [], dict[tuple[int, int], Ints]()
    for n, o in enumerate(like_nodes(old.nodes, new.nodes)):
        slices = old.time_slices[o], new.time_slices[n]
        key = id(slices[0]), id(slices[1])
        if key not in known:
            known[key] = like_hours(*slices)
        found.append((o, known[key]))
    return found


def same_orders(old: Formulation, master: Floats, new: Formulation, like: Sequence[int]) -> Floats:
    """The stored orders as master columns of the changed study: the same asset at the same node,
    by date; what can no longer be ordered is left out. Peaks follow in their old order, and what
    is sold.

    master: of the old problem; like: old node of each new one.
    """
    known = _by_asset(old)
    found = np.zeros(len(new.problem.master.columns))
    for (node, asset, renews), columns in _by_asset(new).items():
        there = known.get((like[node], asset, renews), [])
        for column, old_column in zip(columns, there):
            own = master[old_column] * old.order_scales[old_column]
            found[column] = own / new.order_scales[column]
    peaks = {}
    for i, peak in enumerate(old.peaks):
        peaks[peak.node, old.system.converters[peak.converter].id, peak.period, peak.charge] = i
    for i, peak in enumerate(new.peaks):
        key = like[peak.node], new.system.converters[peak.converter].id, peak.period, peak.charge
        if key in peaks:
            found[len(new.orders) + i] = master[len(old.orders) + peaks[key]]
    levels, first = _sales(old, None), len(new.orders) + len(new.peaks)
    for sale, i in _sales(new, like).items():
        if sale in levels:
            place = len(old.orders) + len(old.peaks) + levels[sale]
            own = master[place] * old.sales.columns[levels[sale]].scale
            found[first + i] = own / new.sales.columns[i].scale
    return found


def _sales(
    formulation: Formulation, like: Sequence[int] | None
) -> dict[tuple[int, ProductId, int, int], int]:
    """Numbers of what is sold, and may go unserved, by node, product, offer and piece."""
    demands = formulation.system.demands
    return {
        (
            sale.node if like is None else like[sale.node],
            demands[sale.demand].product,
            sale.offer,
            sale.piece,
        ): number
        for number, sale in enumerate(formulation.sales.columns)
    }


def _by_asset(formulation: Formulation) -> dict[tuple[int, AssetId, bool], list[int]]:
    """Columns of the orders of each asset at each node, new ones and kept ones apart, by date."""
    found: dict[tuple[int, AssetId, bool], list[int]] = {}
    for column, order in enumerate(formulation.orders):
        key = order.node, formulation.system.assets[order.asset].id, order.renews >= 0
        found.setdefault(key, []).append(column)
    return found


def operated_anew(
    problem: Problem,
    master: Floats,
    near: Sequence[NodeSolution],
    options: SolverOptions = DEFAULTS,
) -> Solution:
    """Orders near `master` that keep the limits on orders, and an operation of every node near the
    given one that keeps all of its own.

    Nodes of small problems are operated at their best by HiGHS; of others by the repair, and at
    their best where that leaves a limit broken. master: [unit of the order].

    Raises Infeasible where the orders break a limit that asks for more, or cannot be operated.
    """
    small = solving.by_highs(problem, options)
    m, unit = master, problem.master.unit
    for _ in range(ROUNDS):  # what rests on an order that was rounded down shrinks with it
        m = repair_orders(problem, m)
        m = np.where(unit > 0, np.floor(m / np.where(unit > 0, unit, 1.0) + ROUNDING) * unit, m)
    over = problem.master.matrix @ m - problem.master.rhs
    over[relieved_rows(problem)] = 0.0
    broken = over > options.repair_tolerance * np.maximum(np.abs(problem.master.rhs), 1.0)
    if broken.any():
        names = tuple(problem.master.rows[r] for r in np.flatnonzero(broken)[:8])
        raise Infeasible(f"the stored orders break {', '.join(names)}", names)
    known: dict[bytes, FillPattern] = {}

    def operated(block: NodeBlock, node: NodeSolution) -> NodeSolution:
        x = ample(block, block.start + block.map @ m)
        if small:
            return FixedNode(block).solve(x)[0]
        found = operate_again(block, node.columns, x, known, options)
        if found is not None:
            return replace(node, columns=found)
        return solving.solve(alone(block, x), options).solution.nodes[0]

    with ThreadPoolExecutor(max(1, options.threads)) as pool:
        nodes = tuple(pool.map(operated, problem.nodes, near))
    m = settled(problem, m, [node.columns for node in nodes])
    return Solution(m, nodes, 0.0, 0, "operated anew")
