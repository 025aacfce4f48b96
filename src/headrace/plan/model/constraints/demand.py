"""Demands: served up to a quantity, by a deadline, at a price; the rest is lost.

    now:     sum_a ratio a_t <= q_t                        every hour
    window:  sum_{t in w} ratio a_t <= sum_{t in w} q_t    work may wait inside the window (hours, day, year)
    least:   sum_t weight_t (served_t + short_t) >= share * sum_t weight_t q_t,  short_t dear

A deadline of some hours is kept by fixed windows of that length, so no job waits longer (and some
less than they may). Rows are divided by the largest ratio, so that their entries are near one.
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats, Hourly, Ints
from headrace.core.components import Demand
from headrace.plan.model.constraints.context import MONEY, ColumnLabel, ConstraintContext, RowLabel

SHORT_FACTOR = 1e3
"""A unit short of a promised share costs this many times its price: more than any plan would pay to
avoid it.
"""


def level(setting: ConstraintContext, demand: Demand) -> float:
    """Factor on the demand's quantity here."""
    return setting.world.level.get(demand.name, 1.0)


def hourly_quantity(setting: ConstraintContext, demand: Demand) -> Floats:
    """Demand in each snapshot [unit of the bus per hour]."""
    given = setting.world.blocks.get(demand.name)
    if given is not None:
        return given
    shape = np.asarray(setting.writer.cut(demand.quantity), dtype=np.float64)
    return np.broadcast_to(shape * level(setting, demand), setting.writer.calendar.weights.shape)


def deliver(setting: ConstraintContext, demand: Demand, column: int, ratio: Hourly) -> None:
    """`ratio` units of the demand are served by each unit of `column`."""
    kind, number, scale = _limit(setting, demand, float(np.max(ratio)))
    if kind == "row":
        setting.writer.entry(number, column, np.asarray(ratio) / scale)
    else:
        weights = setting.writer.calendar.weights if kind == "year" else 1.0
        setting.writer.window_entry(number, column, np.asarray(ratio) / scale * weights)
    if demand.least > 0 and f"{demand.name}:least" in setting.demand_rows:
        _, window, scale = setting.demand_rows[f"{demand.name}:least"]
        setting.writer.window_entry(
            window, column, -np.asarray(ratio) / scale * setting.writer.calendar.weights
        )


def promise(setting: ConstraintContext, demand: Demand, number: int, ratio: float) -> None:
    """Write the least share that must be served, with the dear way out; before the converters that
    deliver.
    """
    quantity, weights = hourly_quantity(setting, demand), setting.writer.calendar.weights
    owed = demand.least * float(weights @ quantity)
    if owed <= 0:
        return
    name = f"{demand.name}:least"
    window = _window(
        setting, name, np.zeros(len(weights), np.int64), np.array([-owed / ratio]), ratio
    )
    setting.demand_rows[name] = ("least", window, ratio)
    dear = SHORT_FACTOR * max(demand.price, 1e-6) / MONEY
    short = setting.column(f"short {demand.name}", dear, ColumnLabel("short", number), quantity)
    setting.writer.window_entry(window, short, -weights / ratio)


def _limit(setting: ConstraintContext, demand: Demand, ratio: float) -> tuple[str, int, float]:
    if demand.name not in setting.demand_rows:
        quantity = hourly_quantity(setting, demand)
        calendar = setting.writer.calendar
        if demand.deadline == "now":
            row = setting.row(
                f"demand {demand.name}", RowLabel("demand", demand.name, ratio), quantity / ratio
            )
            setting.demand_rows[demand.name] = ("row", row, ratio)
        elif demand.deadline == "year":
            total = np.array([float(calendar.weights @ quantity) / ratio])
            window = _window(setting, demand.name, np.zeros(len(quantity), np.int64), total, ratio)
            setting.demand_rows[demand.name] = ("year", window, ratio)
        else:
            of = calendar.day if demand.deadline == "day" else calendar.window(demand.window_hours)
            window = _window(setting, demand.name, of, np.bincount(of, quantity) / ratio, ratio)
            setting.demand_rows[demand.name] = ("window", window, ratio)
    return setting.demand_rows[demand.name]


def _window(setting: ConstraintContext, name: str, of: Ints, rhs: Floats, scale: float) -> int:
    setting.windows.append(RowLabel("demand", name, scale))
    return setting.writer.window(f"window {name}", of, rhs)
