"""Products as demands: how much customers would take now, its hourly shape, its price and its
deadline.
"""

from __future__ import annotations

from headrace.core.components import Demand
from headrace.core.ids import ProductId
from headrace.core.product_units import DEMAND_UNITS, PRICE_UNITS, product_bus
from headrace.core.study import Product
from headrace.core.units import parse
from headrace.market.shape import hourly


def demand(key: str, product: Product, first_weekday: int) -> Demand:
    """A product's demand at today's level. first_weekday: of 1 January, Monday is 0."""
    deadline = product.deadline
    return Demand(
        product=ProductId(key),
        title=product.title or key,
        bus=product_bus(key, product),
        quantity=parse(product.demand, DEMAND_UNITS[product.kind])
        * hourly(product.shape, first_weekday),
        price=parse(product.price, PRICE_UNITS[product.kind]),
        deadline="hours" if isinstance(deadline, float) else deadline,
        window_hours=float(deadline) if isinstance(deadline, float) else 1.0,
        least=product.availability,
        least_from=product.served_from,
    )
