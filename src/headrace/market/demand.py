"""Products as demands: how much customers would take now, its hourly shape, its price and its
deadline.
"""

from __future__ import annotations

from headrace.core.components import Bus, Demand
from headrace.core.ids import CarrierId, CarrierKind, ProductId
from headrace.core.study import Product
from headrace.core.study_checks import DEMAND_UNITS, PRICE_UNITS
from headrace.core.units import parse
from headrace.market.shape import hourly

BUS_UNITS = {"tokens": "Mtok", "video": "video-second", "training": "EFLOP", "electricity": "MWh"}


def demand(key: str, product: Product) -> Demand:
    """A product's demand at today's level."""
    deadline, sold = product.deadline, ProductId(key)
    return Demand(
        product=sold,
        title=product.title or key,
        bus=Bus(CarrierId(CarrierKind.PRODUCT, sold), "", BUS_UNITS[product.kind]),
        quantity=parse(product.demand, DEMAND_UNITS[product.kind]) * hourly(product.shape),
        price=parse(product.price, PRICE_UNITS[product.kind]),
        deadline=deadline if deadline in ("now", "day", "year") else "hours",  # type: ignore[arg-type]
        window_hours=float(deadline) if isinstance(deadline, float) else 1.0,
        least=product.availability,
        least_from=product.served_from,
    )
