"""More than what the hours of a node can earn, however large everything is: what a number that
must not be negative may count from (plan/model/liquidity.py).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Floats
from headrace.plan.lp.dual_bound import implied_upper
from headrace.plan.lp.problem import Master, NodeBlock, Values
from headrace.plan.lp.residuals import entries

BOUNDLESS = 1e7
"""Size of an order that nothing limits [unit of the order]."""


def most_earned(block: NodeBlock, costs: Values, master: Master) -> float:
    """More than what the hours of a node can earn in its own year [unit of the costs], however
    large everything is: each column that earns is held by a row or window without negative entries
    that it stands in, or else by its own bound.
    """
    box = np.where(np.isfinite(implied_upper(master)), implied_upper(master), BOUNDLESS)
    x = block.start + abs(csr_array(block.map)) @ box
    profiles, template = block.profiles, block.template
    gain = np.maximum(-costs.hourly(profiles), 0.0) * block.weights
    rhs = block.row_rhs.hourly(profiles)
    for e in entries(template.row_border, block.row_border, profiles):
        rhs[e.row] += np.maximum(e.number, 0.0) * x[e.column]
    inside = list(entries(template.row_entries, block.row_entries, profiles))
    loads = {
        r: [e for e in inside if e.row == r]
        for r in range(len(template.rows))
        if all(np.min(e.number) >= 0 for e in inside if e.row == r)
    }
    total, held = 0.0, np.zeros(len(gain), dtype=bool)
    for r, here in loads.items():
        mine = [
            e for e in here if not held[e.column] and np.min(e.number) > 0 and gain[e.column].any()
        ]
        if mine:
            best = np.max([gain[e.column] / e.number for e in mine], axis=0)
            total += float(np.sum(best * np.maximum(rhs[r], 0.0)))
            held[[e.column for e in mine]] = True
    total += held_by_windows(block, gain, held, x)
    most = (
        np.where(np.isfinite(block.upper.scale), block.upper.scale, 0.0)[:, None]
        * profiles[block.upper.profile]
    )
    for e in entries(template.upper_border, block.upper_border, profiles):
        most[e.row] += np.maximum(e.number, 0.0) * x[e.column]
    return total + float(np.sum(gain[~held] * most[~held]))


def held_by_windows(block: NodeBlock, gain: Floats, held: Floats, x: Floats) -> float:
    """The same of columns that no row holds, by windows [unit of the costs]; marks them held."""
    template, total = block.template, 0.0
    found = list(entries(template.window_entries, block.window_entries, block.profiles))
    for f, limits in enumerate(block.window_rhs):
        here = [e for e in found if e.row == f]
        if any(np.min(e.number) < 0 for e in here) or (block.window_of[f] < 0).any():
            continue
        room = np.asarray(limits, dtype=np.float64).copy()
        for row, column, b in zip(
            template.window_border.row, template.window_border.column, block.window_border
        ):
            if row == f:
                room += max(b, 0.0) * x[column]
        best, where = np.zeros(len(room)), block.window_of[f]
        for e in here:
            if not held[e.column] and np.min(e.number) > 0 and gain[e.column].any():
                np.maximum.at(best, where, np.broadcast_to(gain[e.column] / e.number, where.shape))
                held[e.column] = True
        total += float(best @ np.maximum(room, 0.0))
    return total
