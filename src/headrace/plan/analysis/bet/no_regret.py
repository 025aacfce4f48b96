"""Orders that every plan within a few per cent of the best one places.

A plan that leaves an order out is worth at most what the best plan without it is. So an order whose
certified worth is above the tolerance is in every plan within it: no sampling of plans is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

from headrace.core.plan_file import OrderRecord, PlanFile

WITHIN = 0.03


@dataclass(frozen=True)
class NoRegret:
    """The orders of this month by what leaving them out costs, as a share of the plan's worth [1]:
    in every plan within `within`, in some of them only, or not known (no certified worth).
    """

    within: float
    always: tuple[OrderRecord, ...]
    sometimes: tuple[OrderRecord, ...]
    unknown: tuple[OrderRecord, ...]


def no_regret(plan: PlanFile, within: float = WITHIN) -> NoRegret:
    """Which root orders every plan within a share `within` [1] of the best one places."""
    bound = within * abs(plan.upper_bound_usd or plan.objective_usd or 0.0)
    always, sometimes, unknown = [], [], []
    for order in plan.orders:
        if order.breaks or (order.value_low_usd is not None and order.value_low_usd > bound):
            always.append(order)
        elif order.value_high_usd is not None and order.value_high_usd <= bound:
            sometimes.append(order)
        else:
            unknown.append(order)
    return NoRegret(within, tuple(always), tuple(sometimes), tuple(unknown))
