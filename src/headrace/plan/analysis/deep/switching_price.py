"""The price at which an order is no longer placed, between two certified bounds.

Let r be how much dearer this one order becomes (0: the catalogue's price). Its price enters the
objective linearly:

    worth of the best plan  V(r) >= plan - r s        s: what the plan pays for the order, less its
                                                      terminal value
    without the order       V0, whatever r is

*At least*: the plan still beats V0 while r < (plan - V0) / s; a solve at another price gives
another such line (Newton). *At most*: an order counts as placed from a twentieth of the plan's
quantity on. Whoever places it at a price r' above one that was solved pays (r' - r) x a twentieth
more than V(r) allows, and is worth less than V0 from some r' on. The first such price comes without
a solve from the prices of the best plan without the order: they say what its first unit saves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from headrace.core.components import Asset
from headrace.core.ids import AssetKind, AssetRole
from headrace.core.units import HOURS_PER_MONTH
from headrace.plan.analysis.deep.context import FINE, AnalysisContext, solve_changed
from headrace.plan.lp.fix_orders import forbid_orders
from headrace.plan.lp.problem import Problem
from headrace.plan.lp.risk_measure import prices_of
from headrace.plan.lp.scaling import MONEY
from headrace.plan.results.dispatch import ordered
from headrace.plan.results.order_value import OrderValue, tighter
from headrace.plan.solve.solve import CertifiedPlan

TIGHT = 0.1
"""Width of a bracket over its middle at which the middle is told as the price."""

MOST_SOLVES = 3
"""Solves spent on one order's price, beside a tighter one without it."""

PART = 0.05
"""Share of the plan's quantity below which an order counts as not placed."""

PER = {"MW": "USD/kW", "MWh": "USD/kWh", "accelerator": "USD/accelerator"}
"""What a price is told in: of power and energy a thousandth of the plan's own."""


@dataclass(frozen=True)
class SwitchingPrice:
    """The highest price at which a root order is placed, between low and high, in `unit`; now: what
    it costs today.

    key: what the price is called in a study. high is infinite where no bound is known.
    """

    order: int
    key: str
    unit: str
    now: float
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The middle of a tight bracket [`unit`], else None."""
        middle = 0.5 * (self.low + self.high)
        return middle if np.isfinite(middle) and self.high - self.low <= TIGHT * middle else None


@dataclass(frozen=True)
class _Case:
    """One order: its column, what a unit costs less its terminal value [USD], how much the plan
    orders [own unit], the plan without it. scale: units per unit of its column.
    """

    number: int
    scale: float
    unit_cost: float
    amount: float
    other: CertifiedPlan


def switching_price(
    context: AnalysisContext, value: OrderValue, other: CertifiedPlan
) -> SwitchingPrice:
    """Where the decision of one order flips; other: the best plan without it.

    Raises StoppedEarly.
    """
    formulation = context.formulation
    order = formulation.orders[value.order]
    amount = float(ordered(formulation, context.plan.solution)[value.order])
    problem = formulation.problem
    alone = forbid_orders(problem, [value.order])
    fine = tighter(other, solve_changed(context, alone, FINE))
    scale = float(formulation.order_scales[value.order])
    case = _Case(value.order, scale, order.money.payments - order.money.terminal, amount, fine)
    low, high = _bracket(context, case)
    asset = formulation.system.assets[order.asset]
    price, unit = unit_price(asset)
    now = price * order.factor
    return SwitchingPrice(
        value.order, price_key(asset), unit, now, now * (1 + low), now * (1 + high)
    )


def unit_price(asset: Asset) -> tuple[float, str]:
    """An asset's price as people say it, with its unit: [USD/kW], [USD/kWh], [USD/accelerator], or
    rent in [USD/accelerator-h].
    """
    if asset.kind is AssetKind.RENTED_ACCELERATOR:
        return asset.price / (asset.life_months * HOURS_PER_MONTH), "USD/accelerator-h"
    return asset.price / (1.0 if asset.unit == "accelerator" else 1e3), PER[asset.unit]


def _bracket(context: AnalysisContext, case: _Case) -> tuple[float, float]:
    """How much dearer the order must become, at least and at most, as a share of its price."""
    low = max(0.0, context.plan.low - case.other.high) / (case.amount * case.unit_cost)
    high = max(low, _first_unit(context.formulation.problem, case))
    for solves in range(MOST_SOLVES):
        if high - low <= TIGHT * (1.0 + 0.5 * (low + high)):
            break
        dearer = low if solves == 0 or not np.isfinite(high) else 0.5 * (low + high)
        usd = dearer * case.unit_cost * case.scale
        changed = with_dearer_order(context.formulation.problem, case.number, usd)
        found = solve_changed(context, changed, FINE)
        # The line of the plan found bounds the price from below, its ceiling from above.
        slope = max(0.0, float(found.solution.master[case.number])) * case.scale * case.unit_cost
        if slope > 0 and found.low > case.other.high:
            low = max(low, dearer + (found.low - case.other.high) / slope)
        placed = PART * case.amount * case.unit_cost
        ceiling = dearer + max(0.0, found.high - case.other.low) / placed
        high = max(low, min(high, ceiling))
    return low, high


def with_dearer_order(problem: Problem, number: int, usd: float) -> Problem:
    """The same problem with one order dearer by `usd` [USD] a unit of its column, in today's money
    and before probability: a root order.
    """
    cost = problem.master.cost.copy()
    cost[number] += usd / MONEY
    return replace(problem, master=replace(problem.master, cost=cost))


def _first_unit(problem: Problem, case: _Case) -> float:
    """How much dearer it must be that nobody places the order any more, by the prices of the plan
    without it.
    """
    alone = forbid_orders(problem, [case.number])
    found = prices_of(alone, case.other.solution)
    if found is None:
        return np.inf
    slack = max(0.0, -found.value * MONEY - case.other.low)
    return (
        slack / (PART * case.amount) - float(found.reduced[case.number]) * MONEY / case.scale
    ) / case.unit_cost


def price_key(asset: Asset) -> str:
    """What an asset's price is called in a study."""
    one = asset.id
    match one.role:
        case AssetRole.ACCELERATOR | AssetRole.RENTAL:
            return f"fleet.{one.role}.{one.key}.price"
        case AssetRole.HALL:
            return f"sites.{one.site}.hall.construction"
        case AssetRole.GRID:
            return f"sites.{one.site}.grid.price"
        case AssetRole.BUILD_ENERGY:
            return f"sites.{one.site}.build.{one.key}.energy_capex"
    return f"sites.{one.site}.build.{one.key}.capex"
