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


def bus(key: str, product: Product) -> Bus:
    """Where a product is delivered."""
    return Bus(CarrierId(CarrierKind.PRODUCT, ProductId(key)), "", BUS_UNITS[product.kind])


def demand(key: str, product: Product, first_weekday: int) -> Demand:
    """A product's demand at today's level. first_weekday: of 1 January, Monday is 0."""
    deadline = product.deadline
    return Demand(
        product=ProductId(key),
        title=product.title or key,
        bus=bus(key, product),
        quantity=parse(product.demand, DEMAND_UNITS[product.kind])
        * hourly(product.shape, first_weekday),
        price=parse(product.price, PRICE_UNITS[product.kind]),
        deadline=deadline if deadline in ("now", "day", "year") else "hours",  # type: ignore[arg-type]
        window_hours=float(deadline) if isinstance(deadline, float) else 1.0,
        least=product.availability,
        least_from=product.served_from,
    )
